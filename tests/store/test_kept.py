"""Of every table it is known how long its rows are kept, and which columns may name a person."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store import StateStore
from bot.store.migrations import MIGRATIONS
from bot.store.postgres.schema import schema_of
from bot.store.store import EVENTS_KEPT

from .examples import START
from .test_audit import ANN, everywhere

# Goes when its time is over: `forget_old` takes it out.
TIMED = {
    "events_seen", "conversations", "inbox", "deeds", "shares", "audit", "install_states",
    "subscription_changes",
}  # fmt: skip
# One row, or a few, for a record that is stored, or was: what is known of works.
OF_RECORDS = {
    "records", "identifiers", "versions", "relations", "cited_works", "cited_by", "full_texts",
    "stated", "brought", "gone", "arrivals", "happenings", "checks", "used", "merges",
    "apart", "counts", "lookups", "harvest_sightings", "uses",
}  # fmt: skip
# What people set up and can delete, and goes with their workspace.
OF_PEOPLE = {
    "tag_corrections", "reading_lists", "reading_items", "reading_marks", "subscriptions",
    "opinions", "reports", "quiet_channels", "imports", "person_settings", "greeted", "clubs",
    "club_meetings", "club_votes", "installations",
}  # fmt: skip
# That a post was made, without its records and details once `TME_KEEP_DELIVERIES` is over.
OF_POSTS = {"deliveries", "works_posted", "second_looks", "second_posts", "pace"}
# As many as there are sources, lists and settings.
FEW = {"meta", "harvests", "harvest_leases", "notices", "notice_lists", "lookup_places"}

# Where a person's id may be, by the table; JSON with the id in it is written as a pattern.
NAMES_PEOPLE: dict[str, dict[str, str]] = {
    "conversations": {"thread": "@{}", "channel": "{}"},
    "tag_corrections": {"user": "{}", "undone_by": "{}"},
    "reading_lists": {"owner": "{}", "made_by": "{}", "gone_by": "{}"},
    "reading_items": {"added_by": "{}", "gone_by": "{}"},
    "reading_marks": {"user": "{}"},
    "merges": {"kept_was": '{{"body": "{{\\"by\\":\\"{}\\"}}"}}'},
    "subscriptions": {"created_by": "{}", "changed_by": "{}", "channel": "{}"},
    "subscription_changes": {"who": "{}"},
    "deliveries": {
        "channel": "{}", "posted_in": "{}", "details": '{{"set_up_by": "{}"}}',
    },
    "works_posted": {"channel": "{}"},
    "pace": {"channel": "{}"},
    "opinions": {"who": "{}"},
    "reports": {"user": "{}", "closed_by": "{}"},
    "inbox": {"body": '{{"user": "{}"}}', "answer": '{{"text": "<@{}>"}}'},
    "deeds": {"user": "{}"},
    "shares": {"user": "{}"},
    "quiet_channels": {"who": "{}"},
    "imports": {"by": "{}", "shared_by": "{}", "undone_by": "{}"},
    "audit": {
        "who": "{}", "before": '{{"presenters": ["U0BEN", "{}"]}}',
        "what": "rights: the usual; admins: U0BEN, {}",
    },
    "installations": {"by": "{}"},
    "person_settings": {"user": "{}"},
    "greeted": {"place": "{}"},
    "clubs": {"created_by": "{}", "presenters": '["U0BEN", "{}"]'},
    "club_meetings": {"presenter": "{}"},
    "club_votes": {"user": "{}"},
}  # fmt: skip
# No things of their own: what is posted at a place, and the import that a merged record has, are.
NOT_LISTED = {"works_posted", "pace", "merges"}
# Bodies name who brought them: `test_audit` deletes a person's with its import.
BODIES = {"records.body", "versions.body", "merges.absorbed_was"}
# What looks like a person and is none: an author is the command that merged.
NO_PEOPLE = {
    "merges.author", "apart.author", "deliveries.owner", "second_looks.owner", "inbox.owner",
    "harvest_leases.holder", "second_posts.channel", "clubs.channel", "shares.channel",
    "quiet_channels.channel", "notices.place", "harvest_leases.place", "installations.bot_user",
}  # fmt: skip
_PERSONAL = ("user", "who", "by", "owner", "author", "presenter", "holder", "channel", "place")
# Of columns that must be something else than a word.
_VALUES = {
    "at": START.isoformat(), "area": "role", "records": "[]", "sent": "[]", "key": "x:{}",
    "details": "{{}}", "before": "{{}}", "body": "{{}}", "answer": "{{}}", "state": "posted",
    "presenters": "[]", "kept_was": "{{}}", "absorbed_was": "{{}}", "until": START.isoformat(),
}  # fmt: skip

TABLES = {table.name: table.columns for table in schema_of(MIGRATIONS).tables}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    with closing(StateStore.open(tmp_path / "tme.db", now=lambda: START)) as opened:
        yield opened


@pytest.fixture
def put(store: StateStore, tmp_path: Path) -> Iterator[Callable[[str, dict[str, object]], None]]:
    """Puts a row into a table, with something in every column."""
    del store
    with closing(sqlite3.connect(tmp_path / "tme.db", isolation_level=None)) as db:
        for each in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            db.execute(f"PRAGMA {each}")
        number = iter(range(1, 1_000))

        def write(table: str, given: dict[str, object]) -> None:
            at = next(number)
            kinds = {row[1]: row[2] for row in db.execute(f"PRAGMA table_info({table})")}
            row = {
                name: at if "INT" in kind or kind in {"REAL", "FLOAT"}
                else _VALUES.get(name, "x{}").format(at)
                for name, kind in kinds.items()
            } | given  # fmt: skip
            marks = ", ".join("?" * len(row))
            names = ", ".join(f'"{name}"' for name in row)
            db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608

        yield write


def test_of_every_table_it_is_known_how_long_it_is_kept() -> None:
    kinds = (TIMED, OF_RECORDS, OF_PEOPLE, OF_POSTS, FEW)
    assert sorted(name for kind in kinds for name in kind) == sorted(TABLES)


@pytest.mark.parametrize("table", sorted(TIMED))
def test_what_has_its_time_goes(
    store: StateStore, put: Callable[[str, dict[str, object]], None], table: str
) -> None:
    put(table, {"state": "answered"} if table == "inbox" else {})
    store.forget_old(START)
    with store._connections.reading() as db:
        count = f"SELECT count(*) FROM {table}"  # noqa: S608
        assert db.execute(count).fetchone() == (1,)
        later = EVENTS_KEPT + 2 * max(store.keep.audit, store.keep.threads) + timedelta(days=800)
        store.forget_old(START + later)
        assert db.execute(count).fetchone() == (0,)


def test_every_column_that_may_name_a_person_is_known() -> None:
    known = {f"{table}.{column}" for table, those in NAMES_PEOPLE.items() for column in those}
    looks = {
        f"{table}.{column}"
        for table, columns in TABLES.items()
        for column in columns
        if column in _PERSONAL or column.endswith(("_by", "_user")) or column == "presenters"
    }
    assert looks <= known | NO_PEOPLE
    assert known | NO_PEOPLE | BODIES <= {
        f"{t}.{c}" for t, columns in TABLES.items() for c in columns
    }


@pytest.mark.parametrize(
    ("table", "column"), [(t, c) for t, columns in NAMES_PEOPLE.items() for c in columns]
)
def test_a_person_is_listed_and_goes_from_every_column(
    store: StateStore, put: Callable[[str, dict[str, object]], None], table: str, column: str
) -> None:
    put(table, {column: NAMES_PEOPLE[table][column].format(ANN)})
    assert everywhere(store, ANN) == [f"{table}.{column}"]
    if table not in NOT_LISTED:
        assert store.people.kept(ANN) != []
    put("greeted", {"place": ANN})
    store.people.delete(ANN)
    assert everywhere(store, ANN) == []
