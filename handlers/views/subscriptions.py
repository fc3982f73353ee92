"""Subscriptions as people see them: one that was made, the list, and troubles."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.digests.subscriptions import Outcome
from bot.digests.watches import Preview
from bot.records.models import Record
from bot.store.subscriptions import Subscription
from handlers.views import buttons
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, literal, moment, prose
from handlers.views.parts import context, divider, lines, section
from handlers.views.wording import count, day, title

_INVITE = "I am not in that channel yet: type `/invite` and my name there."
# A control each, and one more: an answer has a dozen.
_MOST_LISTED = 11
_LONGEST_QUERY = 150
_PERSON = re.compile(r"[UW][A-Z0-9]{2,30}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")
_OUTCOMES: dict[Outcome, str] = {
    "new": "Watching",
    "same": "Already watched here:",
    "changed": "Already watched here, now at other times:",
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a subscription has learnt: how many records were saved and not relevant.

    `up` and `down` name concepts whose records move up and down, those that move most first.
    """

    saved: int
    not_relevant: int
    up: tuple[str, ...]
    down: tuple[str, ...]

    @property
    def words(self) -> str:
        """What was learnt, and the rule by which it moves records."""
        moved = [
            f"{where} with {', '.join(names)}"
            for where, names in (("up", self.up), ("down", self.down))
            if names
        ]
        what = "; ".join(moved) or "no concept moves a record"
        return (
            f"Your feedback: {self.saved} saved, {self.not_relevant} not relevant; {what}. Records"
            " that share these concepts move by at most half their score; none is left out."
        )


def preview(seen: Preview) -> str:
    """What a watch would have brought, in a sentence."""
    if seen.arrived is None:
        return "More came in the last 30 days than can be counted quickly."
    if not seen.posted:
        text = "Would have posted nothing in the last 30 days."
    else:
        weekly = round(seen.weekly)
        rate = f"about {weekly} a week" if weekly else "less than one a week"
        text = f"Would have posted {count(seen.posted, 'record')} in the last 30 days ({rate})."
    if seen.since is not None:
        since = day(seen.since)
        text += f" All records came since {since}, so that says little of a usual month."
    return text


def made(  # noqa: PLR0913 - all of it is shown
    stored: Subscription,
    seen: Preview | None,
    audience: Audience,
    *,
    outcome: Outcome = "new",
    lesson: Lesson | None = None,
    is_member: bool | None = None,
) -> Message:
    """What was made, exactly: what it watches, how that was understood, when it posts.

    `is_member` says whether the bot is in the channel, where that is known.
    """
    query = query_of(stored)
    what = _OUTCOMES[outcome]
    details = (
        preview(seen) if seen is not None else None,
        _INVITE if is_member is False else None,
        lesson.words if lesson else None,
    )
    head = (bold(literal(f"{what} “{query}”")), f"Posts in {place(stored.channel)}")
    read = f"Understood as: {fit(stored.watch.described, 300)}" if stored.watch.described else None
    read_as = (literal(read) if read else None, *_when(stored))
    written = lines((*head, *read_as, *(prose(line) for line in details if line)))
    return Message((section(written), *_row(stored, audience, lesson)))


def listing(
    stored: Sequence[Subscription], here: str, audience: Audience, lessons: Mapping[str, Lesson]
) -> Message:
    """Those of the channel and the person's own, each with what can be done about it.

    `lessons` are what they have learnt, by their ids.
    """
    new = buttons.actions("new", [new_button(audience)])
    if not stored:
        hint = "For example: `subscribe CAF in melanoma weekly on MON at 09:00`."
        return Message((section(lines(("Nothing is watched here yet.", prose(hint)))), *new))
    blocks: list[Block] = [section(bold(count(len(stored), "subscription")))]
    for each in stored[:_MOST_LISTED]:
        blocks += [divider(), *entry(each, here, audience, lessons.get(each.id))]
    if len(stored) > _MOST_LISTED:
        rest = f"+{len(stored) - _MOST_LISTED} more: `unsubscribe` and a word of theirs finds them."
        blocks.append(context(prose(rest)))
    return Message((*blocks, *new))


