"""The Home tab is a desk: what is a person's own, and every press on it answers there."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt import App, BoltRequest

from bot.app.composition import build_router
from bot.digests.people import Person
from bot.digests.subscriptions import Draft
from handlers.listeners import desk
from handlers.people import SlackPeople
from handlers.services import Services
from handlers.views import buttons
from handlers.views import subscription_form as forms
from tests.handlers.bodies import ALICE, controls_in, home_opened, press, submit
from tests.handlers.conftest import NOW
from tests.handlers.standin import TEAM, SlackStandIn
from tests.handlers.visitor import waiting_app

WORKSPACE = f"/{TEAM}"


class Tab:
    """Alice's Home tab, and her hand on it."""

    def __init__(self, app: App, slack: SlackStandIn) -> None:
        self.app, self.slack = app, slack

    def hear(self, body: dict[str, Any]) -> dict[str, Any]:
        """Let a request arrive; the view that is drawn, which is all that happens."""
        before = len(self.slack.calls)
        self.app.dispatch(BoltRequest(mode="socket_mode", body=body))
        said = [call for call in self.slack.calls[before:] if call in self.slack.said()]
        assert [call.method for call in said] == ["views.publish"], said
        assert said[0].body["user_id"] == ALICE
        view: dict[str, Any] = said[0].body["view"]
        return view

    def opened(self) -> dict[str, Any]:
        return self.hear(home_opened())

    def pressed(self, action: str, value: object) -> dict[str, Any]:
        return self.hear(press(action, value, None, channel=None))


@pytest.fixture
def mine(untouched: Services, slack: SlackStandIn) -> Iterator[Services]:
    slack.answers["users.info"] = {"user": {"team_id": TEAM, "tz": "Europe/Paris"}}
    yield replace(untouched, people=SlackPeople(lambda: NOW))
    for stored in untouched.store.subscriptions.everything():
        untouched.store.subscriptions.stop(stored.id, "test", NOW)


@pytest.fixture
def tab(mine: Services, slack: SlackStandIn) -> Tab:
    return Tab(waiting_app(slack, build_router(mine)), slack)


def watch(services: Services, words: str = "hypoxia") -> str:
    """Let Alice watch something; the subscription's id."""
    own = services.subscriptions
    draft = Draft(ALICE, own.understand(words), services.usual_schedule)
    stored, _ = own.make(draft, Person(WORKSPACE, ALICE, ALICE))
    return stored.id


def test_the_messages_tab_draws_nothing(mine: Services, slack: SlackStandIn) -> None:
    """Slack tells of both tabs with one event; drawing on each would cost a call for nothing."""
    app = waiting_app(slack, build_router(mine))
    app.dispatch(BoltRequest(mode="socket_mode", body=home_opened(tab="messages")))
    assert slack.said() == []


def test_an_empty_desk_says_how_each_thing_begins(tab: Tab) -> None:
    view = tab.opened()
    said = str(view["blocks"])
    assert view["type"] == "home"
    for part in ("Nothing is watched for you yet", "New subscription", "Your settings"):
        assert part in said
    assert "Europe/Paris" in said, "Slack's own zone"
    assert "Sources" not in said, "for admins"


def test_the_desk_has_what_is_new_on_ones_topics_since_the_last_digest(
    tab: Tab, mine: Services
) -> None:
    subscription = watch(mine, "macrophage")
    assert "Nothing new since your last digests" in str(tab.opened())
    with mine.store._connections.writing() as db:
        # As if the last digest had come before the last records.
        last = db.execute("SELECT max(number) FROM arrivals").fetchone()[0]
        since = last - desk.MOST_ARRIVALS
        db.execute("UPDATE subscriptions SET seen = ? WHERE id = ?", [since, subscription])
    said = str(tab.opened())
    found = re.search(r"(\d+) new records? on “macrophage”", said)
    assert found
    see = tab.pressed(buttons.SUB_PREVIEW, {"s": subscription})
    assert "Back to your desk" in str(see)
    assert f"{found[1]} new record" in str(see)


