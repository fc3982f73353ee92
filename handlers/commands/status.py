# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme status`, `sources` and `stats`: what is stored, and where it came from."""

from datetime import timedelta

from bot.errors import SettingsError, TmeError
from bot.harvest.plan import Standing
from bot.records.models import Answer
from bot.search.query.forms import Form
from bot.search.search import describe_query
from bot.store.values import ClockNote
from handlers.router import Command, Context, Reply
from handlers.services import Services
from handlers.views import status
from handlers.views.harvests import completed

_CLOCK_SHOWN = timedelta(days=7)


def run(context: Context) -> Reply:
    """Say what the store holds, its sources and their dates, how harvests and the index stand."""
    services = context.services
    answer = Answer(
        query=context.query.text, understood=describe_query(context.query, context.query.action)
    )
    harvests = _harvests(services)
    place = context.request.place
    workspace = place.workspace if place else None
    left = services.store.deliveries.outstanding(workspace)
    message = status.status(
        services.store.status(),
        services.index.status(),
        context.audience,
        harvests,
        left,
        _changers(services),
        _clock(services),
        _completing(services),
        services.store.inbox.unanswered(workspace),
    )
    return Reply(answer, message)


def _changers(services: Services) -> str | None:
    """Who may change subscriptions, where that is not anyone in their channel.

    And that Slack does not say who somebody is, where it does not.
    """
    changers, trouble = services.settings.subscription_changes, services.people.trouble
    if changers == "channel":
        return f"guests count as members: {trouble}" if trouble else None
    if changers == "creator":
        return "changed by who made them"
    said = "changed by admins and owners of the workspace"
    if trouble is None:
        return said
    return f"{said}; I cannot tell who they are ({trouble}), so only those whom my operator named can now"


def _clock(services: Services) -> ClockNote | None:
    """What was noticed of the machine's clock in the last days."""
    note = services.store.clock_note()
    is_recent = note is not None and abs(services.now() - note.at) <= _CLOCK_SHOWN
    return note if is_recent else None


def _harvests(services: Services) -> list[Standing] | TmeError:
    """How harvests stand; the error where the sources file cannot be read."""
    try:
        return services.harvesting.standings()
    except SettingsError as error:
        return error


def _completing(services: Services) -> list[str]:
    """How far the completing of stored records has come, a line for each service."""
    try:
        standings = services.completing.standings()
    except SettingsError:
        return []  # the line on harvests says what is wrong with the sources file
    if not services.settings.complete:
        return ["switched off"]
    counts = {each.source: each for each in services.store.lookups.counts()}
    keyless = {
        kind.name for kind in (each.planned.kind for each in standings)
        if kind.key and not services.settings.secret(kind.key)
    }  # fmt: skip
    return [
        completed(each, counts.get(name := each.planned.kind.name), is_keyless=name in keyless)
        for each in standings
    ]


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
