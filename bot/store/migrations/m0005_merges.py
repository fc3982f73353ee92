"""Version with merges: what each source stated, what was joined, notices, and what has changed."""

from sqlite_utils import Database

# What came from each source of a record that is made of several; a record from one source only is
# its own version and has no rows here.
_VERSIONS = """
CREATE TABLE versions (
    record_id TEXT NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (record_id, number)
) WITHOUT ROWID
"""

# Two records joined, each as it was before (JSON: the record, and its versions), so that the
# merge can be undone. `result_hash` is the content hash of what they became.
_MERGES = """
CREATE TABLE merges (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    author TEXT NOT NULL,
    why TEXT NOT NULL,
    kept TEXT NOT NULL,
    absorbed TEXT NOT NULL,
    kept_was TEXT NOT NULL,
    absorbed_was TEXT NOT NULL,
    result_hash TEXT NOT NULL,
    undone TEXT
)
"""
_MERGES_BY_ABSORBED = "CREATE INDEX merges_by_absorbed ON merges (absorbed, undone)"
_MERGES_BY_KEPT = "CREATE INDEX merges_by_kept ON merges (kept, undone)"

# A record that is no longer stored under its own id, at its place in the change sequence.
_GONE = """
CREATE TABLE gone (
    sequence INTEGER NOT NULL PRIMARY KEY,
    record_id TEXT NOT NULL UNIQUE
)
"""

# Two records that someone stated are two works. `one` sorts before `other`.
_APART = """
CREATE TABLE apart (
    one TEXT NOT NULL,
    other TEXT NOT NULL,
    at TEXT NOT NULL,
    author TEXT NOT NULL,
    PRIMARY KEY (one, other)
) WITHOUT ROWID
"""

# The works that records declare a relation to, so that either is found from the other.
_RELATIONS = """
CREATE TABLE relations (
    record_id TEXT NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (record_id, kind, scheme, value)
) WITHOUT ROWID
"""
_RELATIONS_BY_VALUE = "CREATE INDEX relations_by_value ON relations (scheme, value)"

# What became known of a record after it was first stored: retracted, published …
_HAPPENINGS = """
CREATE TABLE happenings (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    record_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    notice TEXT,
    source TEXT
)
"""

# When the standing of a record was last requested, regardless of the outcome.
_CHECKS = """
CREATE TABLE checks (
    record_id TEXT NOT NULL PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    at TEXT NOT NULL
) WITHOUT ROWID
"""
_CHECKS_BY_AGE = "CREATE INDEX checks_by_age ON checks (at)"

# Records that a team has used (posted, saved, cited): they are checked first.
_USED = """
CREATE TABLE used (
    record_id TEXT NOT NULL PRIMARY KEY REFERENCES records (id) ON DELETE CASCADE,
    at TEXT NOT NULL
) WITHOUT ROWID
"""

# Notices from a list that an operator imported, by the identifier of the work they are about,
# stored or not. `place` is where the list has it.
_NOTICES = """
CREATE TABLE notices (
    list TEXT NOT NULL,
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    place INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (scheme, value, list, place)
) WITHOUT ROWID
"""
_LISTS = """
CREATE TABLE notice_lists (
    list TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    notices INTEGER NOT NULL
) WITHOUT ROWID
"""


def m0005_merges(db: Database) -> None:
    """Make the tables of merging, relations, notices and happenings."""
    for statement in (
        _VERSIONS,
        _MERGES,
        _MERGES_BY_ABSORBED,
        _MERGES_BY_KEPT,
        _GONE,
        _APART,
        _RELATIONS,
        _RELATIONS_BY_VALUE,
        _HAPPENINGS,
        _CHECKS,
        _CHECKS_BY_AGE,
        _USED,
        _NOTICES,
        _LISTS,
    ):
        db.execute(statement)
