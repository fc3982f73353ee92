"""What went wrong, for the log: never an error's own message, which may quote a person."""

import traceback

from slack_sdk.errors import SlackApiError

from handlers.delivery import DeliveryError


def slack_code(error: SlackApiError) -> str:
    """Slack's word for what it refused, e.g. `not_in_channel`."""
    code = error.response.get("error") if error.response is not None else None
    return str(code or "unknown_error")


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
