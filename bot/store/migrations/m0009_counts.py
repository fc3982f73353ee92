"""How many records there are and what they have, counted as they are written."""

from sqlite_utils import Database

_FACTS = "ALTER TABLE records ADD COLUMN facts TEXT NOT NULL DEFAULT '[]'"

_COUNTS = """
CREATE TABLE counts (
    fact TEXT NOT NULL PRIMARY KEY,
    records INTEGER NOT NULL,
    latest TEXT
) WITHOUT ROWID
"""

# What each record counts for, from its own JSON: see `bot.store.counts.facts`.
_FILL_FACTS = """
UPDATE records SET facts = (
    SELECT json_group_array(fact) FROM (
        SELECT 'abstract' AS fact WHERE json_extract(body, '$.abstract') IS NOT NULL
        UNION
        SELECT 'doi' WHERE EXISTS (
            SELECT 1 FROM identifiers
            WHERE record_id = records.id AND scheme = 'doi' AND role = 'own'
        )
        UNION
        SELECT 'record'
        UNION
        SELECT 'source:' || json_extract(entry.value, '$.source')
        FROM json_each(records.body, '$.provenance') AS entry
        ORDER BY fact
    )
)
"""

_FILL_COUNTS = """
INSERT INTO counts (fact, records)
SELECT entry.value, count(*) FROM records, json_each(records.facts) AS entry GROUP BY entry.value
"""

_FILL_LATEST = """
UPDATE counts SET latest = read.at FROM (
    SELECT 'source:' || json_extract(entry.value, '$.source') AS fact,
        max(replace(json_extract(entry.value, '$.at'), 'Z', '+00:00')) AS at
    FROM records, json_each(records.body, '$.provenance') AS entry GROUP BY 1
) AS read WHERE read.fact = counts.fact
"""


def m0009_counts(db: Database) -> None:
    """Count what is stored; from here on each write keeps the counts."""
    for statement in (_FACTS, _COUNTS, _FILL_FACTS, _FILL_COUNTS, _FILL_LATEST):
        db.execute(statement)
