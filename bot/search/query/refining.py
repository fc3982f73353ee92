"""Follow-ups: words that narrow, widen, replace, sort or count the question before them.

`only reviews`, `and in glioma?`, `without the mouse ones`, `newest first`: what such words are
about is read as every question is, and joined to the question under which they are asked.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.lazy import lazy
from bot.search.query import pointing
from bot.search.query.asking import NOT_BY_CITATIONS
from bot.search.query.filters import HAVING, Filters
from bot.search.query.model import IS_QUESTION, Part, Query
from bot.search.query.parsing import LONGEST
from bot.search.query.shorthand import taken_back, written_out
from bot.search.query.writing import written
from bot.text.folding import fold
from bot.vocabulary import Vocabulary

if TYPE_CHECKING:
    from bot.search.query import following
    from bot.search.query.following import Kind
else:
    following = lazy("bot.search.query.following")  # its forms take long to compile

# In a thread, so few words are a part of the question before them where they can be.
_FRAGMENT = 4
# What a follow-up can do, as the action of the question that it makes.
KINDS = ("narrow", "refine", "widen", "count")
# What is asked for a person or a journal alone is a question of its own.
_LOOKUPS = ("author_lookup", "journal_lookup")
_SEARCHES = ("search", "disambiguate", *_LOOKUPS)
_POINTS = re.compile(
    r"\b(?:authors?|them|these|those|it|this|that|lists?|results|all)\b", re.IGNORECASE
)
_FREE = re.compile(
    r"(?:freely available|free(?: to read| access)?|open)(?: ones| papers)?", re.IGNORECASE
)
# Of a list that is shown "from 2024" names the year, not the time since.
_OF_YEAR = re.compile(r"\bfrom \d{4}$")
# "by Ribas", "only from Nature": whose, of the records listed.
_OF_LIST = re.compile(
    r"(?:(?:and|but|only|just|those|these|the|ones|that|are|were|any|anything|some|something) )*"
    r"(?:published )?(?:by|from|in) ",
    re.IGNORECASE,
)
_DROP = re.compile(
    r"^(?:remove|drop|lose|forget(?: about)?|take (?:off|away|out)|get rid of)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_MEANT = re.compile(r"(?:(?:sorry|oops|no)[\s,.!]+)*(?:i|we) meant?\s+(?=\S)", re.IGNORECASE)
_INSTEAD = re.compile(r"\b(?:instead|only|just)\b", re.IGNORECASE)
_IN_OR_FROM = re.compile(r"\b(?:in|from)\s+(?:the\s+)?$", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_TYPE = re.compile(r"(?:study |record |evidence )?(?:type|kind)s?", re.IGNORECASE)
_OPPOSED = (("positive", "negative"), ("high", "low"), ("early", "late"), ("young", "old"),
            ("male", "female"), ("men", "women"), ("primary", "metastatic"))  # fmt: skip
_TIME = re.compile(r"\b(?:years?|dates?|times?|since|until)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Step:
    """What a follow-up does to the question before it."""

    kind: "Kind"
    turn: Query
    replaced: str = ""


class Refiner:
    """Joins follow-ups to the question before them.

    `interpret` reads words as a search; `stored` tells whether any record has everything that a
    query asks for.
    """

    def __init__(
        self,
        interpret: Callable[[str], Query],
        vocabulary: Vocabulary,
        stored: Callable[[Query], bool],
    ) -> None:
        self._interpret, self._vocabulary, self._stored = interpret, vocabulary, stored

    def refined(self, text: str, before: Query, *, in_thread: bool) -> Query | None:
        """The question before with what the text changes; None where the text is no follow-up.

        Its action says what was done: `narrow`, `refine` (something was replaced, or the order),
        `widen` or `count`. In a thread a few bare words narrow, where records have all of it.
        """
        text = following.COURTESY.sub("", text)
        if (meant := _MEANT.match(text)) and not _INSTEAD.search(text):
            text = f"{text[meant.end() :]} instead"
        text = written_out(text)
        if (instead := taken_back(text)) is not None:
            if not self._is_elsewhere(instead, before):
                return None  # a question of its own
            text = instead if _INSTEAD.search(instead) else f"{instead} instead"
        ahead = following.LEAD.match(text)
        bare = text[ahead.end() if ahead else 0 :].strip(" .!?,") or text.strip(" .!?,")
        wider = _wider(before) if following.WIDEN.fullmatch(bare) else None
        whole = text.strip(" .!?,")
        if widened := wider or self._widened(whole, before) or self._widened(bare, before):
            return self._finished(widened, "widen")
        if few := following.FIRST_FEW.fullmatch(bare) or following.FIRST_FEW.fullmatch(whole):
            return self._finished(replace(before, most=int(few["many"])), "narrow")
        bare = _DROP.sub("without ", bare)
        if ordered := following.SORT.fullmatch(bare):
            order = "date_desc" if ordered["new"] else "date_asc" if ordered["old"] else "relevance"
            note = NOT_BY_CITATIONS if ordered["cited"] else None
            return self._finished(_sorted(before, order), "refine", note)
        step = self._step(text, bare, before, in_thread=in_thread)
        if step is None:
            return None
        joined, action = self._joined(step, before)
        return self._finished(joined, "count" if step.kind == "count" else action)

    def _is_elsewhere(self, words: str, before: Query) -> bool:
        """Whether words name but another tumour than the question before, or limits."""
        parts = self._read(words).parts
        tumours = [part for part in before.parts if "cancer" in self._facets_of(part)]
        return all("cancer" in self._facets_of(p) for p in parts) and bool(tumours or not parts)

    def text(self, query: Query) -> str:
        """The query as text that reads as the same query."""
        return written(query, self._interpret, self._facet)

    def without_each(self, query: Query) -> list[tuple[str, str]]:
        """(label, question) without each filter in force and each thing left out."""
        filters = query.filters
        off: list[tuple[str, Query]] = []
        if filters.has_years:
            off.append(("Any year", replace(query, filters=filters.without_times())))
        for name in (
            "concepts", "authors", "journals", "types", "not_concepts", "not_authors", "not_types",
            "has", "unknown",
        ):  # fmt: skip
            values = getattr(filters, name)
            for value in values:
                kept = tuple(v for v in values if v != value)
                word = "With" if name.startswith("not_") else "Without"
                label = f"{word} {self._called(value)}"
                off.append((label, replace(query, filters=_with(filters, name, kept))))
        for name in ("open_access", "peer_reviewed", "retracted", "language"):
            if getattr(filters, name) is not None:
                label = f"Without {name.replace('_', ' ')}"
                off.append((label, replace(query, filters=_with(filters, name, None))))
        for part in query.excluded:
            others = tuple(p for p in query.excluded if p is not part)
            off.append((f"With {part.typed}", replace(query, excluded=others)))
        texts = ((label, self.text(each)) for label, each in off if not each.is_empty)
        return [(label, text) for label, text in texts if len(text) <= LONGEST]

    def _called(self, value: str) -> str:
        concept = self._vocabulary.concepts.get(value)
        return concept.label.lower() if concept else value

    # -- reading ---------------------------------------------------------------------------------

    def _step(self, text: str, bare: str, before: Query, *, in_thread: bool) -> _Step | None:
        whole = self._read(bare)
        if whole.action in _LOOKUPS and not _OF_LIST.match(bare):
            return None
        texts = dict.fromkeys((text.strip(" .!?,"), bare))
        found = ((kind, form.fullmatch(each)) for each in texts for kind, form in following.FORMS)
        steps = (self._fitting(kind, match, before) for kind, match in found if match)
        step = next((step for step in steps if step), None)
        if step is not None and step.kind == "count":
            return step
        only_limits = not whole.parts and (whole.excluded or whole.filters.is_set)
        # "What is an organoid?" and, outside a thread, "organoids" ask for what they name.
        names_a_kind = bool(whole.filters.concepts) and step is None
        is_new = names_a_kind and (not in_thread or IS_QUESTION.match(text) is not None)
        if only_limits and not is_new and _says_something(whole):
            of_year = step is not None and _OF_YEAR.search(bare)
            return step if of_year else _Step("narrow", whole)
        if step is not None:
            return step
        few = len(bare.split()) <= _FRAGMENT and _LETTERS.search(bare)
        fragment = in_thread and few and not IS_QUESTION.match(text)
        if not (fragment and _says_something(whole)):
            return None
        step = _Step("and", whole)
        # A kind of study is nothing by itself: phase 2.
        of_kind = bool(whole.parts) and all(self._facets_of(p) == {"evidence"} for p in whole.parts)
        return step if of_kind or self._stored(self._joined(step, before)[0]) else None

    def _fitting(self, kind: "Kind", found: re.Match[str], before: Query) -> _Step | None:
        """The step that a form asks for; None where what it is about is nothing to search for."""
        groups = found.groupdict()
        if "bare" in groups:
            return _Step(kind, Query(""))
        rest = groups.get("rest") or groups.get("kind") or ""
        rest = following.AROUND.sub("", following.AROUND.sub("", rest.strip(" .!?,")))
        if not rest or _POINTS.search(rest) or pointing.ordinals(rest):
            return None
        turn = self._read(re.sub(r"^from (?=\d{4}$)", "in ", rest))
        journal = _IN_OR_FROM.search(found.string[: found.string.rfind(rest)])
        if journal and (named := self._read(f"from {rest}")).filters.journals and not named.parts:
            turn = named
        old = groups.get("old") or ""
        is_there = not old or any(_names(part, old) for part in before.parts)
        fits = _says_something(turn) and is_there and (not turn.parts or not groups.get("kind"))
        return _Step(kind, turn, old) if fits else None

    def _read(self, words: str) -> Query:
        """Words as a search; kinds of study among them as filters ("reviews", "trials")."""
        if _FREE.fullmatch(words):
            return Query(words, filters=Filters(open_access=True))
        if has := HAVING.fullmatch(words):
            return Query(words, filters=Filters(has=(has[1].lower(),)))
        turn = self._interpret(f"papers {words}" if words.lower().startswith("by ") else words)
        kinds = [each for part in turn.parts if (each := self._kind_of(part))]
        others = tuple(part for part in turn.parts if not self._kind_of(part))
        filters = turn.filters.merged(Filters(concepts=tuple(kinds)))
        return replace(turn, parts=others, filters=filters)

    def _kind_of(self, part: Part) -> str | None:
        """The kind of study that a part names and nothing else, or None."""
        term = part.recognised
        concepts = term.concepts if term and not term.part_of else ()
        return concepts[0] if concepts and self._facets_of(part) == {"evidence"} else None

    # -- joining ---------------------------------------------------------------------------------

    def _joined(self, step: _Step, before: Query) -> tuple[Query, str]:
        """Both questions as one, and what that did to the first."""
        turn = self._completed(self._decided(step.turn, before), before)
        filters = self._joined_filters(before.filters, turn.filters)
        excluded = [p for p in before.excluded if not any(_same(p, new) for new in turn.parts)]
        excluded += [p for p in turn.excluded if not any(_same(p, old) for old in excluded)]
        parts = [p for p in before.parts if not any(_same(p, new) for new in turn.excluded)]
        if step.kind == "widen" and turn.parts:
            parts = self._alternatives(parts, turn.parts)
            return replace(
                before, parts=tuple(parts), excluded=tuple(excluded), filters=filters
            ), "widen"
        new = [p for p in turn.parts if not any(_same(p, old) for old in parts)]
        replaced = [p for p in parts if step.replaced and _names(p, step.replaced)]
        replaced = replaced or [p for p in parts if self._gives_way(p, new, step.kind)]
        # A tumour says where, and leaves what was asked as it is.
        where = any("cancer" in self._facets_of(part) for part in new)
        if step.kind == "replace" and new and not replaced and len(parts) == 1 and not where:
            replaced = parts
        kept = [p for p in parts if not any(p is old for old in replaced)]
        corrected = tuple(dict.fromkeys((*before.corrected, *turn.corrected)))
        joined = replace(
            before, parts=(*kept, *new), excluded=tuple(excluded), filters=filters,
            corrected=corrected,
        )  # fmt: skip
        return joined, "refine" if replaced else "narrow"

    def _gives_way(self, old: Part, new: list[Part], kind: "Kind") -> bool:
        """Whether a part is of the kind of a new one, and so no longer asked.

        One tumour takes the place of another; of other things both may be asked together, unless
        the words say otherwise.
        """
        if kind in ("and", "replace") and any(_opposed(old, part) for part in new):
            return True
        facets = self._facets_of(old)
        common = set().union(*(facets & self._facets_of(part) for part in new), frozenset())
        return bool(common) if kind in ("and", "replace") else "cancer" in common

    def _facets_of(self, part: Part) -> frozenset[str]:
        """The kinds of thing that a part is one of; of a drug and a gene also that."""
        found: set[str] = set()
        for option in part.any or (part,):
            if term := option.recognised:
                found |= {self._facet(concept) for concept in term.concepts}
                found |= {"drug"} if term.drugs else set()
                found |= {"gene"} if term.genes else set()
        return frozenset(found)

    def _facet(self, concept: str) -> str:
        return self._vocabulary.concepts[concept].facet

    def _decided(self, turn: Query, before: Query) -> Query:
        """An abbreviation in the sense that the question before it decides: NETs of neutrophils."""
        context = " ".join(part.typed for part in before.parts)
        parts: list[Part] = []
        for part in turn.parts:
            is_open = part.recognised is not None and part.recognised.is_open
            there = self._interpret(f"{part.typed} {context}").parts if is_open else ()
            term = there[0].recognised if there and there[0].typed == part.typed else None
            named = self._interpret(term.label).parts if term and not term.is_open else ()
            parts += named if len(named) == 1 else (part,)
        return replace(turn, parts=tuple(parts))

    def _completed(self, turn: Query, before: Query) -> Query:
        """What is left out as the question before had it: "in lung?" after "gastric cancer"."""
        if len(turn.parts) != 1 or turn.parts[0].phrase:
            return turn
        for old in before.parts:
            tail = old.typed.split()[1:]
            if not tail or old.recognised is None:
                continue
            facets = self._facets_of(old)
            for left_unsaid in (" ".join(tail), tail[-1]):
                longer = self._interpret(f"{turn.parts[0].typed} {left_unsaid}").parts
                if len(longer) == 1 and facets & self._facets_of(longer[0]):
                    return replace(turn, parts=longer)
        return turn

    def _alternatives(self, parts: list[Part], new: tuple[Part, ...]) -> list[Part]:
        """The parts with each new one as an alternative to those of its kind."""
        for each in new:
            like = next((p for p in parts if self._facets_of(p) & self._facets_of(each)), None)
            if like is None:
                like = parts[0] if len(parts) == 1 else None
            if like is None:
                parts = [*parts, each]
                continue
            options = (*(like.any or (like,)), each)
            joined = Part(" OR ".join(p.typed for p in options), any=options)
            parts = [joined if p is like else p for p in parts]
        return parts

    def _joined_filters(self, old: Filters, new: Filters) -> Filters:
        """Both together: a new time and a new kind of study take the place of the old ones."""
        if new.has_years:
            open_ended = new.year is None and bool(new.first) != bool(new.last)
            first, last = (
                (new.first or old.first, new.last or old.last) if open_ended else (None,) * 2
            )
            old = old.without_times()
            if first and last and first <= last:
                old = replace(old, first=first, last=last)
        facets = {self._facet(c) for c in new.concepts} & {"evidence", "cancer"}
        kept = (c for c in old.concepts if c not in new.not_concepts)
        kept = (c for c in kept if c not in new.concepts and self._facet(c) not in facets)
        return replace(old, concepts=tuple(kept)).merged(new)

    def _widened(self, bare: str, before: Query) -> Query | None:
        """The question before with a limit or a part taken off, where that is what is asked."""
        filters = before.filters
        found = following.TAKE_OFF.fullmatch(bare)
        what = found["what"].strip() if found else ""
        # "Drop the year" of a question without one changes nothing, and leaves out no years.
        no_time = bool(_DROP.match(bare) and _TIME.fullmatch(what))
        timed = found and _TIME.search(what) and (filters.has_years or no_time)
        if timed or following.ANY_TIME.fullmatch(bare):
            return replace(before, filters=filters.without_times())
        if following.ANY_KIND.fullmatch(bare) or (found and _TYPE.fullmatch(what)):
            return replace(before, filters=self._without_kinds(filters))
        if not found or not (what or found["filter"]):
            return None
        # "Drop melanoma" no longer asks for it, where it was asked for.
        dropped = _DROP.match(bare) and any(_names(part, what) for part in before.parts)
        if not (found["filter"] or dropped):
            return None
        if not what:
            return replace(before, filters=Filters(sort=filters.sort), excluded=())
        return self._without_named(what, before)

    def _without_kinds(self, filters: Filters) -> Filters:
        kept = (c for c in filters.concepts if self._facet(c) != "evidence")
        return replace(filters, concepts=tuple(kept))

    def _without_named(self, what: str, before: Query) -> Query | None:
        """The question before without the filter that these words name."""
        named = self._read(what)
        concepts = {c for p in named.parts if p.recognised for c in p.recognised.concepts}
        concepts |= {*named.filters.concepts}
        kept = tuple(c for c in before.filters.concepts if c not in concepts)
        filters = replace(before.filters, concepts=kept)
        for name in ("open_access", "peer_reviewed", "retracted", "language"):
            if getattr(named.filters, name) is not None:
                filters = _with(filters, name, None)
        parts = tuple(p for p in before.parts if not any(_same(p, n) for n in named.parts))
        excluded = tuple(p for p in before.excluded if not any(_same(p, n) for n in named.parts))
        widened = replace(before, filters=filters, parts=parts, excluded=excluded)
        return widened if widened != before else None

    def _finished(self, joined: Query, action: str, note: str | None = None) -> Query | None:
        """The joined question read anew from its text, which is what is kept, shared and paged."""
        text = self.text(joined)
        if joined.is_empty or len(text) > LONGEST:
            return None
        read = self._interpret(text)
        read = replace(read, notes=(*read.notes, *filter(None, (note,))))
        return replace(read, action=action) if read.action in _SEARCHES else None


def _wider(query: Query) -> Query | None:
    """The question without its limits; where it has none, without the last thing asked."""
    without = replace(query, filters=Filters(sort=query.filters.sort), excluded=())
    if without == query and len(query.parts) > 1:
        without = replace(query, parts=query.parts[:-1])
    return without if without != query and without.parts else None


def _sorted(query: Query, order: str) -> Query:
    return replace(query, filters=replace(query.filters, sort=order))


def _with(filters: Filters, name: str, value: object) -> Filters:
    return replace(filters, **{name: value})  # type: ignore[arg-type]


def _says_something(turn: Query) -> bool:
    """Whether words that were read ask for anything, and for nothing that was pasted."""
    if turn.identifiers or turn.problems:
        return False
    return bool(turn.parts or turn.excluded or turn.filters != Filters())


def _same(one: Part, other: Part) -> bool:
    """Whether two parts name the same: the same words, or the same concept, drug or gene."""
    if one.words and one.words == other.words:
        return True
    a, b = one.recognised, other.recognised
    if a is None or b is None:
        return False
    return bool((a.concepts, a.drugs, a.genes) == (b.concepts, b.drugs, b.genes) != ((), (), ()))


def _opposed(one: Part, other: Part) -> bool:
    """Whether two words exclude each other: positive and negative, high and low."""
    return any({*one.words, *other.words} == {*pair} for pair in _OPPOSED)


def _names(part: Part, words: str) -> bool:
    """Whether words are those of a part, with or without what stands around them."""
    return " ".join(part.words) in fold(words) if part.words else fold(part.typed) == fold(words)
