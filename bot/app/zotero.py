"""Service: a library of Zotero kept in step with the store, collections as reading lists.

What changed in Zotero comes in by its version. What was read in Zotero is remembered beside the
database (`zotero.json`), so that a list that differs tells on which side it was changed. Nothing is
taken off a list and nothing is taken away in Zotero unless that is asked for; what is not done is
reported.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from bot.app.zotero_connection import Connection, Filed, Note, load, save
from bot.curation.lists import LONGEST_NOTE
from bot.curation.lists import Library as Lists
from bot.errors import SettingsError, SourceRefused, TmeError
from bot.formats import Refusal
from bot.formats.json_values import RefusedError
from bot.harvest.bringing import brought_by
from bot.harvest.harvester import Harvester
from bot.records.models import Provenance, Record, Shelf, unique
from bot.settings import Settings
from bot.sources.base import Place
from bot.sources.http.client import PoliteClient, Time
from bot.sources.reading.values import Item, item, source_id, text, texts
from bot.sources.zotero.client import ZOTERO, ChangedMeanwhile, Changes, Library, Zotero
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
from handlers.services import Services

# How long after one sync, or one that failed, the next is due beside a server.
EVERY = timedelta(minutes=15)
# So many lines of what was not done are kept to be shown.
_MOST_LINES = 50


@dataclass(slots=True)
class Outcome:
    """What a sync did. `kept` is what was not done because nobody asked for it, a line each."""

    read: int = 0
    new: int = 0
    changed: int = 0
    listed: int = 0
    written: int = 0
    refused: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


class ZoteroSync:
    """One run of taking in what changed, and of writing back what is asked for."""

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
        # The library's version after our own changes: the condition of the next. What others change
        # meanwhile is asked for from the version that was taken in.
        self._written = connection.version
        self.outcome = Outcome()

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
        self._written = changes.version
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
            held = [h for each, h in self._lists.holding(scope, filed.record) if each.id in on]
            ours = next((h.note for h in held if h.note != filed.note), filed.note)
            record = self._store.get(filed.record) if held and {ours, theirs} != {""} else None
            if record is None or ours == theirs:
                filed.note = theirs if record else filed.note
                continue
            about = f"The note on “{record.title[:80]}”"
            if theirs and ours in ("", filed.note):
                for each in held:
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
            for made in self._add("items", [note_of(key, ours)]).values():
                version = int(made.get("version") or 0)
                filed.notes[text(made.get("key")) or ""] = Note(version=version, text=ours)
                filed.note = ours
        elif len(filed.notes) == 1:
            [(own, note)] = filed.notes.items()
            if changed := self._change(own, note.version, {"note": note_html(ours)}, record):
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
        """An item that went: its record stays, and its lists unless removing is asked for."""
        filed = self._connection.items.pop(key, None)
        record = self._store.get(filed.record) if filed else None
        if filed is None or record is None:
            return
        self.outcome.kept.append(f"“{record.title[:80]}” {why}; the record stays.")
        for collection in filed.listed:
            self._left(filed.record, collection, record.title)

    def _left(self, record_id: str, collection: str, title: str) -> None:
        on = self._list_of(collection)
        held = self._on(on, record_id) if on else None
        if on is None or held is None:
            return
        if self._remove:
            self._lists.take_off(self._connection.scope, [held])
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
                    self._patch(key, collections=[c for c in filed.collections if c != collection])
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
                    self._patch(key, tags=[*filed.tags, RETRACTED])
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
                self._patch(key, collections=[*filed.collections, collection])
                self._connection.items[key].listed.append(collection)
        if not missing:
            return
        new: list[Item] = [{**item_of(record), "collections": [collection]} for record in missing]
        for place, made in self._add("items", new).items():
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
        for made in self._add("collections", [{"name": on.name}]).values():
            key = text(made.get("key")) or ""
            self._connection.collections[key] = item(made.get("data")) or {"name": on.name}
            return key
        return None

    def _add(self, what: str, entries: list[Item]) -> dict[int, Item]:
        try:
            made = self._zotero.add(what, entries, self._written)
        except ChangedMeanwhile:
            self.outcome.conflicts.append(
                "The library was changed in Zotero meanwhile; sync again."
            )
            return {}
        self.outcome.written += len(made)
        versions = [int(each.get("version") or 0) for each in made.values()]
        self._written = max([self._written, *versions])
        return made

    def _patch(self, key: str, **fields: list[str]) -> None:
        """Change an item as it was read; a conflict where it has changed since."""
        filed = self._connection.items[key]
        sent: dict[str, Any] = dict(fields)
        if "tags" in fields:
            sent["tags"] = [{"tag": tag} for tag in fields["tags"]]
        if version := self._change(key, filed.version, sent, self._store.get(filed.record)):
            self._connection.items[key] = filed.model_copy(update={**fields, "version": version})

    def _change(self, key: str, version: int, sent: Item, record: Record | None) -> int | None:
        """Change something that is at this version; the version it has then, None: not changed."""
        try:
            version = self._zotero.patch(key, version, sent)
        except ChangedMeanwhile as error:
            title = record.title[:80] if record else key
            self.outcome.conflicts.append(f"“{title}”: {error.message} Sync again.")
            return None
        except SourceRefused as refused:
            self.outcome.refused.append(f"{key}: {refused.message}")
            return None
        self._written = max(self._written, version)
        self.outcome.written += 1
        return version

    def _list_of(self, collection: str) -> ReadingList | None:
        name = self._connection.list_name(collection)
        lists = self._lists.lists(self._connection.scope)
        return next((each for each in lists if fold(each.name) == fold(name)), None)

    def _on(self, on: ReadingList, record_id: str) -> int | None:
        """The item of a list that a record is, or None."""
        held = self._lists.holding(self._connection.scope, record_id)
        return next((entry.id for each, entry in held if each.id == on.id), None)


@contextmanager
def opened_library(
    settings: Settings, address: str, library: Library, timing: Time | None = None
) -> Iterator[Zotero]:
    """The library, asked with the key. Raises SettingsError where there is none."""
    if settings.zotero_key is None:
        raise SettingsError(
            "ZOTERO_API_KEY is not set.", "Make a key at zotero.org/settings/keys and set it."
        )
    timing = timing or Time()
    place = Place(address, timing.now, {"library": str(library)})
    headers = {"Zotero-API-Key": settings.zotero_key.get_secret_value()}
    host = urlsplit(address).netloc.lower()
    client = PoliteClient({host: ZOTERO.interval}, settings.contact, headers=headers, timing=timing)
    try:
        yield Zotero(client, place)
    finally:
        client.close()


def sync(
    services: Services,
    *,
    remove: bool = False,
    due: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Outcome | None:
    """Bring the connected library and the store in step; None: it is not `due`.

    One process at a time; raises SettingsError where another is at it, where no library is
    connected or no key is set, and SourceUnavailable or SourceRefused.
    """
    settings, path, now = services.settings, services.settings.zotero_file, services.now()
    try:
        with FileLock(path.with_suffix(".lock"), timeout=0):
            connection = load(path)
            last = max(filter(None, (connection.synced, connection.tried)), default=None)
            if due and last is not None and last <= now < last + EVERY:
                return None
            connection.tried = now
            timing = Time(sleep=services.harvesting.pause, now=services.now)
            library = Library.parse(connection.library)
            parts = (services.store, services.harvester, services.library)
            try:
                with opened_library(settings, connection.address, library, timing) as opened:
                    run = ZoteroSync(opened, connection, parts, services.now, remove=remove)
                    done = run.run(progress)
            except TmeError as error:
                connection.trouble = error.message
                raise
            else:
                connection.trouble, connection.conflicts = None, done.conflicts[:_MOST_LINES]
                # What a person sees now has been shown; else it is kept until somebody looks.
                done.kept = list(unique((*connection.kept, *done.kept)))
                connection.kept = done.kept[-_MOST_LINES:] if due else []
                return done
            finally:
                save(path, connection)
    except Timeout:
        raise SettingsError(
            "Another process is syncing this library.", "Wait until it is done."
        ) from None
