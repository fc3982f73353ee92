"""What a term of the vocabulary means: one after another, or two side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block, SectionBlock

from bot.records.answers import Answer, Understood
from bot.search.definitions import Fact, Term
from handlers.views import buttons, describing, records
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, join_within, link, literal, prose
from handlers.views.parts import context, divider, lines, section, sections, text_object

_DOUBT = "†"
_EXPLAINED = f"{_DOUBT} not verified: the project has not checked it against a source yet."
# More are not shown together; they are named.
MOST_TERMS = 4
# How many of the best records follow a definition.
MOST_RECORDS = 3
# How many characters a list of facts may take, by the number of terms shown.
_LONGEST_LIST = {1: 420, 2: 240, 3: 150, 4: 110}
_LONGEST_MEANING = {1: 700, 2: 450, 3: 400, 4: 300}
_LONGEST_FACT = 400
_LONGEST_LINE = 300
# What two terms are compared by; the rest would make the table too long to compare anything.
_COMPARED = ("Abbreviations", "Part of", "Includes", "Targets", "Drugs", "Not to be confused with")
_MOST_NOTES = 3
_BEST = "The best records:"
_NO_MEANING = "No definition in the vocabulary."


def message(
    terms: Sequence[Term],
    audience: Audience,
    *,
    read_as: Understood | None = None,
    found: Mapping[str, int] | None = None,
    beside: bool = False,
) -> Message:
    """Up to four terms with a search of each, and what the others are called.

    Two are put side by side with `beside`. `read_as` is how the question was read, its notes
    first; `found` maps a term's question to how many records it finds. Raises ValueError without a
    term.
    """
    if not terms:
        raise ValueError("a definition needs a term")
    read = read_as or Understood()
    written = describing.readings_line(read, _LONGEST_LINE)
    blocks: list[Block] = [section(literal(fit(n, 200))) for n in read.notes[:_MOST_NOTES]]
    blocks += [context(written)] if written else []
    shown = terms[:MOST_TERMS]
    if beside and len(terms) == 2:
        blocks += _beside(terms)
    else:
        for term in shown:
            blocks += _term(term, len(shown))
    if len(terms) > MOST_TERMS:
        others = [f"`define {term.label}`" for term in terms[MOST_TERMS:]]
        blocks.append(context(prose(f"+{len(others)} more: {join_within(others, _LONGEST_LINE)}")))
    counts = found or {}
    none = [fit(term.label, 60) for term in shown if counts.get(term.records) == 0]
    if none:
        blocks.append(context(literal(f"No record of {', '.join(none)} in this store.")))
    choices = _searches(shown, counts)
    # In a terminal every choice is a line.
    choices += _neighbours(shown) if audience is not Audience.TERMINAL else []
    return Message((*blocks, *buttons.actions("terms", buttons.ask_buttons(choices))))


def with_records(message: Message, best: Answer, audience: Audience) -> Message:
    """A definition, followed by the best records on what it defines."""
    cards = [
        block
        for number, hit in enumerate(best.hits[:MOST_RECORDS], start=1)
        for block in records.brief_card(hit, number, records.controls(hit.record, audience))
    ]
    return Message((*message.blocks, divider(), context(_BEST), *cards)) if cards else message


def _term(term: Term, shown: int) -> list[Block]:
    limit = _LONGEST_LIST[shown]
    head = bold(literal(fit(f"{term.label} ({term.kind})", 150)))
    meaning = literal(_meaning(term, shown))
    written = [f"{bold(name)}: {_facts(facts, limit)}" for name, facts in term.lists]
    first, *rest = sections([lines((head, meaning)), *written])
    return [first, *rest, context(_origin(term, limit))]


def _meaning(term: Term, shown: int) -> str:
    if term.meaning is None:
        return _NO_MEANING
    doubt = f" {_DOUBT}" if term.meaning.unverified else ""
    return fit(term.meaning.text, _LONGEST_MEANING[shown]) + doubt


def _facts(facts: Sequence[Fact], limit: int) -> str:
    """Facts in a row as mrkdwn: those that were checked first, the others marked."""
    checked_first = sorted(facts, key=lambda fact: fact.unverified)
    written = [
        link(fact.url, _short(fact, limit).text) + (f" {_DOUBT}" if fact.unverified else "")
        for fact in checked_first
    ]
    return join_within(written, limit, ", ")


def _short(fact: Fact, limit: int) -> Fact:
    """A fact that fits; room is left to say how many more there are."""
    return replace(fact, text=fit(fact.text, min(_LONGEST_FACT, limit - 20)))


def _beside(terms: Sequence[Term]) -> list[Block]:
    """Two terms in two columns, a row for each thing they are compared by."""
    limit = _LONGEST_LIST[2]
    rows = [[bold(literal(fit(f"{t.label} ({t.kind})", 150))) for t in terms]]
    rows[0] = [f"{head}\n{literal(_meaning(t, 2))}" for head, t in zip(rows[0], terms, strict=True)]
    for name in _COMPARED:
        stored = [t.facts(name) for t in terms]
        if any(stored):
            rows.append([f"{bold(name)}: {_facts(f, limit) or 'none'}" for f in stored])
    cells = [SectionBlock(fields=[text_object(cell) for cell in row]) for row in rows]
    origins = [f"{literal(fit(t.label, 60))}: {_origin(t, limit)}" for t in terms]
    return [*cells, context(lines(origins))]


def _origin(term: Term, limit: int) -> str:
    """Where what is said comes from, and what it means that some of it is unverified."""
    named = [link(source.url, fit(source.name, 80)) for source in term.sources]
    return lines((f"Sources: {join_within(named, 2 * limit)}" if named else None, _doubt(term)))


def _doubt(term: Term) -> str | None:
    facts = [fact for _, stored in term.lists for fact in stored]
    unverified = any(
        fact.unverified for fact in [*facts, *([term.meaning] if term.meaning else [])]
    )
    return _EXPLAINED if unverified else None


def _searches(terms: Sequence[Term], found: Mapping[str, int]) -> list[tuple[str, str]]:
    """A search for the records of each term that has any."""
    return [
        (_see(term, found, named=len(terms) > 1), term.records)
        for term in terms
        if found.get(term.records) != 0
    ]


def _neighbours(terms: Sequence[Term]) -> list[tuple[str, str]]:
    return [(f"Define {label}", query) for term in terms for label, query in term.neighbours]


def _see(term: Term, found: Mapping[str, int], *, named: bool) -> str:
    what = "records" + (f" of {fit(term.label, 40)}" if named else "")
    count = found.get(term.records)
    return f"See {what}" if count is None else f"See {what} ({count:,})"
