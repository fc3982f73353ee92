"""Every statement on merges, named. Values go in by parameter only."""

ADD = """
INSERT INTO merges (at, author, why, kept, absorbed, kept_was, absorbed_was, result_hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
COLUMNS = "number, at, author, why, kept, absorbed, absorbed_was, undone"
HISTORY = f"SELECT {COLUMNS} FROM merges ORDER BY number DESC LIMIT ?"  # noqa: S608 - ours
HISTORY_OF = f"""
SELECT {COLUMNS} FROM merges WHERE kept = ? OR absorbed = ? ORDER BY number DESC LIMIT ?
"""  # noqa: S608 - ours
ONE = f"SELECT {COLUMNS} FROM merges WHERE number = ?"  # noqa: S608 - ours
# The last merge of a record in use: of what it is stored under, or of the id that was requested.
LAST = """
SELECT number, kept, absorbed, kept_was, absorbed_was, result_hash FROM merges
WHERE undone IS NULL AND (kept = ? OR absorbed = ?) ORDER BY number DESC LIMIT 1
"""
# What was used or checked under the id that goes was so under the one that stays.
HAND_ON = {
    table: f"""
    INSERT INTO {table} (record_id, at) SELECT ?, at FROM {table} WHERE record_id = ?
    ON CONFLICT (record_id) DO UPDATE SET at = max({table}.at, excluded.at)
    """  # noqa: S608 - ours
    for table in ("used", "checks")
}
UNDONE = "UPDATE merges SET undone = ? WHERE number = ?"
APART = """
INSERT INTO apart (one, other, at, author) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
TOGETHER = "DELETE FROM apart WHERE one = ? AND other = ?"
ARE_APART = "SELECT 1 FROM apart WHERE one = ? AND other = ?"
NAMESAKES = """
SELECT id FROM records WHERE title_key = ? AND id <> ? ORDER BY first_seen, id LIMIT ?
"""
DECLARING = """
SELECT DISTINCT record_id FROM relations
WHERE scheme = ? AND value = ? AND kind IN ('preprint-of', 'has-preprint', 'version-of')
"""
# Of a JSON array of ids the records that share a title or an identifier of their own with another,
# or that another declares a relation to.
RELATED = """
SELECT id FROM records WHERE id IN (SELECT value FROM json_each(?)) AND (
    EXISTS (
        SELECT 1 FROM records AS other
        WHERE other.title_key = records.title_key AND other.id <> records.id
    )
    OR EXISTS (
        SELECT 1 FROM identifiers AS own JOIN identifiers AS other
        ON other.scheme = own.scheme AND other.value = own.value AND other.role = 'own'
        WHERE own.record_id = records.id AND own.role = 'own' AND other.record_id <> records.id
    )
    OR EXISTS (
        SELECT 1 FROM identifiers AS own JOIN relations
        ON relations.scheme = own.scheme AND relations.value = own.value
        WHERE own.record_id = records.id AND own.role = 'own'
    )
)
"""
