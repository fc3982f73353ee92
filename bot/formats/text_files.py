"""What the formats of plain text share: told by their first lines, read as they come."""

import io
from abc import abstractmethod
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, final

from bot.errors import UnreadableFile
from bot.formats.base import Refusal, Written
from bot.formats.lines import Lines
from bot.records.models import Record

_HEAD = 65_536


class TextFile(Written):
    """A subclass says how its first lines look, and reads an open file."""

    suffixes: tuple[str, ...]

    @abstractmethod
    def looks(self, head: str) -> bool:
        """Whether the beginning of a file is of this format, regardless of the file's name."""

    @abstractmethod
    def load(self, file: BinaryIO, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """See `bot.formats.base.Streamed`."""

    @final
    def recognises(self, data: bytes, file_name: str) -> bool:
        """Text that looks like this format, or text in a file named so."""
        try:
            head = "\n".join(text for _, text in Lines(io.BytesIO(data[:_HEAD])))
        except UnreadableFile:
            return False
        return file_name.lower().endswith(self.suffixes) or self.looks(head)

    @final
    def loads(self, data: bytes, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """See `bot.formats.base.Format`."""
        return self.load(io.BytesIO(data), source, at)
