"""How researchers type: signs, phases, alternatives, what is done about a thing, and asides."""

import pytest

from bot.search.query import Query
from handlers.router import Request, Router, Surface


def read(router: Router, text: str) -> Query:
    return router.read(Request(text, Surface.SLASH), None).query


def concepts(query: Query) -> set[str]:
    parts = (p for each in query.parts for p in (each.any or (each,)))
    return {c for p in parts if p.recognised for c in p.recognised.concepts}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("not small cell lung cancer", {"non-small-cell-lung-cancer"}),
        ("non small cell vaccines", {"non-small-cell-lung-cancer", "cancer-vaccines"}),
        ("hypoxia in breast ca", {"tumour-hypoxia", "breast-cancer"}),
        ("HPV- HNSCC", {"hpv-negative-hnscc"}),
        ("repolarisation of tumour-associated macrophages", {"macrophage-targeting"}),
        ("MDSC depletion", {"mdsc-targeting"}),
        ("drugs that deplete Tregs", {"treg-depletion"}),
        ("tumours escape PD-1 blockade", {"immunotherapy-resistance", "pd-1-pd-l1-blockade"}),
        ("what is not known about MDSCs?", {"myeloid-derived-suppressor-cells"}),
    ],
)  # fmt: skip
def test_is_read_as_the_field_calls_it(router: Router, text: str, wanted: set[str]) -> None:
    assert concepts(read(router, text)) == wanted


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("phase 1 or 2 trials", ["phase 1", "phase 2"]),
        ("phase I/II durvalumab", ["phase I", "phase II"]),
        ("pembro or nivo in HNSCC", ["pembro", "nivo"]),
        ("melanoma or glioma or sarcoma", ["melanoma", "glioma", "sarcoma"]),
    ],
)
def test_either_will_do(router: Router, text: str, options: list[str]) -> None:
    found = [part for part in read(router, text).parts if part.any]
    assert [[option.typed for option in part.any] for part in found] == [options]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("low PD-L1 expression in glioma", ["PD-L1 expression", "glioma"]),
        ("elevated IL-6", ["IL-6"]),
        ("low grade dysplasia", ["low", "grade", "dysplasia"]),
    ],
)
def test_how_much_there_is_of_a_named_thing_only_modifies_it(
    router: Router, text: str, words: list[str]
) -> None:
    assert [part.typed for part in read(router, text).parts] == words


@pytest.mark.parametrize(
    ("text", "words", "generic"),
    [
        ("why doesn't nivolumab work", ["nivolumab"], ("not",)),
        ("why can't they see hypoxia", ["hypoxia"], ("not",)),
        ("papers mentioning both hypoxia and TIGIT", ["hypoxia", "TIGIT"], ()),
        ("hypoxia in tall people", ["hypoxia", "tall"], ("people",)),
    ],
)
def test_little_words_are_little_however_they_are_written(
    router: Router, text: str, words: list[str], generic: tuple[str, ...]
) -> None:
    query = read(router, text)
    assert ([part.typed for part in query.parts], query.generic) == (words, generic)


def test_how_papers_are_asked_for_is_nothing_to_find_beside_a_filter(router: Router) -> None:
    query = read(router, "published since 2020")
    assert (query.parts, query.filters.has_years) == ((), True)


@pytest.mark.parametrize("text", ["I don't understand", "i'm lost", "confused"])
def test_who_is_lost_is_helped(router: Router, text: str) -> None:
    assert read(router, text).action == "help"


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        (
            "Journals with open access are cited more often than traditional ones by far.",
            False,
        ),
        ("journals with open access are cited more often than traditional ones by far", True),
        ("open access papers on CAFs.", True),
    ],
)
def test_what_a_long_sentence_states_is_no_filter(router: Router, text: str, is_read: bool) -> None:
    assert read(router, text).filters.open_access is (True if is_read else None)


@pytest.mark.parametrize(
    ("text", "wants_all"),
    [
        ("does viscosity balance the peritoneum?", False),
        ("Viscosity of the blood rose.", False),
        ("viscosity blood peritoneum", True),
        ("does hypoxia thicken the blood?", True),
    ],
)
def test_of_the_plain_words_of_a_sentence_not_all_come_first(
    router: Router, text: str, wants_all: bool
) -> None:
    assert read(router, text).wants_all is wants_all


def test_things_of_two_kinds_are_no_alternatives(router: Router) -> None:
    assert not any(part.any for part in read(router, "melanoma or hypoxia").parts)


def test_macrophages_that_target_something_are_not_targeted(router: Router) -> None:
    assert "macrophage-targeting" not in concepts(read(router, "macrophages targeting fibroblasts"))


def test_outside_leaves_a_cancer_out_and_nothing_else(router: Router) -> None:
    assert [p.typed for p in read(router, "CAR-T outside haematology").excluded] == ["haematology"]
    assert not read(router, "T cells outside the tumour nest").excluded


@pytest.mark.parametrize(
    "text",
    [
        "radiotherapy with or without hypoxia",
        "not known macrophages",
        "hypoxia blunts radiotherapy",
    ],
)
def test_what_belongs_to_the_sentence_decides_nothing(router: Router, text: str) -> None:
    typed = {part.typed for part in read(router, text).parts}
    assert not typed & {"not", "without", "or", "blunts"}


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("TAM definition", "define"), ("full form of MDSC", "define"),
        ("are you human?", "smalltalk"),
        ("human only", "search"), ("AI", "search"), ("check point inhibitors resistance", "search"),
        ("a weekly digest of hypoxia", "subscribe"), ("keep me in the loop on CD47", "subscribe"),
        ("set up an alert for TIGIT, monthly on the 15th", "subscribe"),
        ("what am I subscribed to?", "subscribe"), ("stop the melanoma alert", "unsubscribe"),
        ("weekly paclitaxel in melanoma", "search"),
    ],
)  # fmt: skip
def test_is_taken_for(router: Router, text: str, action: str) -> None:
    assert read(router, text).action == action


def test_a_short_form_is_nobodys_slip_of_the_pen(router: Router) -> None:
    assert not read(router, "peads checkpoint inhibitors").corrected


def test_of_a_foreign_question_what_is_not_understood_is_told(router: Router) -> None:
    notes = read(router, "il microambiente del cancro al seno nella qwertzina").notes
    assert "Not understood: qwertzina." in notes


def test_a_name_with_a_word_in_no_record_leads_to_its_class(router: Router) -> None:
    reply = router.answer(Request("CSF1R inhibition", Surface.SLASH))
    hits = reply.answer.hits
    assert hits
    assert not any(hit.strict for hit in hits)
    tags = [{tag.concept for tag in hit.record.concepts} for hit in hits[:3]]
    assert all(t & {"macrophage-targeting", "tumour-associated-macrophages"} for t in tags)
