"""Service: whether works can be relied on, by asking those who know of notices about them.

What is known of a retraction comes from three sides: the sources that are queried about a work by
its DOI or PMID, the lists of notices that an operator imported, and what sources stated when the
record was harvested. That no source knows of one counts only where a source was queried, and when.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Protocol, TypeAlias

from bot.errors import TmeError
from bot.harvest.merger import Merger
from bot.merging.choice import gathered
from bot.merging.sameness import judge
from bot.records.identity import strong_identifiers
from bot.records.models import (
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Record,
    Relation,
    Scheme,
    unique,
)
from bot.store import StateStore

log = logging.getLogger(__name__)

# A source queried within this time is not queried again because a person types `check`.
FRESH = timedelta(days=1)
# How long the scheduled checks leave a record alone; what a team uses they look at more often.
LEAVE_ALONE = timedelta(days=30)
LEAVE_USED_ALONE = timedelta(days=7)


class Checker(Protocol):
    """A source that can be queried for one work, with the notices about it in its `integrity`."""

    @property
    def name(self) -> str:
        """What the provenance of its records says."""

    @property
    def schemes(self) -> frozenset[Scheme]:
        """The kinds of identifier it can be queried for."""

    def fetch(self, identifier: Identifier) -> Record | None:
        """The record of this very identifier; None when the source knows no such work.

        Raises TmeError when it cannot be queried or cannot be understood.
        """


# Opens the checkers there are for as long as a block lasts. Raises TmeError, where they cannot be.
Checkers: TypeAlias = Callable[[], AbstractContextManager[Sequence[Checker]]]


class Outcome(StrEnum):
    """What came of asking one source. `FRESH`: it was queried too recently to query it again."""

    ANSWERED = "answered"
    FRESH = "fresh"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Look:
    """One source that was queried about a work, when it answered, or why it could not.

    `listed`: it is a list that was imported, as of that day.
    """

    source: str
    outcome: Outcome
    at: datetime | None = None
    reason: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of one work. `record` is what is stored of it, else what a source has, or None.

    `asked` is the identifier that the check was for, or None where a record was. `unasked` says why
    no source was queried at all.
    """

    record: Record | None
    stored: bool
    integrity: tuple[IntegrityNotice, ...]
    looks: tuple[Look, ...] = ()
    asked: Identifier | None = None
    unasked: str = ""

    @property
    def at(self) -> datetime | None:
        """When a source that knows was last queried, or None: none was."""
        return max((notice.checked for notice in self.integrity if notice.checked), default=None)


@dataclass(frozen=True, slots=True)
class _Said:
    """What one source stated about a work."""

    look: Look
    integrity: tuple[IntegrityNotice, ...] = ()
    relations: tuple[Relation, ...] = ()
    record: Record | None = None


