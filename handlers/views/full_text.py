"""Sentences of open full texts, each under its work, with section and licence."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.search.full_text import Found
from handlers.views import integrity, records, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, literal, marked
from handlers.views.parts import context, lines, section

_LONGEST = 600


def switched_off(audience: Audience) -> Message:
    """That no full texts are stored, and who can change it; how, where they may be reading."""
    how = " (TME_FULLTEXT=yes)" if audience is Audience.TERMINAL else ""
    line = f"Full texts are not stored here. Whoever runs the bot can switch them on{how}."
    return Message((section(literal(line)),))


def message(
    found: Sequence[Found], shown: int, part: str, works: int, audience: Audience
) -> Message:
    """A quote a work, `shown` of them; `works` is how many have their text stored."""
    head = literal(f"{wording.count(len(found), 'work')} with all these words in {part}.")
    blocks: list[Block] = [section(head)]
    for number, each in enumerate(found[:shown], start=1):
        banner = integrity.banner(each.record)
        quote = f"{marked(each.quote.text, each.quote.marks, _LONGEST)}"
        shown_lines = (
            bold(literal(banner)) if banner else None,
            f"{number}. {records.title_line(each.record)}",
            f"{quote} {literal(f'({each.quote.section})')}",
        )
        beside = records.controls(each.record, audience).beside
        blocks += records.named(f"row:{number}:", [section(lines(shown_lines), accessory=beside)])
    counted = wording.count(works, "stored work has", "stored works have")
    blocks.append(context(literal(f"{counted} its open text here, from Europe PMC.")))
    return Message(tuple(blocks))
