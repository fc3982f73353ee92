"""Keys of titles and names in traditional Chinese, which are folded to simplified from here on."""

from sqlite_utils import Database

from bot.text.han import SIMPLIFIED, TRADITIONAL

_BATCH = 10_000
# Of each table: what comes before its first id, a key, and what that is unique in.
_KEYS: tuple[tuple[str, str | int, str, tuple[str, ...]], ...] = (
    ("records", "", "title_key", ()),
    ("records", "", "content_key", ()),
    ("reading_lists", 0, "name_key", ("workspace", "owner")),
    ("clubs", "", "name_key", ("workspace", "channel")),
)


def m0023_han_keys(db: Database) -> None:
    """Fold the keys that have such characters; one whose new key is another's stays as it is."""
    simplified = str.maketrans(TRADITIONAL, SIMPLIFIED)
    for table, first, key, within in _KEYS:
        same = "".join(f" AND other.{each} = {table}.{each}" for each in within)
        free = f" AND NOT EXISTS (SELECT 1 FROM {table} AS other WHERE other.{key} = ?{same})"  # noqa: S608
        page = f"SELECT id, {key} FROM {table} WHERE id > ? ORDER BY id LIMIT {_BATCH}"  # noqa: S608
        change = f"UPDATE {table} SET {key} = ? WHERE id = ?{free if within else ''}"  # noqa: S608
        last = first
        while rows := db.execute(page, [last]).fetchall():
            last = rows[-1][0]
            for row_id, old in rows:
                new = old.translate(simplified)
                if new != old:
                    db.execute(change, [new, row_id, *([new] if within else [])])
