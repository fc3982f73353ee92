"""Service: interpret a question, fetch candidates, rank them, explain them.

The rule of the list, in one place: records that satisfy everything asked come before the others
when two or three things are asked; among them relevance orders, and only near-ties are broken by
evidence and recency; a retracted record comes after all others. `rank` below is that rule.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from rapidfuzz import fuzz

from bot import query as queries
from bot.index import Card, Found, Group, IndexQuery, Key, SearchIndex, Words, Years
from bot.markup import plain
from bot.matching import Matcher
from bot.models import Action, Answer, Hit, Record, Understood, Why, unique
from bot.query import KnownWords, Part, Query
from bot.spelling import Speller
from bot.store import StateStore
from bot.summary import quotes
from bot.taxonomy import Recognised, Vocabulary
from bot.text import fold, name_keys, words

# How deep a list can be paged, and how many candidates are ranked anew.
DEPTH = 100
# A record tagged with a concept counts for it even where the words differ; less than words do.
_TAG_WEIGHT = 1.5
_SYNONYM_WEIGHT = 0.9
_LOOSE_WEIGHT = 0.3
# An abbreviation's long forms, as the records define them.
_FORM_WEIGHT, _MOST_FORMS, _LONGEST_ABBREVIATION = 0.5, 3, 8
_SPELLING_WEIGHTS = (1.0, 0.8, 0.7, 0.6, 0.5, 0.5)
# Weights of the rank, found by measurement: see tests/benchmarks/README.md.
_COVERAGE, _LIKENESS = 0.2, 0.1
# Scores closer than this are a tie, to be broken by evidence and recency.
_NEAR = 0.02
# With so few things asked, a record that has them all comes first, and one that has more of them
# before one that has fewer; on long questions that made the list worse.
_FEW = 3
_ASKED = 2.0
# With more strict matches than this the others are not looked at so closely.
_PLENTY = 20
# Up to so many things asked are a list of things wanted; more are a sentence, ranked as a whole.
_STRICT_FIRST = 6
_EVIDENCE_ORDER = (
    "systematic-review", "clinical-trial", "consensus-guideline", "biomarker-study",
    "preclinical-study", "review", "trial-protocol", "preprint",
)  # fmt: skip
# A pasted title may be this different from the record's and still be it (rapidfuzz, 0 to 100).
_SAME_TITLE = 92
_TITLE_WORDS = 5
_TITLE_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its final score and the arithmetic behind it."""

    record_id: str
    card: Card
    score: float
    strict: bool
    arithmetic: Mapping[str, float]


