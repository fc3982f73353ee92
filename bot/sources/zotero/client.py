"""Zotero's Web API, version 3: a library by its version, and changes to it on condition.

Asked for by the polite client and not by pyzotero, which holds bibtexparser below the version that
files are read with here. https://www.zotero.org/support/dev/web_api/v3/syncing says how a library
is followed: what changed since a version, and no change to what somebody else has changed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urljoin

from bot.errors import SourceRefused, UsageError
from bot.records.models import Identifier, Record, Scheme
from bot.sources.base import Place, SourceKind
from bot.sources.http.client import PoliteClient
from bot.sources.http.paging import JSON
from bot.sources.reading.values import Item, item, objects, text
from bot.sources.zotero.reader import NAME, PAYLOAD

ADDRESS = "https://api.zotero.org/"
# So many items Zotero gives, and takes, at once.
_AT_ONCE = 50
_CHANGED_MEANWHILE = 412
_LIBRARY = re.compile(r"(?P<kind>users?|groups?)[/:](?P<number>\d{1,12})")


class ChangedMeanwhile(SourceRefused):
    """Somebody changed it in Zotero since it was read, so it was not changed again."""

    code = "changed_meanwhile"
    hint = "Run `tme zotero sync` again: it takes in that change first."


@dataclass(frozen=True, slots=True)
class Library:
    """A library: `users` or `groups`, and its number."""

    kind: str
    number: str

    @classmethod
    def parse(cls, given: str) -> Self:
        """Read `groups/123`, or an address that has it. Raises UsageError."""
        match = _LIBRARY.search(given)
        if match is None:
            raise UsageError(
                f"“{given[:60]}” is no library of Zotero.",
                "Write groups/NUMBER, as in the address of the group, or users/NUMBER.",
            )
        return cls(f"{match['kind'].rstrip('s')}s", match["number"])

    def __str__(self) -> str:
        return f"{self.kind}/{self.number}"


@dataclass(frozen=True, slots=True)
class Access:
    """What a key may do with a library, and who it belongs to."""

    user: str
    may_read: bool
    may_write: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a library up to `version`: keys of items and notes, collections; deleted."""

    version: int
    items: tuple[str, ...]
    notes: tuple[str, ...]
    collections: tuple[Item, ...]
    deleted_items: frozenset[str]
    deleted_collections: frozenset[str]


class Zotero:
    """One library of Zotero. Methods raise SourceUnavailable or SourceRefused."""

    name = NAME
    schemes: frozenset[Scheme] = frozenset()

    def __init__(self, client: PoliteClient, place: Place) -> None:
        """`place` has the library among its options. Its client sends the key."""
        self._client = client
        self._now = place.now
        self._base = place.address if place.address.endswith("/") else f"{place.address}/"
        self.library = Library.parse(place.options.get("library", ""))

    def fetch(self, identifier: Identifier) -> Record | None:
        """It is queried for no single work: a library is followed."""
        raise ValueError(identifier.scheme)

    def access(self) -> Access:
        """What the key may do here."""
        key = item(self._get("keys/current")[0])
        granted = item(key.get("access"))
        if self.library.kind == "users":
            own = text(key.get("userID")) == self.library.number
            rights = item(granted.get("user")) if own else {}
        else:
            groups = item(granted.get("groups"))
            rights = item(groups.get(self.library.number)) or item(groups.get("all"))
        name = text(key.get("username")) or "?"
        return Access(name, rights.get("library") is True, rights.get("write") is True)

    def changes(self, since: int) -> Changes:
        """What changed after a version (0: everything there is)."""
        wanted = {"format": "versions", "since": str(since), "includeTrashed": "1"}
        versions, version = self._get(self._path("items/top"), **wanted)
        notes, _ = self._get(self._path("items"), **wanted, itemType="note")
        collections = tuple(self._pages("collections", since=str(since)))
        deleted: Item = {}
        if since:
            deleted = item(self._get(self._path("deleted"), since=str(since))[0])
        return Changes(
            version,
            tuple(item(versions)),
            tuple(item(notes)),
            collections,
            frozenset(filter(None, map(text, _listed(deleted, "items")))),
            frozenset(filter(None, map(text, _listed(deleted, "collections")))),
        )

    def items(self, keys: Sequence[str]) -> Iterator[Item]:
        """These items, some at once; those that went meanwhile are left out."""
        for start in range(0, len(keys), _AT_ONCE):
            wanted = ",".join(keys[start : start + _AT_ONCE])
            chosen = {"itemKey": wanted, "includeTrashed": "1"}
            yield from objects(self._get(self._path("items"), **chosen)[0])

    def patch(self, key: str, version: int, fields: Item) -> int:
        """Change fields of an item that is at this version; the version it has then.

        Raises ChangedMeanwhile where it is not.
        """
        return self._change("PATCH", self._path(f"items/{key}"), fields, version)[1]

    def add(self, what: str, entries: Sequence[Item], version: int) -> dict[int, Item]:
        """Add `items` or `collections` to a library at this version; those made, by place.

        Raises ChangedMeanwhile where the library has changed.
        """
        made: dict[int, Item] = {}
        for start in range(0, len(entries), _AT_ONCE):
            some = list(entries[start : start + _AT_ONCE])
            answer, version = self._change("POST", self._path(what), some, version)
            for place, entry in item(item(answer).get("successful")).items():
                made[start + int(place)] = item(entry)
        return made

    def _path(self, rest: str) -> str:
        return f"{self.library}/{rest}"

    def _pages(self, rest: str, **params: str) -> Iterator[Item]:
        """Everything of a list, page by page."""
        start = 0
        while True:
            page = {**params, "start": str(start), "limit": str(_AT_ONCE)}
            found = objects(self._get(self._path(rest), **page)[0])
            yield from found
            start += len(found)
            if len(found) < _AT_ONCE:
                return

    def _get(self, path: str, **params: str) -> tuple[Any, int]:
        """The answer as JSON, and the version of the library."""
        page = self._client.get(urljoin(self._base, path), {"v": "3", **params}, accept=JSON)
        return page.json(), _version(page.headers)

    def _change(self, method: str, path: str, content: object, version: int) -> tuple[Any, int]:
        condition = {"If-Unmodified-Since-Version": str(version), "Zotero-API-Version": "3"}
        try:
            page = self._client.change(method, urljoin(self._base, path), content, condition)
        except SourceRefused as refused:
            if refused.status == _CHANGED_MEANWHILE:
                raise ChangedMeanwhile("It was changed in Zotero meanwhile.") from None
            raise
        return page.json() if page.content else {}, _version(page.headers) or version


def _listed(of: Item, name: str) -> list[Any]:
    found = of.get(name)
    return found if isinstance(found, list) else []


def _version(headers: Any) -> int:
    given = str(headers.get("last-modified-version", ""))
    return int(given) if given.isdigit() else 0


ZOTERO = SourceKind(
    name=NAME,
    label="Zotero",
    address=ADDRESS,
    interval=0.0,  # it says itself when to wait
    make=Zotero,
    readers=(PAYLOAD,),
    summary="Zotero: the library of a group or a person (`tme zotero`)",
    harvested=False,
    finds_works=False,
)
