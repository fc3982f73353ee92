"""Around every listener: the acknowledgement before it, and the net beneath it.

The log gets the listener, the kind of error and where it happened; never a message's text or a
secret. The person gets one line.
"""

import functools
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from slack_bolt import Args, BoltContext, BoltRequest, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.middleware import Middleware
from slack_sdk.errors import SlackApiError

from bot.deadline import allowed
from bot.digests.outbox import PutOff, Uncertain
from bot.errors import StoreBusy, TmeError, UsageError, frames
from bot.rights import Deed
from bot.store.audit import acting
from handlers.calls import entry_of
from handlers.delivery import note_privately, post, publish_home, redraw_window, send_again, whisper
from handlers.inbox import ENTRY, Lost, Seen
from handlers.payload import is_home, part_of, text_of
from handlers.rights import acting_as, visitor_of
from handlers.services import Services
from handlers.trouble import DeliveryError, meaning, slack_code, trouble
from handlers.views import errors, home, windows

log = logging.getLogger(__name__)

# Under this name a request's context has the services.
SERVICES = "tme_services"

Listener: TypeAlias = Callable[[Args], None]

# What to tell a person in a channel where the bot cannot post, by Slack's error code.
CHANNEL_TROUBLE = {
    "not_in_channel": "Type `/invite` and my name in that channel, then ask again.",
    "channel_not_found": "Type `/invite` and my name in that channel, then ask again.",
    "is_archived": "That channel is archived. Ask me here instead.",
    "restricted_action": "Its settings let only some people post. Ask me here instead.",
    "restricted_action_thread_locked": "That thread is locked. Ask me here instead.",
}


# A call that Slack puts off is tried so often before the person hears that it failed.
_MOST_TRIES = 5
# So long an answer waits for an index on other machines, all that it asks there together, in
# seconds. Then the person hears that it cannot be reached.
INDEX_SECONDS = 20.0


class Directly(Middleware):
    """Bolt's middleware from a function of the request and of what comes next.

    For other functions Bolt makes up some thirty arguments, before each acknowledgement.
    """

    def __init__(
        self, run: Callable[[BoltRequest, Callable[[], Any]], BoltResponse | None]
    ) -> None:
        self._run = run

    def process(
        self,
        *,
        req: BoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - as Bolt calls it
        next: Callable[[], BoltResponse],  # noqa: A002 - as Bolt calls it
    ) -> BoltResponse | None:
        """Run the function."""
        return self._run(req, next)


@Directly
def acknowledge(request: BoltRequest, next_: Callable[[], Any]) -> BoltResponse | None:
    """Tell Slack that its request arrived, on the thread that received it.

    Slack waits three seconds. The request is first written down, so that it is answered whatever
    becomes of this process, and acknowledged before the listener is queued: also when every worker
    is busy. One that arrived before is acknowledged and nothing else.
    """
    is_new = take(request.context, request.body)
    acknowledged = request.context.ack()
    if is_new:
        next_()
        return None
    return acknowledged  # so that Bolt knows it for the answer: no listener runs


def take(context: BoltContext, body: Mapping[str, Any]) -> bool:
    """Write a request down in the inbox; False where it is there already, or was."""
    if (entry := entry_of(context)) is not None:
        entry.is_begun = True
        return True
    services = context.get(SERVICES)
    try:
        context[ENTRY] = services.inbox.take(body) if isinstance(services, Services) else None
    except Seen:
        log.info("A request arrived again; it is answered once.")
        return False
    return True


def guarded(listener: Listener) -> Listener:
    """The listener, with nothing able to fall out of it, and its request answered or put off.

    It runs for those who may read; `for_deed` names another deed.
    """
    return for_deed(Deed.READ)(listener)


def for_deed(deed: Deed | Callable[[Args], Deed]) -> Callable[[Listener], Listener]:
    """As `guarded`, for a listener that does this: it runs only for those who may."""
    return functools.partial(_guarded, deed)


