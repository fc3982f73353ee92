"""The store area of shares: which works people linked to, and where no cards are wanted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.connections import Connections, Database
from bot.store.moments import text_of

# "Already shared here" is of no use longer.
KEPT = timedelta(days=365)

_NOTE = """
INSERT INTO shares (workspace, channel, record_id, user, ts, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""
_LAST = """
SELECT user, at FROM shares
WHERE workspace = ? AND channel = ? AND record_id = ? AND ts <> ? AND at <= ?
ORDER BY at DESC LIMIT 1
"""
_ELSEWHERE = """
SELECT channel, user, at FROM (
    SELECT channel, user, at, row_number() OVER (PARTITION BY channel ORDER BY at DESC) AS place
    FROM shares WHERE workspace = ? AND record_id = ? AND at <= ?
) AS linked WHERE place = 1 ORDER BY at DESC LIMIT ?
"""
_QUIET = """
INSERT INTO quiet_channels (workspace, channel, who, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Share:
    """Who linked to a work, and when."""

    user: str
    at: datetime


class ShareStore:
    """Shares, safe from any thread and any process. Methods raise the `StoreError` that fits."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def note(  # noqa: PLR0913, PLR0917 - who linked to what, where and when
        self, workspace: str, channel: str, record_id: str, user: str, ts: str, at: datetime
    ) -> None:
        """Write down that a person linked to a record in a message (its `ts`)."""
        with self._connections.writing() as db:
            db.execute(_NOTE, [workspace, channel, record_id, user, ts, text_of(at)])

    def last(
        self, workspace: str, channel: str, record_id: str, ts: str, now: datetime
    ) -> Share | None:
        """Who linked to a record in a channel last, in another message than this one, or None."""
        values = [workspace, channel, record_id, ts, text_of(now)]
        with self._connections.reading() as db:
            row = db.execute(_LAST, values).fetchone()
        return Share(row[0], datetime.fromisoformat(row[1])) if row else None

    def channels(
        self, workspace: str, record_id: str, now: datetime, limit: int
    ) -> list[tuple[str, Share]]:
        """The channels where a record was linked to, each with who did last; the last one first."""
        with self._connections.reading() as db:
            rows = db.execute(_ELSEWHERE, [workspace, record_id, text_of(now), limit]).fetchall()
        return [(channel, Share(user, datetime.fromisoformat(at))) for channel, user, at in rows]

    def is_quiet(self, workspace: str, channel: str) -> bool:
        """Whether a channel wants no cards."""
        with self._connections.reading() as db:
            found = db.execute(
                "SELECT 1 FROM quiet_channels WHERE workspace = ? AND channel = ?",
                [workspace, channel],
            )
            return found.fetchone() is not None

    def set_quiet(
        self, workspace: str, channel: str, who: str, at: datetime, *, quiet: bool
    ) -> None:
        """Let a channel have no cards, or have them again."""
        with self._connections.writing() as db:
            if quiet:
                db.execute(_QUIET, [workspace, channel, who, text_of(at)])
            else:
                db.execute(
                    "DELETE FROM quiet_channels WHERE workspace = ? AND channel = ?",
                    [workspace, channel],
                )


def forget_old(db: Database, now: datetime) -> None:
    """Forget what nobody asks for any more, in the caller's transaction."""
    db.execute("DELETE FROM shares WHERE at < ?", [text_of(now - KEPT)])
