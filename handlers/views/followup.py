"""A word on a work that people have seen: retracted, corrected, published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.records import identifiers
from bot.records.models import Record
from handlers.views import buttons, wording
from handlers.views.message import Message
from handlers.views.mrkdwn import bold, link, literal
from handlers.views.parts import lines, section
from handlers.views.wording import day

_MOST_CITING = 3
_SAID = {
    "retracted": ("⚠ Retracted", "was retracted"),
    "withdrawn": ("⚠ Withdrawn", "was withdrawn"),
    "concern": ("⚠ Expression of concern", "is under an expression of concern"),
    "corrected": ("Corrected", "was corrected"),
    "published": ("Now published", "was shown as a preprint and is now published"),
}


@dataclass(frozen=True, slots=True)
class News:
    """What became known: a word of `HappeningKind`, when, from whom, and the notice itself."""

    kind: str
    at: datetime
    notice: str | None
    source: str | None


def told(
    record: Record, news: News, *, in_thread: bool, cited_by: Sequence[Record] = ()
) -> Message:
    """What became known of a record, and where to read the notice itself.

    `cited_by` are the saved works that are why the reader is told of it. A kind that is not known
    is shown plainly.
    """
    kind, source = news.kind, news.source
    head, what = _SAID.get(kind, (kind.capitalize(), f"is now {kind}"))
    where = "The work posted here" if in_thread else "A work that you follow or saved"
    where = "A work cited by what you saved" if cited_by else where
    citing = "; ".join(f"“{wording.title(each)}”" for each in cited_by[:_MOST_CITING])
    rest = len(cited_by) - _MOST_CITING
    title, home = wording.title(record), wording.home(record)
    named = identifiers.parse(news.notice or "")
    address = identifiers.url(named) if named is not None else None
    label = "Published version" if kind == "published" else "The notice"
    origin = f"Known here since {day(news.at)}" + (f", from {source}" if source else "")
    written = lines(
        (
            bold(literal(head)),
            f"{literal(where)} {literal(what)}: {link(home, title)}",
            link(address, label) if address else None,
            literal(f"Cited by: {citing}{f' and {rest} more' if rest > 0 else ''}.")
            if citing
            else None,
            literal(f"{origin}."),
        )
    )
    blocks: list[Block] = [section(written)]
    blocks += buttons.actions(
        "told", [buttons.button("Open the record", f"{buttons.ASK}:0", q=f"show {record.id}")]
    )
    return Message(tuple(blocks))
