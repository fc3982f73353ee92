"""The store area of deeds: what each person did in the last day, to keep to daily limits."""

from datetime import datetime, timedelta

from bot.store.connections import Connections, Database
from bot.store.moments import text_of

# Longer than any limit looks back.
KEPT = timedelta(days=2)

_SINCE = """
SELECT at FROM deeds WHERE workspace = ? AND user = ? AND deed = ? AND at > ? ORDER BY at
"""
_NOTE = "INSERT INTO deeds (workspace, user, deed, at) VALUES (?, ?, ?, ?)"
_TAKE = """
INSERT INTO deeds (workspace, user, deed, at)
SELECT CAST(:workspace AS TEXT), CAST(:user AS TEXT), CAST(:deed AS TEXT), CAST(:at AS TEXT)
WHERE :most > (
    SELECT count(*) FROM deeds
    WHERE workspace = :workspace AND user = :user AND deed = :deed AND at > :since
)
"""
_GIVE_BACK = "DELETE FROM deeds WHERE workspace = ? AND user = ? AND deed = ? AND at = ?"
_FORGET = "DELETE FROM deeds WHERE at < ?"


class DeedStore:
    """Deeds, safe from any thread and any process. Methods raise the `StoreError` that fits."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def since(self, workspace: str, user: str, deed: str, moment: datetime) -> list[datetime]:
        """When a person did this after a moment, oldest first."""
        with self._connections.reading() as db:
            rows = db.execute(_SINCE, [workspace, user, deed, text_of(moment)]).fetchall()
        return [datetime.fromisoformat(at) for (at,) in rows]

    def take(  # noqa: PLR0913, PLR0917 - who, what, and how often since when
        self, workspace: str, user: str, deed: str, at: datetime, since: datetime, most: int
    ) -> bool:
        """Write down that a person does this, unless they did `most` times after `since`.

        Whoever else does it at once: one statement counts and writes.
        """
        values = {"workspace": workspace, "user": user, "deed": deed, "at": text_of(at),
                  "since": text_of(since), "most": most}  # fmt: skip
        with self._connections.writing() as db:
            return db.execute(_TAKE, values).rowcount == 1

    def give_back(self, workspace: str, user: str, deed: str, at: datetime) -> None:
        """Forget one that was taken at this moment: it came to nothing."""
        row = [workspace, user, deed, text_of(at)]
        with self._connections.writing() as db:
            alike = db.execute(_GIVE_BACK, row).rowcount
            db.conn.executemany(_NOTE, [row] * (alike - 1))


def forget_old(db: Database, now: datetime) -> None:
    """Forget what no limit counts any more, in the caller's transaction."""
    db.execute(_FORGET, [text_of(now - KEPT)])
