"""Vectors of the store's records, kept up with it, and their likeness to a question.

They lie beside the index in a file of their own and follow the store's change sequence as the index
does: what was read is written with its place in the sequence in one transaction, so that a kill
loses one step at most. The file is begun anew when it is damaged, of another model or of another
store. A vector is kept as signed bytes. A question is compared with all of them, which are kept in
memory: 384 bytes a record, and 7 ms for 100,000 of them where it was measured.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from bot.errors import SemanticUnavailable, TmeError
from bot.index.meaning import Likeness
from bot.index.meaning.models import TOKENS, Model
from bot.lazy import late, lazy
from bot.records.models import Record
from bot.store import Change, StateStore
from bot.store.vectors import Row, VectorFile
from bot.text.markup import plain

if TYPE_CHECKING:
    from bot.index.meaning import tables
    from bot.index.meaning.encoder import Encoder
    from bot.index.meaning.tables import Bytes, Table
else:  # what numpy and the like take to load nobody waits for while no model is there
    tables, Encoder = lazy("bot.index.meaning.tables"), late("bot.index.meaning.encoder.Encoder")

log = logging.getLogger(__name__)

# Records read in one step: seconds of work, after which a stop is noticed.
STEP = 256
# What is as far as the record at this place counts as not near at all.
_FAR = 1_000
# How long a model that could not be fetched is let be.
_AGAIN_SECONDS = 900.0


class SemanticRanking:
    """`MeaningIndex` over a folder. Nothing is loaded before it is first needed."""

    def __init__(self, model: str, folder: Path, store: StateStore) -> None:
        """`model` is what `Settings.semantic` says."""
        self._folder, self._store = folder, store
        self._model = Model(model, folder / "models")
        self._lock = threading.RLock()
        self._encoder: Encoder | None = None
        self._file: VectorFile | None = None
        self._table: Table | None = None
        self._writer = FileLock(folder / "lock", timeout=0)
        self._trouble = ""
        self._not_fetched: SemanticUnavailable | None = None
        self._wait_until = 0.0
        # Pages of one list, and its facets, ask for the same again.
        self._vector_of = lru_cache(maxsize=256)(self._query_vector)

    def likeness(
        self, text: str, record_ids: Sequence[str], nearest: int, like: Sequence[str] = ()
    ) -> Likeness:
        """See `Meaning.likeness`: by the cosines of the angles between vectors."""
        try:
            if not self.is_there:
                return Likeness()
            with self._lock:
                known = self._table = self._table or tables.Table()
                known.take_in(self._opened())
                table, ids, places = known.rows, known.ids, known.places
            if not ids:
                return Likeness()
            vector = self._vector_of(text)
        except TmeError as error:
            if error.message != self._trouble:
                log.warning("Ranking by words alone: %s %s", error.message, error.hint)
            self._trouble = error.message
            return Likeness()
        liked = [places[key] for key in like if key in places]
        near = tables.nearest(table, vector, liked, min(_FAR, len(ids)))
        cosines = {ids[at]: 1 - distance for at, distance in near}
        others = [key for key in record_ids if key not in cosines and key in places]
        lowest, highest = min(cosines.values()), max(cosines.values())
        span = (highest - lowest) or 1.0
        first = tuple(cosines)[:nearest]
        values = dict.fromkeys(others, 0.0)
        wanted = {*first, *record_ids}
        values |= {key: (c - lowest) / span for key, c in cosines.items() if key in wanted}
        return Likeness(first, values)

    @property
    def is_there(self) -> bool:
        """See `MeaningIndex.is_there`."""
        return self._model.network is not None

    def fetch(self, on_progress: Callable[[int], None]) -> None:
        """See `MeaningIndex.fetch`."""
        self._model.fetch(on_progress)

    def follow(self, store: StateStore) -> int:
        """See `MeaningIndex.follow`: at most `STEP` changes."""
        file = self._opened()
        changes = store.changes_since(file.watermark(), STEP)
        if not changes:
            return 0
        if self._not_fetched is None or time.monotonic() > self._wait_until:
            try:
                self._model.fetch()
                self._not_fetched = None
            except SemanticUnavailable as error:
                self._not_fetched = error
                self._wait_until = time.monotonic() + _AGAIN_SECONDS
        if self._not_fetched is not None:
            raise self._not_fetched
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with self._writer:
                file.write(self._read(file, changes), changes[-1].sequence)
        except Timeout:
            return 0
        return len(changes)

    def state(self) -> str:
        """See `MeaningIndex.state`."""
        how = "" if self.is_there else f" ({self._model.progress or 'not there yet'})"
        return f"{self._model.name}{how}"

    def counts(self) -> tuple[int, int]:
        """See `MeaningIndex.counts`."""
        file = self._opened()
        return file.count(), self._store.sequence() - file.watermark()

    def close(self) -> None:
        """See `MeaningIndex.close`."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _read(self, file: VectorFile, changes: Sequence[Change]) -> list[Row]:
        """The vectors of the records whose title or abstract is not the one read before."""
        texts = {change.record_id: _text(change.record) for change in changes}
        hashes = {key: hashlib.sha256(text.encode()).hexdigest() for key, text in texts.items()}
        before = file.texts(list(texts))
        new = [key for key in texts if before.get(key) != hashes[key]]
        # Texts of like length together need the least filling up.
        new.sort(key=lambda key: len(texts[key]))
        vectors = self._loaded().encode([texts[key] for key in new]) if new else ()
        return [
            (key, hashes[key], tables.signed(row).tobytes())
            for key, row in zip(new, vectors, strict=True)
        ]

    def _query_vector(self, text: str) -> Bytes:
        return tables.signed(self._loaded().encode([text], "query")[0])

    def _opened(self) -> VectorFile:
        with self._lock:
            if self._file is None:
                belongs = f"{self._store.generation()} {self._model.name} {TOKENS}"
                self._file = VectorFile(self._folder / "vectors.db", belongs)
            return self._file

    def _loaded(self) -> Encoder:
        with self._lock:
            if self._encoder is None:
                self._encoder = Encoder(self._model)
            return self._encoder


def _text(record: Record) -> str:
    """What is read of a record: its title, then its abstract as far as the tokens reach."""
    return ". ".join(plain(text) for text in (record.title, record.abstract) if text)
