"""What can be wrong inside a file that opens, for `tme doctor`."""

import json
from collections.abc import Iterator

from sqlite_utils import Database

from bot.errors import StoreDamaged
from bot.store.counts import facts
from bot.store.records import content_hash, load
from bot.store.statements import records as sql
from bot.text.folding import fold


def problems(db: Database) -> Iterator[str]:
    """A line for each problem; nothing when the store is sound. Reads every record."""
    for (stated,) in db.execute("PRAGMA quick_check"):
        if stated != "ok":
            yield f"The file is damaged: {stated}"
    for scheme, value, record_id in db.execute(sql.ORPHANS):
        yield f"Identifier {scheme}:{value} points to record {record_id}, which is not there."
    for table, *_ in db.execute("PRAGMA foreign_key_check"):
        if table != "identifiers":  # named one by one above
            yield f"A row of {table} points to something that is not there."
    for fact, stated, right in db.execute(sql.MISCOUNTED):
        yield f"{stated} records are counted for {fact}, and there are {right}."
    for row in db.execute(sql.ROWS):
        yield from _problems_of_record(*row)


def _problems_of_record(
    record_id: str, hashed: str, title_key: str, counted: str, body: str
) -> Iterator[str]:
    try:
        record = load(record_id, body)
    except StoreDamaged as error:
        yield error.message
        return
    if record.id != record_id:
        yield f"Record {record_id} calls itself {record.id or 'nothing'}."
    if content_hash(record) != hashed:
        yield f"Record {record_id} is not what was written: its content hash differs."
    if fold(record.title) != title_key:
        yield f"Record {record_id} cannot be found by its title."
    if sorted(facts(record)) != json.loads(counted):
        yield f"Record {record_id} is counted for other things than it has."
