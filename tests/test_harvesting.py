"""Harvests over loopback: resumed, not doubled, kept when the source fails, excluded when busy."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from bot.app import opened
from bot.errors import HarvestBusy, SettingsError
from bot.models import Scheme
from bot.settings import Settings
from bot.store.harvests import Counts, Harvest, Lease
from handlers.router import Services
from tests.harvest_rig import START, Rig, harvest, held, planned
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
def services(rig: Rig) -> Iterator[Services]:
    with rig.services() as opened:
        # Every pause is skipped: the pace is the client's own test.
        opened.harvesting.pause = lambda _seconds: None  # type: ignore[method-assign]
        yield opened


def state(services: Services) -> Harvest:
    found = services.store.harvests.get("archive")
    assert found is not None
    return found


def test_everything_is_taken_and_counted(rig: Rig, services: Services) -> None:
    service = rig.serve(Repository([*entries(25), Entry("bad", dublin_core(" "))]))
    heard: list[tuple[str, int, int | None]] = []
    outcome = harvest(services, heard=lambda *said: heard.append(said))
    assert outcome.finished
    assert outcome.counts == Counts(read=25, new=25, skipped=1)
    assert dict(outcome.reasons) == {"no title": 1}
    assert heard == [("archive", 10, 26), ("archive", 20, 26), ("archive", 26, 26)]
    assert len(held(services)) == 25
    assert "tumour-associated-macrophages" in {t.concept for t in held(services)[0].concepts}
    assert all("from" not in asked for asked in service.asked)


def test_the_next_harvest_takes_what_came_since_and_writes_nothing_twice(
    rig: Rig, services: Services
) -> None:
    listed = entries(25)
    rig.serve(Repository(listed))
    harvest(services)
    sequence = services.store.sequence()
    rig.move(days=5)
    newer = [Entry("new", dublin_core("Hypoxia", doi="10.5555/new"), "2026-01-18")]
    corrected = Entry(
        "3", dublin_core("Macrophages, corrected", doi="10.5555/archive.3"), "2026-01-14"
    )
    service = rig.serve(Repository([*listed, corrected, *newer]))
    outcome = harvest(services)
    assert service.asked[0]["from"] == "2026-01-13"
    assert outcome.counts == Counts(read=2, new=1, changed=1)
    assert services.store.sequence() == sequence + 2


def test_a_first_day_limits_the_first_harvest_only(rig: Rig, services: Services) -> None:
    rig.plan(more="since = 2025-06-01")
    service = rig.serve(Repository(entries(1)))
    harvest(services)
    rig.move(days=30)
    harvest(services)
    assert [asked.get("from") for asked in service.asked if "from" in asked] == [
        "2025-06-01", "2026-01-13",
    ]  # fmt: skip


def test_a_source_that_fails_keeps_what_came_and_goes_on_from_there(
    rig: Rig, services: Services
) -> None:
    rig.serve(Loopback(Repository(entries(25)), {2: WEB_PAGE}))
    outcome = harvest(services)
    assert outcome.error is not None
    assert "a web page instead of data" in outcome.error.message
    assert (outcome.finished, outcome.counts.new) == (False, 10)
    assert state(services).error == outcome.error.message
    rig.move(hours=1)
    service = rig.serve(Repository(entries(25)))
    again = harvest(services)
    assert (again.resumed, again.finished) == (True, True)
    assert again.counts == Counts(read=25, new=25)
    assert service.asked[0]["resumptionToken"] == "|10"
    assert (state(services).error, state(services).failures) == (None, 0)


def test_a_source_that_stays_down_is_tried_less_and_less_often(
    rig: Rig, services: Services
) -> None:
    rig.serve(lambda _: WEB_PAGE)
    pauses = []
    for _ in range(9):
        harvest(services)
        not_before = state(services).not_before
        assert not_before is not None
        pauses.append(not_before - rig.moment)
    assert pauses[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert pauses[-1] == timedelta(days=1)
    [standing] = services.harvesting.standings()
    assert not standing.is_due
    rig.move(days=1)
    [standing] = services.harvesting.standings()
    assert standing.is_due


def test_a_source_that_asks_to_be_left_alone_is(rig: Rig, services: Services) -> None:
    rig.serve(lambda _: Response(status=503, headers={"Retry-After": "90000"}))
    harvest(services)
    assert state(services).not_before == rig.moment + timedelta(hours=25)


def test_a_lost_cursor_begins_the_next_harvest_anew(rig: Rig, services: Services) -> None:
    page = (
        f"<ListRecords>{entries(1)[0].xml()}<resumptionToken>same</resumptionToken></ListRecords>"
    )
    rig.serve(lambda _: envelope(page))
    outcome = harvest(services)
    assert outcome.error is not None
    assert outcome.error.code == "cursor_lost"
    service = rig.serve(Repository(entries(3)))
    assert harvest(services).counts == Counts(read=3, new=2, unchanged=1)
    assert "resumptionToken" not in service.asked[0]


def test_a_limit_stops_after_a_page_and_the_next_goes_on(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(25)))
    assert harvest(services, limit=5).counts.read == 10
    outcome = harvest(services, limit=5)
    assert (outcome.resumed, outcome.finished, outcome.counts.read) == (True, False, 20)
    assert harvest(services).finished


def test_another_question_does_not_use_the_old_cursor(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(25)))
    harvest(services, limit=1)
    rig.plan(more='query = "another_set"')
    service = rig.serve(Repository(entries(25)))
    assert harvest(services).resumed is False
    assert service.asked[0]["set"] == "another_set"


def test_again_takes_everything_once_more(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(12)))
    harvest(services)
    service = rig.serve(Repository(entries(12)))
    assert harvest(services, again=True).counts == Counts(read=12, unchanged=12)
    assert "from" not in service.asked[0]


def test_two_cannot_harvest_one_place_at_once(rig: Rig, services: Services) -> None:
    """The other harvest is at its second page; this one of the same place is refused."""
    service = rig.serve(Loopback(Repository(entries(25))))
    seen: list[str] = []

    def meddle(*_: object) -> None:
        with pytest.raises(HarvestBusy) as caught:
            harvest(services)
        seen.append(caught.value.message)

    assert harvest(services, heard=meddle).finished
    assert len(seen) == 3
    assert planned(services).place in seen[0]
    assert [asked["verb"] for asked in service.asked].count("ListRecords") == 3
    assert harvest(services).finished


def test_what_a_killed_process_left_is_free_after_its_lease(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(1)))
    dead = Lease(planned(services).place, "a dead process", START + timedelta(seconds=90))
    assert services.store.harvests.lease(dead, START)
    with pytest.raises(HarvestBusy):
        harvest(services)
    rig.move(seconds=91)
    assert harvest(services).finished


def test_without_a_contact_nobody_is_asked(rig: Rig, httpserver: HTTPServer) -> None:
    service = rig.serve(Repository(entries(1)))
    unsaid = Settings(home=rig.home, starter=False)
    with opened(unsaid) as services, pytest.raises(SettingsError, match="TME_CONTACT is not set"):
        harvest(services)
    assert service.asked == []


def test_a_preview_stores_nothing(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(25)))
    harvest(services, limit=10)
    before = state(services), services.store.sequence()
    rig.serve(Repository(entries(25)))
    found = services.harvesting.preview(planned(services), 5)
    assert (found.read, found.new, found.total) == (10, 10, 25)
    assert found.titles[0] == "Macrophages in tumour 10"
    assert (state(services), services.store.sequence()) == before


def test_closing_ends_a_run_after_its_batch(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(25)))
    outcome = harvest(services, heard=lambda *_: services.harvesting.close())
    assert (outcome.finished, outcome.error, outcome.counts.read) == (False, None, 10)
    assert state(services).cursor is not None


# Records that a source no longer has


def marks(services: Services, number: int) -> tuple[str, ...]:
    [record] = [r for r in held(services) if r.doi == f"10.5555/archive.{number}"]
    return tuple(w for w in record.warnings if w.startswith("no_longer_at"))


def test_a_deleted_record_is_marked_and_kept(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(3)))
    harvest(services)
    rig.move(days=1)
    rig.serve(Repository([Entry("1", None, "2026-01-16"), Entry("never held", None, "2026-01-16")]))
    assert harvest(services).counts == Counts(gone=1)
    assert marks(services, 1) == ("no_longer_at:localhost (noted 2026-01-16)",)
    assert len(held(services)) == 3
    rig.move(days=1)
    assert harvest(services).counts == Counts()


def test_a_record_that_comes_back_loses_its_mark(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(1)))
    harvest(services)
    [record] = held(services)
    other = record.model_copy(
        update={"provenance": (record.provenance[0].model_copy(update={"source": "b"}),)}
    )
    services.harvester.take([other], "b")
    rig.serve(Repository([Entry("0", None, "2026-01-14")]))
    harvest(services)
    assert marks(services, 0)
    back = entries(1)[0]
    back.day = "2026-01-15"
    rig.serve(Repository([back]))
    harvest(services)
    assert marks(services, 0) == ()


def test_where_deletions_are_not_announced_they_are_looked_for(
    rig: Rig, services: Services
) -> None:
    listed = entries(3)
    rig.serve(Repository(listed))
    harvest(services)
    rig.move(days=31)
    service = rig.serve(Repository([listed[0], listed[2]]))
    assert harvest(services).counts == Counts(gone=1)
    assert marks(services, 1) == ("no_longer_at:localhost (noted 2026-02-15)",)
    looked_up = [asked["identifier"] for asked in service.asked if asked["verb"] == "GetRecord"]
    assert looked_up == [f"oai:archive.example:{n}" for n in range(3)]
    rig.move(days=1)
    service = rig.serve(Repository(listed))
    harvest(services)
    assert [asked["verb"] for asked in service.asked] == ["ListRecords", "Identify"]


def test_where_deletions_are_announced_nothing_is_looked_for(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(3), deletions="persistent"))
    harvest(services)
    rig.move(days=31)
    service = rig.serve(Repository([], deletions="persistent"))
    assert harvest(services).counts == Counts()
    assert "GetRecord" not in [asked["verb"] for asked in service.asked]


def test_trouble_while_looking_up_does_not_undo_the_harvest(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(3)))
    harvest(services)
    rig.move(days=31)
    rig.serve(Loopback(Repository([]), {3: WEB_PAGE}))
    assert harvest(services).finished
    assert state(services).error is None
    assert all(not marks(services, n) for n in range(3))


def test_an_error_of_the_source_is_said_as_it_is(rig: Rig, services: Services) -> None:
    rig.serve(lambda _: error("noSetHierarchy", "no sets here"))
    outcome = harvest(services)
    assert outcome.error is not None
    assert outcome.as_json()["error"] == {
        "code": "source_refused",
        "message": "localhost refused the question (noSetHierarchy): no sets here.",
        "hint": outcome.error.hint,
    }


def test_a_record_is_found_by_its_oai_identifier(rig: Rig, services: Services) -> None:
    rig.serve(Repository(entries(1)))
    harvest(services)
    assert held(services)[0].identifier(Scheme.OAI) == "oai:archive.example:0"
