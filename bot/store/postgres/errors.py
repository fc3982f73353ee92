"""The one place where an error of PostgreSQL becomes a `StoreError`; no message has its address."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg
from psycopg_pool import PoolClosed, PoolTimeout

from bot.errors import (
    StoreAway,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreReadOnly,
)

_AWAY = "The database cannot be reached."
_KINDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], type[StoreError], str], ...] = (
    (PoolTimeout, StoreAway, _AWAY),
    (PoolClosed, StoreError, "The database was closed."),
    ((pg.LockNotAvailable, pg.DeadlockDetected, pg.SerializationFailure), StoreBusy,
     "The database is being written."),
    (pg.TooManyConnections, StoreBusy, "The database has no connection left."),
    (pg.DiskFull, StoreFull, "There is no room on the disk of the database."),
    # This process stood still in a transaction, and others went on.
    (pg.IdleInTransactionSessionTimeout, StoreAway, "The database did not wait any longer."),
    # A primary that was taken out of service, and a standby: another is on its way.
    (pg.ReadOnlySqlTransaction, StoreAway, "The database takes no writes now."),
    (pg.InsufficientPrivilege, StoreReadOnly, "This user may not write the database."),
    ((pg.UndefinedTable, pg.UndefinedColumn, pg.DataCorrupted), StoreDamaged,
     "The database is not as it was made."),
    (pg.ProgramLimitExceeded, StoreError, "A text is too long to be found by in the database."),
    (pg.DataError, StoreError, "The text holds characters that cannot be stored."),
    ((psycopg.OperationalError, psycopg.InterfaceError), StoreAway, _AWAY),
    (psycopg.Error, StoreError, "The database could not do what was asked."),
)  # fmt: skip


@contextmanager
def translated() -> Iterator[None]:
    """Raise what goes wrong inside as the `StoreError` that says it."""
    try:
        yield
    except (psycopg.Error, PoolTimeout, PoolClosed) as error:
        kind, message = next((k, m) for wrong, k, m in _KINDS if isinstance(error, wrong))
        raise kind(message) from error
    except UnicodeEncodeError as error:  # half of a surrogate pair: no UTF-8 can hold it
        raise StoreError("The text holds characters that cannot be stored.") from error
