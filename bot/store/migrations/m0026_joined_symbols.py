"""Keys of titles and names with two symbols in one (CD39-CD73, KRASG12C): from here on two."""

import re

from sqlite_utils import Database

from bot.store.migrations.refolding import fold_again

# As they were folded until here, into one word.
_JOINED = re.compile(r"\b[a-z][a-z0-9]{0,3}[a-z]{2}\d")


def m0026_joined_symbols(db: Database) -> None:
    """Fold such keys again."""
    fold_again(db, lambda key: _JOINED.search(key) is not None)
