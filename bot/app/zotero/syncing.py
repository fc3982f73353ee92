"""Service: a library of Zotero kept in step with the store, collections as reading lists.

What changed in Zotero comes in by its version. What was read in Zotero is remembered beside the
database (`zotero.json`), so that a list that differs tells on which side it was changed. Nothing is
taken off a list and nothing is taken away in Zotero unless that is wanted; what is not done is
reported.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.app.zotero.connection import Connection, Filed, Note
from bot.app.zotero.writing import Outcome, Writing
from bot.curation.lists import LONGEST_NOTE
from bot.curation.lists import Library as Lists
from bot.formats import Refusal
from bot.formats.json_values import RefusedError
from bot.harvest.bringing import brought_by
from bot.harvest.harvester import Harvester
from bot.records.models import Provenance, Record, Shelf
from bot.sources.reading.values import Item, item, source_id, text, texts
from bot.sources.zotero.client import Changes, Zotero
from bot.sources.zotero.reader import (
    NAME,
    RETRACTED,
    is_work,
    item_of,
    note_html,
    note_of,
    note_text,
    place_of,
    read,
    tags,
)
from bot.store import StateStore
from bot.store.lists import ReadingList
from bot.text.folding import fold


class ZoteroSync:
    """One run of taking in what changed, and of writing back what is wanted."""

    def __init__(
        self,
        zotero: Zotero,
        connection: Connection,
        services: tuple[StateStore, Harvester, Lists],
        now: Callable[[], datetime],
        *,
        remove: bool = False,
    ) -> None:
        """`remove` also takes off a list, or out of a collection, what left the other side."""
        self._zotero, self._connection, self._now = zotero, connection, now
        self._store, self._harvester, self._lists = services
        self._remove = remove
        # A library is as good as those who keep it: it counts as a file does.
        self._stamp = Provenance(source=NAME, at=now(), file=f"Zotero library {connection.library}")
        self.outcome = Outcome()
        self._writing = Writing(zotero, connection, self._store, self.outcome)

    def run(self, progress: Callable[[int], None] | None = None) -> Outcome:
        """Take in, then write back. Raises SourceUnavailable or SourceRefused.

        The connection is changed only when everything was taken in: a run that breaks off is
        done again, and what has not changed is left alone.
        """
        done, connection = self.outcome, self._connection
        changes = self._zotero.changes(connection.version)
        for collection in changes.collections:
            connection.collections[str(collection.get("key"))] = item(collection.get("data"))
        entries: list[Item] = []

        def coming() -> Iterator[Record | Refusal]:
            works = filter(is_work, self._zotero.items(changes.items))
            for place, entry in enumerate(works, 1):
                try:
                    record = brought_by(read(entry, NAME, self._now()), self._stamp)
                except RefusedError as refused:
                    done.refused.append(f"{entry.get('key')}: {refused}")
                    yield Refusal(place, str(refused))
                    continue
                data = item(entry.get("data"))
                entries.append(
                    {
                        "place": place_of(entry),
                        "key": text(entry.get("key")) or "",
                        "version": int(entry.get("version") or 0),
                        "collections": list(texts(data.get("collections"))),
                        "tags": tags(data),
                        "trashed": bool(data.get("deleted")),
                        "title": record.title,
                    }
                )
                yield record

        report = self._harvester.take(coming(), NAME, progress)
        done.read, done.new = report.read, report.new
        done.changed = report.changed + report.merged
        for entry in entries:
            self._file(entry)
        self._enter()
        for key in changes.deleted_items & connection.items.keys():
            self._gone(key, "was deleted in Zotero")
        for key in changes.deleted_collections & connection.collections.keys():
            done.kept.append(
                f"The collection “{connection.list_name(key)}” was deleted in Zotero;"
                " the reading list stays."
            )
            del connection.collections[key]
        self._compare()
        self._take_notes(changes)
        connection.version, connection.synced = changes.version, self._now()
        self._writing.begin(changes.version)
        self._write_back()
        return done

    def _take_notes(self, changes: Changes) -> None:
        """Read the notes below items that came, changed or went."""
        items = self._connection.items
        for filed in items.values():
            for gone in filed.notes.keys() & changes.deleted_items:
                del filed.notes[gone]
        for entry in self._zotero.items(changes.notes):
            data, key = item(entry.get("data")), text(entry.get("key")) or ""
            parent = text(data.get("parentItem")) or ""
            if parent not in items:
                continue
            items[parent].notes.pop(key, None)
            if not data.get("deleted") and (words := note_text(data)):
                version = int(entry.get("version") or 0)
                items[parent].notes[key] = Note(version=version, text=words)

    def _compare_notes(self) -> None:
        """Let the side that did not change a note have the other's; two changes are a conflict."""
        scope, done = self._connection.scope, self.outcome
        lists = {fold(on.name): on.id for on in self._lists.lists(scope)}
        for key, filed in self._connection.items.items():
            theirs = " · ".join(filed.notes[each].text for each in sorted(filed.notes))
            theirs = theirs[:LONGEST_NOTE]
            named = {fold(self._connection.list_name(each)) for each in filed.listed}
            on = {lists[name] for name in named & lists.keys()}
            entries = [h for each, h in self._lists.holding(scope, filed.record) if each.id in on]
            ours = next((h.note for h in entries if h.note != filed.note), filed.note)
            record = self._store.get(filed.record) if entries and {ours, theirs} != {""} else None
            if record is None or ours == theirs:
                filed.note = theirs if record else filed.note
                continue
            about = f"The note on “{record.title[:80]}”"
            if theirs and ours in ("", filed.note):
                for each in entries:
                    self._lists.note(scope, each.id, theirs)
                filed.note = theirs
            elif theirs == filed.note:
                self._write_note(key, ours, record)
            elif ours == filed.note:
                done.kept.append(f"{about} was deleted in Zotero; ours stays.")
            else:
                done.conflicts.append(f"{about} was changed here and in Zotero: make both alike.")

    def _write_note(self, key: str, ours: str, record: Record) -> None:
        """A note that was written or changed here, below its item."""
        filed = self._connection.items[key]
        if "notes" not in self._connection.write:
            return
        if not filed.notes:
            for made in self._writing.add("items", [note_of(key, ours)]).values():
                version = int(made.get("version") or 0)
                filed.notes[text(made.get("key")) or ""] = Note(version=version, text=ours)
                filed.note = ours
        elif len(filed.notes) == 1:
            [(own, note)] = filed.notes.items()
            if changed := self._writing.change(
                own, note.version, {"note": note_html(ours)}, record
            ):
                filed.notes[own] = Note(version=changed, text=ours)
                filed.note = ours
        else:
            self.outcome.conflicts.append(
                f"The note on “{record.title[:80]}” was changed here, and Zotero has"
                f" {len(filed.notes)} notes there: none was changed."
            )

    def _file(self, entry: Mapping[str, Any]) -> None:
        """Put a record on the lists that its item entered, and off those it left."""
        connection, key = self._connection, entry["key"]
        before = connection.items.get(key)
        record_id = self._record_of(entry["place"]) or (before.record if before else None)
        if record_id is None:
            return
        if entry["trashed"]:
            self._gone(key, "is in Zotero's bin")
            return
        was, now = before.listed if before else [], entry["collections"]
        for collection in (each for each in was if each not in now):
            self._left(record_id, collection, entry["title"])
        connection.items[key] = Filed(
            version=entry["version"],
            record=record_id,
            collections=now,
            listed=[each for each in was if each in now],
            tags=entry["tags"],
            notes=before.notes if before else {},
            note=before.note if before else "",
        )

    def _enter(self) -> None:
        """Put what entered a collection on its list; a collection may be known after its items."""
        connection = self._connection
        for filed in connection.items.values():
            for collection in filed.collections:
                if collection in connection.collections and collection not in filed.listed:
                    shelf = Shelf(lists=(connection.list_name(collection),))
                    shelved = [(filed.record, shelf)]
                    self.outcome.listed += self._lists.shelve(connection.scope, shelved)
                    filed.listed.append(collection)

    def _record_of(self, place: str) -> str | None:
        named = source_id(NAME, place)
        found = self._store.find(named, 1) if named else []
        return found[0].id if found else None

    def _gone(self, key: str, why: str) -> None:
        """An item that went: its record stays, and its lists unless removing is wanted."""
        filed = self._connection.items.pop(key, None)
        record = self._store.get(filed.record) if filed else None
        if filed is None or record is None:
            return
        self.outcome.kept.append(f"“{record.title[:80]}” {why}; the record stays.")
        for collection in filed.listed:
            self._left(filed.record, collection, record.title)

    def _left(self, record_id: str, collection: str, title: str) -> None:
        on = self._list_of(collection)
        entry = self._on(on, record_id) if on else None
        if on is None or entry is None:
            return
        if self._remove:
            self._lists.take_off(self._connection.scope, [entry])
        else:
            self.outcome.kept.append(
                f"“{title[:80]}” left “{on.name}” in Zotero and is on the list still;"
                " --remove takes it off."
            )

    def _compare(self) -> None:
        """Conflicts: what was taken off a list here and is in the collection still."""
        for key, filed in self._connection.items.items():
            for collection in filed.listed:
                on = self._list_of(collection)
                if on is None or self._on(on, filed.record) is not None:
                    continue
                if self._remove and "lists" in self._connection.write:
                    self._writing.patch(
                        key, collections=[c for c in filed.collections if c != collection]
                    )
                    continue
                record = self._store.get(filed.record)
                self.outcome.conflicts.append(
                    f"“{record.title[:80] if record else key}” was taken off “{on.name}” here"
                    " and is in the collection in Zotero still."
                )

    def _write_back(self) -> None:
        """The lists' own records and the retractions, where they are to be written."""
        connection = self._connection
        if "retractions" in connection.write:
            for key, filed in list(connection.items.items()):
                record = self._store.get(filed.record)
                if record is not None and record.is_retracted and RETRACTED not in filed.tags:
                    self._writing.patch(key, tags=[*filed.tags, RETRACTED])
        self._compare_notes()
        if "lists" in connection.write:
            by_record = {filed.record: key for key, filed in connection.items.items()}
            for on in self._lists.lists(connection.scope):
                self._write_list(on, by_record)

    def _write_list(self, on: ReadingList, by_record: dict[str, str]) -> None:
        """A list as a collection: items that are there are filed in it, the others are added."""
        collection = self._collection_of(on)
        if collection is None:
            return
        missing: list[Record] = []
        for entry in self._lists.entries(on):
            key = by_record.get(entry.record.id)
            if key is None:
                missing.append(entry.record)
            elif collection not in (filed := self._connection.items[key]).collections:
                self._writing.patch(key, collections=[*filed.collections, collection])
                self._connection.items[key].listed.append(collection)
        if not missing:
            return
        new: list[Item] = [{**item_of(record), "collections": [collection]} for record in missing]
        for place, made in self._writing.add("items", new).items():
            record, data = missing[place], item(made.get("data"))
            key = text(made.get("key")) or ""
            by_record[record.id] = key
            self._connection.items[key] = Filed(
                version=int(made.get("version") or 0),
                record=record.id,
                collections=list(texts(data.get("collections"))) or [collection],
                listed=[collection],
                tags=tags(data),
            )

    def _collection_of(self, on: ReadingList) -> str | None:
        """The key of the collection that a list is, made where there is none."""
        for key in self._connection.collections:
            if fold(self._connection.list_name(key)) == fold(on.name):
                return key
        for made in self._writing.add("collections", [{"name": on.name}]).values():
            key = text(made.get("key")) or ""
            self._connection.collections[key] = item(made.get("data")) or {"name": on.name}
            return key
        return None

    def _list_of(self, collection: str) -> ReadingList | None:
        name = self._connection.list_name(collection)
        lists = self._lists.lists(self._connection.scope)
        return next((each for each in lists if fold(each.name) == fold(name)), None)

    def _on(self, on: ReadingList, record_id: str) -> int | None:
        """The item of a list that a record is, or None."""
        places = self._lists.holding(self._connection.scope, record_id)
        return next((entry.id for each, entry in places if each.id == on.id), None)
