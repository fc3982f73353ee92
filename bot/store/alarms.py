"""The store area of alarms: what has been bad, since when, and whether people were notified.

Shared by all processes over one store, so that an episode is announced once. It is one small value.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.store.connections import Connections
from bot.store.deliveries import NewDelivery
from bot.store.outbox import insert

_GET = "SELECT value FROM meta WHERE key = 'alarms'"
_SET = """
INSERT INTO meta (key, value) VALUES ('alarms', ?)
ON CONFLICT (key) DO UPDATE SET value = excluded.value
"""
# What was not looked at for so long is there no more: a source that is no longer planned.
_FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """An episode that is to be announced, or one that was announced and is over."""

    name: str
    since: datetime
    is_over: bool


class AlarmStore:
    """Episodes. Errors and transactions as for `StateStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def step(
        self,
        states: Mapping[str, bool],
        now: datetime,
        after: timedelta,
        announce: Callable[[Turn], NewDelivery | None],
    ) -> list[Turn]:
        """Take in which names are bad now; what has turned, each with its delivery written.

        What is bad for `after` is announced once, and once more when it is good again. Names that
        are not in `states` stay as they are.
        """
        with self._connections.reading() as db:
            stored = db.execute(_GET).fetchone()
        if stored is None and not any(states.values()):
            return []
        with self._connections.writing() as db:
            row = db.execute(_GET).fetchone()
            before = {
                name: (datetime.fromisoformat(since), datetime.fromisoformat(seen), bool(raised))
                for name, (since, seen, raised) in json.loads(row[0] if row else "{}").items()
            }
            kept, turns = _next(before, states, now.astimezone(UTC), after)
            for turn in turns:
                new = announce(turn)
                if new is not None:
                    insert(db, new, now)
            if kept != before:
                values = {
                    name: (since.isoformat(), seen.isoformat(), raised)
                    for name, (since, seen, raised) in kept.items()
                }
                db.execute(_SET, [json.dumps(values)])
        return turns


def _next(
    before: Mapping[str, tuple[datetime, datetime, bool]],
    states: Mapping[str, bool],
    now: datetime,
    after: timedelta,
) -> tuple[dict[str, tuple[datetime, datetime, bool]], list[Turn]]:
    """The episodes from now on, and which of them have turned."""
    kept = {
        name: entry
        for name, entry in before.items()
        if name not in states and now - entry[1] < _FORGOTTEN
    }
    turns = []
    for name, is_bad in states.items():
        since, _, raised = before.get(name, (now, now, False))
        if is_bad:
            since = min(since, now)  # it began while a clock was ahead
            if not raised and now - since >= after:
                turns.append(Turn(name, since, is_over=False))
                raised = True
            kept[name] = (since, now, raised)
        elif raised:
            turns.append(Turn(name, since, is_over=True))
    return kept, turns
