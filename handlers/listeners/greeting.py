"""A greeting, once: to a channel that the bot was invited to, and to who first writes to it."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, Args, BoltContext, BoltResponse

from handlers.delivery import post
from handlers.guard import acknowledge, guarded
from handlers.payload import part_of, text_of, workspace_of
from handlers.router import Router
from handlers.services import Services
from handlers.views import greeting
from handlers.views.message import Message

# An answer that is longer has no room for a greeting: Slack would refuse both.
_LONGEST_ANSWER = 8_500
_MOST = 3


def register(app: App, router: Router) -> None:
    """Listen for being invited to a channel."""
    services = router.services

    @guarded
    def invited(args: Args) -> None:
        event, workspace = part_of(args.body, "event"), workspace_of(args.body)
        channel = text_of(event, "channel")
        if services.store.preferences.was_greeted(workspace, channel):
            return
        message = greeting.to_channel(services.examples.questions(_MOST))
        post(args.context, channel, message, is_last=False)
        services.store.preferences.greet(workspace, channel, services.now())

    app.event("member_joined_channel", middleware=[_only_us, acknowledge])(invited)


def with_greeting(services: Services, workspace: str, user: str, message: Message) -> Message:
    """An answer to a direct message, under a greeting where it is the person's first."""
    store = services.store.preferences
    if len(message.text) > _LONGEST_ANSWER or store.was_greeted(workspace, user):
        return message
    store.greet(workspace, user, services.now())
    hello = greeting.to_person(services.examples.questions(_MOST))
    return Message((*hello.blocks, *message.blocks))


def _only_us(
    ack: Ack, context: BoltContext, body: Mapping[str, Any], next_: Callable[[], None]
) -> BoltResponse | None:
    """Bolt middleware: that others join is of no concern, and not written down."""
    event = part_of(body, "event")
    if not context.bot_user_id or text_of(event, "user") != context.bot_user_id:
        return ack()
    next_()
    return None
