"""Everyday speech in the field's words: turns of several words, and what one word is called."""

from collections.abc import Iterator

import pytest

from bot.search.query.turns import in_the_words_of_the_field
from handlers.router import Request, Router, Surface
from tests.own_records import router_over, work


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("tumours that stop responding to nivolumab", "tumours that resistance to nivolumab"),
        ("patients who don't respond to CTLA-4", "patients who resistance to CTLA-4"),
        ("melanoma no longer responds", "melanoma resistance"),
        ("lesions became refractory to TILs", "lesions resistance to TILs"),
        ("lost their response to pembrolizumab", "resistance to pembrolizumab"),
        ("no response to CAR-T", "resistance to CAR-T"),
        ("why do some sarcomas not respond to TILs", "why some sarcomas resistance to TILs"),
        ("don't all lymphomas respond to CAR-T", "all lymphomas resistance to CAR-T"),
        ("those who do not benefit from nivolumab", "those who resistance to nivolumab"),
        ("progressed on atezolizumab", "resistance atezolizumab"),
        ("TILs before surgery", "TILs neoadjuvant"),
        ("failed phase 3 trials of IDO", " phase 3 trials of IDO"),
        ("how CAFs keep T cells out of tumours", "how CAFs T cell exclusion tumours"),
        ("why can't NK cells get into tumours", "why NK cell exclusion tumours"),
        ("side effects of IL-2", "toxicity of IL-2"),
        ("adverse events with IL-2", "toxicity with IL-2"),
        ("immune-related adverse events", "immune-related adverse events"),
        ("vit D receptor", "vitamin D receptor"),
        ("immune suppression by MDSCs", "immunosuppression by MDSCs"),
        # What only looks like them.
        ("progress in CAR-T", "progress in CAR-T"),
        ("response to nivolumab", "response to nivolumab"),
        ("HPV negative tumours", "HPV negative tumours"),
        ("immune cells", "immune cells"),
        ('"did not respond to"', '"did not respond to"'),
        ("title:x did not respond", "title:x did not respond"),
    ],
)
def test_turns_of_speech_are_words_of_the_field(typed: str, read: str) -> None:
    assert in_the_words_of_the_field(typed) == read


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    """A bot with a few works of its own."""
    titles = (
        "Nivolumab in geriatric patients with melanoma",
        "Nivolumab in melanoma",
        "Prognostic value of neutrophils in melanoma",
        "Resistance to nivolumab in melanoma",
        "Immune suppression by neutrophils",
        "Azacitidine with nivolumab in glioma",
    )
    records = [work(n, title, f"{title}.") for n, title in enumerate(titles)]
    with router_over(tmp_path_factory.mktemp("turns"), records) as router:
        yield router


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("nivolumab elderly", ["Nivolumab in geriatric patients with melanoma"]),
        ("neutrophils prognosis", ["Prognostic value of neutrophils in melanoma"]),
        ("immunosuppression neutrophils", ["Immune suppression by neutrophils"]),
        ("who does not respond to nivolumab?", ["Resistance to nivolumab in melanoma"]),
        ("azacitidine combined with nivolumab", ["Azacitidine with nivolumab in glioma"]),
    ],
)
def test_records_match_by_what_papers_call_it(
    library: Router, text: str, titles: list[str]
) -> None:
    answer = library.answer(Request(text, Surface.TERMINAL)).answer
    assert [hit.record.title for hit in answer.hits if hit.strict] == titles


def test_resistance_and_what_is_resisted_are_two_things(library: Router) -> None:
    parts = library.services.search.interpret("acquired resistance to checkpoint inhibitors").parts
    assert [part.typed for part in parts] == ["acquired resistance", "checkpoint inhibitors"]
    refractory = library.services.search.interpret("ICI resistance").parts
    assert [part.typed for part in refractory] == ["ICI", "resistance"]
