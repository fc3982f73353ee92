"""`/tme check-text TEXT`: what a pasted text cites, and what those records have that is near."""

import re

from bot.errors import UsageError
from bot.search.claims import LONGEST
from bot.search.describing import describe_query
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import claims

_BEGINS = re.compile(r"\s*check[- ]text\b[:\s]*", re.IGNORECASE)


def run(context: Context) -> Reply:
    """Compare each sentence with what it cites. Raises UsageError without a text or citations."""
    text = _BEGINS.sub("", context.request.text, count=1)
    if not text.strip():
        raise UsageError(
            "There is no text to check.", "Paste it behind `check-text`, with its citations."
        )
    if len(text) > LONGEST:
        raise UsageError(f"That is more than {LONGEST:,} characters.", "Paste it in parts.")
    found = context.services.claims.read(text)
    if not found:
        raise UsageError(
            "No citation was found in it.",
            "DOIs, PMIDs, `(Sharma et al., 2017)`, and `[1]` with the list beneath are read.",
        )
    records = list({c.record.id: c.record for c in found if c.record is not None}.values())
    notes = tuple(map(claims.line, found))
    understood = describe_query(context.query, "check-text", notes)
    answer = context.services.lookup.answer(context.query, records)
    return Reply(answer.model_copy(update={"understood": understood}), claims.message(found))


COMMAND = Command(
    run=run,
    words="check-text TEXT",
    summary="A pasted text with its citations: each stored or not, retracted or corrected, and the"
    " record's sentence that shares most words with yours",
    example="check-text Tumours resist checkpoint blockade (Sharma et al., 2017).",
    takes_text=lambda text: _BEGINS.match(text) is not None,
)
