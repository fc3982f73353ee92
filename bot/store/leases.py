"""Taking what is due and free from a queue, for a while, and keeping to the pace of its place."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.store.connections import Connections, Database, Lane
from bot.store.deliveries import LONGEST_WAIT
from bot.store.statements import leases as sql


@contextmanager
def taking(
    connections: Connections, free: str, steady: float, lane: Lane = "store", **values: float | str
) -> Iterator[tuple[Database, str] | None]:
    """A transaction, with the id of the row that a statement finds free; None: there is none."""
    wanted: dict[str, float | str] = {"steady": steady, "longest": LONGEST_WAIT, **values}
    with connections.reading() as db:
        # Most looks find nothing, and need not take the write lock for it.
        is_any = db.execute(free, wanted).fetchone() is not None
    if not is_any:
        yield None
        return
    with connections.writing(lane=lane) as db:
        found = db.execute(free, wanted).fetchone()
        yield (db, str(found[0])) if found else None


def keep_pace(db: Database, workspace: str, channel: str, steady: float, wait: float) -> None:
    """Let what goes by this row of `pace` wait, inside the caller's transaction."""
    place = {"workspace": workspace, "channel": channel}
    longest = steady + LONGEST_WAIT
    free_at = steady + min(wait, LONGEST_WAIT)
    db.execute(sql.KEEP_PACE, {**place, "free_at": free_at, "longest": longest})
