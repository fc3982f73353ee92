# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme subscribe …` and `/tme subscriptions`: digests of what is new, and what can be done."""

import re
from dataclasses import replace

from bot.digests.subscriptions import Draft
from bot.digests.watches import is_undecided
from bot.errors import UsageError
from bot.records.answers import Answer
from bot.rights import Deed
from bot.search.describing import describe_query
from bot.search.query import pointing, unmark
from bot.text.folding import clean
from bot.text.stop_words import is_empty
from handlers.command import Command, Context
from handlers.commands.resolving import known_topic, points
from handlers.commands.unsubscribe import DIGEST, OPERATOR, listing, watched
from handlers.learning import lesson
from handlers.rights import acting, person
from handlers.router import Reply
from handlers.views import describing, errors
from handlers.views import subscriptions as views
from handlers.views.message import Audience

_LIST = re.compile(
    r"(?:(?:show|list)(?: me)? )?(?:my |our |the )?(?:subs|subscriptions?|alerts?|digests?)\W*"
    r"|(?:what|which).{0,20} (?:subscribed to|following|watching|watched)(?: here)?\W*",
    re.IGNORECASE,
)
_WEAK = re.compile(r"(?:follow|watch|alert|digest|sub)\b(?! (?:me|us)\b)", re.IGNORECASE)
_WHEN = re.compile(r"\b(?:daily|weekly|monthly|weekdays?|every|each|twice|mondays?|tuesdays?|wednesdays?"
                   r"|thursdays?|fridays?|mornings|evenings)\b", re.IGNORECASE)  # fmt: skip
# "Every two weeks send new papers about it", "a weekly digest of": when, before what.
_FIRST_WHEN = re.compile(
    r"(?P<first>(?:every|each)\b.{3,30}?|daily|weekly|monthly|on \w+days?),? (?:(?:please )?(?:send|e-?mail|post|ping|give) (?:me |us )?"
    rf"|(?:e-?mail |slack )?{DIGEST} (?:on|about|for|of|with|to) )",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    rf"^\w+|\b(?:alerts?|subscriptions?|digests?|schedule)\b.*$|\b(?:from|to)\s+{_WHEN.pattern}.*$",
    re.IGNORECASE | re.DOTALL,
)
_CHANGE = re.compile(
    r"(?:change|switch|move|set(?! up)|update)\b|make (?:my|our|the)\b", re.IGNORECASE
)
_CHANNEL_LINK = re.compile(r"<#([CGD][A-Z0-9]{2,30})(?:\|[^>]*)?>")
# What a button says that confirms: it was asked about once.
_MOST_SENSES = 3
_ANYWAY = re.compile(r"anyway:?\s+", re.IGNORECASE)
_ALREADY_SHOWN = re.compile(
    r"(?:if |when )?(?:it|this|that|these|(?:the )?(?:first|second|third|fourth|fifth|last) one)\b"
    r"(?: (?:one|paper|record))?(?: (?:is|are|gets?|was|has been|changes?)\b.{0,60})?\W*",
    re.IGNORECASE,
)

