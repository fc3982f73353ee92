"""Links to papers that people paste: a card under the message, where there is something to say.

Slack sends the addresses of the domains that the app names, never the message around them.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from slack_bolt import App, Args
from slack_sdk.errors import SlackApiError

from bot.digests.people import NotAllowed
from bot.errors import TmeError, UsageError
from bot.harvest.adding import Outcome
from bot.records.identifiers import find
from bot.records.models import Identifier, Record
from bot.rights import Deed
from bot.sources import fetchable, registered
from bot.store.shares import Share
from handlers.delivery import present, unfurl
from handlers.guard import acknowledge, for_deed, guarded
from handlers.listeners.actions import Pressed
from handlers.listeners.mentions import only_questions
from handlers.listeners.pressed import tell
from handlers.payload import part_of, text_of, workspace_of
from handlers.people import SlackSilent
from handlers.rights import acting
from handlers.router import Router
from handlers.services import Services
from handlers.trouble import slack_code
from handlers.views import buttons, entity
from handlers.views import unfurl as views

log = logging.getLogger(__name__)

# More links at once are a list, under which cards would be in the way.
MOST_LINKS = 2
# A work gets no second card in a channel so soon.
AGAIN_AFTER = timedelta(minutes=30)
# Of so many channels is asked whether the reader is in them; so many are shown.
_MOST_CHANNELS, _MOST_SHARES = 10, 3


def register(app: App, router: Router) -> None:
    """Listen for links being shared, and for the button that ends cards in a channel."""
    services = router.services

    @guarded
    def link_shared(args: Args) -> None:
        event = part_of(args.body, "event")
        channel, ts = text_of(event, "channel"), text_of(event, "message_ts")
        workspace = workspace_of(args.body)
        if _are_unwanted(services, workspace, event):
            return
        try:
            drawn, entities = _drawn(services, workspace_of(args.body), event)
            if drawn:
                unfurl(args.context, channel, ts, drawn, entities)
        except TmeError as error:
            # Nobody asked: nobody is told.
            log.warning("A link got no card: %s", error.code)
        except SlackApiError as error:
            log.warning("A link got no card: Slack refused %s", slack_code(error))

    @guarded
    def details(args: Args) -> None:
        event = part_of(args.body, "event")
        record = services.store.get(text_of(part_of(event, "external_ref"), "id"))
        address = text_of(event, "app_unfurl_url") or text_of(event, "entity_url")
        drawn = None
        if record is not None and address:
            shares = _shares_seen(services, workspace_of(args.body), record.id)
            drawn = entity.opened(record, address, shares, router.labels)
        try:
            present(args.context, text_of(event, "trigger_id"), drawn)
        except SlackApiError as error:
            # The pane itself says that nothing came.
            log.warning("A pane stayed empty: Slack refused %s", slack_code(error))

    @for_deed(Deed.SUBSCRIBE)
    def links_off(args: Args) -> None:
        pressed = Pressed.read(args.body)
        switch(services, pressed.workspace, pressed.channel, pressed.user, quiet=True)
        tell(args, views.switched(quiet=True))

    app.event("link_shared", middleware=[only_questions(_may_get_cards), acknowledge])(link_shared)
    app.event("entity_details_requested", middleware=[only_questions(_opens), acknowledge])(details)
    app.block_action(buttons.LINKS_OFF, middleware=[acknowledge])(links_off)


def _opens(event: Mapping[str, Any]) -> bool:
    """A person opened the pane of a work."""
    return bool(text_of(event, "user") and text_of(event, "trigger_id"))


def _shares_seen(services: Services, workspace: str, record_id: str) -> list[tuple[str, Share]]:
    """Where a work was shared, of the channels that who acts is known to be in."""
    visitor = acting()
    if visitor is None:
        return []
    there = services.store.shares.channels(workspace, record_id, services.now(), _MOST_CHANNELS)
    return [each for each in there if visitor.is_in(each[0]) is True][:_MOST_SHARES]


def _are_unwanted(services: Services, workspace: str, event: Mapping[str, Any]) -> bool:
    """Whether the channel, or who pasted the links, wants no cards."""
    own = services.preferences.of(workspace, text_of(event, "user"))
    quiet = services.store.shares.is_quiet(workspace, text_of(event, "channel"))
    return quiet or own.links == "off"


def switch(services: Services, workspace: str, channel: str, who: str, *, quiet: bool) -> None:
    """End cards in a channel, or begin them again. Raises UsageError outside channels."""
    if not channel.startswith(("C", "G")):
        raise UsageError("Cards for links are a channel's.", "Type it in the channel.")
    services.store.shares.set_quiet(workspace, channel, who, services.now(), quiet=quiet)


def _may_get_cards(event: Mapping[str, Any]) -> bool:
    """A few links that a person has sent to a channel: not while they type, and no bot's."""
    links = event.get("links")
    return (
        isinstance(links, list)
        and 0 < len(links) <= MOST_LINKS
        and text_of(event, "channel").startswith(("C", "G"))
        and bool(text_of(event, "message_ts") and text_of(event, "user"))
        and text_of(event, "source") != "composer"
        and event.get("bot_id") is None
    )


def _drawn(
    services: Services, workspace: str, event: Mapping[str, Any]
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """The cards, by the address that each is for, and the works as Slack's own objects.

    Works that were just shared have none.
    """
    channel, ts = text_of(event, "channel"), text_of(event, "message_ts")
    now, shares = services.now(), services.store.shares
    drawn: dict[str, dict[str, Any]] = {}
    entities: list[dict[str, Any]] = []
    for address in _addresses(services, event):
        record = _record(services, find(address))
        if record is None:
            continue
        before = shares.last(workspace, channel, record.id, ts, now)
        shares.note(workspace, channel, record.id, text_of(event, "user"), ts, now)
        if before is None or now - before.at >= AGAIN_AFTER:
            blocks = views.card(record, before)
            drawn[address] = {"blocks": [block.to_dict() for block in blocks]}
            entities.append(entity.entity(record, address))
    return drawn, entities


def _addresses(services: Services, event: Mapping[str, Any]) -> list[str]:
    """The addresses of our domains; each once."""
    links = [link for link in event.get("links", ()) if isinstance(link, Mapping)]
    urls = dict.fromkeys(text_of(link, "url") for link in links)
    return [url for url in urls if _is_ours(url, services.settings.unfurl_domains)]


def _is_ours(url: str, domains: Sequence[str]) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _record(services: Services, mentions: Sequence[Any]) -> Record | None:
    """The record of the one work that an address names; fetched where sources are set, else None.

    What somebody may not add is left alone.
    """
    named: list[Identifier] = [m.identifier for m in mentions if m.identifier.valid]
    works = [identifier for identifier in named if identifier.scheme in fetchable()]
    for identifier in works:
        if stored := services.store.find(registered(identifier), limit=1):
            return stored[0]
    if not works or services.settings.contact is None:
        return None
    try:
        services.gate.check(Deed.ADD)
        with services.gate.counted(Deed.ADD) as give_back:
            (sought,) = services.adder.add(works[:1])
            if sought.outcome is not Outcome.ADDED:
                give_back()
                return None
    except (NotAllowed, SlackSilent):
        return None
    return sought.record
