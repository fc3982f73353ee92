"""What a check is, and what is in order: pure functions over what the store and the index say.

Each check says what was looked at, what was found, whether that is in order, and what to do where
it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.errors import StoreFull, TmeError
from bot.store.backup import age
from handlers.views.harvests import line_of as line_of_harvest
from handlers.views.mrkdwn import fit
from handlers.views.wording import count, day

if TYPE_CHECKING:
    from bot.harvest.plan import Standing
    from bot.index import IndexStatus
    from bot.store.deliveries import Outstanding
    from bot.store.imports import Import
    from bot.store.inbox import Unanswered
    from bot.store.values import ClockNote

State: TypeAlias = Literal["ok", "bad", "unknown"]
# A post or an answer that is later than this is late; Slack and a busy disk take seconds.
LATE = timedelta(minutes=15)
# An index that gets no further for so long while the store is ahead of it is stuck.
STUCK = timedelta(minutes=5)
# An import that began so long ago and has no end was cut off: a reader has minutes.
CUT_OFF = timedelta(hours=1)
# Who backs up every week is late after eight days.
BACKUP_AGE = timedelta(days=8)
# For so long after a jump the clock counts as wrong, and for so long the jump is shown.
CLOCK_WRONG, CLOCK_SHOWN = timedelta(hours=1), timedelta(days=7)
# A service that fails so often in a row is not only slow.
FAILURES = 3
# Below this the database and the index cannot grow by a day's records, in bytes.
LEAST_FREE = 64_000_000


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a check, as Prometheus reads it; `label` tells apart what has the same name."""

    name: str
    value: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `part` is what of it, where it has several (a source, a worker).

    `says` is what was found, in a line, and `todo` what to do about it. `is_vital`: without it
    nobody is answered. `for_operator`: of no interest to who asks in Slack.
    """

    what: str
    state: State
    says: str
    todo: str = ""
    part: str = ""
    measures: tuple[Measure, ...] = ()
    is_vital: bool = False
    for_operator: bool = False

    @property
    def name(self) -> str:
        """Unlike every other check's, and the same at each look."""
        return self.what.lower().replace(" ", "_") + (f":{self.part}" if self.part else "")

    @property
    def line(self) -> str:
        """What was found and what to do, as sentences on one line."""
        end = "" if not self.todo or self.says.endswith((".", "!", "?")) else "."
        return f"{self.says}{end} {self.todo}".rstrip()

    def as_json(self) -> dict[str, object]:
        """As scripts read it."""
        return {
            "what": self.what, "part": self.part or None, "ok": self.state != "bad",
            "state": self.state, "says": self.line, "todo": self.todo or None,
            "measures": {
                each.name + (f":{each.label}" if each.label else ""): each.value
                for each in self.measures
            },
        }  # fmt: skip


def found(what: str, look: Callable[[], str], *, is_vital: bool = False) -> Check:
    """A check that says what `look` says; bad where it raises TmeError, with its hint."""
    try:
        return Check(what, "ok", look(), is_vital=is_vital)
    except TmeError as error:
        return Check(what, "bad", error.message, error.hint, is_vital=is_vital)


def room(free: int, where: str) -> str:
    """How much room is left on a disk, in bytes. Raises StoreFull where it is too little."""
    if free < LEAST_FREE:
        raise StoreFull(
            f"There is no room on the disk of {where}: {free / 1e6:.0f} MB are free.",
            "Free some; until then the bot answers from what is stored and keeps nothing.",
        )
    return f"{free / 1e9:,.1f} GB free"


def index(status: IndexStatus, sequence: int, unmoved: timedelta) -> Check:
    """How far the search index is behind the store, and whether it has stopped following."""
    behind = max(sequence - status.watermark, 0)
    fresh = f"{count(behind, 'change')} behind" if behind else "up to date"
    others = [] if status.writable else ["another process writes it"]
    notes = [fit(status.note, 200)] if status.note else []
    is_stuck = behind > 0 and unmoved >= STUCK
    return Check(
        "Search index",
        "bad" if is_stuck else "ok",
        " · ".join([count(status.records, "record"), fresh, *others, *notes]),
        "It does not follow: see the log; it may be deleted and rebuilds itself." * is_stuck,
        measures=(
            Measure("index_records", status.records),
            Measure("index_lag_changes", behind),
        ),
    )


def harvests(standings: Sequence[Standing]) -> Iterator[Check]:
    """Each planned source: when it was last harvested to the end; bad when it is late."""
    if not standings:
        yield Check("Harvests", "ok", "none planned")
    for each in standings:
        name, state = each.planned.name, each.state
        succeeded = state.succeeded if state is not None else None
        never = state is not None and succeeded is None and state.failures >= FAILURES
        measures = [Measure("source_failures", state.failures if state else 0, name)]
        if succeeded is not None:
            seconds = (each.now - succeeded).total_seconds()
            measures.append(Measure("source_age_seconds", max(seconds, 0.0), name))
        is_bad = never or each.late is not None
        yield Check(
            "Harvests",
            "bad" if is_bad else "unknown" if succeeded is None else "ok",
            line_of_harvest(each),
            (state.hint if state is not None else "") or "" if is_bad else "",
            part=name,
            measures=tuple(measures),
        )


