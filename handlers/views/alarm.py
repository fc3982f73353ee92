"""A line to the operators' channel: something is bad for long, or in order again."""

from handlers.views.message import Message
from handlers.views.mrkdwn import fit, prose
from handlers.views.parts import section


def alarm(text: str, *, is_over: bool) -> Message:
    """One line of what was found and what to do; what is in backticks is code."""
    return Message((section(f"{'✓' if is_over else '⚠'} {prose(fit(text, 2000))}"),))
