"""What a term of the vocabulary means: one after another, or two side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block, SectionBlock

from bot.records.models import Answer, Understood
from bot.search.definitions import Fact, Term
from handlers.views import buttons, understood
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, join_within, link, literal, prose
from handlers.views.parts import context, divider, lines, section, sections, text_object
from handlers.views.records import compact_blocks, compact_text
from handlers.views.wording import count

_UNVERIFIED = "unverified"
_EXPLAINED = "Unverified: nobody on the project has checked it against a source."
# More are not shown together; they are named.
MOST_TERMS = 4
# How many characters a list of facts may take, by the number of terms shown.
_LONGEST_LIST = {1: 420, 2: 240, 3: 150, 4: 110}
_LONGEST_MEANING = {1: 700, 2: 450, 3: 400, 4: 300}
_LONGEST_FACT = 400
_LONGEST_LINE = 300
# What two terms are compared by; the rest would make the table too long to compare anything.
_COMPARED = ("Abbreviations", "Part of", "Includes", "Targets", "Drugs", "Not to be confused with")
_MOST_NOTES = 3
_BEST = "The best records:"
_NO_MEANING = "No definition held."


def message(
    terms: Sequence[Term],
    audience: Audience,
    *,
    read_as: Understood | None = None,
    records: Mapping[str, int] | None = None,
    beside: bool = False,
) -> Message:
    """Up to four terms with a search of each, and what the others are called.

    Two are put side by side with `beside`.

    `read_as` is how the question was read, its notes said first; `records` maps a term's question
    to how many records it finds. Raises ValueError without a term.
    """
    if not terms:
        raise ValueError("a definition needs a term")
    read = read_as or Understood()
    written, said = understood.line(read, _LONGEST_LINE)
    noted = [fit(note, 200) for note in read.notes[:_MOST_NOTES]]
    blocks: list[Block] = [section(literal(note)) for note in noted]
    blocks += [context(written)] if written else []
    text = [*noted, said] if said else noted
    if beside and len(terms) == 2:
        blocks += _beside(terms)
        text += [_term_text(term, 2) for term in terms]
    else:
        shown = terms[:MOST_TERMS]
        for term in shown:
            blocks += _term_blocks(term, len(shown))
            text.append(_term_text(term, len(shown)))
    if len(terms) > MOST_TERMS:
        others = [f"`define {term.label}`" for term in terms[MOST_TERMS:]]
        rest = f"+{len(others)} more: {join_within(others, _LONGEST_LINE)}"
        blocks.append(context(prose(rest)))
        text.append(rest)
    held = [_records(term, records or {}) for term in terms[:MOST_TERMS]]
    if audience is Audience.TERMINAL:
        blocks += [section(literal(line)) for line in held]
    else:
        choices = _choices(terms[:MOST_TERMS], records or {})
        blocks += buttons.actions("terms", buttons.ask_buttons(choices))
    text.append(lines(held))
    return Message("\n\n".join(part for part in text if part), tuple(blocks))


def _term_blocks(term: Term, shown: int) -> list[Block]:
    limit = _LONGEST_LIST[shown]
    head = bold(literal(fit(f"{term.label} ({term.kind})", 150)))
    meaning = literal(_meaning(term, shown))
    written = [f"{bold(name)}: {_facts(facts, limit)}" for name, facts in term.lists]
    first, *rest = sections([lines((head, meaning)), *written])
    return [first, *rest, context(_origin(term, limit))]


def _term_text(term: Term, shown: int) -> str:
    limit = _LONGEST_LIST[shown]
    return lines(
        (
            fit(f"{term.label} ({term.kind})", 150),
            _meaning(term, shown),
            *(f"{name}: {_facts_text(facts, limit)}" for name, facts in term.lists),
            _origin_text(term, limit),
        )
    )


def _meaning(term: Term, shown: int) -> str:
    if term.meaning is None:
        return _NO_MEANING
    doubt = f" ({_UNVERIFIED})" if term.meaning.unverified else ""
    return fit(term.meaning.text, _LONGEST_MEANING[shown]) + doubt


def _facts(facts: Sequence[Fact], limit: int) -> str:
    """Facts in a row as mrkdwn: those somebody has checked first, the others marked."""
    return _checked_first(facts, limit, lambda fact: link(fact.url, fact.text))


def _facts_text(facts: Sequence[Fact], limit: int) -> str:
    return _checked_first(
        facts, limit, lambda fact: f"{fact.text} {fact.url}" if fact.url else fact.text
    )


def _checked_first(facts: Sequence[Fact], limit: int, write: Callable[[Fact], str]) -> str:
    pieces = [
        [write(_short(f, limit)) for f in facts if f.unverified is doubt] for doubt in (False, True)
    ]
    checked, doubted = pieces
    said = [join_within(checked, limit, ", ")] if checked else []
    if doubted:
        said.append(f"{_UNVERIFIED}: {join_within(doubted, limit, ', ')}")
    return "; ".join(said)


def _short(fact: Fact, limit: int) -> Fact:
    """A fact that fits; room is left to say how many more there are."""
    return replace(fact, text=fit(fact.text, min(_LONGEST_FACT, limit - 20)))


def _beside(terms: Sequence[Term]) -> list[Block]:
    """Two terms in two columns, a row for each thing they are compared by."""
    limit = _LONGEST_LIST[2]
    rows = [[bold(literal(fit(f"{t.label} ({t.kind})", 150))) for t in terms]]
    rows[0] = [f"{head}\n{literal(_meaning(t, 2))}" for head, t in zip(rows[0], terms, strict=True)]
    for name in _COMPARED:
        held = [t.facts(name) for t in terms]
        if any(held):
            rows.append([f"{bold(name)}: {_facts(f, limit) or 'none held'}" for f in held])
    cells = [SectionBlock(fields=[text_object(cell) for cell in row]) for row in rows]
    origins = [f"{literal(fit(t.label, 60))}: {_origin(t, limit)}" for t in terms]
    return [*cells, context(lines(origins))]


def _origin(term: Term, limit: int) -> str:
    """Where what is said comes from, and what it means that some of it is unverified."""
    named = [link(source.url, fit(source.name, 80)) for source in term.sources]
    return lines((f"Sources: {join_within(named, 2 * limit)}" if named else None, _doubt(term)))


def _origin_text(term: Term, limit: int) -> str:
    named = [
        f"{fit(source.name, 80)} ({source.url})" if source.url else fit(source.name, 80)
        for source in term.sources
    ]
    return lines((f"Sources: {join_within(named, 2 * limit)}" if named else None, _doubt(term)))


def with_records(message: Message, best: Answer, audience: Audience) -> Message:
    """A definition, followed by the best records on what it defines."""
    if not best.hits:
        return message
    cards = [b for n, hit in enumerate(best.hits, 1) for b in compact_blocks(hit, n, audience)]
    told = [compact_text(hit, number) for number, hit in enumerate(best.hits, 1)]
    return Message(
        lines((message.text, f"\n{_BEST}", *told)),
        (*message.blocks, divider(), context(_BEST), *cards),
    )


def _doubt(term: Term) -> str | None:
    facts = [fact for _, held in term.lists for fact in held]
    unverified = any(
        fact.unverified for fact in [*facts, *([term.meaning] if term.meaning else [])]
    )
    return _EXPLAINED if unverified else None


def _choices(terms: Sequence[Term], records: Mapping[str, int]) -> list[tuple[str, str]]:
    """The records of each term, then the terms beside them, while there is room."""
    searches = [
        (_see(term, records, named=len(terms) > 1), term.records)
        for term in terms
        if records.get(term.records) != 0
    ]
    beside = [(f"Define {label}", query) for term in terms for label, query in term.neighbours]
    return [*searches, *beside]


def _see(term: Term, records: Mapping[str, int], *, named: bool) -> str:
    what = "records" + (f" of {fit(term.label, 40)}" if named else "")
    held = records.get(term.records)
    return f"See {what}" if held is None else f"See {what} ({held:,})"


def _records(term: Term, records: Mapping[str, int]) -> str:
    held = records.get(term.records)
    if held == 0:
        return f"No record of {fit(term.label, 60)} is held."
    how_many = "" if held is None else f" ({count(held, 'record')})"
    return f"See records{how_many}: {term.records}"
