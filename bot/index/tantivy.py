"""The search index kept by tantivy, in a folder beside the database.

The folder holds one sub-folder an index, a file `current` that names the one in use, and a lock:
whoever holds the lock writes, every other process reads. A rebuild fills a new sub-folder and
then swaps the name, so that searches go on meanwhile. The place in the store's change sequence
(the watermark) is kept in a document of the same commit as the records it covers.
"""

import json
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import tantivy
from filelock import FileLock, Timeout
from tantivy import Query, SchemaBuilder

from bot.errors import IndexUnavailable
from bot.index import Group, IndexQuery, IndexStatus
from bot.index.analysis import FOLDED, STEMMED, with_tokenizers
from bot.index.documents import Prepared, fields
from bot.index.finding import Searching
from bot.index.links import Links
from bot.index.tantivy_engine import TantivyEngine
from bot.index.values import Values
from bot.settings.folders import make_private_folder
from bot.store import StateStore

log = logging.getLogger(__name__)

# Raise it whenever the schema, the folding or the documents change: older indexes are rebuilt.
SCHEMA_VERSION = 16
# What the engine gathers before it writes a segment, in megabytes of 10^6 bytes. Large segments are
# fewer, and a question is put to each.
MEMORY = 256
_BATCH = 2_000
# So many records are found at once: more wait longer for each other, fewer make small segments.
_COMMIT = 10_000
# So many tables of counts are kept.
_TALLIES = 32