# "subscribe to this weekly": what was searched here.
_SEARCHED = re.compile(
    r"(?:this|that|these|it|them|the)(?: (?:search|query|question|topic|list|results?|papers))?"
    r"(?P<when>(?:\s+(?:daily|weekly|monthly|weekdays?|on|at|every|each|twice|first)\b.*)?)\W*",
    re.IGNORECASE | re.DOTALL,
)
# "About new papers on", "new CAF papers": that what comes is new, and is papers, is understood.
_NEW_PAPERS = re.compile(
    r"^(?:(?:about|on|of|to|for|when(?:ever)?|if|once|as soon as|there(?:['’]s| is| are))\s+)*"
    r"(?:(?:any|all|the|some)\s+)*(?:(?:new|latest)\s+)?"
    r"(?:(?:papers?|records?|articles?|publications?|stuff|things?|anything|something)\s+)"
    r"(?:new\s+)?(?:(?:comes?|appears?|turns?|is\s+published)\s+(?:(?:up|in|out)\s+)?)?"
    r"(?:about|on|regarding|concerning)\s+(?=\S)"
    r"|^(?:(?:about|on|of|to|for)\s+)+(?=\S)"
    r"|^(?:this|our|the)\s+(?:channel|room|team)\s+(?:to|for|on|about|with)\s+(?=\S)",
    re.IGNORECASE,
)
# "When there's something new from Bronte": somebody's works.
_NEW_BY = re.compile(
    r"^(?:(?:about|on|of|when(?:ever)?|if|once|as soon as|there(?:['’]s| is| are))\s+)*"
    r"(?:(?:any|all|the|some)\s+)*(?:new\s+)?(?:papers?|records?|articles?|publications?|stuff|things?|anything|something)"
    r"\s+(?:new\s+)?(?:from|by)\s+(?=\S)",
    re.IGNORECASE,
)
# "Send me weekly TIL news"; but "subscribe weekly paclitaxel" is about that.
_SENT = re.compile(r"(?:send|e-?mail|post|give)\b", re.IGNORECASE)
_WHEN_AHEAD = re.compile(
    r"(?P<first>daily|weekly|monthly)\s+(?!(?:on|at|in|to|of|about|for|with)\b)(?=\S)",
    re.IGNORECASE,
)
# "A monthly digest of … on the 1st": the day belongs to how often.
_ON_DAY = re.compile(
    r"(?:\s+on\s+(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?|(?:\s+on|\s*,)\s+(?:the\s+)?(?:mon|tue|wed|thu|fri|sat|sun)\w*)\b.{0,40}$",
    re.IGNORECASE,
)
# "… come out, weekly": what is watched for always comes.
_COMES = re.compile(
    r"\s+(?:(?:comes?|coming|turns?|pops?|shows?)\s+(?:out|up|in)|appears?|drops?|lands?"
    r"|(?:is|are|gets?|has been|have been)\s+(?:published|released|posted|added|out|available))"
    rf"(?=\s*(?:[,;]|$)|\s+(?:at|on|{_WHEN.pattern}))",
    re.IGNORECASE,
)
_NEW_ONES = re.compile(
    r"^(?:(?:any|all|the|some)\s+)*new\s+(?P<topic>\S.*?)\s+(?:papers?|records?|articles?)\b",
    re.IGNORECASE,
)


def run(context: Context) -> Reply:
    """Begin to watch, and say exactly what was made; without words, what can be done."""
    text = clean(unmark(_CHANNEL_LINK.sub(r"#\1", context.request.text)))
    if _LIST.fullmatch(text):
        return listing(context)
    if _CHANGE.match(text):
        return changing(context, text)
    words = context.router.reader.subject(text, "subscribe")
    if not words:
        return _how(context)
    first = _FIRST_WHEN.match(words) or (_SENT.match(text) and _WHEN_AHEAD.match(words))
    if first:
        words = words[first.end() :]
        day = _ON_DAY.search(words)
        at = day.start() if day else len(words)
        words = f"{words[:at]} {first['first']} {words[at:].strip(' ,')}".strip()
    words = _NEW_BY.sub("papers by ", words)
    words = _NEW_ONES.sub(r"\g<topic>", _NEW_PAPERS.sub("", _COMES.sub("", words)))
    words = _shown(context, words)
    place = context.request.place
    if place is None:
        return _only_shown(context, words)
    context.must(Deed.SUBSCRIBE)
    desk = context.services.subscriptions
    who = person(place.workspace, place.channel, place.user)
    anyway = _ANYWAY.match(words)
    words = words[anyway.end() if anyway else 0 :]
    draft = desk.draft(words, who, context.services.usual_schedule)
    if not anyway and desk.like(draft, who) is None and (doubt := _doubted(context, draft, words)):
        return doubt
    is_seen = context.audience is Audience.PUBLIC and draft.channel == place.channel
    with context.services.gate.counted(Deed.SUBSCRIBE) as give_back:
        stored, outcome = desk.make(draft, who, is_seen=is_seen)
        if outcome != "new":
            give_back()
    seen = desk.preview(draft.watch) if draft.watch.kind != "record" else None
    learnt = lesson(context.services, stored)
    visitor = acting()
    is_member = visitor.has_bot(stored.channel) if visitor is not None else None
    message = views.made(
        stored, seen, context.audience, outcome=outcome, lesson=learnt, is_member=is_member
    )
    return Reply(_answer(context, draft, message.text), message)


