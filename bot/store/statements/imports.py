"""Every statement on imports of files, named."""

BEGIN = "INSERT INTO imports (at, by, workspace, file) VALUES (?, ?, ?, ?)"

FINISH = "UPDATE imports SET counts = ? WHERE number = ?"

FORGET_EMPTY = """
DELETE FROM imports
WHERE number = ? AND NOT EXISTS (SELECT 1 FROM brought WHERE import = imports.number)
"""

_COLUMNS = """
number, at, by, workspace, file, counts, shared_by, shared_at, undone_by, undone_at,
(SELECT count(*) FROM brought WHERE import = number),
(SELECT count(*) FROM reading_items WHERE imported = number AND gone_at IS NULL)
"""

ONE = f"SELECT {_COLUMNS} FROM imports WHERE number = ?"  # noqa: S608 - our own columns

ALL = f"""
SELECT {_COLUMNS} FROM imports WHERE workspace IS coalesce(:workspace, workspace)
ORDER BY number DESC LIMIT :limit
"""  # noqa: S608 - our own columns

UNDONE = "UPDATE imports SET undone_by = ?, undone_at = ? WHERE number = ? AND undone_at IS NULL"

# What it put on reading lists and nobody has changed since, and lists that it made and are empty.
OFF_LISTS = (
    "UPDATE reading_items SET gone_by = ?, gone_at = ? WHERE imported = ? AND gone_at IS NULL",
    """
UPDATE reading_lists SET gone_by = ?, gone_at = ?
WHERE imported = ? AND gone_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM reading_items WHERE list_id = reading_lists.id AND gone_at IS NULL
)
""",
)

# Records that have something of it, and those of them that others stated something of too; places
# on reading lists that go, and lists that have none but these.
UNDOING = """
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM versions WHERE versions.record_id = brought.record_id AND NOT EXISTS (
        SELECT 1 FROM json_each(versions.body, '$.provenance') AS entry
        WHERE CAST(json_extract(value, '$.imported') AS BIGINT) = :number
    )
)),
(SELECT count(*) FROM reading_items WHERE imported = :number AND gone_at IS NULL),
(SELECT count(*) FROM reading_lists WHERE imported = :number AND gone_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM reading_items
    WHERE list_id = reading_lists.id AND gone_at IS NULL
        AND coalesce(reading_items.imported, 0) <> :number
))
FROM brought WHERE import = :number
"""

SHARED = """
UPDATE imports SET workspace = NULL, shared_by = ?, shared_at = ?
WHERE number = ? AND workspace IS NOT NULL
"""

# Whether what it brought is shared, and whether it was undone.
STATE = "SELECT workspace IS NULL, undone_at IS NOT NULL FROM imports WHERE number = ?"

# The records that have something of an import; with the second value only what one workspace sees.
RECORDS = """
SELECT record_id FROM brought WHERE import = ?1 AND (?2 = 0 OR workspace IS NOT NULL) LIMIT ?3
"""

# Read with every question: from the few imports, not from the many records that they brought.
CLOSED_TO = """
SELECT DISTINCT workspace FROM imports WHERE workspace <> ? AND undone_at IS NULL
"""

WITH_OWN = """
SELECT DISTINCT record_id FROM brought
WHERE workspace = ? AND alone = 0 AND record_id IN (SELECT value FROM json_each(?))
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
INSERT INTO brought (record_id, import, workspace, alone)
SELECT :id, CAST(json_extract(value, '$.imported') AS BIGINT),
    max(json_extract(value, '$.workspace')), :alone
FROM (
    SELECT body FROM records WHERE id = :id
    UNION ALL SELECT body FROM versions WHERE record_id = :id
) AS version, json_each(version.body, '$.provenance') AS entry
WHERE json_extract(value, '$.imported') IS NOT NULL GROUP BY json_extract(value, '$.imported')
"""
