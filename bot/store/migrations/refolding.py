"""Keys of titles and names anew, where words are folded in another way from one version on."""

from collections.abc import Callable

from sqlite_utils import Database

from bot.records.identity import content_key
from bot.store.records import load
from bot.text.folding import fold

_BATCH = 1_000
_RECORDS = """
SELECT id, title_key, content_key, body FROM records WHERE id > ? ORDER BY id LIMIT ?
"""
_KEYS = "UPDATE records SET title_key = ?, content_key = ? WHERE id = ?"
# Of each table: what its names are unique in.
_NAMED = {"reading_lists": ("workspace", "owner"), "clubs": ("workspace", "channel")}


def fold_again(db: Database, concerns: Callable[[str], bool]) -> None:
    """Fold the keys that this concerns; a name whose new key is another's keeps its own."""
    last = ""
    while rows := db.execute(_RECORDS, [last, _BATCH]).fetchall():
        for record_id, title, content, body in rows:
            if concerns(title) or concerns(content):
                record = load(record_id, body)
                db.execute(_KEYS, [fold(record.title), content_key(record), record_id])
        last = rows[-1][0]
    for table, within in _NAMED.items():
        same = "".join(f" AND other.{each} = {table}.{each}" for each in within)
        change = (
            f"UPDATE {table} SET name_key = ? WHERE id = ? AND NOT EXISTS"  # noqa: S608
            f" (SELECT 1 FROM {table} AS other WHERE other.name_key = ?{same})"
        )
        for row_id, name, key in db.execute(f"SELECT id, name, name_key FROM {table}").fetchall():  # noqa: S608
            if concerns(key):
                db.execute(change, [fold(name), row_id, fold(name)])
