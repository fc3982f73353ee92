"""Why records match a question: for each thing asked, where it stands, and sentences to quote."""

from collections.abc import Iterator, Sequence

from bot.index import Group
from bot.records.models import Hit, Level, Record, Why, unique
from bot.search.matching import Matcher, Stem
from bot.search.plan import Interpreter
from bot.search.query import Part, Query
from bot.search.quotes import level, quotes, told
from bot.text.folding import fold, name_keys
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
            [(each, interpreter.group(each)) for each in part.any] or [(part, group)]
            for part, group in zip(query.parts, groups, strict=True)
        ]

    def hit(self, record: Record) -> Hit:
        """The record as a hit with its reasons and quotes; score and strictness are not its own."""
        abstract = told(record)
        matcher = Matcher(record, [level(each.text) for each in abstract], self._stem)
        why = [w for options in self._options if (w := self._why(options, matcher)) is not None]
        return Hit(
            record=record,
            score=0.0,
            strict=True,
            why=unique((*why, *self._why_filters(record))),
            quotes=quotes(abstract, self._asked, self._stem),
        )

    def _why(self, options: Sequence[tuple[Part, Group]], matcher: Matcher) -> Why | None:
        for option, group in options:
            place = matcher.first(group.alternatives) or matcher.first(group.loose)
            if place is not None:
                term = option.recognised
                named = self._vocabulary.exact_concepts(term)[:1] if term else ()
                return Why(
                    field=place.field,
                    words=place.words,
                    concept=place.concept
                    or (named[0] if named and place.level == "exact" else None),
                    level=place.level,
                )
        return None

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


def _author(record: Record, name: str) -> str | None:
    """The author meant by a name, as the record gives them."""
    keys = name_keys(name)
    names = (person.display_name for person in record.contributors if person.display_name)
    return next((n for n in names if any(f" {k} " in f" {fold(n)} " for k in keys)), None)
