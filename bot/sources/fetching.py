"""Asking a source for one work by its identifier: for `add`, and for checks of what is held."""

from typing import Protocol, runtime_checkable

from bot.errors import SourceRefused
from bot.models import Identifier, Record, Scheme


@runtime_checkable
class Fetcher(Protocol):
    """A source that can be asked for one work."""

    @property
    def name(self) -> str:
        """What the provenance of its records says."""

    @property
    def schemes(self) -> frozenset[Scheme]:
        """The kinds of identifier it can be asked for."""

    def fetch(self, identifier: Identifier) -> Record | None:
        """The record of this very identifier; None when the source knows no such work.

        Raises SourceUnavailable or SourceRefused, and ValueError for a kind it does not know.
        """


def is_unknown(refused: SourceRefused) -> bool:
    """Whether a refusal only says that there is no such work."""
    return refused.status in (404, 410)


def same(record: Record, identifier: Identifier) -> Record | None:
    """The record, if it is that of this identifier: searches find what is merely alike."""
    return record if identifier in record.identifiers else None
