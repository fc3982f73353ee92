"""Folding: different spellings of the same words become equal, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.folding import clean, fold, join_broken_words, name_keys, tokenise, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tumour", "tumor"),
        ("tumour‐associated", "tumor-associated"),
        ("tumour\u00adassociated", "tumorassociated"),
        ("normalisation", "normalization"),
        ("normalising", "normalizing"),
        ("behaviour", "behavior"),
        ("oestrogen", "estrogen"),
        ("leukaemia", "leukemia"),
        ("haematological", "hematological"),
        ("paediatric", "pediatric"),
        ("signalling", "signaling"),
        ("modelling", "modeling"),
        ("ﬁbroblast", "fibroblast"),
        ("ＴＡＭ", "tam"),
        ("PD-1", "PD1"),
        ("PD‑L1", "pdl1"),
        ("IL-1β", "il1beta"),
        ("4-1BB", "41BB"),
        ("“acquired”", '"acquired"'),
        ("O’Connor", "O'Connor"),
    ],
)
def test_spellings_of_one_word_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("four", "for"), ("hour", "hor"), ("CD47", "CD4"), ("PD-1", "PD-L1"), ("rise", "rize")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_prefix_before_a_symbol_is_a_word_of_its_own() -> None:
    assert words("anti-PD-L1 and anti-CD47") == ["anti", "pdl1", "and", "anti", "cd47"]


def test_a_page_range_is_not_a_symbol() -> None:
    assert words("707-723") == ["707", "723"]


def test_a_null_byte_separates_words() -> None:
    assert words("TAM\x00MDSC") == ["tam", "mdsc"]


def test_invisible_and_bidirectional_characters_are_dropped() -> None:
    assert clean("mac\u200bro\u202ephage") == "macrophage"


def test_a_word_broken_at_a_line_end_has_two_readings() -> None:
    text, readings = join_broken_words("cell nomen-\nclature")
    assert text == "cell nomen-clature"
    assert readings == (("nomen-clature", "nomenclature"),)


@pytest.mark.parametrize(
    ("name", "keys"),
    [("Müller", ("muller", "mueller")), ("Ødegård", ("odegard", "oedegard")), ("Li", ("li",))],
)
def test_a_name_is_matched_with_and_without_its_umlauts(name: str, keys: tuple[str, ...]) -> None:
    assert name_keys(name) == keys


@given(st.text(max_size=200))
def test_tokens_stand_where_they_say(text: str) -> None:
    """Every token's span lies in the cleaned text, in order, without overlap."""
    cleaned = clean(text)
    end = 0
    for token in tokenise(cleaned):
        assert end <= token.start < token.end <= len(cleaned)
        end = token.end


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(max_size=100))
def test_folded_words_hold_letters_and_digits_only(text: str) -> None:
    """So that no folded word can carry an operator into a query."""
    assert all(character.isalnum() for word in words(text) for character in word)