def digests(left: Outstanding, now: datetime) -> Iterator[Check]:
    """What has not gone out: nothing of it is lost, but a schedule may not be kept."""
    waits = []
    if left.pending and left.oldest is not None:
        due = f"{day(left.oldest)} {left.oldest:%H:%M} UTC"
        waits.append(f"{count(left.pending, 'post')} to go out, the oldest due {due}")
    if left.doubtful:
        waits.append(
            f"{count(left.doubtful, 'post')} may have gone out and {_need(left.doubtful)} "
            "a person's word: tme subscriptions --doubtful lists them"
        )
    if left.refused:
        waits.append(f"{count(left.refused, 'post')} refused by Slack")
    if left.second_posts:
        waits.append(f"{count(left.second_posts, 'second post')} being taken back")
    if left.twice:
        waits.append(
            f"{count(left.twice, 'post')} may be there twice and {_need(left.twice)} a person: "
            "tme subscriptions --twice says which, why, and what to do"
        )
    seconds = _age(left.oldest, now)
    yield Check(
        "Digests",
        "bad" if seconds >= LATE.total_seconds() or left.doubtful or left.twice else "ok",
        " · ".join(waits) or "all posted",
        measures=(
            Measure("outbox_pending", left.pending),
            Measure("outbox_age_seconds", seconds),
            Measure("outbox_need_a_person", left.doubtful + left.twice),
            Measure("outbox_refused", left.refused),
        ),
    )


def answers(left: Unanswered, now: datetime) -> Iterator[Check]:
    """What people wait for, and what went otherwise in the last week."""
    shown = []
    if left.waiting and left.oldest is not None:
        since = f"{day(left.oldest)} {left.oldest:%H:%M} UTC"
        shown.append(f"{count(left.waiting, 'request')} not answered yet, the oldest of {since}")
    if left.repeats:
        shown.append(f"{count(left.repeats, 'answer')} of this week in doubt, and offered again")
    if left.given_up:
        shown.append(f"{count(left.given_up, 'request')} given up after a day")
    seconds = _age(left.oldest, now)
    yield Check(
        "Answers",
        "bad" if seconds >= LATE.total_seconds() else "ok",
        " · ".join(shown) or "nobody waits",
        measures=(
            Measure("inbox_waiting", left.waiting),
            Measure("inbox_age_seconds", seconds),
            Measure("inbox_given_up", left.given_up),
        ),
        for_operator=not shown,
    )


def imports(brought: Sequence[Import], now: datetime) -> Iterator[Check]:
    """Files that did not come to their end: a part of each is stored."""
    cut_off = [
        each
        for each in brought
        if each.counts is None and each.undone_at is None and now - each.at >= CUT_OFF
    ]
    numbers = ", ".join(str(each.number) for each in cut_off[:5])
    yield Check(
        "Imports",
        "bad" if cut_off else "ok",
        f"{count(len(cut_off), 'import')} cut off: {numbers}" if cut_off else "none was cut off",
        "Import the file again, or take it out: `tme import --undo ID`." if cut_off else "",
        measures=(Measure("imports_cut_off", len(cut_off)),),
        for_operator=True,
    )


def clock(note: ClockNote | None, now: datetime) -> Iterator[Check]:
    """When the machine's clock was noticed to be wrong, by how much, and what was put right."""
    if note is None or abs(now - note.at) > CLOCK_SHOWN:
        measures = (Measure("clock_jump_seconds", 0.0),)
        yield Check("Clock", "ok", "no jump noticed", measures=measures, for_operator=True)
        return
    way = "jumped ahead by" if note.seconds > 0 else "went back by"
    jumped = f"{way} {_span(note.seconds)}" if note.seconds else "had been ahead"
    healed = f"; {count(note.healed, 'subscription')} put right" if note.healed else ""
    is_bad = abs(now - note.at) < CLOCK_WRONG
    yield Check(
        "Clock",
        "bad" if is_bad else "ok",
        f"the machine's clock {jumped}, as noticed on {day(note.at)}{healed}",
        "See that a time server sets it (`timedatectl`)." if is_bad else "",
        measures=(Measure("clock_jump_seconds", note.seconds),),
    )


def backup(made: datetime | None, now: datetime) -> Iterator[Check]:
    """When the database was last backed up by `tme backup`."""
    if made is None:
        todo = "`tme backup FILE` makes one while the bot serves."
        yield Check("Backup", "unknown", "none yet", todo, for_operator=True)
        return
    is_old = now - made >= BACKUP_AGE
    yield Check(
        "Backup",
        "bad" if is_old else "ok",
        f"last made {age(made, now)}",
        "Make one: `tme backup FILE`." if is_old else "",
        measures=(Measure("backup_age_seconds", max((now - made).total_seconds(), 0.0)),),
        for_operator=True,
    )


def _age(moment: datetime | None, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0.0) if moment is not None else 0.0


def _span(seconds: float) -> str:
    minutes = abs(seconds) / 60
    for size, name in ((60 * 24, "day"), (60, "hour")):
        if minutes >= size:
            return count(round(minutes / size), name)
    return count(round(minutes), "minute")


def _need(how_many: int) -> str:
    return "needs" if how_many == 1 else "need"
