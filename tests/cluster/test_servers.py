"""Several servers over one PostgreSQL: what is shared is done once, and nothing is passed over."""

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from bot.errors import StoreTooNew
from bot.index.tantivy import TantivyIndex
from bot.merging.merge import combine
from bot.records.models import Identifier, Record, Scheme
from bot.store import StateStore
from bot.store.connections import Database
from bot.store.migrations import MIGRATIONS, Migration

pytestmark = pytest.mark.postgres

SERVERS, BATCHES = 3, 12


def record(number: int, server: int) -> Record:
    """One of a server's own, by its DOI."""
    doi = Identifier(scheme=Scheme.DOI, value=f"10.1000/{server}.{number}")
    return Record(title=f"Paper {number} of {server}", identifiers=(doi,))


@pytest.fixture
def servers(databases: Callable[[], str]) -> Iterator[list[StateStore]]:
    """Three servers, each with a pool of its own."""
    url = databases()
    with ExitStack() as stack:
        yield [stack.enter_context(closing(StateStore.connect(url))) for _ in range(SERVERS)]


def test_a_follower_misses_nothing_that_is_written_at_once(servers: list[StateStore]) -> None:
    """Transactions of three servers overlap, and every number is seen in its order."""
    done, seen, arrived = threading.Event(), [], []

    def follow() -> None:
        place, last = 0, 0
        while True:
            was_done = done.is_set()
            for change in servers[0].changes_since(place):
                seen.append(change.record_id)
                place = change.sequence
            for arrival in servers[0].subscriptions.arrivals(last, 1000):
                arrived.append(arrival.record_id)
                last = arrival.number
            if was_done:
                return

    def write(server: int) -> None:
        for batch in range(BATCHES):
            records = [record(batch * 5 + at, server) for at in range(5)]
            servers[server].upsert(records, combine)

    follower = threading.Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(SERVERS) as pool:
        list(pool.map(write, range(SERVERS)))
    done.set()
    follower.join()
    stored = {each.id for each in servers[1].each()}
    assert len(stored) == SERVERS * BATCHES * 5
    assert sorted(seen) == sorted(arrived) == sorted(stored)
    assert servers[2].check() == []


def test_an_unfinished_transaction_holds_the_numbers_back(servers: list[StateStore]) -> None:
    """Who comes second waits for the number, so that it cannot be seen before the first."""
    held, go_on = threading.Event(), threading.Event()
    servers[0].upsert([record(0, 0)], combine)

    def slowly(stored: Record, incoming: Record) -> Record:
        held.set()
        assert go_on.wait(60)
        return incoming

    with ThreadPoolExecutor(2) as pool:
        changed = record(0, 0).model_copy(update={"abstract": "More."})
        first = pool.submit(servers[0].upsert, [record(1, 0), changed], slowly)
        assert held.wait(60)
        second = pool.submit(servers[1].upsert, [record(1, 1)], combine)
        # Nothing of either is there: not the second either, whose number would be the higher.
        assert servers[2].sequence() == 1
        assert not second.done()
        go_on.set()
        first.result()
        second.result()
    places = [change.sequence for change in servers[2].changes_since(1)]
    assert places == [2, 3, 4]


def test_the_same_work_from_three_servers_is_one_record(servers: list[StateStore]) -> None:
    """Each looks before it writes; none writes what another is just writing."""

    def write(server: StateStore) -> None:
        server.upsert([record(number, 9) for number in range(20)], combine)

    with ThreadPoolExecutor(SERVERS) as pool:
        list(pool.map(write, servers))
    assert len(list(servers[0].each())) == 20
    assert servers[0].check() == []


