"""Failures are found in a study's own words, where it tells its results, and nowhere else."""

import pytest

from bot.records.models import Record, Section
from bot.records.negative import negative
from tests.own_records import work

FAILED = (
    "Adding bevacizumab did not improve overall survival.",
    "The combination did not significantly prolong progression-free survival.",
    "Epacadostat plus pembrolizumab failed to improve survival.",
    "The study failed to meet its primary endpoint.",
    "The trial did not meet its primary end point.",
    "The primary endpoint was not met.",
    "No significant benefit was seen.",
    "There was no survival benefit with the addition of nivolumab.",
    "There was no significant difference in overall survival between the arms.",
    "There were no differences in response rate.",
    "Relatlimab was not superior to placebo.",
    "Survival was not significantly longer with the combination.",
    "The trial was stopped for futility.",
    "Development ended owing to a lack of clinical efficacy.",
    "This negative phase 3 trial shows why selection matters.",
    "No objective responses were observed.",
    "Monotherapy was ineffective.",
    "We conclude that adding bevacizumab did not improve survival.",
)
NOT_FAILED = (
    "The combination improved overall survival.",
    "Patients who failed to achieve a response to prior therapy were enrolled.",
    "There were no significant differences in toxicity.",
    "Toxicity did not increase.",
    "Nivolumab was not inferior to chemotherapy.",
    "The median overall survival was not reached.",
    "HER2-negative results were excluded.",
    "In triple-negative disease, half of the patients responded.",
    "The risk of pneumonitis did not increase.",
    "The combination did not increase toxicity.",
    "No new safety signals were seen.",
    "High counts were linked to a negative outcome.",
)


@pytest.mark.parametrize("sentence", FAILED)
def test_a_failure_is_found_and_its_words_are_marked(sentence: str) -> None:
    quote = negative(work(1, "A trial", f"Results: {sentence}"))
    assert quote is not None
    assert quote.text == sentence
    assert len(quote.marks) == 1


@pytest.mark.parametrize("sentence", NOT_FAILED)
def test_other_negations_are_no_failure(sentence: str) -> None:
    assert negative(work(1, "A trial", f"Results: {sentence}")) is None


@pytest.mark.parametrize(
    ("sentence", "failed"),
    [
        # Four words may stand between, five may not.
        ("No clear further lasting clinical benefit was seen.", True),
        ("No clear further really lasting clinical benefit was seen.", False),
        ("There was no significant difference in long and hard won survival.", True),
        ("There was no significant difference in the so very long and hard won survival.", False),
        # Before a lack, two.
        ("It ended for lack of any clinical efficacy.", True),
        ("It ended for lack of any clear clinical efficacy.", False),
        ("This negative randomised multicentre trial is over.", True),
        ("This negative randomised open multicentre trial is over.", False),
        # Who took part is no result: up to two words after "who".
        ("Patients who had often failed to achieve a response were enrolled.", False),
        ("Patients who had all too often failed to achieve a response.", True),
        # A harm within three words is no failure of the drug.
        ("Toxicity of any grade did not increase survival losses.", False),
        ("Toxicity of any grade at all did not increase survival.", True),
        ("There was no clinical benefit for rare adverse events.", False),
        ("There was no clinical benefit for all of the rare adverse events.", True),
    ],
)
def test_how_far_the_words_of_a_failure_may_stand_apart(sentence: str, failed: bool) -> None:
    assert (negative(work(1, "A trial", f"Results: {sentence}")) is not None) is failed


@pytest.mark.parametrize(
    ("before", "after", "failed"), [(1, 0, True), (1, 1, True), (1, 2, False), (2, 3, False)]
)
def test_of_an_abstract_without_sections_the_second_half_tells_results(
    before: int, after: int, failed: bool
) -> None:
    told = ["Cells grow."] * before + ["It did not improve survival."] + ["Mice live."] * after
    assert (negative(Record(title="T", abstract=" ".join(told))) is not None) is failed


def test_what_stood_in_the_background_is_not_the_result() -> None:
    """Others failed; this study says what it found further on."""
    background = "Checkpoint inhibitors alone did not improve survival in pancreatic cancer."
    assert negative(work(1, "T", f"Background: {background} Results: Survival rose.")) is None
    assert negative(work(1, "T", f"{background} We combined two drugs. Survival rose.")) is None


def test_a_conclusion_after_the_methods_counts() -> None:
    sections = (
        Section(label="Methods and results", text="The drug did not improve survival."),
        Section(label="Patients and methods", text="No benefit was assumed."),
    )
    quote = negative(Record(title="T", abstract="x", sections=sections))
    assert quote is not None
    assert quote.section == "Methods and results"


def test_a_title_can_say_it() -> None:
    quote = negative(Record(title="Nivolumab does not improve survival in glioblastoma"))
    assert quote is not None
    assert quote.section == "title"


def test_endless_text_costs_no_time() -> None:
    assert negative(work(1, "no " * 2000, "did not " * 5000)) is None
