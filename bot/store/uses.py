"""The store area of use: how often a workspace opens, saves and exports, never who."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from bot.store.connections import Connections


class Use(StrEnum):
    """What is counted. Views, opens, saves and exports are of records; the rest of answers."""

    VIEWED = "viewed"
    OPENED = "opened"
    SAVED = "saved"
    EXPORTED = "exported"
    USEFUL = "useful"
    NOT_USEFUL = "not useful"


# Stands for what is of no one record.
_ALL = ""
_COUNT = """
INSERT INTO uses (workspace, record_id, kind, count) VALUES (?, ?, ?, 1)
ON CONFLICT (workspace, record_id, kind) DO UPDATE SET count = uses.count + 1
"""
# Also under the ids of records that were merged into this one.
_OF = """
WITH RECURSIVE came (id) AS (
    VALUES (?)
    UNION
    SELECT merges.absorbed FROM merges JOIN came ON merges.kept = came.id WHERE undone IS NULL
)
SELECT kind, sum(count) FROM uses
WHERE workspace = ? AND record_id IN (SELECT id FROM came) GROUP BY kind
"""
_TOTALS = """
SELECT kind, sum(count) FROM uses WHERE record_id = '' AND workspace = coalesce(?, workspace)
GROUP BY kind
"""


class UseStore:
    """Counts, with nothing that names a person. Errors and transactions as for `StateStore`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def count(self, workspace: str, kind: Use, record_ids: Iterable[str] = ()) -> None:
        """Count a use of each of these records, and of so many in the workspace.

        Without records it is one use of the workspace. A count may be lost with the power.
        """
        ids = list(dict.fromkeys(record_ids))
        with self._connections.writing(is_synced=False) as db:
            for each in (*ids, *([_ALL] * max(len(ids), 1))):
                db.execute(_COUNT, [workspace, each, kind])

    def of(self, workspace: str, record_id: str) -> Mapping[Use, int]:
        """How often a record was used in a workspace."""
        with self._connections.reading() as db:
            rows = db.execute(_OF, [record_id, workspace]).fetchall()
        return {Use(kind): int(count) for kind, count in rows}

    def totals(self, workspace: str | None) -> Mapping[Use, int]:
        """All uses of a workspace, or of all of them."""
        with self._connections.reading() as db:
            rows = db.execute(_TOTALS, [workspace]).fetchall()
        return {Use(kind): int(count) for kind, count in rows}
