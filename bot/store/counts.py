"""How many records there are, and how many have what: kept with each write, read at once.

Counting a million records takes seconds, and `status` and `new` are wanted at any moment. Each
record's row keeps the facts it counts for; a write counts only what it changes, in its own
transaction.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC

from bot.records.models import Record, Scheme
from bot.store.connections import Database
from bot.store.statements import records as sql

RECORD, ABSTRACT, DOI = "record", "abstract", "doi"
SOURCE, FILES = "source:", "file"


def facts(record: Record) -> dict[str, str | None]:
    """What a record counts for, by name; for a source, when it was last read (ISO, UTC)."""
    found: dict[str, str | None] = {RECORD: None}
    if record.abstract is not None:
        found[ABSTRACT] = None
    if any(each.scheme is Scheme.DOI for each in record.identifiers):
        found[DOI] = None
    for entry in record.provenance:
        at = entry.at.astimezone(UTC).isoformat(timespec="seconds") if entry.at else None
        # Files are counted as files, whatever they were read as.
        name = SOURCE + (entry.source if entry.file is None else FILES)
        found[name] = max(filter(None, (found.get(name), at)), default=None)
    return found


def change(db: Database, record_id: str, now: Mapping[str, str | None]) -> None:
    """Count what a record will have from now on in place of what its row has (nothing if new).

    Called before the row is written or deleted, in the same transaction.
    """
    row = db.execute(sql.FACTS, [record_id]).fetchone()
    before = set(json.loads(row[0])) if row else set()
    rows = [(fact, int(fact not in before), latest) for fact, latest in now.items()]
    rows += [(fact, -1, None) for fact in before.difference(now)]
    db.conn.executemany(sql.COUNT, [each for each in rows if each[1] or each[2]])


def add(db: Database, fresh: Sequence[Mapping[str, str | None]]) -> None:
    """Count what new records count for, all at once; in the transaction of their rows."""
    many: Counter[str] = Counter()
    latest: dict[str, str] = {}
    for found in fresh:
        for fact, at in found.items():
            many[fact] += 1
            if at is not None:
                latest[fact] = max(at, latest.get(fact, at))
    db.conn.executemany(sql.COUNT, [(fact, n, latest.get(fact)) for fact, n in many.items()])


def seen(
    db: Database, closed: Sequence[str]
) -> tuple[dict[str, tuple[int, str | None]], str | None]:
    """How many records count for each fact, and when the last source of it was read.

    And when the newest record came. Without what only the `closed` workspaces see; they are few.
    """
    counted = {fact: (n, at) for fact, n, at in db.execute(sql.COUNTS)}
    others = json.dumps(closed)
    if closed:
        theirs: Counter[str] = Counter()
        for facts_of, n in db.execute(sql.HIDDEN_FACTS, [others]):
            theirs.update(dict.fromkeys(json.loads(facts_of), n))
        (last,) = db.execute(sql.LAST_FILE, [others]).fetchone()
        counted = {
            fact: (n - theirs[fact], last if fact == SOURCE + FILES else at)
            for fact, (n, at) in counted.items()
        }
    newest = db.execute(sql.NEWEST_SEEN, [others]).fetchone()
    return counted, newest[0] if newest else None
