"""The direction is the sentence's own; hedges and plans are unclear."""

import pytest

from bot.search.direction import outcome_of, stated
from tests.growth import assert_in_proportion

IMPROVED = (
    "The combination significantly improved overall survival.",
    "Patients lived longer: median survival was significantly longer with nivolumab.",
    "Depletion of macrophages reduced tumour growth.",
    "The risk of death in the treated group was significantly lower.",
    "High TIL density was associated with better prognosis.",
    "Blocking TGF-β overcame resistance to anti-PD-1.",
    "The vaccine enhanced antitumor immunity.",
    "Early treatment was an independent protective factor for OS.",
    "The drug was superior to placebo.",
    "Although toxicity increased, the combination prolonged survival.",
    "It improved survival but increased grade 3 toxicity.",
    "PFS was longer with the combination (P = .04).",
    "Stopping early delayed QoL deterioration.",
)
NO_DIFFERENCE = (
    "The combination did not improve overall survival.",
    "The trial failed to meet its primary endpoint.",
    "Expression was not associated with survival.",
    "There was no significant difference in PFS.",
    "Efficacy was comparable between regimens.",
    "Nivolumab was not inferior to chemotherapy.",
    "OS did not differ significantly between the arms.",
    "Survival was longer with the combination (P = .051).",
    "ORR was higher, but the difference was not statistically significant.",
    "The antibody does not induce tumor regression.",
    "It had limited antitumor activity in children.",
    "Statin use was not associated with improved survival.",
)
WORSE = (
    "High expression was associated with poor prognosis.",
    "Antibiotic use was associated with shorter overall survival.",
    "Obesity increased the risk of death.",
    "Macrophages promoted tumour progression.",
    "PFS was inferior in the treated arm.",
    "Loss of the gene impaired the response to PD-1 blockade.",
    "High counts correlated with lymph node metastasis.",
    "The infiltrate reduced the efficacy of checkpoint blockade.",
)
UNCLEAR = (
    "The combination may improve survival.",
    "This could prolong survival in selected patients.",
    "There was a trend toward improved survival.",
    "We aimed to improve survival.",
    "It remains unclear whether macrophages reduce survival.",
    "To investigate whether the drug prolongs survival, mice were treated.",
    "Nivolumab was given every two weeks.",
    "The signature predicted response.",
    "The combination appears to prolong PFS.",
    "Expression was associated with survival.",
    "Patients likely to benefit were selected.",
    "Mediators of response are poorly understood.",
    "The model had superior prognostic accuracy.",
    "A better understanding of the niche is given.",
    "Patients with poor performance status were treated.",
    "Similarly, mice received the antibody.",
    "Responders trended towards better survival.",
    "",
)


@pytest.mark.parametrize("sentence", IMPROVED)
def test_improved(sentence: str) -> None:
    assert stated(sentence).direction == "improved"


@pytest.mark.parametrize("sentence", NO_DIFFERENCE)
def test_no_difference(sentence: str) -> None:
    assert stated(sentence).direction == "no difference"


@pytest.mark.parametrize("sentence", WORSE)
def test_worse(sentence: str) -> None:
    assert stated(sentence).direction == "worse"


@pytest.mark.parametrize("sentence", UNCLEAR)
def test_unclear(sentence: str) -> None:
    assert stated(sentence).direction == "unclear"


@pytest.mark.parametrize(
    ("p", "direction"), [("= .05", "no difference"), ("< .05", "improved"), ("= .049", "improved"),
                         ("> 0.05", "no difference"), ("= 0.051", "no difference")],
)  # fmt: skip
def test_what_is_not_significant_shows_no_difference(p: str, direction: str) -> None:
    assert stated(f"Survival was longer with the combination (P {p}).").direction == direction


@pytest.mark.parametrize(
    ("question", "direction"),
    [
        ("Does it improve PFS?", "improved"),
        ("Does it improve overall survival?", "no difference"),
        ("Does it help?", "improved"),
    ],
)
def test_the_clause_on_the_outcome_asked_for_decides(question: str, direction: str) -> None:
    sentence = "Lenvatinib significantly improved PFS, but not OS, compared with placebo."
    assert stated(sentence, outcome_of(question)).direction == direction


def test_harm_decides_where_harm_is_asked_about() -> None:
    sentence = "It improved survival and increased grade 3 adverse events."
    assert stated(sentence).direction == "improved"
    assert stated(sentence, outcome_of("Is it toxic?")).direction == "worse"


def test_the_words_that_say_so_are_marked() -> None:
    sentence = "The combination did not improve survival."
    found = stated(sentence)
    assert sentence[found.start : found.end] == "did not improve"
    assert stated("Nothing is said.").end == 0


HOSTILE = (
    "improved OS ",
    "not significant; ",
    "was not-",
    "-",
    "(",
    "may ",
    "improved-",
    "no ",
    "OS was ",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_long_text_takes_time_in_proportion(text: str) -> None:
    assert_in_proportion(stated, lambda size: text * size, 300)
