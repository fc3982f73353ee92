"""The truth: what a team owns, in one SQLite file by default; one class an area."""

from typing import TYPE_CHECKING

from bot.lazy import exports, package

if TYPE_CHECKING:
    from bot.store.store import StateStore
    from bot.store.values import Change, Combine, Conversation, Outcome, StoreStatus, Upserted

# It would load NumPy, where that is installed, for types that are never stored here; and what
# reads dates, for its own command line.
package("sqlite_utils", "numpy", "pandas", later=["sqlite_utils.recipes"])

__getattr__ = exports(
    __name__,
    store="StateStore",
    values="Change Combine Conversation Outcome StoreStatus Upserted",
)

__all__ = [
    "Change",
    "Combine",
    "Conversation",
    "Outcome",
    "StateStore",
    "StoreStatus",
    "Upserted",
]
