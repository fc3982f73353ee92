"""`/tme club NAME`: a channel's journal club, and `note: WORDS` in the thread of its paper."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

from bot.digests.clubs import Clubs, Wish
from bot.digests.people import Person
from bot.errors import UsageError
from bot.lazy import lazy
from bot.records.answers import Answer
from bot.rights import Deed
from bot.search.describing import describe_query
from bot.search.query import unmark
from bot.store.clubs import Club
from bot.store.deliveries import Posted
from bot.text.folding import clean
from handlers.command import Command, Context
from handlers.commands.unsubscribe import OPERATOR
from handlers.rights import person
from handlers.router import Reply
from handlers.views import club as views
from handlers.views import errors, wording
from handlers.views.message import Message

if TYPE_CHECKING:
    from bot.digests import subscribing
else:
    subscribing = lazy("bot.digests.subscribing")  # its forms take long to compile

_MENTION = re.compile(r"<@([UW][A-Z0-9]{1,30})(?:\|[^>]*)?>")
# A name that Slack did not make a mention of: nobody was chosen from its list.
_PLAIN_NAME = re.compile(r"(?<!\S)@[\w.'-]+")
_FIRST = re.compile(r"^\s*(?:journal\s+)?clubs?\b[\s:]*", re.IGNORECASE)
_WITH = re.compile(r"\s*\b(?:with|presenters?:?)\s*$", re.IGNORECASE)
_LIST = re.compile(
    r"\s+(?:(?:from|on|of|with)\s+)?(?:(?:the|our)\s+)?list\s+(?P<list>\S.{0,79})$", re.IGNORECASE
)
_ACT = re.compile(
    r"(?P<name>\S.*?)\s+(?P<act>skip|swap|pause|resume|stop)\s*(?:the next (?:day|two)|with)?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_NOTE = re.compile(r"^\s*note\s*:?\s+(?P<words>\S.*)$", re.IGNORECASE | re.DOTALL)
_LONGEST_NAME = 80
_ACTS: dict[str, tuple[str, Callable[[Clubs, Club, Person, list[str]], Club]]] = {
    "skip": ("The next day is skipped.", lambda desk, club, who, _: desk.skip(club, who)),
    "swap": ("Swapped.", lambda desk, club, who, pair: desk.swap(club, who, pair)),
    "pause": ("Paused.", lambda desk, club, who, _: desk.pause(club, who)),
    "resume": ("Goes on.", lambda desk, club, who, _: desk.resume(club, who)),
    "stop": ("Stopped. What was read and noted stays.",
             lambda desk, club, who, _: desk.stop(club, who)),
}  # fmt: skip


def run(context: Context) -> Reply:
    """Show the clubs of the channel or one of them, do what is typed, or set one up."""
    desk, who = context.services.clubs, _who(context)
    named, words = _words(context)
    if not words:
        return _reply(context, views.overview(desk.here(who), context.audience))
    if club := desk.named(words, who):
        if not named:
            return _standing(context, club)
    elif (match := _ACT.fullmatch(words)) and (club := desk.named(match["name"], who)):
        context.must(Deed.SUBSCRIBE)
        done, act = _ACTS[match["act"].lower()]
        return _standing(context, act(desk, club, who, named), done)
    if context.request.origin is None:
        note = "A journal club is a channel's: type it there."
        understood = describe_query(context.query, "club", (note,))
        nothing = Answer(query=context.query.text, understood=understood)
        return Reply(nothing, errors.hint(nothing, context.audience))
    context.must(Deed.SUBSCRIBE)
    if plain := _PLAIN_NAME.search(context.request.text):
        hint = "Choose the name from the list that Slack shows after @."
        raise UsageError(f"I cannot tell who {plain[0]} is.", hint)
    name, wish = _wish(context, words, named, who)
    usual = context.services.subscriptions.usual(who, context.services.usual_schedule)
    counted = context.services.gate.counted(Deed.SUBSCRIBE)
    with nullcontext() if desk.named(name, who) else counted:
        club, is_new = desk.set_up(name, wish, usual, who)
    return _standing(context, club, views.set_up(club, is_new))


def note(context: Context) -> Reply:
    """Keep a note with the paper that is discussed in the thread."""
    context.must(Deed.SAVE)
    found, match = _discussed(context), _NOTE.match(context.request.text)
    if found is None or match is None:
        raise UsageError("No journal club's paper is discussed here.", "Note it in its thread.")
    words = " ".join(clean(unmark(match["words"])).split())
    club, record = context.services.clubs.note(found, words, _who(context))
    return _reply(context, views.noted(club, record))


def _wish(context: Context, words: str, named: list[str], who: Person) -> tuple[str, Wish]:
    """The name of a club, and what is typed of it."""
    usual = context.services.subscriptions.usual(who, context.services.usual_schedule)
    words = _WITH.sub("", words)
    listed = _LIST.search(words)
    words = words[: listed.start()] if listed else words
    read = subscribing.read(_WITH.sub("", words), usual)
    if read.problems:
        raise UsageError(read.problems[0], "Then type it again.")
    name = _WITH.sub("", read.query).strip(" “”\"'")
    if not name or len(name) > _LONGEST_NAME:
        raise UsageError("A journal club needs a short name.", "`club cancer cell weekly on THU`.")
    schedule = read.schedule if read.says_when else None
    return name, Wish(tuple(named) or None, schedule, listed["list"].strip() if listed else None)


def _standing(context: Context, club: Club, done: str | None = None) -> Reply:
    of = context.services.clubs.standing(club)
    stored = context.services.store.get_many([each.record_id for each in of.had[:10]])
    titles = {record.id: wording.title(record) for record in stored}
    return _reply(context, views.standing(of, titles, context.audience, done))


def _reply(context: Context, message: Message) -> Reply:
    understood = describe_query(context.query, context.query.action)
    return Reply(Answer(query=context.query.text, understood=understood), message)


def _words(context: Context) -> tuple[list[str], str]:
    """Who is named, and the words without them and without the command."""
    text = _PLAIN_NAME.sub(" ", _MENTION.sub(" ", context.request.text))
    return _MENTION.findall(context.request.text), clean(unmark(_FIRST.sub("", text))).strip(" ,")


def _who(context: Context) -> Person:
    origin = context.request.origin
    return person(origin.workspace, origin.channel, origin.user) if origin else OPERATOR


def _discussed(context: Context) -> str | None:
    """The delivery under which this is written."""
    place = context.request.place
    if place is None or not place.thread:
        return None
    delivery = context.services.store.deliveries.at(Posted(place.channel, place.thread))
    return delivery.id if delivery is not None and "club" in delivery.details else None


def _is_club(context: Context) -> bool:
    """A club that is there, or a day or presenters for one: "club cells" are searched."""
    named, words = _words(context)
    if not words or named:
        return True
    desk, who = context.services.clubs, _who(context)
    match = _ACT.fullmatch(words)
    if desk.named(words, who) or (match and desk.named(match["name"], who)):
        return True
    return subscribing.read(_WITH.sub("", words), context.services.usual_schedule).says_when


def _is_discussed(context: Context) -> bool:
    return _discussed(context) is not None and _NOTE.match(context.request.text) is not None


CLUB = Command(
    run=run,
    words="club [NAME]",
    summary="A channel's journal club: the next paper of a list, posted on its day with who"
    " presents; `club NAME weekly on THU with @A @B`, then `skip`, `swap`, `pause`, `stop`",
    example="club cancer cell weekly on THU at 16:00",
    aliases=("clubs", "journal club", "journal clubs"),
    needs=_is_club,
    takes_subject=True,
    is_of_the_desk=True,
)
NOTE = Command(
    run=note,
    words="note WORDS",
    summary="In the thread of a journal club's paper: keep a note with it",
    example="note the controls in figure 2 are weak",
    patterns=(r"note\s*:\s*(?P<subject>\S.{0,1000})",),
    takes_subject=True,
    needs=_is_discussed,
)
