"""Resistance to another class of treatment is a thing of its own, in questions and in records."""

from functools import cache
from pathlib import Path

import pytest

from bot.records.models import Record
from bot.text.folding import clean, tokenise
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging import tagger_of


@cache
def shipped() -> Vocabulary:
    """Read when the first test needs it: every process of a run collects this file."""
    return Vocabulary.load(Path(__file__).resolve().parents[2] / "seeds" / "taxonomy.yaml")


def concepts(question: str) -> set[str]:
    text = clean(question)
    return {c for term in shipped().recognise(tokenise(text), text) for c in term.concepts}


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("platinum resistance", "platinum-resistance"),
        ("cisplatin resistance", "platinum-resistance"),
        ("resistant to carboplatin", "platinum-resistance"),
        ("endocrine resistance in breast cancer", "endocrine-resistance"),
        ("resistance to fulvestrant", "endocrine-resistance"),
        ("TKI resistance", "targeted-therapy-resistance"),
        ("EGFR inhibitor resistance", "targeted-therapy-resistance"),
        ("acquired resistance to third-generation EGFR TKIs", "targeted-therapy-resistance"),
        ("CDK4/6 inhibitor resistance", "targeted-therapy-resistance"),
        ("radioresistance", "radioresistance"),
        ("resistance to radiotherapy", "radioresistance"),
        ("doxorubicin resistance", "chemotherapy-resistance"),
        ("drug resistance", "other-therapy-resistance"),
    ],
)
def test_a_question_is_read_as_what_the_resistance_is_to(question: str, concept: str) -> None:
    found = concepts(question)
    assert concept in found
    assert not found & {"immunotherapy-resistance", "acquired-resistance", "primary-resistance"}


@pytest.mark.parametrize("question", ["insulin resistance", "castration resistance"])
def test_what_is_no_treatment_is_no_resistance_of_the_field(question: str) -> None:
    assert not concepts(question)


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("resistance", "immunotherapy-resistance"),
        ("resistance to PD-1 blockade", "immunotherapy-resistance"),
        ("acquired resistance to pembrolizumab", "acquired-resistance"),
        ("EGFR-mutant lung cancer and resistance to immunotherapy", "immunotherapy-resistance"),
    ],
)
def test_elsewhere_it_is_resistance_to_immunotherapy(question: str, concept: str) -> None:
    assert concept in concepts(question)


def test_one_treatment_is_not_answered_with_its_whole_class() -> None:
    text = "osimertinib resistance"
    first, *_ = shipped().recognise(tokenise(text), text)
    assert first.typed == "osimertinib"


@pytest.mark.parametrize(
    ("title", "concept"),
    [
        ("Macrophages drive resistance to gemcitabine in pancreatic cancer", "chemotherapy"),
        ("Oxaliplatin-refractory colorectal cancer", "platinum"),
        ("Stromal cells and resistance to letrozole in breast cancer", "endocrine"),
        ("Overcoming acquired resistance to sotorasib in lung cancer", "targeted-therapy"),
    ],
)
def test_a_record_is_tagged_with_it_and_not_with_resistance_to_immunotherapy(
    title: str, concept: str
) -> None:
    tags = {tag.concept for tag in tagger_of(shipped()).tag(Record(title=title))}
    assert f"{concept}-resistance" in tags
    assert not tags & {"immunotherapy-resistance", "acquired-resistance"}
