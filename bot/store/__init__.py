"""The truth: what a team owns, in one SQLite file by default; one class an area."""

from bot.lazy import without

# It would load NumPy, where that is installed, for types that are never stored here; and what
# reads dates, for its own command line.
with without("numpy", "pandas", later=["sqlite_utils.recipes"]):
    import sqlite_utils  # noqa: F401

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
