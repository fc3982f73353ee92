"""Abbreviations are learnt from the records' own definitions, and only from those."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.abbreviations import definitions, long_form
from bot.text.folding import clean, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tumour-associated macrophages (TAMs) suppress.",
         [("tam", "tumor associated macrophages")]),
        ("with C-reactive protein (CRP); and", [("crp", "c reactive protein")]),
        ("interleukin 10 (IL-10) and tumour necrosis factor (TNF)",
         [("il10", "interleukin 10"), ("tnf", "tumor necrosis factor")]),
        ("in most patients (BRAF) with", []),
        ("several genes (see below) and", []),
        ("a study (2024) of", []),
    ],
)  # fmt: skip
def test_a_definition_spells_its_abbreviation(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(definitions(text)) == expected


def test_the_long_form_begins_where_its_first_letter_does() -> None:
    assert long_form("we studied natural killer", "NK") == "natural killer"
    assert long_form("nothing here", "XYZ") is None


@pytest.mark.parametrize(("words_of_it", "found"), [(8, True), (9, False)])
def test_a_long_form_has_at_most_eight_words(words_of_it: int, found: bool) -> None:
    before = " ".join(["alpha", *["of"] * (words_of_it - 2), "hypoxia"])
    assert (long_form(before, "AH") == before) is found


@pytest.mark.parametrize(("letters", "found"), [(160, True), (161, False)])
def test_a_long_form_begins_at_most_160_letters_before_the_bracket(
    letters: int, found: bool
) -> None:
    long = f"a{'x' * (letters - len('a hypoxia '))} hypoxia"
    assert len(f"{long} ") == letters
    assert bool(list(definitions(f"{long} (AH)"))) is found


@given(st.text(max_size=300))
def test_what_is_found_stands_in_the_text(text: str) -> None:
    cleaned = clean(text)
    folded = " ".join(words(cleaned))
    for short, long in definitions(cleaned):
        assert long in folded
        assert " " not in short
