"""`/tme define TERM`: what a term of the field means here."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from bot.records.models import Answer, Understood
from bot.search.definitions import Fact, Term
from bot.search.query.filters import Filters
from bot.search.search import understood
from bot.text.folding import fold
from bot.vocabulary import Source
from handlers.commands.resolving import called_so, flat, names_terms
from handlers.router import Asked, Command, Reply
from handlers.views import definition, errors
from handlers.views.wording import count

_MOST_RECORDS = 3
_MOST_FORMS = 5
_LONGEST_SIDE = 3
_COMPARING = re.compile(
    r"\bdifferences? between\b|\b(?:vs\.?|versus|compared (?:to|with))(?!\w)", re.IGNORECASE
)

_JOINED = re.compile(r"\s+(?:and|vs\.?|versus|from|or)\s+", re.IGNORECASE)


def run(asked: Asked) -> Reply:
    """Define the concepts, drugs and genes named, and list the best records on them."""
    asked = _without_quotes(asked)
    query, services = asked.query, asked.services
    terms = _known(asked)
    notes: tuple[str, ...] = ()
    if _COMPARING.search(query.text):
        shared = _both(asked)
        terms, notes = shared or terms, () if shared else _one_sided(asked)
    if not terms:
        return _unknown(asked)
    shown = [term.records for term in terms[: definition.MOST_TERMS]]
    questions = (services.search.interpret(question) for question in shown)
    counts = [services.index.count(services.search.wanted(question)) for question in questions]
    message = definition.message(
        terms,
        asked.audience,
        read_as=_read_as(asked, terms, notes),
        found=dict(zip(shown, counts, strict=True)),
        beside=bool(_COMPARING.search(query.text)),
    )
    best = _best(asked, shown)
    answer = best.model_copy(
        update={"query": query.text, "understood": understood(query, "define", notes)}
    )
    return Reply(answer, definition.with_records(message, best, asked.audience))


def _known(asked: Asked) -> tuple[Term, ...]:
    """The terms named, as the vocabulary has them; else what the records say they stand for."""
    return asked.services.definitions.of(asked.query) or _spelt_out(asked)


def _spelt_out(asked: Asked) -> tuple[Term, ...]:
    """An abbreviation that no vocabulary knows, as the records that use it define it."""
    short = asked.query.subject.strip(' ?."')
    forms = asked.services.index.long_forms(fold(short)) if re.fullmatch(r"[\w-]+", short) else ()
    if not forms:
        return ()
    said = [f"{long} ({count(number, 'record')})" for long, number in forms[:_MOST_FORMS]]
    meaning = Fact(
        f"{forms[0][0].capitalize()}, as {count(forms[0][1], 'record')} here spell it out."
    )
    lists = (("Stands for", tuple(map(Fact, said))),) if len(forms) > 1 else ()
    sources = (Source("the records in this store", ""),)
    return (Term(short, "abbreviation", meaning, lists, sources, records=f'"{short}"'),)


def _best(asked: Asked, questions: Sequence[str]) -> Answer:
    """The best records on the terms, each term in its turn."""
    search = asked.services.search
    lists = [search.run(search.interpret(each), limit=_MOST_RECORDS) for each in questions[:2]]
    hits = [hit for each in zip_longest(*(found.hits for found in lists)) for hit in each if hit]
    once = list({hit.record.id: hit for hit in hits}.values())[:_MOST_RECORDS]
    total = lists[0].total if len(lists) == 1 else len(once)
    return Answer(query=asked.query.text, total=total, ranked=len(once), hits=tuple(once))


def _is_term(asked: Asked) -> bool:
    """Terms and nothing more. What is asked in a sentence must go by these very words.

    "What is an organoid?" asks for no kind of study, although the vocabulary files it there.
    """
    if asked.query.typed:
        asked = _without_quotes(asked)
    query = asked.query
    if not query.subject:
        return query.typed
    if query.excluded or query.filters != Filters() or any(part.phrase for part in flat(query)):
        return False
    if _COMPARING.search(query.text):
        return bool(_both(asked)) or names_terms(asked) or _all_sides(asked)
    if names_terms(asked) and len(query.parts) == 1 and not query.generic:
        return query.typed or called_so(asked, query.parts[0])
    whole = asked.services.vocabulary.resolve(None, query.subject).id is not None
    if query.typed and asked.services.definitions.of(query) and (whole or names_terms(asked)):
        return True
    return bool(_spelt_out(asked))


def _all_sides(asked: Asked) -> bool:
    """One of two things that are compared is known; of the other it is said that it is not."""
    sides = _sides(asked)
    short = all(len(side.split()) <= _LONGEST_SIDE for side in sides)
    return short and any(_terms(asked, side) for side in sides)


def _without_quotes(asked: Asked) -> Asked:
    """A term in quotes is the term: nothing is looked for word by word here."""
    if '"' not in asked.query.subject:
        return asked
    bare = asked.query.subject.replace('"', " ").strip()
    return asked.about(bare)


def _sides(asked: Asked) -> list[str]:
    """The terms that are compared, as typed; empty where they are not told apart."""
    sides = [side.strip(" ?.,") for side in _JOINED.split(asked.query.subject.strip(" ?."))]
    return sides if len(sides) == 2 and all(sides) else []


def _one_sided(asked: Asked) -> tuple[str, ...]:
    """Which of two terms to compare is not known, when it is one of them."""
    unknown = [side for side in _sides(asked) if not _terms(asked, side)]
    if len(unknown) != 1:
        return ()
    return (f"“{unknown[0][:60]}” is not in the vocabulary, so the two cannot be compared.",)


def _both(asked: Asked) -> tuple[Term, ...]:
    """The terms of "primary and acquired resistance", which share their last words; else none."""
    sides = _sides(asked)
    if not sides:
        return ()
    left, right = sides
    for shared in range(1, len(right.split())):
        head = " ".join(right.split()[-shared:])
        first, second = (_terms(asked, side) for side in (f"{left} {head}", right))
        if len(first) == len(second) == 1 and first != second:
            return (*first, *second)
    return ()


def _terms(asked: Asked, said: str) -> tuple[Term, ...]:
    services = asked.services
    return services.definitions.of(services.search.interpret(said))


def _read_as(asked: Asked, terms: Sequence[Term], notes: tuple[str, ...]) -> Understood:
    """How the words were read, as far as it bears on the terms that are defined."""
    read = understood(asked.query, "define")
    senses = tuple(s for s in read.senses if any(term.label in s.taken for term in terms))
    return read.model_copy(update={"senses": senses, "ignored": (), "notes": notes})


def _unknown(asked: Asked) -> Reply:
    query = asked.query
    notes = ("Say which term, for example: define MDSC",)
    answer = Answer(
        query=query.text,
        understood=understood(query, "define", notes),
        suggestions=("define MDSC",),
    )
    return Reply(answer, errors.hint(answer, asked.audience))


COMMAND = Command(
    run=run,
    words="define TERM",
    summary="What a term, drug or gene means: names, MeSH, targets, drugs, sources, and the best"
    " records on it; `difference between X and Y` puts two side by side",
    example="define MDSC",
    aliases=("definition", "definition of", "meaning of", "glossary"),
    patterns=(
        (
            r"(?:what(?:'s| is| are|s)|explain) (?:the )?(?:meaning of |difference between )?"
            r"(?P<subject>(?:an? |the )?[^?.,]{1,80})\??"
        ),
        r"(?:the )?difference between (?P<subject>[^?]{1,120})\??",
        r"what does (?P<subject>[^?]{1,60}?) (?:mean|stand for)\??",
    ),
    takes_subject=True,
    needs=_is_term,
    offer=lambda query: (f"Define “{query.subject[:40]}”", f"define {query.subject}"),
)
