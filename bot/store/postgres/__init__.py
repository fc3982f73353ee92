"""PostgreSQL under the store's areas: one table of differences, its pool, its schema, moving in.

Importing it raises SettingsError where the extra `postgres` is not installed.
"""

from importlib.util import find_spec

from bot.errors import SettingsError

if find_spec("psycopg") is None or find_spec("psycopg_pool") is None:
    raise SettingsError(
        "PostgreSQL needs the extra `postgres`.", "Run: pip install 'tme-bot[postgres]'"
    )
