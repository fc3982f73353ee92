"""Files that people give the bot: what it can do with them, and what became of their records."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.formats import Refusal
from handlers.views import buttons
from handlers.views.message import Message
from handlers.views.mrkdwn import bold, fit, literal, prose
from handlers.views.parts import context, lines, section
from handlers.views.wording import count

MOST = 5
_MOST_REFUSED = 10
_LONGEST_NAME, _LONGEST_REASON = 120, 160
_READ = (
    "Supported formats: BibTeX (.bib), RIS (.ris), nbib (.nbib), CSL-JSON (.csl.json) and CSV"
    " (.csv); of a PDF I say which paper it is."
)


@dataclass(frozen=True, slots=True)
class Given:
    """A file in a message: Slack's id of it, its name, its size in bytes where Slack says it."""

    id: str
    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the records of a file: counts, and what was refused of it."""

    file: str
    read: int
    new: int
    changed: int
    merged: int
    unchanged: int
    refused: Sequence[Refusal]
    number: int | None = None
    shared: bool = False


def offer(files: Sequence[Given], others: int) -> Message:
    """A button for each file that can be imported; `others` are those that cannot."""
    shown = files[:MOST]
    blocks: list[Block] = []
    for number, file in enumerate(shown):
        name = literal(f"{fit(file.name, _LONGEST_NAME)}{_size(file.size)}")
        blocks.append(section(f"{bold(name)}: press Import to take in its records."))
        pressed = buttons.button("Import", f"{buttons.IMPORT}:{number}", f=file.id, n=file.name)
        blocks += buttons.actions(f"import:{number}", [pressed])
    left_out = len(files) - len(shown)
    if left_out:
        blocks.append(_left_out(left_out, MOST))
    if others:
        blocks.append(context(prose(f"{count(others, 'other file')} I cannot read. {_READ}")))
    return Message(tuple(blocks))


def too_many(left_out: int, most: int) -> Message:
    """That more came than are read at once."""
    return Message((_left_out(left_out, most),))


def _left_out(number: int, most: int) -> Block:
    more = count(number, "more file")
    return context(prose(f"{more} in that message: give me {most} at once."))


def unknown_paper(name: str) -> Message:
    """A PDF that does not say which paper it is: a scan, mostly."""
    text = f"{fit(name, _LONGEST_NAME)} names no DOI, PMID or title that I can read."
    return Message((section(lines((literal(text), "Paste its DOI or its title."))),))


def imported(done: Outcome) -> Message:
    """The counts, who sees it, and the first of what was refused with its line and reason."""
    head = f"{fit(done.file, _LONGEST_NAME)}: {count(done.read, 'record')} read"
    counts = (
        f"{done.new:,} new, {done.changed:,} changed, {done.merged:,} merged with stored records,"
        f" {done.unchanged:,} unchanged, {len(done.refused):,} refused"
    )
    refused = [
        f"line {each.line}: {fit(each.reason, _LONGEST_REASON)}"
        for each in done.refused[:_MOST_REFUSED]
    ]
    more = len(done.refused) - len(refused)
    refused += [f"and {more:,} more"] if more > 0 else []
    blocks: list[Block] = [section(lines((bold(literal(head)), literal(counts))))]
    if done.number is not None:
        seen = (
            "Everybody sees it; my operator can undo it."
            if done.shared
            else "Your workspace alone sees it; my operator can share it with all, or undo it."
        )
        blocks.append(context(f"Import {done.number}. {seen}"))
    if refused:
        blocks.append(section(lines(literal(each) for each in ("Refused:", *refused))))
    if done.new:
        blocks += buttons.actions("imported", buttons.ask_buttons([("What came in", "new")]))
    return Message(tuple(blocks))


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return f" ({size / 1e6:,.1f} MB)" if size >= 1e6 else f" ({max(size // 1000, 1):,} kB)"
