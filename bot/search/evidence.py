"""Service: the evidence on a topic by its kind, and what combines two things.

All numbers are counts of the records stored, by the tags the bot gave them. "None in our records"
is never "no such trial".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.index import EVERY_RECORD, Candidate, Group, IndexQuery, Key, SearchIndex
from bot.index.documents import NEGATIVE
from bot.records.answers import Answer, Hit, Quote
from bot.records.negative import negative
from bot.search.describing import describe_query
from bot.search.plan import tagged
from bot.search.query import Query
from bot.search.search import Search
from bot.store import StateStore
from bot.vocabulary import Vocabulary

_TRIAL = "clinical-trial"
_PROTOCOL = "trial-protocol"
# The strongest kind first; a record stands in the first group that its tags name.
GROUPS = (
    ("Trials", _TRIAL),
    ("Systematic reviews", "systematic-review"),
    ("Preclinical studies", "preclinical-study"),
    ("Reviews", "review"),
)
OTHER = "Other records"
SHOWN = 2
# How far a list of combinations can be paged.
_DEPTH = 100
# The best of a group that are looked at beyond those shown, in case some of them are retracted.
_SPARE = 18
# A trial that reports a negative result, as the index knows it.
_NEGATIVE = Group((Key("has", NEGATIVE),))
_MOST_SIDES = 4


@dataclass(frozen=True, slots=True)
class EvidenceGroup:
    """The records of one kind: how many, those shown, and the question that lists them all.

    `negative` counts the records that report a negative result, and `failures` maps the ids of
    those shown to the sentence that does. `protocols` have no results yet.
    """

    name: str
    question: str
    total: int
    hits: tuple[Hit, ...] = ()
    negative: int = 0
    protocols: int = 0
    failures: Mapping[str, Quote] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence on a topic: groups that have a record, strongest first."""

    answer: Answer
    groups: tuple[EvidenceGroup, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things combined: how it was read, what finds it, and how many records have it."""

    phrase: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Combination:
    """How many records have each side, and the page of those that have all of them.

    `trials` of them are trials; `stored` is how many records there are at all.
    """

    answer: Answer
    sides: tuple[Side, ...]
    trials: int
    stored: int


class EvidenceService:
    """Answers `evidence` and `combine`."""

    def __init__(
        self, store: StateStore, index: SearchIndex, search: Search, vocabulary: Vocabulary
    ) -> None:
        self._store = store
        self._index = index
        self._search = search
        self._vocabulary = vocabulary

    def evidence(self, query: Query, shown: int = SHOWN) -> Evidence:
        """The records on a topic by kind of evidence, `shown` of each group."""
        kinds = self._kinds(self._search.plan(query))
        made = (self._group(query, kinds, place, shown) for place in range(len(kinds.totals)))
        groups = tuple(group for group in made if group.total)
        hits = tuple(hit for group in groups for hit in group.hits)
        answer = Answer(
            query=query.text,
            understood=describe_query(query, "evidence"),
            total=sum(group.total for group in groups),
            ranked=len(hits),
            hits=hits,
        )
        return Evidence(answer, groups)

    def combine(self, query: Query, limit: int = 5, offset: int = 0) -> Combination | None:
        """What is stored of each side of a question and of all sides; None with fewer than two."""
        queries = [self._search.interpret(side) for side in sides(query.subject)]
        queries = [each for each in queries if not each.is_empty][:_MOST_SIDES]
        if len(queries) < 2:
            return None
        wanted = [self._search.plan(each) for each in queries]
        both = _all_of(wanted)
        found = self._index.search(both, _DEPTH, partial="none")
        best = _retracted_last(found.candidates)
        merged = _merged(query, queries)
        answer = Answer(
            query=query.text,
            understood=describe_query(merged, "combine"),
            total=found.strict_total,
            ranked=len(best),
            offset=offset,
            hits=self._hits(merged, best[offset : offset + limit]),
        )
        return Combination(
            answer=answer,
            sides=tuple(
                Side(each.subject, _label(each), self._index.count(one))
                for each, one in zip(queries, wanted, strict=True)
            ),
            trials=self._index.tally(both, [tagged(self._vocabulary, _TRIAL)])[0][0],
            stored=self._index.count(IndexQuery()),
        )

    def _kinds(self, wanted: IndexQuery) -> "_Kinds":
        """The records of a topic by kind, from one count over all of them and the best of them."""
        concepts = [concept for _, concept in GROUPS]
        tags = [self._vocabulary.narrower(concept) for concept in concepts]
        # The records of a kind are those of it and all before it, less those of the ones before.
        up_to = [tagged(self._vocabulary, *concepts[: place + 1]) for place in range(len(concepts))]
        protocol = Group((Key("concept", _PROTOCOL),))
        counted = self._index.tally(wanted, (*up_to, EVERY_RECORD), (_NEGATIVE, protocol))
        found = self._index.search(wanted, _DEPTH, partial="none")
        ends = [0, *(row[0] for row in counted)]
        best: list[list[Candidate]] = [[] for _ in ends[1:]]
        for candidate in found.candidates:
            own = candidate.card.concepts
            places = (at for at, kind in enumerate(tags) if not kind.isdisjoint(own))
            best[next(places, len(tags))].append(candidate)
        _, negative, protocols = counted[0]
        totals = tuple(end - start for start, end in pairwise(ends))
        return _Kinds(wanted, totals, best, negative, protocols)

    def _group(self, query: Query, kinds: "_Kinds", place: int, shown: int) -> EvidenceGroup:
        """The group at this place of `GROUPS`; after the last one, whatever is in none of them."""
        name, concept = GROUPS[place] if place < len(GROUPS) else (OTHER, None)
        without = tuple(other for _, other in GROUPS[:place])
        total, best = kinds.totals[place], kinds.best[place]
        group = EvidenceGroup(
            name=name,
            question=self._search.searching(_question(query.subject, concept, without)),
            total=total,
        )
        if not total:
            return group
        excluded = tagged(self._vocabulary, *without).alternatives
        kind = replace(kinds.wanted, excluded=(*kinds.wanted.excluded, *excluded))
        if concept is not None:
            kind = kind.requiring(tagged(self._vocabulary, concept))
        if concept == _TRIAL:
            return self._trials(query, replace(kinds, wanted=kind), group, shown)
        chosen = self._leading(kind, total, best, shown)
        return replace(group, hits=self._hits(query, chosen[:shown]))

    def _trials(
        self, query: Query, kinds: "_Kinds", group: EvidenceGroup, shown: int
    ) -> EvidenceGroup:
        """Negative trials first, those without results after the others, retracted ones last."""
        protocol, kind = Key("concept", _PROTOCOL), kinds.wanted
        planned = [c for c in kinds.best[0] if _PROTOCOL in c.card.concepts]
        reporting = [c for c in kinds.best[0] if _PROTOCOL not in c.card.concepts]
        chosen = self._leading(kind.requiring(_NEGATIVE), kinds.negative, (), shown)[:shown]
        with_results = replace(kind, excluded=(*kind.excluded, protocol))
        protocols = kind.requiring(Group((protocol,)))
        for those, total, best in (
            (with_results, group.total - kinds.protocols, reporting),
            (protocols, kinds.protocols, planned),
        ):
            if sum(not c.card.retracted for c in chosen) < shown:
                # Those that failed may be among the best: so many more are needed.
                chosen += self._leading(those, total, best, shown + len(chosen))
        found = {candidate.record_id: candidate for candidate in chosen}
        hits = self._hits(query, _retracted_last(found.values())[:shown])
        said = ((hit.record.id, negative(hit.record)) for hit in hits)
        return replace(
            group,
            hits=hits,
            negative=kinds.negative,
            protocols=kinds.protocols,
            failures={record_id: quote for record_id, quote in said if quote},
        )

    def _leading(
        self, kind: IndexQuery, total: int, best: Sequence[Candidate], wanted: int
    ) -> list[Candidate]:
        """So many of the `total` records of a kind, retracted ones last.

        Searched for only where there are not enough among the best of the topic, which are known.
        """
        if len(best) < total and sum(not c.card.retracted for c in best) < wanted:
            best = self._index.search(kind, wanted + _SPARE, partial="none").candidates
        return _retracted_last(best)

    def _hits(self, query: Query, chosen: Sequence[Candidate]) -> tuple[Hit, ...]:
        """The records of these candidates, each with why it is there."""
        stored = self._store.get_many([candidate.record_id for candidate in chosen])
        return self._search.explained(query, stored)


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The records of a topic by kind of evidence: how many, and which are among its best.

    `negative` trials report a negative result, `protocols` have none yet.
    """

    wanted: IndexQuery
    totals: Sequence[int]
    best: Sequence[Sequence[Candidate]]
    negative: int
    protocols: int


def _retracted_last(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: candidate.card.retracted)


def sides(subject: str) -> tuple[str, ...]:
    """The things that are combined: "CXCR2 + pembrolizumab", "CAR-T and oncolytic viruses".

    A plus with spaces around it decides; then words that join; then any plus between two words,
    so that "CD8+ T cells + PD-1" has two sides.
    """
    for joint in (r"\s\+\s", r"\s*(?:,|;|&|\b(?:and|with|plus)\b)\s*", r"(?<=\w)\+(?=\w)"):
        parts = [part.strip(" +,;&") for part in re.split(joint, subject, flags=re.IGNORECASE)]
        if len(parts) > 1:
            return tuple(dict.fromkeys(part for part in parts if part))
    return (subject,) if subject.strip() else ()


def _label(query: Query) -> str:
    """What a side was read as."""
    names = [p.recognised.label if p.recognised else p.typed for p in query.parts]
    return ", ".join(names) or query.subject


def _merged(query: Query, queries: Sequence[Query]) -> Query:
    """The sides as one question, each read on its own."""
    merged = replace(query, parts=(), filters=queries[0].filters)
    for each in queries:
        merged = replace(
            merged,
            parts=merged.parts + each.parts,
            excluded=merged.excluded + each.excluded,
            filters=merged.filters.merged(each.filters),
            corrected=tuple(dict.fromkeys(merged.corrected + each.corrected)),
            senses=tuple(dict.fromkeys(merged.senses + each.senses)),
        )
    return merged


def _all_of(wanted: Sequence[IndexQuery]) -> IndexQuery:
    return IndexQuery(
        groups=tuple(group for each in wanted for group in each.groups),
        required=tuple(group for each in wanted for group in each.required),
        excluded=tuple(key for each in wanted for key in each.excluded),
        years=next((each.years for each in wanted if each.years), None),
    )


def _question(subject: str, concept: str | None, without: Sequence[str]) -> str:
    """The question in the query language that lists exactly the records of a group."""
    others = [f"-evidence:{other}" for other in without]
    kind = [f"evidence:{concept}"] if concept else []
    return " ".join([subject, *kind, *others])
