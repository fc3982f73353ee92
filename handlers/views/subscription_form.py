"""The windows in which a subscription is made, changed and paused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from slack_sdk.models.blocks import (
    ConversationSelectElement,
    DatePickerElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
    TimePickerElement,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from bot.schedule import DAY_NAMES, Schedule
from bot.store.subscriptions import Form, Subscription, WhenEmpty
from handlers.views import buttons
from handlers.views.message import Message
from handlers.views.mrkdwn import literal
from handlers.views.parts import context, section
from handlers.views.subscriptions import query_of

FORM, PAUSE_FORM = "subscription", "subscription_pause"
# What the form's fields are called, in Slack's state of the view.
QUERY, CHANNEL, CADENCE, WEEKDAY, DAY = "query", "channel", "cadence", "weekday", "day"
AT, ZONE, SHAPE, EMPTY, UNTIL = "at", "zone", "form", "when_empty", "until"
_CADENCES = (
    ("daily", "Every day"),
    ("weekdays", "Monday to Friday"),
    ("weekly", "Every week"),
    ("every two weeks", "Every two weeks"),
    ("monthly", "Every month, on a day"),
    ("monthly on a weekday", "Every month, on a weekday"),
)
_SHAPES = (
    ("message", "All in one message"),
    ("thread", "A heading, with the records in its thread"),
)
_WHEN_EMPTY = (("quiet", "Post nothing"), ("line", "Post one line that says so"))


@dataclass(frozen=True, slots=True)
class Filled:
    """What is in the form. `channel` None is where it was opened."""

    schedule: Schedule
    query: str = ""
    channel: str | None = None
    shape: Form = "message"
    when_empty: WhenEmpty = "quiet"


def form(
    filled: Filled, line: str = "", *, edits: str = "", here: str = "", asked: str = ""
) -> View:
    """The window in which a subscription is made, or the one of the id `edits` is changed.

    `line` is what it would have posted; `here` the channel where it was opened; `asked` marks the
    query about which the person was asked whether it is meant.
    """
    text = line or "Press Enter in the first field to see what it would have posted."
    schedule = filled.schedule
    days = [(str(number), str(number)) for number in range(1, 32)]
    weekdays = [(str(number), name) for number, name in enumerate(DAY_NAMES)]
    zone = PlainTextInputElement(
        action_id=ZONE, initial_value=schedule.zone, placeholder="Europe/London"
    )
    return View(
        type="modal",
        callback_id=FORM,
        title="Subscription",
        submit="Save" if edits else "Subscribe",
        close="Cancel",
        private_metadata=buttons.pack(s=edits, c=here, a=asked),
        blocks=[
            _input("Watch for", QUERY, _query_field(filled.query), dispatches=True),
            context(literal(text), block_id="preview"),
            InputBlock(
                label=_plain("Post in"),
                block_id=CHANNEL,
                element=_channel_field(filled.channel),
                hint=_plain("Left empty, I send it to you alone."),
                optional=True,
            ),
            _input("How often", CADENCE, _choice(CADENCE, _CADENCES, schedule.cadence)),
            _input(
                "On (every week or two, or of the month)",
                WEEKDAY,
                _choice(WEEKDAY, weekdays, schedule.weekday),
            ),
            _input(
                "On day of the month, or its first, second … such weekday (5: the last)",
                DAY,
                _choice(DAY, days, schedule.day),
            ),
            _input("At", AT, TimePickerElement(action_id=AT, initial_time=f"{schedule.at:%H:%M}")),
            _input("Time zone", ZONE, zone),
            _input("How", SHAPE, _choice(SHAPE, _SHAPES, filled.shape)),
            _input("When nothing is new", EMPTY, _choice(EMPTY, _WHEN_EMPTY, filled.when_empty)),
        ],
    )


def pause_form(stored: Subscription, first: date, here: str) -> View:
    """The window that asks until when to pause; `here` is the channel where it was opened."""
    query = query_of(stored)
    return View(
        type="modal",
        callback_id=PAUSE_FORM,
        title="Pause",
        submit="Pause",
        close="Cancel",
        private_metadata=buttons.pack(s=stored.id, c=here),
        blocks=[
            section(literal(f"“{query}” posts nothing until then.")),
            _input(
                "Until",
                UNTIL,
                DatePickerElement(action_id=UNTIL, initial_date=first.isoformat()),
            ),
            context("What comes meanwhile is posted in one digest afterwards."),
        ],
    )


def done(message: Message) -> View:
    """A window that says what was done, without its buttons."""
    blocks = [block for block in message.blocks if block.type != "actions"]
    return View(type="modal", title="Subscription", close="Close", blocks=blocks)


def _query_field(query: str) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id=QUERY,
        initial_value=query or None,
        max_length=1_200,
        placeholder="CAF in melanoma",
        dispatch_action_config=DispatchActionConfig(trigger_actions_on=["on_enter_pressed"]),
    )


def _channel_field(channel: str | None) -> ConversationSelectElement:
    if channel:
        return ConversationSelectElement(action_id=CHANNEL, initial_conversation=channel)
    return ConversationSelectElement(action_id=CHANNEL, default_to_current_conversation=True)


def _choice(name: str, options: Sequence[tuple[str, str]], chosen: object) -> StaticSelectElement:
    shown = [Option(value=value, text=_plain(text)) for value, text in options]
    initial = next(option for option in shown if option.value == str(chosen))
    return StaticSelectElement(action_id=name, options=shown, initial_option=initial)


def _input(
    label: str, name: str, element: InputInteractiveElement, *, dispatches: bool = False
) -> InputBlock:
    return InputBlock(
        block_id=name, label=_plain(label), element=element, dispatch_action=dispatches or None
    )


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)
