"""Each check says what it found, at the boundary of what is in order, and what to do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app.composition import opened
from bot.errors import StoreFull
from bot.harvest.plan import Standing, parse
from bot.index import IndexStatus
from bot.settings import Settings
from bot.store.deliveries import Outstanding
from bot.store.harvests import Harvest
from bot.store.imports import Import
from bot.store.inbox import Unanswered
from bot.store.values import ClockNote
from handlers.health.checks import (
    BACKUP_AGE,
    CLOCK_SHOWN,
    CLOCK_WRONG,
    CUT_OFF,
    FAILURES,
    LATE,
    LEAST_FREE,
    STUCK,
    Check,
    answers,
    backup,
    clock,
    digests,
    harvests,
    imports,
    index,
    room,
)
from handlers.health.service import Health, Process

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DUE = "15 Jan 2026 09:00 UTC"


def one(checks: Iterator[Check]) -> Check:
    (check,) = checks
    return check


def measured(check: Check) -> dict[str, float]:
    return {each.name: each.value for each in check.measures}


DOUBT = "1 post may have gone out and needs a person's word"
TWICE = "2 posts may be there twice and need a person"
HOW = "tme subscriptions --twice says which, why, and what to do"


@pytest.mark.parametrize(
    ("left", "state", "says"),
    [
        (Outstanding(0, 0, 0, None), "ok", "all posted"),
        (Outstanding(0, 0, 1, None), "ok", "1 post refused by Slack"),
        (Outstanding(0, 0, 0, None, second_posts=2), "ok", "2 second posts being taken back"),
        (
            Outstanding(0, 1, 0, None),
            "bad",
            f"{DOUBT}: tme subscriptions --doubtful lists them",
        ),
        (
            Outstanding(2, 0, 0, NOW - timedelta(hours=3), twice=2),
            "bad",
            f"2 posts to go out, the oldest due {DUE} · {TWICE}: {HOW}",
        ),
    ],
)
def test_what_has_not_gone_out(left: Outstanding, state: str, says: str) -> None:
    check = one(digests(left, NOW))
    assert (check.state, check.says) == (state, says)


@pytest.mark.parametrize(("age", "state"), [(LATE - SECOND, "ok"), (LATE, "bad")])
def test_a_post_or_an_answer_is_late_after_a_quarter_of_an_hour(age: timedelta, state: str) -> None:
    post = one(digests(Outstanding(1, 0, 0, NOW - age), NOW))
    answer = one(answers(Unanswered(1, NOW - age, 2, 3), NOW))
    assert post.state == answer.state == state
    assert measured(post)["outbox_age_seconds"] == age.total_seconds()
    assert measured(answer)["inbox_age_seconds"] == age.total_seconds()
    assert answer.says.endswith(
        " · 2 answers of this week in doubt, and offered again · 3 requests given up after a day"
    )


def test_who_waits_for_no_answer_is_of_no_interest_in_slack() -> None:
    check = one(answers(Unanswered(0, None, 0, 0), NOW))
    assert (check.state, check.for_operator) == ("ok", True)


@pytest.mark.parametrize(("unmoved", "state"), [(STUCK - SECOND, "ok"), (STUCK, "bad")])
def test_an_index_that_gets_no_further_is_stuck(unmoved: timedelta, state: str) -> None:
    behind = IndexStatus("x", 1300, 7, writable=False, note="a note")
    check = index(behind, 9, unmoved)
    assert (check.state, measured(check)["index_lag_changes"]) == (state, 2)
    assert check.says == "1,300 records · 2 changes behind · another process writes it · a note"
    assert index(replace(behind, watermark=9), 9, unmoved).state == "ok"


def standing(state: Harvest | None) -> Standing:
    (planned,) = parse(
        {"source": [{"kind": "pubmed", "query": "tumour", "every": "1d"}]}, "sources.toml"
    )
    if state is not None:
        state = replace(state, asks=planned.asks)
    return Standing(planned, state, NOW)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, "unknown"),
        (Harvest("pubmed", "", succeeded=NOW - timedelta(hours=30)), "ok"),
        (Harvest("pubmed", "", succeeded=NOW - timedelta(hours=30) - SECOND), "bad"),
        (Harvest("pubmed", "", error="Down.", failures=FAILURES - 1), "unknown"),
        (Harvest("pubmed", "", error="Down.", failures=FAILURES), "bad"),
    ],
)
def test_a_source_is_late_six_hours_after_its_turn(state: Harvest | None, expected: str) -> None:
    assert one(harvests([standing(state)])).state == expected


def test_no_source_is_in_order() -> None:
    assert one(harvests([])).says == "none planned"


@pytest.mark.parametrize(("age", "state"), [(CUT_OFF - SECOND, "ok"), (CUT_OFF, "bad")])
def test_an_import_without_an_end_was_cut_off(age: timedelta, state: str) -> None:
    begun = Import(7, NOW - age, "ann", None, "refs.ris", 500)
    ended, undone = replace(begun, counts={"new": 500}), replace(begun, undone_at=NOW)
    check = one(imports([begun, ended, undone], NOW))
    assert check.state == state
    assert ("import cut off: 7" in check.says) is (state == "bad")


@pytest.mark.parametrize(("age", "state"), [(BACKUP_AGE - SECOND, "ok"), (BACKUP_AGE, "bad")])
def test_a_backup_is_old_after_eight_days(age: timedelta, state: str) -> None:
    assert one(backup(NOW - age, NOW)).state == state


def test_no_backup_is_not_known_to_be_in_order() -> None:
    assert one(backup(None, NOW)).state == "unknown"


@pytest.mark.parametrize(
    ("age", "state", "shown"),
    [
        (CLOCK_WRONG - SECOND, "bad", True),
        (CLOCK_WRONG, "ok", True),
        (CLOCK_SHOWN, "ok", True),
        (CLOCK_SHOWN + SECOND, "ok", False),
    ],
)
def test_a_jump_of_the_clock_is_shown_for_a_week(age: timedelta, state: str, shown: bool) -> None:
    check = one(clock(ClockNote(NOW - age, 7200.0, healed=2), NOW))
    assert (check.state, "jumped ahead by 2 hours" in check.says) == (state, shown)


def test_a_disk_is_full_below_what_a_day_takes() -> None:
    assert room(LEAST_FREE, "x")
    with pytest.raises(StoreFull):
        room(LEAST_FREE - 1, "x")


def test_every_check_has_a_name_of_its_own_and_a_broken_part_is_one_of_them(
    tmp_path: Path,
) -> None:
    """A sources file that cannot be read; what the serving process knows."""
    sources = tmp_path / "sources.toml"
    sources.write_text("nonsense")
    process = Process(lambda: False, lambda: [("index", None), ("outbox", "Down.")])
    settings = Settings(home=tmp_path / "home", sources=sources, starter=False, complete=True)
    with opened(settings, lambda: NOW) as services:
        checks = {check.name: check for check in Health(services, process).checks()}
        assert len(checks) == len(Health(services, process).checks())
    bad = {name for name, check in checks.items() if check.state == "bad"}
    assert bad == {"harvests", "completing_records", "slack", "workers:outbox"}
    assert "is not TOML" in checks["harvests"].line
    assert measured(checks["slack"]) == {"slack_connected": 0}
    assert all(check.todo for name, check in checks.items() if name in bad)
    assert [name for name, check in checks.items() if check.is_vital] == ["store"]
