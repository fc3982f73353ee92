"""What can be wrong inside a file that opens, for `tme doctor`."""

import json
from collections.abc import Iterator

from bot.errors import StoreDamaged
from bot.store.connections import Database
from bot.store.counts import facts
from bot.store.records import content_hash, load
from bot.store.statements import records as sql
from bot.text.folding import fold

# So many records are in memory at a time.
_BATCH = 500


def problems(db: Database) -> Iterator[str]:
    """A line for each problem; nothing when the store is sound. Reads every record."""
    for scheme, value, record_id in db.execute(sql.ORPHANS):
        yield f"Identifier {scheme}:{value} points to record {record_id}, which is not there."
    for fact, stated, right in db.execute(sql.MISCOUNTED):
        yield f"{stated} records are counted for {fact}, and there are {right}."
    last = ""
    while rows := db.execute(sql.ROWS, [last, _BATCH]).fetchall():
        for row in rows:
            yield from _problems_of_record(*row)
        last = rows[-1][0]


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
