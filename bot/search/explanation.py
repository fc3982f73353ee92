"""Why records match a question: for each thing asked, where it is, and sentences to quote."""

from collections.abc import Iterator, Sequence

from bot.index import Group
from bot.records.answers import Hit, Level, Why
from bot.records.models import Record, unique
from bot.records.names import found_by
from bot.search.matching import Matcher, Place, Stem
from bot.search.plan import Interpreter
from bot.search.query import Part, Query
from bot.search.quotes import passages, quotes
from bot.text.folding import fold, name_orders
from bot.text.sentences import level
from bot.vocabulary import Vocabulary


class Explainer:
    """Explains the hits of one question; what the question asks is worked out once for them all.

    `groups` is what the index was asked for each part of the query.
    """

    def __init__(
        self,
        query: Query,
        groups: Sequence[Group],
        interpreter: Interpreter,
        vocabulary: Vocabulary,
        stem: Stem,
    ) -> None:
        self._query = query
        self._vocabulary = vocabulary
        self._stem = stem
        self._asked = [group.alternatives for group in groups]
        self._options = [
            [(each, interpreter.names.group(each)) for each in part.any] or [(part, group)]
            for part, group in zip(query.parts, groups, strict=True)
        ]

    def hit(self, record: Record, *, strict: bool = True, by_meaning: bool = False) -> Hit:
        """The record as a hit with its reasons and quotes; its score is not set.

        One that is not `strict` says what it lacks, one found `by_meaning` alone says that.
        """
        abstract = passages(record)
        matcher = Matcher(record, [level(each.text) for each in abstract], self._stem)
        why, missing = list[Why](), list[str]()
        for part, options in zip(self._query.parts, self._options, strict=True):
            reason, full = self._why(options, matcher)
            why += [reason] if reason else []
            missing += [] if full else [as_read(part)]
        if by_meaning:
            why.append(Why(field="meaning", words="similar in meaning"))
        return Hit(
            record=record,
            score=0.0,
            strict=strict,
            why=unique((*why, *self._why_filters(record))),
            missing=() if strict else unique(missing),
            quotes=quotes(abstract, self._asked, self._stem),
        )

    def _why(
        self, options: Sequence[tuple[Part, Group]], matcher: Matcher
    ) -> tuple[Why | None, bool]:
        """Why the record matches one thing asked, and whether by more than a near miss."""
        near = None
        for option, group in options:
            if place := matcher.first(group.alternatives):
                return self._reason(option, place), True
            if near is None and (loose := matcher.first(group.loose)):
                near = self._reason(option, loose)
        return near, False

    def _reason(self, option: Part, place: Place) -> Why:
        """The words where they stand, and the concept that they name or are tagged with."""
        concept, term = place.concept, option.recognised
        if concept is None and term is not None and place.level == "exact":
            concept = next(iter(self._vocabulary.exact_concepts(term)), None)
        return Why(field=place.field, words=place.words, concept=concept, level=place.level)

    def _why_filters(self, record: Record) -> Iterator[Why]:
        filters = self._query.filters
        for concept in filters.concepts:
            below = self._vocabulary.narrower(concept)
            tag = next((t for t in record.concepts if t.concept in below), None)
            if tag is not None:
                level: Level = "exact" if tag.concept == concept else "narrower"
                yield Why(field=tag.field, words=tag.words, concept=tag.concept, level=level)
        for name in filters.authors:
            yield Why(field="author", words=_author(record, name) or name)
        if filters.journals and record.journal:
            yield Why(field="journal", words=record.journal.title)


def as_read(part: Part) -> str:
    """A thing asked as it was typed, or as it was corrected."""
    typed = not part.words or fold(part.typed) == " ".join(part.words)
    return part.typed if typed else " ".join(part.words)


def _author(record: Record, name: str) -> str | None:
    """The author meant by a name, as the record gives them."""
    keys = name_orders(name)
    for person in record.contributors:
        if any(f" {k} " in f" {key} " for k in keys for key in found_by(person)):
            return person.display_name
    return None
