"""How far harvests have come, who may harvest a place, and what sources were seen to hold."""

from sqlite_utils import Database

# A harvest that never ended has `began`; `counts` is a JSON object.
_HARVESTS = """
CREATE TABLE harvests (
    name TEXT NOT NULL PRIMARY KEY,
    asks TEXT NOT NULL,
    began TEXT,
    since TEXT,
    cursor TEXT,
    succeeded TEXT,
    covers TEXT,
    tried TEXT,
    error TEXT,
    hint TEXT,
    failures INTEGER NOT NULL,
    not_before TEXT,
    counts TEXT NOT NULL,
    total INTEGER
) WITHOUT ROWID
"""
_LEASES = """
CREATE TABLE harvest_leases (
    place TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until TEXT NOT NULL
) WITHOUT ROWID
"""
# Identifiers and not record ids: a record may be merged into another.
_SIGHTINGS = """
CREATE TABLE harvest_sightings (
    source TEXT NOT NULL,
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    seen TEXT NOT NULL,
    gone TEXT,
    PRIMARY KEY (source, scheme, value)
) WITHOUT ROWID
"""
_SIGHTINGS_BY_AGE = (
    "CREATE INDEX harvest_sightings_by_age ON harvest_sightings (source, seen) WHERE gone IS NULL"
)


def m0004_harvests(db: Database) -> None:
    """Make the three tables of harvesting."""
    for statement in (_HARVESTS, _LEASES, _SIGHTINGS, _SIGHTINGS_BY_AGE):
        db.execute(statement)
