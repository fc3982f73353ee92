"""What a command needs before it is taken: that the words behind it name something there is.

Each of these is a `Command.needs`; where it says no, the words are searched.
"""

import re

from bot.search.query import Part, Query
from bot.text.folding import fold
from handlers.command import Context

# One record is described, not a subject: "the Oxford TME review", "that paper by Ribas".
_DESCRIBED = re.compile(r"(?:the|that|this|our|his|her|their)\b.{3,}", re.IGNORECASE | re.DOTALL)
_THE_ONE = re.compile(
    r"(?:the|that|this)\b.{2,80} (?:one|paper|record|article|study|review|trial)", re.IGNORECASE
)
_ENDING = re.compile(r"[^\s./]*+[./][^\s\d]*+\d\S*")


def bare(context: Context) -> bool:
    """Nothing is behind the command's name: it says itself what it wants."""
    return not context.query.subject


def points(context: Context) -> bool:
    """A place in the list last shown is meant, or the whole of it."""
    query = context.query
    if query.points_at_shown:
        # A number alone is a place only where there is a list.
        return query.typed or context.shown is not None or not query.ordinals
    return query.ordinal is not None and context.shown is not None


def names_a_record(context: Context) -> bool:
    """An identifier or id, a place in the list, a title, or what only one record fits."""
    query = context.query
    if not query.subject:
        return query.typed
    if query.identifiers or points(context):
        return True
    services = context.services
    # Buttons name records by the store's own id.
    is_id = len(query.subject.split()) == 1 and services.lookup.one(query.subject) is not None
    if is_id or services.lookup.by_title(query) is not None:
        return True
    if _THE_ONE.fullmatch(query.subject):
        return True
    named = query.filters.authors or query.filters.year
    if named or _DESCRIBED.fullmatch(query.subject) or _ENDING.fullmatch(query.subject):
        return len(services.lookup.resolve(query, context.shown)) == 1
    return False


def is_of_thread(context: Context) -> bool:
    """No record is named, and one is shown: "the abstract please" under a list."""
    return not context.query.subject and context.shown is not None and context.request.in_thread


def names_terms(context: Context) -> bool:
    """Terms of the vocabulary and nothing more, whatever they are joined by."""
    return bool(flat(context.query)) and all(part.recognised for part in flat(context.query))


def called_so(context: Context, part: Part) -> bool:
    """Whether a term goes by these very words, and is not only meant by them in a search."""
    term = part.recognised
    if term is None:
        return False
    if term.abbreviation is not None or term.imported:
        return True
    vocabulary = context.services.vocabulary
    names = [n for c in term.concepts for n in _concept_names(context, c)]
    names += [n for d in term.drugs for n in vocabulary.drugs[d].names]
    names += [n for g in term.genes if (e := vocabulary.genes.get(g)) for n in (g, *e.aliases)]
    wanted = _one_name(part.typed)
    return any(_one_name(name) == wanted for name in names)


def is_stored(context: Context, query: Query) -> bool:
    """Whether any record has everything that is looked for."""
    services = context.services
    return not query.is_empty and services.index.count(services.search.plan(query)) > 0


def is_something(context: Context, query: Query) -> bool:
    """Whether a term of the field is named, or what some record has."""
    return any(part.recognised for part in flat(query)) or is_stored(context, query)


def known_topic(context: Context) -> bool:
    """A topic of the field: terms, or filters, and no word that the vocabulary does not know."""
    query = context.query
    if query.identifiers or query.problems:
        return False
    parts = flat(query)
    return (bool(parts) or query.filters.is_set) and all(part.recognised for part in parts)


def stored_topic(context: Context) -> bool:
    """Whether some record has everything that the words behind the command ask for."""
    return is_stored(context, context.query)


def flat(query: Query) -> list[Part]:
    """What is looked for, alternatives one by one."""
    return [part for each in query.parts for part in (each.any or (each,))]


def _concept_names(context: Context, concept: str) -> tuple[str, ...]:
    """How a concept is called; a kind of study only by its label, the rest is what shows it."""
    entry = context.services.vocabulary.concepts[concept]
    return (entry.label, entry.label_us, *(entry.names if entry.facet != "evidence" else ()))


def _one_name(text: str) -> str:
    return re.sub(r"\W+", "", fold(text)).removesuffix("s")
