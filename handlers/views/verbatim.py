"""Whether a sentence is in a record, with the sentence that does."""

from bot.search.verbatim import Verbatim
from handlers.views import records, wording
from handlers.views.message import Message
from handlers.views.mrkdwn import fit, literal
from handlers.views.parts import context, lines, section

_LONGEST = 1_000
_NOT_JUDGED = "Compared letter by letter; whether the sentence is true is not judged."


def message(found: Verbatim) -> Message:
    """Yes with the sentence; or no with the nearest one, as far as one is like it."""
    quote = None
    if found.quote is not None:
        where = wording.sentence_of(found.quote, found.place, found.sentences)
        quote = literal(f"“{fit(found.quote.text, _LONGEST)}” {where}")
    head = section(lines((records.title_line(found.record), literal(answer(found)), quote)))
    return Message((head, context(_NOT_JUDGED)))


def answer(found: Verbatim) -> str:
    """The answer in one line."""
    if found.found:
        return "Yes, word for word:"
    if found.quote is None:
        return "No: nothing like it stands in the title or abstract that is stored."
    return f"Not word for word. The nearest sentence is {found.likeness:.0f} % alike:"
