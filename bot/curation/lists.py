"""Service: reading lists of a person or a channel, and what is kept on them.

A list is seen by the person or in the channel that owns it, and nowhere else; showing
it elsewhere is its owner's act of sharing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz, process

from bot.errors import UsageError
from bot.records.models import Record, Shelf, unique
from bot.store import StateStore
from bot.store.lists import ListItem, ReadingList
from bot.text.folding import fold
from bot.text.markup import visible

DEFAULT = "Reading list"
LONGEST_NAME, LONGEST_NOTE = 80, 1_000
# rapidfuzz, 0 to 100: a name this near to a list's is a slip.
_NEAR = 85


class UnknownList(UsageError):
    """There is no such list for who asks."""

    code = "unknown_list"
    hint = "`lists` shows yours."
    exit_code = 1


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks for lists, and where: their own and that channel's are in reach.

    `channel` is "" where there is none with a list of its own, as in a direct message.
    """

    workspace: str
    user: str
    channel: str = ""

    @property
    def owners(self) -> tuple[str, ...]:
        """The owners of the lists in reach, the person first."""
        return (self.user, self.channel) if self.channel else (self.user,)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a list with its record."""

    item: ListItem
    record: Record


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of saving: the list, its items for the records, and those that are new there."""

    on: ReadingList
    items: tuple[ListItem, ...]
    new: tuple[ListItem, ...]


