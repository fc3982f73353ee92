"""While the bot serves, what is due is harvested, and trouble is logged once."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from bot.app.worker import Worker
from bot.harvest.turns import HarvestTurns
from tests.harvest.rig import Bot, Rig, stored
from tests.processes import wait_for
from tests.sources.loopback import WEB_PAGE, Loopback, Repository, entries


@pytest.fixture
def rig(tmp_path: Path, httpserver: HTTPServer) -> Rig:
    return Rig(tmp_path / "home", httpserver)


@pytest.fixture
def bot(rig: Rig) -> Iterator[Bot]:
    with rig.bot() as opened:
        yield opened


def test_a_step_harvests_what_is_due_and_nothing_else(rig: Rig, bot: Bot) -> None:
    service = rig.serve(Repository(entries(3)))
    schedule = HarvestTurns(bot.harvesting)
    schedule.step()
    assert len(stored(bot)) == 3
    asked = len(service.asked)
    schedule.step()
    assert len(service.asked) == asked
    rig.move(days=1)
    schedule.step()
    assert len(service.asked) > asked


def test_a_large_source_takes_turns_with_the_others(rig: Rig, bot: Bot) -> None:
    """A step takes a page or so of each; what is left is due at the next one."""
    rig.plan()
    first = rig.file.read_text(encoding="utf-8")
    rig.plan(name="another")
    rig.file.write_text(first + rig.file.read_text(encoding="utf-8"), encoding="utf-8")
    rig.serve(Repository(entries(25)))
    schedule = HarvestTurns(bot.harvesting, turn=10)
    schedule.step()
    assert [each.counts.read for each in bot.store.harvests.all()] == [10, 10]
    schedule.step()
    schedule.step()
    assert [each.succeeded is not None for each in bot.store.harvests.all()] == [True, True]
    assert [each.counts.read for each in bot.store.harvests.all()] == [25, 25]


def test_trouble_is_logged_when_it_first_comes(
    rig: Rig, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.harvest.turns")
    rig.serve(lambda _: WEB_PAGE)
    schedule = HarvestTurns(bot.harvesting)
    for _ in range(3):
        schedule.step()
        rig.move(days=2)
    rig.serve(Repository(entries(3)))
    schedule.step()
    said = [r.getMessage() for r in caplog.records if r.name == "bot.harvest.turns"]
    [standing] = bot.harvesting.standings()
    assert said == [
        f"archive: {standing.planned.place} answered with a web page instead of data.",
        "archive: 3 read, 3 new, 0 changed",
    ]


def test_a_plan_that_is_wrong_ends_nothing(
    rig: Rig, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    rig.file.write_text("[[source", encoding="utf-8")
    schedule = Worker("harvest", HarvestTurns(bot.harvesting).step)
    schedule.step()
    schedule.step()
    assert len([r for r in caplog.records if "is not TOML" in r.getMessage()]) == 1
    rig.plan()
    rig.serve(Repository(entries(1)))
    schedule.step()
    assert len(stored(bot)) == 1


def test_it_runs_by_itself_and_stops_in_the_middle(rig: Rig, bot: Bot) -> None:
    service = rig.serve(Loopback(Repository(entries(30)), hold_at=2))
    schedule = Worker(
        "harvest", HarvestTurns(bot.harvesting).step, 0.01, interrupt=bot.harvesting.close
    )
    schedule.start()
    wait_for("the second request", service.reached.is_set)
    service.go.set()
    schedule.stop()
    state = bot.store.harvests.get("archive")
    assert state is not None
    assert state.error is None
    assert state.counts.read >= 10
