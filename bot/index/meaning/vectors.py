"""Vectors of the store's records, kept up with it, and their likeness to a question.

They lie beside the index in a file of their own and follow the store's change sequence as the index
does: what was read is written with its place in the sequence in one transaction, so that a kill
loses one step at most. The file is begun anew when it is damaged, of another model or of another
store. A vector is kept as 384 signed bytes; a question needs only those of its candidates.
"""

import hashlib
import logging
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from bot.errors import TmeError
from bot.index.meaning.encoder import MODEL, Encoder, Vectors
from bot.records.models import Record
from bot.settings import make_private_folder
from bot.store import Change, StateStore
from bot.store.vectors import Row, VectorFile
from bot.text.markup import plain

log = logging.getLogger(__name__)

# Records read in one step: seconds of work, after which a stop is heard.
STEP = 256


class SemanticRanking:
    """`MeaningIndex` over a folder. Nothing is loaded before it is first needed."""

    def __init__(self, folder: Path, store: StateStore) -> None:
        self._folder, self._store = folder, store
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._file: VectorFile | None = None
        self._writer = FileLock(folder / "lock", timeout=0)
        self._trouble = ""

    def likeness(self, text: str, record_ids: Sequence[str]) -> Mapping[str, float]:
        """See `Meaning.likeness`: cosines of the angles between vectors."""
        try:
            held = self._opened().vectors(record_ids)
            if not held:
                return {}
            asked = self._loaded().encode([text])[0]
        except TmeError as error:
            self._report(error)
            return {}
        table = np.stack([np.frombuffer(row, np.int8) for row in held.values()]).astype(np.float32)
        cosines = table @ asked / np.linalg.norm(table, axis=1)
        return dict(zip(held, map(float, cosines), strict=True))

    def follow(self, store: StateStore) -> int:
        """See `MeaningIndex.follow`: at most `STEP` changes."""
        file = self._opened()
        changes = store.changes_since(file.watermark(), STEP)
        if not changes:
            return 0
        make_private_folder(self._folder)
        try:
            with self._writer:
                file.write(self._read(file, changes), changes[-1].sequence)
        except Timeout:
            return 0
        return len(changes)

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
        return [(key, hashes[key], _packed(row)) for key, row in zip(new, vectors, strict=True)]

    def _opened(self) -> VectorFile:
        with self._lock:
            if self._file is None:
                belongs = f"{self._store.generation()} {MODEL}"
                self._file = VectorFile(self._folder / "vectors.db", belongs)
            return self._file

    def _loaded(self) -> Encoder:
        with self._lock:
            if self._encoder is None:
                self._encoder = Encoder(self._folder)
            return self._encoder

    def _report(self, error: TmeError) -> None:
        if error.message != self._trouble:
            log.warning("Ranking by words alone: %s %s", error.message, error.hint)
        self._trouble = error.message


def _text(record: Record) -> str:
    """What is read of a record: its title, then its abstract as far as the tokens reach."""
    return ". ".join(plain(text) for text in (record.title, record.abstract) if text)


def _packed(vector: Vectors) -> bytes:
    """A vector as signed bytes; its length is lost, its direction kept."""
    signed = np.round(vector * (127 / np.abs(vector).max())).astype(np.int8)
    return bytes(signed.tobytes())
