"""The store area of conversations: the last question of a thread, and what was shown for it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.store.connections import Connections, Database
from bot.store.moments import text_of
from bot.store.values import Conversation

_REMEMBER = """
INSERT INTO conversations
    (workspace, channel, thread, query, "offset", record_ids, ranked, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (workspace, channel, thread) DO UPDATE SET
    query = excluded.query, "offset" = excluded."offset", record_ids = excluded.record_ids,
    ranked = excluded.ranked, at = excluded.at
"""
_RECALL = """
SELECT query, "offset", record_ids, ranked FROM conversations
WHERE workspace = ? AND channel = ? AND thread = ? AND at >= ?
"""
_FORGET = "DELETE FROM conversations WHERE at < ?"


class ConversationStore:
    """Conversations, safe from any thread and any process; `kept` says for how long they count.

    Methods raise the `StoreError` that fits.
    """

    def __init__(self, connections: Connections, kept: Callable[[], timedelta]) -> None:
        self._connections = connections
        self._kept = kept

    def remember(
        self, workspace: str, channel: str, thread: str, stated: Conversation, now: datetime
    ) -> None:
        """Keep the last question of a thread, in place of the one before."""
        # A list alone, or with the record that was opened from it and the questions before.
        listed: object = stated.record_ids
        if stated.opened or stated.before:
            listed = {"list": stated.record_ids, "opened": stated.opened, "before": stated.before}
        values = (stated.query, stated.offset, json.dumps(listed), stated.ranked, text_of(now))
        with self._connections.writing(is_synced=False) as db:
            db.execute(_REMEMBER, [workspace, channel, thread, *values])

    def recall(
        self, workspace: str, channel: str, thread: str, now: datetime
    ) -> Conversation | None:
        """The last question of a thread, or None when there is none or it is too old."""
        oldest = text_of(now - self._kept())
        with self._connections.reading() as db:
            row = db.execute(_RECALL, [workspace, channel, thread, oldest]).fetchone()
        if row is None:
            return None
        query, offset, record_ids, ranked = row
        shown = json.loads(record_ids)
        if isinstance(shown, list):
            shown = {"list": shown, "opened": ""}
        before = tuple(shown.get("before", ()))
        return Conversation(query, offset, tuple(shown["list"]), ranked, shown["opened"], before)


def forget_old(db: Database, before: datetime) -> int:
    """Forget what was asked last before this, in the caller's transaction; how many went."""
    return db.execute(_FORGET, [text_of(before)]).rowcount
