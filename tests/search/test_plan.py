"""What each name of a thing asked counts for, beside the word itself. The weights were measured:
whoever changes one measures again (tests/benchmarks/README.md)."""

from pathlib import Path

import pytest

from bot.index import Group, Key, Words
from bot.search.query import Part, Query
from bot.text.spelling import Spelling
from handlers.services import Services
from tests.own_records import router_over, work


def group(services: Services, text: str, at: int = 0) -> Group:
    search = services.search
    return search.plan(search.interpret(text)).groups[at]


def weights(alternatives: tuple[Words | Key, ...]) -> dict[object, float]:
    """By words, or by a concept's id."""
    return {
        " ".join(each.words) if isinstance(each, Words) else each.value: each.weight
        for each in alternatives
    }


def levels(alternatives: tuple[Words | Key, ...]) -> dict[object, str]:
    return {e.value: e.level for e in alternatives if isinstance(e, Key)}


def test_a_tag_counts_more_than_the_word_and_other_names_less(services: Services) -> None:
    asked = group(services, "TAM").alternatives
    counted, level = weights(asked), levels(asked)
    assert counted["tam"] == 1.0
    assert counted["tumor associated macrophages"] == 0.9
    assert (counted["tumour-associated-macrophages"], counted["m2-macrophages"]) == (1.5, 1.1)
    assert level["tumour-associated-macrophages"] == "exact"
    assert level["m2-macrophages"] == "narrower"


def test_near_misses_count_least(services: Services) -> None:
    """The class and a telling word of the name; half as much, what a class acts on."""
    near = group(services, "macrophage targeting").loose
    counted, level = weights(near), levels(near)
    assert counted["macrophage"] == counted["targeting-immunosuppressive-cells"] == 0.3
    assert counted["tumour-associated-macrophages"] == 0.15
    assert level["targeting-immunosuppressive-cells"] == "broader"
    assert level["tumour-associated-macrophages"] == "part"
    # A part of the name of a thing with an opposite is as near to that.
    opposed = group(services, "cold tumours").loose
    assert not any(isinstance(each, Words) for each in opposed)


def test_what_names_something_is_worth_two_plain_words(services: Services) -> None:
    worth = [
        group(services, text).worth for text in ("TAM", "glioma", "pembrolizumab", "immunology")
    ]
    assert worth == [2.0, 2.0, 2.0, 1.0]


def test_a_kind_of_evidence_goes_by_its_tag_and_headings(services: Services) -> None:
    kind = group(services, "review of glioma").alternatives
    assert kind[0] == Words(("review",), field="heading")
    assert weights(kind)["systematic-review"] == 1.1


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("class 2 molecules", "class ii"), ("class ii molecules", "class 2"),
        ("mhc i", "mhc class 1"), ("mhc i", "mhc1"), ("phase 1b", "phase 1b"),
        ("CXCR2", "cxcr1 2"), ("IL-6", "il5 6"),
    ],
)  # fmt: skip
def test_numbers_and_symbols_are_found_in_their_other_forms(
    services: Services, text: str, form: str
) -> None:
    assert form in weights(group(services, text).alternatives)


@pytest.mark.parametrize("number", [1, 10])
def test_only_the_second_to_ninth_of_a_family_stands_behind_another(
    services: Services, number: int
) -> None:
    """IL-1 is behind none; what ends in two digits is no pair."""
    counted = weights(group(services, f"IL-{number}").alternatives)
    assert f"il{number - 1} {number}" not in counted


def test_immunosuppression_is_written_in_two_words_too(tmp_path: Path) -> None:
    """Two words count a third of the one, and less where rarer; one of ten letters has no other."""
    records = [work(n, "Immunosuppression by immune suppression") for n in range(3)]
    records += [work(9, "Immunology of immune ology"), work(10, "Other things")]
    with router_over(tmp_path, records) as router:
        long, short = (
            weights(group(router.services, text).alternatives)
            for text in ("immunosuppression", "immunology")
        )
    assert 0 < long["immune suppression"] <= 0.35
    assert list(short) == ["immunology"]


def test_an_abbreviation_counts_half_by_the_long_forms_that_records_give(tmp_path: Path) -> None:
    """At most three of them, and of abbreviations of up to eight letters."""
    forms = ("quick brown zebra", "quiet blue zephyr", "queer black zone", "quaint big zoo")
    records = [
        work(n, f"On {form}", f"We studied {form} (QBZ) in mice. QBZ was seen often.")
        for n, form in enumerate(forms)
    ]
    records.append(
        work(9, "Long", "We studied nine large quite big zebra kinds of ours (NLQBZKOXO).")
    )
    with router_over(tmp_path, records) as router:
        counted = weights(group(router.services, "QBZ").alternatives)
        long = weights(group(router.services, "NLQBZKOXO").alternatives)
    assert sum(weight == 0.5 for weight in counted.values()) == 3
    assert counted["qbz"] == 1.0
    assert list(long) == ["nlqbzkoxo"]


def test_what_a_slip_may_stand_for_counts_by_its_place_of_six(services: Services) -> None:
    spelt = tuple(Spelling(word, 1, 0.0) for word in "abcdefg")
    asked = Query("x", parts=(Part("x", ("x",), spellings=spelt),))
    (given,) = services.search.plan(asked).groups
    assert [each.weight for each in given.alternatives] == [1.0, 0.8, 0.7, 0.6, 0.5, 0.5]


def test_other_names_of_a_thing_are_no_names_of_people(tmp_path: Path) -> None:
    """TANs are neutrophils; who is called Tan did not write on them for that."""
    person, journal = {"family": "Tan", "given": "A"}, {"title": "Cardiac care"}
    records = [work(1, "T cells of the liver", contributors=(person,)),
               work(2, "Neutrophils of the spleen"),
               work(3, "Exosomes", journal=journal), work(4, "Cardiac tumours")]  # fmt: skip
    with router_over(tmp_path, records) as router:
        search = router.services.search

        def found(text: str) -> list[tuple[str, bool]]:
            hits = search.run(search.interpret(text)).hits
            return [(hit.record.title, hit.strict) for hit in hits]

        assert found("neutrophils") == [("Neutrophils of the spleen", True)]
        assert found("heart") == [("Cardiac tumours", True)]
        # As it was typed it may be either.
        assert ("T cells of the liver", True) in found("tan")