def schema() -> tantivy.Schema:
    """The fields of an index document: see `bot.index.documents`."""
    builder = SchemaBuilder()
    for name in ("id", "kind", "meta", "card"):
        builder.add_text_field(
            name, stored=name in ("meta", "card"), tokenizer_name="raw", index_option="basic"
        )
    for name in ("body", "heading", "journal"):
        builder.add_text_field(name, tokenizer_name=STEMMED)
    builder.add_text_field("context", tokenizer_name=STEMMED, index_option="freq")
    builder.add_text_field("anywhere", tokenizer_name=STEMMED, index_option="basic")
    builder.add_text_field("symbol", tokenizer_name=FOLDED, index_option="basic")
    for name in ("people", "surface", "journal_words"):
        builder.add_text_field(name, tokenizer_name=FOLDED)
    # With frequencies, so that a tag can stand in a union of words: see `bot.index.translation`.
    builder.add_text_field("concept", tokenizer_name="raw", index_option="freq")
    for name in (*KEY_FIELDS, "definition"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


KEY_FIELDS = ("type", "access", "reviewed", "flag", "has", "language", "year",
              "identifier", "doi_tail", "journal_key", "audience")  # fmt: skip


class TantivyIndex(Searching):
    """`bot.index.SearchIndex` in a folder."""

    def __init__(
        self, folder: Path, memory: int = MEMORY, prepared: Prepared | None = None
    ) -> None:
        """`memory` bounds what taking in records gathers, in megabytes (16 or more).

        `prepared` has documents that were made already.
        """
        self._prepared = prepared or Prepared(0)
        self._folder = folder
        self._memory = memory * 1_000_000
        self._lock = threading.RLock()
        self._index: tantivy.Index | None = None
        self._name: str | None = None
        self._links: Links | None = None
        self._writer: tantivy.IndexWriter | None = None
        self._writer_lock = FileLock(folder / "writer.lock", timeout=0, thread_local=False)
        self._values: dict[str, tuple[object, Values]] = {}
        self._tallied = lru_cache(maxsize=_TALLIES)(self._tally)
        self._watermark = 0
        self._generation: str | None = None
        self._note: str | None = None

    # -- following the store ---------------------------------------------------------------

    @property
    def watermark(self) -> int:
        """See `SearchIndex.watermark`."""
        return self._watermark

    def follow(self, store: StateStore, most: int | None = None) -> int:
        """See `SearchIndex.follow`."""
        with self._lock:
            hindered = self._hindrance()
            if hindered is not None:
                self._open_current()
                if self._index is None:
                    raise IndexUnavailable(f"There is no search index yet, and {hindered}.")
                self._note = hindered
                return 0
            self._note = None
            try:
                if self._must_rebuild(store):
                    return self._rebuild(store, most)
                return self._catch_up(store, most)
            except (OSError, ValueError, RuntimeError) as error:
                # Its files went away or do not fit together; the store has everything.
                log.warning("search index is unusable, rebuilding it: %s", error)
                self._drop()
            try:
                return self._rebuild(store, most)
            except (OSError, ValueError, RuntimeError) as error:
                # No room on the disk, no memory, no thread: the engine tells them apart in its
                # words alone.
                raise IndexUnavailable(
                    f"The search index cannot be built: {str(error)[:200]}.",
                    "Give it disk space and memory; the next start builds it from what is stored.",
                ) from None

    def _hindrance(self) -> str | None:
        """Why this process may not write the index, or None when it may."""
        if self._writer_lock.is_locked:
            if self._folder.is_dir():
                return None
            self._writer_lock.release()
        try:
            make_private_folder(self._folder)
            self._writer_lock.acquire()
        except Timeout:
            return "another process writes it"
        except OSError as error:
            return f"its folder cannot be written ({error.strerror})"
        return None

    def _must_rebuild(self, store: StateStore) -> bool:
        self._open_current()
        return (
            self._index is None
            or self._generation != store.generation()
            or self._watermark > store.sequence()
            or not (self._folder / str(self._name)).is_dir()
        )

    def _open_current(self) -> None:
        """Open the index that `current` names, unless it is open already; none on any trouble."""
        try:
            name = (self._folder / "current").read_text(encoding="utf-8").strip()
        except OSError:
            self._drop()
            return
        path = self._folder / name
        if name != self._name or self._index is None or (self._links and self._links.is_old):
            self._drop()
            if not name or Path(name).name != name or not path.is_dir():
                return
            try:
                self._links = None if os.access(path, os.W_OK) else Links(path)
                opened = tantivy.Index.open(str(self._links.path if self._links else path))
                self._index, self._name = with_tokenizers(opened), name
            except (OSError, ValueError, RuntimeError) as error:
                log.warning("search index cannot be opened: %s", error)
                self._drop()
                return
        if self._index is not None:
            self._index.reload()
            self._read_meta()

    def _read_meta(self) -> None:
        if self._index is None:
            return
        searcher = self._index.searcher()
        query = Query.term_query(self._index.schema, "kind", "meta")
        hits = searcher.search(query, 1).hits
        meta = json.loads(str(searcher.doc(hits[0][1]).get_first("meta"))) if hits else {}
        fits = meta.get("schema") == SCHEMA_VERSION
        self._watermark = int(meta["watermark"]) if fits else 0
        self._generation = meta.get("generation") if fits else None

    def _catch_up(self, store: StateStore, most: int | None) -> int:
        if self._watermark == store.sequence():
            return 0
        assert self._index is not None  # noqa: S101 - _must_rebuild has opened it
        if self._writer is None:
            self._writer = self._index.writer(self._memory, 1)
        touched = 0
        while self._watermark < store.sequence() and not (most and touched >= most):
            step, _ = self._fill(self._writer, store, self._watermark, most)
            self._index.reload()
            self._read_meta()
            touched += step
        return touched

    def _rebuild(self, store: StateStore, most: int | None) -> int:
        """Fill a new folder, which takes the place of the one in use when it is whole.

        Where none is in use it does so with its first records, and gains the others in place.
        """
        is_first = self._index is None
        name = f"v{SCHEMA_VERSION}-{secrets.token_hex(4)}"
        path = self._folder / name
        path.mkdir(parents=True)
        index = with_tokenizers(tantivy.Index(schema(), str(path)))
        writer = index.writer(self._memory, 1)
        touched, filled = self._fill(writer, store, 0, most)
        while not is_first and filled < store.sequence():
            step, filled = self._fill(writer, store, filled)
            touched += step
        pointer = self._folder / "current.new"
        pointer.write_text(name, encoding="utf-8")
        pointer.replace(self._folder / "current")
        self._index, self._name, self._writer = index, name, writer
        index.reload()
        self._read_meta()
        self._remove_others(name)
        if most is None or touched < most:
            touched += self._catch_up(store, most)
        return touched

    def _fill(
        self, writer: tantivy.IndexWriter, store: StateStore, since: int, most: int | None = None
    ) -> tuple[int, int]:
        """Write the next changes after `since`, and the new watermark, in one commit; both."""
        touched, watermark = 0, since
        enough = min(most or _COMMIT, _COMMIT)
        while changes := store.changes_since(watermark, min(_BATCH, enough - touched)):
            for change in changes:
                writer.delete_documents_by_term("id", change.record_id)
                if not change.gone:
                    made = self._prepared.take(change.record_id, change.sequence)
                    writer.add_document(tantivy.Document(**(made or fields(change.record))))
            touched += len(changes)
            watermark = changes[-1].sequence
        meta = {"schema": SCHEMA_VERSION, "generation": store.generation(), "watermark": watermark}
        writer.delete_documents_by_term("kind", "meta")
        writer.add_document(tantivy.Document(kind="meta", meta=json.dumps(meta)))
        writer.commit()
        return touched, watermark

    def _remove_others(self, keep: str) -> None:
        for path in self._folder.iterdir():
            if path.is_dir() and path.name != keep:
                shutil.rmtree(path, ignore_errors=True)

    def _drop(self) -> None:
        self._index, self._name, self._writer = None, None, None
        self._values.clear()
        self._watermark, self._generation = 0, None
        if self._links is not None:
            self._links.remove()
            self._links = None

    # -- searching -------------------------------------------------------------------------

    def values(self, field: str) -> Mapping[str, int]:
        """See `SearchIndex.values`."""
        state, engine = (self._name, self._watermark), self._engine()
        known, values = self._values.get(field, (None, None))
        if values is None or known != state:
            values = Values(partial(engine.frequency, field), partial(engine.terms, field))
            self._values[field] = state, values
        return values

    def tally(
        self, query: IndexQuery, rows: Sequence[Group], columns: Sequence[Group] = ()
    ) -> list[list[int]]:
        """See `SearchIndex.tally`.

        Kept until the index changes: a map of 300,000 records is a fifth of a second of counting.
        """
        state = self._name, self._watermark
        return [list(row) for row in self._tallied(state, query, tuple(rows), tuple(columns))]

    def _tally(self, _state: object, *asked: Any) -> list[list[int]]:
        return super().tally(*asked)

    def _engine(self) -> TantivyEngine:
        return TantivyEngine(self._opened())

    def _opened(self) -> tantivy.Index:
        serving = self._index
        if serving is not None:  # without the lock: a rebuild may hold it for minutes
            return serving
        with self._lock:
            if self._index is None:
                self._open_current()
            if self._index is None:
                raise IndexUnavailable("The search index is not built yet.")
            return self._index

    # -- for operators ---------------------------------------------------------------------

    def status(self) -> IndexStatus:
        """See `SearchIndex.status`."""
        with self._lock:
            if self._index is None:
                self._open_current()
            records = max(self._index.searcher().num_docs - 1, 0) if self._index else 0
            note = self._note if self._index else "not built yet"
            return IndexStatus(
                str(self._folder), records, self._watermark, self._writer_lock.is_locked, note
            )

    def close(self) -> None:
        """See `SearchIndex.close`."""
        with self._lock:
            if self._writer is not None:
                with suppress(OSError, ValueError, RuntimeError):
                    self._writer.wait_merging_threads()
            self._drop()
            if self._writer_lock.is_locked:
                self._writer_lock.release()
