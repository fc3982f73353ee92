"""Correction: near words are found, commoner ones first, and symbols are left alone."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.text.spelling import Speller

WORDS = {"macrophage": 40, "macrophages": 90, "resistance": 50, "resistant": 20, "acquired": 9,
         "glioma": 5, "pdl1": 30, "mdsc": 8, "tumor": 99}  # fmt: skip


def test_the_commoner_word_comes_first() -> None:
    found = Speller(WORDS).candidates("macrofages")
    assert found[0].word == "macrophages"


def test_a_swap_of_the_first_letters_is_found() -> None:
    assert Speller(WORDS).candidates("amcrophage")[0].word == "macrophage"
    assert Speller(WORDS).candidates("lgioma")[0].word == "glioma"


def test_symbols_numbers_and_short_words_are_never_corrected() -> None:
    speller = Speller(WORDS)
    assert [speller.candidates(word) for word in ("pdl2", "msdc", "2024", "tmor1", "il6")] == [
        []
    ] * 5


def test_an_abbreviation_is_never_what_a_word_is_corrected_to() -> None:
    assert all(spelling.word != "mdsc" for spelling in Speller(WORDS).candidates("mdscx"))


def test_several_vocabularies_count_together() -> None:
    speller = Speller({"glioma": 1}, {"gliome": 2})
    assert speller.knows("glioma")
    assert [s.word for s in speller.candidates("gliomq")] == ["gliome", "glioma"]


def test_a_known_word_is_doubted_only_beside_a_far_commoner_one() -> None:
    speller = Speller({"heart": 5_000, "heard": 3, "hearts": 400})
    assert [spelling.word for spelling in speller.doubted("heard", used=3)] == ["heart"]
    assert speller.doubted("hearts", used=400) == []


@pytest.mark.parametrize(
    ("known", "typed", "found"),
    [
        ("micro", "micr", True),  # four letters may be a slip, three may not
        ("micro", "mic", False),
        ("mice", "micee", False),  # five may be what was meant, four may not
        ("glioma", "gliwqa", False),  # six letters forgive one slip, seven forgive two
        ("gliomas", "gliwqas", True),
        ("gliomas", "glxwqas", False),
        # From twelve letters on three likely slips, such as letters that are not doubled.
        ("immunosuppressive", "imunosupresive", True),
        ("immunosuppressive", "imunosupraxive", False),
        ("suppressingly", "supresingly", True),
        ("suppressinglly", "supresingly", False),
    ],
)
def test_how_much_is_mended_goes_by_the_length(known: str, typed: str, found: bool) -> None:
    assert bool(Speller({known: 50}).candidates(typed)) is found


@pytest.mark.parametrize(
    ("used", "meant", "times", "doubted"),
    [
        # A likely slip, one vowel for another, is the likelier story from 20 times on (e³).
        ("gliome", "glioma", 20, False),
        ("gliome", "glioma", 21, True),
        # Any other from 55 times on (e⁴), and one in the first letter from 148 on (e⁵).
        ("gliomb", "glioma", 54, False),
        ("gliomb", "glioma", 55, True),
        ("xlioma", "glioma", 148, False),
        ("xlioma", "glioma", 149, True),
    ],
)
def test_how_much_commoner_a_word_must_be_to_doubt_another(
    used: str, meant: str, times: int, doubted: bool
) -> None:
    assert bool(Speller({used: 1, meant: times}).doubted(used, used=1)) is doubted
    assert bool(Speller({used: 10, meant: times * 10}).doubted(used, used=10)) is doubted


def test_a_wrong_first_letter_is_forgiven() -> None:
    speller = Speller(WORDS)
    assert [speller.candidates(word)[0].word for word in ("wcquired", "lioma", "xglioma")] == [
        "acquired", "glioma", "glioma",
    ]  # fmt: skip


@given(st.text(alphabet="abcdefgmorstuv", min_size=4, max_size=12))
def test_no_candidate_of_a_word_of_twelve_letters_is_further_than_three_slips(word: str) -> None:
    for spelling in Speller(WORDS).candidates(word):
        most = 3 if len(word) > 11 else 2
        assert OSA.distance(word, spelling.word) == spelling.slips <= most


def test_a_drug_is_never_another_of_its_class() -> None:
    speller = Speller({"decitabine": 900, "capecitabine": 100, "epacadostat": 5})
    assert speller.candidates("gemcitabine") == []
    assert [each.word for each in speller.candidates("epacadastat")] == ["epacadostat"]


def test_what_is_right_is_told_from_what_is_used() -> None:
    speller = Speller({"recieve": 3}, right=({"receive"}, {"sores"}))
    assert [speller.is_word(word) for word in ("receive", "sores", "recieve")] == [
        True,
        True,
        False,
    ]


NAMES = {"pepsin": 90, "protein": 900, "persian": 40, "progerin": 60, "midline": 70, "integrin": 80,
         "raise": 500, "astrocyte": 90, "metformin": 80}  # fmt: skip


@pytest.mark.parametrize(
    "word", ["persin", "properdin", "midkine", "mastocyte", "meteorin", "baise"]
)
def test_what_is_named_like_a_protein_or_cell_becomes_no_other(word: str) -> None:
    assert Speller(NAMES).candidates(word) == []


@pytest.mark.parametrize(
    ("word", "meant"), [("protin", "protein"), ("intgerin", "integrin"), ("progrein", "progerin")]
)
def test_its_own_slips_are_still_mended(word: str, meant: str) -> None:
    assert Speller(NAMES).candidates(word)[0].word == meant


def test_words_that_came_before_the_first_slip_are_known_to_it() -> None:
    speller = Speller({"melanoma": 5}, {"hypoxia": 2})
    speller.grow({"melanoma": 5, "glioblastoma": 3})
    for typed, meant in (("gliobalstoma", "glioblastoma"), ("hypoxai", "hypoxia")):
        assert [each.word for each in speller.candidates(typed)] == [meant]


def test_words_that_come_all_the_time_are_gone_through_after_twenty_times_as_long() -> None:
    now = [100.0]

    class Slow(dict[str, int]):
        """Takes two seconds to go through."""

        def __iter__(self) -> Iterator[str]:
            now[0] += 2.0
            return super().__iter__()

    speller = Speller(Slow({"melanoma": 5}), clock=lambda: now[0])
    assert [each.word for each in speller.candidates("melaonma")] == ["melanoma"]
    speller.grow(Slow({"melanoma": 5, "sarcoma": 1}))
    now[0] = 100.0 + 20 * 2.0 - 0.1
    assert speller.candidates("sarcmoa") == []
    now[0] = 100.0 + 20 * 2.0
    assert [each.word for each in speller.candidates("sarcmoa")] == ["sarcoma"]
