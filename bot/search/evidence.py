"""Service: the evidence on a topic by its kind, and what combines two things.

All numbers are counts of the records stored, by the tags the bot gave them. "None in our records"
is never "no such trial".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.index import Candidate, Group, IndexQuery, Key, SearchIndex
from bot.index.documents import NEGATIVE
from bot.records.models import Answer, Hit, Quote
from bot.records.negative import negative
from bot.search.query import Query
from bot.search.search import Search, describe_query
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
        wanted = self._search.plan(query)
        made = [self._group(query, wanted, place, shown) for place in range(len(GROUPS) + 1)]
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
        total, best = self._best(both, _DEPTH)
        merged = _merged(query, queries)
        answer = Answer(
            query=query.text,
            understood=describe_query(merged, "combine"),
            total=total,
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
            trials=self._index.count(self._of_kind(both, _TRIAL, ())),
            stored=self._index.count(IndexQuery()),
        )

    def _group(self, query: Query, wanted: IndexQuery, place: int, shown: int) -> EvidenceGroup:
        """The group at this place of `GROUPS`; after the last one, whatever is in none of them."""
        name, concept = GROUPS[place] if place < len(GROUPS) else (OTHER, None)
        without = tuple(other for _, other in GROUPS[:place])
        kind = self._of_kind(wanted, concept, without)
        total, best = self._best(kind, shown + _SPARE)
        group = EvidenceGroup(
            name=name,
            question=self._search.searching(_question(query.subject, concept, without)),
            total=total,
        )
        if not total:
            return group
        if concept == _TRIAL:
            return self._trials(query, kind, group, shown)
        return replace(group, hits=self._hits(query, best[:shown]))

    def _trials(
        self, query: Query, kind: IndexQuery, group: EvidenceGroup, shown: int
    ) -> EvidenceGroup:
        """Negative trials first, those without results after the others, retracted ones last."""
        negatives, failed = self._best(kind.requiring(_NEGATIVE), shown + _SPARE)
        protocol = Key("concept", _PROTOCOL)
        protocols, planned = self._best(kind.requiring(Group((protocol,))), shown + _SPARE)
        with_results = replace(kind, excluded=(*kind.excluded, protocol))
        # Those that failed may be among the best: so many more are needed.
        _, best = self._best(with_results, shown + len(failed[:shown]) + _SPARE)
        found = {candidate.record_id: candidate for candidate in (*failed, *best, *planned)}
        chosen = sorted(found.values(), key=lambda candidate: candidate.card.retracted)
        hits = self._hits(query, chosen[:shown])
        said = ((hit.record.id, negative(hit.record)) for hit in hits)
        return replace(
            group,
            hits=hits,
            negative=negatives,
            protocols=protocols,
            failures={record_id: quote for record_id, quote in said if quote},
        )

    def _of_kind(
        self, wanted: IndexQuery, concept: str | None, without: Sequence[str]
    ) -> IndexQuery:
        """The records of one kind of evidence that are of none of the others."""
        excluded = tuple(key for other in without for key in self._keys(other))
        limited = replace(wanted, excluded=(*wanted.excluded, *excluded))
        return limited if concept is None else limited.requiring(Group(self._keys(concept)))

    def _keys(self, concept: str) -> tuple[Key, ...]:
        return tuple(Key("concept", c) for c in sorted(self._vocabulary.narrower(concept)))

    def _best(self, wanted: IndexQuery, most: int) -> tuple[int, list[Candidate]]:
        """How many satisfy everything, and the best of them, retracted ones last."""
        found = self._index.search(wanted, most)
        strict = [candidate for candidate in found.candidates if candidate.strict]
        best = sorted(strict, key=lambda candidate: candidate.card.retracted)
        return found.strict_total, best

    def _hits(self, query: Query, chosen: Sequence[Candidate]) -> tuple[Hit, ...]:
        """The records of these candidates, each with why it is there."""
        stored = self._store.get_many([candidate.record_id for candidate in chosen])
        return self._search.explained(query, stored)


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
