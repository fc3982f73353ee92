"""What a file says is kept as what that file says: by whom, since when, and nothing more.

How far it counts beside what services say is `bot.merging.choice`'s to decide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.formats import Refusal
from bot.records.models import Provenance, Record, unique

if TYPE_CHECKING:  # the reader of files has no store, and need not wait for one
    from bot.store import StateStore

_LONGEST_NAME, _LONGEST_NOTE = 200, 300
# On a record whose file states a retraction or another notice, which only services may.
NOTICE_LEFT_OUT = "notice_of_a_file"


@dataclass(frozen=True, slots=True)
class Bringer:
    """Who brings a file: a Slack id or a name in a terminal, and the workspace that will see it.

    None as `workspace` is everybody: an operator brings it.
    """

    by: str
    workspace: str | None = None


OPERATOR = Bringer("operator")


class Stamp:
    """Says on every record of a file whose it is. `number` is that of the import, once begun."""

    def __init__(self, store: "StateStore", file: str, bringer: Bringer, at: datetime) -> None:
        self._store, self._bringer, self._at = store, bringer, at
        self._file = file[-_LONGEST_NAME:]
        self.number: int | None = None

    def on(self, items: Iterator[Record | Refusal]) -> Iterator[Record | Refusal]:
        """The items, each record stamped; the import begins with the first."""
        for item in items:
            yield item if isinstance(item, Refusal) else self.put_on(item)

    @property
    def workspace(self) -> str | None:
        """Who alone will see it; None: everybody."""
        return self._bringer.workspace

    def put_on(self, record: Record) -> Record:
        """The record, stamped."""
        by, workspace = self._bringer.by, self._bringer.workspace
        if self.number is None:
            self.number = self._store.imports.begin(self._file, by, workspace)
        return brought_by(
            record,
            Provenance(
                source="", at=self._at, file=self._file, by=by, imported=self.number,
                workspace=workspace,
            ),
        )  # fmt: skip


def brought_by(record: Record, stamp: Provenance) -> Record:
    """A record as what a file says: nothing in it can be typed that only a service may say.

    Its provenance is the file's alone: what the file states of where it has this from becomes a
    note. Notices (retractions, corrections) are left out with a warning, and so are the counts of
    a repository.
    """
    *stated, own = record.provenance
    notes = unique(filter(None, (own.note, *(f"from {entry.source}" for entry in stated))))
    entry = stamp.model_copy(
        update={
            "source": own.source,
            "note": "; ".join(notes)[:_LONGEST_NOTE] or None,
            "fields": unique(name for each in record.provenance for name in each.fields),
            "payload_sha256": own.payload_sha256,
        }
    )
    warnings = (*record.warnings, NOTICE_LEFT_OUT) if record.integrity else record.warnings
    relations = tuple(each.model_copy(update={"source": None}) for each in record.relations)
    return record.model_copy(
        update={
            "id": "", "first_seen": None, "provenance": (entry,), "integrity": (), "usage": None,
            "warnings": unique(warnings), "relations": relations,
        }
    )  # fmt: skip
