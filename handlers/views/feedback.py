"""Whether an answer was of use: two buttons under it, and what a press of one says."""

from slack_sdk.models.blocks import (
    ContextActionsBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
)

from bot.store.uses import Use
from handlers.views.buttons import FEEDBACK, label_text
from handlers.views.message import Message
from handlers.views.parts import section


def buttons() -> ContextActionsBlock:
    """[Useful] and [Not useful], as Slack draws them."""
    useful, not_useful = (
        FeedbackButtonObject(text=label_text(each.capitalize()), value=each)
        for each in (Use.USEFUL, Use.NOT_USEFUL)
    )
    element = FeedbackButtonsElement(
        action_id=FEEDBACK, positive_button=useful, negative_button=not_useful
    )
    return ContextActionsBlock(block_id="feedback", elements=[element])


def counted() -> Message:
    """What a press brings."""
    return Message((section("Counted, without your name. Thank you."),))
