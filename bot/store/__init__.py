"""The truth: what a team owns, in one SQLite file by default; one class an area."""

from bot.store.store import StateStore
from bot.store.values import Change, Combine, Conversation, Outcome, StoreStatus, Upserted

__all__ = [
    "Change",
    "Combine",
    "Conversation",
    "Outcome",
    "StateStore",
    "StoreStatus",
    "Upserted",
]
