"""Reading lists: named, of a person or of a channel, in one workspace."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store.audit import AuditStore
from bot.store.connections import Connections, Database
from bot.store.moments import moment_of, text_of
from bot.store.statements import lists as sql
from bot.text.folding import fold


@dataclass(frozen=True, slots=True)
class ReadingList:
    """A list. `owner` is the id of the person or the channel that owns it.

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


class ListStore:
    """The reading lists of every workspace; none is seen from another. Writes are transactions.

    A list or item of another workspace is treated as one that is not there.
    """

    def __init__(self, connections: Connections, audit: AuditStore) -> None:
        self._connections = connections
        self._audit = audit

    def make(  # noqa: PLR0913, PLR0917 - whose, what, who, when
        self,
        workspace: str,
        owner: str,
        name: str,
        user: str,
        now: datetime,
        imported: int | None = None,
    ) -> ReadingList:
        """The owner's list of this name (folded by `bot.text.folding`), made if it is new.

        `imported` is the number of the import that makes it.
        """
        key = fold(name)
        with self._connections.writing() as db:
            row = db.execute(sql.LIST_BY_NAME, [workspace, owner, key]).fetchone()
            if row is None:
                values = [workspace, owner, name, key, user, text_of(now), imported]
                list_id = db.execute(sql.MAKE, values).lastrowid
                self._note(db, list_id, f"made: {name}", workspace=workspace, who=user)
            else:
                list_id = row[0]
            return _list(db.execute(sql.LIST_BY_ID, [list_id, workspace]).fetchone())

    def lists(
        self, workspace: str | None, owners: Sequence[str] | None = None
    ) -> list[ReadingList]:
        """The lists of these owners, last used first; None is every workspace, every owner."""
        wanted = {
            "workspace": workspace,
            "owners": None if owners is None else json.dumps(list(owners)),
        }
        with self._connections.reading() as db:
            return [_list(row) for row in db.execute(sql.LISTS, wanted).fetchall()]

    def counted(
        self, workspace: str, owners: Sequence[str], user: str
    ) -> list[tuple[ReadingList, int]]:
        """The lists of these owners, last used first, each with how many are unread by a person."""
        wanted = {"workspace": workspace, "owners": json.dumps(list(owners)), "user": user}
        with self._connections.reading() as db:
            rows = db.execute(sql.COUNTED, wanted).fetchall()
        return [(_list(row[:-1]), int(row[-1])) for row in rows]

    def happened(
        self, workspace: str, user: str, kinds: Sequence[str], limit: int
    ) -> list[tuple[str, str, datetime]]:
        """What became known of works on a person's lists: record id, kind and when, last first."""
        wanted = {"workspace": workspace, "user": user, "kinds": json.dumps(kinds), "limit": limit}
        with self._connections.reading() as db:
            rows = db.execute(sql.HAPPENED, wanted).fetchall()
        # Of each work, what became known last.
        last = {row[0]: row[1:3] for row in reversed(rows)}
        return [
            (record_id, kind, datetime.fromisoformat(at))
            for record_id, (kind, at) in reversed(last.items())
        ]

    def get(self, workspace: str | None, list_id: int) -> ReadingList | None:
        """The list of this id."""
        with self._connections.reading() as db:
            row = db.execute(sql.LIST_BY_ID, [list_id, workspace]).fetchone()
        return _list(row) if row else None

    def rename(self, workspace: str, list_id: int, name: str) -> bool:
        """Give a list another name; False where the owner has one of that name."""
        with self._connections.writing() as db:
            row = db.execute(sql.LIST_BY_ID, [list_id, workspace]).fetchone()
            done = db.execute(sql.RENAME, [name, fold(name), list_id, workspace]).rowcount == 1
            if done:
                was = {"name": _list(row).name}
                self._note(db, list_id, f"renamed: {name}", workspace=workspace, before=was)
            return done

    def drop(self, workspace: str, list_id: int, user: str, now: datetime) -> bool:
        """Take a list away, with what is on it, until it is restored."""
        values = [user, text_of(now), list_id, workspace]
        return self._list_changed(sql.DROP, values, "taken away", list_id, workspace)

    def restore(self, workspace: str, list_id: int) -> bool:
        """Bring a list back; False where the owner has another of its name by now."""
        values = [list_id, workspace]
        return self._list_changed(sql.RESTORE, values, "brought back", list_id, workspace)

    def add(  # noqa: PLR0913, PLR0917 - what, where, who, when
        self,
        on: ReadingList,
        record_id: str,
        user: str,
        note: str,
        now: datetime,
        imported: int | None = None,
    ) -> tuple[ListItem, bool]:
        """Put a record on a list, and whether it is new there.

        On one that has it, only a note that is given is changed. `imported` is the number of the
        import that puts it there, and changes nothing of what is there. Raises KeyError without
        the list.
        """
        with self._connections.writing() as db:
            if db.execute(sql.LIST_BY_ID, [on.id, on.workspace]).fetchone() is None:
                raise KeyError(on.id)
            stored = _item_of(db, on.id, record_id)
            if stored is None:
                db.execute(sql.ADD, [on.id, record_id, note, user, text_of(now), imported])
                what = f"record {record_id} put on it"
                self._note(db, on.id, what, workspace=on.workspace, who=user)
            elif imported is None:
                db.execute(
                    sql.NOTE if note else sql.OWN, [note, stored.id] if note else [stored.id]
                )
                if note:
                    was = {"note": stored.note}
                    self._note_of_item(db, stored.id, "note of record {} changed", was)
            item = _item_of(db, on.id, record_id)
            if item is None:  # written in this very transaction
                raise KeyError(record_id)
            return item, stored is None

    def items(self, list_id: int) -> list[ListItem]:
        """What is on a list, last added first."""
        with self._connections.reading() as db:
            return [_item(row) for row in db.execute(sql.ITEMS, [list_id]).fetchall()]

    def item(self, workspace: str, item_id: int) -> ListItem | None:
        """The item of this id, taken off its list or not."""
        with self._connections.reading() as db:
            row = db.execute(sql.ITEM_BY_ID, [item_id, workspace]).fetchone()
        return _item(row) if row else None

    def take_off(self, item_id: int, user: str, now: datetime) -> bool:
        """Take an item off its list, until it is put back."""
        values = [user, text_of(now), item_id]
        return self._item_changed(sql.TAKE_OFF, values, "record {} taken off", item_id)

    def put_back(self, item_id: int) -> bool:
        """Put an item back, as it was; False where its record is on the list again."""
        return self._item_changed(sql.PUT_BACK, [item_id], "record {} put back", item_id)

    def note(self, item_id: int, note: str) -> bool:
        """Change the note of an item."""
        return self._item_changed(sql.NOTE, [note, item_id], "note of record {} changed", item_id)

    def mark_read(
        self, item_id: int, user: str, now: datetime | None, *, by_import: bool = False
    ) -> None:
        """Say that a person has read an item; None: has not."""
        with self._connections.writing() as db:
            if now is None:
                db.execute(sql.UNMARK, [item_id, user])
            else:
                db.execute(sql.MARK, [item_id, user, text_of(now)])
            if not by_import:
                db.execute(sql.OWN, [item_id])

    def holding(self, workspace: str, record_id: str) -> list[tuple[ReadingList, ListItem]]:
        """The lists of a workspace, of any owner, that a record is on, and its place there.

        Also under the id of a record that was merged into this one.
        """
        with self._connections.reading() as db, db.atomic():
            items = [
                _item(row) for row in db.execute(sql.HOLDING, [record_id, workspace]).fetchall()
            ]
            rows = [
                db.execute(sql.LIST_BY_ID, [each.list_id, workspace]).fetchone() for each in items
            ]
        return [(_list(row), item) for row, item in zip(rows, items, strict=True)]

    def _list_changed(
        self, statement: str, values: Sequence[object], what: str, list_id: int, workspace: str
    ) -> bool:
        with self._connections.writing() as db:
            done = db.execute(statement, values).rowcount == 1
            if done:
                self._note(db, list_id, what, workspace=workspace)
            return done

    def _item_changed(
        self, statement: str, values: Sequence[object], what: str, item_id: int
    ) -> bool:
        with self._connections.writing() as db:
            row = db.execute(sql.NOTED, [item_id]).fetchone()
            done = db.execute(statement, values).rowcount == 1
            if done:
                self._note_of_item(db, item_id, what, {"note": row[0]} if row[0] else None)
            return done

    def _note_of_item(
        self, db: Database, item_id: int, what: str, before: Mapping[str, object] | None
    ) -> None:
        record_id, list_id, workspace = db.execute(sql.WHERE, [item_id]).fetchone()
        self._note(db, list_id, what.format(record_id), workspace=workspace, before=before)

    def _note(self, db: Database, list_id: object, what: str, **more: Any) -> None:
        self._audit.note(db, "list", list_id, what, **more)


def _item_of(db: Database, list_id: int, record_id: str) -> ListItem | None:
    row = db.execute(sql.ITEM_OF_RECORD, [list_id, record_id]).fetchone()
    return _item(row) if row else None


def _list(row: Sequence[object]) -> ReadingList:
    id_, workspace, owner, name, made_by, made_at, items, latest = row
    return ReadingList(
        id=int(str(id_)),
        workspace=str(workspace),
        owner=str(owner),
        name=str(name),
        made_by=str(made_by),
        made_at=datetime.fromisoformat(str(made_at)),
        items=int(str(items)),
        latest=moment_of(str(latest) if latest else None),
    )


def _item(row: Sequence[object]) -> ListItem:
    id_, list_id, record_id, note, added_by, added_at, read_by = row
    return ListItem(
        id=int(str(id_)),
        list_id=int(str(list_id)),
        record_id=str(record_id),
        note=str(note),
        added_by=str(added_by),
        added_at=datetime.fromisoformat(str(added_at)),
        read_by=tuple(json.loads(str(read_by))),
    )
