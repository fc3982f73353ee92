"""The first words to a channel and to a person, with three things to try from what is stored."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from handlers.views import buttons, help  # noqa: A004 - the view of that name
from handlers.views.message import Message
from handlers.views.mrkdwn import prose
from handlers.views.parts import divider, section

_CHANNEL = (
    "Hello, thank you for the invitation. Mention me and everyone sees the answer; `/tme WORDS`"
    " answers you alone. In this channel I read only what mentions me."
)
_PERSON = "Welcome. Write to me as you would to a colleague; the tab Home keeps what is yours."


def to_channel(examples: Sequence[str]) -> Message:
    """To a channel that the bot was invited to."""
    return Message(tuple(_hello(_CHANNEL, examples)))


def to_person(examples: Sequence[str]) -> Message:
    """To who writes for the first time; the answer follows."""
    return Message((*_hello(_PERSON, examples), divider()))


def _hello(words: str, examples: Sequence[str]) -> list[Block]:
    pressed = [
        buttons.button(each, f"{buttons.ASK}:try{at}", q=each) for at, each in enumerate(examples)
    ]
    return [section(f"{prose(words)}\n{prose(help.WHAT)}"), *buttons.actions("greeting", pressed)]
