"""Who pressed a button, and how that person alone is answered."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Args

from bot.digests.subscriptions import Person
from bot.views.message import Message
from handlers.actions import Pressed
from handlers.delivery import post, whisper


def person_of(body: Mapping[str, Any]) -> Person:
    """Who pressed, and where."""
    pressed = Pressed.read(body)
    return Person(pressed.workspace, pressed.channel, pressed.user)


def tell(args: Args, message: Message) -> None:
    """Answer the person alone; in a direct message for both to keep.

    Raises SlackApiError or DeliveryError.
    """
    pressed = Pressed.read(args.body)
    if pressed.direct or not args.context.response_url:
        post(args.context, pressed.channel or pressed.user, message, thread=pressed.thread or None)
    else:
        whisper(args.context, message, thread=pressed.thread or None)
