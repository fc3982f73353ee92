"""What a window shows while its work is done, and when it could not be done."""

from slack_sdk.models.views import View

from bot.errors import TmeError
from handlers.views.mrkdwn import prose
from handlers.views.parts import section


def waiting(title: str) -> View:
    """The window while it is being done."""
    return said(title, "One moment…")


def said(title: str, mrkdwn: str) -> View:
    """A window that says one thing."""
    return View(type="modal", title=title or "TME", close="Close", blocks=[section(mrkdwn)])


def failed(title: str, error: TmeError) -> View:
    """The window when it could not be done: why, and what to do."""
    return said(title, f"{prose(error.sentence)} {prose(error.hint)}")
