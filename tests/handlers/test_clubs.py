"""A channel's journal club: set up, posted on its day once, voted on, noted, and ended."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from slack_bolt import BoltRequest
from slack_sdk import WebClient

from bot.app.composition import build_router
from bot.digests.clubs import Clubs
from bot.digests.outbox import Hooks, Outbox, Timing
from bot.digests.people import Policy
from bot.store.clubs import Club
from bot.store.deliveries import Delivery, Pace
from handlers.digests import Drawer
from handlers.people import SlackPeople
from handlers.publisher import SlackPublisher
from handlers.services import Services
from handlers.views import buttons
from tests.handlers.bodies import (
    ALICE,
    BOB,
    CHANNEL,
    direct,
    home_opened,
    mention,
    press,
    reaction,
    slash,
    trigger,
)
from tests.handlers.conftest import NOW
from tests.handlers.standin import TEAM, SlackStandIn
from tests.handlers.visitor import waiting_app

WORKSPACE = f"/{TEAM}"
# NOW is a Thursday, at noon.
SET_UP = f"club cancer cell weekly on FRI at 16:00 with <@{ALICE}> <@{BOB}>"
FRIDAY = datetime.fromisoformat("2026-01-16T16:00:00+00:00")


class Lab:
    """A channel with a journal club, a clock, and an outbox that posts to Slack."""

    def __init__(self, services: Services, slack: SlackStandIn) -> None:
        self.clock = [NOW]
        clubs = Clubs(services.store, services.library, Policy(), lambda: self.clock[0])
        self.services = replace(
            services, clubs=clubs, people=SlackPeople(lambda: NOW), now=lambda: self.clock[0]
        )
        self.slack = slack
        self.app = waiting_app(slack, build_router(self.services))

    def say(self, text: str) -> str:
        """What is answered to `/tme text`."""
        return self.hear(slash(text, self.slack.response_url))

    def hear(self, body: dict[str, Any]) -> str:
        before = len(self.slack.calls)
        self.app.dispatch(BoltRequest(mode="socket_mode", body=body))
        return str([call.body for call in self.slack.calls[before:] if "blocks" in str(call.body)])

    def save(self, count: int) -> list[str]:
        """Put records on the club's list, the first first; their ids."""
        store = self.services.store
        found = store.lists.lists(WORKSPACE, [CHANNEL])
        on = found[0] if found else store.lists.make(WORKSPACE, CHANNEL, "cancer cell", ALICE, NOW)
        records = store.newest(count)
        for record in records:
            store.lists.add(on, record.id, ALICE, "", NOW)
        return [record.id for record in records]

    @property
    def club(self) -> Club:
        (club,) = self.services.store.clubs.everything()
        return club

    def post(self, at: datetime) -> list[dict[str, Any]]:
        """Let a moment come; what is posted then."""
        self.clock[0] = at
        before = len(self.slack.said("chat.postMessage"))
        self.services.clubs.step()
        client = WebClient(token="xoxb-test", base_url=self.slack.url, retry_handlers=[])
        publisher = SlackPublisher(client, Drawer(self.services))

        def refused(delivery: Delivery, reason: str) -> float | None:
            return self.services.clubs.on_refused(delivery, reason)

        outbox = Outbox(
            self.services.store.deliveries, publisher, self.services.now,
            Timing(pace=Pace(0.0, 0.0)), Hooks(refused=refused),
        )  # fmt: skip
        while outbox.step():
            pass
        return [call.body for call in self.slack.said("chat.postMessage")[before:]]


@pytest.fixture
def lab(untouched: Services, slack: SlackStandIn) -> Iterator[Lab]:
    slack.answers["users.info"] = {"user": {"team_id": TEAM}}
    slack.answers["conversations.members"] = {"members": [ALICE, BOB]}
    stamps = iter(range(1, 999))
    slack.answering["chat.postMessage"] = lambda body: {
        "ts": f"1800.{next(stamps):04d}", "channel": body["channel"]
    }  # fmt: skip
    made = Lab(untouched, slack)
    yield made
    with untouched.store._connections.writing() as db:
        for table in ("club_votes", "club_meetings", "clubs", "pace", "works_posted"):
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own tables
        db.execute("UPDATE deliveries SET state = 'withdrawn' WHERE state = 'pending'")


def test_a_club_is_set_up_in_words_and_shown(lab: Lab) -> None:
    said = lab.say(SET_UP)
    assert "Set up: “cancer cell”" in said
    assert f"<@{ALICE}>, <@{BOB}>" in said
    club = lab.club
    assert (club.name, club.presenters, club.due) == ("cancer cell", (ALICE, BOB), FRIDAY)
    assert "Nothing: “save DOI to our cancer cell”" in lab.say("club cancer cell")
    assert "cancer cell" in lab.say("clubs")


