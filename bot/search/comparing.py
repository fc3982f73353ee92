"""Service: two things set against each other: the records on both, then those on each in turn."""

import re
from dataclasses import dataclass, replace
from itertools import zip_longest

from bot.index import SearchIndex
from bot.records.answers import Answer, Hit
from bot.search.describing import describe_query
from bot.search.query import Part, Query
from bot.search.search import Search

# How many of a side are listed, and how many of those that have both stand before them.
_DEPTH, _OF_BOTH = 20, 2
_BETWEEN = re.compile(
    r"\s+(?:vs\.?|versus|compared (?:to|with|against)|or|and|with|against|to)\s+", re.IGNORECASE
)
_SURELY = re.compile(r"\s+(?:vs\.?|versus|compared (?:to|with|against))\s+", re.IGNORECASE)
_OR = re.compile(r"\s+or\s+", re.IGNORECASE)
# "Is it better to use A or B", "should we give A or B": what asks, before the first side.
_WHETHER = re.compile(
    r"^(?:is|are|was|would|should|do|does|can)\b.{0,30}?\b(?:use|using|give|giving|choose|choosing"
    r"|prefer|start(?:ing)? with|better|best|safer)\s+(?:to\s+(?:use|give|choose)\s+)?",
    re.IGNORECASE,
)
# "…: which is further along?" asks about both.
_WHICH = re.compile(r"\s*[,:;–—-]\s*(?:which|what|who)\b.{0,60}$", re.IGNORECASE)
# Where the second side ends, and what both are asked about begins.
_ABOUT = re.compile(r"\s+(?:for|in|as|among|during|after|before|on|at)\s+|:\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things compared: its words, the question for it, and how many records match."""

    said: str
    question: Query
    total: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides, how many records have both, and the list."""

    sides: tuple[Side, Side]
    both: int
    answer: Answer


class Comparing:
    """Answers `A vs B`."""

    def __init__(self, index: SearchIndex, search: Search) -> None:
        self._index = index
        self._search = search

    def sides(self, subject: str) -> tuple[str, str] | None:
        """The two questions of `TIL vs TCR-T for melanoma`, the shared words in both; or None.

        A side must be read as something by itself. What both share may stand behind the second
        ("oral vs gut microbiome": the microbiome of the mouth, and that of the gut).
        """
        subject = _WHICH.sub("", _WHETHER.sub("", subject.strip(" ?.")))
        cuts = (each.split(subject, maxsplit=1) for each in (_SURELY, _OR, _BETWEEN))
        cut = next((each for each in cuts if len(each) == 2), [])
        if len(cut) != 2 or not all(side.strip() for side in cut):
            return None
        left, right = cut
        about = _ABOUT.search(right)
        if about and _ABOUT.search(left):  # each has what it is asked about
            return left, right
        shared = right[about.start() :] if about else ""
        second = right[: about.start()] if about else right
        first, other = (self._search.interpret(side).parts for side in (left, second))
        if not self._is_something(first) or not self._is_something(other):
            return None
        head, tail = self._shared(left, second, first, other)
        return f"{left}{tail}{shared}", f"{head}{right}"

    def compare(self, subject: str, query: Query, limit: int, offset: int) -> Comparison | None:
        """The comparison of what follows `compare`; None where there are no two sides."""
        named = self.sides(subject)
        if named is None:
            return None
        first, second = (self._side(question) for question in named)
        merged = _merged(query, first.question, second.question)
        found = [self._search.run(side.question, limit=_DEPTH) for side in (first, second)]
        together = self._search.run(merged, limit=_DEPTH)
        both = [hit for hit in together.hits if hit.strict][:_OF_BOTH]
        turns = [hit for pair in zip_longest(*(each.hits for each in found)) for hit in pair if hit]
        turns.sort(key=lambda hit: not hit.strict)
        hits = list({hit.record.id: hit for hit in (*both, *turns)}.values())
        total = first.total + second.total - together.total
        answer = Answer(
            query=query.text,
            understood=describe_query(merged, "compare"),
            total=max(total, 0),
            ranked=len(hits),
            offset=offset,
            hits=tuple[Hit, ...](hits[offset : offset + limit]),
        )
        return Comparison((first, second), together.total, answer)

    def _shared(
        self, left: str, right: str, first: tuple[Part, ...], second: tuple[Part, ...]
    ) -> tuple[str, str]:
        """What stands on one side and belongs to both: words before the right, behind the left.

        "Oral vs gut microbiome", "toxicity of camrelizumab vs pembrolizumab": where one side has
        more than the other, and what they differ in is of one kind.
        """
        if len(second) > len(first) and not any(part.recognised for part in first):
            return "", f" {_from(right, second[len(first)])}"
        if len(first) == 1 == len(second) and first[0].recognised is None:
            words = right.split()
            for tail in (" ".join(words[at:]) for at in range(1, len(words))):
                longer = self._search.interpret(f"{left} {tail}").parts
                if len(longer) == 1 and _kind(longer[0]) & _kind(second[0]):
                    return "", f" {tail}"
            return "", ""
        says_where = any(map(self._is_tumour, second[1:])) and not any(map(self._is_tumour, first))
        if says_where or (len(first) == 1 < len(second) and _kind(first[0]) & _kind(second[0])):
            return "", f" {_from(right, second[1])}"
        if len(second) == 1 < len(first) and _kind(first[-1]) & _kind(second[0]):
            return left[: left.rfind(first[-1].typed)], ""
        return "", ""

    def _is_tumour(self, part: Part) -> bool:
        """Whether a part names a tumour: where something is asked about, not what is compared."""
        return self._search.known_words().is_cancer(part.typed)

    def _is_something(self, parts: tuple[Part, ...]) -> bool:
        """Whether a side is a term of the field, or words that some record has."""
        if not parts or any(part.recognised for part in parts):
            return bool(parts)
        groups = self._search.plan(Query("", parts=parts))
        return self._index.count(groups) > 0

    def _side(self, question: str) -> Side:
        query = self._search.interpret(question)
        return Side(query.subject or question, query, self._index.count(self._search.plan(query)))


def _from(text: str, part: Part) -> str:
    return text[max(text.rfind(part.typed), 0) :]


def _kind(part: Part) -> set[str]:
    """What kinds of thing a part is: drug, gene, concept; none for plain words."""
    term = part.recognised
    named = (("drug", term.drugs), ("gene", term.genes), ("concept", term.concepts)) if term else ()
    return {kind for kind, names in named if names}


def _merged(query: Query, first: Query, second: Query) -> Query:
    """Both sides as one question; what they share once."""
    parts = (
        *first.parts,
        *(p for p in second.parts if p.words not in {q.words for q in first.parts}),
    )
    return replace(
        query,
        parts=parts,
        filters=first.filters.merged(second.filters),
        corrected=tuple(dict.fromkeys((*first.corrected, *second.corrected))),
        senses=tuple(dict.fromkeys((*first.senses, *second.senses))),
        ignored=(),
    )