def test_where_too_many_came_they_are_counted_and_not_looked_at(tab: Tab, mine: Services) -> None:
    watch(mine)
    many = desk.MOST_ARRIVALS + 1
    last = mine.store.subscriptions.last_arrival()
    with mine.store._connections.writing() as db:
        db.execute("UPDATE subscriptions SET seen = ?", [last - many])
    assert f"{many:,} records came in since your digests" in str(tab.opened())


def test_unread_lists_open_on_the_tab(tab: Tab, mine: Services) -> None:
    on = mine.store.lists.make(WORKSPACE, ALICE, "journal club", ALICE, NOW)
    records = mine.store.newest(3)
    items = [mine.store.lists.add(on, each.id, ALICE, "", NOW)[0] for each in records]
    mine.store.lists.mark_read(items[0].id, ALICE, NOW)
    view = tab.opened()
    assert "2 records unread" in str(view)
    opened = next(b for b in controls_in(view) if "list journal club" in str(b.get("value")))
    shown = tab.pressed(opened["action_id"], opened["value"])
    assert "journal club" in str(shown)
    read = next(b for b in controls_in(shown) if b["action_id"] == "list:read")
    assert "Marked as read" in str(tab.pressed(read["action_id"], read["value"]))
    assert "1 record unread" in str(tab.pressed(buttons.HOME, {"n": 1}))


def test_every_question_on_the_tab_is_answered_on_it(tab: Tab) -> None:
    asks = [b for b in controls_in(tab.opened()) if b["action_id"].startswith(buttons.ASK)]
    assert asks
    for each in asks:
        assert "Back to your desk" in str(tab.pressed(each["action_id"], each["value"]))


def test_a_subscription_is_paused_stopped_and_made_from_the_tab(
    tab: Tab, mine: Services, slack: SlackStandIn
) -> None:
    subscription = watch(mine)
    assert "“hypoxia”" in str(tab.opened())
    pause = press(buttons.SUB_PAUSE, {"s": subscription}, None, channel=None)
    tab.app.dispatch(BoltRequest(mode="socket_mode", body=pause))
    window = slack.said("views.open")[-1].body["view"]
    values = {forms.UNTIL: {forms.UNTIL: {"type": "datepicker", "selected_date": "2026-02-01"}}}
    tab.app.dispatch(BoltRequest(mode="socket_mode", body=submit(window, values)))
    drawn = slack.said("views.publish")[-1].body["view"]
    assert "Paused until" in str(drawn), "the desk behind the window is drawn again"
    resumed = tab.pressed(buttons.SUB_RESUME, {"s": subscription})
    assert "“hypoxia”: resumed" in str(resumed)
    stopped = tab.pressed(buttons.SUB_STOP, {"s": subscription})
    assert "Stopped watching “hypoxia”" in str(stopped)
    assert "Nothing is watched for you yet" in str(stopped)
    again = next(b for b in controls_in(stopped) if b["text"]["text"] == "Watch it again")
    tab.pressed(again["action_id"], again["value"])
    (watched,) = mine.store.subscriptions.of(WORKSPACE, ALICE, ALICE)
    assert watched.schedule == mine.usual_schedule, "as it was, whatever is usual by now"


def test_a_new_subscription_begins_in_the_persons_own_zone(
    tab: Tab, mine: Services, slack: SlackStandIn
) -> None:
    def zone() -> str:
        body = press(buttons.SUB_NEW, {"n": 1}, None, channel=None)
        tab.app.dispatch(BoltRequest(mode="socket_mode", body=body))
        blocks = slack.said("views.open")[-1].body["view"]["blocks"]
        found: str = next(b for b in blocks if b.get("block_id") == forms.ZONE)["element"][
            "initial_value"
        ]
        return found

    assert zone() == "Europe/Paris"
    window = slack.said("views.open")[-1].body["view"]
    channel = next(b for b in window["blocks"] if b.get("block_id") == forms.CHANNEL)
    assert channel["optional"] is True, "there is no channel to begin with"
    mine.preferences.set(WORKSPACE, ALICE, "zone", "asia/tokyo")
    assert zone() == "Asia/Tokyo"