class Search:
    """Finds records by words, for every surface."""

    def __init__(
        self,
        store: StateStore,
        index: SearchIndex,
        vocabulary: Vocabulary,
        now: Callable[[], datetime],
        background: Mapping[str, int] | None = None,
    ) -> None:
        """Search a store through its index.

        `background` counts words of the language beside those of the records: a typed word among
        them is not taken for unknown, only doubted where a far commoner one is near.
        """
        self._background = background or {}
        self._store = store
        self._index = index
        self._vocabulary = vocabulary
        self._now = now
        self._lock = threading.Lock()
        self._known: KnownWords | None = None
        self._used: Mapping[str, int] = {}
        self._fresh_until = 0.0

    def interpret(self, text: str) -> Query:
        """What a question asks, in the words that the records and the vocabulary know."""
        return queries.parse(text, self.known_words(), self._now().date())

    def known_words(self) -> KnownWords:
        """The words known now.

        Collecting them from a large index takes a while, and an index that is being filled
        changes all the time: they are kept for twenty times as long as they took. What stands in
        the records at this moment is always asked of the index itself.
        """
        with self._lock:
            started = time.monotonic()
            if self._known is None or started >= self._fresh_until:
                used = self._index.vocabulary()
                if self._known is None or used is not self._used:
                    self._known, self._used = self._collected(used), used
                self._fresh_until = started + 20 * (time.monotonic() - started)
            return self._known

    def _collected(self, used: Mapping[str, int]) -> KnownWords:
        named, background = self._vocabulary.vocabulary_words(), self._background
        index = self._index
        return KnownWords(
            vocabulary=self._vocabulary,
            speller=Speller(used, named, background),
            is_text_word=lambda word: index.frequency(word, "text") > 0,
            uses=lambda word: index.frequency(word) + named.get(word, 0) + background.get(word, 0),
            stem=index.stem,
        )

    def run(
        self, query: Query, *, limit: int = 5, offset: int = 0, explain: bool = False
    ) -> Answer:
        """Answer a search. A list that finds nothing says `no_results` and what to try."""
        if query.is_empty:
            return Answer(query=query.text, understood=understood(query, query.action))
        wanted = self._index_query(query)
        found = self._index.search(wanted, DEPTH, query.filters.sort)
        ranked = self._rank(query, found)
        if not ranked and query.said_time and query.parts:
            timeless = self._timeless(query, limit=limit, offset=offset, explain=explain)
            if timeless.hits:
                return timeless
        if not ranked:
            return self._nothing(query, wanted)
        hits = self._hits(query, ranked[offset : offset + limit], explain=explain)
        action: Action = query.action if query.action != "lookup" else "search"
        return Answer(
            query=query.text,
            understood=understood(query, action),
            total=found.strict_total,
            ranked=len(ranked),
            offset=offset,
            hits=hits,
        )

    def _timeless(self, query: Query, *, limit: int, offset: int, explain: bool) -> Answer:
        """A year in plain words may only have been said: better an answer without it."""
        without = replace(query, filters=query.filters.without_times(), said_time=False)
        answer = self.run(without, limit=limit, offset=offset, explain=explain)
        said = understood(
            query, answer.understood.action, ("Nothing of that time; shown without it.",)
        )
        return answer.model_copy(update={"understood": said})

    def by_title(self, query: Query) -> Record | None:
        """The record whose title was pasted, whole or inside a citation, or None.

        Exact titles first (with and without the hyphens of line ends), then one that differs by
        a slip or two.
        """
        for reading in query.readings:
            if held := self._store.find_title(fold(reading)):
                return held[0]
        asked = fold(query.readings[-1]) if query.readings else ""
        if len(asked.split()) < _TITLE_WORDS or not query.parts:
            return None
        found = self._index.search(IndexQuery(groups=self._groups(query)), _TITLE_DEPTH)
        for record in self._store.get_many([c.record_id for c in found.candidates]):
            if _is_title(asked, fold(plain(record.title))):
                return record
        return None

    def wanted(self, query: Query) -> IndexQuery:
        """What the index is asked for a question, for those who count instead of list."""
        return self._index_query(query)

    def explained(self, query: Query, records: Iterable[Record]) -> tuple[Hit, ...]:
        """Records that satisfy a question as its hits, in this order, each with its reasons."""
        return tuple(self._explained(query, record) for record in records)

    # -- interpreting ------------------------------------------------------------------------

    def _index_query(self, query: Query) -> IndexQuery:
        filters = query.filters
        required = [Group(tuple(self._concept_keys([concept]))) for concept in filters.concepts]
        required += [_people(name) for name in filters.authors]
        required += [Group((Words(tuple(words(j)), field="journal"),)) for j in filters.journals]
        keys = (
            ("year", str(filters.year) if filters.year else None),
            ("access", "open" if filters.open_access else None),
            ("reviewed", _yes_no(filters.peer_reviewed)),
            ("flag", "retracted" if filters.retracted else None),
            ("language", filters.language),
            *(("has", name) for name in filters.has),
        )
        required += [Group((Key(name, value),)) for name, value in keys if value]
        required += [Group(self._alternatives(p)) for p in query.parts if p.phrase]
        excluded = [each for part in query.excluded for each in self._excluded(part)]
        excluded += self._concept_keys(filters.not_concepts)
        excluded += [a for name in filters.not_authors for a in _people(name).alternatives]
        if filters.retracted is False:
            excluded.append(Key("flag", "retracted"))
        years = None
        if filters.first or filters.last:
            years = Years(
                *(int(f"{d:%Y%m%d}") if d else None for d in (filters.first, filters.last))
            )
        return IndexQuery(self._groups(query), tuple(required), tuple(excluded), years)

    def _groups(self, query: Query) -> tuple[Group, ...]:
        return tuple(Group(self._alternatives(p), self._loose(p)) for p in query.parts)

    def _loose(self, part: Part) -> tuple[Words | Key, ...]:
        """Near misses of a concept: the broader concept, and the single words of its name."""
        term = part.recognised
        if term is None or not term.concepts:
            return ()
        above = unique(b for c in term.concepts for b in self._vocabulary.broader(c)[:1])
        single = (Words((word,), _LOOSE_WEIGHT) for word in part.words if len(part.words) > 1)
        return (*single, *(Key("concept", concept, _LOOSE_WEIGHT) for concept in above))

    def _alternatives(self, part: Part) -> tuple[Words | Key, ...]:
        """Everything that counts as this part, best first."""
        if part.any:
            return unique(a for option in part.any for a in self._alternatives(option))
        if part.recognised is not None:
            return self._named(part, part.recognised)
        if part.spellings:
            weights = zip(part.spellings, _SPELLING_WEIGHTS, strict=False)
            return tuple(Words((spelling.word,), weight) for spelling, weight in weights)
        plainly = Words(part.words, exact=part.phrase, prefix=part.prefix)
        if part.phrase or part.prefix or len(part.words) > 1:
            return (plainly,)
        return (plainly, *self._long_forms(part.words[0]))

    def _long_forms(self, word: str) -> list[Words]:
        """What the records themselves say an abbreviation means."""
        if len(word) > _LONGEST_ABBREVIATION:
            return []
        known = self._index.long_forms(word)[:_MOST_FORMS]
        return [Words(tuple(long.split()), _FORM_WEIGHT) for long, _ in known]

    def _named(self, part: Part, term: Recognised) -> tuple[Words | Key, ...]:
        """A recognised term: as typed, by its other names, or by its tag."""
        if term.sense is not None and not term.sense.concepts:
            # Read in a sense from outside the field: the abbreviation itself would mislead.
            return (Words(tuple(words(term.sense.label))),)
        synonyms = (Words(n, _SYNONYM_WEIGHT) for n in self._names(term) if n != part.words)
        return (Words(part.words), *synonyms, *self._concept_keys(term.concepts))

    def _names(self, term: Recognised) -> tuple[tuple[str, ...], ...]:
        """The other names of what was recognised, as folded words.

        Ambiguous abbreviations are left out: words in the index have no case and no context, and
        the records that mean the concept are found by their tag.
        """
        vocabulary = self._vocabulary
        names = [n for c in term.concepts for n in vocabulary.concepts[c].names if "<" not in n]
        names += [n for drug in term.drugs for n in vocabulary.drugs[drug].names]
        genes = (vocabulary.genes[symbol] for symbol in term.genes)
        names += [n for gene in genes for n in (gene.symbol, *gene.aliases)]
        doubtful = {fold(abbr) for abbr in vocabulary.ambiguous}
        folded = (fold(name) for name in names)
        return unique(tuple(n.split()) for n in folded if n and n.rstrip("s") not in doubtful)

    def _concept_keys(self, concepts: Iterable[str]) -> list[Key]:
        below = unique(
            c for concept in concepts for c in sorted(self._vocabulary.narrower(concept))
        )
        return [Key("concept", concept, _TAG_WEIGHT) for concept in below]

    def _excluded(self, part: Part) -> Iterable[Words | Key]:
        if part.recognised is None or not part.recognised.concepts:
            return self._alternatives(part)
        concepts = part.recognised.concepts
        if all(self._vocabulary.concepts[c].facet == "evidence" for c in concepts):
            return self._concept_keys(concepts)  # "-review" means the type, not the word
        return self._alternatives(part)

    # -- ranking -----------------------------------------------------------------------------

    def _rank(self, query: Query, found: Found) -> list[Ranked]:
        top = max((c.score for c in found.candidates), default=0.0) or 1.0
        asked = " ".join(w for part in query.parts for w in part.words)
        stems = {self._index.stem(word) for word in asked.split()}
        ranked = []
        for each in found.candidates:
            parts = self._arithmetic(each.card.title, each.score / top, asked, stems)
            score = sum(parts.values())
            ranked.append(Ranked(each.record_id, each.card, score, each.strict, parts))
        if query.filters.sort != "relevance":
            return ranked
        if len(query.parts) <= _FEW and found.strict_total < _PLENTY:
            ranked = self._with_share(query, ranked)
        return rank(ranked, strict_first=len(query.parts) <= _STRICT_FIRST)

    def _arithmetic(
        self, title: str, relevance: float, asked: str, stems: set[str]
    ) -> dict[str, float]:
        in_title = {self._index.stem(word) for word in title.split()}
        coverage = len(stems & in_title) / len(stems) if stems else 0.0
        return {
            "relevance": round(relevance, 4),
            "title_words": round(_COVERAGE * coverage, 4),
            "title_likeness": round(_LIKENESS * fuzz.token_sort_ratio(asked, title) / 100, 4),
        }

    def _with_share(self, query: Query, ranked: list[Ranked]) -> list[Ranked]:
        """Few things asked, hardly any record with them all: prefer those that have more.

        Records with less than half of plain words are not answers and are dropped; what stands
        for a concept is near enough to show.
        """
        groups = self._groups(query)
        shares = self._shares(groups, [each.record_id for each in ranked])
        certain = any(part.recognised or part.any for part in query.parts)
        shared = []
        for each in ranked:
            share = shares[each.record_id] / max(len(groups), 1)
            if each.strict or certain or share >= 0.5:
                parts = {**each.arithmetic, "asked_for": round(_ASKED * share, 4)}
                shared.append(replace(each, score=sum(parts.values()), arithmetic=parts))
        return shared

    def _shares(self, groups: Sequence[Group], ids: Sequence[str]) -> dict[str, float]:
        """How many of the groups each record has; a near miss counts half."""
        shares = dict.fromkeys(ids, 0.0)
        for group in groups:
            whole = self._index.matching(group.alternatives, ids)
            half = self._index.matching(group.loose, ids) - whole
            for record_id in whole:
                shares[record_id] += 1.0
            for record_id in half:
                shares[record_id] += 0.5
        return shares

    # -- explaining --------------------------------------------------------------------------

    def _hits(self, query: Query, page: list[Ranked], *, explain: bool) -> tuple[Hit, ...]:
        """The page with its records; one that went since the index last looked is left out."""
        held = {r.id: r for r in self._store.get_many([each.record_id for each in page])}
        present = [(each, held[each.record_id]) for each in page if each.record_id in held]
        return tuple(self._hit(query, each, record, explain=explain) for each, record in present)

    def _hit(self, query: Query, ranked: Ranked, record: Record, *, explain: bool) -> Hit:
        return self._explained(query, record).model_copy(
            update={
                "score": round(ranked.score, 4),
                "strict": ranked.strict,
                "arithmetic": dict(ranked.arithmetic) if explain else {},
            }
        )

    def _explained(self, query: Query, record: Record) -> Hit:
        matcher = Matcher(record, self._index.stem)
        why = [w for part in query.parts if (w := self._why(part, matcher)) is not None]
        why += self._why_filters(query, record)
        asked = [self._alternatives(part) for part in query.parts]
        return Hit(
            record=record,
            score=0.0,
            strict=True,
            why=unique(why),
            quotes=quotes(record, asked, self._index.stem),
        )

    def _why(self, part: Part, matcher: Matcher) -> Why | None:
        for option in part.any or (part,):
            term = option.recognised
            for alternative in self._alternatives(option):
                place = matcher.find(alternative)
                if place is None:
                    continue
                if term is not None and term.concepts:
                    concept = place.concept or term.concepts[0]
                    label = self._vocabulary.concepts[concept].label
                    return Why(field=place.field, words=label, concept=concept)
                return Why(field=place.field, words=place.words)
            near = matcher.first(self._loose(option))
            if near is not None:
                return Why(field=near.field, words=near.words, concept=near.concept)
        return None

    def _why_filters(self, query: Query, record: Record) -> list[Why]:
        why = []
        for concept in query.filters.concepts:
            below = self._vocabulary.narrower(concept)
            tag = next((t for t in record.concepts if t.concept in below), None)
            if tag is not None:
                label = self._vocabulary.concepts[tag.concept].label
                why.append(Why(field=tag.field, words=label, concept=tag.concept))
        for name in query.filters.authors:
            keys = name_keys(name)
            author = next(
                (p.display_name for p in record.contributors if p.display_name
                 and any(f" {k} " in f" {fold(p.display_name)} " for k in keys)), None,
            )  # fmt: skip
            why.append(Why(field="author", words=author or name))
        if query.filters.journals and record.journal:
            why.append(Why(field="journal", words=record.journal.title))
        return why

    def _nothing(self, query: Query, wanted: IndexQuery) -> Answer:
        """Zero results: what was understood, nearest spellings, which filter to drop.

        Only words that mean nothing here are `no_results`; what was understood stays a search.
        """
        tries = self._nearest_spellings(query)
        notes = []
        if query.filters.is_set and query.parts:
            without = self._index.search(IndexQuery(groups=wanted.groups), 1).strict_total
            if without:
                notes.append(_without_filters(query, without))
                tries.append(" ".join(part.typed for part in query.parts))
        if len(query.parts) > 1:
            tries += [part.typed for part in query.parts if part.recognised is not None][:2]
        if not any(c.isascii() and c.isalpha() for c in query.text) and query.parts:
            notes.append("The records are in English; the words for this field are in `help`.")
            tries.append("TME")
        known = query.filters.is_set or any(p.recognised or p.any for p in query.parts)
        action: Action = "search" if known or "TME" in tries else "no_results"
        return Answer(
            query=query.text,
            understood=understood(query, action, notes),
            suggestions=unique(t for t in tries if t != query.text)[:3],
        )

    def _nearest_spellings(self, query: Query) -> list[str]:
        known = self.known_words()
        return [
            query.text.replace(part.typed, spelling.word, 1)
            for part in query.parts
            if part.recognised is None and part.words and not known.uses(part.words[0])
            for spelling in islice(known.speller.candidates(part.words[0]), 2)
        ]


