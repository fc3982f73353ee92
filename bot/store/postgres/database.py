"""One connection to PostgreSQL, which takes SQLite's SQL and gives the values that SQLite gives."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Self

import psycopg
from psycopg import ClientCursor
from psycopg.adapt import Dumper, Loader
from psycopg.pq import TransactionStatus
from psycopg.types.string import StrDumper

from bot.store.connections import Values
from bot.store.postgres.dialect import is_plain_write, numbered, translated

# Timeouts of the database for a connection: one whose peer is gone, or frozen in a transaction,
# must not hold the writers' lock against all others. It would for two hours, by its own settings.
_LIMITS = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3;"
    " SET tcp_user_timeout = 10000; SET idle_in_transaction_session_timeout = {idle}"
)
# So long a transaction may wait for its own server, in seconds: longer than a batch is merged.
MOST_IDLE = 60.0
# The last character of the last private plane, which no text has.
_NUL = "\U0010fffd"
# So many rows go to the server in one exchange.
_AT_ONCE = 500
# So many rows, which may be large, go into one statement; what a row is in it.
_ROWS = 100
_VALUES = re.compile(r"\bVALUES\s*(\((?:%s, )*%s\))\s*(?:ON CONFLICT DO NOTHING)?\s*$")


class _Whole(Dumper):
    """Yes and no are 1 and 0, as in SQLite."""

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


class _Number(Loader):
    """Sums are whole numbers where they can be."""

    def load(self, data: Any) -> int | float:
        number = float(bytes(data))
        return int(number) if number.is_integer() else number


class _Text(StrDumper):
    """PostgreSQL's text has no U+0000: another character stands for it."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", _NUL) if "\0" in obj else obj)


class _TextAgain(Loader):
    """The text as it was given."""

    def load(self, data: Any) -> str:
        text = bytes(data).decode()
        return text.replace(_NUL, "\0") if _NUL in text else text


class Rows(ClientCursor[tuple[Any, ...]]):
    """The rows of a statement."""

    @property
    def lastrowid(self) -> int | None:
        """The number that `lastval()` gave: see `Written`."""
        row = self.fetchone()
        return int(row[0]) if row else None


class Written:
    """A write that goes to the server with the next statement, or once its outcome is read."""

    description = None

    def __init__(self, db: "PostgresDatabase", text: str) -> None:
        self.text, self.count = text, -1
        self._db = db

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        self._db.flush()
        return self.count

    @property
    def lastrowid(self) -> int | None:
        """The number that it took by itself."""
        return self._db.run("SELECT lastval()").lastrowid

    def fetchone(self) -> None:
        """It has no rows."""

    def fetchall(self) -> list[Any]:
        """It has no rows."""
        return []

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class PostgresDatabase:
    """A connection that takes SQLite's SQL.

    Inside a transaction, writes whose outcome is not read at once travel together: a record takes
    a dozen statements, and each exchange with the server costs more than the statement.
    """

    def __init__(self, raw: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self.raw = raw
        self._waiting: list[Written] = []
        self._cursor = Rows(raw)

    @property
    def conn(self) -> Self:
        """Itself: what runs a statement for many rows."""
        return self

    def execute(self, sql: str, parameters: Values | None = None) -> "Rows | Written":
        """Run one statement."""
        values = parameters or ()
        if not isinstance(values, dict) and numbered(sql):
            values = {f"p{at}": value for at, value in enumerate(values, start=1)}
        text = self._cursor.mogrify(translated(sql), values)
        return self._later(text) if is_plain_write(sql) else self.run(text)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for many rows; an INSERT takes many of them at once."""
        code = translated(statement)
        found = _VALUES.search(code)
        if not found:
            for row in rows:
                self._later(self._cursor.mogrify(code, row))
            return
        head, one, tail = code[: found.start(1)], found[1], code[found.end(1) :]
        waiting = iter(rows)
        while some := list(islice(waiting, _ROWS)):
            values = [value for row in some for value in row]
            self._later(self._cursor.mogrify(f"{head}{', '.join([one] * len(some))}{tail}", values))

    def _later(self, text: str) -> Written:
        written = Written(self, text)
        self._waiting.append(written)
        is_alone = self.raw.info.transaction_status is TransactionStatus.IDLE
        if is_alone or len(self._waiting) >= _AT_ONCE:
            self.flush()
        return written

    def flush(self) -> None:
        """Send what waits."""
        if self._waiting:
            self.run("")

    def forget(self) -> None:
        """Send nothing of what waits: its transaction is undone."""
        self._waiting.clear()

    def run(self, text: str) -> Rows:
        """Send what waits and this, in one exchange; the rows of this."""
        waiting, self._waiting = self._waiting, []
        rows = Rows(self.raw).execute(";\n".join([*(each.text for each in waiting), text]))
        for each in waiting:
            each.count = rows.rowcount
            rows.nextset()
        return rows

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """A block whose statements all see one state."""
        if self.raw.info.transaction_status is not TransactionStatus.IDLE:
            yield
            return
        self.raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        with ended(self):
            yield


@contextmanager
def ended(db: PostgresDatabase) -> Iterator[None]:
    """The rest of a transaction: committed at the end of the block, or undone."""
    try:
        yield
        db.run("COMMIT")
    except BaseException:
        db.forget()
        if not db.raw.closed:
            db.raw.execute("ROLLBACK")
        raise


def configured(
    connection: "psycopg.Connection[tuple[Any, ...]]", most_idle: float = MOST_IDLE
) -> None:
    """Let a connection take and give values as SQLite does.

    What a peer that is gone or frozen holds is let go of by the database.
    """
    connection.adapters.register_dumper(bool, _Whole)
    connection.adapters.register_loader("numeric", _Number)
    connection.adapters.register_dumper(str, _Text)
    connection.adapters.register_loader("text", _TextAgain)
    connection.execute(_LIMITS.format(idle=round(most_idle * 1000)))
