"""A pool of connections to PostgreSQL, and how reads and writes are bracketed."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import ClientCursor
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool

from bot.errors import StoreAway, StoreReadOnly
from bot.store.connections import Database, Lane
from bot.store.postgres.database import MOST_IDLE, PostgresDatabase, configured, ended
from bot.store.postgres.errors import translated as translated_errors

# Threads that answer, and workers: none keeps a connection for longer than a statement or a
# transaction.
MOST_CONNECTIONS = 10
# What an address may say otherwise. A server that is cut off is known to be within 15 seconds.
_USUAL = {
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "target_session_attrs": "read-write",
    "application_name": "tme",
}
# The locks that make writers wait for each other: "TMEb", and which.
LOCK = int.from_bytes(b"TMEb")
LANES: dict[Lane, int] = {"store": 1, "inbox": 2}
MIGRATING = 3
# For so long the offset of this machine's clock from the database's is taken as it was.
_CLOCK_SECONDS = 30.0


def arguments(url: str) -> dict[str, Any]:
    """What to connect with: the address, and what is usual where it says nothing."""
    given = conninfo_to_dict(url)
    return {**_USUAL, **given, "autocommit": True, "cursor_factory": ClientCursor}


def location(url: str) -> str:
    """An address without the user and the secrets in it."""
    given = conninfo_to_dict(url)
    hosts, ports = (str(given.get(name) or "").split(",") for name in ("host", "port"))
    ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)
    places = [f"{h}:{p}" if p else h for h, p in zip(hosts, ports, strict=True)]
    return f"postgresql://{','.join(places)}/{given.get('dbname') or ''}"


class PostgresConnections:
    """`Connections` over PostgreSQL. Writers of one lane run one after the other."""

    def __init__(
        self,
        url: str,
        *,
        busy_timeout: float,
        read_only: bool = False,
        most: int = MOST_CONNECTIONS,
        most_idle: float = MOST_IDLE,
    ) -> None:
        """Begin to connect; whoever needs a connection waits for `busy_timeout` seconds at most.

        A transaction in which nothing happens for `most_idle` seconds is undone by the server.
        """
        self.location, self.read_only, self.is_shared = location(url), read_only, True
        self._patience = busy_timeout
        self._local = threading.local()
        self._offset = (0.0, 0.0)
        self._pool = ConnectionPool(
            kwargs=arguments(url),
            min_size=1,
            max_size=most,
            timeout=busy_timeout,
            check=ConnectionPool.check_connection,
            configure=lambda raw: configured(raw, most_idle),
            open=True,
        )

    @contextmanager
    def reading(self) -> Iterator[Database]:
        """A connection of this thread's for as long as the block lasts."""
        with translated_errors(), self._taken() as db:
            yield db

    @contextmanager
    def writing(
        self,
        patience: float | None = None,
        *,
        is_synced: bool = True,  # noqa: ARG002 - what is not on the standby would go with a primary
        lane: Lane = "store",
    ) -> Iterator[Database]:
        """A connection inside a transaction that has its lane to itself until it ends."""
        if self.read_only:
            raise StoreReadOnly("The database was opened for reading.")
        patience = self._patience if patience is None else patience
        with translated_errors(), self._taken(patience) as db:
            db.raw.execute(
                f"BEGIN; SET LOCAL lock_timeout = {max(1, round(patience * 1000))};"
                f" SELECT pg_advisory_xact_lock({LOCK}, {LANES[lane]});"
                " SET LOCAL lock_timeout = 0"
            )
            with ended(db):
                yield db

    @contextmanager
    def _taken(self, patience: float | None = None) -> Iterator[PostgresDatabase]:
        """This thread's connection: the one that a block around this one has, or one of the pool.

        Where the database is away, that is waited for as long as `patience` lasts.
        """
        outer: PostgresDatabase | None = getattr(self._local, "db", None)
        if outer is not None:
            yield outer
            return
        with self._pool.connection(timeout=self._patience if patience is None else patience) as raw:
            self._local.db = PostgresDatabase(raw)
            try:
                yield self._local.db
            finally:
                self._local.db = None

    def steady(self) -> float:
        """The database's clock, which every server asks; this machine's goes on in between."""
        here = time.monotonic()
        asked, offset = self._offset
        if not asked or here - asked > _CLOCK_SECONDS:
            try:
                with self.reading() as db:
                    (there,) = db.execute(
                        "SELECT CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"
                    ).fetchone()
            except StoreAway:
                if not asked:
                    raise
                return here + offset
            offset = there - (here + time.monotonic()) / 2
            self._offset = (here, offset)
        return here + offset

    def schema_version(self, db: Database) -> int:
        """How many migrations the database has had."""
        return int(db.execute("SELECT version FROM tme_schema").fetchone()[0])

    def flaws(self, db: Database) -> Iterator[str]:  # noqa: ARG002 - PostgreSQL keeps its own rules
        """Nothing: references and pages are checked by PostgreSQL itself."""
        yield from ()

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
