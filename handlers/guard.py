"""Around every listener: the acknowledgement before it, and the net beneath it.

The log gets the listener, the kind of error and where it happened; never a message's text or a
secret. The person gets one line.
"""

import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from slack_bolt import Ack, Args, BoltContext, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.errors import SlackApiError

from bot.errors import TmeError, UsageError, frames
from bot.store.audit import acting
from handlers.delivery import DeliveryError, post, whisper
from handlers.payload import part_of, text_of
from handlers.trouble import slack_code, trouble
from handlers.views import errors

log = logging.getLogger(__name__)

Listener: TypeAlias = Callable[[Args], None]

# What to tell a person in a channel where the bot cannot post, by Slack's error code.
CHANNEL_TROUBLE = {
    "not_in_channel": "Type `/invite` and my name in that channel, then ask again.",
    "channel_not_found": "Type `/invite` and my name in that channel, then ask again.",
    "is_archived": "That channel is archived. Ask me here instead.",
    "restricted_action": "Its settings let only some people post. Ask me here instead.",
    "restricted_action_thread_locked": "That thread is locked. Ask me here instead.",
}


def acknowledge(ack: Ack, next_: Callable[[], None]) -> None:
    """Tell Slack that its request arrived, on the thread that received it.

    Slack waits three seconds. Acknowledging before the listener is queued keeps that promise
    even when every worker is busy.
    """
    ack()
    next_()


def guarded(listener: Listener) -> Listener:
    """The listener, with nothing able to fall out of it."""

    @functools.wraps(listener)
    def run(args: Args) -> None:
        try:
            with acting(args.context.user_id or ""):
                listener(args)
        except TmeError as error:
            log.warning("%s: %s", listener.__name__, error.code)
            tell(args.context, args.body, error)
        except SlackApiError as error:
            code = slack_code(error)
            log.warning("%s: Slack refused %s", listener.__name__, code)
            tell(args.context, args.body, _refused(code))
        except DeliveryError as error:
            log.warning("%s: Slack refused a response: %s", listener.__name__, error.code)
            tell(args.context, args.body, _refused(error.code))
        except Exception as error:
            log.error("%s: %s", listener.__name__, trouble(error))  # noqa: TRY400 - see trouble()
            log.debug("The whole of it: %s", frames(error))
            tell(args.context, args.body, TmeError("Something went wrong while I answered that."))

    return run


def tell(context: BoltContext, body: Mapping[str, Any], error: TmeError) -> None:
    """Say what went wrong, in one line, to the person; a failure here is only logged."""
    try:
        _tell(context, body, error)
    except (SlackApiError, DeliveryError, OSError) as failure:
        log.warning("The person could not be notified: %s", trouble(failure))


def _tell(context: BoltContext, body: Mapping[str, Any], error: TmeError) -> None:
    message = errors.error(error)
    event = part_of(body, "event")
    channel, user = text_of(event, "channel"), context.user_id
    if context.response_url:
        whisper(context, message)
    elif channel and user and not channel.startswith("D") and error.code != "channel":
        context.client.chat_postEphemeral(
            channel=channel,
            user=user,
            thread_ts=text_of(event, "thread_ts") or None,
            **message.payload(),
        )
    elif user:
        post(context, user, message)


def on_error(
    error: Exception, context: BoltContext, body: Mapping[str, Any]
) -> BoltResponse | None:
    """Bolt's own last resort: a request that no listener is for, or trouble before one ran.

    What no listener is for, and what Bolt stumbles over, is acknowledged: Slack would only send
    the same again. Trouble on the line is not: Slack sends the request again, and is answered.
    """
    if isinstance(error, OSError):
        log.error("A request has to wait for Slack to repeat it: %s", trouble(error))
        return None
    if isinstance(error, BoltUnhandledRequestError):
        log.warning("Nothing listens for this request: %s", kind_of(body))
        if context.response_url:
            tell(context, body, UsageError("That is nothing I know how to do."))
    else:
        log.error("Dropped a request: %s", trouble(error))
        log.debug("The whole of it: %s", frames(error))
    return BoltResponse(status=200, body="")


def kind_of(body: Mapping[str, Any]) -> str:
    """What kind of request this is, in Slack's words and without anything a person wrote."""
    event = part_of(body, "event")
    kinds = (text_of(body, "type"), text_of(event, "type"), text_of(body, "command"))
    return " ".join(kind for kind in kinds if kind)[:80] or "of no known kind"


def _refused(code: str) -> TmeError:
    if code in CHANNEL_TROUBLE:
        return ChannelError("I cannot post in that channel.", CHANNEL_TROUBLE[code])
    if code == "missing_scope":
        return TmeError(
            "Slack does not let me post pictures and files here yet.",
            "Ask my operator to install the app again, with the scope files:write.",
        )
    if code in {"expired_trigger_id", "trigger_expired", "invalid_trigger_id"}:
        return UsageError("Slack closed the window before it could open.", "Press it once more.")
    return TmeError("Slack did not take my answer.", "Ask again in a moment.")


class ChannelError(UsageError):
    """The bot may not post in that channel; the person gets a direct message."""

    code = "channel"
