"""A list of references, entry by entry: stored, not stored, not understood."""

from collections import Counter
from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.records.identifiers import url
from bot.search.bibliography import Entry, Outcome
from handlers.views import buttons
from handlers.views.message import Message
from handlers.views.mrkdwn import bold, fit, link, literal
from handlers.views.parts import section, sections
from handlers.views.wording import count, title

MOST_SHOWN = 40
_LONGEST = 130


def message(entries: Sequence[Entry], left_out: int, adding: str | None) -> Message:
    """The outcome of each entry, and a button that adds those that are not stored.

    `adding` is the question of that button; `left_out` entries were too many to read.
    """
    totals = Counter(entry.outcome for entry in entries)
    named = ", ".join(f"{totals[outcome]} {outcome}" for outcome in Outcome if totals[outcome])
    head = f"{count(len(entries), 'reference')}: {named}."
    rest = len(entries) - MOST_SHOWN + left_out
    more = f"+{rest} more" if rest > 0 else None
    shown = list(enumerate(entries[:MOST_SHOWN], start=1))
    blocks: list[Block] = [section(bold(literal(head)))]
    blocks += sections([_written(number, entry) for number, entry in shown])
    blocks += [section(literal(more))] if more else []
    offers = [("Add what is not stored", adding)] if adding else []
    blocks += buttons.actions("add", buttons.ask_buttons(offers))
    return Message(tuple(blocks))


def _written(number: int, entry: Entry) -> str:
    record = entry.record
    identifier = record.identifiers[0] if record and record.identifiers else entry.identifier
    address = url(identifier) if identifier else None
    named = title(entry.record, _LONGEST) if entry.record else fit(entry.text, _LONGEST)
    shown = link(address, named) if address and record else literal(named)
    return f"{number}. {entry.outcome}: {shown}"
