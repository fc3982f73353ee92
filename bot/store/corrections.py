"""Corrections of tags: what a team says a record is not, or also is, about.

A correction belongs to a workspace; the record it is about is shared and stays as it is. It names
the record by id, so that tagging anew and harvesting the same record leave it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TagCorrection:
    """What one person said of one tag of one record, and when.

    `wrong` says that the tag does not fit; otherwise it was missing. `undone_at` and `undone_by`
    are set once it no longer applies: it was undone, or a later one took its place.
    """

    id: int
    workspace: str
    record_id: str
    concept: str
    wrong: bool
    comment: str
    user: str
    at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correcting:
    """A correction before it is kept: of which record, and which tags of it."""

    workspace: str
    record_id: str
    user: str
    wrong: Sequence[str] = ()
    missing: Sequence[str] = ()
    comment: str = ""


class CorrectionStore(Protocol):
    """The corrections of every workspace. Every write is one transaction."""

    def add(self, correcting: Correcting, now: datetime) -> list[TagCorrection]:
        """Keep a correction for each tag named; an earlier one of the same tag is done with."""

    def undo(self, correction_id: int, workspace: str | None, user: str, now: datetime) -> bool:
        """End a correction; False where there is none of this id, or it has ended.

        One of another workspace is none. None as `workspace` is the operator: any workspace.
        """

    def applying(self, workspace: str, record_id: str | None = None) -> list[TagCorrection]:
        """Those that apply in a workspace (to one record, where it is given), newest first.

        Each names the id under which its record is held now, whatever that was merged into.
        """

    def all(self, workspace: str | None = None, *, ended: bool = False) -> list[TagCorrection]:
        """Those of a workspace or of all, newest first; with `ended` also those done with."""
