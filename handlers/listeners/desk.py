"""A person's desk: what is on their Home tab, and redrawing it after everything they do there.

What it shows is found by index, or bounded: the desk takes no longer where much is stored.
"""

from collections.abc import Sequence
from itertools import islice

from slack_bolt import Args
from slack_sdk.models.views import View

from bot.curation.lists import Scope
from bot.digests.digest import FEW
from bot.digests.people import AdminsUnknown
from bot.errors import TmeError
from bot.store.standing import HappeningKind
from bot.store.subscriptions import Subscription
from handlers.delivery import publish_home
from handlers.rights import acting
from handlers.services import Services
from handlers.views import home
from handlers.views.harvests import line_of as line_of_harvest
from handlers.views.message import Message
from handlers.views.mrkdwn import prose
from handlers.views.parts import lines

# So many records that came since a digest are matched for the desk; more are only counted.
MOST_ARRIVALS = FEW
_MOST_WATCHED, _MOST_HAPPENED, _MOST_TITLES, _MOST_CLUBS = 8, 5, 3, 5
_TROUBLES = (HappeningKind.RETRACTED, HappeningKind.CONCERN, HappeningKind.CORRECTED)


def publish(args: Args, services: Services, notice: Message | None = None) -> None:
    """Draw the desk of who acts, under what was just done. Raises SlackApiError."""
    publish_home(args.context, _user(args), drawn(services, notice))


def publish_answer(args: Args, message: Message) -> None:
    """Draw an answer in place of the desk. Raises SlackApiError."""
    publish_home(args.context, _user(args), home.answered(message))


def drawn(services: Services, notice: Message | None = None) -> View:
    """The desk of who acts, as it is now. Raises StoreError."""
    visitor = acting()
    assert visitor is not None  # noqa: S101 - a listener's; for mypy
    workspace, user = visitor.workspace, visitor.user
    watched = services.store.subscriptions.of(workspace, user, user)
    news, arrived = _news(services, watched)
    desk = home.Desk(
        examples=services.examples.questions(),
        happened=_happened(services, workspace, user),
        news=news,
        arrived=arrived,
        lists=services.library.counted(Scope(workspace, user)),
        subscriptions=watched,
        clubs=services.store.clubs.of_person(workspace, user)[:_MOST_CLUBS],
        preferences=services.preferences.of(workspace, user),
        slack_zone=visitor.zone,
        sources=_sources(services),
    )
    return home.home(desk, notice)


def _news(services: Services, watched: Sequence[Subscription]) -> tuple[list[home.News], int]:
    """What came on each since its last digest; else how many came, where those are too many."""
    looked_at = [s for s in watched if s.watch.kind != "record"][:_MOST_WATCHED]
    if not looked_at:
        return [], 0
    arrived = services.store.subscriptions.last_arrival() - min(s.seen for s in looked_at)
    if arrived > MOST_ARRIVALS:
        return [], arrived
    found = [
        home.News(
            due.subscription,
            len(due.matches),
            services.store.get_many([m.record_id for m in islice(due.matches, _MOST_TITLES)]),
        )
        for due in services.digests.found(looked_at, services.now())
        if due.matches
    ]
    return sorted(found, key=lambda each: -each.total), 0


def _happened(services: Services, workspace: str, user: str) -> list[home.Happened]:
    """Retractions, concerns and corrections of works on the person's own lists."""
    kinds = [str(kind) for kind in _TROUBLES]
    found = services.store.lists.happened(workspace, user, kinds, _MOST_HAPPENED)
    return [
        home.Happened(record, kind, at)
        for record_id, kind, at in found
        if (record := services.store.get(record_id)) is not None
    ]


def _sources(services: Services) -> str | None:
    """How the sources stand, for admins; None for others, and where that is not known."""
    visitor = acting()
    try:
        is_admin = visitor is not None and (
            visitor.user in services.settings.admin_ids or visitor.is_admin
        )
    except AdminsUnknown:
        return None
    if not is_admin:
        return None
    try:
        found = [line_of_harvest(each) for each in services.harvesting.standings()]
    except TmeError as error:
        found = [error.message]
    return lines(prose(each) for each in found) or "None planned."


def _user(args: Args) -> str:
    return args.context.user_id or ""
