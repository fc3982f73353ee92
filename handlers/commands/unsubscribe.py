# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme unsubscribe` and `/tme subscriptions`: what is watched, and the way to stop it."""

import re

from bot.digests.people import Person
from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.query import Query
from bot.store.subscriptions import Subscription
from bot.text.folding import clean
from handlers.command import Command, Context
from handlers.learning import lessons
from handlers.rights import person
from handlers.router import Reply
from handlers.views import subscriptions as views

# Who acts in a terminal.
OPERATOR = Person(workspace="", channel="", user="operator", operator=True)
DIGEST = r"(?:digest|update|summar(?:y|ie)|alert|notification|round-?up|newsletter|overview)s?"
# "Stop hypoxia": what is watched, where something of that name is.
_STOP = re.compile(r"(?:stop|pause|mute|resume|cancel) (?:my |our |the )?", re.IGNORECASE)
_ITS_OWN = re.compile(
    rf"\b(?:{DIGEST}|subscriptions?)\b|^stop (?:sending|posting|e-?mailing|telling|alerting)\b",
    re.IGNORECASE,
)


def listing(context: Context, words: str = "") -> Reply:
    """What is watched here, and by the person elsewhere, that the words fit; all, where none do."""
    found = watched(context, words) or watched(context, "")
    place = context.request.place
    learnt = lessons(context.services, found)
    message = views.listing(found, place.channel if place else "", context.audience, learnt)
    understood = describe_query(context.query, context.query.action)
    return Reply(Answer(query=context.query.text, understood=understood), message)


def run(context: Context) -> Reply:
    """Those that the words fit, each with its [Stop]: nothing ends without a press."""
    return listing(context, context.query.subject)


def _is_stopped(context: Context) -> bool:
    """Asked for by its own words; "stop hypoxia" only where that is watched."""
    text = context.query.text
    return not _STOP.match(text) or bool(
        _ITS_OWN.search(text) or watched(context, context.query.subject)
    )


def _offer_watched(query: Query) -> tuple[str, str] | None:
    """What is watched, where one word is to be stopped that is not: no stop codon readthrough."""
    is_one = len(query.subject.split()) == 1
    return ("What is watched here", "subscriptions") if is_one else None


def watched(context: Context, words: str) -> list[Subscription]:
    """Those of the channel, and the person's own, whose query has all of these words."""
    place = context.request.place
    who = person(place.workspace, place.channel, place.user) if place else OPERATOR
    wanted = [w for w in clean(words).casefold().split() if w not in ("from", "to", "all", "my")]
    stored = context.services.subscriptions.listed(who)
    return [each for each in stored if all(w in each.watch.query.casefold() for w in wanted)]


COMMAND = Command(
    run=run,
    words="unsubscribe",
    summary="What is watched here, and the way to stop it",
    example="unsubscribe",
    aliases=("unfollow",),
    patterns=(
        (
            r"(?:stop|cancel|end|delete|remove|turn off|pause|resume) (?:all |my |our |the |these )*"
            r"(?:alerts?|subscriptions?|digests?|notifications?)\b(?P<subject>.{0,200})"
        ),
        rf"(?:stop|cancel|end|delete|remove|turn off|pause|resume) (?:my |our |the )?(?P<subject>.{{2,100}}?) (?:{DIGEST}|subscriptions?)(?: (?:until|till|for|from|over|during|while) .{{2,40}})?",
        rf"{_STOP.pattern}(?P<subject>.{{2,100}})",
        r"stop (?:sending|posting|e-?mailing|telling|alerting)(?: me| us)?\b(?P<subject>.{0,200})",
        r"(?:unsubscribe|unfollow)\b(?P<subject>.{0,200})",
    ),
    needs=_is_stopped,
    offer=_offer_watched,
)
