"""Which work a PDF is: by what it declares, else by what its first pages name first."""

from dataclasses import dataclass
from pathlib import Path

from bot.harvest.reading import PdfText, read_pdf
from bot.records.identifiers import find
from bot.records.models import Identifier
from bot.sources import fetchable
from bot.text.markup import plain

# Shorter titles are names of files and programs: "Microsoft Word - draft 3".
_FEWEST_WORDS = 5
_LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Paper:
    """The work that a PDF is: its identifier, or the title that it declares, or neither."""

    identifier: Identifier | None
    title: str | None


def identify(path: Path) -> Paper:
    """Read a PDF's first pages in a process of their own. Raises UnreadableFile."""
    return named(read_pdf(path))


def named(text: PdfText) -> Paper:
    """What it declares goes before what its pages say, and a page before the one after it."""
    for place in (text.declared, *text.pages):
        for mention in find(place):
            if mention.identifier.valid and mention.identifier.scheme in fetchable():
                return Paper(mention.identifier, None)
    title = plain(text.title).strip()[:_LONGEST_TITLE]
    words = [word for word in title.split() if word.isalpha()]
    return Paper(None, title if len(words) >= _FEWEST_WORDS else None)
