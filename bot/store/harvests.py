"""How far each harvest has come, and who may harvest a place: what survives a kill.

A harvest stores a batch of records first and its cursor afterwards. Killed between the two, it
takes that batch again: records that have not changed are left alone, so nothing is lost and nothing
is stored twice.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.errors import StoreBusy
from bot.records.models import Identifier, Scheme
from bot.store.connections import Connections


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one holder to harvest a place (a host), until it runs out or is given back."""

    place: str
    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the records of one run. `skipped` could not be read, `gone` were deleted."""

    read: int = 0
    new: int = 0
    changed: int = 0
    merged: int = 0
    unchanged: int = 0
    skipped: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Harvest:
    """One harvest by its name in the sources file, and how far it has come.

    `asks` names the query and its source: a cursor belongs to just that. `began` is when the run
    under way began (None: none is) with `since` as its first day, and `cursor` is where it goes
    on. `succeeded` is when a run last came to its end, `covers` the day up to which everything
    was taken by then. `tried` is the last try of any kind; `error` and `hint` are what went wrong
    in it, `failures` how often in a row, and `not_before` when to try again. `counts` are those
    of the run under way, else of the last; `total` is how many records the source says there are.
    """

    name: str
    asks: str
    began: datetime | None = None
    since: date | None = None
    cursor: str | None = None
    succeeded: datetime | None = None
    covers: date | None = None
    tried: datetime | None = None
    error: str | None = None
    hint: str | None = None
    failures: int = 0
    not_before: datetime | None = None
    counts: Counts = Counts()
    total: int | None = None


_COLUMNS = tuple(each.name for each in fields(Harvest))
_MOMENTS = frozenset(("began", "succeeded", "tried", "not_before"))
_DAYS = frozenset(("since", "covers"))

# The names are the fields of a class of ours; every value goes in by parameter.
_ALL = f"SELECT {', '.join(_COLUMNS)} FROM harvests ORDER BY name"  # noqa: S608
_ONE = f"SELECT {', '.join(_COLUMNS)} FROM harvests WHERE name = ?"  # noqa: S608
_SAVE = (
    f"INSERT INTO harvests ({', '.join(_COLUMNS)}) "  # noqa: S608
    f"VALUES ({', '.join('?' for _ in _COLUMNS)}) "
    f"ON CONFLICT (name) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _COLUMNS)}"
)

_CLOCKS_DIFFER = timedelta(days=1)
# Free, run out, or the holder's own; or taken while a clock was ahead, when it ends later than any
# that is taken now.
_TAKE = """
INSERT INTO harvest_leases (place, holder, until) VALUES (:place, :holder, :until)
ON CONFLICT (place) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE harvest_leases.holder = excluded.holder OR harvest_leases.until <= :now
    OR harvest_leases.until > :latest
"""
# One that ran out and that no one took is still good: no one else came in between.
_RENEW = """
UPDATE harvest_leases SET until = :until WHERE place = :place AND holder = :holder
"""
_RELEASE = "DELETE FROM harvest_leases WHERE place = :place AND holder = :holder"

_WAS_GONE = """
SELECT 1 FROM harvest_sightings
WHERE source = ? AND scheme = ? AND value = ? AND gone IS NOT NULL
"""
_SAW = """
INSERT INTO harvest_sightings (source, scheme, value, seen) VALUES (?, ?, ?, ?)
ON CONFLICT (source, scheme, value) DO UPDATE SET seen = excluded.seen, gone = NULL
"""
_LOST = """
INSERT INTO harvest_sightings (source, scheme, value, seen, gone) VALUES (?1, ?2, ?3, ?4, ?4)
ON CONFLICT (source, scheme, value) DO UPDATE SET
    gone = coalesce(harvest_sightings.gone, excluded.gone)
"""
_UNSEEN = """
SELECT scheme, value FROM harvest_sightings
WHERE source = ? AND seen < ? AND gone IS NULL ORDER BY seen, scheme, value LIMIT ?
"""


class HarvestStore:
    """The part of the store that harvests use."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def lease(self, wanted: Lease, now: datetime) -> bool:
        """Take a place; False when another holder has it. One's own lease is renewed.

        A lease that has run out may be taken by anybody.
        """
        latest = wanted.until + _CLOCKS_DIFFER
        values = {**_lease_values(wanted), "now": _text(now), "latest": _text(latest)}
        with self._connections.writing() as db:
            return db.execute(_TAKE, values).rowcount == 1

    def release(self, lease: Lease) -> None:
        """Give a place back, where it is still this holder's."""
        with self._connections.writing() as db:
            db.execute(_RELEASE, {"place": lease.place, "holder": lease.holder})

    def get(self, name: str) -> Harvest | None:
        """How far the harvest of this name has come, or None: it never began."""
        with self._connections.reading() as db:
            row = db.execute(_ONE, [name]).fetchone()
        return _harvest(row) if row else None

    def all(self) -> list[Harvest]:
        """Every harvest that ever began, by name."""
        with self._connections.reading() as db:
            return [_harvest(row) for row in db.execute(_ALL).fetchall()]

    def save(self, harvest: Harvest, lease: Lease) -> None:
        """Write how far it has come, and renew its lease, in one transaction.

        Raises StoreBusy when the place was taken by another holder meanwhile.
        """
        with self._connections.writing() as db:
            if db.execute(_RENEW, _lease_values(lease)).rowcount != 1:
                raise StoreBusy(f"{lease.place} is being harvested by another process.")
            db.execute(_SAVE, [_kept(getattr(harvest, name)) for name in _COLUMNS])

    def saw(self, source: str, seen: Sequence[Identifier], now: datetime) -> list[Identifier]:
        """Note that a source stored these records; those that were noted as gone before."""
        with self._connections.writing() as db:
            back = [
                each
                for each in seen
                if db.execute(_WAS_GONE, [source, each.scheme, each.value]).fetchone()
            ]
            db.conn.executemany(_SAW, [(source, i.scheme, i.value, _text(now)) for i in seen])
        return back

    def lost(self, source: str, gone: Identifier, now: datetime) -> None:
        """Note that a source no longer has a record."""
        with self._connections.writing() as db:
            db.execute(_LOST, [source, gone.scheme, gone.value, _text(now)])

    def longest_unseen(self, source: str, before: datetime, limit: int) -> list[Identifier]:
        """The records not seen at a source since a moment and not gone, the longest unseen first.

        `before` is the moment; of equals, the order is that of their identifiers.
        """
        with self._connections.reading() as db:
            rows = db.execute(_UNSEEN, [source, _text(before), limit]).fetchall()
        return [Identifier(scheme=Scheme(scheme), value=value) for scheme, value in rows]


def _lease_values(lease: Lease) -> dict[str, str]:
    return {"place": lease.place, "holder": lease.holder, "until": _text(lease.until)}


def _kept(value: object) -> object:
    if isinstance(value, Counts):
        return json.dumps(asdict(value))
    if isinstance(value, datetime):
        return _text(value)
    return value.isoformat() if isinstance(value, date) else value


def _harvest(row: Iterable[Any]) -> Harvest:
    values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
    for name, value in values.items():
        if name in _MOMENTS and value is not None:
            values[name] = datetime.fromisoformat(value)
        elif name in _DAYS and value is not None:
            values[name] = date.fromisoformat(value)
    known = {each.name for each in fields(Counts)}
    counts = {k: v for k, v in json.loads(values["counts"]).items() if k in known}
    return Harvest(**{**values, "counts": Counts(**counts)})


def _text(moment: datetime) -> str:
    """A moment as it is kept: UTC to the second, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
