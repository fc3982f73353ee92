"""Servers and their database are parted as by a cable: neither hears that the other is gone."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.errors import StoreAway, StoreError
from bot.merging.merge import combine
from bot.records.models import Identifier, Record, Scheme
from bot.store import StateStore
from bot.store.postgres.connections import PostgresConnections
from tests.cluster import network, postgres
from tests.cluster.network import Line
from tests.faults.answers import is_short, run
from tests.faults.slack import FaultySlack, Plan
from tests.faults.test_faults import fill, held_to, workers

pytestmark = pytest.mark.postgres

DELIVERIES = int(os.environ.get("TME_TEST_DELIVERIES", "120"))
QUESTIONS = int(os.environ.get("TME_TEST_QUESTIONS", "90"))
# Longer than either end takes to notice.
CUT_SECONDS = 20.0


def record(number: int, title: str) -> Record:
    """One by its DOI."""
    doi = Identifier(scheme=Scheme.DOI, value=f"10.1000/{number}")
    return Record(title=title, identifiers=(doi,))


@pytest.fixture
def lines() -> Iterator[tuple[str, str, Line]]:
    """An empty database by two addresses, and the line of the second."""
    if reason := network.missing():
        pytest.skip(reason)
    with network.lines(2) as (server, (near, far)):
        with psycopg.connect(postgres.admin(server.port, near.host), autocommit=True) as db:
            db.execute("CREATE DATABASE tme TEMPLATE template0")
        base = f"postgresql://{postgres.USER}@{{}}:{server.port}/tme"
        yield base.format(near.host), base.format(far.host), far


def test_a_server_that_is_cut_off_while_it_writes_holds_up_nobody_for_long(
    lines: tuple[str, str, Line],
) -> None:
    """Its lock goes as soon as the database notices, not after the two hours that TCP waits."""
    here, there, line = lines
    cut, mended, errors = threading.Event(), threading.Event(), list[StoreError]()
    with (
        closing(StateStore.connect(here, busy_timeout=45.0)) as others,
        closing(StateStore.connect(there)) as one,
    ):
        one.upsert([record(1, "Before")], combine)

        def slowly(stored: Record, incoming: Record) -> Record:
            line.cut()
            cut.set()
            assert mended.wait(120)
            return incoming

        def write() -> None:
            try:
                one.upsert([record(1, "Never")], slowly)
            except StoreError as error:
                errors.append(error)

        writing = threading.Thread(target=write)
        writing.start()
        try:
            assert cut.wait(60)
            others.upsert([record(2, "Meanwhile")], combine)
        finally:
            line.mend()
            mended.set()
            writing.join()
        assert [error.code for error in errors] == ["store_away"]
        assert sorted(each.title for each in others.each()) == ["Before", "Meanwhile"]


def test_a_server_that_is_frozen_while_it_writes_holds_up_nobody_for_long(
    databases: Callable[[], str],
) -> None:
    """Its machine still answers the network: the database ends what is idle in a transaction."""
    url = databases()
    with closing(StateStore.connect(url)) as others:
        frozen = PostgresConnections(url, busy_timeout=10.0, most_idle=0.5)

        def freeze() -> None:
            with frozen.writing() as db:
                db.execute("INSERT INTO meta (key, value) VALUES ('frozen', 'yes')")
                others.upsert([record(2, "Meanwhile")], combine)
                db.execute("SELECT 1")

        with closing(frozen), pytest.raises(StoreAway):
            freeze()
        assert [each.title for each in others.each()] == ["Meanwhile"]


def test_half_of_the_servers_are_parted_from_the_database(
    lines: tuple[str, str, Line], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two of four hear nothing more from it for a while; the others post, and nothing twice."""
    here, there, line = lines
    once, mends = threading.Lock(), list[threading.Timer]()
    with (
        closing(StateStore.connect(here, busy_timeout=45.0)) as store,
        FaultySlack(Plan(seed=13, lost_reply=0.03)) as slack,
    ):
        keys = fill(store, DELIVERIES)

        def kept() -> None:
            if len(slack.posts) >= DELIVERIES // 4 and once.acquire(blocking=False):
                line.cut()
                mends.append(threading.Timer(CUT_SECONDS, line.mend))
                mends[-1].start()

        slack.kept = kept
        began = time.monotonic()
        with workers(here, slack, 5.0, there):
            took = time.monotonic() - began
        mends[0].join()
        held_to(slack, store, keys)
        assert slack.doubled() == {}
    with capsys.disabled():
        print(f"\n{DELIVERIES} deliveries in {took:.0f} s, two servers parted from the database"
              f" for {CUT_SECONDS:.0f} s: lost 0, doubled 0")  # fmt: skip


def test_half_of_the_servers_are_parted_from_the_database_while_people_ask(
    lines: tuple[str, str, Line], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was acknowledged is answered once, by whoever still reaches the database."""
    here, there, line = lines
    once, mends = threading.Lock(), list[threading.Timer]()

    def kept(slack: FaultySlack) -> None:
        if len(slack.posts) >= QUESTIONS // 4 and once.acquire(blocking=False):
            line.cut()
            mends.append(threading.Timer(CUT_SECONDS, line.mend))
            mends[-1].start()

    outcome = run(
        tmp_path / "home", QUESTIONS, kills=0, database=here, others=[there], kept=kept,
        is_slack_well=True,
    )  # fmt: skip
    mends[0].join()
    with capsys.disabled():
        print(f"\n{outcome}")
    assert len(outcome.acknowledged) == QUESTIONS
    assert (outcome.lost, outcome.given_up, outcome.doubles) == ([], 0, 0)
    assert outcome.offered <= outcome.repeats
    assert outcome.problems == []
    assert all(is_short(said) for said in outcome.troubles), outcome.troubles
