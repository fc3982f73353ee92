"""What is a word: the list, forms of a word, and words that are made of others."""

import gzip
from pathlib import Path

import pytest

from bot.text.english import English, inflects, is_made_of

LIST_FOLDER = Path(__file__).parents[2] / "seeds"
LIST = English(LIST_FOLDER / "english_words.txt.gz")


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


@pytest.mark.parametrize("name", ["english_words.txt.gz", "everyday_words.txt"])
def test_every_line_of_a_list_is_found_and_nothing_beside_it(name: str) -> None:
    """A word is looked for by halves: the lines are sorted."""
    path = LIST_FOLDER / name
    read = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    words = [line for line in read.decode().splitlines() if not line.startswith("#")]
    assert words == sorted(set(words))
    listed, known = set(words), English(path)
    some = [words[0], *words[:: len(words) // 500], words[-1]]
    assert all(word in known for word in some)
    beside = [each for word in some for each in (f"{word}q", word[:-1], f"{word}\n{word}")]
    assert [each in known for each in beside] == [each in listed for each in beside]


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
