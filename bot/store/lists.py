"""Reading lists: named, of a person or of a channel, in one workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ReadingList:
    """A list. `owner` is the id of the person or the channel whose it is.

    `items` counts what is on it, `latest` is when something was last put on it.
    """

    id: int
    workspace: str
    owner: str
    name: str
    made_by: str
    made_at: datetime
    items: int = 0
    latest: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListItem:
    """A record on a list: who put it there and when, a note, and who has read it."""

    id: int
    list_id: int
    record_id: str
    note: str
    added_by: str
    added_at: datetime
    read_by: tuple[str, ...] = ()


class ListStore(Protocol):
    """The reading lists of every workspace; none is seen from another. Writes are transactions.

    A list or item of another workspace is treated as one that is not there.
    """

    def make(self, workspace: str, owner: str, name: str, user: str, now: datetime) -> ReadingList:
        """The owner's list of this name (folded, see `bot.text.fold`), made if it is new."""

    def lists(
        self, workspace: str | None, owners: Sequence[str] | None = None
    ) -> list[ReadingList]:
        """The lists of these owners, last used first; None is every workspace, every owner."""

    def get(self, workspace: str | None, list_id: int) -> ReadingList | None:
        """The list of this id."""

    def rename(self, workspace: str, list_id: int, name: str) -> bool:
        """Give a list another name; False where the owner has one of that name."""

    def drop(self, workspace: str, list_id: int, user: str, now: datetime) -> bool:
        """Take a list away, with what is on it, until it is restored."""

    def restore(self, workspace: str, list_id: int) -> bool:
        """Bring a list back; False where the owner has another of its name by now."""

    def add(
        self, on: ReadingList, record_id: str, user: str, note: str, now: datetime
    ) -> tuple[ListItem, bool]:
        """Put a record on a list, and whether it is new there.

        On one that has it, only a note that is given is changed. Raises KeyError without the list.
        """

    def items(self, list_id: int) -> list[ListItem]:
        """What is on a list, last added first."""

    def item(self, workspace: str, item_id: int) -> ListItem | None:
        """The item of this id, taken off its list or not."""

    def take_off(self, item_id: int, user: str, now: datetime) -> bool:
        """Take an item off its list, until it is put back."""

    def put_back(self, item_id: int) -> bool:
        """Put an item back, as it was; False where its record is on the list again."""

    def note(self, item_id: int, note: str) -> bool:
        """Change the note of an item."""

    def mark_read(self, item_id: int, user: str, now: datetime | None) -> None:
        """Say that a person has read an item; None: has not."""

    def holding(self, workspace: str, record_id: str) -> list[tuple[ReadingList, ListItem]]:
        """The lists of a workspace that a record is on, whoever's they are, and its place there.

        Also under the id of a record that was merged into this one.
        """
