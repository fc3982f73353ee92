"""A reader of a service's saved JSON answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
        place = 0
        for line, document in documents(data):
            works = [document] if isinstance(document, Refusal) else self.works(document)
            for work in works:
                place += 1
                yield from each(
                    [(max(place, line), work)], lambda found: self.read(found, source, at)
                )