def _doubted(context: Context, draft: Draft, words: str) -> Reply | None:
    """What is to be confirmed first, where a watch may bring nothing; None where it is sound."""
    watches = context.services.watches
    query = watches.query(draft.watch)
    doubts = watches.doubts(query) if draft.watch.kind == "search" else ()
    if not doubts:
        return None
    mended, typed = words, words
    for each in query.corrected:
        mended = re.sub(rf"(?<!\w){re.escape(each.typed)}(?!\w)", each.used, mended, count=1)
        typed = describing.exactly(typed, each.typed) or typed
    instead = " and ".join(each.used for each in query.corrected)
    offers: tuple[tuple[str, str], ...] = ()
    if instead:
        offers = ((f"Watch “{instead}” instead", f"subscribe anyway {mended}"),)
    senses = [s for s in query.senses if is_undecided(s)]
    offers += tuple(
        (f"Watch “{label}” instead", f"subscribe anyway {words.replace(sense.typed, label, 1)}")
        for sense in senses[:1]
        for label, _ in sense.alternatives[:_MOST_SENSES]
    )
    offers = (*offers, ("Watch it anyway", f"subscribe anyway {typed}"))
    notes = (*doubts, f"“{draft.watch.query}” is not watched yet: is it what you want to watch?")
    # The doubts say how it was read; to undo a correction is one of the buttons.
    plain = replace(query, offers=offers, corrected=(), senses=(), notes=())
    understood = describe_query(plain, "subscribe", notes)
    answer = Answer(query=context.query.text, understood=understood)
    return Reply(answer, errors.hint(answer, context.audience))


def _is_watched(context: Context) -> bool:
    """Asked for by a word that means nothing else; "watch" and "digest" only with a known topic."""
    weak = _WEAK.match(context.query.text)
    if not weak or _WHEN.search(context.query.text):
        return True
    return points(context) or bool(context.query.identifiers) or known_topic(context)


def changing(context: Context, text: str) -> Reply:
    """Those whose change is wanted, each with its [Change]; that there is none, where so."""
    about = _CHANGED.sub(" ", text)
    words = " ".join(w for w in re.findall(r"[\w-]+", about) if not is_empty(w.casefold()))
    if watched(context, words):
        return listing(context, words)
    on = f" on “{words[:60]}”" if words else ""
    notes = (
        f"Nothing is watched{on} here, so there is no schedule to change.",
        "`subscriptions` lists what is watched; `subscribe TOPIC daily` begins.",
    )
    answer = Answer(
        query=context.query.text,
        understood=describe_query(replace(context.query, parts=()), "subscribe", notes),
        suggestions=("subscriptions",),
    )
    return Reply(answer, errors.hint(answer, context.audience))


def _shown(context: Context, words: str) -> str:
    """What was shown where only "this" or "the second one" is named: a search, or a record."""
    shown, this = context.shown, _SEARCHED.fullmatch(words)
    if this and shown and len(shown.record_ids) > 1 and not shown.opened:
        listed = context.router.listed_for(context.request, shown)
        if listed is not None:
            return f"{context.router.refiner.text(listed)}{this['when']}"
    if not _ALREADY_SHOWN.fullmatch(words) or context.shown is None:
        return words
    place = next(iter(pointing.ordinals(words)), 1)
    ids = context.shown.record_ids
    stored = context.services.store.get_many(ids)
    index = place - 1 if place > 0 else len(stored) - 1
    if not 0 <= index < len(stored):
        raise UsageError("No such record was shown here.", "Paste its DOI instead.")
    named = stored[index].doi or stored[index].pmid
    if named is None:
        raise UsageError("That record has no DOI or PMID to follow it by.", "Follow its author.")
    return named


def _only_shown(context: Context, words: str) -> Reply:
    """In a terminal there is no channel: what it would watch is shown, and nothing is made."""
    desk = context.services.subscriptions
    draft = desk.draft(words, OPERATOR, context.services.usual_schedule)
    notes = [
        f"Would watch “{draft.watch.query}”, {draft.schedule.words}.",
        f"Understood as: {draft.watch.described}",
    ]
    if draft.watch.kind != "record":
        notes.append(views.preview(desk.preview(draft.watch)))
    if draft.watch.kind == "search":
        notes += context.services.watches.doubts(context.services.watches.query(draft.watch))
    notes.append("Nothing was made: `tme subscribe --channel C0…` makes it from here.")
    answer = _answer(context, draft, *notes)
    return Reply(answer, errors.hint(answer, context.audience))


def _answer(context: Context, draft: Draft, *notes: str) -> Answer:
    """What was understood of the question alone, without the words of its schedule."""
    query = context.services.watches.query(draft.watch)
    understood = describe_query(query, "subscribe", notes)
    return Answer(query=context.query.text, understood=understood)