def test_a_setting_is_chosen_on_the_tab_and_shows_at_once(tab: Tab, mine: Services) -> None:
    view = tab.opened()
    menus = [b["accessory"] for b in view["blocks"] if "accessory" in b]
    style = next(m for m in menus if "settings style" in str(m))
    option = next(o for o in style["options"] if "APA" in o["text"]["text"])
    body = press(style["action_id"], option["value"], None, channel=None)
    body["actions"][0] |= {"type": "static_select", "selected_option": option}
    del body["actions"][0]["value"]
    drawn = str(tab.hear(body))
    assert "Set. *Citations*: APA" in drawn
    assert "*Your settings" not in drawn
    assert mine.preferences.of(WORKSPACE, ALICE).style == "APA"


def test_a_retraction_of_what_was_saved_stands_on_top(tab: Tab, mine: Services) -> None:
    on = mine.store.lists.make(WORKSPACE, ALICE, "mine", ALICE, NOW)
    record = mine.store.newest(1)[0]
    mine.store.lists.add(on, record.id, ALICE, "", NOW)
    with mine.store._connections.writing() as db:
        number = db.execute(
            "INSERT INTO happenings (record_id, kind, at) VALUES (?, 'retracted', ?)",
            [record.id, NOW.isoformat()],
        ).lastrowid
    try:
        assert "On your lists, and not what they were" in str(tab.opened())
        mine.store.lists.drop(WORKSPACE, on.id, ALICE, NOW)
        assert "not what they were" not in str(tab.opened())
    finally:
        with mine.store._connections.writing() as db:
            db.execute("DELETE FROM happenings WHERE sequence = ?", [number])


def test_admins_see_how_sources_stand(mine: Services, slack: SlackStandIn) -> None:
    slack.answers["users.info"] = {"user": {"team_id": TEAM, "is_admin": True}}
    tab = Tab(waiting_app(slack, build_router(mine)), slack)
    assert "None planned" in str(tab.opened())


def test_trouble_is_told_on_the_tab(tab: Tab) -> None:
    drawn = tab.pressed(buttons.SUB_STOP, {"s": "none"})
    assert "not there any more" in str(drawn)
    assert "Back to your desk" in str(drawn)


STATEMENTS = 3
LARGE = re.compile(r"SCAN (?:records|arrivals|items|happenings|lists|deliveries|uses|subscr)")


def test_the_desk_reads_no_table_from_end_to_end(
    tab: Tab, mine: Services, plans: Callable[[], list[str]]
) -> None:
    """Whatever is stored: each statement of the desk is answered by an index."""
    watch(mine)
    on = mine.store.lists.make(WORKSPACE, ALICE, "mine", ALICE, NOW)
    mine.store.lists.add(on, mine.store.newest(1)[0].id, ALICE, "", NOW)
    tab.opened()
    steps = {step for step in plans() if LARGE.match(step)}
    # The newest, for a question to try: as many as are wanted, in the order of an index.
    assert steps <= {"SCAN records USING INDEX records_by_age"}


@pytest.fixture
def plans(mine: Services) -> Iterator[Callable[[], list[str]]]:
    """The steps by which SQLite answers what was asked of it in this thread since."""
    asked: list[str] = []
    connection = mine.store._connections._own().db.conn
    connection.set_trace_callback(asked.append)

    def steps() -> list[str]:
        connection.set_trace_callback(None)
        reads = [each for each in asked if each.lstrip().upper().startswith(("SELECT", "WITH"))]
        assert len(reads) > STATEMENTS
        return [
            row[-1]
            for statement in dict.fromkeys(reads)
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
        ]

    yield steps
    connection.set_trace_callback(None)
