"""Service: what a team corrects of the tags of records, for itself alone.

A correction applies at once in its workspace: to cards, filters, counts, evidence, the map and
likeness. The shared record keeps the tags that the bot gave it, and words of its text go on being
found as words.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from rapidfuzz import process

from bot.errors import UnknownRecord, UsageError
from bot.merging.choice import choose
from bot.records.models import Record, unique
from bot.sources import trusts
from bot.store import StateStore
from bot.store.corrections import Correcting, TagCorrection
from bot.store.overlay import Overlay, seen
from bot.vocabulary import Vocabulary

LONGEST_COMMENT = 500


class NoCorrection(UsageError):
    """There is no such correction here, or it applies no more."""

    code = "no_correction"
    hint = "`corrections` lists those that apply."
    exit_code = 1


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction with the record it is about; None for a deleted record."""

    correction: TagCorrection
    record: Record | None


class Corrections:
    """Keeps, applies, lists and ends corrections."""

    def __init__(
        self, store: StateStore, vocabulary: Vocabulary, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._vocabulary = vocabulary
        self._now = now

    @contextmanager
    def seen_by(self, workspace: str) -> Iterator[None]:
        """See records as this workspace does for as long as the block lasts, in this thread.

        "" is no workspace: records as they are shared. Raises StoreError.
        """
        applying = self._store.corrections.applying(workspace) if workspace else ()
        closed = self._store.imports.closed_to(workspace)
        with seen(
            Overlay.of(
                applying, workspace=workspace, closed=closed,
                restated=partial(self._restated, workspace),
            )
        ):  # fmt: skip
            yield

    def _restated(self, workspace: str, record: Record) -> Record:
        """A shared record with what this workspace brought to it; its tags stay."""
        chosen = choose(self._store.merges.versions(record.id), trusts(), workspace)
        kept = ("id", "first_seen", "integrity", "concepts")
        return chosen.model_copy(update={name: getattr(record, name) for name in kept})

    def correct(self, correction: Correcting) -> list[TagCorrection]:
        """Keep a correction, and return it, a part for each tag.

        A tag that the record does not have here cannot be wrong, and one that it has is not
        missing: such parts are left out. Raises UnknownRecord, StoreError, or UsageError when
        nothing is left or a concept is unknown.
        """
        with self.seen_by(correction.workspace):
            record = self._store.get(correction.record_id)
        if record is None:
            raise UnknownRecord("That record was deleted.")
        for concept in (*correction.wrong, *correction.missing):
            if concept not in self._vocabulary.concepts:
                raise self._unknown(concept)
        tagged = {tag.concept for tag in record.concepts}
        wrong = unique(concept for concept in correction.wrong if concept in tagged)
        missing = unique(concept for concept in correction.missing if concept not in tagged)
        if not (wrong or missing):
            raise UsageError(
                "Nothing would change.", "Choose a tag that is wrong, or a concept that is missing."
            )
        comment = " ".join(correction.comment.split())[:LONGEST_COMMENT]
        kept = replace(correction, wrong=wrong, missing=missing, comment=comment)
        return self._store.corrections.add(kept, self._now())

    def _unknown(self, concept: str) -> UsageError:
        near = process.extractOne(concept, list(self._vocabulary.concepts))
        return UsageError(f"There is no concept “{concept[:60]}”.", f"The nearest is {near[0]}.")

    def undo(self, ids: Sequence[int], workspace: str | None, user: str) -> None:
        """End these corrections. Raises NoCorrection when none of them applies in the workspace.

        None as `workspace` is the operator, who may end those of any.
        """
        ended = [self._store.corrections.undo(each, workspace, user, self._now()) for each in ids]
        if not any(ended):
            kept = {each.id for each in self._store.corrections.all(workspace, ended=True)}
            if kept.isdisjoint(ids):
                raise NoCorrection("There is no such correction here.")
            raise NoCorrection("That correction applies no more.")

    def of_record(self, workspace: str, record_id: str) -> list[TagCorrection]:
        """The corrections of a record that apply in a workspace, newest first."""
        return self._store.corrections.applying(workspace, record_id)

    def listed(self, workspace: str | None = None, *, ended: bool = False) -> list[Corrected]:
        """The corrections of a workspace, or of all, newest first, each with its record."""
        kept = self._store.corrections.all(workspace, ended=ended)
        ids = unique(each.record_id for each in kept)
        records = {record.id: record for record in self._store.get_many(ids)}
        # A record that was merged into another is found under the other's id.
        records |= {
            id_: record
            for id_ in ids
            if id_ not in records and (record := self._store.get(id_)) is not None
        }
        return [Corrected(each, records.get(each.record_id)) for each in kept]
