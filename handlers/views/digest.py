"""The posts of subscriptions: a digest, an empty one, and the rest behind "+N more"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.records.answers import Hit
from bot.store.subscriptions import Subscription
from handlers.views import buttons, records
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, literal, moment, prose
from handlers.views.parts import context, lines, section
from handlers.views.wording import count

# Cards in a post; the rest is behind "+N more".
MOST_CARDS = 10
# With its heading the message stays under 10,000 characters; long cards are fewer than ten.
_LONGEST_CARDS = 8_000
_LONGEST_QUERY = 120
_NEW = "New is what came into the store since the last digest, whatever its publication date."


@dataclass(frozen=True, slots=True)
class Period:
    """What a digest covers: from the one before until it was decided, and what it found.

    `total` counts the new records, `offset` those before the first card. `reason` says why there
    is nothing, where that is unexpected; `learnt` how many records were saved and not relevant.
    """

    delivery: str
    since: datetime
    until: datetime
    total: int
    offset: int = 0
    reason: str | None = None
    learnt: tuple[int, int] = (0, 0)


def digest(stored: Subscription, period: Period, hits: Sequence[Hit]) -> Message:
    """The whole digest in one message."""
    if not period.total:
        return _nothing(stored, period)
    heading, cards = head(stored, period), body(stored, period, hits)
    return Message((*heading.blocks, *cards.blocks))


def head(stored: Subscription, period: Period) -> Message:
    """What is new, on what, in which period, and how it was understood."""
    query = fit(stored.watch.query, _LONGEST_QUERY)
    if not period.total:
        return _nothing(stored, period)
    found = count(period.total, "new record")
    covers = f"Came in {_span(period)} · {literal(stored.schedule.words)}"
    read = f"Understood as: {fit(stored.watch.described, 300)}" if stored.watch.described else None
    small = (literal(line) for line in (read, _NEW, _learnt(period)) if line)
    heading = bold(f"{found} on “{literal(query)}”")
    return Message((section(heading), context(lines((covers, *small)))))


def body(stored: Subscription, period: Period, hits: Sequence[Hit]) -> Message:
    """The cards, best first, and the way to the rest."""
    blocks: list[Block] = []
    shown, room = 0, _LONGEST_CARDS
    in_rows = buttons.full_rows(len(hits), 1)
    for at, hit in enumerate(hits[:MOST_CARDS]):
        controls = records.controls(
            hit.record, Audience.PUBLIC, in_row=at < in_rows, subscription=stored.id
        )
        card = records.brief_card(hit, period.offset + at + 1, controls)
        room -= len(Message(tuple(card)).payload()["text"])
        if shown and room < 0:
            break
        blocks += card
        shown += 1
    if not blocks:
        return Message((section("Nothing more."),))
    last = period.offset + shown
    left = period.total - last
    if left > 0:
        more = buttons.button(f"+{left} more", buttons.MORE, d=period.delivery, o=last)
        place = context(f"{period.offset + 1}–{last} of {period.total}")
        blocks += [place, *buttons.actions("more", [more])]
    return Message(tuple(blocks))


def _nothing(stored: Subscription, period: Period) -> Message:
    query = fit(stored.watch.query, _LONGEST_QUERY)
    none = f"{literal(f'Nothing new on “{query}”')} ({_span(period)})."
    reason = fit(period.reason, 300) if period.reason else None
    written = lines((none, prose(reason) if reason else None))
    return Message((section(written),))


def _learnt(period: Period) -> str | None:
    saved, wrong = period.learnt
    if not saved + wrong:
        return None
    return (
        f"Order: best match first; moved up or down by concepts shared with {saved} saved and"
        f" {wrong} not relevant. “subscriptions” can reset that. Nothing is left out."
    )


def _span(period: Period) -> str:
    return f"{moment(period.since)} – {moment(period.until)}"
