"""The store area of standing: what became known of records, and when it was requested.

A record's standing is whether it can be relied on and in what state it is: retracted, withdrawn,
corrected, under an expression of concern, published after a preprint. The store notes each change
of it in the transaction that writes the record, regardless of what brought it: a harvest, a check,
an imported list, a merge.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.records import identifiers
from bot.records.models import (
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Record,
    Relation,
    RelationKind,
    Scheme,
    unique,
)
from bot.records.preprints import is_preprint, published_doi
from bot.store.connections import Connections, Database
from bot.store.moments import text_of


class HappeningKind(StrEnum):
    """What became known of a record that was stored before it."""

    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"
    CONCERN = "concern"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Happening:
    """One change of a record's standing, at its place in the sequence of happenings.

    `record_id` is what the record is stored under today, `known_as` every id it has had (that one
    included): a post may name an older one. `notice` is the DOI, PMID or address of the notice or,
    for `PUBLISHED`, the DOI of the published version; `source` is who says so.
    """

    sequence: int
    record_id: str
    known_as: tuple[str, ...]
    kind: HappeningKind
    at: datetime
    notice: str | None = None
    source: str | None = None


def told_as(record_id: str, kind: HappeningKind, notice: str | None) -> str:
    """What a happening is known by among those that a place was informed of.

    A work is retracted once, no matter who reports it and however often; each correction is its
    own.
    """
    own = f":{notice or ''}" if kind is HappeningKind.CORRECTED else ""
    return f"{told_of(record_id)}{kind.value}{own}"


def told_of(record_id: str) -> str:
    """What the names of everything that is reported of a record begin with."""
    return f"told:{record_id}:"


@dataclass(frozen=True, slots=True)
class NoticeList:
    """A list of notices that was imported: its name, when, and how many it has."""

    name: str
    at: datetime
    notices: int


_HAPPENED = "INSERT INTO happenings (record_id, kind, at, notice, source) VALUES (?, ?, ?, ?, ?)"

_HAPPENINGS = "SELECT * FROM happenings WHERE sequence > ? ORDER BY sequence LIMIT ?"

_LAST = "SELECT max(sequence) FROM happenings"

# Where an absorbed record went, step by step, to the one that is stored.
SURVIVOR = """
WITH RECURSIVE way (id) AS (
    VALUES (?)
    UNION
    SELECT merges.kept FROM merges JOIN way ON merges.absorbed = way.id WHERE undone IS NULL
)
SELECT way.id FROM way JOIN records ON records.id = way.id LIMIT 1
"""

# Every id that was absorbed into a record, by way of others too.
_KNOWN_AS = """
WITH RECURSIVE known (id) AS (
    VALUES (?)
    UNION
    SELECT merges.absorbed FROM merges JOIN known ON merges.kept = known.id WHERE undone IS NULL
)
SELECT id FROM known
"""

_USE = """
INSERT INTO used (record_id, at)
SELECT id, ? FROM records WHERE id IN (SELECT value FROM json_each(?))
ON CONFLICT (record_id) DO UPDATE SET at = max(used.at, excluded.at)
"""

_CHECK = """
INSERT INTO checks (record_id, at)
SELECT id, ? FROM records WHERE id IN (SELECT value FROM json_each(?))
ON CONFLICT (record_id) DO UPDATE SET at = max(checks.at, excluded.at)
"""

_CLOCK_AHEAD = timedelta(days=60)
_DUE = """
SELECT records.id FROM records
LEFT JOIN checks ON checks.record_id = records.id
LEFT JOIN used ON used.record_id = records.id
WHERE checks.at IS NULL OR checks.at < iif(used.at IS NULL, ?1, ?2) OR checks.at > ?4
ORDER BY
    used.at IS NULL, checks.at IS NOT NULL, checks.at, used.at DESC, first_seen DESC, records.id
