"""What a question was understood to ask, for the person and for scripts."""

from collections.abc import Iterable

from bot.records.answers import Understood
from bot.records.models import unique
from bot.search.query import Part, Query


def describe_query(query: Query, action: str, notes: Iterable[str] = ()) -> Understood:
    """What is said of a question to the person and to scripts."""
    flat = [p for part in query.parts for p in (part.any or (part,))]
    terms = [p.recognised for p in flat if p.recognised is not None]
    plain_words = (p for p in query.parts if not (p.phrase or p.any or names_something(p)))
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
        offers=query.offers,
    )


def names_something(part: Part) -> bool:
    """Whether a part is shown as a concept, drug or gene; an imported heading stays its words."""
    term = part.recognised
    return term is not None and not (term.only_imported and not term.genes)
