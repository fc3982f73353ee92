"""Folding: different spellings of the same words become equal, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.folding import clean, fold, join_broken_words, name_keys, name_orders, tokenise, words


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
        ("non-melanoma", "nonmelanoma"),
        ("Non small-cell", "non-small cell"),
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


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("CD39-CD73", ["cd39", "cd73"]), ("OX40-OX40L", ["ox40", "ox40l"]),
        ("TCR-CD3", ["tcr", "cd3"]), ("MYC-CD47/PD-L1", ["myc", "cd47", "pdl1"]),
        ("HLA-DQ2", ["hladq2"]), ("B7-H3", ["b7h3"]), ("IL1-β", ["il1beta"]),
        ("KRASG12C-mutant", ["kras", "g12c", "mutant"]), ("BRAFV600E", ["braf", "v600e"]),
        ("CLEC12A", ["clec12a"]), ("METTL3", ["mettl3"]), ("RETN12", ["retn12"]),
        ("IL-1-beta", ["il1beta"]), ("CTLA-4", ["ctla4"]),
    ],
)  # fmt: skip
def test_two_symbols_in_one_word_are_two(text: str, folded: list[str]) -> None:
    assert words(text) == folded


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
    [
        ("Müller", ("muller", "mueller")),
        ("Ødegård", ("odegard", "oedegard", "oedegaard")),
        ("Li", ("li",)),
    ],
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


# Scripts without spaces


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("肿瘤微环境", ["肿瘤", "瘤微", "微环", "环境"]),
        ("癌", ["癌"]),
        ("PD-1抑制剂", ["pd1", "抑制", "制剂"]),
        ("T细胞和NK细胞", ["t", "细胞", "胞和", "nk", "细胞"]),
        ("ｶﾞﾝ", ["ガン"]),
        ("がん", ["がん"]),
        ("김민준", ["김민", "민준"]),
        ("佐々木", ["佐々", "々木"]),
        ("Tumor微环境-2", ["tumor", "微环", "环境", "2"]),
    ],
)
def test_what_is_written_without_spaces_is_cut_into_pairs(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_each_pair_knows_its_place() -> None:
    text = "see PD-1抑制剂."
    assert [text[t.start : t.end] for t in tokenise(text)] == ["see", "PD-1", "抑制", "制剂"]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Mueller", ("mueller", "muller")),
        ("Müller", ("muller", "mueller")),
        ("Schaefer", ("schaefer", "schafer")),
        ("Samuel", ("samuel",)),
        ("Michael", ("michael",)),
        ("Blue", ("blue",)),
        ("Ødegård", ("odegard", "oedegard", "oedegaard")),
        ("王 伟", ("王伟", "王 伟")),
    ],
)
def test_a_name_has_the_spellings_that_people_use(name: str, keys: tuple[str, ...]) -> None:
    assert name_keys(name) == keys


def test_a_name_is_turned_both_ways() -> None:
    assert name_orders("Kim Min-Jun") == ("kim min jun", "min jun kim", "jun kim min")
    assert name_orders("Cher") == ("cher",)
