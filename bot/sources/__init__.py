"""Where records come from. A source yields records; what becomes of them is decided elsewhere."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from bot.formats import Refusal
from bot.models import Record


class Source(Protocol):
    """A place that records are taken from."""

    @property
    def name(self) -> str:
        """What the provenance of its records says."""

    def records(self, at: datetime) -> Iterator[Record | Refusal]:
        """Every record it has, or why one could not be read. `at` is the moment of reading."""
