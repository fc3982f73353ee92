"""The few shapes that every view is made of."""

from collections.abc import Iterable

from slack_sdk.models.blocks import (
    ContextBlock,
    DividerBlock,
    InteractiveElement,
    MarkdownTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextPreformattedElement,
    SectionBlock,
)

from bot.text.markup import visible

# Slack refuses a section over 3,000 characters and a message near 13,000; a message of this bot
# stays under 10,000.
LONGEST_SECTION = 3000
LONGEST_MESSAGE = 10_000
# How many cards a message shows before [Next].
PAGE = 5


def text_object(mrkdwn: str) -> MarkdownTextObject:
    """Finished mrkdwn. `verbatim` keeps Slack from turning "@here" or "#name" into mentions."""
    return MarkdownTextObject(text=mrkdwn, verbatim=True)


def section(
    mrkdwn: str, block_id: str | None = None, *, accessory: InteractiveElement | None = None
) -> SectionBlock:
    """A paragraph of finished mrkdwn, at most 3,000 characters, with what is beside it."""
    return SectionBlock(text=text_object(mrkdwn), block_id=block_id, accessory=accessory)


def context(mrkdwn: str, block_id: str | None = None) -> ContextBlock:
    """A line of small print."""
    return ContextBlock(elements=[text_object(mrkdwn)], block_id=block_id)


def code_block(text: str) -> RichTextBlock:
    """Text to copy, exactly as it is: nothing in it is markup."""
    run = RichTextElementParts.Text(text=visible(text))
    return RichTextBlock(elements=[RichTextPreformattedElement(elements=[run])])


def divider() -> DividerBlock:
    """A rule between two parts of a message."""
    return DividerBlock()


def lines(parts: Iterable[str | None]) -> str:
    """The parts that are there, a line each."""
    return "\n".join(part for part in parts if part)


def sections(parts: Iterable[str]) -> list[SectionBlock]:
    """Finished lines, none over 2,900 characters, in as few sections as hold them."""
    blocks: list[SectionBlock] = []
    stored = ""
    for part in parts:
        if stored and len(stored) + len(part) + 1 > LONGEST_SECTION - 100:
            blocks.append(section(stored))
            stored = ""
        stored = f"{stored}\n{part}" if stored else part
    return [*blocks, section(stored)] if stored else blocks