class Checking:
    """Asks about works, and keeps what it receives with the records that are stored."""

    def __init__(
        self,
        store: StateStore,
        merger: Merger,
        checkers: Checkers,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._merger = merger
        self._checkers = checkers
        self._now = now

    def record(self, record: Record, *, fresh: timedelta = FRESH) -> Checked:
        """Ask about a stored record, and keep what is received. Raises StoreError.

        A source that was queried less than `fresh` ago is not queried again.
        """
        answers, unasked = self._ask(strong_identifiers(record), record, fresh)
        return self._kept(record, answers, unasked)

    def identifier(self, identifier: Identifier) -> Checked:
        """Check a work, stored or not, by its DOI, PMID or PMCID. Raises StoreError."""
        stored = self._store.find(identifier, 1)
        if stored and identifier in strong_identifiers(stored[0]):
            return self.record(stored[0])
        answers, unasked = self._ask((identifier,), None, FRESH)
        record = next((each.record for each in answers if each.record is not None), None)
        notices = gathered(chain.from_iterable(each.integrity for each in answers))
        return Checked(
            record, False, notices, tuple(each.look for each in answers), identifier, unasked
        )

    def step(self, limit: int) -> int:
        """Check the records whose turn it is, those in use first; how many were looked at.

        Ends early when a source does not answer: it is given time. Raises StoreError.
        """
        now = self._now()
        due = self._store.standing.due_for_check(
            now - LEAVE_ALONE, limit, used_before=now - LEAVE_USED_ALONE
        )
        done = 0
        for record in self._store.get_many(due):
            checked = self.record(record)
            live = [look for look in checked.looks if not look.listed]
            if strong_identifiers(record):
                if not checked.looks:
                    break  # no source can be queried at all
                if live and all(look.outcome is Outcome.FAILED for look in live):
                    log.warning("a check was not answered: %s", live[0].reason)
                    break
            # What cannot be looked up at all has had its turn too.
            self._store.standing.mark_checked([record.id], now)
            done += 1
        return done

    def from_lists(self, name: str) -> int:
        """Bring an imported list to the records that are stored; how many it is about."""
        touched: dict[str, Record] = {}
        for identifier in self._store.standing.listed_works(name):
            for record in self._store.find(identifier):
                touched[record.id] = record
        for record in touched.values():
            self._kept(record, list(self._lists(strong_identifiers(record))), "")
        return len(touched)

    # Asking

    def _ask(
        self, identifiers: Sequence[Identifier], stored: Record | None, fresh: timedelta
    ) -> tuple[list[_Said], str]:
        """The answers of all sources; and why no source was queried, if none was."""
        answers = list(self._lists(identifiers))
        if not identifiers:
            return answers, "it has no DOI, PMID or other identifier that it could be looked up by"
        try:
            with self._checkers() as checkers:
                able = [c for c in checkers if any(i.scheme in c.schemes for i in identifiers)]
                for checker in able:
                    before = _last(stored, checker.name)
                    if before is not None and self._now() - before < fresh:
                        answers.append(_Said(Look(checker.name, Outcome.FRESH, before)))
                    else:
                        answers.append(self._asked(checker, identifiers, stored))
        except TmeError as error:
            return answers, error.as_line
        if not able:
            return answers, "no source that knows of retractions is set up for it"
        return answers, ""

    def _asked(
        self, checker: Checker, identifiers: Sequence[Identifier], stored: Record | None
    ) -> _Said:
        """What one source says of the first identifier that it knows a work by."""
        for identifier in identifiers:
            if identifier.scheme not in checker.schemes:
                continue
            try:
                record = checker.fetch(identifier)
            except TmeError as error:
                return _Said(Look(checker.name, Outcome.FAILED, reason=error.message))
            if record is None:
                continue
            if stored is not None and not judge(stored, record).same:
                reason = f"its record of {identifier.value} is of another work: “{record.title}”"
                return _Said(Look(checker.name, Outcome.FAILED, reason=reason))
            at = self._now()
            notices = as_checked(record, checker.name, at)
            look = Look(checker.name, Outcome.ANSWERED, at)
            return _Said(look, notices, record.relations, record)
        return _Said(Look(checker.name, Outcome.UNKNOWN))

    def _lists(self, identifiers: Sequence[Identifier]) -> Iterator[_Said]:
        """What the imported lists say, as of the day they were imported."""
        lists = self._store.standing.notice_lists() if identifiers else []
        if not lists:
            return
        notices = self._store.standing.listed_notices(identifiers)
        for each in lists:
            found = tuple(
                notice.model_copy(update={"checked": each.at})
                for notice in notices
                if notice.source == each.name
            )
            looked = IntegrityNotice(kind=IntegrityKind.CHECKED, source=each.name, checked=each.at)
            yield _Said(Look(each.name, Outcome.ANSWERED, each.at, listed=True), (*found, looked))

    # Keeping

    def _kept(self, record: Record, answers: Sequence[_Said], unasked: str) -> Checked:
        """Write what was received to the record, and join it with what it turns out to be."""
        notices = [notice for each in answers for notice in each.integrity]
        relations = unique(relation for each in answers for relation in each.relations)
        looks = tuple(each.look for each in answers)
        if not notices and not relations:
            return Checked(record, True, record.integrity, looks, unasked=unasked)

        def with_answers(stored: Record, _: Record) -> Record:
            return stored.model_copy(
                update={
                    "integrity": gathered((*stored.integrity, *notices)),
                    "relations": unique((*stored.relations, *_others(stored, relations))),
                }
            )

        self._store.upsert([record], with_answers)
        now = self._store.get(record.id) or record
        if now.relations != record.relations and self._merger.settle(now):
            now = self._store.get(record.id) or now
        return Checked(now, True, now.integrity, looks, unasked=unasked)


def as_checked(record: Record, source: str, at: datetime) -> tuple[IntegrityNotice, ...]:
    """The notices in a source's answer with the day it was queried, and that it was."""
    found = (
        notice.model_copy(update={"checked": at, "source": notice.source or source})
        for notice in record.integrity
        if notice.kind is not IntegrityKind.CHECKED
    )
    return (*found, IntegrityNotice(kind=IntegrityKind.CHECKED, source=source, checked=at))


def _last(stored: Record | None, source: str) -> datetime | None:
    """When this source was last queried about a stored record."""
    if stored is None:
        return None
    checks = (n for n in stored.integrity if n.kind is IntegrityKind.CHECKED and n.source == source)
    return max((notice.checked for notice in checks if notice.checked), default=None)


def _others(stored: Record, relations: Sequence[Relation]) -> list[Relation]:
    """Relations that tell something: not to the work itself, and not known from another source."""
    own = set(stored.identifiers)
    known = {(relation.kind, relation.identifier) for relation in stored.relations}
    return [r for r in relations if r.identifier not in own and (r.kind, r.identifier) not in known]
