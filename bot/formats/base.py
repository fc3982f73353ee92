"""What every file format gives, and how."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol, Self, runtime_checkable

from bot.records.models import Record


@dataclass(frozen=True, slots=True)
class Refusal:
    """A part of a file that could not be read: the line it starts on (from 1), and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A whole file read: its records, and what was refused of it."""

    records: tuple[Record, ...]
    refused: tuple[Refusal, ...]

    @classmethod
    def of(cls, items: Iterable[Record | Refusal]) -> Self:
        """Sort what a format yields into the two kinds, each in file order."""
        read = tuple(items)
        return cls(
            tuple(item for item in read if isinstance(item, Record)),
            tuple(item for item in read if isinstance(item, Refusal)),
        )


def or_nothing(items: Iterable[Record | Refusal]) -> Iterator[Record | Refusal]:
    """The items; where there are none at all, that is what is refused."""
    is_empty = True
    for item in items:
        is_empty = False
        yield item
    if is_empty:
        yield Refusal(1, "no record in this file")


class Format(Protocol):
    """A file format that records are read from."""

    @property
    def name(self) -> str:
        """The word that asks for it: `tme import FILE --as NAME`."""

    @property
    def summary(self) -> str:
        """What such a file is, in a few words."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The usual endings of its file names, each with its dot."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other words that ask for it, in lower case; they are not listed."""

    def recognises(self, data: bytes, file_name: str) -> bool:
        """Whether a file looks like this format, by its content before its name."""

    def loads(self, data: bytes, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """Read a file record by record.

        `source` is what the provenance of each record will say (empty: the format's own word),
        `at` the moment it was read. A
        part that cannot be read is a Refusal and the rest goes on; raises UnreadableFile, on the
        first step, when the file is not of this format at all.
        """


class FileFormat(Format, Protocol):
    """A format of files that people bring."""

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """What people call such a file, after the name in its records' provenance."""


@runtime_checkable
class Streamed(Format, Protocol):
    """A format that reads a file piece by piece, so that memory does not grow with its size."""

    def load(self, file: BinaryIO, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """As `Format.loads`, from an open file that is at its start and can be rewound."""


@runtime_checkable
class Writer(Protocol):
    """A format that records are written in."""

    @property
    def name(self) -> str:
        """The word that asks for it: `export … as NAME`."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The usual endings of its file names, the one to write first."""

    def pieces(self, records: Iterable[Record]) -> Iterator[str]:
        """The text of a file of these records, piece by piece, as the records come.

        What `loads` reads of it again loses nothing that the format can carry. Nothing that is not
        known is written: no name, date or number is made up.
        """

    def dumps(self, records: Iterable[Record]) -> str:
        """The whole of `pieces`."""


class Written(ABC):
    """What every writer has in common."""

    @abstractmethod
    def pieces(self, records: Iterable[Record]) -> Iterator[str]:
        """See `Writer.pieces`."""

    def dumps(self, records: Iterable[Record]) -> str:
        """See `Writer.dumps`."""
        return "".join(self.pieces(records))
