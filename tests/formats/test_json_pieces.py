"""JSON of any size is read as it comes: a window of it is in memory, whatever stands where."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import pytest

from bot.formats import Refusal
from bot.formats.base import Streamed
from bot.formats.json_pieces import MOST_IN_MEMORY, each_value, elements
from bot.formats.json_values import LONGEST_LINE
from bot.records.models import Record
from bot.sources import readers

AT = datetime(2026, 1, 15, tzinfo=UTC)
READERS = {each.name: each for each in readers()}
_CSL = {"type": "article-journal", "title": "Naïve T cells", "issued": {"date-parts": [[2020]]}}
_DOI = "10.5555/"
# More than any window: what is read of it at first is told by where the file stands then.
_MANY = 3_000
MANY: dict[str, Callable[[int], object]] = {
    "csl": lambda n: _CSL | {"id": f"a{n}", "abstract": "é" * 300},
    "json": lambda n: {"title": f"Work {n}", "abstract": "é" * 300},
    "crossref": lambda n: {"DOI": f"{_DOI}{n}", "title": ["Work"], "abstract": "e" * 500},
    "zotero": lambda n: {
        "key": f"K{n}", "version": 1,
        "data": {"itemType": "journalArticle", "title": f"Work {n}", "abstractNote": "e" * 500},
    },
    "openalex": lambda n: {"id": f"https://openalex.org/W{n}", "title": "Work", "x": "e" * 500},
}  # fmt: skip


@pytest.mark.parametrize("between", [",", ",\n ", "\n"])
@pytest.mark.parametrize("name", MANY)
def test_works_are_read_before_the_file_is_at_its_end(name: str, between: str) -> None:
    body = between.join(json.dumps(MANY[name](n), ensure_ascii=False) for n in range(1, _MANY))
    data = (body if between == "\n" else f"[{body}]").encode()
    file, reader = io.BytesIO(data), READERS[name]
    assert isinstance(reader, Streamed)
    first = list(islice(reader.load(file, "", AT), 3))
    assert all(isinstance(each, Record) for each in first)
    assert file.tell() < len(data) / 2


@pytest.mark.parametrize("size", [1, 262_143, 262_144, 262_145, 600_000])
def test_a_value_across_windows_is_whole_and_the_next_has_its_line(size: int) -> None:
    text = f'[\n{json.dumps("é" * size)},\n12345,\n"b"]'.encode()
    got = list(elements(io.BytesIO(text)))
    assert got == [(2, json.dumps("é" * size)), (3, "12345"), (4, '"b"')]


@pytest.mark.parametrize("cut", [262_143, 262_144, 262_145])
def test_a_number_or_character_cut_by_the_window_is_one(cut: int) -> None:
    start = "[" + " " * (cut - 4)
    assert list(elements(io.BytesIO(f"{start}123456,7]".encode()))) == [(1, "123456"), (1, "7")]
    words = json.dumps("é" * 8, ensure_ascii=False)
    assert list(elements(io.BytesIO(f"{start}{words}]".encode()))) == [(1, words)]


def test_where_an_array_breaks_is_told_by_its_place_in_the_line() -> None:
    good = ",".join(["1234567890"] * 25_000)
    *read, (line, refused) = elements(io.BytesIO(f"[{good},nonsense,1]".encode()))
    assert (len(read), line) == (25_000, 1)
    assert isinstance(refused, Refusal)
    column = len(good) + 3
    assert (
        refused.reason == f"not JSON: Expecting value at character {column}; the rest was not read"
    )


def test_what_never_ends_is_given_up_and_not_taken_into_memory() -> None:
    file = io.BytesIO(b'["' + b"a" * (3 * MOST_IN_MEMORY))
    [(_, refused)] = elements(file)
    assert isinstance(refused, Refusal)
    assert file.tell() < 2.5 * MOST_IN_MEMORY


def test_a_line_that_is_too_long_is_cut_and_costs_no_other() -> None:
    long = "x" * (3 * LONGEST_LINE)
    got = list(each_value(io.BytesIO(f'{{"a": 1}}\n{long}\n{{"b": 2}}\n'.encode())))
    assert [(line, len(str(text))) for line, text in got] == [(1, 8), (2, LONGEST_LINE + 1), (3, 8)]
