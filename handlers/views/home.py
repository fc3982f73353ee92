"""The bot's own page in Slack (App Home)."""

from collections.abc import Sequence

from slack_sdk.models.blocks import HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.store.lists import ReadingList
from handlers.views import buttons, help, reading  # noqa: A004 - the view of that name
from handlers.views.message import Audience
from handlers.views.mrkdwn import prose
from handlers.views.parts import context, divider, section

_TRY = "*Try one of these*, or write me a direct message:"
_WHERE = (
    "• *In a channel*: `/tme` and your words. Only you see the answer, until you share it.\n"
    "• *In a thread*: mention me, and everyone sees the answer.\n"
    "• *New papers*: `/tme subscribe` and a topic; I post what comes in, when you choose."
)
_TRUST = (
    "The DOI link is the title. A retraction comes before it. What a record does not say is never"
    " made up. In channels I read only messages that mention me."
)


def home(examples: Sequence[str], lists: Sequence[tuple[ReadingList, int]] = ()) -> View:
    """What the bot is, questions to press, and the person's reading lists.

    `lists` are the lists, each with how many of it are unread.
    """
    reading_lists = reading.overview(lists, Audience.DIRECT).blocks if lists else ()
    pressed = [
        *buttons.ask_buttons([(each, each) for each in examples]),
        help.all_commands_button(),
    ]
    return View(
        type="home",
        blocks=[
            HeaderBlock(text=PlainTextObject(text="TME papers", emoji=False)),
            section(prose(help.WHAT)),
            section(_TRY),
            *buttons.actions("examples", pressed),
            *([divider(), *reading_lists] if lists else []),
            divider(),
            section(_WHERE),
            context(_TRUST),
        ],
    )
