"""How to cite a record, ready to be copied."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.records.models import Record
from handlers.views import integrity, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, chunks, fit, literal, prose
from handlers.views.parts import LONGEST_SECTION, code_block, context, lines, section, sections

TITLE = "Cite"
_LONGEST_STYLE = 1200
# A work of hundreds of authors: what is shown is cut, and says so.
_LONGEST_ENTRY = 4500
_LONGEST = 4500
_MOST_WARNINGS = 5
_CUT = "Shortened here: too long for a message. `export … as bibtex` gives all of it as a file."


class Cited(Protocol):
    """A citation: by style, in the order to show; and as entries to copy."""

    @property
    def formatted(self) -> Mapping[str, str]:
        """The formatted citation of each style, by the style's name; of a list, a line each."""

    @property
    def entries(self) -> Mapping[str, str]:
        """Entries to copy, by the name of their format."""


def modal(record: Record, citation: Cited) -> View:
    """The window that [Cite] opens."""
    return View(type="modal", title=TITLE, close="Close", blocks=_blocks([record], citation))


def message(
    records: Sequence[Record],
    citation: Cited,
    audience: Audience,
    left_out: int = 0,
    notes: Sequence[str] = (),
) -> Message:
    """The same in the conversation, for threads and terminals; a terminal gets all of it.

    `left_out` is how many of a list are not cited, `notes` what else is to be known of it.
    """
    more = [prose(fit(note, 200)) for note in (_left_out(left_out), *notes) if note]
    blocks = _blocks(records, citation, is_short=audience is not Audience.TERMINAL)
    return Message((*blocks, *([context(lines(more))] if more else [])))


def _left_out(count: int) -> str | None:
    return (
        f"{count} more are not cited here: `export these` gives all as a file." if count else None
    )


def _blocks(records: Sequence[Record], citation: Cited, *, is_short: bool = True) -> list[Block]:
    """The citations; all of them unless they are to be kept short."""
    warnings = _warnings(records)
    blocks: list[Block] = [section(bold(literal(warning))) for warning in warnings[:_MOST_WARNINGS]]
    is_cut = False
    is_alone = len(citation.entries) == 1 and not citation.formatted
    most = _LONGEST_STYLE if len(citation.formatted) > 1 else _LONGEST
    for name, text in citation.formatted.items():
        shown = fit(text, most) if is_short else text
        is_cut = is_cut or shown != text
        pieces = [p for line in shown.splitlines() for p in chunks(line, LONGEST_SECTION - 200)]
        blocks += sections([bold(literal(name)), *map(literal, pieces)])
    for name, entry in citation.entries.items():
        shown = fit(entry, _LONGEST_ENTRY) if is_short else entry
        is_cut = is_cut or shown != entry
        # What alone was asked for needs no heading: it is copied, or goes on to a file.
        heading = [section(bold(literal(name)))] if not is_alone else []
        blocks += [*heading, code_block(shown)]
    if is_cut:
        blocks.append(context(_CUT))
    return blocks


def _warnings(records: Sequence[Record]) -> list[str]:
    """What must be said where a record is cited; of several records, of which."""
    found = [(record, warning) for record in records if (warning := _warning(record))]
    if len(records) == 1:
        return [warning for _, warning in found]
    return [f"{wording.title(record, 120)}: {warning}" for record, warning in found]


def _warning(record: Record) -> str | None:
    banner = integrity.banner(record)
    return f"{banner}. Say so where you cite it." if banner and record.is_retracted else banner
