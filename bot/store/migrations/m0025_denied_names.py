"""Keys of titles and names with "non" in them: from here on one word with what it denies."""

from sqlite_utils import Database

from bot.records.identity import content_key
from bot.store.records import load
from bot.text.folding import fold

_BATCH = 1_000
_RECORDS = """
SELECT id, body FROM records
WHERE id > ? AND (title_key LIKE '%non %' OR content_key LIKE '%non %') ORDER BY id LIMIT ?
"""
_KEYS = "UPDATE records SET title_key = ?, content_key = ? WHERE id = ?"
# Of each table: what its names are unique in.
_NAMED = {"reading_lists": ("workspace", "owner"), "clubs": ("workspace", "channel")}


def m0025_denied_names(db: Database) -> None:
    """Fold such keys anew; a name whose new key is another's keeps its own."""
    last = ""
    while rows := db.execute(_RECORDS, [last, _BATCH]).fetchall():
        for record_id, body in rows:
            record = load(record_id, body)
            db.execute(_KEYS, [fold(record.title), content_key(record), record_id])
        last = rows[-1][0]
    for table, within in _NAMED.items():
        same = "".join(f" AND other.{each} = {table}.{each}" for each in within)
        named = f"SELECT id, name FROM {table} WHERE name_key LIKE '%non %'"  # noqa: S608
        change = (
            f"UPDATE {table} SET name_key = ? WHERE id = ? AND NOT EXISTS"  # noqa: S608
            f" (SELECT 1 FROM {table} AS other WHERE other.name_key = ?{same})"
        )
        for row_id, name in db.execute(named).fetchall():
            db.execute(change, [fold(name), row_id, fold(name)])