def _guarded(deed: Deed | Callable[[Args], Deed], listener: Listener) -> Listener:
    @functools.wraps(listener)
    def run(args: Args) -> None:
        entry = entry_of(args.context)
        if entry is not None:
            entry.let_arrive()
        try:
            with acting(args.context.user_id or ""):
                _answer(listener, deed, args)
        except Lost:
            log.info("%s: another process answers it.", listener.__name__)
        except (PutOff, Uncertain) as error:
            if entry is not None:
                entry.put_off(error)
            else:
                log.warning("%s: not answered: %s", listener.__name__, error.reason)
        else:
            if entry is not None:
                entry.close()

    # Read by the test that knows who may reach which listener.
    run.deed = deed  # type: ignore[attr-defined]
    return run


def _answer(listener: Listener, deed: Deed | Callable[[Args], Deed], args: Args) -> None:
    """Run a listener, or only send what an earlier try has drawn; tell the person of trouble.

    Raises Lost, PutOff and Uncertain.
    """
    entry = entry_of(args.context)
    try:
        if entry is not None and entry.answer is not None:
            send_again(args.context, entry.answer)
        else:
            _pass(listener, deed, args)
    except (Lost, PutOff, Uncertain):
        raise
    except Exception as error:
        later = meaning(error)
        if later is not None and entry is not None and entry.taken.attempt < _MOST_TRIES:
            raise later from error
        tell(args.context, args.body, _explained(listener.__name__, error))


def _pass(listener: Listener, deed: Deed | Callable[[Args], Deed], args: Args) -> None:
    """Run a listener for who acts, if they may, with records as their workspace sees them.

    Raises NotAllowed and StoreError.
    """
    services = args.context.get(SERVICES)
    if not isinstance(services, Services):
        raise TypeError("no services in the context: `register` puts them there")
    bot = args.context.bot_user_id or ""
    visitor = visitor_of(services.people, args.client, args.body, bot)
    with (
        acting_as(visitor),
        services.corrections.seen_by(visitor.workspace),
        allowed(INDEX_SECONDS),
    ):
        services.gate.check(deed if isinstance(deed, Deed) else deed(args))
        listener(args)


def _explained(name: str, error: Exception) -> TmeError:
    """What a person reads about trouble, and a line in the log."""
    if isinstance(error, TmeError):
        log.warning("%s: %s", name, error.code)
        return error
    if isinstance(error, SlackApiError | DeliveryError):
        code = slack_code(error) if isinstance(error, SlackApiError) else error.code
        log.warning("%s: Slack refused %s", name, code)
        return _refused(code)
    log.error("%s: %s", name, trouble(error))
    log.debug("The whole of it: %s", frames(error))
    return TmeError("Something went wrong while I answered that.")


def tell(context: BoltContext, body: Mapping[str, Any], error: TmeError) -> None:
    """Say what went wrong, in one line, to the person; a refusal of that is only logged.

    Raises Lost, PutOff and Uncertain.
    """
    try:
        _tell(context, body, error)
    except (SlackApiError, DeliveryError) as failure:
        log.warning("The person could not be notified: %s", trouble(failure))


def _tell(context: BoltContext, body: Mapping[str, Any], error: TmeError) -> None:
    message = errors.error(error)
    event, view = part_of(body, "event"), part_of(body, "view")
    channel, user = text_of(event, "channel"), context.user_id
    if is_home(body) and user:
        publish_home(context, user, home.answered(message))
    elif text_of(body, "type") == "view_submission":
        title = text_of(part_of(view, "title"), "text")
        redraw_window(context, text_of(view, "id"), windows.failed(title, error))
    elif context.response_url:
        whisper(context, message)
    elif channel and user and not channel.startswith("D") and error.code != "channel":
        thread = text_of(event, "thread_ts") or None
        note_privately(context, channel, user, message, thread=thread)
    elif user:
        post(context, user, message)


def on_error(
    error: Exception, context: BoltContext, body: Mapping[str, Any]
) -> BoltResponse | None:
    """Bolt's own last resort: a request that no listener is for, or trouble before one ran.

    What no listener is for, and what Bolt stumbles over, is acknowledged: Slack would only send
    the same again. Trouble on the line is not: Slack sends the request again, and is answered.
    """
    if isinstance(error, OSError | StoreBusy):
        log.error("A request has to wait for Slack to repeat it: %s", trouble(error))
        return None
    if isinstance(error, BoltUnhandledRequestError):
        log.warning("Nothing listens for this request: %s", kind_of(body))
        if context.response_url:
            with suppress(PutOff, Uncertain, Lost):
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
