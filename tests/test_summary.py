"""Quoting: sentences as they stand, with what matched marked."""

import pytest

from bot.index import Words
from bot.index.tantivy import stem
from bot.models import Record, Section
from bot.summary import quote, sentences

ABSTRACT = (
    "Background: Macrophages matter (e.g. in glioma; see Fig. 2). They resist, as Li et al. showed."
    " Conclusion: Vessels can be normalised."
)
RECORD = Record(
    title="A", abstract=ABSTRACT,
    sections=(Section(label="Background", text=ABSTRACT[12:95].strip()),
              Section(label="Conclusion", text="Vessels can be normalised.")),
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["Cells, e.g. macrophages, resist vs. others in Fig. 2.", "As Li et al. showed, it works."],
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert sentences(text) == (text,)


def test_the_sentence_that_holds_what_was_asked_is_quoted() -> None:
    found = quote(RECORD, [[Words(("vessel",))]], stem)
    assert found is not None
    assert (found.text, found.section) == ("Vessels can be normalised.", "Conclusion")
    assert [found.text[start:end] for start, end in found.marks] == ["Vessels"]


def test_where_nothing_matches_the_conclusion_is_quoted() -> None:
    found = quote(RECORD, [[Words(("neutrophil",))]], stem)
    assert found is not None
    assert (found.section, found.marks) == ("Conclusion", ())


def test_what_is_quoted_stands_in_the_abstract() -> None:
    found = quote(RECORD, [[Words(("macrophage",))]], stem)
    assert found is not None
    assert found.text in ABSTRACT


def test_without_an_abstract_nothing_is_quoted() -> None:
    assert quote(Record(title="A"), [[Words(("a",))]], stem) is None
