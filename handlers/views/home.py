"""The bot's own page in Slack (App Home)."""

from collections.abc import Sequence

from slack_sdk.models.blocks import HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.store.lists import ReadingList
from handlers.views import buttons, reading
from handlers.views.help import HelpEntry, entry_lines, examples
from handlers.views.message import Audience
from handlers.views.parts import context, divider, section, sections

_WHAT = (
    "I keep your team's papers on how the tumour microenvironment makes cancers resist "
    "immunotherapy, and find the right one in seconds: the DOI link first, and nothing invented."
)
_WHERE = (
    "• Here, and in direct messages: just ask.\n"
    "• In any channel: `/tme` and your words. Only you see the answer, until you share it.\n"
    "• In a thread: mention me, and everyone sees the answer."
)
_TRUST = (
    "What a record does not say is shown as unknown. Retractions come before the title. "
    "I read only messages that mention me."
)


def home(commands: Sequence[HelpEntry], lists: Sequence[tuple[ReadingList, int]] = ()) -> View:
    """What the bot is, examples to press, the person's reading lists, and every command.

    `lists` are the lists, each with how many of it are unread.
    """
    reading_lists = reading.overview(lists, Audience.DIRECT).blocks if lists else ()
    return View(
        type="home",
        blocks=[
            HeaderBlock(text=PlainTextObject(text="TME papers", emoji=False)),
            section(_WHAT),
            section(_WHERE),
            *buttons.actions("examples", buttons.ask_buttons(examples(commands))),
            *([divider(), *reading_lists] if lists else []),
            divider(),
            *sections(entry_lines(commands)),
            context(_TRUST),
        ],
    )
