# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme status`, `sources` and `stats`: what is stored, and where it came from."""

from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.query.forms import Form
from handlers.command import Command, Context
from handlers.health.service import Health
from handlers.router import Reply
from handlers.services import Services
from handlers.views import status
from handlers.views.message import Audience, Message


def run(context: Context) -> Reply:
    """Say what of the store is seen here, its sources and dates, how harvests and the index do."""
    answer = Answer(
        query=context.query.text, understood=describe_query(context.query, context.query.action)
    )
    place = context.request.place
    workspace = place.workspace if place else None
    return Reply(answer, overview(context.services, workspace, context.audience))


def overview(services: Services, workspace: str | None, audience: Audience) -> Message:
    """The same; of everything, where no workspace's view of records holds."""
    return status.status(
        services.store.status(),
        services.index.status(),
        Health(services).checks(workspace),
        audience,
        _changers(services),
        services.store.uses.totals(workspace),
    )


def _changers(services: Services) -> str | None:
    """Who may change subscriptions, where that is not anyone in their channel.

    And that Slack does not say who somebody is, where it does not.
    """
    changers, trouble = services.settings.subscription_changes, services.people.trouble
    if changers == "channel":
        return f"guests count as members: {trouble}" if trouble else None
    if changers == "creator":
        return "changed by who made them"
    rule = "changed by admins and owners of the workspace"
    if trouble is None:
        return rule
    return f"{rule}; I cannot tell who they are ({trouble}), so only those whom my operator named can now"


COMMAND = Command(
    run=run,
    words="status",
    summary="What is stored, from which sources, and how fresh it is",
    example="status",
    also=(
        Form(
            "sources",
            r"sources|(?:what|which) (?:are your )?sources\b.{0,60}"
            r"|where (?:do|does) (?:your|the|these) (?:records|data|papers) come from\??",
        ),
        Form(
            "stats",
            r"stats|statistics|how many (?:records|papers|works|articles|publications)"
            r"(?: do (?:you|we) (?:have|hold|store|know)| are (?:there|stored))?(?: in (?:total|the store|all))?\??"
            r"|how (?:big|large) is (?:the|your|our) (?:store|library|collection)\??",
        ),
    ),
)
