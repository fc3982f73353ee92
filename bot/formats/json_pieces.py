"""The JSON values of a file, one after the other: no more of it is in memory than a window."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, TypeAlias

from bot.formats.base import Refusal
from bot.formats.decoding import decoded
from bot.formats.json_values import LONGEST_LINE, why_not_json

# A value with the line it starts on; or why the rest of the file cannot be read.
Pieces: TypeAlias = Iterator[tuple[int, str | Refusal]]

# The window grows to this many characters for a value that does not end in it.
MOST_IN_MEMORY = 16 * LONGEST_LINE
_HEAD = 4096
_SEPARATOR = re.compile(r"[\s,\[\]]*")


def each_value(file: BinaryIO) -> Pieces:
    """The values of a file that is at its start: an array's, one over several lines, or a line's.

    Wrong bytes become lone surrogates, so that only the value that holds them is refused.
    """
    texts = decoded(file, errors="surrogateescape")
    head = ""
    while len(head) < _HEAD and (text := next(texts, "")):
        head += text
    is_one_text = head.lstrip()[:1] == "[" or head.split("\n", 1)[0].strip() == "{"
    return (_elements if is_one_text else _lines)(_behind(head, texts))


def elements(file: BinaryIO) -> Pieces:
    """The elements of an array (or one object over several lines), and where each starts.

    Where the array breaks, nothing says where its next element starts: reading ends there.
    """
    return _elements(decoded(file, errors="surrogateescape"))


def _behind(head: str, texts: Iterable[str]) -> Iterator[str]:
    yield head
    yield from texts


def _lines(texts: Iterable[str]) -> Pieces:
    number, rest = 1, ""
    for text in texts:
        first, *more = text.split("\n")
        # What is longer is refused, and need not be whole for that.
        rest += first[: LONGEST_LINE + 1 - len(rest)]
        for line in more:
            if rest.strip():
                yield number, rest.strip()
            number, rest = number + 1, line[: LONGEST_LINE + 1]
    if rest.strip():
        yield number, rest.strip()


def _elements(texts: Iterator[str]) -> Pieces:
    decode = json.JSONDecoder().raw_decode
    text, at, line, column = "", 0, 1, 0  # `column` is where in its line the text begins
    while True:
        match = _SEPARATOR.match(text, at)
        start = match.end() if match else at
        line += text.count("\n", at, start)
        failure: Exception | None = None
        try:
            end = decode(text, start)[1] if start < len(text) else start
        except (ValueError, RecursionError) as error:
            failure, end = error, len(text)
        if end == len(text) and not isinstance(failure, RecursionError):
            # It may go on: a number as well as what is no value yet.
            more = _more(texts, len(text) - start)
            if more:
                break_ = text.rfind("\n", 0, start)
                column = start - break_ - 1 if break_ >= 0 else column + start
                text, at = text[start:] + more, 0
                continue
        if failure is not None:
            reason = why_not_json(failure, column)
            yield line, Refusal(line, f"{reason}; the rest was not read")
            return
        if start == len(text):
            return
        yield line, text[start:end]
        line += text.count("\n", start, end)
        at = end


def _more(texts: Iterator[str], size: int) -> str:
    """As much again as there is of a value; "" at the end, or where it is too long."""
    found: list[str] = []
    while size <= MOST_IN_MEMORY and sum(map(len, found)) <= size and (text := next(texts, "")):
        found.append(text)
    return "".join(found)
