"""How to cite a record, ready to be copied."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.records.models import Record
from handlers.views import wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import ELLIPSIS, bold, escape, fit, literal, preformatted, prose
from handlers.views.parts import LONGEST_SECTION, context, lines, section

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
    styles = [
        f"{name}:\n{text}" if "\n" in text else f"{name}: {text}"
        for name, text in citation.formatted.items()
    ]
    entries = list(citation.entries.values())
    if audience is not Audience.TERMINAL:
        styles = [fit(style, _LONGEST_STYLE if len(styles) > 1 else _LONGEST) for style in styles]
        entries = ["\n".join(_pieces(entry)) for entry in entries]
    more = [fit(note, 200) for note in (_left_out(left_out), *notes) if note]
    text = lines((*_warnings(records), *styles, *more))
    blocks = _blocks(records, citation) + ([context(lines(map(prose, more)))] if more else [])
    return Message("\n\n".join(filter(None, (text, *entries))), tuple(blocks))


def _left_out(count: int) -> str | None:
    return (
        f"{count} more are not cited here: `export these` gives all as a file." if count else None
    )


def _blocks(records: Sequence[Record], citation: Cited) -> list[Block]:
    warnings = _warnings(records)
    blocks: list[Block] = [section(bold(literal(warning))) for warning in warnings[:_MOST_WARNINGS]]
    is_cut = False
    most = _LONGEST_STYLE if len(citation.formatted) > 1 else _LONGEST
    for name, text in citation.formatted.items():
        shown = fit(text, most)
        is_cut = is_cut or shown != text
        parts = [bold(literal(name)), *(literal(line) for line in shown.splitlines())]
        blocks += sections_of(parts)
    for name, entry in citation.entries.items():
        pieces = _pieces(entry)
        is_cut = is_cut or pieces[-1].endswith(ELLIPSIS)
        blocks.append(section(f"{bold(literal(name))}\n{preformatted(pieces[0])}"))
        blocks += [section(preformatted(piece)) for piece in pieces[1:]]
    if is_cut:
        blocks.append(context(_CUT))
    return blocks


def sections_of(parts: Sequence[str]) -> list[Block]:
    """Lines of mrkdwn in sections that each fit."""
    found: list[str] = []
    for part in parts:
        joined = f"{found[-1]}\n{part}" if found else part
        if found and len(joined) <= LONGEST_SECTION:
            found[-1] = joined
        else:
            found.append(part)
    return [section(text) for text in found]


def _warnings(records: Sequence[Record]) -> list[str]:
    """What must be said where a record is cited; of several records, of which."""
    found = [(record, warning) for record in records if (warning := _warning(record))]
    if len(records) == 1:
        return [warning for _, warning in found]
    return [f"{wording.title(record, 120)}: {warning}" for record, warning in found]


def _warning(record: Record) -> str | None:
    banner = wording.banner(record)
    return f"{banner}. Say so where you cite it." if banner and record.is_retracted else banner


def _pieces(entry: str) -> list[str]:
    """The entry in code blocks that each fit a section, broken between lines."""
    pieces = [""]
    for whole in fit(entry, _LONGEST_ENTRY).splitlines():
        line = fit(whole, LONGEST_SECTION - 200)
        joined = f"{pieces[-1]}\n{line}" if pieces[-1] else line
        if len(escape(joined)) > LONGEST_SECTION - 100:
            pieces.append(line)
        else:
            pieces[-1] = joined
    return pieces