def test_a_name_that_is_no_mention_is_said_to_be_unknown(lab: Lab) -> None:
    assert "cannot tell who @Ana is" in lab.say("club cancer cell weekly on FRI with @Ana")
    assert lab.services.store.clubs.everything() == []


def test_ones_own_clubs_are_at_hand_on_home_and_in_a_direct_message(lab: Lab) -> None:
    lab.say(SET_UP)
    drawn = lab.hear(home_opened())
    assert f"*cancer cell* in <#{CHANNEL}>: next on" in drawn
    skip = press(f"{buttons.ASK}:c0", {"q": "club cancer cell skip"}, None, channel=None)
    assert "The next day is skipped" in lab.hear(skip)
    assert lab.club.due == FRIDAY + timedelta(days=7)
    said = lab.hear(direct("club cancer cell pause", event_id=f"Ev{trigger()}"))
    assert "Paused." in said
    assert "Its list" not in said, "it is the channel's"
    lab.hear(direct(f"club cancer cell list others with <@{BOB}>", event_id=f"Ev{trigger()}"))
    lists = lab.services.store.lists.lists(WORKSPACE, [CHANNEL])
    assert {each.name for each in lists} == {"cancer cell", "others"}


def test_clubs_of_others_are_not_at_hand_elsewhere(lab: Lab) -> None:
    lab.say(f"club cancer cell weekly on FRI with <@{BOB}>")
    with lab.services.store._connections.writing() as db:
        db.execute("UPDATE clubs SET created_by = ?", [BOB])
    assert "Journal clubs" not in lab.hear(home_opened())
    lab.hear(direct("club cancer cell pause", event_id=f"Ev{trigger()}"))
    assert lab.club.state == "active"


def test_words_that_set_nothing_up_are_searched(lab: Lab) -> None:
    lab.say("club cell carcinoma")
    assert lab.services.store.clubs.everything() == []


def test_the_next_paper_is_posted_on_its_day_once_and_presenters_take_turns(lab: Lab) -> None:
    first, second = lab.save(2)
    lab.say(SET_UP)
    assert lab.post(FRIDAY - timedelta(minutes=1)) == []
    (post,) = lab.post(FRIDAY)
    assert post["channel"] == CHANNEL
    assert f"<@{ALICE}> presents" in str(post["blocks"])
    assert lab.post(FRIDAY + timedelta(hours=1)) == [], "once"
    (post,) = lab.post(FRIDAY + timedelta(days=7))
    assert f"<@{BOB}> presents" in str(post["blocks"])
    had = lab.services.store.clubs.meetings(lab.club.id)
    assert [(each.record_id, each.presenter) for each in had] == [(second, BOB), (first, ALICE)]
    (post,) = lab.post(FRIDAY + timedelta(days=14))
    assert "nothing is left to read" in str(post["blocks"])
    assert lab.club.presenter() == ALICE, "who has nothing to present keeps the turn"


def test_after_downtime_one_post_stands_for_the_days_that_were_missed(lab: Lab) -> None:
    lab.save(3)
    lab.say(SET_UP)
    assert len(lab.post(FRIDAY + timedelta(days=22))) == 1
    assert lab.club.due == FRIDAY + timedelta(days=28)


def test_two_servers_decide_a_day_once(lab: Lab) -> None:
    lab.save(2)
    lab.say(SET_UP)
    store, club = lab.services.store, lab.club
    lab.clock[0] = FRIDAY
    turn = lab.services.clubs._turn(club, FRIDAY)
    assert store.clubs.decide(turn, FRIDAY) is True
    assert store.clubs.decide(turn, FRIDAY) is False
    assert len(store.clubs.meetings(club.id)) == 1


def test_a_day_is_skipped_and_two_presenters_are_swapped(lab: Lab) -> None:
    lab.say(SET_UP)
    assert "The next day is skipped" in lab.say("club cancer cell skip")
    for typed in ("skip", "pause", "resume"):
        assert lab.club.due == FRIDAY + timedelta(days=7 if typed == "skip" else 14)
        lab.say(f"club cancer cell {typed}")
    assert lab.club.due == FRIDAY + timedelta(days=14)
    lab.say("club cancer cell swap")
    assert lab.club.presenters == (BOB, ALICE)
    lab.say(f"club cancer cell swap <@{ALICE}> <@{BOB}>")
    assert lab.club.presenters == (ALICE, BOB)
    assert "Name two of its presenters" in lab.say("club cancer cell swap <@U09NONE> <@U08NONE>")


