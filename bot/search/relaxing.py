"""What a question is answered with where no record has everything: the same, with less asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import log1p

from bot.index import Group, IndexQuery, SearchIndex
from bot.search.plan import Interpreter
from bot.search.query import Part, Query
from bot.search.query.mending import is_symbol

# A record that lacks more than this part of a sentence, each word weighed by how rare it is, does
# not answer it.
_MOST_LACKING = 0.4
# So many of the best are looked at for what a sentence can do without.
_LOOKED_AT = 20
# The filters that only what is known passes, what is then unknown, and what passes is called.
_IF_KNOWN = (("open_access", "access", "open access"), ("peer_reviewed", "review", "peer reviewed"))


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A question with less asked, the line that says so, and what no record found has.

    `names_something` says that what is left has more than plain words.
    """

    query: Query
    note: str
    lacking: tuple[str, ...] = ()
    names_something: bool = False


class Relaxer:
    """Relaxes questions; `interpret` reads words as a search."""

    def __init__(
        self, index: SearchIndex, interpreter: Interpreter, interpret: Callable[[str], Query]
    ) -> None:
        self._index, self._interpreter, self._interpret = index, interpreter, interpret

    def without_limits(self, query: Query) -> Relaxed | None:
        """A question that finds nothing, without a limit that may only have been mentioned.

        That is access or review, a year, a journal from which nothing is stored, or quotes that no
        record has.
        """
        if (unknown := self.unknown(query)) or not query.parts:
            return unknown[0] if unknown else None
        filters = query.filters
        if limit := next((each for each in _IF_KNOWN if getattr(filters, each[0])), None):
            note = f"None is known to be {limit[2]}; of these it is not known."
            return Relaxed(_with_unknown(query, *limit[:2]), note, (f"{limit[2]} (not known)",))
        if query.said_time:
            without = replace(query, filters=filters.without_times(), said_time=False)
            return Relaxed(without, "Nothing of that time; shown without it.")
        if filters.journals and not self._index.count(self._interpreter.plan(_only_from(query))):
            note = f"No record from {' or '.join(filters.journals)}; these are from elsewhere."
            without = replace(query, filters=replace(filters, journals=()))
            return Relaxed(without, note, filters.journals)
        quoted = tuple(p.typed for p in query.parts if p.phrase and not self._count(p))
        if not quoted:
            return None
        named = tuple(f"“{typed}”" for typed in quoted)
        note = f"No record has {' and '.join(named)} word for word; these have some of the words."
        return Relaxed(replace(query, parts=self._unquoted(query, quoted)), note, named)

    def unknown(self, query: Query) -> tuple[Relaxed, str] | None:
        """What is not known to be open (or reviewed) where it is to be, and a line on how many."""
        for name, what, called in _IF_KNOWN:
            if not getattr(query.filters, name):
                continue
            wider = _with_unknown(query, name, what)
            without = replace(wider, filters=replace(wider.filters, unknown=query.filters.unknown))
            every, others = (self._index.count(self._interpreter.plan(q)) for q in (without, wider))
            if others:
                note = f"None of {every:,} is known to be {called}; of {others:,} it is not known."
                more = f"{others:,} more match; whether they are {called} is not known."
                return Relaxed(wider, note, (f"{called} (not known)",)), more
        return None

    def of_sentence(self, query: Query, candidates: Sequence[str]) -> Relaxed | None:
        """A sentence without the plain words that the record nearest to it lacks.

        `candidates` are the records found, best first. Concepts, drugs, genes, symbols and phrases
        are never given up, and neither are words that weigh much beside the rest.
        """
        plain = [part for part in query.parts if _is_plain(part)]
        if not (query.asks and plain) or len(query.parts) < 2:
            return None
        ids = list(candidates[:_LOOKED_AT])
        having = {id(part): self._having(part, ids) for part in query.parts}
        needed = [having[id(part)] for part in query.parts if not _is_plain(part)]
        complete = [each for each in ids if all(each in records for records in needed)]
        if not complete:
            return None
        weights = {id(part): self._rarity(part) for part in query.parts}

        def lacking(record: str) -> float:
            return sum(weights[id(part)] for part in plain if record not in having[id(part)])

        nearest = min(complete, key=lacking)
        if lacking(nearest) > _MOST_LACKING * sum(weights.values()):
            return None
        given_up = [part for part in plain if nearest not in having[id(part)]]
        kept = tuple(part for part in query.parts if part not in given_up)
        words = tuple(word for part in given_up for word in part.words)
        named = ", ".join(f"“{part.typed}”" for part in given_up)
        without = replace(query, parts=kept, generic=(*query.generic, *words))
        note = f"Matched without {named}: no record has all of it."
        return Relaxed(without, note, names_something=bool(needed))

    def _having(self, part: Part, ids: Sequence[str]) -> frozenset[str]:
        return self._index.matching(self._interpreter.names.alternatives(part), ids)

    def _count(self, part: Part) -> int:
        return self._index.count(IndexQuery((Group(self._interpreter.names.alternatives(part)),)))

    def _rarity(self, part: Part) -> float:
        """The inverse document frequency of a part."""
        having, records = self._count(part), self._index.status().records
        return log1p((records - having + 0.5) / (having + 0.5))

    def _unquoted(self, query: Query, quoted: Sequence[str]) -> tuple[Part, ...]:
        """The parts of a question with these phrases read as plain words."""
        return tuple(
            each
            for part in query.parts
            for each in (
                self._interpret(f"find {part.typed}").parts
                if part.phrase and part.typed in quoted
                else (part,)
            )
        )


def _with_unknown(query: Query, name: str, what: str) -> Query:
    """A question of which a filter is turned into what is not known of it."""
    filters = replace(query.filters, **{name: None})  # type: ignore[arg-type]
    return replace(query, filters=replace(filters, unknown=(*filters.unknown, what)))


def _only_from(query: Query) -> Query:
    """Everything from the journals of a question."""
    filters = replace(type(query.filters)(), journals=query.filters.journals)
    return Query(query.text, filters=filters)


def _is_plain(part: Part) -> bool:
    """Whether a part is a word that names nothing, and so may be given up."""
    return part.is_plain and not is_symbol(part.typed)