def stopped(stored: Subscription) -> Message:
    """That it ended, and how to begin again."""
    query = query_of(stored)
    where = f" in <#{stored.channel}>" if _CHANNEL.fullmatch(stored.channel) else ""
    when = f" {stored.schedule.typed}" if stored.watch.kind != "record" else ""
    words = f"subscribe {stored.watch.query}{when}{where}"
    again = buttons.button("Watch it again", f"{buttons.ASK}:0", q=words)
    ended = section(literal(f"Stopped watching “{query}”."))
    return Message((ended, *buttons.actions("again", [again])))


def not_relevant(stored: Subscription, record: Record, lesson: Lesson | None) -> Message:
    """What a press of [Not relevant] does, and that it can be undone."""
    noted = (
        f"Noted: “{title(record, 100)}” is not relevant here. New records that share its concepts"
        " come further down in these digests; nothing is left out."
    )
    learnt = [context(literal(lesson.words))] if lesson else []
    reset = buttons.actions(f"sub:{stored.id}", [_reset(stored, lesson)])
    return Message((section(literal(noted)), *learnt, *reset))


def changed(stored: Subscription, what: str, lesson: Lesson | None = None) -> Message:
    """A line that says what was done, and what can be done next."""
    query = query_of(stored)
    learnt = [literal(lesson.words)] if lesson else []
    written = section(lines((literal(f"“{query}”: {what}"), *_when(stored), *learnt)))
    return Message((written, *_row(stored, Audience.PRIVATE, lesson)))


def set_up(stored: Subscription, who: str) -> Message:
    """To the channel: what was set up for it and by whom, with the way to change or stop it."""
    query = query_of(stored)
    head = f"{_person(who)} set up a digest here: {bold(literal(f'“{query}”'))}"
    written = section(lines((head, *_when(stored))))
    return Message((written, *_row(stored, Audience.PRIVATE, None)))


def back(stored: Subscription, since: datetime) -> Message:
    """To the owner: the app is installed again, and digests go on."""
    query = query_of(stored)
    head = (
        f"{literal(f'I am installed again: the digests of “{query}” in')} {place(stored.channel)}"
    )
    rest = literal(f"go on. They were paused from {day(since)}; nothing is lost.")
    return Message((section(f"{head} {rest}"), *_row(stored, Audience.PRIVATE, None)))


def closed(stored: Subscription, trouble: str, hint: str) -> Message:
    """To the owner: where it cannot be posted any more, and the one thing to do."""
    query = query_of(stored)
    why = {
        "not_in_channel": "I am not a member of it",
        "channel_not_found": "I cannot find it: I was removed, or it is gone",
        "is_archived": "it is archived",
        "not_installed": "the app is not installed there",
    }.get(trouble, f"Slack says “{trouble}”")
    head = f"{literal(f'I cannot post the digests of “{query}” in')} {place(stored.channel)}"
    rest = "Nothing is lost: what is new waits, and I try again by myself."
    row = [
        buttons.button("Try now", buttons.SUB_RESUME, s=stored.id),
        buttons.button("Edit", buttons.SUB_EDIT, s=stored.id),
        buttons.button("Stop", buttons.SUB_STOP, s=stored.id),
    ]
    written = section(lines((f"{head}: {literal(why)}.", prose(hint), rest)))
    return Message((written, *buttons.actions(f"sub:{stored.id}", row)))


def query_of(stored: Subscription) -> str:
    """What it watches, as it was typed, at most a line long; not escaped yet."""
    return fit(stored.watch.query, _LONGEST_QUERY)


