"""What a view gives back: blocks, and the complete answer as plain text."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from slack_sdk.models.blocks import Block

from bot.text.markup import visible
from handlers.views.mrkdwn import escape

# What Slack would read as a mention, were it not escaped.
_PINGING = re.compile(r"<(?=[!@#])")


class Audience(StrEnum):
    """Who will read a message: it decides which buttons make sense."""

    PRIVATE = "private"
    PUBLIC = "public"
    DIRECT = "direct"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Message:
    """Blocks for Slack, and `text`: the whole answer for notifications, readers and scripts.

    `text` is plain text for people. Whatever it was made with, it holds no invisible character
    and nothing that could ping. Slack reads its `text` as mrkdwn, so what is sent to Slack is
    `payload()`, never `text` itself. `asker` is the id of the person whom a shared answer names.
    """

    text: str
    blocks: tuple[Block, ...]
    asker: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", _PINGING.sub("< ", visible(self.text)))

    def payload(self) -> dict[str, Any]:
        """The arguments `text` and `blocks` of a Web API call or of a `response_url` post."""
        text = escape(self.text)
        return {
            "text": f"<@{self.asker}> {text}" if self.asker else text,
            "blocks": [block.to_dict() for block in self.blocks],
        }
