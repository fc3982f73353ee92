"""The bot's own page in Slack (App Home): a person's desk, or an answer in its place."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.curation.preferences import Preferences
from bot.records.models import Record
from bot.store.clubs import Club
from bot.store.lists import ReadingList
from bot.store.subscriptions import Subscription
from handlers.views import buttons, club, help, reading, wording  # noqa: A004 - of that name
from handlers.views import settings as setting_views
from handlers.views import subscriptions as subscription_views
from handlers.views.data import DataBlock
from handlers.views.message import Audience, Message, as_text
from handlers.views.mrkdwn import bold, fit, link, literal, moment
from handlers.views.parts import context, divider, lines, section

# Slack takes a hundred blocks in a view.
_MOST_BLOCKS = 98
_MOST_LISTS, _MOST_SUBSCRIPTIONS, _MOST_TITLES = 5, 8, 3


@dataclass(frozen=True, slots=True)
class News:
    """What came in on a subscription since its last digest; `records` are the best of it."""

    subscription: Subscription
    total: int
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Happened:
    """What became known of a work on the person's lists."""

    record: Record
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """What a person has before them. `lists` are each with how many of it are unread.

    `arrived` is how many records came since a digest where they are too many to look at now;
    `sources` are lines of mrkdwn on how the sources stand, for admins.
    """

    examples: Sequence[str] = ()
    happened: Sequence[Happened] = ()
    news: Sequence[News] = ()
    arrived: int = 0
    lists: Sequence[tuple[ReadingList, int]] = ()
    subscriptions: Sequence[Subscription] = ()
    clubs: Sequence[Club] = ()
    preferences: Preferences = field(default_factory=Preferences)
    slack_zone: str | None = None
    sources: str | None = None


def home(desk: Desk, notice: Message | None = None) -> View:
    """The whole desk, under what was just done."""
    pressed = [
        *buttons.ask_buttons([(each, each) for each in desk.examples[:3]]),
        buttons.button("Search with filters", buttons.SEARCH, n=1),
        buttons.button("Help", f"{buttons.ASK}:help", q="help"),
    ]
    blocks: list[Block] = [
        *([*notice.blocks, divider()] if notice else []),
        *_title("TME papers"),
        section(help.WHAT),
        *buttons.actions("examples", pressed),
        *_happened(desk.happened),
        *_news(desk),
        *_lists(desk.lists),
        *_subscriptions(desk.subscriptions),
        *([*_title("Journal clubs"), *club.rows(desk.clubs)] if desk.clubs else []),
        *_title("Your settings"),
        *setting_views.rows(desk.preferences, desk.slack_zone),
        *([*_title("Sources"), section(desk.sources)] if desk.sources else []),
    ]
    return _view(blocks)


def answered(message: Message) -> View:
    """An answer in place of the desk, with the way back to it."""
    back = buttons.actions("back", [buttons.button("Back to your desk", buttons.HOME, n=1)])
    return _view([*back, *message.blocks])


def _view(blocks: Sequence[Block]) -> View:
    """Blocks of several messages stand together here: each id once, and tables as text."""
    seen: set[str] = set()
    drawn = (as_text(b.to_dict()) if isinstance(b, DataBlock) else [b] for b in blocks)
    kept = list(chain.from_iterable(drawn))[:_MOST_BLOCKS]
    for number, block in enumerate(kept):
        if block.block_id in seen:
            block.block_id = f"{block.block_id}:{number}"
        if block.block_id:
            seen.add(block.block_id)
    return View(type="home", blocks=kept)


def _title(text: str) -> list[Block]:
    return [HeaderBlock(text=PlainTextObject(text=text, emoji=False))]


def _happened(happened: Sequence[Happened]) -> list[Block]:
    if not happened:
        return []
    shown = [
        f"{bold(each.kind.capitalize())} {moment(each.at)}: {_linked(each.record)}"
        for each in happened
    ]
    return [section(lines((bold("On your lists, and not what they were:"), *shown)))]


def _news(desk: Desk) -> list[Block]:
    """What is new on each topic, with a way to see all of it."""
    blocks: list[Block] = []
    for each in desk.news:
        query = fit(each.subscription.watch.query, 120)
        head = bold(f"{wording.count(each.total, 'new record')} on “{literal(query)}”")
        shown = [f"• {_linked(record)}" for record in each.records[:_MOST_TITLES]]
        see = buttons.button("See them", buttons.SUB_PREVIEW, s=each.subscription.id)
        since = f"since {moment(each.subscription.since)}"
        blocks.append(section(lines((f"{head} {since}", *shown)), accessory=see))
    if desk.arrived:
        many = f"{desk.arrived:,} records came in since your digests: each ⋯ below shows its own."
        blocks.append(context(many))
    elif desk.subscriptions and not blocks:
        blocks.append(context("Nothing new since your last digests."))
    return [*_title("New on your topics"), *blocks] if blocks else []


def _lists(lists: Sequence[tuple[ReadingList, int]]) -> list[Block]:
    if not lists:
        return []
    unread = sum(count for _, count in lists)
    left = wording.count(unread, "record") + " unread" if unread else "All read."
    shown = reading.rows(lists, _MOST_LISTS)
    return [*_title("Your reading lists"), context(left), *shown]


def _subscriptions(stored: Sequence[Subscription]) -> list[Block]:
    blocks: list[Block] = []
    for each in stored[:_MOST_SUBSCRIPTIONS]:
        blocks += subscription_views.entry(each, "", Audience.DIRECT, None)
    if len(stored) > _MOST_SUBSCRIPTIONS:
        row = [buttons.button(f"All {len(stored)}", f"{buttons.ASK}:subs", q="subscriptions")]
        blocks += buttons.actions("subs", row)
    if not blocks:
        blocks = [context("Nothing is watched for you yet.")]
    new = subscription_views.new_button(Audience.DIRECT)
    return [*_title("Your subscriptions"), *blocks, *buttons.actions("new", [new])]


def _linked(record: Record) -> str:
    return link(wording.home(record), wording.title(record))
