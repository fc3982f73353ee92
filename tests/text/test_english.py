"""What is a word: the list, forms of a word, and words that are made of others."""

from pathlib import Path

import pytest

from bot.text.english import English, inflects, is_made_of

LIST = English(Path(__file__).parents[2] / "seeds" / "english_words.txt.gz")


@pytest.mark.parametrize(
    "word", ["sores", "ecology", "hypotension", "hypertension", "heart", "hear", "gemcitabine",
             "decitabine", "hemoglobin", "lamellipodia"],
)  # fmt: skip
def test_words_of_the_language_and_of_medicine_are_words(word: str) -> None:
    assert word in LIST


@pytest.mark.parametrize(
    "word", ["recieve", "seperate", "definately", "tumuor", "# wordfreq", "", "macrophge"]
)
def test_misspellings_and_comments_are_none(word: str) -> None:
    assert word not in LIST


def test_without_a_file_nothing_is_a_word() -> None:
    assert "heart" not in English()


@pytest.mark.parametrize(
    ("one", "other"),
    [("mitochondrion", "mitochondria"), ("metastasis", "metastases"), ("nucleus", "nuclei"),
     ("matrix", "matrices"), ("larva", "larvae"), ("biopsy", "biopsies"), ("glioma", "gliomas"),
     ("halted", "halts"), ("inducing", "induced")],
)  # fmt: skip
def test_forms_of_one_word_are_told_apart_from_slips(one: str, other: str) -> None:
    assert inflects(one, other)
    assert inflects(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("sores", "scores"), ("hear", "heart"), ("ecology", "etiology"), ("cat", "cats" * 2),
     ("hypoxia", "hyperoxia"), ("gemcitabine", "decitabine")],
)  # fmt: skip
def test_other_words_are_no_forms(one: str, other: str) -> None:
    assert not inflects(one, other)


@pytest.mark.parametrize(
    ("word", "made"),
    [("exopolymer", True), ("infectiveness", True), ("overexpressors", True), ("dialyzable", True),
     ("reponse", False), ("microenviroment", False), ("metastsis", False), ("tumuor", False)],
)  # fmt: skip
def test_a_word_made_of_words_is_one(word: str, *, made: bool) -> None:
    assert is_made_of(word, LIST.__contains__) is made
