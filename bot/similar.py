"""Service: records like a given one, by the concepts they share and the words that stand out.

Words that stand out are those frequent in the record and rare among all records (tf–idf, as in
Lucene's "more like this"). Never the record itself, another version of it (the same folded
title), or a notice about it.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.index import Group, IndexQuery, Key, SearchIndex, Words
from bot.markup import plain
from bot.matching import Text
from bot.models import Answer, Hit, Record, Why
from bot.query import Query
from bot.search import Search, understood
from bot.store import StateStore
from bot.taxonomy import Vocabulary
from bot.text import clean, fold, tokenise

# How many words of a record are looked for, and how many candidates are compared with it.
_WORDS = 16
_CANDIDATES = 80
# What the answer lists at most: further down, likeness is chance.
_MOST = 20
# Shorter words count only where they are symbols: CD8, IDO.
_SHORTEST_WORD = 4
# A word in more than this part of all records tells nothing; nor do these, in a small store.
_COMMON = 0.15
_LITTLE_WORDS = frozenset(
    ("with", "from", "that", "this", "these", "into", "plus", "versus", "their", "using", "based",
     "study", "between", "through", "after", "among", "than", "have", "been", "were", "which")
)  # fmt: skip
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

    `shown` maps a folded word to the word as it stands in the record.
    """

    words: Mapping[str, float]
    shown: Mapping[str, str]
    concepts: Mapping[str, float]


class Similar:
    """Finds what is like a record."""

    def __init__(
        self, store: StateStore, index: SearchIndex, search: Search, vocabulary: Vocabulary
    ) -> None:
        self._store = store
        self._index = index
        self._search = search
        self._vocabulary = vocabulary

    def to(self, record: Record, query: Query, *, limit: int = 5, offset: int = 0) -> Answer:
        """The records most like this one, each with what the two share; retracted ones last.

        The answer's `query` names the record, so that its pages can be asked for again.
        """
        hits = self._hits(record)
        note = f"Like “{plain(record.title)}”"
        return Answer(
            query=f"similar {_name(record)}",
            understood=understood(query, "similar", (note,)),
            total=len(hits),
            ranked=len(hits),
            offset=offset,
            hits=self._quoted(query, hits[offset : offset + limit]),
        )

    def _hits(self, record: Record) -> list[Hit]:
        profile = self._profile(record)
        groups = [Group((Words((word,)),)) for word in profile.words]
        groups += [Group((Key("concept", concept, 2.0),)) for concept in profile.concepts]
        if not groups:
            return []
        found = self._index.search(IndexQuery(groups=tuple(groups)), _CANDIDATES)
        held = self._store.get_many([c.record_id for c in found.candidates])
        scored = [self._compared(profile, other) for other in _others(record, held)]
        near = [hit for hit in scored if hit.score >= _LEAST]
        near.sort(key=lambda hit: (-hit.score, hit.record.id))
        return sorted(near[:_MOST], key=lambda hit: hit.record.is_retracted)

    def _compared(self, profile: _Profile, other: Record) -> Hit:
        theirs = self._concepts(other)
        concepts = profile.concepts.keys() & theirs.keys()
        text = Text(clean(plain(_text(other))), self._index.stem)
        words = [word for word in profile.words if text.holds(Words((word,)))]
        of_words = sum(profile.words[w] for w in words) / (sum(profile.words.values()) or 1)
        both = math.sqrt(sum(profile.concepts.values()) * sum(theirs.values()))
        of_concepts = sum(profile.concepts[c] for c in concepts) / (both or 1)
        likeness = (of_words + of_concepts) / 2 if profile.concepts else of_words
        return Hit(
            record=other,
            score=round(likeness, 4),
            strict=True,
            why=self._why(profile, concepts, words),
        )

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
        frequencies = self._index.vocabulary()
        total = max(self._count(None), 1)
        counts: Counter[str] = Counter()
        shown: dict[str, str] = {}
        for text, weight in ((record.title, _TITLE_WEIGHT), (_text(record), 1)):
            cleaned = clean(plain(text))
            for token in tokenise(cleaned):
                counts[token.text] += weight
                shown.setdefault(token.text, cleaned[token.start : token.end])
        weighted = {
            word: (1 + math.log(count)) * math.log(total / frequencies[word])
            for word, count in counts.items()
            if _tells(shown[word], frequencies.get(word, 0), total)
        }
        best = sorted(weighted, key=lambda word: (-weighted[word], word))[:_WORDS]
        words = {word: weighted[word] for word in best}
        return _Profile(words, shown, self._concepts(record))

    def _concepts(self, record: Record) -> dict[str, float]:
        """The concepts of a record by how rare they are. A kind of evidence is no likeness."""
        total = self._count(None)
        return {
            tag.concept: math.log(1 + total / max(self._count(tag.concept), 1))
            for tag in record.concepts
            if (known := self._vocabulary.concepts.get(tag.concept)) and known.facet != "evidence"
        }

    def _count(self, concept: str | None) -> int:
        keys = (Group((Key("concept", concept),)),) if concept else ()
        return self._index.count(IndexQuery(required=keys))


def _tells(typed: str, frequency: int, total: int) -> bool:
    """Whether a word stands out: another record has it, and not every one does."""
    is_symbol = typed.isupper() or any(character.isdigit() for character in typed)
    return (
        (len(typed) >= _SHORTEST_WORD or is_symbol)
        and not typed.isdigit()
        and typed.lower() not in _LITTLE_WORDS
        and 1 < frequency <= max(total * _COMMON, 2)
    )


def _name(record: Record) -> str:
    """What to ask for this record by."""
    return record.doi or (f"PMID {record.pmid}" if record.pmid else record.id)


def _text(record: Record) -> str:
    return " . ".join((record.title, record.abstract or "", *record.keywords))


def _others(record: Record, candidates: Iterable[Record]) -> list[Record]:
    """The candidates that are other works: not itself, a version of it, or a notice about it."""
    notices = {(notice.notice or "").strip().lower() for notice in record.integrity}
    seen = {fold(plain(record.title))}
    others = []
    for other in candidates:
        title = fold(plain(other.title))
        same = other.id == record.id or title in seen or _is_notice(record, other)
        if not same and (other.doi or "-").lower() not in notices:
            others.append(other)
        seen.add(title)
    return others


def _is_notice(one: Record, other: Record) -> bool:
    """Whether one title is the other's with nothing but the words of a notice around it."""
    short, long = sorted((fold(plain(one.title)), fold(plain(other.title))), key=len)
    before, inside, after = f" {long} ".partition(f" {short} ")
    rest = set(before.split()) | set(after.split())
    return bool(inside) and rest <= _NOTICE_WORDS
