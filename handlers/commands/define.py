"""`/tme define TERM`: what a term of the field means here."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from bot.records.answers import Answer, Understood
from bot.search.definitions import Fact, Term
from bot.search.describing import describe_query
from bot.search.query.filters import Filters
from bot.text.folding import fold
from bot.vocabulary import Source
from handlers.command import Command, Context
from handlers.commands.resolving import called_so, flat, names_terms
from handlers.router import Reply
from handlers.views import definition, errors
from handlers.views.wording import count

_MOST_RECORDS = 3
_MOST_FORMS = 5
_LONGEST_SIDE = 3
# Who asks for a meaning wants no records of it, whatever the vocabulary calls it.
_ASKS_MEANING = re.compile(r"\b(?:mean|stand for|meaning|definition)\b", re.IGNORECASE)
_COMPARING = re.compile(
    r"\bdifferences? between\b|\b(?:vs\.?|versus|compared (?:to|with))(?!\w)", re.IGNORECASE
)

_JOINED = re.compile(r"\s+(?:and|vs\.?|versus|from|or)\s+", re.IGNORECASE)


def run(context: Context) -> Reply:
    """Define the concepts, drugs and genes named, and list the best records on them."""
    context = _without_quotes(context)
    query, services = context.query, context.services
    terms = _known(context)
    notes: tuple[str, ...] = ()
    if _COMPARING.search(query.text):
        shared = _both(context)
        terms, notes = shared or terms, () if shared else _one_sided(context)
    if not terms:
        return _unknown(context)
    shown = [term.records for term in terms[: definition.MOST_TERMS]]
    questions = (services.search.interpret(question) for question in shown)
    counts = [services.index.count(services.search.plan(question)) for question in questions]
    message = definition.message(
        terms,
        context.audience,
        read_as=_read_as(context, terms, notes),
        found=dict(zip(shown, counts, strict=True)),
        beside=bool(_COMPARING.search(query.text)),
    )
    best = _best(context, shown)
    answer = best.model_copy(
        update={"query": query.text, "understood": describe_query(query, "define", notes)}
    )
    return Reply(answer, definition.with_records(message, best, context.audience))


def _known(context: Context) -> tuple[Term, ...]:
    """The terms named, as the vocabulary has them; else what the records say they stand for."""
    return context.services.definitions.of(context.query) or _spelt_out(context)


def _spelt_out(context: Context) -> tuple[Term, ...]:
    """An abbreviation that no vocabulary knows, as the records that use it define it."""
    short = context.query.subject.strip(' ?."')
    forms = context.services.index.long_forms(fold(short)) if re.fullmatch(r"[\w-]+", short) else ()
    if not forms:
        return ()
    lines = [f"{long} ({count(number, 'record')})" for long, number in forms[:_MOST_FORMS]]
    meaning = Fact(
        f"{forms[0][0].capitalize()}, as {count(forms[0][1], 'record')} here spell it out."
    )
    lists = (("Stands for", tuple(map(Fact, lines))),) if len(forms) > 1 else ()
    sources = (Source("the records in this store", ""),)
    return (Term(short, "abbreviation", meaning, lists, sources, records=f'"{short}"'),)


def _best(context: Context, questions: Sequence[str]) -> Answer:
    """The best records on the terms, each term in its turn."""
    search = context.services.search
    lists = [search.run(search.interpret(each), limit=_MOST_RECORDS) for each in questions[:2]]
    hits = [hit for each in zip_longest(*(found.hits for found in lists)) for hit in each if hit]
    once = list({hit.record.id: hit for hit in hits}.values())[:_MOST_RECORDS]
    total = lists[0].total if len(lists) == 1 else len(once)
    return Answer(query=context.query.text, total=total, ranked=len(once), hits=tuple(once))


def _is_term(context: Context) -> bool:
    """Terms and nothing more. What is asked in a sentence must go by these very words.

    "What is an organoid?" asks for no kind of study, although the vocabulary files it there.
    """
    if context.query.typed:
        context = _without_quotes(context)
    query = context.query
    if not query.subject:
        return query.typed
    if query.excluded or query.filters != Filters() or any(part.phrase for part in flat(query)):
        return False
    if _COMPARING.search(query.text):
        return bool(_both(context)) or names_terms(context) or _all_sides(context)
    if names_terms(context) and len(query.parts) == 1 and not query.generic:
        is_plain = query.typed or _ASKS_MEANING.search(query.text) is not None
        return is_plain or called_so(context, query.parts[0])
    whole = context.services.vocabulary.resolve(None, query.subject).id is not None
    if query.typed and context.services.definitions.of(query) and (whole or names_terms(context)):
        return True
    return bool(_spelt_out(context))


def _all_sides(context: Context) -> bool:
    """One of two things that are compared is known; of the other it is said that it is not."""
    sides = _sides(context)
    short = all(len(side.split()) <= _LONGEST_SIDE for side in sides)
    return short and any(_terms(context, side) for side in sides)


def _without_quotes(context: Context) -> Context:
    """A term in quotes is the term: nothing is looked for word by word here.

    "It" is what was searched here.
    """
    if context.query.points_at_shown and context.shown is not None:
        listed = context.router.listed_for(context.request, context.shown)
        return context.about(listed.text) if listed else context
    if '"' not in context.query.subject:
        return context
    bare = context.query.subject.replace('"', " ").strip()
    return context.about(bare)


def _sides(context: Context) -> list[str]:
    """The terms that are compared, as typed; empty where they are not distinguished."""
    sides = [side.strip(" ?.,") for side in _JOINED.split(context.query.subject.strip(" ?."))]
    return sides if len(sides) == 2 and all(sides) else []


def _one_sided(context: Context) -> tuple[str, ...]:
    """Which of two terms to compare is not known, when it is one of them."""
    unknown = [side for side in _sides(context) if not _terms(context, side)]
    if len(unknown) != 1:
        return ()
    return (f"“{unknown[0][:60]}” is not in the vocabulary, so the two cannot be compared.",)


def _both(context: Context) -> tuple[Term, ...]:
    """The terms of "primary and acquired resistance", which share their last words; else none."""
    sides = _sides(context)
    if not sides:
        return ()
    left, right = sides
    for shared in range(1, len(right.split())):
        head = " ".join(right.split()[-shared:])
        first, second = (_terms(context, side) for side in (f"{left} {head}", right))
        if len(first) == len(second) == 1 and first != second:
            return (*first, *second)
    return ()


def _terms(context: Context, text: str) -> tuple[Term, ...]:
    services = context.services
    return services.definitions.of(services.search.interpret(text))


def _read_as(context: Context, terms: Sequence[Term], notes: tuple[str, ...]) -> Understood:
    """How the words were read, as far as it bears on the terms that are defined."""
    read = describe_query(context.query, "define")
    senses = tuple(s for s in read.senses if any(term.label in s.taken for term in terms))
    return read.model_copy(update={"senses": senses, "ignored": (), "notes": notes})


def _unknown(context: Context) -> Reply:
    query = context.query
    notes = ("Say which term, for example: define MDSC",)
    answer = Answer(
        query=query.text,
        understood=describe_query(query, "define", notes),
        suggestions=("define MDSC",),
    )
    return Reply(answer, errors.hint(answer, context.audience))


COMMAND = Command(
    run=run,
    words="define TERM",
    summary="What a term, drug or gene means: names, MeSH, targets, drugs, sources, and the best"
    " records on it; `difference between X and Y` puts two side by side",
    example="define MDSC",
    aliases=(
        "definition",
        "definition of",
        "meaning of",
        "glossary",
        "abbreviation",
        "full form of",
    ),
    patterns=(
        (
            r"(?:what(?:'s| is| are|s)|explain) (?:the )?(?:meaning of |difference between )?"
            r"(?P<subject>(?:an? |the )?[^?.,]{1,80})\??"
        ),
        r"(?P<subject>[^?.,]{1,60}) (?:definition|meaning|explained)\??",
        r"(?:the )?difference between (?P<subject>[^?]{1,120})\??",
        (
            r"what does [\"“]?(?P<subject>[^?\"”]{1,60}?)[\"”]? (?:mean|stand for)"
            r"(?: (?:in|for|here)\b[^?]{0,40})?\??"
        ),
    ),
    takes_subject=True,
    needs=_is_term,
    offer=lambda query: (f"Define “{query.subject[:40]}”", f"define {query.subject}"),
)
