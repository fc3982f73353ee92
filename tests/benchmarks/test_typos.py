"""The generators of misspellings: seeded, one slip a word, nothing else touched."""

import random

import pytest
from human import Habits
from known_queries import as_pasted, without_accents
from rapidfuzz.distance import OSA
from typos import NEIGHBOURS, every_word, one_typo, slip

from bot.text.folding import clean, fold, join_broken_words

TEXT = "Tumour-associated macrophages limit the T cell response to PD-1 blockade in Melanoma."


@pytest.mark.parametrize("misspell", [one_typo, every_word])
def test_the_same_seed_gives_the_same_typos_and_another_seed_others(misspell):
    assert misspell(TEXT, 7) == misspell(TEXT, 7)
    assert len({misspell(TEXT, seed).text for seed in range(20)}) > 10


def test_a_query_is_misspelt_the_same_whatever_was_asked_before():
    alone = one_typo(TEXT, 7)
    one_typo("quite another query", 7)
    assert one_typo(TEXT, 7) == alone


@pytest.mark.parametrize("word", ["heart", "macrophages", "Zzzzz", "aaaaa"])
def test_a_slip_is_exactly_one_step_from_the_word(word):
    chance = random.Random(3)
    made = [slip(word, chance) for _ in range(400)]
    assert {OSA.distance(each.lower(), word.lower()) for each in made} == {1}
    assert {len(each) - len(word) for each in made} == {-1, 0, 1}


def test_one_typo_touches_one_word():
    for seed in range(50):
        made = one_typo(TEXT, seed)
        (change,) = made.changes
        assert made.text == TEXT.replace(change.wanted, change.typed, 1)


def test_every_word_of_five_letters_is_touched_and_no_other():
    made = every_word(TEXT, 5)
    wanted = [change.wanted for change in made.changes]
    assert wanted == ["macrophages", "limit", "response", "blockade", "Melanoma"]
    for kept in ("Tumour-associated ", " the T cell ", " to PD-1 ", " in "):
        assert kept in made.text


def test_a_text_without_a_fit_word_stays_as_it_is():
    assert one_typo("PD-1 in T cell", 1).text == "PD-1 in T cell"
    assert every_word("", 1).changes == ()


def test_the_keys_beside_a_key():
    assert set(NEIGHBOURS["g"]) == set("fhtyvb")
    assert set(NEIGHBOURS["q"]) == set("wa")


def test_a_published_misspelling_replaces_its_word_and_keeps_the_capital():
    habits = Habits([("acess", "access")])
    assert habits.misspell_published("Access to care", 1).text == "Acess to care"


def test_an_edit_seen_in_one_word_is_made_in_another_where_it_fits():
    """`accomodate` shows one m for two between two o: so in `commotion`, but not in `comment`."""
    habits = Habits([("accomodate", "accommodate"), ("rediculous", "ridiculous")])
    assert habits.misspell("commotion", 1).text == "comotion"
    assert habits.misspell("ridicule", 1).text == "redicule"
    assert habits.misspell("small thing", 1).changes == ()


def test_a_pair_that_differs_in_a_long_stretch_shows_nothing():
    habits = Habits([("rutn", "rotation")])
    assert habits.misspell("notation", 1).changes == ()


def test_a_pasted_title_reads_back_as_the_title():
    title = "Efficient fluorescence-guided classification of myofibroblasts in the affected liver"
    for seed in range(30):
        pasted = as_pasted(title, random.Random(seed))
        assert "\n" in pasted
        assert "\u2010" in pasted
        repaired, broken = join_broken_words(pasted)
        read = clean(repaired)
        for hyphenated, joined in broken:
            read = read.replace(clean(hyphenated), clean(joined))
        assert fold(read) == fold(title)


def test_accents_are_left_out_letter_by_letter():
    assert without_accents("Müller-Sørensen Gómez") == "Muller-Sørensen Gomez"
