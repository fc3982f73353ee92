"""The keys by which duplicates are found among many."""

import pytest

from bot.merging.duplicates import blocking_keys, pairs
from bot.records.models import Contribution, Identifier, Record, Scheme


def record(record_id: str, title: str, family: str = "Müller") -> Record:
    return Record(id=record_id, title=title, contributors=(Contribution(family=family, given="A"),))


TITLE = "Reprogramming macrophages in the tumour microenvironment of glioma"


def test_two_spellings_share_a_key() -> None:
    slips = ("Reprograming", "macrophage", "tumr", "microenviroment", "gliomas")
    words = TITLE.split()
    for at, slip in zip((0, 1, 4, 5, 7), slips, strict=True):
        changed = " ".join([*words[:at], slip, *words[at + 1 :]])
        assert set(blocking_keys(record("a", TITLE))) & set(blocking_keys(record("b", changed)))


def test_each_pair_is_given_once_and_strangers_are_not() -> None:
    records = [record("a", TITLE), record("b", f"{TITLE}."), record("c", "Something else of them")]
    heard: list[int] = []
    assert list(pairs(records, heard.append)) == [("a", "b")]


def test_two_with_numbers_of_their_own_are_compared_only_as_preprint_and_article() -> None:
    def numbered(record_id: str, doi: str) -> Record:
        named = Identifier(scheme=Scheme.DOI, value=doi)
        return record(record_id, TITLE).model_copy(update={"identifiers": (named,)})

    records = [
        numbered("a", "10.1000/1"),
        numbered("b", "10.1000/2"),
        numbered("c", "10.1101/2024.01.02.573912"),
        record("d", TITLE),
    ]
    assert sorted(pairs(records)) == [
        ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")
    ]  # fmt: skip


def test_a_title_that_more_than_sixty_have_is_not_compared() -> None:
    """Each two of them would have to be compared, and "Editorial" tells nothing."""
    assert len(list(pairs(record(str(n), "Editorial") for n in range(60)))) == 60 * 59 / 2
    assert list(pairs(record(str(n), "Editorial") for n in range(61))) == []


def test_a_family_name_of_two_letters_is_no_key() -> None:
    """So many have it that every two of their titles would be compared."""

    def keys(family: str) -> set[str]:
        return {key[0] for key in blocking_keys(record("a", TITLE, family))}

    assert {"begins", "ends"} <= keys("Liu")
    assert not {"begins", "ends"} & keys("Li")


@pytest.mark.parametrize(("heavy", "cut"), [(1, 1), (3, 1), (4, 2), (7, 3), (8, 4), (12, 4)])
def test_at_most_four_words_of_either_end_are_keys_and_half_of_a_short_title(
    heavy: int, cut: int
) -> None:
    """One slip in a short title must not be in both. Words like "of" do not count."""
    words = [f"{letter * 5}ium" for letter in "bcdfghklmnpq"[:heavy]]
    keys = list(blocking_keys(record("a", " of the ".join([*words, "in"]) + " by a", "Liu")))
    assert ("begins", "liu", *words[:cut]) in keys
    assert ("ends", "liu", *words[-cut:]) in keys


def test_progress_is_told_at_every_thousandth() -> None:
    heard: list[int] = []
    list(pairs((record(str(n), f"Title number {n} of it") for n in range(2000)), heard.append))
    assert heard == [1000, 2000]
