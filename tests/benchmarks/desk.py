"""What a person's desk costs where much is stored: a drawing of it, beside a small store.

    .venv/bin/python tests/benchmarks/desk.py --home DIR --records 100000 300000 1000000

20,000 records (`scale_data`) are made, tagged and stored as an import does it; the larger stores
are copies of that one, whose records are written again under other ids and identifiers. The index
has the first 100,000 of them; past 300,000 all but the last 20,000 have a title and no other text.
In each, people have lists, marks, subscriptions, digests and clubs, and records have happenings and
uses: the more is stored, the more of all of these. Then the desk of a person with five
subscriptions (120 records came since), five lists of ten works, a retraction among them, and a club
is drawn again and again, in turns with the same desk over 2,000 records; the first drawing of each,
which reads and matches what came, is told apart. `--home` keeps stores.
"""

import argparse
import re
import shutil
import sqlite3
import statistics
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from scale_data import Pool, records

from bot.app.composition import opened
from bot.digests.people import Person
from bot.digests.subscriptions import Draft
from bot.settings import Settings
from handlers.listeners import desk
from handlers.people import Known
from handlers.rights import Visitor, acting_as
from handlers.services import Services

WORKSPACE, USER = "/T1", "U1"
TOPICS = ("macrophage", "hypoxia", "CAF in melanoma", "oncolytic virus", "Treg")
SMALL, MADE, INDEXED, WITH_TEXT, ARRIVED = 2_000, 20_000, 100_000, 300_000, 120
_ROUNDS = 30
# Copies of what was made: each set has ids, identifiers and places in the sequence of its own.
_AGAIN = """
INSERT INTO records SELECT id || :set, sequence + :shift, content_hash || :set,
    substr(content_key, 1, :most) || :set || sequence, strong, substr(title_key, 1, :most) || :set
    || sequence, published, first_seen, iif(:most > 99, replace(replace(body, id, id || :set),
    '10.5555/scale.', '10.5555/scale' || :set || '.'),
    json_object('id', id || :set, 'title', 'Copy ' || sequence)), facts
FROM records WHERE sequence <= :made ORDER BY sequence;
INSERT INTO identifiers SELECT record_id || :set, scheme,
    replace(value, '10.5555/scale.', '10.5555/scale' || :set || '.'), role
FROM identifiers WHERE record_id IN (SELECT id FROM records WHERE sequence <= :made)
"""
_OWNED = (
    "reading_marks", "reading_items", "reading_lists", "deliveries", "subscription_changes",
    "subscriptions", "happenings", "uses", "clubs", "sqlite_sequence WHERE name LIKE 'reading%'",
)  # fmt: skip
# What others have, for so many thousandths of the records: a person in a thousand has five lists
# of twenty works, half of them read, and three subscriptions with ten digests each; one in ten
# thousand a club. Of the records one in a hundred was retracted, and one in ten was opened.
_OTHERS = """
5 | reading_lists (workspace, owner, name, name_key, made_by, made_at)
  | '/T1', 'U9' || (i / 5), i, i, 'U9' || (i / 5), :now FROM n
100 | reading_items (list_id, record_id, note, added_by, added_at)
  | 1 + i / 20, record_id, '', 'U9' || (i / 100), :now FROM n, arrivals
    WHERE number = 1 + (i * 7919) % (:count * 10)
50 | reading_marks (item_id, user, at) | 1 + 2 * i, 'U9' || (i / 50), :now FROM n
3 | subscriptions
  | 's' || i, '/T1', 'C' || (i / 9), 'search', 'tumour ' || i, '', '', 'daily', '08:00', 'Etc/UTC',
    0, 1, 'message', 'quiet', 'active', NULL, NULL, 1, :now, :now, 1, 'U9' || (i / 3), :now,
    'U9' || (i / 3), :now FROM n
30 | deliveries (id, key, workspace, kind, subscription, channel, due, records, details, state,
    created_at)
  | 'd' || i, 'd' || i, '/T1', 'digest', 's' || (i / 10), 'C' || (i / 90), :now, '[]', '{}',
    'posted', :now FROM n
10 | happenings (record_id, kind, at)
  | record_id, 'retracted', :now FROM n, arrivals WHERE number = 1 + i * 100
100 | uses | '/T1', record_id, 'opened', 3 FROM n, arrivals WHERE number = 1 + i * 10
0.1 | clubs
  | 'c' || i, '/T1', 'C' || i, i, i, 1 + i, '["U91"]', 0, 'weekly', '08:00', 'Etc/UTC', 0, 1,
    'active', :now, 1, 'U9' || i, :now FROM n
"""
_OTHER = re.compile(
    r"^(?P<each>[\d.]+) \|(?P<table>[^|]+?)\|\s(?P<values>.+?)(?=^[\d.]+ \||\Z)",
    re.MULTILINE | re.DOTALL,
)
_NUMBERS = "WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)"


