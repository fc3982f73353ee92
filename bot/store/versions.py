"""What each source stated about a record that is made of several versions, in the SQLite file."""

from collections.abc import Sequence

from bot.records.identity import same_version, stated_hash
from bot.records.models import Record
from bot.store.connections import Database
from bot.store.records import content_hash, dump, load

_VERSIONS = "SELECT body FROM versions WHERE record_id = ? ORDER BY number"

_FORGET = "DELETE FROM versions WHERE record_id = ?"

_IS_STATED = """
SELECT 1 FROM stated WHERE hash = ? AND record_id = ? AND workspace IN ('', ?)
"""

_ADD = "INSERT INTO versions (record_id, number, body) VALUES (?, ?, ?)"


def versions_of(db: Database, stored: Record) -> list[Record]:
    """What each source stated about a stored record; itself where it came from one source only."""
    rows = db.execute(_VERSIONS, [stored.id]).fetchall()
    return [load(stored.id, body) for (body,) in rows] or [_as_version(stored)]


def keep_versions(db: Database, record_id: str, versions: Sequence[Record]) -> None:
    """Keep these in place of those before; a single one is the record itself and is not kept."""
    db.execute(_FORGET, [record_id])
    if len(versions) > 1:
        rows = [(record_id, at, dump(_as_version(v))) for at, v in enumerate(versions)]
        db.conn.executemany(_ADD, rows)


def keep_incoming(db: Database, stored: Record, incoming: Record) -> bool:
    """Keep what a source says now, next to the other versions or in place of what it stated.

    Whether it is one more version. What a file says as an earlier one did is not.
    """
    if incoming.id:
        return False  # read from the store and written back: no source has stated anything
    versions = versions_of(db, stored)
    stated = _as_version(incoming)
    for place, version in enumerate(versions):
        if same_version(version, stated):
            # The only source there is: its version is the record itself.
            if len(versions) > 1 and content_hash(version) != content_hash(stated):
                keep_versions(db, stored.id, [*versions[:place], stated, *versions[place + 1 :]])
            return False
    keep_versions(db, stored.id, [*versions, stated])
    return True


def is_repeated(db: Database, stored: Record, incoming: Record) -> bool:
    """Whether a file says of a stored record what a file said to the same people before."""
    if incoming.id or not incoming.is_file:
        return False
    values = [stated_hash(incoming), stored.id, incoming.audience or ""]
    return db.execute(_IS_STATED, values).fetchone() is not None


def _as_version(record: Record) -> Record:
    """What the source stated, without what the store and the tagger add."""
    return record.model_copy(update={"id": "", "first_seen": None, "concepts": ()})