def _without_filters(query: Query, count: int) -> str:
    """Which filter emptied the list, said so that unknown does not look like no."""
    filters = query.filters
    if filters.open_access:
        return f"{count} match, but none is known to be open; unknown is not counted as open."
    if filters.peer_reviewed:
        return f"{count} match, but none is known to be peer reviewed; unknown is not counted."
    return f"{count} match without the filters."


def rank(candidates: Sequence[Ranked], *, strict_first: bool) -> list[Ranked]:
    """Best first: see the module's first lines for the rule."""

    def key(each: Ranked) -> tuple[bool, bool, int, int, int, str]:
        kinds = each.card.concepts
        evidence = next((i for i, kind in enumerate(_EVIDENCE_ORDER) if kind in kinds), 99)
        return (
            each.card.retracted,
            strict_first and not each.strict,
            -round(each.score / _NEAR),
            evidence,
            -each.card.day,
            each.record_id,
        )

    return sorted(candidates, key=key)


def understood(query: Query, action: Action, notes: Iterable[str] = ()) -> Understood:
    """What is said of a question to the person and to scripts."""
    flat = [p for part in query.parts for p in (part.any or (part,))]
    terms = [p.recognised for p in flat if p.recognised is not None]
    plain_words = (p for p in query.parts if not (p.phrase or p.any or p.recognised))
    return Understood(
        action=action,
        terms=tuple(p.typed for p in plain_words),
        phrases=tuple(p.typed for p in flat if p.phrase),
        not_=tuple(p.typed for p in query.excluded) + query.filters.not_concepts,
        any=tuple(tuple(p.typed for p in part.any) for part in query.parts if part.any),
        filters=query.filters.as_json(),
        identifiers=tuple(mention.identifier for mention in query.identifiers),
        concepts=unique([c for t in terms for c in t.concepts] + list(query.filters.concepts)),
        drugs=unique(d for t in terms for d in t.drugs),
        genes=unique(g for t in terms for g in t.genes),
        corrected=query.corrected,
        ignored=query.ignored,
        senses=query.senses,
        sort=query.filters.sort,
        notes=(*(p.message for p in query.problems), *query.notes, *notes),
    )


def _is_title(asked: str, title: str) -> bool:
    """Whether the asked text is this title, or a citation that holds it."""
    if fuzz.ratio(asked, title) >= _SAME_TITLE:
        return True
    if len(title.split()) < _TITLE_WORDS or len(asked) < len(title):
        return False
    return fuzz.partial_ratio(title, asked) >= _SAME_TITLE + 3


def _people(name: str) -> Group:
    """A person by name, with and without the German spelling of umlauts."""
    return Group(tuple(Words(tuple(key.split()), field="people") for key in name_keys(name) if key))


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else ("yes" if value else "no")
