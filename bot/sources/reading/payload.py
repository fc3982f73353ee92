"""A reader of a service's saved JSON answers."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from bot.formats import Refusal
from bot.records.models import Record
from bot.sources.reading.record import each
from bot.sources.reading.values import Item, documents


@dataclass(frozen=True, slots=True)
class JsonPayload:
    """Answers as JSON, one document or one a line. See `bot.formats.base.Format`.

    `looks` tells such an answer by its bytes, `works` takes the works out of a document (a Refusal
    among them says why there are none), `read` reads one under the name of its source.
    """

    name: str
    summary: str
    looks: Callable[[bytes], bool]
    works: Callable[[object], list[Any]]
    read: Callable[[Item, str, datetime], Record]
    suffixes: tuple[str, ...] = (".json",)
    aliases: tuple[str, ...] = ()

    def recognises(self, data: bytes, file_name: str) -> bool:  # noqa: ARG002 - by content only
        """Whether it is such an answer, regardless of its name."""
        return self.looks(data)

    def loads(self, data: bytes, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """The records. In a Refusal the line is the place in the answer."""
        return self.load(io.BytesIO(data), source, at)

    def load(self, file: BinaryIO, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """As `loads`. See `bot.formats.base.Streamed`."""
        yield from read_works(file, self.works, lambda work: self.read(work, source, at))


def read_works(
    file: BinaryIO, works: Callable[[object], list[Any]], read: Callable[[Item], Record]
) -> Iterator[Record | Refusal]:
    """The records of the works in each document. In a Refusal the line is the place in it."""
    place = 0
    for line, document in documents(file):
        found = works(document) if isinstance(document, dict | list) else [document]
        for work in found:
            place += 1
            yield from each([(max(place, line), work)], read)
