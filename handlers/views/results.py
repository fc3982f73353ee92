"""Lists: what was understood, five cards, and the way to the rest."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, InteractiveElement

from bot.records.answers import Answer, Hit, Narrowing
from handlers.views import buttons, describing, matches, records
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, literal, prose
from handlers.views.parts import PAGE, context, divider, lines, section
from handlers.views.wording import count

_LONGEST_LINE = 450
_MOST_NOTES = 3
_MOST_READINGS = 2
_NARROW = "Narrow to…"


def results(answer: Answer, audience: Audience, *, others: int = 0) -> Message:
    """A page of a ranked list: at most five cards (a terminal shows every hit it asked for).

    `others` is how many controls the caller puts beside them.
    """
    hits = answer.hits if audience is Audience.TERMINAL else answer.hits[:PAGE]
    notes = [fit(note, 110) for note in answer.understood.notes[:_MOST_NOTES]]
    query = literal(describing.quoted(answer.query))
    counted = f"“{query}”: {bold(matches.head(answer, hits))}"
    head = (counted, _unsearchable(answer), _read(answer), *map(prose, notes))
    below = _below(answer, hits, audience)
    meanings = _meanings(answer)
    blocks: list[Block] = [section(lines(head)), *meanings]
    shown_part = None
    in_rows = buttons.full_rows(len(hits), others + sum(map(buttons.how_many, (*meanings, *below))))
    for at, hit in enumerate(hits):
        part = matches.part(hit)
        if part and part != shown_part:
            blocks += [divider(), context(part)]
        shown_part = part
        controls = records.controls(hit.record, audience, in_row=at < in_rows)
        blocks += records.card(hit, answer.offset + at + 1, controls)
    return Message((*blocks, context(_range(answer, hits)), *below))


def no_results(
    answer: Answer, audience: Audience, labels: Mapping[str, str] | None = None
) -> Message:
    """Nothing matched: what was understood, the nearest spellings, which filter to drop."""
    query = literal(describing.quoted(answer.query))
    wanted = describing.subject(answer.understood, labels)
    notes = [fit(note, 200) for note in answer.understood.notes[:_MOST_NOTES]]
    body = (
        f"Nothing is found for “{query}” yet."
        if answer.unsearchable
        else f"No record matches “{query}”.",
        _unsearchable(answer),
        f"Looked for: {wanted}" if wanted else None,
        _read(answer),
        *map(prose, notes),
        literal(_dropping(answer)),
    )
    del audience  # the same for all
    choices = buttons.actions("other", buttons.ask_buttons(describing.other_readings(answer)))
    return Message(
        (section(lines(body)), *_meanings(answer), *_classes(answer), *_filters(answer), *choices)
    )


def counted(answer: Answer, question: str) -> Message:
    """How many records a list has, what it is of, the limits in force, and what to type next."""
    number = answer.total
    query, verb = literal(describing.quoted(question)), "matches" if number == 1 else "match"
    limits = [*describing.filters(answer.understood)]
    limits += [f"without {word}" for word in answer.understood.not_]
    partly = answer.ranked - number
    in_force = answer.understood.filters
    words = {"concepts": "only reviews", "since": "since 2022"}
    narrower = [each for name, each in words.items() if name not in in_force]
    more = f" {partly:,} more match partly." if partly > 0 else ""
    body = (
        f"{bold(count(number, 'record'))} {verb} “{query}”.{more}",
        literal(f"In force: {fit(' · '.join(limits), _LONGEST_LINE)}.") if limits else None,
        *map(prose, answer.understood.notes[:_MOST_NOTES]),
        prose(
            f"Next: {', '.join(f'`{each}`' for each in (*narrower, 'newest first', 'export all'))}."
        ),
    )
    return Message((section(lines(body)), *_filters(answer)))


def _unsearchable(answer: Answer) -> str | None:
    """That more may match, while records come in faster than they are indexed."""
    number = answer.unsearchable
    verb = "is" if number == 1 else "are"
    return f"{count(number, 'record')} {verb} not searchable yet." if number else None


def _read(answer: Answer) -> str:
    return describing.readings_line(answer.understood, _LONGEST_LINE)


def _range(answer: Answer, hits: Sequence[Hit]) -> str:
    first, last = answer.offset + 1, answer.offset + len(hits)
    reach = max(answer.ranked, last)
    shown = f"{first}–{last}" if last > first else f"{last}"
    if last <= answer.total < reach:
        return f"{shown} of {answer.total:,}; then {reach - answer.total:,} that match partly"
    # Only so far can a long list be paged; the head says how many there are.
    return f"{shown} of {'the first ' if reach < answer.total else ''}{reach:,}"


def _below(answer: Answer, hits: Sequence[Hit], audience: Audience) -> list[Block]:
    """The way to other pages, narrower lists and other readings of the words."""
    choices = with_counts(answer.narrower)
    if choices and answer.ranked >= buttons.TABLE and audience is not Audience.TERMINAL:
        # In the menu it takes no control from the cards.
        choices.append(("As a table", f"{answer.query} {buttons.AS_TABLE}"))
    narrower = buttons.ask_menu(_NARROW, choices)
    if audience is Audience.TERMINAL:
        readings = buttons.ask_buttons(describing.other_readings(answer))
        return [
            *_classes(answer),
            *buttons.actions("paging", [narrower]),
            *_filters(answer),
            *buttons.actions("other", readings),
        ]
    last = answer.offset + len(hits)
    query = answer.query
    back = max(0, answer.offset - PAGE)
    row: list[InteractiveElement | None] = [
        buttons.button("Previous", buttons.PREVIOUS, q=query, o=back) if answer.offset else None,
        buttons.button("Next", buttons.NEXT, q=query, o=last) if last < answer.ranked else None,
        buttons.button("Share to channel", buttons.SHARE, q=query, o=answer.offset)
        if audience is Audience.PRIVATE
        else None,
        narrower,
    ]
    readings = buttons.ask_buttons(describing.other_readings(answer)[:_MOST_READINGS])
    return [
        *_classes(answer),
        *buttons.actions("paging", row),
        *_filters(answer),
        *buttons.actions("other", readings),
    ]


def _meanings(answer: Answer) -> list[ActionsBlock]:
    """The senses to choose from, above the list that has them all."""
    return buttons.actions("meanings", buttons.ask_buttons(with_counts(answer.meanings)))


def _classes(answer: Answer) -> list[ActionsBlock]:
    """The class of a narrow thing, with what it has besides: never part of its list."""
    classes = [
        (f"{each.count:,} more on {fit(each.label, 40)} in general", each.query)
        for each in answer.broader
    ]
    return buttons.actions("broader", buttons.ask_buttons(classes))


def with_counts(offers: Sequence[Narrowing]) -> list[tuple[str, str]]:
    """(label, question) of offers, each label with how many records it opens."""
    return [(f"{fit(each.label, 50)} ({each.count:,})", each.query) for each in offers]


def _filters(answer: Answer) -> list[ActionsBlock]:
    """A button for each filter in force, which takes it off."""
    return buttons.actions("filters", buttons.ask_buttons(answer.understood.without))


def _dropping(answer: Answer) -> str:
    """Which filters may be too narrow; where there are none, what else helps."""
    used = describing.filters(answer.understood)
    if len(used) == 1:
        return f"Without the filter “{fit(used[0], 100)}” there may be more."
    if used:
        return f"Drop one of these filters for more: {fit('; '.join(used), 250)}."
    return "Fewer or more general words find more."
