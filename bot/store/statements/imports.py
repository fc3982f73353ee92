"""Every statement on imports of files, named."""

BEGIN = "INSERT INTO imports (at, by, workspace, file) VALUES (?, ?, ?, ?)"

FINISH = "UPDATE imports SET counts = ? WHERE number = ?"

FORGET_EMPTY = """
DELETE FROM imports
WHERE number = ? AND NOT EXISTS (SELECT 1 FROM brought WHERE import = imports.number)
"""

_COLUMNS = """
number, at, by, workspace, file, counts, shared_by, shared_at, undone_by, undone_at,
(SELECT count(*) FROM brought WHERE import = number)
"""

ONE = f"SELECT {_COLUMNS} FROM imports WHERE number = ?"  # noqa: S608 - our own columns

ALL = f"""
SELECT {_COLUMNS} FROM imports WHERE workspace IS coalesce(:workspace, workspace)
ORDER BY number DESC LIMIT :limit
"""  # noqa: S608 - our own columns

UNDONE = "UPDATE imports SET undone_by = ?, undone_at = ? WHERE number = ? AND undone_at IS NULL"

SHARED = """
UPDATE imports SET workspace = NULL, shared_by = ?, shared_at = ?
WHERE number = ? AND workspace IS NOT NULL
"""

# Whether what it brought is shared, and whether it was undone.
STATE = "SELECT workspace IS NULL, undone_at IS NOT NULL FROM imports WHERE number = ?"

# The records that have something of an import; with the second value only what one workspace sees.
RECORDS = """
SELECT record_id FROM brought WHERE import = ?1 AND (NOT ?2 OR workspace IS NOT NULL) LIMIT ?3
"""

# Read with every question: from the few imports, not from the many records that they brought.
CLOSED_TO = """
SELECT DISTINCT workspace FROM imports WHERE workspace <> ? AND undone_at IS NULL
"""

WITH_OWN = """
SELECT DISTINCT record_id FROM brought
WHERE workspace = ? AND NOT alone AND record_id IN (SELECT value FROM json_each(?))
"""

FORGET_BROUGHT = "DELETE FROM brought WHERE record_id = ?"

FORGET_STATED = "DELETE FROM stated WHERE record_id = ?"

ADD_STATED = "INSERT OR IGNORE INTO stated (hash, record_id, workspace) VALUES (?, ?, ?)"

# Of a JSON array of hashes those that were stated to everybody, or to this workspace.
STATED = """
SELECT hash, record_id FROM stated
WHERE hash IN (SELECT value FROM json_each(?)) AND workspace IN ('', ?)
"""

ALL_STATED = "SELECT hash FROM stated WHERE workspace IN ('', ?)"

ADD_BROUGHT = "INSERT INTO brought (record_id, import, workspace, alone) VALUES (?, ?, ?, ?)"

NOTE_BROUGHT = """
INSERT OR REPLACE INTO brought (record_id, import, workspace, alone)
SELECT DISTINCT :id, json_extract(value, '$.imported'), json_extract(value, '$.workspace'), :alone
FROM (
    SELECT body FROM records WHERE id = :id
    UNION ALL SELECT body FROM versions WHERE record_id = :id
) AS version, json_each(version.body, '$.provenance') AS entry
WHERE json_extract(value, '$.imported') IS NOT NULL
"""
