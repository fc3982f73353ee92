"""What went wrong with a call to Slack, and what it means for what was to be shown.

For the log: never an error's own message, which may quote a person.
"""

import re
import socket
import traceback
from http.client import HTTPException
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.digests.outbox import PutOff, Uncertain
from bot.errors import StoreAway

# Errors of Slack's own, after which a message may yet appear.
_SLACKS_OWN = frozenset(
    ("fatal_error", "internal_error", "request_timeout", "service_unavailable", "unknown_error")
)
_SLACKS_WORD = re.compile(r"[a-z][a-z0-9_]{2,60}")
LINE_BROKE = (OSError, HTTPException, SlackRequestError)
# Before anything was sent: nobody listens there, or there is no such host.
_NEVER_SENT = (ConnectionRefusedError, socket.gaierror)
_DEFAULT_WAIT = 30.0
_UNREACHABLE_WAIT = 5.0
# A standby takes over within seconds.
_AWAY_WAIT = 1.0


class DeliveryError(Exception):
    """A `response_url` refused a message. `code` is Slack's word for it, e.g. `expired_url`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def slack_code(error: SlackApiError) -> str:
    """Slack's word for what it refused, e.g. `not_in_channel`."""
    code = error.response.get("error") if error.response is not None else None
    return str(code or "unknown_error")


def meaning(error: BaseException) -> PutOff | Uncertain | None:
    """What trouble with a call means: it was put off, or may have arrived; None: it was refused."""
    if isinstance(error, PutOff | Uncertain):
        return error
    if isinstance(error, StoreAway):
        return PutOff(_AWAY_WAIT, "the database is away")
    if isinstance(error, SlackApiError):
        return _meaning_of_answer(error)
    if isinstance(error, URLError) and isinstance(error.reason, _NEVER_SENT):
        return PutOff(_UNREACHABLE_WAIT, "unreachable")
    return Uncertain(type(error).__name__) if isinstance(error, LINE_BROKE) else None


def is_put_off(error: SlackApiError) -> bool:
    """Whether Slack requires a pause, and has certainly taken nothing."""
    return error.response.status_code == 429 or slack_code(error) == "ratelimited"


def wait_of(header: str | None) -> float:
    """How many seconds Slack's Retry-After asks to wait; half a minute where it does not say."""
    try:
        return max(float(header or ""), 0.0)
    except ValueError:
        return _DEFAULT_WAIT


def retry_after(error: SlackApiError) -> float:
    """How many seconds to wait before a call that was put off."""
    headers = error.response.headers
    return wait_of(headers.get("Retry-After") or headers.get("retry-after"))


def _meaning_of_answer(error: SlackApiError) -> PutOff | Uncertain | None:
    if is_put_off(error):
        return PutOff(retry_after(error))
    code = slack_code(error)
    if error.response.status_code != 200 or code in _SLACKS_OWN:
        return Uncertain(code if _SLACKS_WORD.fullmatch(code) else "an error of Slack's")
    return None if _SLACKS_WORD.fullmatch(code) else Uncertain("an answer that is not Slack's")


def trouble(error: BaseException) -> str:
    """An error's kind and where it happened, without its message: that may quote a person."""
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SlackApiError):
        return f"Slack refused {slack_code(error)}"
    if isinstance(error, DeliveryError):
        return f"Slack refused {error.code}"
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} in {frames[-1].name}, {frames[-1].filename}:{frames[-1].lineno}"
