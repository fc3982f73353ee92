"""Who pressed a button, and how that person alone is answered."""

from slack_bolt import Args

from bot.digests.people import Person
from handlers.delivery import post, whisper
from handlers.guard import SERVICES
from handlers.listeners import desk
from handlers.listeners.actions import Pressed
from handlers.payload import is_home
from handlers.rights import own_place, person
from handlers.views.message import Message


def person_of(args: Args, channel: str | None = None) -> Person:
    """Who pressed, and where: in the button's channel, or in one that a window carries.

    Raises NotAllowed where the person is not in that one.
    """
    pressed = Pressed.read(args.body)
    return person(
        pressed.workspace, pressed.channel if channel is None else own_place(channel), pressed.user
    )


def tell(args: Args, message: Message) -> None:
    """Answer the person alone; in a direct message for both to keep, on Home above the desk.

    Raises SlackApiError or DeliveryError.
    """
    if is_home(args.body):
        desk.publish(args, args.context[SERVICES], message)
        return
    pressed = Pressed.read(args.body)
    if pressed.direct or not args.context.response_url:
        post(args.context, pressed.channel or pressed.user, message, thread=pressed.thread or None)
    else:
        whisper(args.context, message, thread=pressed.thread or None)


def show(args: Args, message: Message) -> None:
    """As `tell`, for what is read: on Home it is in place of the desk."""
    if is_home(args.body):
        desk.publish_answer(args, message)
    else:
        tell(args, message)
