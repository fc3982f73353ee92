"""Whatever a file holds, its reader is done in time and says a record or a reason, nothing else.

The longer run: `.venv/bin/pytest -n 0 --hypothesis-profile long tests/sources/test_any_file.py`.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UnreadableFile
from bot.formats import Refusal
from bot.formats.latex import to_text
from bot.formats.retraction_watch import loads as load_notices
from bot.harvest.adding import read as read_wanted
from bot.harvest.papers import named
from bot.harvest.reading import PdfText
from bot.records.answers import Finding, Quote
from bot.records.identifiers import find, parse
from bot.records.models import Record
from bot.records.names import contributor, people
from bot.records.sections import split_capitals, split_sections
from bot.records.titles import read_title
from bot.search.worded import checked
from bot.sources import readers
from bot.sources.europe_pmc.full_text import passages
from bot.sources.reading.jats import sections_of
from bot.sources.zotero.reader import note_html, note_text
from bot.text.abbreviations import definitions
from bot.text.folding import clean, cut, fold, name_orders, tokenise
from bot.text.markup import plain
from bot.text.sentences import sentences
from tests.growth import assert_in_proportion
from tests.sources.payloads.any_json import QUIETLY
from tests.sources.samples import DOCUMENTS, TEXTS, variants, with_text

AT = datetime(2026, 1, 15, tzinfo=UTC)
READERS = {reader.name: reader for reader in readers()}
# The openings and separators of every syntax that is read: each alone many times, never closed.
PIECES = (
    " ", "\n", "{", "{a}", "\\", '\\"', '\\"{', "\\textit{", "$", "<", "<b>", "<![CDATA[", "<!--",
    "&amp;",
    "@article{", "@string{a=a # a}", '"', '","', ";", ", ", " and ", "[", "(", "(a) ", "- ", "a.",
    "10.", "10.1234/", "A: ", "ABC) ", "é", "1", "腫瘍", "TY  - ", "http://a",
)  # fmt: skip
SIZE = 500
# What a text of eight times the size may take before it is looked at more closely, in seconds.
_QUICK = 0.1


def load(name: str, data: bytes) -> list[Record | Refusal]:
    try:
        return list(READERS[name].loads(data, "", AT))
    except UnreadableFile:
        return []


def test_every_reader_has_an_example_that_it_reads() -> None:
    """One that is added to the registry is tried in every test here."""
    assert set(READERS) == {*DOCUMENTS, *TEXTS}
    for name in READERS:
        found = load(name, with_text(name, 0, ""))
        assert [type(item) for item in found] == [Record], (name, found)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("name", sorted(READERS))
def test_a_long_text_in_any_place_takes_time_in_proportion(name: str, piece: str) -> None:
    # Each piece in one place, and each place with some pieces; the long run tries all in all.
    places = range(variants(name))
    is_long = settings.get_current_profile_name() == "long"
    for place in places if is_long else places[PIECES.index(piece) % len(places) :][:1]:

        def make(n: int, place: int = place) -> bytes:
            return with_text(name, place, (piece * n)[:n])

        long = make(8 * SIZE)
        start = time.process_time()
        load(name, long)
        if time.process_time() - start > _QUICK:
            assert_in_proportion(lambda data: load(name, data), make, SIZE)


FINDING = Finding(
    quote=Quote(text="CAFs shield tumours."), place=1, sentences=1, direction="unclear"
)


def full_text(words: str) -> ET.Element:
    """An article with a text in its heading, its paragraph and a marked part of each."""
    article = ET.Element("article")
    section = ET.SubElement(ET.SubElement(article, "body"), "sec")
    for name in ("title", "p"):
        ET.SubElement(ET.SubElement(section, name), "b")
    for each in article.iter():
        each.text = each.tail = words
    return article


TEXT_READERS: dict[str, Callable[[str], object]] = {
    each.__name__: each
    for each in (
        plain, clean, fold, sentences, split_sections, split_capitals, sections_of, to_text, find,
        parse, people, contributor, read_title, read_wanted, cut, tokenise, name_orders, note_html,
    )
} | {
    "note": lambda text: note_text({"note": text}),
    "pdf": lambda text: named(PdfText(text, text, (text, text))),
    "full_text": lambda text: passages(full_text(text)),
    "summary": lambda text: checked(f"{text} [1]. {text}", {1: ("A title", FINDING)}, str.lower),
    "definitions": lambda text: list(definitions(text)),
    "retractions": lambda text: list(load_notices(
        f"OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,RetractionDate\n{text}".encode()
    )),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXT_READERS)
def test_what_reads_a_text_takes_time_in_proportion(name: str) -> None:
    for piece in PIECES:

        def make(n: int, piece: str = piece) -> str:
            return f"{(piece * n)[:n]} :"

        start = time.process_time()
        TEXT_READERS[name](make(8 * SIZE))
        if time.process_time() - start > _QUICK:
            assert_in_proportion(TEXT_READERS[name], make, SIZE)


SPLICES = st.lists(
    st.tuples(
        st.floats(0, 1), st.integers(0, 30),
        st.sampled_from(PIECES).map(str.encode) | st.binary(max_size=8),
        st.integers(1, 40),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


def spliced(data: bytes, splices: list[tuple[float, int, bytes, int]]) -> bytes:
    """The data with some bytes taken out and others put in their place, many times over."""
    for where, removed, put, times in splices:
        at = int(where * len(data))
        data = data[:at] + put * times + data[at + removed :]
    return data


@pytest.mark.parametrize("name", sorted(READERS))
@QUIETLY
@given(splices=SPLICES)
def test_a_changed_file_yields_records_and_reasons(
    name: str, splices: list[tuple[float, int, bytes, int]]
) -> None:
    for item in load(name, spliced(with_text(name, 0, ""), splices)):
        if isinstance(item, Record):
            assert Record.model_validate_json(item.model_dump_json()) == item
        else:
            assert item.line >= 1
            assert item.reason
            assert "\n" not in item.reason


@pytest.mark.parametrize("name", TEXT_READERS)
@QUIETLY
@given(text=st.text(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_can_be_read(name: str, text: str) -> None:
    TEXT_READERS[name](text)
