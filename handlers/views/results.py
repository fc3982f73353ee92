"""Lists: what was understood, five cards, and the way to the rest."""

from collections.abc import Mapping

from slack_sdk.models.blocks import Block

from bot.records.models import Answer, Hit
from handlers.views import buttons, records, understood
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, literal, prose
from handlers.views.parts import PAGE, context, divider, lines, section
from handlers.views.wording import count

_LONGEST_LINE = 450
_MOST_NOTES = 3
_PARTLY = "These match partly"
_NARROW = "Narrow to:"


def results(answer: Answer, audience: Audience) -> Message:
    """A page of a ranked list: at most five cards (a terminal shows every hit it asked for)."""
    hits = answer.hits if audience is Audience.TERMINAL else answer.hits[:PAGE]
    written, said = understood.line(answer.understood, _LONGEST_LINE)
    notes = [fit(note, 110) for note in answer.understood.notes[:_MOST_NOTES]]
    found, query = _found(answer, hits), understood.asked(answer.query)
    head = lines((f"“{literal(query)}”: {bold(found)}", written, *(prose(n) for n in notes)))
    blocks: list[Block] = [section(head)]
    text = [f"“{query}”: {found}", said, *notes]
    for number, hit in enumerate(hits, start=answer.offset + 1):
        if _starts_partial(hits, number - answer.offset - 1):
            blocks += [divider(), context(_PARTLY)]
            text.append(f"\n{_PARTLY}:")
        blocks += records.compact_blocks(hit, number, audience)
        text.append("\n" + records.compact_text(hit, number))
    blocks += _paging(answer, hits, audience)
    # Below the cards: the first screen answers, the rest is a glance away.
    blocks += _narrowing(answer, audience)
    blocks += buttons.actions("other", buttons.ask_buttons(understood.choices(answer)))
    text += [f"\n{_range(answer, hits)}", *_narrowing_text(answer), *_choices_text(answer)]
    return Message(lines(text), tuple(blocks))


def no_results(
    answer: Answer, audience: Audience, labels: Mapping[str, str] | None = None
) -> Message:
    """Nothing matched: what was understood, the nearest spellings, which filter to drop."""
    query = understood.asked(answer.query)
    wanted, wanted_text = understood.concepts(answer.understood, labels)
    written, said = understood.line(answer.understood, _LONGEST_LINE)
    notes = [fit(note, 200) for note in answer.understood.notes[:_MOST_NOTES]]
    dropping = _dropping(answer)
    body = lines(
        (
            f"No record matches “{literal(query)}”.",
            f"Looked for: {wanted}" if wanted else None,
            written,
            *(prose(note) for note in notes),
            literal(dropping),
        )
    )
    choices = understood.choices(answer)
    blocks: list[Block] = [section(body)]
    blocks += buttons.actions("other", buttons.ask_buttons(choices))
    text = lines(
        (
            f"No record matches “{query}”.",
            f"Looked for: {wanted_text}" if wanted else None,
            said,
            *notes,
            dropping,
            *_choices_text(answer),
        )
    )
    del audience  # the same for all
    return Message(text, tuple(blocks))


def _found(answer: Answer, hits: tuple[Hit, ...]) -> str:
    """How many there are, and whether some of those shown match only partly."""
    if all(hit.strict for hit in hits):
        return count(answer.total, "record")
    if not answer.total:
        return "No record matches everything; the nearest follow"
    verb = "matches" if answer.total == 1 else "match"
    return f"{count(answer.total, 'record')} {verb} everything; more that match partly follow"


def _starts_partial(hits: tuple[Hit, ...], at: int) -> bool:
    """Whether this is the first card of the page that matches only partly."""
    return not hits[at].strict and all(hit.strict for hit in hits[:at])


def _range(answer: Answer, hits: tuple[Hit, ...]) -> str:
    first, last = answer.offset + 1, answer.offset + len(hits)
    reach = max(answer.ranked, last)
    shown = f"{first}–{last}" if last > first else f"{last}"
    if last <= answer.total < reach:
        return f"{shown} of {answer.total:,}; then {reach - answer.total:,} that match partly"
    # Only so far can a long list be paged; the head says how many there are.
    return f"{shown} of {'the first ' if reach < answer.total else ''}{reach:,}"


def _paging(answer: Answer, hits: tuple[Hit, ...], audience: Audience) -> list[Block]:
    blocks: list[Block] = [context(_range(answer, hits))]
    if audience is Audience.TERMINAL:
        return blocks
    last = answer.offset + len(hits)
    query = answer.query
    back = max(0, answer.offset - PAGE)
    row = [
        buttons.button("Previous", buttons.PREVIOUS, q=query, o=back) if answer.offset else None,
        buttons.button("Next", buttons.NEXT, q=query, o=last) if last < answer.ranked else None,
        buttons.button("Share to channel", buttons.SHARE, q=query, o=answer.offset)
        if audience is Audience.PRIVATE
        else None,
    ]
    return [*blocks, *buttons.actions("paging", row)]


def _narrowing(answer: Answer, audience: Audience) -> list[Block]:
    offers = [(f"{fit(n.label, 50)} ({n.count:,})", n.query) for n in answer.narrower]
    row = buttons.actions("narrow", buttons.ask_buttons(offers))
    # In a terminal each button becomes a line that says what to type.
    return [context(_NARROW), *row] if row and audience is not Audience.TERMINAL else [*row]


def _narrowing_text(answer: Answer) -> list[str]:
    return [f"{_NARROW} {n.label} ({n.count:,}): {fit(n.query, 120)}" for n in answer.narrower]


def _choices_text(answer: Answer) -> list[str]:
    """The other readings as plain text, for those who see no buttons."""
    choices = understood.choices(answer)[: buttons.MOST_ASKS]
    return [
        f"Try: {fit(query, 120)}" if label == query else f"{label}: {fit(query, 120)}"
        for label, query in choices
    ]


def _dropping(answer: Answer) -> str:
    """Which filters may be too narrow; where there are none, what else helps."""
    used = understood.filters(answer.understood)
    if len(used) == 1:
        return f"Without the filter “{fit(used[0], 100)}” there may be more."
    if used:
        return f"Drop one of these filters for more: {fit('; '.join(used), 250)}."
    return "Fewer or more general words find more."
