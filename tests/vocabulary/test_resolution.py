"""How far a filter's value may be from a concept's name and still mean it."""

from pathlib import Path

import pytest

from bot.vocabulary import Vocabulary
from bot.vocabulary.resolution import Resolver


@pytest.fixture(scope="module")
def vocabulary(seeds: Path) -> Vocabulary:
    return Vocabulary.load(seeds / "taxonomy.yaml")


@pytest.mark.parametrize(
    ("name", "typed", "read"),
    [
        ("qwerz", "qwerx", True),  # five letters forgive a slip
        ("qwer", "qwex", False),  # four are an abbreviation, which is never mended
        ("qwertz", "qwexxz", False),  # below seven letters one slip is forgiven, from then on two
        ("qwertza", "qwexxza", True),
        ("qwertzas", "qwexxxas", False),
    ],
)
def test_how_many_slips_a_value_forgives(
    vocabulary: Vocabulary, name: str, typed: str, read: bool
) -> None:
    concept = vocabulary.concepts["car-t"]
    found = Resolver([(concept, (name,))]).resolve(typed)
    assert (found.id == "car-t") is read
    assert found.corrected is read


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("car-t", "car-t"),
        ("CAR T cells", "car-t"),
        ("qwertz", None),  # the beginning of two
        ("qwertzas", "car-t"),
        ("qwertzass", None),  # a slip is no name
        ("", None),
    ],
)
def test_a_name_is_looked_up_as_it_is_spelt(
    vocabulary: Vocabulary, typed: str, named: str | None
) -> None:
    one, other = vocabulary.concepts["car-t"], vocabulary.concepts["pmn-mdsc"]
    first = one.model_copy(update={"label": "qwertzas"})
    second = other.model_copy(update={"label": "qwertzus"})
    resolver = Resolver([(first, one.names), (second, other.names)])
    assert resolver.named(typed) == named
