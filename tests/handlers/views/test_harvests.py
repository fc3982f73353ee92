"""How harvests stand, in words that need no manual."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.harvest.plan import Standing, parse
from bot.index import IndexStatus
from bot.store import StoreStatus
from bot.store.harvests import Counts, Harvest
from handlers.health.checks import Check
from handlers.views.harvests import line_of
from handlers.views.message import Audience
from handlers.views.status import status
from tests.block_check import check_message
from tests.handlers.views.samples import HOSTILE_TITLE

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
AGAIN = "tried again after 15 Jan 2026,"
[PLANNED] = parse({"source": [{"name": "archive", "kind": "ora", "every": "1d"}]}, "sources.toml")
STORE = StoreStatus("/x/tme.db", 2, 3, 3, 2, 1, (), None)
INDEX = IndexStatus("/x/index", 3, 3, True)


def standing(**state: object) -> Standing:
    return Standing(PLANNED, Harvest(name="archive", asks="", **state), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"began": NOW - HOUR, "tried": NOW, "counts": Counts(read=400), "total": 12000},
         "archive: being harvested since 15 Jan 2026, 11:00 UTC, 400 of 12,000 read"),
        ({"began": NOW - HOUR, "tried": NOW - HOUR, "counts": Counts(read=400)},
         "archive: stopped half-way (400 read); the next harvest goes on from there"),
        ({"succeeded": NOW - HOUR, "counts": Counts(read=1, new=1)},
         "archive: Last harvested 15 Jan 2026 (1 record, 1 new)"),
        ({"succeeded": NOW - 28 * HOUR}, "archive: Last harvested 14 Jan 2026 (0 records, 0 new)"),
        ({"succeeded": NOW - 32 * HOUR},
         "archive: Last harvested 14 Jan 2026, 8 hours late (0 records, 0 new)"),
        ({"succeeded": NOW - timedelta(days=5), "error": "It is down.", "not_before": NOW + HOUR},
         f"archive: It is down. Last harvested 10 Jan 2026, 4 days late; {AGAIN} 13:00 UTC"),
        ({"began": NOW, "error": "It is down.", "not_before": NOW},
         f"archive: It is down. Never harvested to the end; {AGAIN} 12:00 UTC"),
    ],
)  # fmt: skip
def test_a_harvest_is_said_in_plain_words(state: dict[str, object], words: str) -> None:
    assert line_of(standing(**state)) == words


def test_what_never_ran_is_said_to_have_not() -> None:
    assert line_of(Standing(PLANNED, None, NOW)) == "archive: not harvested yet"


@pytest.mark.parametrize("audience", list(Audience))
def test_status_shows_every_harvest_and_stays_within_limits(audience: Audience) -> None:
    hostile = standing(began=NOW, error=HOSTILE_TITLE * 9, not_before=NOW)
    harvests = [Standing(PLANNED, None, NOW), *[hostile] * 40]
    checks = [Check("Harvests", "ok", line_of(each)) for each in harvests]
    message = status(STORE, INDEX, checks, audience)
    check_message(message.payload())
    assert "Harvests: archive: not harvested yet" in message.text


def test_a_moment_of_a_harvest_is_the_readers_own() -> None:
    failed = standing(began=NOW, error="It is down.", not_before=NOW + HOUR)
    message = status(STORE, INDEX, [Check("Harvests", "bad", line_of(failed))])
    assert "<!date^1768482000^" in message.payload()["text"]
