"""Service: records like a given one, by the concepts they share and the words that stand out.

Words that stand out are those frequent in the record and rare among all records (tf–idf, as in
Lucene's "more like this"). Never the record itself, another version of it (the same folded
title), or a notice about it.
"""

import math
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.index import Candidate, Group, IndexQuery, Key, SearchIndex, Words
from bot.records.answers import Answer, Hit, Why
from bot.records.models import Record
from bot.search.describing import describe_query
from bot.search.query import Query
from bot.search.search import Search
from bot.store import StateStore
from bot.store.overlay import NONE, seen
from bot.text.folding import clean, fold, tokenise
from bot.text.markup import plain
from bot.text.stop_words import is_empty
from bot.vocabulary import Vocabulary

# How many words of a record are looked for, and how many candidates are compared with it.
_WORDS = 16
_CANDIDATES = 80
# Where the index keeps title, abstract and keywords.
_TEXT_FIELD = "body"
# Counting every concept takes a while in a large store; how rare one is changes slowly.
_RARE_SECONDS = 300.0
# What the answer lists at most: further down, likeness is chance.
_MOST = 20
# Shorter words count only where they are symbols: CD8, IDO.
_SHORTEST_WORD = 4
# A word in more than this part of all records tells nothing.
_COMMON = 0.15
_TITLE_WEIGHT = 3
# Below this, what is left has hardly more in common than the language.
_LEAST = 0.12
_MOST_NAMED = 3
# What a notice's title holds beside the title of the work it is about.
_NOTICE_WORDS = frozenset(
    ("retraction", "retracted", "retract", "article", "notice", "note", "of", "to", "for", "on",
     "correction", "corrigendum", "corrected", "erratum", "expression", "concern", "editorial",
     "author", "publisher", "addendum", "withdrawn", "withdrawal", "the", "paper", "statement")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Profile:
    """A record as it is compared: words that stand out and concepts, each with its weight.

    `shown` maps a folded word to the word as it is in the record.
    """

    words: Mapping[str, float]
    shown: Mapping[str, str]
    concepts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How alike a record is, from 0 to 1, and the concepts and words that it shares."""

    record_id: str
    likeness: float
    concepts: tuple[str, ...]
    words: tuple[str, ...]


class Similar:
    """Finds what is like a record."""

    def __init__(
        self, store: StateStore, index: SearchIndex, search: Search, vocabulary: Vocabulary
    ) -> None:
        self._store = store
        self._index = index
        self._search = search
        self._vocabulary = vocabulary
        # The rarity of each concept, and until when it is taken as it is.
        self._rare: dict[str, tuple[float, float]] = {}

    def to(self, record: Record, query: Query, *, limit: int = 5, offset: int = 0) -> Answer:
        """The records most like this one, each with what the two share; retracted ones last.

        The answer's `query` names the record, so that its pages can be opened again.
        """
        hits = self._hits(record)
        note = f"Like “{plain(record.title)}”"
        return Answer(
            query=f"similar {_name(record)}",
            understood=describe_query(query, "similar", (note,)),
            total=len(hits),
            ranked=len(hits),
            offset=offset,
            hits=self._quoted(query, hits[offset : offset + limit]),
        )

    def _hits(self, record: Record) -> list[Hit]:
        profile = self._profile(record)
        words = {word: Words((word,), field=_TEXT_FIELD) for word in profile.words}
        groups = [Group((each,)) for each in words.values()]
        groups += [Group((Key("concept", concept, 2.0),)) for concept in profile.concepts]
        if not groups:
            return []
        found = self._index.search(IndexQuery(groups=tuple(groups)), _CANDIDATES).candidates
        others = _others(record, found)
        ids = [other.record_id for other in others]
        having = {word: self._index.matching((each,), ids) for word, each in words.items()}
        scored = [self._compared(profile, other, having) for other in others]
        near = sorted(
            (each for each in scored if each.likeness >= _LEAST),
            key=lambda each: (-each.likeness, each.record_id),
        )
        return self._listed(record, profile, near)

    def _listed(self, record: Record, profile: _Profile, near: Sequence[_Likeness]) -> list[Hit]:
        """The likest as hits, without what the record itself names as a notice about it."""
        notices = {(notice.notice or "").strip().lower() for notice in record.integrity}
        nearest = near[: _MOST + len(notices)]
        stored = {r.id: r for r in self._store.get_many([each.record_id for each in nearest])}
        hits = [
            Hit(
                record=stored[each.record_id],
                score=round(each.likeness, 4),
                strict=True,
                why=self._why(profile, each.concepts, each.words),
            )
            for each in nearest
            if each.record_id in stored
            and (stored[each.record_id].doi or "-").lower() not in notices
        ]
        return sorted(hits[:_MOST], key=lambda hit: hit.record.is_retracted)

    def _compared(
        self, profile: _Profile, other: Candidate, having: Mapping[str, frozenset[str]]
    ) -> _Likeness:
        """How alike a candidate is, from what the index knows of it: no record is read."""
        theirs = self._rarities(other.card.concepts)
        concepts = tuple(profile.concepts.keys() & theirs.keys())
        words = tuple(word for word in profile.words if other.record_id in having[word])
        of_words = sum(profile.words[w] for w in words) / (sum(profile.words.values()) or 1)
        both = math.sqrt(sum(profile.concepts.values()) * sum(theirs.values()))
        of_concepts = sum(profile.concepts[c] for c in concepts) / (both or 1)
        likeness = (of_words + of_concepts) / 2 if profile.concepts else of_words
        return _Likeness(other.record_id, likeness, concepts, words)

    def _why(
        self, profile: _Profile, concepts: Iterable[str], words: Iterable[str]
    ) -> tuple[Why, ...]:
        """The rarest of the concepts and words that both have."""
        telling = sorted(concepts, key=lambda c: -profile.concepts[c])[:_MOST_NAMED]
        why = [
            Why(field="both", words=self._vocabulary.concepts[c].label, concept=c) for c in telling
        ]
        named = sorted(words, key=lambda w: -profile.words[w])[:_MOST_NAMED]
        if named:
            shown = ", ".join(profile.shown[word] for word in named)
            why.append(Why(field="words of both", words=shown))
        return tuple(why)

    def _quoted(self, query: Query, hits: Iterable[Hit]) -> tuple[Hit, ...]:
        """The hits with a sentence of each abstract, chosen as a search without words would."""
        chosen = list(hits)
        explained = self._search.explained(query, [hit.record for hit in chosen])
        return tuple(
            hit.model_copy(update={"quotes": other.quotes})
            for hit, other in zip(chosen, explained, strict=True)
        )

    def _profile(self, record: Record) -> _Profile:
        total = max(self._index.count(IndexQuery()), 1)
        counts: Counter[str] = Counter()
        shown: dict[str, str] = {}
        for text, weight in ((record.title, _TITLE_WEIGHT), (_text(record), 1)):
            cleaned = clean(plain(text))
            for token in tokenise(cleaned):
                counts[token.text] += weight
                shown.setdefault(token.text, cleaned[token.start : token.end])
        frequencies = {word: self._index.frequency(word, "text") for word in counts}
        weighted = {
            word: (1 + math.log(count)) * math.log(total / frequencies[word])
            for word, count in counts.items()
            if _tells(shown[word], frequencies[word], total)
        }
        best = sorted(weighted, key=lambda word: (-weighted[word], word))[:_WORDS]
        words = {word: weighted[word] for word in best}
        concepts = self._rarities(tag.concept for tag in record.concepts)
        return _Profile(words, shown, concepts)

    def _rarities(self, concepts: Iterable[str]) -> dict[str, float]:
        """The concepts by how rare they are. A kind of evidence is no likeness."""
        known = self._vocabulary.concepts
        return {
            concept: self._rarity(concept)
            for concept in concepts
            if concept in known and known[concept].facet != "evidence"
        }

    def _rarity(self, concept: str) -> float:
        """How rare a concept is among all records, looked up anew after some minutes.

        Among the shared records: what a workspace corrected makes none rarer.
        """
        now = time.monotonic()
        kept, until = self._rare.get(concept, (0.0, 0.0))
        if now < until:
            return kept
        with seen(NONE):
            stored = self._index.count(IndexQuery(required=(Group((Key("concept", concept),)),)))
            total = self._index.count(IndexQuery())
        rarity = math.log(1 + total / max(stored, 1))
        self._rare[concept] = (rarity, now + _RARE_SECONDS)
        return rarity


def _tells(typed: str, frequency: int, total: int) -> bool:
    """Whether a word stands out: another record has it, and not every one does."""
    is_symbol = typed.isupper() or any(character.isdigit() for character in typed)
    return (
        (len(typed) >= _SHORTEST_WORD or is_symbol)
        and not typed.isdigit()
        and not is_empty(typed.lower(), question=True)
        and 1 < frequency <= max(total * _COMMON, 2)
    )


def _name(record: Record) -> str:
    """What to ask for this record by."""
    return record.doi or (f"PMID {record.pmid}" if record.pmid else record.id)


def _text(record: Record) -> str:
    return " . ".join((record.title, record.abstract or "", *record.keywords))


def _others(record: Record, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that are other works: not itself, a version of it, or a notice about it."""
    own = fold(plain(record.title))
    seen_titles = {own}
    others = []
    for other in candidates:
        title = other.card.title
        if other.record_id != record.id and title not in seen_titles and not _is_notice(own, title):
            others.append(other)
        seen_titles.add(title)
    return others


def _is_notice(one: str, other: str) -> bool:
    """Whether one folded title is the other with nothing but the words of a notice around it."""
    short, long = sorted((one, other), key=len)
    before, inside, after = f" {long} ".partition(f" {short} ")
    rest = set(before.split()) | set(after.split())
    return bool(inside) and rest <= _NOTICE_WORDS
