"""Keys of titles and names with "non" in them: from here on one word with what it denies."""

from sqlite_utils import Database

from bot.store.migrations.refolding import fold_again


def m0025_denied_names(db: Database) -> None:
    """Fold such keys again."""
    fold_again(db, lambda key: "non " in key)
