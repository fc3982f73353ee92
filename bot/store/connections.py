"""The seam between the store's areas and a database: SQLite in one file, or PostgreSQL.

An area is written once, in SQLite's SQL. `bot.store.sqlite` runs it as it is,
`bot.store.postgres` translates it by one table. What both must keep: a `writing` block is one
transaction, committed at its end or undone, and two of them that could meet run one after the
other; numbers that a reader follows (the change sequence, arrivals, happenings) become visible in
their order.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol, TypeAlias

Values: TypeAlias = Sequence[Any] | dict[str, Any]
# What writers may meet in. The inbox shares no row with the rest: nobody waits there for a batch
# of records.
Lane: TypeAlias = Literal["store", "inbox"]


class Cursor(Protocol):
    """The rows of a statement, as tuples."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""

    @property
    def lastrowid(self) -> int | None:
        """The number that the last INSERT took by itself."""

    @property
    def description(self) -> Any:
        """The columns; the first of each is its name."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Many(Protocol):
    """What runs one statement for many rows."""

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Run the statement once for each row."""


class Database(Protocol):
    """A connection, as long as one thread uses it."""

    @property
    def conn(self) -> Many:
        """The connection itself."""

    def execute(self, sql: str, parameters: Values | None = None) -> Cursor:
        """Run one statement; values go in by parameter only."""

    def atomic(self) -> AbstractContextManager[Any]:
        """A block whose statements all see one state."""


class Connections(Protocol):
    """A database, open: a connection for each thread that wants one.

    Every error inside `reading` and `writing` leaves as a `StoreError`. `location` names the
    database without its secrets; `is_shared` says that other machines may use it.
    """

    location: str
    read_only: bool
    is_shared: bool

    def reading(self) -> AbstractContextManager[Database]:
        """This thread's connection. Two statements see one state only inside `atomic()`."""

    def writing(
        self, patience: float | None = None, *, is_synced: bool = True, lane: Lane = "store"
    ) -> AbstractContextManager[Database]:
        """This thread's connection inside a transaction: committed at the end, or undone.

        `patience` is how many seconds to wait for one's turn, where it is less than usual. What is
        not `is_synced` survives a kill of the process, but not a loss of power right after it.
        """

    def steady(self) -> float:
        """Seconds of a clock that all who use this database share; for leases and waits."""

    def schema_version(self, db: Database) -> int:
        """How many migrations the database has had."""

    def flaws(self, db: Database) -> Iterator[str]:
        """What the database itself finds wrong, a line each."""

    def close(self) -> None:
        """Close every connection, each after what it is doing. Using one again is an error."""
