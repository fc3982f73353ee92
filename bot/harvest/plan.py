"""The sources file: what is harvested, from where, and how often.

One TOML file with a `[[source]]` table for each harvest; `tme harvest --example` prints one with
every key explained.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.errors import SettingsError
from bot.sources import SourceKind, harvested
from bot.store.harvests import Harvest

_NAME = re.compile(r"[\w.-]{1,60}")
_EVERY = re.compile(r"(\d{1,3}) ?(h|d|w)", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DEFAULT_EVERY = timedelta(days=1)
# No failure puts a harvest off for longer; what says so was written while a clock was ahead.
_LONGEST_PAUSE = timedelta(days=7)
_CLOCKS_DIFFER = timedelta(hours=1)
# So much later than planned is late, and worth saying.
_GRACE = timedelta(hours=6)
_LONGEST_QUERY = 20_000
_KEYS = ("name", "kind", "query", "since", "every", "address")
_HINT = "`tme harvest --example` prints a file with every key explained."


@dataclass(frozen=True, slots=True)
class Planned:
    """One harvest of the sources file.

    `query` is in the source's own language (or the name of a set), `since` the first day of the
    first run, `every` how often it runs under `tme serve`.
    """

    name: str
    kind: SourceKind
    query: str
    since: date | None
    every: timedelta
    address: str
    options: Mapping[str, str]

    @property
    def place(self) -> str:
        """The host that is queried: one harvest at a time asks it."""
        return urlsplit(self.address).netloc.lower()

    @property
    def asks(self) -> str:
        """The query and its source. A cursor belongs to just that."""
        options = "".join(f" {key}={value}" for key, value in sorted(self.options.items()))
        return f"{self.kind.name} {self.address} {self.query!r} {self.since}{options}"


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a harvest: its plan, how far it has come (None: it never began), and when."""

    planned: Planned
    state: Harvest | None
    now: datetime

    @property
    def is_due(self) -> bool:
        """Whether its time has come: never run, unfinished, or not for as long as planned.

        Not before the time it was put off to after a failure.
        """
        state = self.state
        if state is None or state.asks != self.planned.asks:
            return True
        put_off = state.not_before
        if put_off is not None and self.now < put_off <= self.now + _LONGEST_PAUSE:
            return False
        if state.began is not None or state.succeeded is None:
            return True
        # One that succeeded in days to come did so while the clock was wrong.
        waited = self.now - state.succeeded
        return waited >= self.planned.every or waited < -_CLOCKS_DIFFER

    @property
    def late(self) -> timedelta | None:
        """How far its last success is behind what was planned; None where that is no concern."""
        if self.state is None or self.state.succeeded is None:
            return None
        late = self.now - self.state.succeeded - self.planned.every
        return late if late > _GRACE else None


def standings(plan: Iterable[Planned], states: Iterable[Harvest], now: datetime) -> list[Standing]:
    """The state of every harvest of a plan, in its order."""
    stored = {state.name: state for state in states}
    return [Standing(each, stored.get(each.name), now) for each in plan]


def load(path: Path) -> tuple[Planned, ...]:
    """The harvests of a sources file; none where there is no such file.

    Raises SettingsError, naming the entry and what is wrong.
    """
    if not path.exists():
        return ()
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.", _HINT) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text.", _HINT) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path.name} is not TOML: {str(error)[:200]}.", _HINT) from None
    return parse(read, path.name)


def parse(read: Mapping[str, Any], file: str) -> tuple[Planned, ...]:
    """The harvests of a sources file that was read as TOML. Raises SettingsError."""
    entries = read.get("source", [])
    if not isinstance(entries, list) or set(read) - {"source"}:
        raise SettingsError(f"{file} may hold [[source]] tables and nothing else.", _HINT)
    planned = tuple(
        _Entry(entry, f"{file}, source {place}").planned()
        for place, entry in enumerate(entries, start=1)
    )
    names = [each.name for each in planned]
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"{file} has two sources named {name}.", "Give each its own name.")
    return planned


class _Entry:
    """One `[[source]]` table, read key by key. Raises SettingsError."""

    def __init__(self, entry: object, where: str) -> None:
        self._where = where
        if not isinstance(entry, dict):
            raise SettingsError(f"{where} is not a table.", _HINT)
        self._entry: dict[str, object] = entry

    def planned(self) -> Planned:
        """The harvest it plans."""
        kind = self._kind()
        name = self._text("name") or kind.name
        if not _NAME.fullmatch(name):
            self._refuse("its name may have letters, digits, '.', '-' and '_' only")
        self._where += f" ({name})"
        unknown = sorted(set(self._entry) - {*_KEYS, *kind.options})
        if unknown:
            self._refuse(f"a source of kind {kind.name} has no key {unknown[0]!r}")
        return Planned(
            name=name,
            kind=kind,
            query=self._query(kind),
            since=self._since(),
            every=self._every(),
            address=self._address(kind),
            options={key: self._text(key) for key in kind.options if key in self._entry},
        )

    def _refuse(self, why: str) -> None:
        raise SettingsError(f"{self._where}: {why}.", _HINT)

    def _text(self, key: str) -> str:
        value = self._entry.get(key, "")
        if not isinstance(value, str):
            self._refuse(f"{key} is not text")
        return str(value).strip()

    def _kind(self) -> SourceKind:
        named = self._text("kind")
        for kind in harvested():
            if kind.name == named:
                return kind
        known = ", ".join(kind.name for kind in harvested())
        answers = f"there is no kind of source {named[:40]!r}" if named else "it has no kind"
        raise SettingsError(f"{self._where}: {answers}; the kinds are {known}.", _HINT)

    def _query(self, kind: SourceKind) -> str:
        query = self._text("query")
        if len(query) > _LONGEST_QUERY:
            self._refuse(f"its query has more than {_LONGEST_QUERY:,} characters")
        if not query and kind.query_needed:
            self._refuse(f"it has no query ({kind.query_means})")
        return query

    def _since(self) -> date | None:
        value = self._entry.get("since")
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self._refuse("since is not a day, as in: since = 2020-01-31")
        return None

    def _every(self) -> timedelta:
        written = self._text("every")
        if not written:
            return _DEFAULT_EVERY
        match = _EVERY.fullmatch(written)
        if match is None or int(match[1]) == 0:
            self._refuse('every is not a time, as in: every = "12h", "1d" or "2w"')
            return _DEFAULT_EVERY
        return int(match[1]) * _UNITS[match[2]]

    def _address(self, kind: SourceKind) -> str:
        address = self._text("address") or kind.address
        if not address:
            self._refuse("it has no address")
        if not address.isascii() or not re.match(r"https?://[^/\s?#@]+(?:[/?#]|$)", address):
            self._refuse("its address does not begin with https://")
        return address


def sources_down(standings: Iterable[Standing]) -> str | None:
    """Which planned sources do not answer, and since when; None where all do."""
    down = [each for each in standings if each.state is not None and each.state.error is not None]
    if not down:
        return None
    answers = []
    for each in down:
        last = each.state.succeeded if each.state else None
        since = f"since {last:%Y-%m-%d}" if last else "at all yet"
        answers.append(f"{each.planned.name} has not been harvested {since}")
    return f"{'; '.join(answers)}, so there may be more than I know of."
