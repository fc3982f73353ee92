"""Journal clubs as people see them: how one stands, and the post of a paper on its day."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.digests.clubs import Standing
from bot.records.answers import Hit
from bot.records.models import Record
from bot.store.clubs import Club, Meeting
from handlers.views import buttons, records, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, link, literal, moment, person, prose
from handlers.views.parts import context, lines, section
from handlers.views.subscriptions import place

_MOST_LEFT, _MOST_HAD, _MOST_NAMED = 5, 5, 10
_HOW = (
    "A journal club posts the next paper of a reading list on its day, with a thread to discuss it:"
    " `club cancer cell weekly on THU at 16:00 with @Ana @Ben`. `save DOI to our cancer cell` puts"
    " papers on its list."
)
_DISCUSS = (
    "Discuss it in this thread. `note: WORDS`, to me, keeps a note with the paper. 👍 or 👎 says"
    " whether it was worth reading."
)


def overview(clubs: Sequence[Club], audience: Audience) -> Message:
    """The clubs of a channel, each with its day, and how one begins."""
    if not clubs:
        return Message((section("There is no journal club here yet."), context(prose(_HOW))))
    del audience  # the same for all
    return Message(tuple(rows(clubs)))


def rows(clubs: Sequence[Club]) -> list[Block]:
    """A line for each club, its channel, its day and who presents, with the way to more of it."""
    return [
        section(
            _line(each),
            accessory=buttons.button("Open", f"{buttons.ASK}:c{n}", q=f"club {each.name}"),
        )
        for n, each in enumerate(clubs)
    ]


def _line(club: Club) -> str:
    who = f", {_who(club.presenter())} presents" if club.presenters else ""
    when = "paused" if club.state == "paused" else f"next on {moment(club.due)}{who}"
    return f"{bold(literal(fit(club.name, 80)))} in {place(club.channel)}: {when}"


def standing(
    of: Standing, titles: dict[str, str], audience: Audience, done: str | None = None
) -> Message:
    """How a club stands, under what was just done; `titles` are those of what it had, by id."""
    club, on = of.club, of.on
    name = fit(club.name, 80)
    when = "Paused" if club.state == "paused" else f"Next on {moment(club.due)}"
    order = [_who(club.presenter(n)) for n in range(min(len(club.presenters), _MOST_NAMED))]
    left = [f"{n}. {_linked(each)}" for n, each in enumerate(of.left[:_MOST_LEFT], start=1)]
    more = len(of.left) - len(left)
    blocks: list[Block] = [
        section(lines((
            literal(done) if done else None,
            bold(literal(f"Journal club “{name}”")),
            f"{when} · {literal(club.schedule.words)}",
            f"Presenters, in turn: {', '.join(order)}" if order else "Nobody is named to present.",
        ))),
        section(lines((
            bold("To read:"), *(left or [literal(_nothing_left(of))]),
            f"+{more} more" if more > 0 else None,
        ))),
    ]  # fmt: skip
    if of.had:
        blocks.append(section(lines((bold("Read:"), *_had(of.had, titles)))))
        if not any(each.worth or each.not_worth for each in of.had):
            none = "No vote was counted yet: I see reactions where I have the scope reactions:read."
            blocks.append(context(none))
    if club.state == "stopped":
        blocks = blocks[:1]
    elif audience is not Audience.TERMINAL:
        state = "resume" if club.state == "paused" else "pause"
        acts = [("Skip the next day", "skip"), (state.capitalize(), state), ("Stop", "stop")]
        if len(club.presenters) > 1:
            acts.insert(1, ("Swap the next two", "swap"))
        choices = [(label, f"club {club.name} {act}") for label, act in acts]
        if on is not None and audience is not Audience.DIRECT:
            choices.insert(0, ("Its list", f"list our {on.name}"))
        blocks += buttons.actions("club", buttons.ask_buttons(choices))
    return Message(tuple(blocks))


def post(club: Club, meeting: Meeting | None, record: Record | None) -> Message:
    """The post of a day: the paper, who presents it, and what to do in its thread."""
    name = fit(club.name, 80)
    following = f"Next on {moment(club.due)}" if club.state == "active" else None
    if record is None or meeting is None:
        nothing = f"Journal club “{name}”: nothing is left to read. `save DOI to our LIST` adds."
        return Message((section(prose(nothing)),))
    who = f" · {_who(meeting.presenter)} presents" if meeting.presenter else ""
    then = f", {_who(club.presenter())} presents" if club.presenters else ""
    card = records.brief_card(
        Hit(record=record, score=0.0, strict=True),
        1,
        records.controls(record, Audience.PUBLIC, in_row=True),
    )
    small = (prose(_DISCUSS), f"{following}{then}." if following else None)
    return Message((
        section(f"{bold(literal(f'Journal club “{name}”'))}{who}"), *card, context(lines(small)),
    ))  # fmt: skip


def set_up(club: Club, is_new: bool) -> str:
    """What was done to a club, in a line."""
    return f"{'Set up' if is_new else 'Changed'}: “{fit(club.name, 80)}”."


def closed(club: Club, trouble: str, hint: str) -> Message:
    """To who made it: that its post was refused, and what to do."""
    text = f"I cannot post in the channel of the journal club “{fit(club.name, 80)}” ({trouble})."
    return Message((section(lines((literal(text), prose(hint), "It is paused until then."))),))


def noted(club: Club, record: Record) -> Message:
    """That a note is kept, and where."""
    title = fit(wording.title(record), 100)
    return Message((section(literal(f"Noted on “{title}”, on the list of “{club.name}”.")),))


def _had(had: Sequence[Meeting], titles: dict[str, str]) -> list[str]:
    shown = []
    for each in had[:_MOST_HAD]:
        votes = f" · 👍 {each.worth} 👎 {each.not_worth}" if each.worth or each.not_worth else ""
        who = f" · {_who(each.presenter)}" if each.presenter else ""
        title = literal(fit(titles.get(each.record_id, "a deleted record"), 120))
        shown.append(f"• {wording.day(each.due)}: {title}{who}{votes}")
    return shown


def _nothing_left(of: Standing) -> str:
    name = of.on.name if of.on else of.club.name
    return f"Nothing: “save DOI to our {name}” puts a paper on its list."


def _who(user: str | None) -> str:
    return person(user or "somebody")


def _linked(record: Record) -> str:
    return link(wording.home(record), fit(wording.title(record), 120))
