"""How harvests stand, in plain words, a line each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.store.lookups import LookupCount
from handlers.views.mrkdwn import fit
from handlers.views.wording import count, day

if TYPE_CHECKING:
    from bot.harvest.plan import Standing

# A harvest that was not heard of for so long is not running: its process was ended. (One that is
# told to wait, and waits, may be silent for long.)
_STILL_RUNNING = timedelta(minutes=30)


def line_of(standing: Standing) -> str:
    """A harvest with its last success, how far it lags, and what is wrong with it."""
    state, now = standing.state, standing.now
    name = fit(standing.planned.name, 60)
    if state is None:
        return f"{name}: not harvested yet"
    if state.error is not None:
        again = f"; tried again after {_moment(state.not_before)}" if state.not_before else ""
        return f"{name}: {fit(state.error, 200)} {_last(standing)}{again}"
    if state.began is not None and state.tried is not None:
        of = f" of {state.total:,}" if state.total else ""
        read = f"{state.counts.read:,}{of} read"
        if now - state.tried < _STILL_RUNNING:
            return f"{name}: being harvested since {_moment(state.began)}, {read}"
        return f"{name}: stopped half-way ({read}); the next harvest goes on from there"
    counts = f"{count(state.counts.read, 'record')}, {state.counts.new:,} new"
    return f"{name}: {_last(standing)} ({counts})"


def completed(standing: Standing, lookups: LookupCount | None, *, is_keyless: bool = False) -> str:
    """How many works a service was queried about to complete their records, and its trouble.

    `is_keyless`: it knows keys, and none is set.
    """
    name, state = standing.planned.kind.label, standing.state
    looked = "not queried yet"
    if lookups is not None and lookups.last is not None:
        looked = (
            f"{count(lookups.works, 'work')} looked up, {lookups.known:,} known there,"
            f" last {day(lookups.last)}"
        )
    looked += "; no key is set" if is_keyless else ""
    if state is None or state.error is None:
        return f"{name}: {looked}"
    again = f"; tried again after {_moment(state.not_before)}" if state.not_before else ""
    return f"{name}: {looked}; {fit(state.error, 200)}{again}"


def _last(standing: Standing) -> str:
    """When it was last harvested to the end, and how far it is behind what was planned."""
    state, late = standing.state, standing.late
    if state is None or state.succeeded is None:
        return "Never harvested to the end"
    behind = f", {_span(late)} late" if late is not None else ""
    return f"Last harvested {day(state.succeeded)}{behind}"


def _span(length: timedelta) -> str:
    return count(length.days, "day") if length.days else count(length.seconds // 3600, "hour")


def _moment(moment: datetime) -> str:
    return f"{day(moment)}, {moment:%H:%M} UTC"
