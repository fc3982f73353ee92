"""The scale benchmark's records and questions are the same for a seed, and fit to measure with."""

import random
from pathlib import Path

import pytest
import scale_data
from rapidfuzz.distance import OSA
from scale_data import MISSPELT, SINCE, Pool, draw, misspell, record

POOL = Pool(
    works=(
        ("Macrophages shape <i>resistance</i> to checkpoint inhibition in melanoma", "Ng A, Roy B",
         "J Example"),
        ("Fibroblasts remodel the matrix around pancreatic tumours slowly", "De Boer CD", None),
        ("Oncolytic viruses recruit lymphocytes where antibodies failed before", "", "Sample Res"),
    ),
    sentences=(
        "Regulatory lymphocytes suppress antigen presentation within tumours.",
        "Hypoxia drives angiogenesis and excludes effector lymphocytes.",
        "Combination treatment lengthened survival in every cohort examined.",
    ),
    lengths=(1, 2, 3),
)  # fmt: skip


def test_a_record_is_the_same_for_a_seed_and_number() -> None:
    assert record(POOL, 7, 12) == record(POOL, 7, 12)
    assert record(POOL, 7, 12) != record(POOL, 8, 12)


def test_no_two_records_share_an_identifier() -> None:
    stored = [i for n in range(200) for i in record(POOL, 1, n).identifiers]
    assert len(set(stored)) == len(stored)


def test_real_titles_come_first_and_blends_of_them_after_the_last() -> None:
    assert [record(POOL, 1, n).title for n in range(3)] == [work[0] for work in POOL.works]
    later = record(POOL, 1, 4).title
    assert later not in {work[0] for work in POOL.works}
    assert set(later.split()) <= {word for work in POOL.works for word in work[0].split()}


def test_authors_are_read_as_family_and_initials() -> None:
    (author,) = record(POOL, 1, 1).contributors
    assert (author.family, author.given) == ("De Boer", "CD")
    assert record(POOL, 1, 2).contributors == ()


def test_most_abstracts_are_there_and_some_hold_a_coined_word() -> None:
    abstracts = [record(POOL, 1, n).abstract for n in range(300)]
    stored = [text for text in abstracts if text]
    real = {word for sentence in POOL.sentences for word in sentence.split()}
    coined = [text for text in stored if set(text.split()) - real]
    assert 0.75 < len(stored) / len(abstracts) < 0.95
    assert 0.2 < len(coined) / len(stored) < 0.45


@pytest.mark.parametrize("word", ["tumour", "aaaaa", "fibroblasts", "melanoma"])
def test_a_misspelling_is_one_slip_that_keeps_the_first_letter(word: str) -> None:
    rng = random.Random(3)
    for _ in range(100):
        typed = misspell(word, rng)
        assert OSA.distance(word, typed) == 1
        assert typed[0] == word[0]


def test_questions_are_the_same_for_a_seed_and_of_the_size_they_say() -> None:
    asked = draw(POOL, 4, 50, 20)
    assert asked == draw(POOL, 4, 50, 20)
    assert {len(q.words) for q in asked["8 words"]} == {8}
    assert {len(q.words) for q in asked["1 common word"]} == {1}
    assert all(len(kind) == 20 for kind in asked.values())


def test_misspelt_and_filtered_questions_are_the_clean_ones_over_again() -> None:
    asked = draw(POOL, 4, 50, 20)
    clean = asked["3 words"]
    for kind in (MISSPELT, SINCE):
        assert [q.words for q in asked["3 words" + kind]] == [q.words for q in clean]
    for before, after in zip(clean, asked["3 words" + MISSPELT], strict=True):
        pairs = zip(before.text.split(), after.text.split(), strict=True)
        assert all(good != bad for good, bad in pairs)
    assert all(q.text.endswith(" since:2015") for q in asked["3 words" + SINCE])


@pytest.mark.shared_data
def test_the_real_pool_has_text_for_every_part(shared: Path) -> None:
    pool = Pool.load(shared / "data")
    assert len(pool.works) > 100_000
    assert len(pool.sentences) > 20_000
    assert scale_data.record(pool, 0, 0).contributors
