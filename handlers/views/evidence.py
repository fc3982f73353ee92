"""Evidence on a topic by its kind, and what combines two things."""

from slack_sdk.models.blocks import Block

from bot.search.evidence import Combination, Evidence, EvidenceGroup, Side
from bot.search.landscape import NOT_THE_LITERATURE
from handlers.views import buttons, records, results, understood
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, literal, prose
from handlers.views.parts import context, divider, lines, section
from handlers.views.wording import count

_LONGEST_LINE = 300
_ABOUT = (
    f"{NOT_THE_LITERATURE} A negative result is shown in the study's own words; "
    "none is called positive."
)
_NOT_ALL = "We hold {}. That none of them has {} is not to say that no such study or trial exists."


def evidence(found: Evidence, audience: Audience) -> Message:
    """Each kind of evidence under its count, strongest first; negative trials lead theirs."""
    answer = found.answer
    query = understood.asked(answer.query)
    written, said = understood.line(answer.understood, _LONGEST_LINE)
    total = count(answer.total, "record")
    notes = [fit(note, 110) for note in answer.understood.notes[:3]]
    head = lines((f"“{literal(query)}”: {bold(total)}", written, *(prose(n) for n in notes)))
    blocks: list[Block] = [section(head)]
    text = [lines((f"“{query}”: {total}", said, *notes))]
    number = 1
    for group in found.groups:
        blocks += _group_blocks(group, number, audience)
        text.append(_group_text(group, number))
        number += len(group.hits)
    blocks += [context(_ABOUT), *_share(answer.query, audience)]
    return Message("\n\n".join([*text, _ABOUT]), tuple(blocks))


def combined(found: Combination, audience: Audience) -> Message:
    """How many records have each side and how many have all, then those that have all."""
    matrix, note = _matrix(found), ""
    if not found.answer.total:
        all_of_them = "both" if len(found.sides) == 2 else f"all {len(found.sides)}"
        note = _NOT_ALL.format(count(found.held, "record"), all_of_them)
    listed = results.results(found.answer, audience) if found.answer.hits else None
    choices = [(f"{side.said} ({side.count:,})", side.said) for side in found.sides if side.count]
    blocks: list[Block] = [section(lines((literal(matrix), literal(note))))]
    text = [matrix, note]
    if listed:
        blocks += listed.blocks
        text.append(f"\n{listed.text}")
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions("sides", buttons.ask_buttons(choices))
    return Message(lines((*text, NOT_THE_LITERATURE)), (*blocks, context(NOT_THE_LITERATURE)))


def _matrix(found: Combination) -> str:
    """One line: `CXCR2: 12 records · PD-1 → PDCD1: 40 records · both: 2 records (trials: 1)`."""
    each = [f"{_side(side)}: {count(side.count, 'record')}" for side in found.sides]
    total = found.answer.total
    both = "both" if len(found.sides) == 2 else "all of them"
    trials = f" (trials: {found.trials:,})" if found.trials else ""
    held = f"{count(total, 'record')}{trials}" if total else "none in our records"
    return " · ".join([*each, f"{both}: {held}"])


def _side(side: Side) -> str:
    """What was typed, and what it was read as where that is another name."""
    said, label = fit(side.said, 60), fit(side.label, 60)
    return said if said.casefold() == label.casefold() else f"{said} → {label}"


def _heading(group: EvidenceGroup) -> str:
    least = "at least " if group.is_least else ""
    more = [f"{least}{group.negative:,} with a negative result"] if group.negative else []
    more += [f"{group.protocols:,} without results yet"] if group.protocols else []
    return f"{group.name} · {count(group.total, 'record')}" + (
        f" ({', '.join(more)})" if more else ""
    )


def _group_blocks(group: EvidenceGroup, number: int, audience: Audience) -> list[Block]:
    blocks: list[Block] = [divider(), section(bold(literal(_heading(group))))]
    failures = group.failures or {}
    for at, hit in enumerate(group.hits, start=number):
        blocks += records.brief_blocks(hit, at, audience, failure=failures.get(hit.record.id))
    if audience is not Audience.TERMINAL and group.total > len(group.hits):
        every = buttons.button(f"All {group.total:,}", f"{buttons.ASK}:{number}", q=group.question)
        blocks += buttons.actions(f"group:{number}", [every])
    return blocks


def _group_text(group: EvidenceGroup, number: int) -> str:
    failures = group.failures or {}
    cards = [
        records.brief_text(hit, at, failure=failures.get(hit.record.id))
        for at, hit in enumerate(group.hits, start=number)
    ]
    more = f"All {group.total:,}: {group.question}" if group.total > len(group.hits) else None
    return "\n\n".join([_heading(group), *cards, *([more] if more else [])])


def _share(query: str, audience: Audience) -> list[Block]:
    if audience is not Audience.PRIVATE:
        return []
    share = buttons.button("Share to channel", buttons.SHARE, q=query, o=0)
    return [*buttons.actions("paging", [share])]
