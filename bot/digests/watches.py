"""What a subscription watches: understood once, when it is made, and frozen.

A search is kept as its query of the index, so that a word that was corrected, or an
abbreviation that was read in one sense, means the same in every later digest.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from bot.errors import UsageError
from bot.index import Group, IndexQuery, Key, SearchIndex
from bot.index.percolate import Percolator
from bot.lazy import lazy
from bot.records.answers import Sense, Understood
from bot.records.models import Identifier, Record, Scheme
from bot.search.describing import describe_query
from bot.search.query import Part, Query
from bot.search.search import Search
from bot.store import StateStore
from bot.store.subscriptions import Match, Watch, work_keys

if TYPE_CHECKING:
    from bot.digests import subscribing
else:
    subscribing = lazy("bot.digests.subscribing")  # its forms take long to compile

log = logging.getLogger(__name__)

# Matches of a batch of records: (record id, score), best first.
Matches: TypeAlias = list[tuple[str, float]]

PREVIEW = timedelta(days=30)
# How many records are matched at a time.
BATCH = 5_000
# How many records are counted for a preview at most.
_PREVIEWED = 20_000
# "Citing 10.1016/…" watches for what cites a work; what it looks for begins so.
_CITING = re.compile(
    r"\s*(?:new )?(?:(?:papers|works|records)\s)?(?:(?:that|which)\s)?cit(?:es?|ing)\b",
    re.IGNORECASE,
)
_CITES = "cites:"
_QUERIES = TypeAdapter(IndexQuery)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a watch would have brought in the last 30 days.

    `posted` is how many of the `arrived` records matched; `since` is when the first of them came
    where the store is younger than that, or None. None of it is known (`arrived` is None) where
    more records came than are looked at for a preview.
    """

    posted: int
    arrived: int | None
    since: datetime | None = None

    @property
    def weekly(self) -> float:
        """How many that is a week."""
        return self.posted * 7 / PREVIEW.days


class Watches:
    """Understands watches, and matches records against them."""

    # Among how many records the index counts at a time for a preview.
    counted_at_once = 2_000

    def __init__(
        self,
        store: StateStore,
        search: Search,
        index: SearchIndex,
        in_words: Callable[[Understood], str],
        now: Callable[[], datetime],
    ) -> None:
        """`in_words` says how a question was understood."""
        self._store, self._search, self._index = store, search, index
        self._in_words, self._now = in_words, now
        self._loaded = lru_cache(maxsize=20_000)(self._load)

    def understand(self, words: str) -> tuple[Watch, Query]:
        """What these words watch, and the question they were read as.

        Raises UsageError with one line that says what to type instead.
        """
        if not words.strip():
            raise UsageError(
                "Say what to watch for.", "For example: `subscribe CAF in melanoma weekly on MON`."
            )
        words = subscribing.by_name(words)
        query = self._search.interpret(words)
        if query.problems:
            raise UsageError(query.problems[0].message, "Then subscribe again.")
        if query.identifiers:
            return self._identified(words, query), query
        if query.is_empty:
            raise UsageError(
                f"“{words[:80]}” asks for nothing I can watch for.", "Use words, or a filter."
            )
        wanted = _QUERIES.dump_json(self._search.plan(query)).decode()
        described = self._in_words(describe_query(query, "search"))
        return Watch("search", words, wanted, described), query

    def _identified(self, words: str, query: Query) -> Watch:
        """A pasted ORCID or ISSN is followed; any other identifier is a record's own."""
        named = query.identifiers[0].identifier
        if _CITING.match(words):
            return self._citing(words, named)
        if len({mention.identifier for mention in query.identifiers}) > 1:
            raise UsageError("That names several things.", "Subscribe to one at a time.")
        if named.scheme in (Scheme.ORCID, Scheme.ISSN):
            kind = "works by ORCID" if named.scheme is Scheme.ORCID else "works in the journal"
            wanted = f"{named.scheme.value}:{named.value}"
            return Watch("identifier", words, wanted, f"{kind} {named.value}")
        stored = self._store.find(named, limit=1)
        if not stored:
            raise UsageError(
                f"{named.value} is not stored.", "Import it first, or follow its journal."
            )
        return Watch(
            "record", words, stored[0].id, f"what becomes known of “{stored[0].title[:120]}”"
        )

    def _citing(self, words: str, named: Identifier) -> Watch:
        """What cites a work, stored or not, by every number that it has."""
        stored = self._store.find(named, limit=1)
        numbers = [i for i in stored[0].identifiers if i.valid] if stored else [named]
        wanted = " ".join(f"{_CITES}{each.scheme.value}:{each.value}" for each in numbers)
        title = f"“{stored[0].title[:120]}”" if stored else named.value
        return Watch("identifier", words, wanted, f"works that cite {title}")

    def matches(self, watch: Watch, batch: "Batch") -> Matches:
        """The records of a batch that a watch is for, best first."""
        if watch.kind == "record":
            return []
        if watch.kind == "identifier":
            found = (batch.carriers.get(wanted, ()) for wanted in watch.wanted.split())
            return [(record_id, 0.0) for record_id in dict.fromkeys(chain.from_iterable(found))]
        return batch.percolator.matches(self._loaded(watch.wanted, watch.query))

    def query(self, watch: Watch) -> Query:
        """The watch as a question of today, to explain a match and to show it to people."""
        return self._search.interpret(watch.query)

    def are_same(self, one: Watch, other: Watch) -> bool:
        """Whether two watch the same, in whatever order and names: CAF melanoma, melanoma CAFs."""
        if one.kind != other.kind:
            return False
        if one.wanted == other.wanted:
            return True
        return one.kind == "search" and self._meant(one) == self._meant(other)

    def _meant(self, watch: Watch) -> tuple[object, ...]:
        query = self.query(watch)
        parts, excluded = (frozenset(map(self._identity, p)) for p in (query.parts, query.excluded))
        return parts, excluded, query.filters

    def _identity(self, part: Part) -> object:
        """What a part names, or the stems of its words."""
        if part.any:
            return frozenset(map(self._identity, part.any))
        term = part.recognised
        if term is not None and not term.only_imported:
            named = frozenset((*term.concepts, *term.drugs, *term.genes))
            if named:
                return named
        return (part.phrase, tuple(map(self._index.stem, part.words)))

    def doubts(self, query: Query) -> tuple[str, ...]:
        """Why a watch may never bring anything, a sentence each, for its author to confirm."""
        doubts = [f"“{c.typed}” is read as “{c.used}”." for c in query.corrected]
        doubts += [f"“{s.typed}” can mean several things." for s in query.senses if is_undecided(s)]
        if absent := self._search.absent(query):
            doubts.append(f"No record has {' or '.join(f'“{typed}”' for typed in absent)}.")
        elif query.filters.is_set and not self._index.count(
            self._search.plan(replace(query, parts=(), excluded=()))
        ):
            doubts.append("No record passes its filters.")
        return tuple(doubts)

    def _load(self, wanted: str, words: str) -> IndexQuery:
        frozen = _thawed(wanted)
        if frozen is not None:
            return frozen
        log.warning("A query frozen by another version is read again from its words.")
        return self._search.plan(self._search.interpret(words))

    def preview(self, watch: Watch) -> Preview:
        """What it would have brought in the last 30 days, counted as "new" is: by arrival."""
        begin = self._now() - PREVIEW
        came = self._store.subscriptions.came_since(begin, _PREVIEWED)
        if len(came) == _PREVIEWED:
            return Preview(0, None)
        everything = bool(came) and len(came) == self._store.subscriptions.last_arrival()
        if watch.wanted.startswith(_CITES):
            numbers = (each.removeprefix(_CITES).partition(":") for each in watch.wanted.split())
            cited = [Identifier(scheme=Scheme(s), value=value) for s, _, value in numbers]
            citing = frozenset(self._store.references.citing(cited))
            posted = sum(record_id in citing for record_id, _ in came)
        elif watch.kind == "identifier":
            scheme, _, value = watch.wanted.partition(":")
            named = Identifier(scheme=Scheme(scheme), value=value)
            posted = self._store.subscriptions.carriers_since(begin, named)
        elif watch.kind == "search":
            wanted = self._loaded(watch.wanted, watch.query)
            ids = None if everything else [record_id for record_id, _ in came]
            posted = self._counted(wanted, ids)
        else:
            posted = 0
        return Preview(posted, len(came), came[-1][1] if everything else None)

    def _counted(self, wanted: IndexQuery, ids: Sequence[str] | None) -> int:
        """How many records match by the index that is there, of these or of all (None).

        To load and index thousands of records for one question takes seconds.
        """
        if ids is None:
            return self._index.count(wanted)
        size = self.counted_at_once
        shares = (ids[at : at + size] for at in range(0, len(ids), size))
        these = (Group(tuple(Key("id", record_id) for record_id in share)) for share in shares)
        return sum(
            self._index.count(replace(wanted, required=(*wanted.required, group)))
            for group in these
        )


