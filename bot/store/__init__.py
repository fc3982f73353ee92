"""The truth: what a team owns, behind one Protocol.

`StateStore` is the seam. `bot.store.sqlite` keeps it in one file; another implementation joins
the contract tests in `tests/store/contract.py` and is chosen in `bot.app`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from bot.models import Identifier, Record
from bot.store.corrections import CorrectionStore
from bot.store.deliveries import DeliveryStore
from bot.store.harvests import HarvestStore
from bot.store.lists import ListStore
from bot.store.merges import MergeStore
from bot.store.reports import ReportStore
from bot.store.second_posts import SecondPostStore
from bot.store.standing import StandingStore
from bot.store.subscriptions import SubscriptionStore

# Combines the record held with the one coming in; the store writes what it returns, under the id
# and `first_seen` of the record held.
Combine: TypeAlias = Callable[[Record, Record], Record]
Outcome: TypeAlias = Literal["new", "changed", "merged", "unchanged"]


@dataclass(frozen=True, slots=True)
class Change:
    """A record as it is now, and the place of its last change in the change sequence.

    `gone` says that nothing is held under `record_id` any more; `record` is then the one that it
    was merged into.
    """

    sequence: int
    record_id: str
    record: Record
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of one incoming record: the id it is held under, and the outcome.

    `merged` is a change that joined a record held from other sources only, or from fewer;
    `unchanged` wrote nothing.
    """

    record_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last question of a thread and the records shown for it, for "next" and "the second".

    `opened` is the one of them that was looked at since ("it"), or "". Keeps no message text beyond
    the question itself; forgotten after a week.
    """

    query: str
    offset: int
    record_ids: tuple[str, ...]
    ranked: int
    opened: str = ""


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What an operator wants to know of the store.

    `sources` holds, for each source by name, how many records have something from it and when the
    last of that was read (None: no time given). `newest` is when the last new record came.
    """

    location: str
    schema_version: int
    records: int
    sequence: int
    with_abstract: int
    with_doi: int
    sources: tuple[tuple[str, int, datetime | None], ...]
    newest: datetime | None


class StateStore(Protocol):
    """The truth. Every method is safe from any thread; every write is one transaction.

    Methods raise the `StoreError` that says what is wrong: busy, read-only, full, damaged.

    `get`, `get_many`, `find`, `find_title` and `newest` give records as the workspace in whose
    name they are asked sees them (`bot.store.overlay`); the change sequence knows no workspace.
    """

    @property
    def harvests(self) -> HarvestStore:
        """How far each harvest has come."""

    @property
    def merges(self) -> MergeStore:
        """What each source said of records, and which were joined."""

    @property
    def reports(self) -> ReportStore:
        """What people say is wrong with records."""

    @property
    def standing(self) -> StandingStore:
        """What became known of records: retractions, corrections, publication of preprints."""

    @property
    def corrections(self) -> CorrectionStore:
        """What teams say of the tags of records."""

    @property
    def lists(self) -> ListStore:
        """Reading lists."""

    @property
    def subscriptions(self) -> SubscriptionStore:
        """What channels and people follow."""

    @property
    def deliveries(self) -> DeliveryStore:
        """The outbox: what is to be posted, and what was."""

    @property
    def second_posts(self) -> SecondPostStore:
        """What may stand twice, and what is taken back of it."""

    def upsert(self, records: Iterable[Record], combine: Combine) -> list[Upserted]:
        """Write a batch in one transaction, in order: all of it or, on any error, nothing.

        An incoming record is a held one when it carries that one's `id`, or they share a strong
        identifier (`bot.identity.strong_identifiers`), or at least one of the two has none and
        the content key is the same (unless that fits several works with identifiers of their own).
        One that shares an identifier but is another work all the same is left alone
        (`bot.identity.contradicts`).
        Where its identifiers name several held records, it is written to the first (by order of
        identifier, then the longest held) and gains a warning `also_matches:ID` for each other
        one, which is left alone.

        A record whose content stays the same is left alone and takes no new place in the change
        sequence. Content is everything but `id`, `first_seen` and the times of provenance.
        """

    def get(self, record_id: str) -> Record | None:
        """The record of this id, or the one that it was merged into, or None."""

    def get_many(self, record_ids: Sequence[str]) -> list[Record]:
        """The records of these ids, in the order asked, each once; ids not held are skipped.

        An id that was merged into another leads to that one's record.
        """

    def find(self, identifier: Identifier, limit: int = 100) -> list[Record]:
        """The records that carry this identifier (their own, a contributor's, a journal's).

        Latest published first, those without a date last.
        """

    def find_title(self, folded_title: str) -> list[Record]:
        """Every record whose folded title (`bot.text.fold`) is exactly this."""

    def newest(self, limit: int, offset: int = 0) -> list[Record]:
        """Records by when this store first saw them, newest first, then by publication date."""

    def changes_since(self, sequence: int, limit: int = 1000) -> list[Change]:
        """The next changes after a place in the sequence, oldest first, one per id.

        A record that was merged into another is a change too: its id is gone. A number is never
        used twice, so a reader that remembers the last one misses nothing.
        """

    def sequence(self) -> int:
        """The last place in the change sequence; 0 when nothing was ever written."""

    def generation(self) -> str:
        """A random id given to this store when it was made: a restored copy keeps it."""

    def status(self) -> StoreStatus:
        """Counts and dates for `status` and `doctor`."""

    def claim_event(self, workspace: str, event_id: str, now: datetime) -> bool:
        """True the first time this event is claimed; False for every retry of it."""

    def remember(
        self, workspace: str, channel: str, thread: str, said: Conversation, now: datetime
    ) -> None:
        """Keep the last question of a thread, in place of the one before."""

    def recall(
        self, workspace: str, channel: str, thread: str, now: datetime
    ) -> Conversation | None:
        """The last question of a thread, or None when there is none or it is too old."""

    def forget_old(self, now: datetime) -> int:
        """Delete claimed events and conversations past their time; how many went."""

    def check(self) -> list[str]:
        """What is wrong with the store, a line each; empty when it is sound."""

    def close(self) -> None:
        """Close every connection. Saved state is safe without it."""
