"""Version 1: records, what they are found by, and what a conversation needs."""

from sqlite_utils import Database

# Columns next to `body` (the record as JSON) repeat what a query or an index needs.
# `strong` says whether the record has an identifier that names the work; `published` is the first
# day its publication date can mean.
_RECORDS = """
CREATE TABLE records (
    id TEXT NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    content_hash TEXT NOT NULL,
    content_key TEXT NOT NULL,
    strong INTEGER NOT NULL,
    title_key TEXT NOT NULL,
    published TEXT,
    first_seen TEXT NOT NULL,
    body TEXT NOT NULL
)
"""
_RECORDS_BY_KEY = "CREATE INDEX records_by_key ON records (content_key, strong, first_seen, id)"
_RECORDS_BY_TITLE = "CREATE INDEX records_by_title ON records (title_key)"
_RECORDS_BY_AGE = (
    "CREATE INDEX records_by_age ON records (first_seen DESC, published DESC, sequence DESC)"
)

# Not unique by value: an ORCID or ISSN is on many records, and two records may turn out to share
# a DOI, which is a fact to keep and not an error.
_IDENTIFIERS = """
CREATE TABLE identifiers (
    record_id TEXT NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('own', 'contributor', 'journal')),
    PRIMARY KEY (record_id, scheme, value, role)
) WITHOUT ROWID
"""
_IDENTIFIERS_BY_VALUE = "CREATE INDEX identifiers_by_value ON identifiers (scheme, value)"

# `sequence` counts changes and only grows, so that no number is ever used again.
_META = "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value) WITHOUT ROWID"
_META_ROWS = """
INSERT INTO meta (key, value) VALUES ('sequence', 0), ('generation', lower(hex(randomblob(16))))
"""

_EVENTS_SEEN = """
CREATE TABLE events_seen (
    workspace TEXT NOT NULL,
    event_id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (workspace, event_id)
) WITHOUT ROWID
"""
_CONVERSATIONS = """
CREATE TABLE conversations (
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    thread TEXT NOT NULL,
    query TEXT NOT NULL,
    "offset" INTEGER NOT NULL,
    record_ids TEXT NOT NULL,
    ranked INTEGER NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (workspace, channel, thread)
) WITHOUT ROWID
"""


def m0001_records(db: Database) -> None:
    """Make every table of version 1 and give the store its random `generation`."""
    for statement in (
        _RECORDS,
        _RECORDS_BY_KEY,
        _RECORDS_BY_TITLE,
        _RECORDS_BY_AGE,
        _IDENTIFIERS,
        _IDENTIFIERS_BY_VALUE,
        _META,
        _META_ROWS,
        _EVENTS_SEEN,
        _CONVERSATIONS,
    ):
        db.execute(statement)
