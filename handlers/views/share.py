"""A private answer, posted for everyone."""

from slack_sdk.models.blocks import ActionsBlock, Block, InteractiveElement

from handlers.views import buttons
from handlers.views.describing import quoted
from handlers.views.message import Message
from handlers.views.mrkdwn import literal, person
from handlers.views.parts import context


def shared(message: Message, asker: str, query: str) -> Message:
    """The same answer under who asked what, without the button that shared it.

    `asker` is a Slack user id, which becomes a mention, or else a name.
    """
    kept = [block for stored in message.blocks for block in _without_share(stored)]
    return Message((context(asked_by(asker, query)), *kept))


def asked_by(asker: str, query: str) -> str:
    """Who asked what, as mrkdwn; `asker` as for `shared`."""
    return f"{person(asker)} asked: {literal(quoted(query))}"


def _without_share(block: Block) -> list[Block]:
    if not isinstance(block, ActionsBlock):
        return [block]
    kept = [
        element
        for element in block.elements
        if isinstance(element, InteractiveElement) and element.action_id != buttons.SHARE
    ]
    return [*buttons.actions(block.block_id or "shared", kept)]
