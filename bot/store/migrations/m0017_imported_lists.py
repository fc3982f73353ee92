"""Version 17: which lists, and places on them, an import made that nobody has changed since."""

from sqlite_utils import Database


def m0017_imported_lists(db: Database) -> None:
    """Add the column to both; of older ones nothing is known, so that they stay people's own."""
    db.execute("ALTER TABLE reading_lists ADD COLUMN imported INTEGER")
    db.execute("ALTER TABLE reading_items ADD COLUMN imported INTEGER")
    db.execute(
        "CREATE INDEX reading_items_by_import ON reading_items (imported)"
        " WHERE imported IS NOT NULL"
    )
