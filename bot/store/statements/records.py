"""Every statement the SQLite store runs on its rows, named. Values go in by parameter only."""

# The ids of the records that carry an identifier as their own, longest stored first.
OWNERS = """
SELECT records.id FROM identifiers JOIN records ON records.id = identifiers.record_id
WHERE scheme = ? AND value = ? AND role = 'own'
ORDER BY records.first_seen, records.id
"""

# Of a JSON array of (scheme, value) those that a record carries as its own.
OWNED = """
SELECT scheme, value FROM (
    SELECT json_extract(value, '$[0]') AS scheme, json_extract(value, '$[1]') AS value
    FROM json_each(?)
) AS wanted
WHERE EXISTS (
    SELECT 1 FROM identifiers
    WHERE scheme = wanted.scheme AND value = wanted.value AND role = 'own'
)
"""

# Of a JSON array of content keys those that a record has.
KEYS = """
SELECT content_key FROM records WHERE content_key IN (SELECT value FROM json_each(?))
"""

# The records of one content key, those without a strong identifier first. Two tell one from many.
SAME_KEY = """
SELECT id, strong FROM records WHERE content_key = ? AND id NOT IN (
    SELECT record_id FROM brought WHERE alone = 1 AND workspace IS NOT ?
) ORDER BY strong, first_seen, id LIMIT 2
"""

# Of a JSON array of ids those that are stored.
STORED = "SELECT id FROM records WHERE id IN (SELECT value FROM json_each(?))"

IS_HELD = "SELECT id FROM records WHERE id = ?"

RECORD = "SELECT id, body FROM records WHERE id = ?"

CONTENT_HASH = "SELECT content_hash FROM records WHERE id = ?"

# The records of a JSON array of ids, in no order.
RECORDS = """
SELECT id, body FROM records WHERE id IN (SELECT value FROM json_each(?))
"""

# The records that carry an identifier in any role, latest published first.
CARRIERS = """
SELECT id, body FROM records
WHERE id IN (SELECT record_id FROM identifiers WHERE scheme = ? AND value = ?)
ORDER BY published DESC, id LIMIT ?
"""

WITH_TITLE = "SELECT id, body FROM records WHERE title_key = ? ORDER BY first_seen, id"

# The records that only other workspaces see: the first value is their JSON array.
HIDDEN = """
SELECT record_id FROM brought WHERE alone = 1 AND workspace IN (SELECT value FROM json_each(?1))
"""

NEWEST = f"""
SELECT id, body FROM records WHERE id NOT IN ({HIDDEN})
ORDER BY first_seen DESC, published DESC, sequence DESC LIMIT ?2 OFFSET ?3
"""  # noqa: S608 - our own words

NEWEST_SEEN = f"""
SELECT first_seen FROM records WHERE id NOT IN ({HIDDEN}) ORDER BY first_seen DESC LIMIT 1
"""  # noqa: S608 - our own words

AFTER = "SELECT id, body FROM records WHERE id > ? ORDER BY id LIMIT ?"

# Changes after a place, and records that are gone (without a body), as one sequence.
CHANGES = """
SELECT * FROM (
    SELECT sequence, id, body FROM records WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
) AS changed
UNION ALL
SELECT * FROM (
    SELECT sequence, record_id, NULL FROM gone WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
) AS left_out
ORDER BY sequence LIMIT ?2
"""

CHANGED_SINCE = "SELECT count(*) FROM records WHERE sequence > ?"

# A store that was restored: another one for every index, but of the same origin.
RENEW = """
UPDATE meta SET value = CASE WHEN instr(value, '.') > 0
    THEN substr(value, 1, instr(value, '.') - 1) ELSE value END || '.' || ? WHERE key = 'generation'
"""

META = "SELECT value FROM meta WHERE key = ?"

# Take the next number of the change sequence; WRITE uses it in the same transaction. The number is
# a row, not a generator: who advances it keeps the row until the end of the transaction, so that
# numbers are seen in their order and a reader of the sequence misses none.
ADVANCE = "UPDATE meta SET value = CAST(value AS BIGINT) + 1 WHERE key = 'sequence'"
ADVANCE_BY = """
UPDATE meta SET value = CAST(value AS BIGINT) + ? WHERE key = 'sequence' RETURNING value
"""