def test_a_paused_club_posts_nothing_and_goes_on_with_its_next_day(lab: Lab) -> None:
    lab.save(1)
    lab.say(SET_UP)
    lab.say("club cancer cell pause")
    assert lab.post(FRIDAY) == []
    lab.say("club cancer cell resume")
    assert lab.club.due == FRIDAY + timedelta(days=7)
    lab.say("club cancer cell stop")
    assert lab.services.store.clubs.everything() == []


def test_a_change_leaves_what_is_not_named_as_it_is(lab: Lab) -> None:
    lab.say(SET_UP)
    lab.say("club cancer cell monthly on day 3 at 10:00")
    assert (lab.club.presenters, lab.club.schedule.day) == ((ALICE, BOB), 3)


@pytest.mark.parametrize(
    ("sign", "worth"),
    [("+1", (1, 0)), ("thumbsdown", (0, 1)), ("eyes", (0, 0)), ("+1::skin-tone-3", (1, 0))],
)
def test_a_reaction_under_the_post_is_a_vote_until_it_is_taken_back(
    lab: Lab, sign: str, worth: tuple[int, int]
) -> None:
    lab.save(1)
    lab.say(SET_UP)
    lab.post(FRIDAY)
    ts = "1800.0001"
    assert "No vote was counted yet" in lab.say("club cancer cell")

    def votes() -> tuple[int, int]:
        (met,) = lab.services.store.clubs.meetings(lab.club.id)
        return met.worth, met.not_worth

    for _ in range(2):
        lab.hear(reaction(sign=sign, ts=ts))
    assert votes() == worth
    lab.hear(reaction(sign=sign, ts="1800.9999"))
    assert votes() == worth, "under another post it is none"
    lab.hear(reaction("reaction_removed", sign=sign, ts=ts))
    assert votes() == (0, 0)


def test_a_note_in_the_thread_is_kept_with_the_record(lab: Lab) -> None:
    (record_id,) = lab.save(1)
    lab.say(SET_UP)
    lab.post(FRIDAY)
    for words in ("note: the controls are weak", "note figure 2 was repeated"):
        said = lab.hear(mention(words, thread_ts="1800.0001", event_id=f"Ev{trigger()}"))
        assert "Noted on" in said
    record = lab.services.store.get(record_id)
    assert record is not None
    opened = lab.say(record.doi or record.title)
    assert "Note on “cancer cell”: the controls are weak · figure 2 was repeated" in opened
    elsewhere = lab.hear(mention("note: here", thread_ts="1700.7", event_id=f"Ev{trigger()}"))
    assert "Noted" not in elsewhere


def test_a_guest_notes_and_changes_nothing(lab: Lab) -> None:
    lab.save(1)
    lab.say(SET_UP)
    lab.post(FRIDAY)
    lab.services.people._known._answers.clear()
    lab.slack.answers["users.info"] = {"user": {"team_id": TEAM, "is_restricted": True}}
    words = mention("note: mine", thread_ts="1800.0001", event_id=f"Ev{trigger()}")
    assert "Guests can read answers" in lab.hear(words)
    assert "Guests can read answers" in lab.say("club cancer cell stop")
    assert lab.club.state == "active"


def test_a_channel_that_is_closed_pauses_the_club_and_keeps_the_paper(lab: Lab) -> None:
    (record_id,) = lab.save(1)
    lab.say(SET_UP)
    lab.slack.refuse_once("chat.postMessage", "not_in_channel")
    posts = lab.post(FRIDAY)
    told = [post for post in posts if post["channel"] == ALICE]
    assert "It is paused until then" in str(told)
    assert lab.club.state == "paused"
    lab.say("club cancer cell resume")
    (post,) = lab.post(FRIDAY + timedelta(days=7))
    assert lab.services.store.clubs.meetings(lab.club.id)[0].record_id == record_id
    assert post["channel"] == CHANNEL


def test_what_is_kept_of_a_person_is_listed_and_deleted(lab: Lab) -> None:
    lab.save(1)
    lab.say(SET_UP)
    lab.post(FRIDAY)
    lab.hear(reaction(ts="1800.0001"))
    people = lab.services.store.people
    assert {"club", "presented", "vote"} <= {each.kind for each in people.kept(ALICE)}
    people.delete(ALICE)
    assert not {"club", "presented", "vote"} & {each.kind for each in people.kept(ALICE)}
    assert lab.club.presenters == (BOB,)


def test_every_change_is_in_the_audit_trail(lab: Lab) -> None:
    lab.say(SET_UP)
    lab.say("club cancer cell skip")
    entries = [
        each for each in lab.services.store.audit.all(area="club") if each.thing == lab.club.id
    ]
    assert [each.what.split(":")[0] for each in entries] == ["made", "a day skipped"]
    assert entries[1].before is not None
    assert entries[1].before["due"] == FRIDAY.isoformat()