def test_every_server_follows_into_an_index_of_its_own(
    servers: list[StateStore], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Also one that comes later, which builds its index from the store."""
    indexes = []
    for server in servers:
        index = TantivyIndex(tmp_path_factory.mktemp("index"), 16)
        indexes.append(index)
        servers[0].upsert([record(len(indexes), 0)], combine)
        while index.follow(server):
            pass
    for index, server in zip(indexes, servers, strict=True):
        while index.follow(server):
            pass
        assert index.status().watermark == servers[0].sequence() == SERVERS
        index.close()


def test_a_new_server_begins_with_a_copy_of_the_index_of_another(
    servers: list[StateStore], tmp_path: Path
) -> None:
    """Also one of a server that goes on; only what was written since is taken in."""
    servers[0].upsert([record(number, 0) for number in range(5)], combine)
    with closing(TantivyIndex(tmp_path / "one", 16)) as index:
        assert index.follow(servers[0]) == 5
        shutil.copytree(tmp_path / "one", tmp_path / "two")
        servers[0].upsert([record(5, 0)], combine)
        with closing(TantivyIndex(tmp_path / "two", 16)) as copy:
            assert copy.follow(servers[1]) == 1
            assert copy.status().records == 6
        assert index.follow(servers[0]) == 1


def test_a_batch_of_records_does_not_hold_up_a_question(servers: list[StateStore]) -> None:
    """Requests are written down in a lane of their own: Slack waits three seconds."""
    held, go_on = threading.Event(), threading.Event()
    servers[0].upsert([record(0, 0)], combine)

    def slowly(stored: Record, incoming: Record) -> Record:
        held.set()
        assert go_on.wait(60)
        return incoming

    with ThreadPoolExecutor(1) as pool:
        changed = record(0, 0).model_copy(update={"abstract": "More."})
        writing = pool.submit(servers[0].upsert, [changed], slowly)
        assert held.wait(60)
        now = datetime(2026, 1, 15, tzinfo=UTC)
        taken = servers[1].inbox.take("/T1", "key", {"text": "?"}, "two", 1e12, now)
        assert taken is not None
        assert servers[2].inbox.take("/T1", "key", {"text": "?"}, "three", 1e12, now) is None
        go_on.set()
        writing.result()


def test_leases_go_by_one_clock(servers: list[StateStore]) -> None:
    """The steady clocks of several machines have nothing in common: the database's counts."""
    first, *others = (server.steady() for server in servers)
    assert all(abs(each - first) < 60 for each in others)
    assert first > 1_700_000_000


def more(db: Database) -> None:
    """A step of a version to come."""
    db.execute("CREATE TABLE more (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT NOT NULL)")
    db.execute("INSERT INTO more (note) SELECT id FROM records ORDER BY id DESC")


def test_a_new_version_is_brought_in_while_the_one_before_serves(
    databases: Callable[[], str],
) -> None:
    """Three servers of a new version start at once: one changes the schema, the others wait."""
    url, steps = databases(), (*MIGRATIONS, cast("Migration", more))
    with ExitStack() as stack:
        before = stack.enter_context(closing(StateStore.connect(url)))
        before.upsert([record(0, 0)], combine)

        def start(_: int) -> StateStore:
            return stack.enter_context(closing(StateStore.connect(url, migrations=steps)))

        with ThreadPoolExecutor(SERVERS) as pool:
            after = list(pool.map(start, range(SERVERS)))
        assert {each.status().schema_version for each in after} == {len(steps)}
        with after[0]._connections.reading() as db:
            assert db.execute("SELECT count(*) FROM more").fetchone() == (1,)
        before.upsert([record(1, 0)], combine)
        assert after[0].sequence() == before.sequence() == 2
        with pytest.raises(StoreTooNew):
            StateStore.connect(url)


def test_a_server_that_is_gone_in_the_middle_of_a_new_version_holds_up_nobody(
    databases: Callable[[], str],
) -> None:
    """While it changes the schema the others wait: the database lets go of what it had."""
    limits: dict[str, str] = {}

    def look(db: Database) -> None:
        for name in ("idle_in_transaction_session_timeout", "tcp_user_timeout"):
            limits[name] = str(db.execute(f"SHOW {name}").fetchone()[0])

    url = databases()
    StateStore.connect(url).close()
    steps = (*MIGRATIONS, cast("Migration", look))
    StateStore.connect(url, migrations=steps).close()
    assert limits == {"idle_in_transaction_session_timeout": "1min", "tcp_user_timeout": "10000"}


def test_of_three_servers_that_start_over_nothing_one_makes_the_store(
    databases: Callable[[], str],
) -> None:
    url = databases()
    with ThreadPoolExecutor(SERVERS) as pool, ExitStack() as stack:
        those = [
            stack.enter_context(closing(each))
            for each in pool.map(lambda _: StateStore.connect(url), range(SERVERS))
        ]
        assert len({each.generation() for each in those}) == 1