# Write a record, new or changed. An update, not REPLACE: that would delete its identifiers.
_COLUMNS = """
    (id, content_hash, content_key, strong, title_key, published, first_seen, facts, body, sequence)
"""
WRITE = f"""
INSERT INTO records {_COLUMNS}
VALUES
    (?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'sequence'))
ON CONFLICT (id) DO UPDATE SET
    sequence = excluded.sequence, content_hash = excluded.content_hash,
    content_key = excluded.content_key, strong = excluded.strong,
    title_key = excluded.title_key, published = excluded.published,
    first_seen = excluded.first_seen, facts = excluded.facts, body = excluded.body
"""  # noqa: S608
# Write one that is not there, at a place that ADVANCE_BY has taken.
WRITE_FRESH = f"INSERT INTO records {_COLUMNS} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608

FORGET_IDENTIFIERS = "DELETE FROM identifiers WHERE record_id = ?"

ADD_IDENTIFIER = """
INSERT OR IGNORE INTO identifiers (record_id, scheme, value, role) VALUES (?, ?, ?, ?)
"""

FORGET_RELATIONS = "DELETE FROM relations WHERE record_id = ?"

ADD_RELATION = """
INSERT OR IGNORE INTO relations (record_id, kind, scheme, value) VALUES (?, ?, ?, ?)
"""

FORGET_CITED = "DELETE FROM cited_works WHERE record_id = ?"

ADD_CITED = "INSERT OR IGNORE INTO cited_works (record_id, scheme, value) VALUES (?, ?, ?)"

DELETE = "DELETE FROM records WHERE id = ?"

# A record that is no longer stored, at the place in the sequence that ADVANCE has taken.
MARK_GONE = """
INSERT INTO gone (sequence, record_id)
VALUES ((SELECT CAST(value AS BIGINT) FROM meta WHERE key = 'sequence'), ?)
ON CONFLICT (record_id) DO UPDATE SET sequence = excluded.sequence
"""

NOT_GONE = "DELETE FROM gone WHERE record_id = ?"

# What an id that is no longer stored leads to, through as many merges as it takes.
LEADS_TO = """
WITH RECURSIVE way (id) AS (
    VALUES (?)
    UNION
    SELECT merges.kept FROM merges JOIN way ON merges.absorbed = way.id WHERE undone IS NULL
)
SELECT records.id, body FROM way JOIN records ON records.id = way.id LIMIT 1
"""

# Of a JSON array of ids, those that were merged into another.
ABSORBED = """
SELECT DISTINCT absorbed FROM merges
WHERE undone IS NULL AND absorbed IN (SELECT value FROM json_each(?))
"""

# What is counted: records, those with an abstract, a DOI, something of a source; see counts.py.
COUNTS = "SELECT fact, records, latest FROM counts ORDER BY fact"

# What records count for that only other workspaces see; a shared record counts for what all see.
HIDDEN_FACTS = f"""
SELECT facts, count(*) FROM records WHERE id IN ({HIDDEN}) GROUP BY facts
"""  # noqa: S608 - our own words

# When the last file came of those whose records are seen.
LAST_FILE = """
SELECT max(at) FROM imports WHERE undone_at IS NULL
    AND (workspace IS NULL OR workspace NOT IN (SELECT value FROM json_each(?1)))
"""

FACTS = "SELECT facts FROM records WHERE id = ?"

# Add to a count; the latest moment only grows.
COUNT = """
INSERT INTO counts (fact, records, latest) VALUES (?, ?, ?)
ON CONFLICT (fact) DO UPDATE SET
    records = counts.records + excluded.records,
    latest = max(coalesce(counts.latest, excluded.latest), coalesce(excluded.latest, counts.latest))
"""

# The counts that differ from a count of the rows themselves: the fact, what is kept, what is right.
MISCOUNTED = """
WITH counted AS (
    SELECT entry.value AS fact, count(*) AS records
    FROM records, json_each(records.facts) AS entry GROUP BY entry.value
)
SELECT counts.fact, counts.records, coalesce(counted.records, 0)
FROM counts LEFT JOIN counted ON counted.fact = counts.fact
WHERE counts.records <> coalesce(counted.records, 0)
"""

FORGET_EVENTS = "DELETE FROM events_seen WHERE at < ?"

FORGET_AUDIT = "DELETE FROM audit WHERE at < ?"

FORGET_CHANGES = "DELETE FROM subscription_changes WHERE at < ?"

# Which works a channel has seen is kept apart, so that none is posted twice.
FORGET_DELIVERIES = """
UPDATE deliveries SET records = '[]', details = '{}'
WHERE created_at < ? AND records <> '[]' AND state IN ('posted', 'quiet', 'refused', 'withdrawn')
"""

# Identifiers whose record is not there, by table and row.
ORPHANS = """
SELECT scheme, value, record_id FROM identifiers
WHERE record_id NOT IN (SELECT id FROM records)
"""

ROWS = """
SELECT id, content_hash, title_key, facts, body FROM records WHERE id > ? ORDER BY id LIMIT ?
"""
