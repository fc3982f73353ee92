"""The card under a link that somebody pasted."""

from slack_sdk.models.blocks import Block

from bot.records.models import Record
from bot.store.shares import Share
from handlers.views import buttons, integrity, records, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, literal, person, prose
from handlers.views.parts import context, lines, section


def card(record: Record, before: Share | None) -> list[Block]:
    """What is known of a work, a retraction first, and who linked to it here before."""
    banner = integrity.banner(record)
    head = (bold(literal(banner)) if banner else None, records.title_line(record))
    known: list[Block] = [section(lines((*head, records.facts(record))))]
    if before is not None:
        known.append(context(f"Already shared here by {person(before.user)} on {_day(before)}"))
    controls = records.controls(record, Audience.PUBLIC, in_row=True)
    off = buttons.button("No cards in this channel", buttons.LINKS_OFF, n=1)
    # In the ⋯, before what is of less use under a link.
    choices = [*controls.choices[:4], off, *controls.choices[4:]]
    return [*known, *buttons.Controls(choices, in_row=True).below("row")]


def switched(*, quiet: bool, is_new: bool = True) -> Message:
    """What became of cards in a channel, or how it stands, and the way back."""
    if quiet and is_new:
        text = "No cards for pasted links in this channel any more. `links on` brings them back."
    elif quiet:
        text = "Pasted links to papers get no cards in this channel. `links on` brings them back."
    else:
        text = "Pasted links to papers get a card in this channel. `links off` ends that."
    return Message((section(prose(text)),))


def _day(share: Share) -> str:
    return literal(wording.day(share.at))
