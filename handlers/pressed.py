"""Who pressed a button, and how that person alone is answered."""

from slack_bolt import Args

from bot.digests.subscriptions import Person
from handlers.actions import Pressed
from handlers.delivery import post, whisper
from handlers.services import Services
from handlers.views.message import Message


def person_of(args: Args, services: Services, channel: str | None = None) -> Person:
    """Who pressed, and where: in the button's channel, or in `channel`."""
    pressed = Pressed.read(args.body)
    return Person(
        workspace=pressed.workspace,
        channel=pressed.channel if channel is None else channel,
        user=pressed.user,
        is_admin=lambda: services.admins.is_admin(args.client, pressed.workspace, pressed.user),
    )


def tell(args: Args, message: Message) -> None:
    """Answer the person alone; in a direct message for both to keep.

    Raises SlackApiError or DeliveryError.
    """
    pressed = Pressed.read(args.body)
    if pressed.direct or not args.context.response_url:
        post(args.context, pressed.channel or pressed.user, message, thread=pressed.thread or None)
    else:
        whisper(args.context, message, thread=pressed.thread or None)