class Library:
    """Keeps reading lists."""

    def __init__(self, store: StateStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def lists(self, scope: Scope) -> list[ReadingList]:
        """The lists in reach, last used first."""
        return self._store.lists.lists(scope.workspace, scope.owners)

    def counted(self, scope: Scope) -> list[tuple[ReadingList, int]]:
        """The lists in reach, last used first, each with how many of it the person has not read."""
        return [(on, self._unread(on, scope.user)) for on in self.lists(scope)]

    def _unread(self, on: ReadingList, user: str) -> int:
        return sum(user not in item.read_by for item in self._store.lists.items(on.id))

    def all(self) -> list[ReadingList]:
        """Every list of every workspace, for operators."""
        return self._store.lists.lists(None)

    def named(self, scope: Scope, name: str, *, ours: bool = False) -> ReadingList | None:
        """The list in reach of this name, or a slip of it; the person's own before the channel's.

        With `ours` the channel's alone.
        """
        owners = [scope.channel] if ours and scope.channel else list(scope.owners)
        lists = sorted(self.lists(scope), key=lambda each: scope.owners.index(each.owner))
        keys = {each.id: _key(each.name) for each in lists if each.owner in owners}
        wanted = _key(name)
        exact = next((each for each in lists if keys.get(each.id) == wanted), None)
        if exact is not None or not wanted:
            return exact
        near = process.extractOne(wanted, keys, scorer=fuzz.ratio, score_cutoff=_NEAR)
        return next((each for each in lists if near and each.id == near[2]), None)

    def make(self, scope: Scope, name: str, *, ours: bool = False) -> ReadingList:
        """The list of this name, made where it is new. Raises UsageError for no name."""
        owner = scope.channel if ours and scope.channel else scope.user
        return self._store.lists.make(scope.workspace, owner, _name(name), scope.user, self._now())

    def save(
        self, scope: Scope, records: Sequence[Record], on: ReadingList, note: str = ""
    ) -> Saved:
        """Put records on a list in reach, the first of them on top."""
        self.reach(scope, on.id)
        done = [
            self._store.lists.add(on, record.id, scope.user, _note(note), self._now())
            for record in reversed(records)
        ]
        items = tuple(item for item, _ in reversed(done))
        new = tuple(item for item, is_new in reversed(done) if is_new)
        return Saved(self.reach(scope, on.id), items, new)

    def shelve(
        self, scope: Scope, shelved: Iterable[tuple[str, Shelf]], imported: int | None = None
    ) -> int:
        """Keep what came in a file beside records (by id) on the person's lists; how many new.

        A note that is there stays, and what was read stays read. Without a list it is the usual.
        `imported` is the number of the import: to undo it takes them off again.
        """
        lists: dict[str, ReadingList] = {}
        store, user, new = self._store.lists, scope.user, 0
        for record_id, shelf in shelved:
            for name in shelf.lists or (DEFAULT,):
                known = name[:LONGEST_NAME] if fold(visible(name)) else DEFAULT
                now = self._now()
                if known not in lists:
                    lists[known] = store.make(
                        scope.workspace, user, _name(known), user, now, imported
                    )
                note = _note(shelf.note or "")
                item, is_new = store.add(
                    lists[known], record_id, user, note if imported else "", now, imported
                )
                new += is_new
                if note and not item.note:
                    store.note(item.id, note)
                if shelf.read and user not in item.read_by:
                    store.mark_read(item.id, user, now, by_import=is_new)
        return new

    def shelved(self, scope: Scope, records: Iterable[Record]) -> Iterator[Record]:
        """The records, each with what the lists in reach keep beside it."""
        for record in records:
            on = self.holding(scope, record.id)
            yield record.model_copy(update={"shelf": _shelf(on, scope.user)}) if on else record

    def entries(self, on: ReadingList) -> list[Entry]:
        """What is on a list, last added first; deleted records are left out.

        Records that were merged since they were put there are one.
        """
        items = self._store.lists.items(on.id)
        stored = {r.id: r for r in self._store.get_many([item.record_id for item in items])}
        entries: dict[str, Entry] = {}
        for item in items:
            record = stored.get(item.record_id) or self._store.get(item.record_id)
            if record is not None:
                entries.setdefault(record.id, Entry(item, record))
        return list(entries.values())

    def reach(self, scope: Scope, list_id: int) -> ReadingList:
        """The list of this id. Raises UnknownList when it is not in reach."""
        found = self._store.lists.get(scope.workspace, list_id)
        if found is None or found.owner not in scope.owners:
            raise UnknownList("That list is not yours, or is there no more.")
        return found

    def item(self, scope: Scope, item_id: int) -> tuple[ReadingList, ListItem]:
        """An item of a list in reach, and the list. Raises UnknownList."""
        item = self._store.lists.item(scope.workspace, item_id)
        if item is None:
            raise UnknownList("That list is there no more.")
        return self.reach(scope, item.list_id), item

    def take_off(self, scope: Scope, item_ids: Sequence[int]) -> None:
        """Take items off a list in reach. Raises UnknownList."""
        for item_id in item_ids:
            self.item(scope, item_id)
            self._store.lists.take_off(item_id, scope.user, self._now())

    def put_back(self, scope: Scope, item_ids: Sequence[int]) -> None:
        """Put items back that were taken off. Raises UnknownList."""
        for item_id in item_ids:
            self.item(scope, item_id)
            self._store.lists.put_back(item_id)

    def note(self, scope: Scope, item_id: int, note: str) -> None:
        """Change the note of an item. Raises UnknownList."""
        self.item(scope, item_id)
        self._store.lists.note(item_id, _note(note))

    def mark_read(self, scope: Scope, item_id: int, *, read: bool) -> None:
        """Say whether the person has read an item. Raises UnknownList."""
        self.item(scope, item_id)
        self._store.lists.mark_read(item_id, scope.user, self._now() if read else None)

    def rename(self, scope: Scope, list_id: int, name: str) -> ReadingList:
        """Give a list another name. Raises UnknownList, or UsageError for a name that is taken."""
        self.reach(scope, list_id)
        if not self._store.lists.rename(scope.workspace, list_id, _name(name)):
            raise UsageError(f"There is a list “{_name(name)}” already.", "Give another name.")
        return self.reach(scope, list_id)

    def drop(self, scope: Scope, list_id: int) -> ReadingList:
        """Take a list away until it is restored. Raises UnknownList."""
        found = self.reach(scope, list_id)
        self._store.lists.drop(scope.workspace, list_id, scope.user, self._now())
        return found

    def restore(self, scope: Scope, list_id: int) -> ReadingList:
        """Bring a list back. Raises UnknownList, or UsageError when its name is taken by now."""
        restored = self._store.lists.restore(scope.workspace, list_id)
        found = self.reach(scope, list_id)
        if not restored:
            raise UsageError("That list is there already.", "`lists` shows it.")
        return found

    def holding(self, scope: Scope, record_id: str) -> list[tuple[ReadingList, ListItem]]:
        """The lists in reach that a record is on, with its place there."""
        found = self._store.lists.holding(scope.workspace, record_id)
        return [(on, item) for on, item in found if on.owner in scope.owners]


def file_stem(on: ReadingList) -> str:
    """What the file of a list is called, without its ending: `journal-club`."""
    return "-".join(fold(on.name).split())[:60] or "list"


def _shelf(on: Sequence[tuple[ReadingList, ListItem]], user: str) -> Shelf:
    """What lists keep beside one record: their names, the notes, whether the person has read it."""
    return Shelf(
        lists=tuple(unique(each.name for each, _ in on))[:100],
        note=" ".join(unique(item.note for _, item in on if item.note)) or None,
        read=any(user in item.read_by for _, item in on),
    )


def _name(name: str) -> str:
    tidy = " ".join(visible(name).split()).strip(" \"'“”‘’.:,;?!-")
    if not fold(tidy):
        raise UsageError("A list needs a name of letters or digits.", "For example: journal club.")
    if len(tidy) > LONGEST_NAME:
        raise UsageError(
            f"A list's name holds {LONGEST_NAME} characters; that is {len(tidy)}.",
            "Give a shorter one.",
        )
    return tidy


def _key(name: str) -> str:
    """What a list is found by: “our lab list” and “lab” are one name, whatever the letters."""
    return re.sub(r"(?<=\S) (?:reading )?list$", "", fold(name)) or fold(name)


def _note(note: str) -> str:
    return " ".join(visible(note).split())[:LONGEST_NOTE]
