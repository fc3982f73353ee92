"""The store area of merges: what each source said, which records were joined, and undoing it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from bot.models import Identifier, Record

# Makes one record of the versions of one work, the longest held first.
Choose: TypeAlias = Callable[[Sequence[Record]], Record]


@dataclass(frozen=True, slots=True)
class Merge:
    """Two held records that became one: `absorbed` went into `kept`.

    `author` is who did it: "tme merge", "harvest". `undone` is when it was undone, or None.
    """

    number: int
    at: datetime
    author: str
    why: str
    kept: str
    absorbed: str
    absorbed_title: str
    undone: datetime | None = None


class MergeStore(Protocol):
    """Merges, as the store keeps them. Errors and transactions as for `StateStore`."""

    def versions(self, record_id: str) -> list[Record]:
        """What each source said of this record, the first held first; none where it is not held.

        A record that came from one source only is its own single version.
        """

    def join(self, kept: str, absorbed: str, choose: Choose, *, author: str, why: str) -> Merge:
        """Make one record of two held ones, in one transaction.

        The record goes on under the id `kept`, with the earlier `first_seen` of the two; the other
        id leads to it from now on. Every version of both is kept, and both records as they were.
        Raises UnknownRecord where one of them is not held.
        """

    def undo(self, record_id: str, choose: Choose, *, author: str) -> Merge | None:
        """Undo the last merge that this record (kept or absorbed) was part of; None without one.

        Both records are again as they were, but for what sources have said of either since: that
        stays with the one it was said of. The two are noted as two works.
        """

    def history(self, record_id: str | None = None, limit: int = 20) -> list[Merge]:
        """The last merges, newest first, of all records or of one, undone ones included."""

    def keep_apart(self, one: str, other: str, *, author: str) -> None:
        """Note that these two records are two works; nothing merges them unasked any more."""

    def are_apart(self, one: str, other: str) -> bool:
        """Whether somebody said that these two are two works."""

    def relatives(self, record: Record) -> list[str]:
        """Ids of the held records that may be this work by identifier or declared relation.

        Those that share a strong identifier, that this record declares a version of itself, and
        that declare so of this record; the record itself left out.
        """

    def namesakes(self, record: Record, limit: int) -> list[str]:
        """Ids of other held records whose folded title is this one's, longest held first."""

    def survivor(self, record_id: str) -> str | None:
        """The id under which a record is held today: its own, or that of what it went into."""

    def carriers(self, identifier: Identifier) -> list[str]:
        """Ids of the records that carry this identifier as their own, longest held first."""
