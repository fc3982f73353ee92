"""Evidence on a topic by its kind, and what combines two things."""

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.search.evidence import Combination, Evidence, EvidenceGroup, Side
from bot.search.landscape import NOT_THE_LITERATURE
from handlers.views import buttons, data, describing, records, results
from handlers.views.data import Cell, DataBlock
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, literal, prose
from handlers.views.parts import context, divider, lines, section
from handlers.views.wording import count

_LONGEST_LINE = 300
_ABOUT = (
    f"{NOT_THE_LITERATURE} A negative result is shown in the study's own words; "
    "none is called positive."
)
_NOT_ALL = "{} in this store, none with {}. Such a study or trial may exist all the same."


def evidence(found: Evidence, audience: Audience) -> Message:
    """Each kind of evidence under its count, strongest first; negative trials lead theirs."""
    answer = found.answer
    query = literal(describing.quoted(answer.query))
    total = bold(count(answer.total, "record"))
    notes = [fit(note, 110) for note in answer.understood.notes[:3]]
    read = describing.readings_line(answer.understood, _LONGEST_LINE)
    blocks: list[Block] = [section(lines((f"“{query}”: {total}", read, *map(prose, notes))))]
    if found.groups:
        blocks.append(_kinds(found))
    number = 1
    for group in found.groups:
        blocks += _group(group, number, audience)
        number += len(group.hits)
    blocks.append(context(_ABOUT))
    return Message((*blocks, *buttons.actions("paging", _below(found, audience))))


def _kinds(found: Evidence) -> DataBlock:
    """How many records there are of each kind."""
    columns: dict[str, list[Cell]] = {
        "Kind of evidence": [group.name for group in found.groups],
        "Records": [group.total for group in found.groups],
        "With a negative result": [group.negative for group in found.groups],
        "Without results yet": [group.protocols for group in found.groups],
    }
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    return data.table("Kinds of evidence", list(shown), list(zip(*shown.values(), strict=True)))


def combined(found: Combination, audience: Audience) -> Message:
    """How many records have each side and how many have all, then those that have all."""
    note = ""
    if not found.answer.total:
        all_of_them = "both" if len(found.sides) == 2 else f"all {len(found.sides)}"
        note = _NOT_ALL.format(count(found.stored, "record"), all_of_them)
    blocks: list[Block] = [
        section(lines((bold(literal(_all(found))), literal(note)))),
        _sides(found),
    ]
    if found.answer.hits:
        blocks += results.results(found.answer, audience, others=1).blocks
    if audience is not Audience.TERMINAL:
        sides = [
            (f"{side.phrase} ({side.count:,})", side.phrase) for side in found.sides if side.count
        ]
        blocks += buttons.actions("sides", [buttons.ask_menu("Each by itself…", sides)])
    return Message((*blocks, context(NOT_THE_LITERATURE)))


def _all(found: Combination) -> str:
    """One line: `2 records have both (trials: 1)`."""
    both, total = "both" if len(found.sides) == 2 else "all of them", found.answer.total
    trials = f" (trials: {found.trials:,})" if found.trials else ""
    have = "has" if total == 1 else "have"
    if not total:
        return f"{both.capitalize()}: none in our records"
    return f"{count(total, 'record')} {have} {both}{trials}"


def _sides(found: Combination) -> DataBlock:
    """How many records have each side by itself, and how many all of them."""
    both = "Both" if len(found.sides) == 2 else "All of them"
    rows = [(_side(side), side.count) for side in found.sides]
    return data.table("Combined", ("What", "Records"), [*rows, (both, found.answer.total)])


def _side(side: Side) -> str:
    """What was typed, and what it was read as where that is another name."""
    phrase, label = fit(side.phrase, 60), fit(side.label, 60)
    return phrase if phrase.casefold() == label.casefold() else f"{phrase} → {label}"


def _heading(group: EvidenceGroup) -> str:
    more = [f"{group.negative:,} with a negative result"] if group.negative else []
    more += [f"{group.protocols:,} without results yet"] if group.protocols else []
    return f"{group.name} · {count(group.total, 'record')}" + (
        f" ({', '.join(more)})" if more else ""
    )


def _group(group: EvidenceGroup, number: int, audience: Audience) -> list[Block]:
    blocks: list[Block] = [divider(), section(bold(literal(_heading(group))))]
    failures = group.failures or {}
    for at, hit in enumerate(group.hits, start=number):
        controls = records.controls(hit.record, audience)
        failure = failures.get(hit.record.id)
        blocks += records.brief_card(hit, at, controls, failure=failure)
    return blocks


def _below(found: Evidence, audience: Audience) -> list[InteractiveElement | None]:
    """The way to all records of a kind, and to those who cannot see a private answer."""
    longer = [group for group in found.groups if group.total > len(group.hits)]
    every = [(f"{group.name} ({group.total:,})", group.question) for group in longer]
    share = buttons.button("Share to channel", buttons.SHARE, q=found.answer.query, o=0)
    return [
        buttons.ask_menu("All of a kind…", every),
        share if audience is Audience.PRIVATE else None,
    ]
