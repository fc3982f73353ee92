"""Harvests over loopback: resumed, not doubled, kept when the source fails, excluded when busy."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from bot.app.composition import opened
from bot.errors import HarvestBusy, SettingsError, SourceRefused
from bot.records.models import Scheme
from bot.settings import Settings
from bot.sources import Batch
from bot.sources.oai.client import OaiPmh
from bot.store.harvests import Counts, Harvest, Lease
from tests.harvest.rig import START, Bot, Rig, harvest, planned, stored
from tests.processes import PATIENCE_SECONDS, wait_for
from tests.sources.loopback import (
    WEB_PAGE,
    Entry,
    Loopback,
    Repository,
    dublin_core,
    entries,
    envelope,
    error,
)


@pytest.fixture
def rig(tmp_path: Path, httpserver: HTTPServer) -> Rig:
    return Rig(tmp_path / "home", httpserver)


@pytest.fixture
def bot(rig: Rig) -> Iterator[Bot]:
    with rig.bot() as opened:
        yield opened


def state(bot: Bot) -> Harvest:
    found = bot.store.harvests.get("archive")
    assert found is not None
    return found


def test_everything_is_taken_and_counted(rig: Rig, bot: Bot) -> None:
    service = rig.serve(Repository([*entries(25), Entry("bad", dublin_core(" "))]))
    on_progress: list[tuple[str, int, int | None]] = []
    outcome = harvest(bot, on_progress=lambda *said: on_progress.append(said))
    assert outcome.finished
    assert outcome.counts == Counts(read=25, new=25, skipped=1)
    assert dict(outcome.reasons) == {"no title": 1}
    assert on_progress == [("archive", 10, 26), ("archive", 20, 26), ("archive", 26, 26)]
    assert len(stored(bot)) == 25
    assert "tumour-associated-macrophages" in {t.concept for t in stored(bot)[0].concepts}
    assert all("from" not in asked for asked in service.asked)


def test_the_next_harvest_takes_what_came_since_and_writes_nothing_twice(
    rig: Rig, bot: Bot
) -> None:
    listed = entries(25)
    rig.serve(Repository(listed))
    harvest(bot)
    sequence = bot.store.sequence()
    rig.move(days=5)
    newer = [Entry("new", dublin_core("Hypoxia", doi="10.5555/new"), "2026-01-18")]
    corrected = Entry(
        "3", dublin_core("Macrophages, corrected", doi="10.5555/archive.3"), "2026-01-14"
    )
    service = rig.serve(Repository([*listed, corrected, *newer]))
    outcome = harvest(bot)
    assert service.asked[0]["from"] == "2026-01-13"
    assert outcome.counts == Counts(read=2, new=1, changed=1)
    assert bot.store.sequence() == sequence + 2


def test_a_first_day_limits_the_first_harvest_only(rig: Rig, bot: Bot) -> None:
    rig.plan(more="since = 2025-06-01")
    service = rig.serve(Repository(entries(1)))
    harvest(bot)
    rig.move(days=30)
    harvest(bot)
    assert [asked.get("from") for asked in service.asked if "from" in asked] == [
        "2025-06-01", "2026-01-13",
    ]  # fmt: skip


def test_a_source_that_fails_keeps_what_came_and_goes_on_from_there(rig: Rig, bot: Bot) -> None:
    rig.serve(Loopback(Repository(entries(25)), {2: WEB_PAGE}))
    outcome = harvest(bot)
    assert outcome.error is not None
    assert "a web page instead of data" in outcome.error.message
    assert (outcome.finished, outcome.counts.new) == (False, 10)
    assert state(bot).error == outcome.error.message
    rig.move(hours=1)
    service = rig.serve(Repository(entries(25)))
    again = harvest(bot)
    assert (again.resumed, again.finished) == (True, True)
    assert again.counts == Counts(read=25, new=25)
    assert service.asked[0]["resumptionToken"] == "|10"
    assert (state(bot).error, state(bot).failures) == (None, 0)


def test_a_source_that_stays_down_is_tried_less_and_less_often(rig: Rig, bot: Bot) -> None:
    rig.serve(lambda _: WEB_PAGE)
    pauses = []
    for _ in range(9):
        harvest(bot)
        not_before = state(bot).not_before
        assert not_before is not None
        pauses.append(not_before - rig.moment)
    assert pauses[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert pauses[-1] == timedelta(days=1)
    [standing] = bot.harvesting.standings()
    assert not standing.is_due
    rig.move(days=1)
    [standing] = bot.harvesting.standings()
    assert standing.is_due


def test_a_source_that_asks_to_be_left_alone_is(rig: Rig, bot: Bot) -> None:
    rig.serve(lambda _: Response(status=503, headers={"Retry-After": "90000"}))
    harvest(bot)
    assert state(bot).not_before == rig.moment + timedelta(hours=25)


def test_a_lost_cursor_begins_the_next_harvest_anew(rig: Rig, bot: Bot) -> None:
    page = (
        f"<ListRecords>{entries(1)[0].xml()}<resumptionToken>same</resumptionToken></ListRecords>"
    )
    rig.serve(lambda _: envelope(page))
    outcome = harvest(bot)
    assert outcome.error is not None
    assert outcome.error.code == "cursor_lost"
    service = rig.serve(Repository(entries(3)))
    assert harvest(bot).counts == Counts(read=3, new=2, unchanged=1)
    assert "resumptionToken" not in service.asked[0]


def test_a_limit_stops_after_a_page_and_the_next_goes_on(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(25)))
    assert harvest(bot, limit=5).counts.read == 10
    outcome = harvest(bot, limit=5)
    assert (outcome.resumed, outcome.finished, outcome.counts.read) == (True, False, 20)
    assert harvest(bot).finished


def test_another_question_does_not_use_the_old_cursor(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(25)))
    harvest(bot, limit=1)
    rig.plan(more='query = "another_set"')
    service = rig.serve(Repository(entries(25)))
    assert harvest(bot).resumed is False
    assert service.asked[0]["set"] == "another_set"


def test_again_takes_everything_once_more(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(12)))
    harvest(bot)
    service = rig.serve(Repository(entries(12)))
    assert harvest(bot, again=True).counts == Counts(read=12, unchanged=12)
    assert "from" not in service.asked[0]


def test_two_cannot_harvest_one_place_at_once(rig: Rig, bot: Bot) -> None:
    """The other harvest is at its second page; this one of the same place is refused."""
    service = rig.serve(Loopback(Repository(entries(25))))
    seen: list[str] = []

    def meddle(*_: object) -> None:
        with pytest.raises(HarvestBusy) as caught:
            harvest(bot)
        seen.append(caught.value.message)

    assert harvest(bot, on_progress=meddle).finished
    assert len(seen) == 3
    assert planned(bot).place in seen[0]
    assert [asked["verb"] for asked in service.asked].count("ListRecords") == 3
    assert harvest(bot).finished


def test_what_a_killed_process_left_is_free_after_its_lease(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(1)))
    dead = Lease(planned(bot).place, "a dead process", START + timedelta(seconds=90))
    assert bot.store.harvests.lease(dead, START)
    with pytest.raises(HarvestBusy):
        harvest(bot)
    rig.move(seconds=91)
    assert harvest(bot).finished


def test_a_batch_may_take_longer_than_a_lease_lasts(rig: Rig, bot: Bot) -> None:
    """The lease is renewed while a page is waited for, and then it is given back."""
    service = rig.serve(Loopback(Repository(entries(25)), hold_at=2))
    bot.harvesting.beat_seconds = 0.01
    place = planned(bot).place
    running = threading.Thread(target=lambda: harvest(bot))
    running.start()
    assert service.reached.wait(PATIENCE_SECONDS)
    for _ in range(3):
        rig.move(seconds=80)
        until = rig.moment + timedelta(seconds=90)
        wait_for("the lease to be renewed", lambda: _until(rig, place) == until)  # noqa: B023
    assert not bot.store.harvests.lease(Lease(place, "another", until), rig.moment)
    service.go.set()
    running.join(PATIENCE_SECONDS)
    assert bot.store.harvests.lease(Lease(place, "another", until), rig.moment)


def _until(rig: Rig, place: str) -> datetime:
    """When the lease of a place runs out, as the file says."""
    with closing(sqlite3.connect(rig.home / "tme.db")) as db:
        [row] = db.execute("SELECT until FROM harvest_leases WHERE place = ?", [place])
    return datetime.fromisoformat(row[0])


def test_without_a_contact_nobody_is_asked(rig: Rig, httpserver: HTTPServer) -> None:
    service = rig.serve(Repository(entries(1)))
    with opened(Settings(home=rig.home, starter=False)) as services:
        [standing] = services.harvesting.standings()
        with pytest.raises(SettingsError, match="no contact address"):
            services.harvesting.run(standing.planned)
    assert service.asked == []


def test_a_preview_stores_nothing(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(25)))
    harvest(bot, limit=10)
    before = state(bot), bot.store.sequence()
    rig.serve(Repository(entries(25)))
    found = bot.harvesting.preview(planned(bot), 5)
    assert (found.read, found.new, found.total) == (10, 10, 25)
    assert found.titles[0] == "Macrophages in tumour 10"
    assert (state(bot), bot.store.sequence()) == before


def test_closing_ends_a_run_after_its_batch(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(25)))
    outcome = harvest(bot, on_progress=lambda *_: bot.harvesting.close())
    assert (outcome.finished, outcome.error, outcome.counts.read) == (False, None, 10)
    assert state(bot).cursor is not None


# Records that a source no longer has


def marks(bot: Bot, number: int) -> tuple[str, ...]:
    [record] = [r for r in stored(bot) if r.doi == f"10.5555/archive.{number}"]
    return tuple(w for w in record.warnings if w.startswith("no_longer_at"))


def test_a_deleted_record_is_marked_and_kept(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(3)))
    harvest(bot)
    rig.move(days=1)
    rig.serve(Repository([Entry("1", None, "2026-01-16"), Entry("never held", None, "2026-01-16")]))
    assert harvest(bot).counts == Counts(gone=1)
    assert marks(bot, 1) == ("no_longer_at:localhost (noted 2026-01-16)",)
    assert len(stored(bot)) == 3
    rig.move(days=1)
    assert harvest(bot).counts == Counts()


def test_a_record_that_comes_back_loses_its_mark(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(1)))
    harvest(bot)
    [record] = stored(bot)
    other = record.model_copy(
        update={"provenance": (record.provenance[0].model_copy(update={"source": "b"}),)}
    )
    bot.harvester.take([other], "b")
    rig.serve(Repository([Entry("0", None, "2026-01-14")]))
    harvest(bot)
    assert marks(bot, 0)
    back = entries(1)[0]
    back.day = "2026-01-15"
    rig.serve(Repository([back]))
    harvest(bot)
    assert marks(bot, 0) == ()


def test_where_deletions_are_not_announced_they_are_looked_for(rig: Rig, bot: Bot) -> None:
    listed = entries(3)
    rig.serve(Repository(listed))
    harvest(bot)
    rig.move(days=31)
    service = rig.serve(Repository([listed[0], listed[2]]))
    assert harvest(bot).counts == Counts(gone=1)
    assert marks(bot, 1) == ("no_longer_at:localhost (noted 2026-02-15)",)
    looked_up = [asked["identifier"] for asked in service.asked if asked["verb"] == "GetRecord"]
    assert looked_up == [f"oai:archive.example:{n}" for n in range(3)]
    rig.move(days=1)
    service = rig.serve(Repository(listed))
    harvest(bot)
    assert [asked["verb"] for asked in service.asked] == ["ListRecords", "Identify"]


def test_where_deletions_are_announced_nothing_is_looked_for(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(3), deletions="persistent"))
    harvest(bot)
    rig.move(days=31)
    service = rig.serve(Repository([], deletions="persistent"))
    assert harvest(bot).counts == Counts()
    assert "GetRecord" not in [asked["verb"] for asked in service.asked]


def test_trouble_while_looking_up_does_not_undo_the_harvest(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(3)))
    harvest(bot)
    rig.move(days=31)
    rig.serve(Loopback(Repository([]), {3: WEB_PAGE}))
    assert harvest(bot).finished
    assert state(bot).error is None
    assert all(not marks(bot, n) for n in range(3))


def test_an_answer_that_its_reader_was_not_made_for_is_put_off(rig: Rig, bot: Bot) -> None:
    """A fault of ours must not ask the source again every minute."""

    class Broken(OaiPmh):
        def records(self, *_: object) -> Iterator[Batch]:
            raise KeyError("x")

    clean = planned(bot)
    outcome = bot.harvesting.run(replace(clean, kind=replace(clean.kind, make=Broken)))
    assert outcome.error is not None
    assert "could not be read (KeyError)" in outcome.error.message
    with pytest.raises(SourceRefused, match="could not be read"):
        bot.harvesting.preview(replace(clean, kind=replace(clean.kind, make=Broken)), 10)
    assert state(bot).not_before == rig.moment + timedelta(minutes=15)


def test_an_error_of_the_source_is_said_as_it_is(rig: Rig, bot: Bot) -> None:
    rig.serve(lambda _: error("noSetHierarchy", "no sets here"))
    outcome = harvest(bot)
    assert outcome.error is not None
    assert outcome.as_json()["error"] == {
        "code": "source_refused",
        "message": "localhost refused the question (noSetHierarchy): no sets here.",
        "hint": outcome.error.hint,
    }


def test_a_record_is_found_by_its_oai_identifier(rig: Rig, bot: Bot) -> None:
    rig.serve(Repository(entries(1)))
    harvest(bot)
    assert stored(bot)[0].identifier(Scheme.OAI) == "oai:archive.example:0"
