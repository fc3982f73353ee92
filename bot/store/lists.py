"""Reading lists: named, of a person or of a channel, in one workspace."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store.audit import AuditStore
from bot.store.connections import Connections, Database
from bot.store.moments import moment_of, text_of
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


_LIST = """
SELECT lists.id, lists.workspace, lists.owner, lists.name, lists.made_by, lists.made_at,
    count(items.id), max(items.added_at)
FROM reading_lists AS lists
LEFT JOIN reading_items AS items ON items.list_id = lists.id AND items.gone_at IS NULL
WHERE lists.gone_at IS NULL
"""
_LISTS = f"""{_LIST}
    AND lists.workspace = coalesce(:workspace, lists.workspace)
    AND (:owners IS NULL OR lists.owner IN (SELECT value FROM json_each(:owners)))
GROUP BY lists.id ORDER BY coalesce(max(items.added_at), lists.made_at) DESC, lists.id DESC
"""  # noqa: S608 - no value is written into a statement
_LIST_BY_ID = f"""{_LIST}
    AND lists.id = ? AND lists.workspace = coalesce(?, lists.workspace) GROUP BY lists.id
"""
_LIST_BY_NAME = """
SELECT id FROM reading_lists
WHERE workspace = ? AND owner = ? AND name_key = ? AND gone_at IS NULL
"""
_MAKE = """
INSERT INTO reading_lists (workspace, owner, name, name_key, made_by, made_at, imported)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_RENAME = """
UPDATE reading_lists SET name = ?1, name_key = ?2, imported = NULL
WHERE id = ?3 AND workspace = ?4 AND gone_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM reading_lists AS other
    WHERE other.workspace = reading_lists.workspace AND other.owner = reading_lists.owner
        AND other.name_key = ?2 AND other.gone_at IS NULL AND other.id <> reading_lists.id)
"""
_DROP = """
UPDATE reading_lists SET gone_by = ?, gone_at = ?
WHERE id = ? AND workspace = ? AND gone_at IS NULL
"""
_RESTORE = """
UPDATE reading_lists SET gone_by = NULL, gone_at = NULL
WHERE id = ? AND workspace = ? AND gone_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM reading_lists AS other
    WHERE other.workspace = reading_lists.workspace AND other.owner = reading_lists.owner
        AND other.name_key = reading_lists.name_key AND other.gone_at IS NULL)
"""

