"""Alarms: what is bad for long is logged and posted to the operators' channel, once an episode."""

import logging
import socket
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.store.alarms import Turn
from bot.store.deliveries import NewDelivery
from handlers.health.checks import Check
from handlers.services import Services

log = logging.getLogger(__name__)

# What is bad for less than this heals by itself as a rule: a restart, a busy disk, a slow Slack.
ALARM_AFTER = timedelta(minutes=10)
# Of what only one process can know, each process has its own episode.
_OF_A_PROCESS = frozenset(("Slack", "Workers", "Disk", "Search index"))


class Alarms:
    """Looks at the checks, and announces what has turned. For one thread.

    `workspace` finds the owner of what is posted (None: all is logged alone); the setting may name
    it with the channel.
    `was_killed`: the process before this one ended without closing its store, which is announced
    once.
    """

    def __init__(
        self,
        services: Services,
        look: Callable[[], Sequence[Check]],
        workspace: Callable[[], str] | None,
        *,
        was_killed: bool = False,
    ) -> None:
        self._store, self._now, self._look = services.store, services.now, look
        given = services.settings.alarm_channel if workspace is not None else None
        self._channel = given and given.rpartition("/")[2]
        self._ask, self._workspace = workspace, ""
        self._was_killed = was_killed

    def step(self) -> None:
        """Look once. Raises StoreError or SlackAway: then the next look announces it."""
        if self._ask is not None and self._channel is not None and not self._workspace:
            self._workspace = self._ask()
        now = self._now()
        if self._was_killed:
            self._announce_restart(now)
        checks = {_name(check): check for check in self._look() if check.state != "unknown"}
        states = {name: check.state == "bad" for name, check in checks.items()}
        turns = self._store.alarms.step(
            states, now, ALARM_AFTER, lambda turn: self._delivery(checks[turn.name], turn, now)
        )
        for turn in turns:
            if turn.is_over:
                log.warning("In order again: %s", checks[turn.name].what)
            else:
                log.error("Bad for long: %s: %s", checks[turn.name].what, checks[turn.name].line)

    def _announce_restart(self, now: datetime) -> None:
        says = "I was ended without warning (a kill, a crash or a loss of power), and run again."
        log.warning("%s Nothing that was saved is lost.", says)
        if self._channel is not None:
            details = {"alarm": f"{socket.gethostname()}: {says}", "over": True}
            self._store.deliveries.add(self._new(f"restarted:{now.isoformat()}", now, details), now)
        self._was_killed = False

    def _delivery(self, check: Check, turn: Turn, now: datetime) -> NewDelivery | None:
        if self._channel is None:
            return None
        since = f"{turn.since:%Y-%m-%d %H:%M} UTC"
        text = f"{check.what}: {check.line} (bad since {since})"
        if turn.is_over:
            text = f"{check.what} in order again: {check.says} (it was bad since {since})"
        key = f"{turn.name}:{turn.since.isoformat()}:{'over' if turn.is_over else 'raised'}"
        return self._new(key, now, {"alarm": text, "over": turn.is_over})

    def _new(self, key: str, now: datetime, details: dict[str, object]) -> NewDelivery:
        return NewDelivery(
            key=f"alarm:{key}",
            workspace=self._workspace,
            kind="notice",
            channel=self._channel or "",
            due=now,
            details=details,
        )


def _name(check: Check) -> str:
    return f"{check.name}@{socket.gethostname()}" if check.what in _OF_A_PROCESS else check.name
