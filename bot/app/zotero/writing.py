"""What is written back to a library of Zotero, where nobody has changed it meanwhile."""

from dataclasses import dataclass, field
from typing import Any

from bot.app.zotero.connection import Connection
from bot.errors import SourceRefused
from bot.records.models import Record
from bot.sources.reading.values import Item
from bot.sources.zotero.client import ChangedMeanwhile, Zotero
from bot.store import StateStore


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


class Writing:
    """Writes, and notes in the outcome what was written, refused or changed by others meanwhile."""

    def __init__(
        self, zotero: Zotero, connection: Connection, store: StateStore, outcome: Outcome
    ) -> None:
        self._zotero, self._connection, self._store = zotero, connection, store
        self._outcome = outcome
        # The library's version after our own changes: the condition of the next. What others change
        # meanwhile is asked for from the version that was taken in.
        self._written = connection.version

    def begin(self, version: int) -> None:
        """Write from this version of the library on: it was taken in."""
        self._written = version

    def add(self, what: str, entries: list[Item]) -> dict[int, Item]:
        """Add entries of a kind; those that were made, by their places; none after a conflict."""
        try:
            made = self._zotero.add(what, entries, self._written)
        except ChangedMeanwhile:
            self._outcome.conflicts.append(
                "The library was changed in Zotero meanwhile; sync again."
            )
            return {}
        self._outcome.written += len(made)
        versions = [int(each.get("version") or 0) for each in made.values()]
        self._written = max([self._written, *versions])
        return made

    def change(self, key: str, version: int, sent: Item, record: Record | None) -> int | None:
        """Change something that is at this version; the version it has then, None: not changed."""
        try:
            version = self._zotero.patch(key, version, sent)
        except ChangedMeanwhile as error:
            title = record.title[:80] if record else key
            self._outcome.conflicts.append(f"“{title}”: {error.message} Sync again.")
            return None
        except SourceRefused as refused:
            self._outcome.refused.append(f"{key}: {refused.message}")
            return None
        self._written = max(self._written, version)
        self._outcome.written += 1
        return version

    def patch(self, key: str, **fields: list[str]) -> None:
        """Change an item as it was read; a conflict where it has changed since."""
        filed = self._connection.items[key]
        sent: dict[str, Any] = dict(fields)
        if "tags" in fields:
            sent["tags"] = [{"tag": tag} for tag in fields["tags"]]
        if version := self.change(key, filed.version, sent, self._store.get(filed.record)):
            self._connection.items[key] = filed.model_copy(update={**fields, "version": version})
