"""The vectors of all records in memory, and those nearest to one."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.store.vectors import VectorFile

Bytes = npt.NDArray[np.int8]


class Table:
    """All vectors in memory, one row a record; grows with the file."""

    def __init__(self) -> None:
        self._last = 0
        self._room: Bytes = np.empty((0, 0), np.int8)
        self.ids: list[str] = []
        self.places: dict[str, int] = {}

    @property
    def rows(self) -> Bytes:
        """The vectors, in the order of `ids`."""
        return self._room[: len(self.ids)]

    def take_in(self, file: VectorFile) -> None:
        """Take in what was written since."""
        for place, record_id, vector in file.written_after(self._last):
            self._last = place
            at = self.places.setdefault(record_id, len(self.ids))
            if at == len(self.ids):
                self.ids.append(record_id)
            if at >= len(self._room):
                grown = np.empty((max(1_024, 2 * at), len(vector)), np.int8)
                if at:
                    grown[:at] = self._room
                self._room = grown
            self._room[at] = np.frombuffer(vector, np.int8)


def nearest(rows: Bytes, vector: Bytes, liked: Sequence[int], most: int) -> list[tuple[int, float]]:
    """The rows nearest to a vector, and to those `liked` where there are any, each with how far."""
    from usearch.index import MetricKind, search  # noqa: PLC0415 - of the extra "semantic"

    if liked:
        examples = rows[list(liked)].astype(np.float32)
        examples /= np.linalg.norm(examples, axis=1, keepdims=True)
        vector = signed(vector / np.linalg.norm(vector) + examples.mean(axis=0))
    near = search(rows, vector, most, MetricKind.Cos, exact=True)
    return list(zip(near.keys.tolist(), near.distances.tolist(), strict=True))


def signed(vector: npt.NDArray[np.float32]) -> Bytes:
    """A vector as signed bytes; its length is lost, its direction kept."""
    signed: Bytes = np.round(vector * (127 / np.abs(vector).max())).astype(np.int8)
    return signed