LIMIT ?3
"""

_FORGET_LIST = "DELETE FROM notices WHERE list = ?"

_LIST = """
INSERT INTO notices (list, scheme, value, place, body) VALUES (?, ?, ?, ?, ?)
"""

_NAME_LIST = """
INSERT INTO notice_lists (list, at, notices) VALUES (?, ?, ?)
ON CONFLICT (list) DO UPDATE SET at = excluded.at, notices = excluded.notices
"""

_LISTED = "SELECT body FROM notices WHERE scheme = ? AND value = ? ORDER BY list, place"

_LISTED_AND_HELD = """
SELECT DISTINCT notices.scheme, notices.value FROM notices
JOIN identifiers ON identifiers.scheme = notices.scheme AND identifiers.value = notices.value
WHERE list = ? AND role = 'own' ORDER BY notices.scheme, notices.value
"""

# What was reported of a record and is not true of it. A semicolon sorts after a colon.
_FORGET_TOLD = """
DELETE FROM works_posted
WHERE key >= :begin AND key < rtrim(:begin, ':') || ';'
    AND key NOT IN (SELECT value FROM json_each(:holds))
"""

_LISTS = "SELECT list, at, notices FROM notice_lists ORDER BY list"

_KINDS = {
    IntegrityKind.RETRACTION: HappeningKind.RETRACTED,
    IntegrityKind.WITHDRAWAL: HappeningKind.WITHDRAWN,
    IntegrityKind.CORRECTION: HappeningKind.CORRECTED,
    IntegrityKind.CONCERN: HappeningKind.CONCERN,
}
# Two sources date one notice by its print or its online day: within this many days it is one.
_SAME_NOTICE_DAYS = 90


class StandingStore:
    """Standing, as the store keeps it. Errors and transactions as for `StateStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def changes_of_standing(self, since: int, limit: int = 1000) -> list[Happening]:
        """The next happenings after a place in their sequence, oldest first.

        A number is never used twice. A record that came in retracted has no happening: no one had
        seen it otherwise. One that is no longer stored at all is left out.
        """
        with self._connections.reading() as db, db.atomic():
            rows = db.execute(_HAPPENINGS, [since, limit]).fetchall()
            return [stored for row in rows if (stored := _happening(db, row)) is not None]

    def last_happening(self) -> int:
        """The last place in the sequence of happenings; 0 when there was none."""
        with self._connections.reading() as db:
            row = db.execute(_LAST).fetchone()
        return int(row[0] or 0)

    def mark_used(self, record_ids: Iterable[str], at: datetime) -> None:
        """Note that a team posted, saved or cited these records; ids not stored are skipped."""
        self._mark(_USE, record_ids, at)

    def mark_checked(self, record_ids: Iterable[str], at: datetime) -> None:
        """Note that the standing of these records was requested, regardless of the outcome."""
        self._mark(_CHECK, record_ids, at)

    def _mark(self, statement: str, record_ids: Iterable[str], at: datetime) -> None:
        ids = json.dumps(list(record_ids))
        with self._connections.writing() as db:
            db.execute(statement, [text_of(at), ids])

    def due_for_check(
        self, before: datetime, limit: int, used_before: datetime | None = None
    ) -> list[str]:
        """Ids of records not checked since `before`; used ones, since `used_before`.

        Used ones first, each group by the longest time without an answer, never checked first.
        """
        used = text_of(used_before or before)
        # Checked in days to come: while a clock was ahead.
        ahead = text_of(before + _CLOCK_AHEAD)
        with self._connections.reading() as db:
            return [row[0] for row in db.execute(_DUE, [text_of(before), used, limit, ahead])]

    def replace_notices(
        self, name: str, notices: Iterable[tuple[Identifier, IntegrityNotice]], at: datetime
    ) -> int:
        """Keep this list in place of the one of the same name; how many notices it has."""
        # Drawn before the transaction: reading a long file must not hold the write lock.
        given = unique(
            (str(about.scheme), about.value, notice.model_dump_json(exclude_defaults=True))
            for about, notice in notices
        )
        rows = [
            (name, scheme, value, place, body) for place, (scheme, value, body) in enumerate(given)
        ]
        with self._connections.writing() as db:
            db.execute(_FORGET_LIST, [name])
            db.conn.executemany(_LIST, rows)
            db.execute(_NAME_LIST, [name, text_of(at), len(rows)])
        return len(rows)

    def listed_notices(self, identifiers: Sequence[Identifier]) -> list[IntegrityNotice]:
        """The notices of every imported list about the work of these identifiers, each once."""
        with self._connections.reading() as db:
            bodies = [
                row[0]
                for each in identifiers
                for row in db.execute(_LISTED, [str(each.scheme), each.value])
            ]
        return [IntegrityNotice.model_validate_json(body) for body in unique(bodies)]

    def listed_works(self, name: str) -> list[Identifier]:
        """The identifiers of this list under which a record is stored."""
        with self._connections.reading() as db:
            rows = db.execute(_LISTED_AND_HELD, [name]).fetchall()
        return [Identifier(scheme=Scheme(scheme), value=value) for scheme, value in rows]

    def notice_lists(self) -> list[NoticeList]:
        """The lists that were imported, by name."""
        with self._connections.reading() as db:
            rows = db.execute(_LISTS).fetchall()
        return [NoticeList(name, datetime.fromisoformat(at), count) for name, at, count in rows]


def note_happenings(db: Database, stored: Record, now: Record, at: datetime) -> None:
    """Note what became known between two states of one record, in the caller's transaction."""
    for kind, notice, source in _happened(stored, now):
        db.execute(_HAPPENED, [now.id, str(kind), text_of(at), notice, source])


def forget_told(db: Database, record: Record) -> None:
    """Forget what was reported of a record and is not true, in the caller's transaction.

    It was reported of what is another work after all; should it become true of this one, that is
    news.
    """
    holds = [
        told_as(record.id, _KINDS[notice.kind], notice.notice)
        for notice in record.integrity
        if notice.kind in _KINDS
    ]
    if not is_preprint(record) or _declared(record) is not None:
        holds.append(told_as(record.id, HappeningKind.PUBLISHED, None))
    db.execute(_FORGET_TOLD, {"begin": told_of(record.id), "holds": json.dumps(holds)})


def _happened(
    stored: Record, now: Record
) -> Iterable[tuple[HappeningKind, str | None, str | None]]:
    known: list[list[IntegrityNotice]] = []
    for notice in stored.integrity:
        _join(known, notice)
    for notice in now.integrity:
        if notice.kind in _KINDS and _join(known, notice):
            yield _KINDS[notice.kind], notice.notice, notice.source
    if is_preprint(stored) and not _declared(stored):
        declared = _declared(now)
        if declared is not None:
            yield HappeningKind.PUBLISHED, declared.identifier.value, declared.source
        elif not is_preprint(now):
            source = now.provenance[-1].source if now.provenance else None
            yield HappeningKind.PUBLISHED, published_doi(now), source


def _declared(record: Record) -> Relation | None:
    """The published version that a preprint's record names, whether or not that is stored."""
    named = (r for r in record.relations if r.kind is RelationKind.PREPRINT_OF)
    return next(named, None)


def _join(known: list[list[IntegrityNotice]], notice: IntegrityNotice) -> bool:
    """Put a notice with those that are the same one; whether it is one of its own."""
    for same in known:
        if all(_may_be_one(notice, other) for other in same):
            same.append(notice)
            return False
    known.append([notice])
    return True


def _may_be_one(notice: IntegrityNotice, other: IntegrityNotice) -> bool:
    """Whether two notices may be one, as two sources tell of it.

    A work is retracted once. It may be corrected twice, but a correction that one source names by
    its DOI and another by its PMID is one, unless their dates lie apart.
    """
    if notice.kind is not other.kind:
        return False
    if notice.kind is not IntegrityKind.CORRECTION or None in (notice.notice, other.notice):
        return True
    if _scheme(notice) == _scheme(other):
        return notice.notice == other.notice
    if notice.date is None or other.date is None:
        return True
    return abs((notice.date.earliest - other.date.earliest).days) <= _SAME_NOTICE_DAYS


def _scheme(notice: IntegrityNotice) -> Scheme | None:
    named = identifiers.parse(notice.notice or "")
    return named.scheme if named else None


def _happening(db: Database, row: tuple[int, str, str, str, str, str]) -> Happening | None:
    sequence, record_id, kind, at, notice, source = row
    survivor = db.execute(SURVIVOR, [record_id]).fetchone()
    if survivor is None:
        return None
    known_as = tuple(known[0] for known in db.execute(_KNOWN_AS, survivor))
    when = datetime.fromisoformat(at)
    return Happening(sequence, survivor[0], known_as, HappeningKind(kind), when, notice, source)
