"""Documents on their way into OpenSearch: in pieces of bounded size, slower where it is busy."""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence

from bot.errors import IndexAway
from bot.index.opensearch.client import BUSY, Client, Refused

log = logging.getLogger(__name__)

# What one request may weigh, in bytes: much less than its limit of 100 MB, and than its memory.
MOST_BYTES, _LEAST_BYTES = 4_000_000, 100_000
_SECONDS, _LONGEST_PAUSE = 60.0, 10.0
# It has this, or something later, already.
_CONFLICT = 409
_TOO_LARGE = 413
# So often in a row it may be too busy before it counts as away.
TRIES = 12


class Bulk:
    """Sends documents. A piece that is too much for it is sent again, in smaller ones, later."""

    def __init__(
        self, client: Client, rest: Callable[[float], object] = time.sleep, most: int = MOST_BYTES
    ) -> None:
        """`rest` waits for so many seconds."""
        self._client, self._rest = client, rest
        self._most, self._now = most, most

    def send(self, index: str, documents: Sequence[tuple[str, int, Mapping[str, object]]]) -> None:
        """Write documents, each with its id and its place in the change sequence.

        One that is there from a later place stays: what comes twice, or too late, changes nothing.
        Raises IndexAway, Refused.
        """
        waiting, tries = [_lines(*each) for each in documents], 0
        while waiting:
            piece, size = list[bytes](), 0
            while len(piece) < len(waiting) and (not piece or size < self._now):
                piece.append(waiting[len(piece)])
                size += len(piece[-1])
            busy = self._sent(index, piece)
            waiting = [*busy, *waiting[len(piece) :]]
            if not busy:
                tries, self._now = 0, min(self._most, self._now + self._now // 4)
                continue
            tries, self._now = tries + 1, max(_LEAST_BYTES, self._now // 2)
            if tries >= TRIES:
                raise IndexAway("OpenSearch is too busy to take in records.")
            self._rest(min(_LONGEST_PAUSE, 0.1 * 2**tries))

    def _sent(self, index: str, piece: Sequence[bytes]) -> list[bytes]:
        """Send some; those that it was too busy for."""
        path = f"{index}/_bulk?filter_path=errors,items.*.status,items.*.error,items.*._id"
        try:
            answer = self._client.ask("POST", path, b"".join(piece), timeout=_SECONDS)
        except Refused as error:
            if error.status not in {BUSY, _TOO_LARGE}:
                raise
            return list(piece)
        if not answer["errors"]:
            return []
        busy = []
        for lines, item in zip(piece, answer["items"], strict=True):
            (done,) = item.values()
            status = int(done["status"])
            if status in {BUSY, 503}:
                busy.append(lines)
            elif status >= 300 and status != _CONFLICT:
                kind = done["error"].get("type", "")
                log.warning("OpenSearch refuses record %s: %s", done.get("_id"), kind)
        return busy


def _lines(record_id: str, version: int, document: Mapping[str, object]) -> bytes:
    action = {"index": {"_id": record_id, "version": version, "version_type": "external"}}
    return f"{json.dumps(action)}\n{json.dumps(document, ensure_ascii=False)}\n".encode()
