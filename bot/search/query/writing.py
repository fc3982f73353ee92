"""A query written out in the query language, so that it can be asked, shared and kept as text."""

from collections.abc import Callable, Iterator
from datetime import date

from bot.search.query.filters import Filters
from bot.search.query.model import Part, Query

_SORTS = {"date_desc": "new", "date_asc": "old"}


def written(query: Query, interpret: Callable[[str], Query], facet: Callable[[str], str]) -> str:
    """The words, what is left out and the filters of a query, in one text that reads as the same.

    `interpret` reads a search, `facet` gives the facet of a concept.

    Words that came from different questions may name something together that neither named:
    where they would, AND stands between them, and words that no match needs are left out.
    """
    limits = [*map(_left_out, query.excluded), *_fields(query.filters, facet)]
    wanted = [part.typed for part in query.parts]
    text = ""
    words = tuple(_words(query))
    for joined in (" ".join((*words, *query.generic)), " AND ".join(words)):
        text = " ".join((joined, *limits)).strip()
        if [part.typed for part in interpret(text).parts] == wanted:
            break
    return f"{text}, at most {query.most}" if query.most else text


def _words(query: Query) -> Iterator[str]:
    """The parts; a name cut in parts stays whole."""
    before: Part | None = None
    for part in query.parts:
        together = part.recognised and before and part.recognised is before.recognised
        if not together:
            yield " ".join(_part(p) for p in _run(query, part))
        before = part


def _run(query: Query, first: Part) -> Iterator[Part]:
    """A part and those behind it that are words of the same name."""
    at = query.parts.index(first)
    yield first
    for part in query.parts[at + 1 :]:
        if part.recognised is None or part.recognised is not first.recognised:
            return
        yield part


def _part(part: Part) -> str:
    if part.any:
        return " OR ".join(map(_part, part.any))
    if part.phrase:
        return f'"{part.typed}"'
    return f"{part.typed}*" if part.prefix else part.typed


def _left_out(part: Part) -> str:
    if part.about:
        return f"-about:{_value(part.typed)}"
    return f"-{_value(part.typed)}"


def _fields(filters: Filters, facet: Callable[[str], str]) -> Iterator[str]:
    """Each filter as `field:value`."""
    yield from (f"author:{_value(name)}" for name in filters.authors)
    yield from (f"journal:{_value(name)}" for name in filters.journals)
    yield from (f"{facet(concept)}:{concept}" for concept in filters.concepts)
    yield from (f"-{facet(concept)}:{concept}" for concept in filters.not_concepts)
    yield from (f"-author:{_value(name)}" for name in filters.not_authors)
    yield from (f"type:{_value(kind)}" for kind in filters.types)
    yield from (f"-type:{_value(kind)}" for kind in filters.not_types)
    if filters.year:
        yield f"year:{filters.year}"
    if filters.first:
        since = filters.relative or _day(filters.first, "-01-01")
        yield f"since:{since.replace(' ', '')}"
    if filters.last:
        yield f"until:{_day(filters.last, '-12-31')}"
    for name, value in (("open", filters.open_access), ("reviewed", filters.peer_reviewed),
                        ("retracted", filters.retracted)):  # fmt: skip
        if value is not None:
            yield f"is:{name}" if value else f"-is:{name}"
    yield from (f"has:{name}" for name in filters.has)
    yield from (f"is:{name}-unknown" for name in filters.unknown)
    if filters.language:
        yield f"language:{filters.language}"
    if filters.sort in _SORTS:
        yield f"sort:{_SORTS[filters.sort]}"


def _day(day: date, whole_year: str) -> str:
    return day.isoformat().removesuffix(whole_year)


def _value(text: str) -> str:
    plain = text.replace('"', " ").strip()
    return plain if plain.isalnum() else f'"{plain}"'
