"""Service: add single works, fetched from the source that knows them best.

Looking is separate from adding: a person sees what would come in before it does. A work that is
stored already is shown, not fetched; one that no source knows is reported as unknown.
"""

import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from bot.errors import SettingsError, SourceError, SourceUnavailable
from bot.merging.merge import combine
from bot.records.identifiers import find, parse
from bot.records.identity import is_strong
from bot.records.models import AccessStatus, Identifier, Record, unique
from bot.sources import Fetcher, fetchable, registered, trusts
from bot.sources.fetchers import Fetchers
from bot.store import StateStore
from bot.text.stop_words import STOP

log = logging.getLogger(__name__)

# More at once are a file to import: each is requested by itself, at the sources' own pace.
MOST = 8
_KEPT = 200
_WORD = re.compile(r"[^\s,;|]+")
_BARE_PMID = re.compile(r"[1-9]\d{4,7}", re.ASCII)
_LABELS = frozenset(("doi", "dois", "now", "pmid", "pmids"))


class Outcome(StrEnum):
    """What became of one identifier."""

    STORED = "held"
    FOUND = "found"
    ADDED = "added"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Sought:
    """One identifier that was requested, and what became of it.

    `record` is what is stored, found or added; `sources` are those that were queried, in order;
    `reason` says in one line why nothing could be found out. `versions` is what each source stated
    of a work that was found: this is what is stored.
    """

    identifier: Identifier
    outcome: Outcome
    record: Record | None = None
    sources: tuple[str, ...] = ()
    reason: str = ""
    versions: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants to add: identifiers, each once, and words that are none."""

    identifiers: tuple[Identifier, ...]
    others: tuple[str, ...] = ()


def read(text: str) -> Wanted:
    """The works named in pasted text: DOIs, addresses, PMIDs (bare numbers too), NCT numbers."""
    found: list[tuple[int, Identifier]] = []
    others: list[str] = []
    at = 0
    for mention in find(text):
        _read_words(text, at, mention.start, found, others)
        found.append((mention.start, mention.identifier))
        at = mention.end
    _read_words(text, at, len(text), found, others)
    named = dict.fromkeys(identifier for _, identifier in sorted(found, key=lambda each: each[0]))
    able = fetchable()
    fetched = tuple(i for i in named if i.valid and i.scheme in able)
    wrong = (i.value for i in named if i not in fetched)
    return Wanted(fetched, unique((*wrong, *others)))


def _read_words(
    text: str, start: int, end: int, found: list[tuple[int, Identifier]], others: list[str]
) -> None:
    """The words between two identifiers: a bare number is a PMID here, others are reported back."""
    for match in _WORD.finditer(text, start, end):
        word = match.group().strip(" .:()[]<>\"'“”")
        if _BARE_PMID.fullmatch(word) and (identifier := parse(f"PMID {word}")) is not None:
            found.append((match.start(), identifier))
        elif re.search(r"\w", word) and word.lower() not in STOP | _LABELS:
            others.append(word)


class Adder:
    """Looks for works at the sources, and puts them into the store."""

    def __init__(
        self,
        store: StateStore,
        take: Callable[[Iterable[Record], str], object],
        ask: Callable[[], AbstractContextManager[Fetchers]],
    ) -> None:
        """`take` stores records under the name of where they come from; `ask` opens the sources."""
        self._store = store
        self._take = take
        self._ask = ask
        # Between looking and adding, so that a press of the button queries nothing a second time.
        self._seen: OrderedDict[Identifier, Sought] = OrderedDict()
        self._lock = Lock()

    def look(self, identifiers: Sequence[Identifier]) -> list[Sought]:
        """What is known of each: stored, found at a source, unknown to all, or not to be found out.

        Raises StoreError; what the sources answer is never an error here.
        """
        return self._sought({each: self._stored(each) for each in identifiers})

    def add(self, identifiers: Sequence[Identifier]) -> list[Sought]:
        """Look for each and store what is found. Raises StoreError.

        What was just shown is stored as it was shown, without asking again.
        """
        lookup = {each: self._stored(each) or self._shown(each) for each in identifiers}
        return [self._added(each) for each in self._sought(lookup)]

    def _sought(self, known: dict[Identifier, Sought | None]) -> list[Sought]:
        """What is known, and for the rest what the sources say, in the same order."""
        missing = [identifier for identifier, lookup in known.items() if lookup is None]
        fetched = self._fetched(missing) if missing else {}
        return [lookup or self._or_of_a_file(fetched[each]) for each, lookup in known.items()]

    def _or_of_a_file(self, sought: Sought) -> Sought:
        """What the sources say; where none knows the work, what a file says of it."""
        record = None if sought.record else self._store_of(sought.identifier)
        return (
            Sought(sought.identifier, Outcome.STORED, record, sought.sources) if record else sought
        )

    def _added(self, lookup: Sought) -> Sought:
        if lookup.outcome is not Outcome.FOUND or lookup.record is None:
            return lookup
        for version in lookup.versions:
            self._take([version], version.provenance[0].source)
        stored = self._find(lookup.record) or self._store_of(lookup.identifier)
        return Sought(lookup.identifier, Outcome.ADDED, stored or lookup.record, lookup.sources)

    def _stored(self, identifier: Identifier) -> Sought | None:
        """What is stored of it already; what only a file says is looked up all the same."""
        record = self._store_of(identifier)
        return Sought(identifier, Outcome.STORED, record) if record and not record.is_file else None

    def _store_of(self, identifier: Identifier) -> Record | None:
        """The record of an identifier. Papers that name a trial are not the trial."""
        return next(iter(self._store.find(registered(identifier))), None)

    def _find(self, record: Record) -> Record | None:
        """The stored record of any identifier that names this work."""
        strong = (identifier for identifier in record.identifiers if is_strong(identifier))
        found = (self._store_of(identifier) for identifier in strong)
        return next((stored for stored in found if stored is not None), None)

    def _shown(self, identifier: Identifier) -> Sought | None:
        """What the last look at it found; only once, so that nothing old is stored later."""
        with self._lock:
            return self._seen.pop(identifier, None)

    def _fetched(self, identifiers: Sequence[Identifier]) -> dict[Identifier, Sought]:
        try:
            with self._ask() as fetchers:
                return {each: self._fetch(each, fetchers) for each in identifiers}
        except (SettingsError, SourceError) as error:
            # No contact address, a sources file that cannot be read, an address that is none.
            answers = f"{error.message} {error.hint}"
            return {each: Sought(each, Outcome.FAILED, reason=answers) for each in identifiers}

    def _fetch(self, identifier: Identifier, fetchers: Fetchers) -> Sought:
        queried, failures = [], []
        for fetcher in fetchers.for_identifier(identifier):
            queried.append(fetcher.name)
            try:
                record = fetcher.fetch(identifier)
            except SourceError as error:
                log.info("%s could not be asked: %s", fetcher.name, error.code)
                failures.append(error)
                continue
            if record is not None:
                return self._seen_at(identifier, record, fetchers, tuple(queried))
        if failures:
            later = any(isinstance(error, SourceUnavailable) for error in failures)
            answers = f"{failures[0].message} {'Try again later.' if later else ''}".strip()
            return Sought(identifier, Outcome.FAILED, None, tuple(queried), answers)
        return Sought(identifier, Outcome.UNKNOWN, None, tuple(queried))

    def _seen_at(
        self, identifier: Identifier, record: Record, fetchers: Fetchers, queried: tuple[str, ...]
    ) -> Sought:
        """What was found: stored already under another identifier, or new, with its access."""
        stored = self._find(record)
        if stored is not None and not stored.is_file:
            return Sought(identifier, Outcome.STORED, stored, queried)
        access = _access_of(record, fetchers.that_know_only_access())
        versions = (record, access) if access else (record,)
        shown = combine(record, access, trusts()) if access else record
        found = Sought(identifier, Outcome.FOUND, shown, queried, versions=versions)
        with self._lock:
            self._seen[found.identifier] = found
            self._seen.move_to_end(found.identifier)
            while len(self._seen) > _KEPT:
                self._seen.popitem(last=False)
        return found


def _access_of(record: Record, fetchers: Iterable[Fetcher]) -> Record | None:
    """What those who know only this say of a work whose own source does not: who can read it."""
    if record.access.status is not AccessStatus.UNKNOWN:
        return None
    for fetcher in fetchers:
        for identifier in (i for i in record.identifiers if i.scheme in fetcher.schemes):
            try:
                known = fetcher.fetch(identifier)
            except SourceError as error:
                log.info("access is not known: %s", error.code)
                continue
            if known is not None and known.access.status is not AccessStatus.UNKNOWN:
                return known
    return None