def place(channel: str) -> str:
    """Where it posts, as mrkdwn."""
    if _CHANNEL.fullmatch(channel):
        return f"<#{channel}>"
    if _PERSON.fullmatch(channel):
        return f"direct messages to {_person(channel)}"
    return "direct messages" if channel.startswith("D") else f"channel {fit(channel, 40)}"


def _person(who: str) -> str:
    return f"<@{who}>" if _PERSON.fullmatch(who) else literal(fit(who, 40))


def _when(stored: Subscription) -> list[str]:
    """When it posts, or why it does not, as lines of mrkdwn."""
    follows_one = stored.watch.kind == "record"
    if follows_one and stored.state != "paused":
        return ["Posts at once when it is retracted, corrected or published."]
    later = "Posts after the pause what became known"
    shown = [literal(later if follows_one else f"Posts {stored.schedule.words}")]
    if stored.trouble:
        shown.append(literal(f"Paused: Slack says “{stored.trouble}”; I try again by myself"))
    elif stored.paused_until:
        shown.append(f"Paused until {moment(stored.paused_until)}")
    elif stored.state == "paused":
        shown.append("Paused")
    else:
        shown.append(f"Next on {moment(stored.due)}")
    return shown


def entry(
    stored: Subscription, here: str, audience: Audience, lesson: Lesson | None
) -> list[Block]:
    """One of a list, with what can be done about it; `here` is the channel where it is shown."""
    query = query_of(stored)
    where = f"in {place(stored.channel)}" if stored.channel != here else None
    body = lines((bold(f"“{literal(query)}”"), where, *_when(stored)))
    small = lines((_history(stored), literal(lesson.words) if lesson else None))
    if audience is Audience.TERMINAL:
        return [section(body), context(lines((small, _typed(stored))))]
    can_do = buttons.menu(_controls(stored, lesson))
    return [section(body, accessory=can_do), context(small)]


def _history(stored: Subscription) -> str:
    """Who made it, and who changed it last, with the days."""
    text = f"Made by {_person(stored.created_by)} on {day(stored.created_at)}"
    if stored.changed_at != stored.created_at:
        text += f" · last changed by {_person(stored.changed_by)} on {day(stored.changed_at)}"
    return text


def _row(stored: Subscription, audience: Audience, lesson: Lesson | None) -> list[Block]:
    if audience is Audience.TERMINAL:
        return [context(_typed(stored))]
    return [*buttons.actions(f"sub:{stored.id}", _controls(stored, lesson))]


def _controls(stored: Subscription, lesson: Lesson | None) -> list[ButtonElement | None]:
    """What can be done about a subscription."""
    paused = stored.state == "paused"
    digests = stored.watch.kind != "record"
    return [
        buttons.button("Edit", buttons.SUB_EDIT, s=stored.id),
        buttons.button("Resume" if paused else "Pause until…",
                       buttons.SUB_RESUME if paused else buttons.SUB_PAUSE, s=stored.id),
        buttons.button("Preview now", buttons.SUB_PREVIEW, s=stored.id) if digests else None,
        _reset(stored, lesson),
        buttons.button("Stop", buttons.SUB_STOP, s=stored.id),
    ]  # fmt: skip


def _typed(stored: Subscription) -> str:
    """What stands for its buttons in a terminal."""
    rest = "resume" if stored.state == "paused" else "pause"
    return f"`tme subscriptions --stop {stored.id}` ends it, `--{rest} {stored.id}` {rest}s it."


def _reset(stored: Subscription, lesson: Lesson | None) -> ButtonElement | None:
    """[Reset learning], where something was learnt."""
    return buttons.button("Reset learning", buttons.SUB_RESET, s=stored.id) if lesson else None


def new_button(audience: Audience) -> ButtonElement | None:
    """[New subscription], where something can be pressed."""
    if audience is Audience.TERMINAL:
        return None
    return buttons.button("New subscription", buttons.SUB_NEW, n=1)