def is_undecided(sense: Sense) -> bool:
    """Whether several senses of the field are watched for an abbreviation."""
    return sense.is_open and ", " in sense.taken


def _thawed(wanted: str) -> IndexQuery | None:
    """The frozen question, or None when this version cannot take every part of it.

    What is left out of a query only widens it, in the end to every stored record.
    """
    try:
        query = _QUERIES.validate_json(wanted)
    except ValidationError:
        return None
    kept = json.loads(_QUERIES.dump_json(query))
    return query if _covers(kept, json.loads(wanted)) else None


def _covers(kept: Any, frozen: Any) -> bool:
    if isinstance(frozen, dict):
        return isinstance(kept, dict) and all(
            name in kept and _covers(kept[name], part) for name, part in frozen.items()
        )
    if isinstance(frozen, list):
        return (
            isinstance(kept, list) and len(kept) == len(frozen) and all(map(_covers, kept, frozen))
        )
    return bool(kept == frozen)


class Batch:
    """Some new records, ready to be matched by many watches."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records: Mapping[str, Record] = {record.id: record for record in records}
        self.works: Mapping[str, Match] = {
            record.id: Match(record.id, work_keys(record)) for record in records
        }
        self.percolator = Percolator(records)
        self.carriers: dict[str, list[str]] = {}
        for record in records:
            for identifier in _carried(record):
                name = f"{identifier.scheme.value}:{identifier.value}"
                self.carriers.setdefault(name, []).append(record.id)
            for identifier in record.references:
                name = f"{_CITES}{identifier.scheme.value}:{identifier.value}"
                self.carriers.setdefault(name, []).append(record.id)


def _carried(record: Record) -> Iterator[Identifier]:
    """The people and the journal of a record, and what else names them, each once."""
    named = [(Scheme.ORCID, p.orcid) for p in record.contributors]
    if record.journal is not None:
        named += [(Scheme.ISSN, record.journal.issn), (Scheme.ISSN, record.journal.eissn)]
    own = (i for i in record.identifiers if i.scheme in (Scheme.ORCID, Scheme.ISSN))
    found = [*own, *(Identifier(scheme=s, value=v) for s, v in named if v)]
    return iter({(i.scheme, i.value): i for i in found}.values())
