"""How to cite a record, ready to be copied."""

from collections.abc import Mapping
from typing import Protocol

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.models import Record
from bot.views import wording
from bot.views.message import Audience, Message
from bot.views.mrkdwn import ELLIPSIS, bold, escape, fit, literal, preformatted
from bot.views.parts import LONGEST_SECTION, context, lines, section

TITLE = "Cite"
_LONGEST_STYLE = 1200
# A work of hundreds of authors: what is shown is cut, and says so.
_LONGEST_BIBTEX = 4500
_CUT = "Shortened here: the list of authors is too long for a message."


class Cited(Protocol):
    """A citation: by style, in the order to show; and as BibTeX."""

    @property
    def formatted(self) -> Mapping[str, str]:
        """The formatted citation of each style, by the style's name."""

    @property
    def bibtex(self) -> str:
        """One BibTeX entry."""


def modal(record: Record, citation: Cited) -> View:
    """The window that [Cite] opens."""
    return View(type="modal", title=TITLE, close="Close", blocks=_blocks(record, citation))


def message(record: Record, citation: Cited, audience: Audience) -> Message:
    """The same in the conversation, for threads and terminals; a terminal gets all of it."""
    styles = [f"{name}: {text}" for name, text in citation.formatted.items()]
    bibtex = citation.bibtex
    if audience is not Audience.TERMINAL:
        styles = [fit(style, _LONGEST_STYLE) for style in styles]
        bibtex = "\n".join(_pieces(bibtex))
    text = lines((_warning(record), *styles))
    return Message(f"{text}\n\n{bibtex}", tuple(_blocks(record, citation)))


def _blocks(record: Record, citation: Cited) -> list[Block]:
    warning = _warning(record)
    blocks: list[Block] = [section(bold(literal(warning)))] if warning else []
    is_cut = False
    for name, text in citation.formatted.items():
        shown = fit(text, _LONGEST_STYLE)
        is_cut = is_cut or shown != text
        blocks.append(section(f"{bold(literal(name))}\n{literal(shown)}"))
    pieces = _pieces(citation.bibtex)
    is_cut = is_cut or pieces[-1].endswith(ELLIPSIS)
    blocks.append(section(f"{bold('BibTeX')}\n{preformatted(pieces[0])}"))
    blocks += [section(preformatted(piece)) for piece in pieces[1:]]
    if is_cut:
        blocks.append(context(_CUT))
    return blocks


def _warning(record: Record) -> str | None:
    banner = wording.banner(record)
    return f"{banner}. Say so where you cite it." if banner and record.is_retracted else banner


def _pieces(bibtex: str) -> list[str]:
    """The entry in code blocks that each fit a section, broken between lines."""
    pieces = [""]
    for whole in fit(bibtex, _LONGEST_BIBTEX).splitlines():
        line = fit(whole, LONGEST_SECTION - 200)
        joined = f"{pieces[-1]}\n{line}" if pieces[-1] else line
        if len(escape(joined)) > LONGEST_SECTION - 100:
            pieces.append(line)
        else:
            pieces[-1] = joined
    return pieces
