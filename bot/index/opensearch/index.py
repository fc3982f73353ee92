"""The search index kept by OpenSearch, shared by every server.

Each version of the documents, of each store, has an index of its own; the alias of the name in the
address is of the one that answers. Another one is made beside it and takes the alias when it is
whole. Whichever server has the lease writes; that another one does so too, as after a long pause,
changes nothing, as a document is never put before a later one. The place in the store's change
sequence (the watermark) is the version of a document, written after what it covers can be found.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from bot.errors import IndexAway, IndexUnavailable, StoreReadOnly
from bot.index import IndexStatus
from bot.index.documents import Prepared, fields
from bot.index.finding import Searching
from bot.index.opensearch.bulk import Bulk
from bot.index.opensearch.client import Address, Client, Refused
from bot.index.opensearch.engine import Counts, NotBuilt, OpenSearchEngine
from bot.index.opensearch.mapping import SCHEMA_VERSION as _OURS
from bot.index.opensearch.mapping import definition, source
from bot.index.values import values_of
from bot.store import Change, StateStore
from bot.store.harvests import Lease

_BATCH = 1_000
# So many records are found at once.
_COMMIT = 10_000
# Longer than a step takes, unless OpenSearch is very busy.
_LEASE = timedelta(seconds=60)
# So long the index of the version before is there for servers that are not upgraded yet.
_KEPT = timedelta(days=1)
_META = "tme-watermark"
_SECONDS = 60.0
# A record that is gone stays as a mark, so that nothing of an earlier place brings it back.
_GONE: dict[str, object] = {"kind": "gone"}


class _Made(NamedTuple):
    """An index as it is there: for which version and store, and since when it serves, if it does.

    One that OpenSearch made by itself, for what came late to one that was removed, has no schema.
    """

    name: str
    serves: bool
    schema: int
    generation: str
    since: str

    @classmethod
    def read(cls, name: str, found: Mapping[str, Any], alias: str) -> Self:
        """From what OpenSearch says of it."""
        meta = found.get("mappings", {}).get("_meta", {})
        given = meta.get("generation", ""), meta.get("since", "")
        return cls(name, alias in found.get("aliases", {}), int(meta.get("schema", 0)), *given)


class OpenSearchIndex(Searching):
    """`bot.index.SearchIndex` in OpenSearch."""

    def __init__(self, url: str, prepared: Prepared | None = None) -> None:
        """`prepared` has documents that were made already. Raises SettingsError."""
        self._address = Address.read(url)
        self._client = Client(self._address)
        self._bulk = Bulk(self._client)
        self._prepared = prepared or Prepared(0)
        self._holder = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._name = self._alias = self._address.name
        self._watermark, self._writes = 0, True
        self._refused: IndexUnavailable | None = None
        self._counts = Counts()
        self._by_field: dict[str, tuple[object, dict[str, int]]] = {}

    # -- following the store ---------------------------------------------------------------

    @property
    def watermark(self) -> int:
        """See `SearchIndex.watermark`."""
        return self._watermark

    def follow(self, store: StateStore, most: int | None = None) -> int:
        """See `SearchIndex.follow`."""
        with self._lock:
            there, generation = self._there(), store.generation()
            serving = next((each for each in there if each.serves), None)
            own = [each for each in there if (each.schema, each.generation) == (_OURS, generation)]
            self._refused = _refusal(self._alias, serving, own, generation)
            if self._refused is not None:
                raise self._refused
            if serving is not None and serving.schema > _OURS:
                # A server that is not upgraded yet goes on with its own while that is there.
                if not own:
                    raise IndexUnavailable(
                        "A newer version of the bot has made the index in OpenSearch anew.",
                        "Upgrade this server too.",
                    )
                serving = own[0]
            self._name = serving.name if serving in own and not serving.serves else self._alias
            if serving in own and (written := self._written(serving.name)) <= store.sequence():
                self._watermark = written
                if written == store.sequence():
                    self._remove_old(serving, there)
                    return 0
            if not self._leased(store):
                return 0
            try:
                if serving in own and written <= store.sequence():
                    return self._fill(store, serving.name, written, most, serves=True)
                begun = [each.name for each in own if each != serving]
                return self._rebuild(store, begun, most, is_first=serving is None)
            finally:
                store.harvests.release(self._lease(store))

    def _there(self) -> list[_Made]:
        """The indexes of this name."""
        path = f"{self._alias}.v*?filter_path=*.aliases,*.mappings._meta"
        found = self._client.ask("GET", path)
        return [_Made.read(name, each, self._alias) for name, each in found.items()]

    def _written(self, index: str) -> int:
        """The watermark of an index; 0 where it has none."""
        with suppress(Refused):
            return int(self._client.ask("GET", f"{index}/_doc/{_META}")["_version"])
        return 0

    def _lease(self, store: StateStore) -> Lease:
        return Lease(f"index {self._alias}", self._holder, _now(store) + _LEASE)

    def _leased(self, store: StateStore) -> bool:
        """Take or renew the lease of writing; False where another server has it."""
        self._writes = False
        with suppress(StoreReadOnly):
            self._writes = store.harvests.lease(self._lease(store), _now(store))
        return self._writes

    def _rebuild(
        self, store: StateStore, begun: Sequence[str], most: int | None, *, is_first: bool
    ) -> int:
        """Fill another index, which takes the place of the one that serves when it is whole.

        Where none serves it does so with its first records. One that was begun goes on.
        """
        usable = (name for name in begun if self._written(name) <= store.sequence())
        own = next(usable, None) or self._create(store.generation())
        filled, touched = self._written(own), 0
        while filled < store.sequence() and self._leased(store) and not (touched and is_first):
            touched += self._fill(store, own, filled, min(most or _COMMIT, _COMMIT), serves=False)
            filled = self._written(own)
        if filled < store.sequence() and not is_first:
            return touched
        self._serve(own)
        self._watermark = filled
        if is_first and not (most and touched >= most):
            touched += self._fill(store, own, filled, most and most - touched, serves=True)
        return touched

    def _create(self, generation: str) -> str:
        given, name = self._address, f"{self._alias}.v{_OURS}.{secrets.token_hex(4)}"
        meta: dict[str, object] = {"schema": _OURS, "generation": generation}
        body = definition(given.shards, given.replicas, meta)
        self._client.ask("PUT", name, body, patience=_SECONDS, timeout=_SECONDS)
        return name

    def _serve(self, own: str) -> None:
        """Let the name be this index's, from one moment to the next."""
        taken = {"index": f"{self._alias}.v*", "alias": self._alias, "must_exist": False}
        actions = [{"remove": taken}, {"add": {"index": own, "alias": self._alias}}]
        self._client.ask("POST", "_aliases", {"actions": actions}, patience=_SECONDS)
        (made,) = (each for each in self._there() if each.name == own)
        meta = {"schema": made.schema, "generation": made.generation, "since": _text(_utc())}
        self._client.ask("PUT", f"{own}/_mapping", {"_meta": meta})

    def _remove_old(self, serving: _Made, there: Sequence[_Made]) -> None:
        """Remove the indexes of versions before, a day after another one took their place."""
        if serving.since and _utc() - datetime.fromisoformat(serving.since) > _KEPT:
            for each in there:
                if each != serving and each.schema <= _OURS:
                    self._client.ask("DELETE", each.name, timeout=_SECONDS)

    def _fill(
        self, store: StateStore, own: str, since: int, most: int | None, *, serves: bool
    ) -> int:
        """Write the next changes after a place, then the new watermark; how many."""
        touched, watermark = 0, since
        while watermark < store.sequence() and not (most and touched >= most):
            step, enough = 0, min(most or _COMMIT, _COMMIT)
            while changes := store.changes_since(watermark, min(_BATCH, enough - step)):
                documents = [(c.record_id, c.sequence, self._document(c)) for c in changes]
                self._bulk.send(own, documents)
                step, watermark = step + len(changes), changes[-1].sequence
            self._refresh(own)
            self._bulk.send(own, [(_META, watermark, {"kind": "meta"})])
            touched += step
            if serves:
                self._watermark = watermark
            if not step or not self._leased(store):
                break
        return touched

    def _refresh(self, own: str) -> None:
        """Let everything that was written be found. Raises IndexAway where a part is not there."""
        path = f"{own}/_refresh"
        done = self._client.ask("POST", path, patience=_SECONDS, timeout=_SECONDS)
        if done["_shards"]["failed"]:
            raise IndexAway("A part of the search index cannot be reached.")

    def _document(self, change: Change) -> Mapping[str, object]:
        if change.gone:
            return _GONE
        made = self._prepared.take(change.record_id, change.sequence)
        return source(made or fields(change.record))

    # -- searching -------------------------------------------------------------------------

    def _engine(self) -> OpenSearchEngine:
        if self._refused is not None:
            raise self._refused
        return OpenSearchEngine(self._client, self._name, self._watermark, self._counts)

    def values(self, field: str) -> Mapping[str, int]:
        """See `SearchIndex.values`."""
        key, (known, values) = (self._name, self._watermark), self._by_field.get(field, (None, {}))
        if known != key:
            try:
                values = values_of(self._engine().terms(field))
            except IndexAway:
                if known is None:
                    raise
                return values  # those of a moment ago serve until it is there again
            self._by_field[field] = (key, values)
        return values

    # -- for operators ---------------------------------------------------------------------

    def status(self) -> IndexStatus:
        """See `SearchIndex.status`."""
        health = self._client.ask("GET", "_cluster/health")
        nodes = int(health["number_of_nodes"])
        note = f"OpenSearch: {nodes} node{'s' if nodes != 1 else ''}, {health['status']}"
        try:
            records = self._engine().records()
        except NotBuilt:
            records, note = 0, "not built yet"
        return IndexStatus(self._address.location, records, self._watermark, self._writes, note)

    def close(self) -> None:
        """See `SearchIndex.close`."""
        self._client.close()


def _refusal(
    alias: str, serving: _Made | None, own: Sequence[_Made], generation: str
) -> IndexUnavailable | None:
    """What to say where the name is another bot's; None: it is this one's, or free.

    A store that was restored takes the name over from what it was before; that one, where it runs
    on, finds the name taken from it.
    """
    if serving is None or serving.generation == generation:
        return None
    is_of_before = serving.generation.partition(".")[0] == generation.partition(".")[0]
    if is_of_before and not any(each.since for each in own):
        return None
    return IndexUnavailable(
        f"Another bot, or a copy of this one, keeps its index as “{alias}” in OpenSearch.",
        f"Give each a name of its own at the end of TME_INDEX, or delete {serving.name} there.",
    )


def _now(store: StateStore) -> datetime:
    """The clock that all servers of a store share."""
    return datetime.fromtimestamp(store.steady(), UTC)


def _utc() -> datetime:
    return datetime.now(UTC)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