class _NoSlack:
    """Slack says nothing of people."""

    def known(self, *_: object) -> Known:
        return Known(None, "not here", is_lasting=True)

    def is_admin(self, *_: object) -> bool:
        return False


def settings_of(home: Path) -> Settings:
    return Settings(home=home, semantic="no", starter=False, complete=False)


def made(folder: Path, count: int) -> Path:
    """The data folder with so many records, made if it is not there."""
    home = folder / str(count)
    if (home / "ready").exists():
        return home
    if count > MADE:
        smaller = max(size for size in (MADE, INDEXED, WITH_TEXT) if size < count)
        shutil.copytree(made(folder, smaller), home)
        (home / "ready").unlink()
        multiply(home / "tme.db", smaller, count)
    with opened(settings_of(home)) as services:
        if count <= MADE:
            services.harvester.take(records(Pool.load(seed=1), 1, 0, count), "made")
        if count <= INDEXED:
            services.index.follow(services.store)
        furnish(services, count)
    (home / "ready").touch()
    return home


def multiply(database: Path, stored: int, count: int) -> None:
    """Write the records again until there are so many; indexes are made when all are there."""
    with closing(sqlite3.connect(database)) as db:
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        indexes = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            " AND tbl_name IN ('records', 'identifiers')"
        ).fetchall()
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        for number in range(stored // MADE, count // MADE):
            has_text = number < WITH_TEXT // MADE or number == count // MADE - 1
            values = {"set": f"x{number}", "shift": number * MADE, "made": MADE}
            values["most"] = 10_000 if has_text else 20
            for statement in _AGAIN.split(";"):
                db.execute(statement, values)
        for _, statement in indexes:
            db.execute(statement)
        db.execute("UPDATE meta SET value = ? WHERE key = 'sequence'", [count])
        db.execute("UPDATE counts SET records = records * ? / ?", [count, stored])
        db.commit()
        db.execute("PRAGMA journal_mode = WAL")


def furnish(services: Services, count: int) -> None:
    """Give others what they have, and the person lists, subscriptions and a club."""
    now = services.now()
    with services.store._connections.writing() as db:
        for table in _OWNED:
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own tables
        for other in _OTHER.finditer(_OTHERS):
            each = max(1, int(float(other["each"]) * count / 1000))
            statement = f"INSERT INTO {other['table']} {_NUMBERS} SELECT {other['values']}"
            db.execute(statement, {"count": each, "now": now.isoformat()})
    stored = services.store.newest(50)
    for number in range(5):
        on = services.store.lists.make(WORKSPACE, USER, f"list {number}", USER, now)
        for record in stored[number * 10 : number * 10 + 10]:
            services.store.lists.add(on, record.id, USER, "", now)
    person = Person(WORKSPACE, USER, USER)
    for words in TOPICS:
        watch = services.subscriptions.understand(words)
        services.subscriptions.make(Draft(USER, watch, services.usual_schedule), person)
    with services.store._connections.writing() as db:
        seen = [count - ARRIVED, USER]
        db.execute("UPDATE subscriptions SET seen = ? WHERE created_by = ?", seen)
        db.execute("UPDATE clubs SET presenters = ? WHERE id = 'c0'", [f'["{USER}"]'])
        retracted = "INSERT INTO happenings (record_id, kind, at) VALUES (?, 'retracted', ?)"
        db.execute(retracted, [stored[0].id, now.isoformat()])


def spent(services: Services) -> tuple[float, float]:
    """The milliseconds of one drawing: of the CPU, and on the clock."""
    visitor = Visitor(_NoSlack(), None, WORKSPACE, USER, "")  # type: ignore[arg-type]
    began, clock = time.process_time(), time.perf_counter()
    with acting_as(visitor):
        drawn = str(desk.drawn(services).to_dict())
    took = 1000 * (time.process_time() - began), 1000 * (time.perf_counter() - clock)
    for part in ("new records", "50 records unread", "Retracted", "Journal clubs"):
        assert part in drawn, part
    return took


def main() -> None:
    """Measure all, in turns."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, nargs="+", default=[100_000])
    options.add_argument("--home", type=Path)
    options.add_argument("--make", action="store_true", help="only make the stores")
    given = options.parse_args()
    with ExitStack() as stack:
        folder = given.home or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        homes = {count: made(folder, count) for count in (SMALL, *given.records)}
        if given.make:
            return
        stores = {
            count: stack.enter_context(opened(settings_of(home))) for count, home in homes.items()
        }
        first = {count: spent(services) for count, services in stores.items()}
        taken = [{count: spent(each) for count, each in stores.items()} for _ in range(_ROUNDS)]
    for count in stores:
        cpu, clock = zip(*(each[count] for each in taken), strict=True)
        times = statistics.median(each[count][0] / each[SMALL][0] for each in taken)
        print(f"{count:,} records: CPU {statistics.median(cpu):.0f} ms ({times:.2f} times),"
              f" on the clock {statistics.median(clock):.0f} ms, first CPU {first[count][0]:.0f} ms"
              )  # fmt: skip


if __name__ == "__main__":
    main()
