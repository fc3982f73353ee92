"""Sentences of open full texts, each under its work, with section and licence."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.search.full_text import Found
from handlers.views import integrity, records, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, code, fit, literal, marked
from handlers.views.parts import context, lines, section

# Quotes to a page; the rest is counted.
SHOWN = 8
_LONGEST = 600


def switched_off(audience: Audience) -> Message:
    """That no full texts are stored, and who can change it; how, where they may be reading."""
    how = " (TME_FULLTEXT=yes)" if audience is Audience.TERMINAL else ""
    line = f"Full texts are not stored here. Whoever runs the bot can switch them on{how}."
    return Message((section(literal(line)),))


def message(
    found: Sequence[Found],
    part: str,
    works: int,
    audience: Audience,
    elsewhere: tuple[int, str] = (0, ""),
) -> Message:
    """A quote a work, the best of them; `works` is how many have their text stored.

    `elsewhere` is in how many works the words stand in another part, and the words.
    """
    head = literal(f"{wording.count(len(found), 'work')} with all these words in {part}.")
    blocks: list[Block] = [section(head)]
    others, words = elsewhere
    if others:
        counted = wording.count(others, "work has", "works have")
        line = f"{literal(counted)} them in another part: {code(fit(f'in:text {words}', 200))}"
        blocks.append(section(line))
    for number, each in enumerate(found[:SHOWN], start=1):
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
