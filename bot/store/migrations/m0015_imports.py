"""Imports of files: who brought what, when, who sees it, and which records have something of it.

What older versions took from files is marked as such, and notices that files alone stated go.
"""

import json
from typing import Any

from sqlite_utils import Database

from bot.records.models import Record
from bot.store.records import content_hash

_IMPORTS = """
CREATE TABLE imports (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    workspace TEXT,
    file TEXT NOT NULL,
    counts TEXT,
    shared_by TEXT,
    shared_at TEXT,
    undone_by TEXT,
    undone_at TEXT
)
"""

# Derived from provenance: the records that have something of an import that is not undone, and
# whether its workspace is `alone` in seeing them.
_BROUGHT = """
CREATE TABLE brought (
    record_id TEXT NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    import INTEGER NOT NULL,
    workspace TEXT,
    alone INTEGER NOT NULL,
    PRIMARY KEY (record_id, import)
) WITHOUT ROWID
"""
_BROUGHT_BY_IMPORT = "CREATE INDEX brought_by_import ON brought (import, record_id)"
_BROUGHT_BY_WORKSPACE = "CREATE INDEX brought_by_workspace ON brought (workspace, alone)"

# What provenance called records of files before.
_FILES = ("nbib", "ris", "web_of_science", "bibtex", "csl", "json", "csv")
_OF_FILES = f"""
SELECT id, body, facts FROM records WHERE EXISTS (
    SELECT 1 FROM json_each(body, '$.provenance')
    WHERE json_extract(value, '$.source') IN ({", ".join(f"'{name}'" for name in _FILES)})
)
"""  # noqa: S608 - our own words

_FACTS = frozenset(f"source:{name}" for name in _FILES)
_FORGET_COUNTS = "DELETE FROM counts"
_COUNT_AGAIN = """
INSERT INTO counts (fact, records, latest)
SELECT fact.value, count(*), (
    SELECT max(replace(json_extract(entry.value, '$.at'), 'Z', '+00:00'))
    FROM records AS other, json_each(other.body, '$.provenance') AS entry
    WHERE fact.value = 'source:' || iif(
        json_extract(entry.value, '$.file') IS NULL, json_extract(entry.value, '$.source'), 'file'
    )
)
FROM records, json_each(records.facts) AS fact GROUP BY fact.value
"""


def m0015_imports(db: Database) -> None:
    """Make the tables, and go through the records that files had a part in."""
    for statement in (_IMPORTS, _BROUGHT, _BROUGHT_BY_IMPORT, _BROUGHT_BY_WORKSPACE):
        db.execute(statement)
    for record_id, body, facts in db.execute(_OF_FILES).fetchall():
        rows = db.execute(
            "SELECT number, body FROM versions WHERE record_id = ?", [record_id]
        ).fetchall()
        versions = {number: _marked(json.loads(text)) for number, text in rows}
        for number, version in versions.items():
            db.execute(
                "UPDATE versions SET body = ? WHERE record_id = ? AND number = ?",
                [json.dumps(version), record_id, number],
            )
        record = _without_notices(db, record_id, json.loads(body), list(versions.values()))
        _rewrite(db, record_id, record, facts)
    for statement in (_FORGET_COUNTS, _COUNT_AGAIN):
        db.execute(statement)


def _marked(record: dict[str, Any]) -> dict[str, Any]:
    """A version with its file marked; of one that is of files alone, without its notices."""
    entries = record.get("provenance", [])
    for entry in entries:
        if entry["source"] in _FILES:
            entry["file"] = ""
    if entries and all("file" in entry for entry in entries):
        return {key: value for key, value in record.items() if key != "integrity"}
    return record


def _without_notices(
    db: Database, record_id: str, record: dict[str, Any], versions: list[dict[str, Any]]
) -> dict[str, Any]:
    """A record, marked, without the notices that only a file stated."""
    before = record.get("integrity", [])
    known = [notice for version in versions for notice in version.get("integrity", [])]
    checked = db.execute("SELECT 1 FROM checks WHERE record_id = ?", [record_id]).fetchone()
    kept = [n for n in before if n in known or _is_sure(n, was_checked=checked is not None)]
    return {**_marked(record), "integrity": kept}


def _rewrite(db: Database, record_id: str, record: dict[str, Any], row_facts: str) -> None:
    """Write a record at the next place in the sequence, so that the index follows."""
    stored = Record.model_validate(record)
    facts = {"source:file" if each in _FACTS else each for each in json.loads(row_facts)}
    db.execute("UPDATE meta SET value = value + 1 WHERE key = 'sequence'")
    db.execute(
        "UPDATE records SET body = ?, content_hash = ?, facts = ?,"
        " sequence = (SELECT value FROM meta WHERE key = 'sequence') WHERE id = ?",
        [
            stored.model_dump_json(exclude_defaults=True),
            content_hash(stored),
            json.dumps(sorted(facts)),
            record_id,
        ],
    )


def _is_sure(notice: dict[str, Any], *, was_checked: bool) -> bool:
    """Whether a notice that no version has came by a check of the bot, or by an imported list."""
    return notice.get("source") == "Retraction Watch" or (was_checked and "checked" in notice)
