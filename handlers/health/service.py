"""Looks at every part of the bot, and gives one list of checks.

What could not be looked at is unknown, which is not "in order".
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.errors import TmeError
from handlers.health import checks
from handlers.health.checks import FAILURES, Check, Measure, found, room
from handlers.views.harvests import completed
from handlers.views.mrkdwn import fit
from handlers.views.wording import count

if TYPE_CHECKING:
    from bot.harvest.plan import Standing
    from handlers.services import Services


@dataclass(frozen=True, slots=True)
class Process:
    """What only the process that serves knows: whether Slack is connected, and its workers.

    `workers` gives the name of each, and its trouble or None.
    """

    is_connected: Callable[[], bool]
    workers: Callable[[], Sequence[tuple[str, str | None]]]


class Health:
    """Looks at everything. Safe from any thread; what is stuck is known after two looks."""

    def __init__(self, services: Services, process: Process | None = None) -> None:
        self._services, self._process = services, process
        self._moved: tuple[int, datetime] | None = None

    def checks(self, workspace: str | None = None) -> list[Check]:
        """All checks, of one workspace or of all. Never raises TmeError."""
        services, now = self._services, self._services.now()
        store = services.store
        looks: tuple[tuple[str, Callable[[], Iterator[Check]]], ...] = (
            ("Store", self._store),
            ("Disk", self._disk),
            ("Search index", self._index),
            ("Meaning", self._meaning),
            ("Harvests", lambda: checks.harvests(services.harvesting.standings())),
            ("Completing records", self._completing),
            ("Zotero", self._zotero),
            ("Digests", lambda: checks.digests(store.deliveries.outstanding(workspace), now)),
            ("Answers", lambda: checks.answers(store.inbox.unanswered(workspace), now)),
            ("Imports", lambda: checks.imports(store.imports.all(workspace), now)),
            ("Clock", lambda: checks.clock(store.notes.clock(), now)),
            ("Backup", lambda: checks.backup(store.notes.last_backup(), now)),
            ("Slack", self._slack),
            ("Workers", self._workers),
        )
        return [check for what, look in looks for check in _looked(what, look)]

    def _store(self) -> Iterator[Check]:
        stored = self._services.store.status()
        measures = (
            Measure("store_records", stored.records),
            Measure("store_sequence", stored.sequence),
            Measure("store_schema_version", stored.schema_version),
        )
        says = f"{count(stored.records, 'record')}, schema {stored.schema_version}"
        yield Check("Store", "ok", says, measures=measures, is_vital=True, for_operator=True)

    def _disk(self) -> Iterator[Check]:
        free = shutil.disk_usage(self._services.settings.home).free
        check = found("Disk", lambda: room(free, "the data folder"))
        yield Check(
            check.what, check.state, check.says, check.todo,
            measures=(Measure("disk_free_bytes", free),), for_operator=True,
        )  # fmt: skip

    def _index(self) -> Iterator[Check]:
        status, sequence = self._services.index.status(), self._services.store.sequence()
        now = self._services.now()
        if self._moved is None or self._moved[0] != status.watermark or now < self._moved[1]:
            self._moved = status.watermark, now
        yield checks.index(status, sequence, now - self._moved[1])

    def _meaning(self) -> Iterator[Check]:
        semantic = self._services.semantic
        if semantic is not None:
            read, left = semantic.counts()
            says = f"{semantic.state()}: {read:,} records read, {left:,} changes to read"
            measures = (Measure("meaning_records", read), Measure("meaning_lag_changes", left))
            yield Check("Meaning", "ok", says, measures=measures, for_operator=True)

    def _zotero(self) -> Iterator[Check]:
        says = self._services.zotero()
        if says is not None:
            yield Check("Zotero", "ok", says)

    def _completing(self) -> Iterator[Check]:
        services = self._services
        if not services.settings.complete:
            yield Check("Completing records", "ok", "switched off")
            return
        counts = {each.source: each for each in services.store.lookups.counts()}
        for each in services.completing.standings():
            name, state = each.planned.kind.name, each.state
            failures = state.failures if state is not None and state.error is not None else 0
            looked = counts.get(name)
            yield Check(
                "Completing records",
                "bad" if failures >= FAILURES else "ok",
                completed(each, looked, is_keyless=self._is_keyless(each)),
                state.hint or "" if state is not None and failures else "",
                part=name,
                measures=(
                    Measure("completing_works", looked.works if looked else 0, name),
                    Measure("completing_failures", failures, name),
                ),
            )

    def _is_keyless(self, standing: Standing) -> bool:
        """Whether a service that answers little without a key has none."""
        kind = standing.planned.kind
        key = standing.planned.options.get("api_key") or self._services.settings.secret(kind.key)
        return bool(kind.key) and not (kind.keyless or key)

    def _slack(self) -> Iterator[Check]:
        if self._process is not None:
            is_connected = self._process.is_connected()
            yield Check(
                "Slack",
                "ok" if is_connected else "bad",
                "connected" if is_connected else "not connected",
                "" if is_connected else "The bot tries again by itself; see the log and Slack's.",
                measures=(Measure("slack_connected", is_connected),),
                for_operator=True,
            )

    def _workers(self) -> Iterator[Check]:
        for name, trouble in self._process.workers() if self._process is not None else ():
            yield Check(
                "Workers",
                "bad" if trouble else "ok",
                f"{name}: {fit(trouble, 200) if trouble else 'works'}",
                "See the log." if trouble else "",
                part=name,
                measures=(Measure("worker_works", trouble is None, name),),
                for_operator=True,
            )


def _looked(what: str, look: Callable[[], Iterator[Check]]) -> list[Check]:
    """What a look found, or that it could not look."""
    try:
        return list(look())
    except TmeError as error:
        is_vital = what in {"Store", "Search index"}
        return [Check(what, "bad", error.message, error.hint, is_vital=is_vital)]
