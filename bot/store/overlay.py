"""Records as one workspace sees them: with what its people brought, and its corrections of tags.

An overlay holds for a block of code and the thread that runs it (`seen`), so that everything that
reads records meanwhile, at any depth, sees the same. Without one, as for an operator, all records
are there, with the tags that they are shared with.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from bot.records.models import ConceptTag, Record
from bot.store.corrections import TagCorrection

# The field that an added tag names as its source, where others name the title or the abstract.
BY_HAND = "your team"


@dataclass(frozen=True, slots=True)
class Changed:
    """The concepts a record loses and gains in a workspace."""

    lost: frozenset[str] = frozenset()
    gained: frozenset[str] = frozenset()

    def concepts(self, tagged: Iterable[str]) -> tuple[str, ...]:
        """These concepts, with what is lost and gained."""
        kept = dict.fromkeys(concept for concept in tagged if concept not in self.lost)
        return tuple(kept | dict.fromkeys(sorted(self.gained)))


@dataclass(frozen=True, slots=True)
class Overlay:
    """What changes in a workspace, by record id, and the records that lose or gain a concept.

    `closed` are the other workspaces that have records of their own, which are not seen here;
    `restated` makes of a shared record what it is with what this `workspace` brought to it.
    """

    records: Mapping[str, Changed] = field(default_factory=dict)
    by_concept: Mapping[str, frozenset[str]] = field(default_factory=dict)
    workspace: str = ""
    closed: tuple[str, ...] = ()
    restated: Callable[[Record], Record] | None = None

    @classmethod
    def of(cls, corrections: Iterable[TagCorrection], **visible: Any) -> "Overlay":
        """The overlay of the corrections that apply in a workspace, the newest first.

        Of two that were made of records which are one by now, the newer counts. `visible` is what
        else the overlay has.
        """
        stated: dict[tuple[str, str], bool] = {}
        for each in corrections:
            stated.setdefault((each.record_id, each.concept), each.wrong)
        lost: dict[str, set[str]] = {}
        gained: dict[str, set[str]] = {}
        by_concept: dict[str, set[str]] = {}
        for (record_id, concept), wrong in stated.items():
            (lost if wrong else gained).setdefault(record_id, set()).add(concept)
            by_concept.setdefault(concept, set()).add(record_id)
        return cls(
            {
                record_id: Changed(
                    frozenset(lost.get(record_id, ())), frozenset(gained.get(record_id, ()))
                )
                for record_id in lost.keys() | gained.keys()
            },
            {concept: frozenset(ids) for concept, ids in by_concept.items()},
            **visible,
        )

    def touching(self, concepts: Iterable[str]) -> dict[Changed, list[str]]:
        """The records that lose or gain any of these concepts, by what they lose and gain of them.

        Every other record has these concepts, or has them not, as it is shared.
        """
        wanted = frozenset(concepts) & self.by_concept.keys()
        found: dict[Changed, list[str]] = {}
        for record_id in sorted({each for concept in wanted for each in self.by_concept[concept]}):
            changed = self.records[record_id]
            part = Changed(changed.lost & wanted, changed.gained & wanted)
            found.setdefault(part, []).append(record_id)
        return found

    def record(self, record: Record) -> Record:
        """The record with the tags that it has in this workspace."""
        changed = self.records.get(record.id)
        if changed is None:
            return record
        tags = {tag.concept: tag for tag in record.concepts}
        by_hand = {
            concept: ConceptTag(concept=concept, field=BY_HAND, words="added by hand")
            for concept in changed.gained - tags.keys()
        }
        tags |= by_hand
        concepts = changed.concepts(tag.concept for tag in record.concepts)
        return record.model_copy(update={"concepts": tuple(tags[c] for c in concepts)})


NONE = Overlay()
_seen: ContextVar[Overlay] = ContextVar("overlay", default=NONE)


@contextmanager
def seen(overlay: Overlay) -> Iterator[None]:
    """See records through this overlay for as long as the block lasts, in this thread."""
    token = _seen.set(overlay)
    try:
        yield
    finally:
        _seen.reset(token)


def current() -> Overlay:
    """The overlay that holds here and now."""
    return _seen.get()


def is_hidden(record: Record) -> bool:
    """Whether the overlay of here and now does not show a record: another workspace's."""
    return record.audience is not None and record.audience in _seen.get().closed


def as_seen(record: Record, *, has_own: bool = False) -> Record:
    """A record as the overlay of here and now shows it; `has_own`: with what was brought to it."""
    overlay = _seen.get()
    if has_own and overlay.restated is not None:
        record = overlay.restated(record)
    return overlay.record(record)
