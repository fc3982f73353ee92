"""The steps from an empty file to today's schema, in an explicit tuple, oldest first.

A step that was released never changes: a new schema is a new file here and one more line in
`MIGRATIONS`. The schema version of a file is how many of them it has had. All the steps a file
lacks run in one transaction, each in a savepoint of its own, so a file is at its old version or
at the new one and never between.
"""

from collections.abc import Sequence
from typing import Protocol

from sqlite_utils import Database, Migrations

from bot.store.migrations.m0001_records import m0001_records
from bot.store.migrations.m0002_corrections import m0002_corrections
from bot.store.migrations.m0003_lists import m0003_lists
from bot.store.migrations.m0004_harvests import m0004_harvests
from bot.store.migrations.m0005_merges import m0005_merges
from bot.store.migrations.m0006_digests import m0006_digests
from bot.store.migrations.m0007_reports import m0007_reports
from bot.store.migrations.m0008_second_posts import m0008_second_posts
from bot.store.migrations.m0009_counts import m0009_counts
from bot.store.migrations.m0010_lookups import m0010_lookups
from bot.store.migrations.m0011_inbox import m0011_inbox
from bot.store.migrations.m0012_deeds import m0012_deeds
from bot.store.migrations.m0013_shares import m0013_shares
from bot.store.migrations.m0014_cited_works import m0014_cited_works
from bot.store.migrations.m0015_imports import m0015_imports
from bot.store.migrations.m0016_audit import m0016_audit
from bot.store.migrations.m0017_imported_lists import m0017_imported_lists
from bot.store.migrations.m0018_installations import m0018_installations
from bot.store.migrations.m0019_desk import m0019_desk
from bot.store.migrations.m0020_clubs import m0020_clubs
from bot.store.migrations.m0021_full_texts import m0021_full_texts
from bot.store.migrations.m0022_stated import m0022_stated
from bot.store.migrations.m0023_han_keys import m0023_han_keys
from bot.store.migrations.m0024_cited_by import m0024_cited_by
from bot.store.migrations.m0025_denied_names import m0025_denied_names
from bot.store.migrations.m0026_joined_symbols import m0026_joined_symbols


class Migration(Protocol):
    """One step: changes the schema (and the rows, where the new one needs it) in place."""

    __name__: str

    def __call__(self, db: Database, /) -> None:
        """Run inside the open transaction; raising undoes everything."""


MIGRATIONS: tuple[Migration, ...] = (
    m0001_records,
    m0002_corrections,
    m0003_lists,
    m0004_harvests,
    m0005_merges,
    m0006_digests,
    m0007_reports,
    m0008_second_posts,
    m0009_counts,
    m0010_lookups,
    m0011_inbox,
    m0012_deeds,
    m0013_shares,
    m0014_cited_works,
    m0015_imports,
    m0016_audit,
    m0017_imported_lists,
    m0018_installations,
    m0019_desk,
    m0020_clubs,
    m0021_full_texts,
    m0022_stated,
    m0023_han_keys,
    m0024_cited_by,
    m0025_denied_names,
    m0026_joined_symbols,
)


def run(db: Database, steps: Sequence[Migration]) -> None:
    """Run the steps that this database has not had, and write its schema version.

    Called inside a transaction, which also keeps a second process from running them.
    """
    migrations = Migrations("tme")
    for step in steps:
        migrations(name=step.__name__)(step)
    migrations.apply(db)
    # A pragma takes no parameter; the number is ours.
    db.execute(f"PRAGMA user_version = {len(steps)}")