_ITEM = """
SELECT items.id, items.list_id, items.record_id, items.note, items.added_by, items.added_at,
    (SELECT json_group_array(user) FROM
        (SELECT user FROM reading_marks WHERE item_id = items.id ORDER BY at, user) AS marks)
FROM reading_items AS items
"""
_ITEMS = f"{_ITEM} WHERE items.list_id = ? AND items.gone_at IS NULL ORDER BY items.id DESC"
_ITEM_OF_RECORD = f"""{_ITEM}
WHERE items.list_id = ? AND items.record_id = ? AND items.gone_at IS NULL
"""
_ITEM_BY_ID = f"""{_ITEM}
JOIN reading_lists AS lists ON lists.id = items.list_id
WHERE items.id = ? AND lists.workspace = ? AND lists.gone_at IS NULL
"""
# Also what was put there as a record that has been merged into this one.
_HOLDING = f"""
WITH RECURSIVE came (id) AS (
    VALUES (?)
    UNION
    SELECT merges.absorbed FROM merges JOIN came ON merges.kept = came.id WHERE undone IS NULL
) {_ITEM}
JOIN reading_lists AS lists ON lists.id = items.list_id
WHERE items.record_id IN (SELECT id FROM came) AND lists.workspace = ?
    AND items.gone_at IS NULL AND lists.gone_at IS NULL
ORDER BY items.id DESC
"""  # noqa: S608
_ADD = """
INSERT INTO reading_items (list_id, record_id, note, added_by, added_at, imported)
VALUES (?, ?, ?, ?, ?, ?)
"""
# What a person changes is theirs from then on: undoing the import leaves it.
_NOTE = "UPDATE reading_items SET note = ?, imported = NULL WHERE id = ?"
_OWN = "UPDATE reading_items SET imported = NULL WHERE id = ?"
_TAKE_OFF = """
UPDATE reading_items SET gone_by = ?, gone_at = ? WHERE id = ? AND gone_at IS NULL
"""
_PUT_BACK = """
UPDATE reading_items SET gone_by = NULL, gone_at = NULL, imported = NULL
WHERE id = ? AND gone_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM reading_items AS other
    WHERE other.list_id = reading_items.list_id AND other.record_id = reading_items.record_id
        AND other.gone_at IS NULL)
"""
_NOTED = "SELECT note FROM reading_items WHERE id = ?"
_WHERE = """
SELECT record_id, list_id, workspace FROM reading_items AS items
JOIN reading_lists AS lists ON lists.id = items.list_id WHERE items.id = ?
"""
_MARK = "INSERT OR IGNORE INTO reading_marks (item_id, user, at) VALUES (?, ?, ?)"
_UNMARK = "DELETE FROM reading_marks WHERE item_id = ? AND user = ?"


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
            row = db.execute(_LIST_BY_NAME, [workspace, owner, key]).fetchone()
            if row is None:
                values = [workspace, owner, name, key, user, text_of(now), imported]
                list_id = db.execute(_MAKE, values).lastrowid
                self._note(db, list_id, f"made: {name}", workspace=workspace, who=user)
            else:
                list_id = row[0]
            return _list(db.execute(_LIST_BY_ID, [list_id, workspace]).fetchone())

    def lists(
        self, workspace: str | None, owners: Sequence[str] | None = None
    ) -> list[ReadingList]:
        """The lists of these owners, last used first; None is every workspace, every owner."""
        wanted = {
            "workspace": workspace,
            "owners": None if owners is None else json.dumps(list(owners)),
        }
        with self._connections.reading() as db:
            return [_list(row) for row in db.execute(_LISTS, wanted).fetchall()]

    def get(self, workspace: str | None, list_id: int) -> ReadingList | None:
        """The list of this id."""
        with self._connections.reading() as db:
            row = db.execute(_LIST_BY_ID, [list_id, workspace]).fetchone()
        return _list(row) if row else None

    def rename(self, workspace: str, list_id: int, name: str) -> bool:
        """Give a list another name; False where the owner has one of that name."""
        with self._connections.writing() as db:
            row = db.execute(_LIST_BY_ID, [list_id, workspace]).fetchone()
            done = db.execute(_RENAME, [name, fold(name), list_id, workspace]).rowcount == 1
            if done:
                was = {"name": _list(row).name}
                self._note(db, list_id, f"renamed: {name}", workspace=workspace, before=was)
            return done

    def drop(self, workspace: str, list_id: int, user: str, now: datetime) -> bool:
        """Take a list away, with what is on it, until it is restored."""
        values = [user, text_of(now), list_id, workspace]
        return self._list_changed(_DROP, values, "taken away", list_id, workspace)

    def restore(self, workspace: str, list_id: int) -> bool:
        """Bring a list back; False where the owner has another of its name by now."""
        values = [list_id, workspace]
        return self._list_changed(_RESTORE, values, "brought back", list_id, workspace)

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
            if db.execute(_LIST_BY_ID, [on.id, on.workspace]).fetchone() is None:
                raise KeyError(on.id)
            stored = _item_of(db, on.id, record_id)
            if stored is None:
                db.execute(_ADD, [on.id, record_id, note, user, text_of(now), imported])
                what = f"record {record_id} put on it"
                self._note(db, on.id, what, workspace=on.workspace, who=user)
            elif imported is None:
                db.execute(_NOTE if note else _OWN, [note, stored.id] if note else [stored.id])
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
            return [_item(row) for row in db.execute(_ITEMS, [list_id]).fetchall()]

    def item(self, workspace: str, item_id: int) -> ListItem | None:
        """The item of this id, taken off its list or not."""
        with self._connections.reading() as db:
            row = db.execute(_ITEM_BY_ID, [item_id, workspace]).fetchone()
        return _item(row) if row else None

    def take_off(self, item_id: int, user: str, now: datetime) -> bool:
        """Take an item off its list, until it is put back."""
        values = [user, text_of(now), item_id]
        return self._item_changed(_TAKE_OFF, values, "record {} taken off", item_id)

    def put_back(self, item_id: int) -> bool:
        """Put an item back, as it was; False where its record is on the list again."""
        return self._item_changed(_PUT_BACK, [item_id], "record {} put back", item_id)

    def note(self, item_id: int, note: str) -> bool:
        """Change the note of an item."""
        return self._item_changed(_NOTE, [note, item_id], "note of record {} changed", item_id)

    def mark_read(
        self, item_id: int, user: str, now: datetime | None, *, by_import: bool = False
    ) -> None:
        """Say that a person has read an item; None: has not."""
        with self._connections.writing() as db:
            if now is None:
                db.execute(_UNMARK, [item_id, user])
            else:
                db.execute(_MARK, [item_id, user, text_of(now)])
            if not by_import:
                db.execute(_OWN, [item_id])

    def holding(self, workspace: str, record_id: str) -> list[tuple[ReadingList, ListItem]]:
        """The lists of a workspace, of any owner, that a record is on, and its place there.

        Also under the id of a record that was merged into this one.
        """
        with self._connections.reading() as db, db.atomic():
            items = [_item(row) for row in db.execute(_HOLDING, [record_id, workspace]).fetchall()]
            rows = [db.execute(_LIST_BY_ID, [each.list_id, workspace]).fetchone() for each in items]
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
            row = db.execute(_NOTED, [item_id]).fetchone()
            done = db.execute(statement, values).rowcount == 1
            if done:
                self._note_of_item(db, item_id, what, {"note": row[0]} if row[0] else None)
            return done

    def _note_of_item(
        self, db: Database, item_id: int, what: str, before: Mapping[str, object] | None
    ) -> None:
        record_id, list_id, workspace = db.execute(_WHERE, [item_id]).fetchone()
        self._note(db, list_id, what.format(record_id), workspace=workspace, before=before)

    def _note(self, db: Database, list_id: object, what: str, **more: Any) -> None:
        self._audit.note(db, "list", list_id, what, **more)


def _item_of(db: Database, list_id: int, record_id: str) -> ListItem | None:
    row = db.execute(_ITEM_OF_RECORD, [list_id, record_id]).fetchone()
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
