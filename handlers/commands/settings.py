"""`/tme settings`: what a person has set for themselves, and `settings NAME VALUE` to change it."""

from bot.curation.preferences import SETTINGS
from bot.records.answers import Answer
from bot.search.describing import describe_query
from handlers.command import Command, Context
from handlers.commands.save import scope_of
from handlers.rights import acting
from handlers.router import Reply
from handlers.views import settings as views

_NAMES = frozenset(each.name for each in SETTINGS)


def run(context: Context) -> Reply:
    """Show the settings, changed first where a value was typed."""
    scope, service = scope_of(context), context.services.preferences
    name, _, words = context.query.subject.partition(" ")
    is_change = bool(words.strip())
    if is_change:
        stored = service.set(scope.workspace, scope.user, name.lower(), words)
    else:
        stored = service.of(scope.workspace, scope.user)
    visitor = acting()
    message = views.settings(
        stored,
        changed=name.lower() if is_change else None,
        slack_zone=visitor.zone if visitor is not None else None,
    )
    answer = Answer(query=context.query.text, understood=describe_query(context.query, "settings"))
    return Reply(answer, message)


def _names_one(context: Context) -> bool:
    """Nothing more, or one of them: "settings of radiotherapy" is searched."""
    words = context.query.subject.split()
    return not words or words[0].lower() in _NAMES


COMMAND = Command(
    run=run,
    words="settings [NAME VALUE]",
    summary="What you have set for yourself: who sees your answers, citation style, export format,"
    " spelling, cards under your links, time zone",
    example="settings style APA",
    aliases=("preferences",),
    patterns=(r"(?:show |change )?(?:me )?my (?:settings|preferences)",),
    takes_subject=True,
    needs=_names_one,
    is_of_the_desk=True,
)
