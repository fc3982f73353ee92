"""The abstract of a record by its own sections, in a window or in the conversation."""

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.records.models import Record, Section
from bot.text.markup import plain
from handlers.views import buttons, integrity, origins, records, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, chunks, fit, link, literal
from handlers.views.parts import LONGEST_SECTION, context, lines, section

TITLE = "Abstract"
# With title, facts and source, what is shown stays under 10,000 characters.
_LONGEST = 7500
_CUT = "Cut here: the rest is at the address of the title."
_NONE = "No abstract in this store."


def modal(record: Record) -> View:
    """The window that [Abstract] opens."""
    return View(type="modal", title=TITLE, close="Close", blocks=_blocks(record))


def message(record: Record, audience: Audience) -> Message:
    """The same in the conversation, for threads and terminals."""
    blocks = _blocks(record)
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions("card", [buttons.button("Cite", buttons.CITE, id=record.id)])
    return Message(tuple(blocks))


def _blocks(record: Record) -> list[Block]:
    banner = integrity.banner(record)
    head = lines(
        (
            bold(literal(banner)) if banner else None,
            records.title_line(record),
            records.facts(record),
        )
    )
    parts, is_cut = _parts(record)
    blocks: list[Block] = [section(head)]
    for label, text in parts:
        # The first piece of a section has its label above it.
        heading = f"{bold(literal(label))}\n" if label else ""
        for piece in chunks(text, LONGEST_SECTION - 200):
            blocks.append(section(heading + literal(piece)))
            heading = ""
    if not parts:
        blocks.append(section(f"{_NONE} {_elsewhere(record)}".rstrip()))
    if is_cut:
        blocks.append(context(_CUT))
    return [*blocks, context("\n".join(_origin(record)))]


def _origin(record: Record) -> list[str]:
    """Where the abstract is from and when, and the work's licence where known, as mrkdwn."""
    given = [entry for entry in record.provenance if "abstract" in entry.fields]
    named = origins.sources(given or record.provenance, 2)
    licence = literal(fit(plain(record.access.licence or ""), 80))
    return [*(named or ["Source unknown"]), *([f"Licence: {licence}"] if licence else [])]


def _elsewhere(record: Record) -> str:
    """Where the abstract may be found instead, as mrkdwn; empty without an address."""
    address = wording.home(record)
    return f"It may be at {link(address, address)}." if address else ""


def _parts(record: Record) -> tuple[list[tuple[str | None, str]], bool]:
    """(label, plain text) of each section, and whether the end had to be left out."""
    stored = record.sections or (Section(label=None, text=record.abstract or ""),)
    parts: list[tuple[str | None, str]] = []
    room = _LONGEST
    for part in stored:
        text, label = plain(part.text), fit(plain(part.label or ""), 60) or None
        shown = fit(text, room)
        if text:
            parts.append((label, shown))
        # Every section costs its label and a line, so a thousand empty ones end too.
        room -= len(literal(shown)) + 70
        if shown != text or room < 200:
            return parts, shown != text or part is not stored[-1]
    return parts, False
