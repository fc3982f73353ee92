"""A harvest that is killed goes on from its cursor: no record is lost, and none is held twice."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.harvest.desk import Desk
from tests.harvest.rig import Rig, harvest, stored
from tests.own_records import work
from tests.processes import PATIENCE_SECONDS, ROOT, running
from tests.sources.europe_pmc import EuropePmcStandIn, article
from tests.sources.loopback import Loopback, Repository, entries

PAGES = 6
ALL = PAGES * 10


@pytest.fixture
def rig(tmp_path: Path, httpserver: HTTPServer) -> Rig:
    return Rig(tmp_path / "home", httpserver)


def environment(rig: Rig) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "TME_"))}
    return kept | {
        "TME_HOME": str(rig.home),
        "TME_CONTACT": "team@example.org",
        "PYTHONPATH": str(ROOT),
        # Requests to loopback go to loopback.
        "NO_PROXY": "*",
    }


def finish_and_look(rig: Rig, pages_before: int) -> None:
    """Once the dead process's lease has run out, the rest comes; everything is there once."""
    service = rig.serve(Repository(entries(ALL)))
    # `tme harvest` went by the clock of this machine, which is far from the rig's.
    rig.move(days=3650)
    with rig.bot() as bot:
        before = len(stored(bot))
        assert pages_before * 10 <= before < ALL
        outcome = harvest(bot)
        assert outcome.finished
        assert [record.doi for record in sorted(stored(bot), key=lambda r: r.title)] == sorted(
            f"10.5555/archive.{n}" for n in range(ALL)
        )
        # Every record was written once only: what came again was left alone.
        assert bot.store.sequence() == ALL
        assert outcome.counts.new + outcome.counts.unchanged == outcome.counts.read == ALL
    listed = [asked for asked in service.asked if asked["verb"] == "ListRecords"]
    assert len(listed) == PAGES - pages_before
    if pages_before:
        assert listed[0]["resumptionToken"] == f"|{pages_before * 10}"


@pytest.mark.parametrize(
    ("number", "when", "pages_before"),
    [
        (2, "before", 0), (2, "after", 1),
        *(
            pytest.param(*place, marks=pytest.mark.kills)
            for place in ((1, "after", 0), (4, "before", 2), (6, "after", 5))
        ),
    ],
)  # fmt: skip
def test_killed_at_any_place_between_records_and_cursor(
    rig: Rig, number: int, when: str, pages_before: int
) -> None:
    """The first write says that it began; each further one follows the records of a page."""
    rig.serve(Repository(entries(ALL)))
    command = [sys.executable, str(ROOT / "tests" / "harvest" / "killed.py"), str(rig.home)]
    done = subprocess.run(
        [*command, str(number), when], env=environment(rig), timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == -signal.SIGKILL
    finish_and_look(rig, pages_before)


def test_tme_harvest_killed_while_it_waits_for_a_page(rig: Rig) -> None:
    """`kill -9` from outside, in the middle of the fourth request."""
    service = rig.serve(Loopback(Repository(entries(ALL)), hold_at=4))
    command = [sys.executable, "-c", "from bot.app.cli import main; main()", "harvest"]
    with (rig.home / "harvest.log").open("wb") as log:
        with running(command, log.fileno(), environment(rig)) as process:
            assert service.reached.wait(PATIENCE_SECONDS), (rig.home / "harvest.log").read_text()
            process.kill()
            process.wait(PATIENCE_SECONDS)
        service.go.set()
    finish_and_look(rig, 3)


def test_a_second_process_is_told_that_the_place_is_taken(rig: Rig) -> None:
    service = rig.serve(Loopback(Repository(entries(ALL)), hold_at=2))
    command = [sys.executable, "-c", "from bot.app.cli import main; main()", "harvest"]
    with (
        (rig.home / "harvest.log").open("wb") as log,
        running(command, log.fileno(), environment(rig)) as process,
    ):
        assert service.reached.wait(PATIENCE_SECONDS), (rig.home / "harvest.log").read_text()
        second = subprocess.run(
            command,
            env=environment(rig),
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        service.go.set()
        assert process.wait(PATIENCE_SECONDS) == 0
    assert second.returncode == 1
    assert b"is being harvested by another process" in second.stderr
    with rig.bot() as bot:
        assert bot.store.sequence() == ALL


def test_tme_complete_killed_while_it_waits_goes_on_after_the_last_batch(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    """What the first batch brought stays, and no work of it is looked up again."""
    desk, numbers = Desk(tmp_path / "home", httpserver), range(1, 61)
    with desk.bot() as services:
        services.harvester.take((work(n, f"Macrophages in tumour {n}") for n in numbers), "test")
    stand_in = EuropePmcStandIn([article(n) for n in numbers], page=50)
    service = desk.serve(Loopback(stand_in, hold_at=2))
    command = [sys.executable, "-c", "from bot.app.cli import main; main()", "complete"]
    given = {**os.environ, "TME_HOME": str(desk.home), "PYTHONPATH": str(ROOT), "NO_PROXY": "*"}
    with (desk.home / "complete.log").open("wb") as log:
        with running(command, log.fileno(), given) as process:
            assert service.reached.wait(PATIENCE_SECONDS), (desk.home / "complete.log").read_text()
            process.kill()
            process.wait(PATIENCE_SECONDS)
        service.go.set()
    desk.serve(stand_in)
    stand_in.queries.clear()
    desk.moment += timedelta(days=3650)  # the command went by the clock of this machine
    with desk.bot() as services:
        records = [change.record for change in services.store.changes_since(0, 100)]
        assert sum(record.abstract is not None for record in records) == 50
        standing, _ = services.completing.standings()  # the other fetches references
        services.completing.run(standing.planned, limit=10)
        assert all(change.record.abstract for change in services.store.changes_since(0, 100))
    # The request that was held is answered at some time, to nobody.
    assert set(stand_in.named) == {f"10.1234/own.{n}" for n in numbers[50:]}