def _how(context: Context) -> Reply:
    notes = (
        "Say what to watch for, and when: `subscribe CAF in melanoma weekly on MON at 09:00`.",
        "`subscriptions` lists what is watched here.",
    )
    answer = Answer(
        query=context.query.text,
        understood=describe_query(context.query, context.query.action, notes),
        suggestions=("subscriptions",),
    )
    return Reply(answer, errors.hint(answer, context.audience))


COMMAND = Command(
    run=run,
    words="subscribe TOPIC",
    summary="Be told what is new on it: `daily`, `weekdays`, `weekly on MON`, `every two weeks`,"
    " `monthly`;"
    " `at 09:00`, `in Europe/London`, `in #channel`; `subscriptions` lists and changes them",
    example="subscribe CAF in melanoma weekly on MON at 09:00",
    aliases=(
        "subscribe to",
        "subscribe me to",
        "subscribe me",
        "alert me",
        "notify me",
        "alert us",
        "notify us",
    ),
    patterns=(
        r"(?:(?:show|list)(?: me)? )?(?:my|our|the) (?:subscriptions|alerts|digests)",
        r"subs|subscriptions|alerts|digests",
        r"subscribe(?: me)?(?: to)? (?:all |any )?new (?:papers?|records?|articles?) (?:on|about)\b(?P<subject>.{0,400})",
        r"(?:alert|notify|remind) (?:me|us)(?: about| on| when| for| to| of)?\b(?P<subject>.{0,400})",
        r"(?:sign|put) (?:me|us) (?:up|down) (?:for|to)\b(?P<subject>.{1,400})",
        r"let (?:me|us) know (?P<subject>(?:every|each|daily|weekly|monthly|on (?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b.{3,300})",
        r"(?:tell (?:me|us) (?:when(?:ever)?|if|as soon as)|(?:ping|message|text|e-?mail) (?:me|us) (?:when(?:ever)?|if|about|on|as soon as)|let (?:me|us) know (?:when(?:ever)?|if|about|of|as soon as)|keep an eye (?:out )?(?:on|for)|(?:keep|get) (?:me|us) (?:posted|updated|informed|in the loop|up[- ]to[- ]date) (?:about|on|of|with))\b(?P<subject>.{0,400})",
        rf"(?:.{{0,30}}\b(?:an?|the|my|our|get|give me|send me) )?(?P<subject>{_FIRST_WHEN.pattern}.{{3,300}})",
        rf"(?:set up|create|make|start|add)(?: me| us)? (?:an? |the )?(?:new )?(?:{DIGEST}|subscription) (?:for|on|about|to)\b(?P<subject>.{{2,400}})",
        rf"(?:change|switch|move|set) (?P<subject>.{{2,100}} to {_WHEN.pattern}.{{0,60}})",
        r"(?:send|e-?mail|post|give)(?: me| us) (?P<subject>(?:daily|weekly|monthly) .{2,300})",
        (
            r"(?P<subject>(?:every|each)\b(?=[^:]*\b(?:(?:week|work)?days?|weeks?|months?|fortnight"
            r"|mornings?|evenings?|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b)[^:]{3,40}:\s.{2,300})"
        ),
        r"(?:what|which).{0,20} (?:subscribed to|following|watching|watched)(?: here)?\??",
        r"(?:send|e-?mail|post)(?: me| us)? (?:(?:an?|new|the|all|any|regular|daily|weekly|monthly) )*(?:papers?|records?|articles?|digests?|updates?|summar(?:y|ies)) (?:on|about|of|for)\b(?: (?:the|all|any|new|latest))*(?P<subject>.{0,400})",
        (
            r"(?:send|e-?mail|post)(?: me| us) (?P<subject>.{1,300}?\b(?:papers?|records?|articles?)\b.{0,20}\b"
            r"(?:every|each|daily|weekly|monthly|on|at|once)\b.{1,100})"
        ),
        r"(?:change|switch|move|set|make|update) (?P<subject>(?:my|our|the) .{0,200}?\b(?:alerts?|subscriptions?|digests?)\b.{0,100})",
        r"(?:follow|watch|alert|digest|sub)\b(?! ?(?:-|up\b|and\b|of\b))(?P<subject>.{1,400})",
    ),
    takes_subject=True,
    needs=_is_watched,
)
