"""Subscriptions in Slack: made by words or in a window, changed by buttons, and posted."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from slack_bolt import BoltResponse
from slack_sdk import WebClient

from bot.app.composition import build_router
from bot.digests.followups import FollowUps
from bot.digests.outbox import Hooks, Outbox, Timing
from bot.records.models import Identifier, IntegrityKind, IntegrityNotice, Record, Scheme
from bot.schedule import Cadence, Schedule
from bot.store.deliveries import Pace, Posted
from bot.store.subscriptions import NewSubscription, Subscription, Watch
from handlers.digests import Drawer
from handlers.posted import list_of_post
from handlers.publisher import SlackPublisher
from handlers.router import Request, Surface
from handlers.services import Services
from handlers.views import subscription_form as forms
from tests.block_check import check_message, check_view
from tests.handlers.bodies import (
    ALICE,
    BOB,
    CHANNEL,
    DIRECT,
    controls_in,
    direct,
    mention,
    press,
    slash,
    trigger,
)
from tests.handlers.conftest import NOW
from tests.handlers.standin import TEAM, SlackStandIn
from tests.own_records import work

Send = Callable[[dict[str, Any]], BoltResponse]
WORKSPACE = f"/{TEAM}"
LATER = NOW + timedelta(days=30)


@pytest.fixture(autouse=True)
def clean(services: Services) -> Iterator[None]:
    yield
    services.store.forget_old(LATER)
    for stored in services.store.subscriptions.everything():
        services.store.subscriptions.stop(stored.id, "test", NOW)
        for delivery in services.store.deliveries.of_subscription(stored.id, 99):
            services.store.subscriptions.withdraw(delivery.id)


def stored(services: Services) -> Subscription:
    (found,) = services.store.subscriptions.everything()
    return found


def button(message: dict[str, Any], label: str) -> dict[str, Any]:
    found = [each for each in controls_in(message) if each["text"]["text"] == label]
    assert found, (label, message["text"])
    first: dict[str, Any] = found[0]
    return first


def pressed(message: dict[str, Any], label: str, slack: SlackStandIn, **how: Any) -> dict[str, Any]:
    found = button(message, label)
    return press(found["action_id"], found["value"], slack.response_url, **how)


def stands(view: dict[str, Any]) -> dict[str, Any]:
    """What stands in the fields of a window that was just opened, as Slack's state says it."""
    renamed = {
        "initial_value": "value", "initial_option": "selected_option",
        "initial_time": "selected_time", "initial_date": "selected_date",
        "initial_conversation": "selected_conversation",
    }  # fmt: skip
    state: dict[str, Any] = {}
    for element in (block["element"] for block in view["blocks"] if "element" in block):
        shown = {renamed[key]: value for key, value in element.items() if key in renamed}
        name = element["action_id"]
        state[name] = {name: {"type": element["type"], **shown}}
    return state


def submit(view: dict[str, Any], **values: dict[str, Any]) -> dict[str, Any]:
    """The submitted window, with what stands in its fields and what was chosen since."""
    state = stands(view)
    for name, chosen in values.items():
        state[name][name] |= chosen
    return {
        "type": "view_submission", "team": {"id": TEAM}, "enterprise": None,
        "user": {"id": ALICE, "team_id": TEAM}, "trigger_id": trigger(), "token": "t",
        "is_enterprise_install": False, "api_app_id": "A01",
        "view": {**view, "id": "V01", "hash": "1.a", "team_id": TEAM, "state": {"values": state}},
    }  # fmt: skip


def submitted(send: Send, slack: SlackStandIn, window: dict[str, Any]) -> dict[str, Any]:
    """What a window becomes: acknowledged before the work, and redrawn after it."""
    waiting = json.loads(send(window).body)
    assert waiting["response_action"] == "update"
    assert "One moment" in json.dumps(waiting["view"])
    drawn: dict[str, Any] = slack.said("views.update")[-1].body["view"]
    check_view(drawn, allowed=(f"<#{CHANNEL}>",))
    return drawn


def option(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": value}}}


# By words


def test_subscribing_does_what_it_says(send: Send, slack: SlackStandIn, services: Services) -> None:
    """And says all of it: how it was read, when it posts, what it would have posted."""
    send(
        slash(
            "subscribe CAF in melanoma weekly on FRI at 09:30 in Europe/London", slack.response_url
        )
    )
    made = stored(services)
    assert (made.workspace, made.channel, made.created_by) == (WORKSPACE, CHANNEL, ALICE)
    assert made.watch.query == "CAF in melanoma"
    assert made.schedule == Schedule(Cadence.WEEKLY, time(9, 30), "Europe/London", weekday=4)
    text = slack.only("response_url")["text"]
    assert "Watching “CAF in melanoma”" in text
    assert "cancer-associated fibroblasts" in text.lower()
    assert "weekly on Friday at 09:30 (Europe/London)" in text
    assert "Next on <!date^1768555800^{date_short_pretty}, {time}|16 Jan 2026 09:30 UTC>" in text
    assert "in the last 30 days" in text


def test_in_another_channel_as_slack_writes_it(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    slack.answers["conversations.members"] = {"members": [BOB, ALICE]}
    words = f"subscribe hypoxia in <#{CHANNEL}|general> daily"
    send(slash(words, slack.response_url, channel_id="C09ELSE"))
    assert (stored(services).channel, stored(services).watch.query) == (CHANNEL, "hypoxia")


def test_without_the_scope_for_members_a_digest_is_set_up_in_its_channel_alone(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    slack.refuse("conversations.members", "missing_scope")
    words = f"subscribe hypoxia in <#{CHANNEL}|general> daily"
    send(slash(words, slack.response_url, channel_id="C09ELSE"))
    assert "Type the command in the channel itself." in slack.only("response_url")["text"]
    slack.calls.clear()
    send(slash("subscribe hypoxia daily", slack.response_url))
    assert stored(services).channel == CHANNEL


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("subscribe", "Say what to watch for"),
        ("subscribe weekly on MON", "Say what to watch for"),
        ("subscribe hypoxia at 25:00", "is no time of day"),
        ("subscribe hypoxia in #general", "I cannot tell which channel"),
        ("subscribe hypoxia year:soon", "year"),
        ("subscribe 10.9999/not.held", "is not stored"),
    ],
)
def test_what_cannot_be_made_is_one_clear_line(
    send: Send, slack: SlackStandIn, services: Services, words: str, said: str
) -> None:
    send(slash(words, slack.response_url))
    assert said in slack.only("response_url")["text"]
    assert services.store.subscriptions.everything() == []


def test_in_a_thread_this_is_the_record_shown(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    send(mention("show 10.1002/ctd2.70098", event_id="Ev-s1"))
    send(mention("tell me if this is retracted", thread_ts="1700.0001", event_id="Ev-s2"))
    watch = stored(services).watch
    assert watch.kind == "record"
    assert slack.said()[-1].body["thread_ts"] == "1700.0001"
    assert "Posts at once" in slack.said()[-1].body["text"]


def test_a_direct_message_keeps_its_own(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    send(direct("subscribe hypoxia daily", event_id="Ev-s3"))
    assert stored(services).channel == DIRECT
    send(direct("subscriptions", event_id="Ev-s4"))
    assert "hypoxia" in slack.said()[-1].body["text"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("send me weekly hypoxia news", ("hypoxia", Schedule())),
        ("give me weekly CAF papers on Fridays", ("CAF", Schedule(weekday=4))),
        ("subscribe weekly hypoxia daily", ("weekly hypoxia", Schedule(Cadence.DAILY))),
        (
            "every first Monday of the month: melanoma",
            ("melanoma", Schedule(Cadence.MONTHLY_WEEKDAY)),
        ),
        ("let us know every Tuesday about new hypoxia papers", ("hypoxia", Schedule(weekday=1))),
        ("sign me up for hypoxia papers, daily", ("hypoxia", Schedule(Cadence.DAILY))),
        ("alert me when there's something new by Ribas", ("papers by Ribas", Schedule())),
        ("a weekly digest of hypoxia, Fridays", ("hypoxia", Schedule(weekday=4))),
        ("a monthly digest of hypoxia on the 2nd", ("hypoxia", Schedule(Cadence.MONTHLY, day=2))),
        ("subscribe this channel to hypoxia daily", ("hypoxia", Schedule(Cadence.DAILY))),
        ("sub hypoxia daily", ("hypoxia", Schedule(Cadence.DAILY))),
    ],
)
def test_the_schedule_may_stand_anywhere(
    send: Send, slack: SlackStandIn, services: Services, text: str, wanted: tuple[str, Schedule]
) -> None:
    send(slash(text, slack.response_url))
    if not services.store.subscriptions.everything():
        send(pressed(slack.said("response_url")[-1].body, "Watch it anyway", slack, ephemeral=True))
    made = stored(services)
    assert (made.watch.query, made.schedule) == wanted


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("stop glioma", ["What is watched here"]),
        ("stop codon readthrough in glioma", []),
        ("every patient: what biomarkers?", []),
    ],
)
def test_what_is_not_watched_is_searched(services: Services, text: str, offers: list[str]) -> None:
    reply = build_router(services).answer(Request(text, Surface.TERMINAL))
    assert reply.answer.understood.action in {"search", "no_results"}
    assert [o[0] for o in reply.answer.understood.offers if "watched" in o[0]] == offers


@pytest.mark.parametrize("text", ["stop macrophages", "pause my macrophages digest until Monday"])
def test_what_is_watched_is_stopped_by_its_name(send: Send, slack: SlackStandIn, text: str) -> None:
    send(slash("subscribe macrophages weekly", slack.response_url))
    send(slash("subscribe hypoxia weekly", slack.response_url))
    send(slash(text, slack.response_url))
    listed = slack.said()[-1].body
    assert "1 subscription" in listed["text"]
    assert "macrophages" in listed["text"]
    button(listed, "Stop")


def test_the_list_shows_who_and_when(send: Send, slack: SlackStandIn, services: Services) -> None:
    send(slash("subscriptions", slack.response_url))
    assert "Nothing is watched here yet" in slack.said()[-1].body["text"]
    for topic in ("hypoxia", "CAF in melanoma"):
        send(slash(f"subscribe {topic}", slack.response_url))
    send(slash("subscriptions", slack.response_url))
    listed = slack.said()[-1].body
    assert "2 subscriptions" in listed["text"]
    shown = json.dumps(listed["blocks"])
    assert f"Made by <@{ALICE}> on 15 Jan 2026" in shown
    for label in ("Edit", "Pause until…", "Preview now", "Stop"):
        button(listed, label)
    send(slash("unsubscribe melanoma", slack.response_url))
    assert "1 subscription" in slack.said()[-1].body["text"]


# By buttons


def made(send: Send, slack: SlackStandIn, words: str = "subscribe hypoxia daily") -> dict[str, Any]:
    send(slash(words, slack.response_url))
    return slack.said("response_url")[-1].body


@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        ("macrofages in melanoma daily", "“macrofages” is read as “macrophages”"),
        ("zqxgene daily", "No record has “zqxgene”"),
        ("pexidartinib in melanoma", "No record has “pexidartinib”"),
        ("author:Zqxson daily", "No record passes its filters"),
        ("OV daily", "“OV” can mean several things"),
    ],
)
def test_a_watch_that_may_bring_nothing_is_confirmed_first(
    send: Send, slack: SlackStandIn, services: Services, said: str, doubt: str
) -> None:
    send(slash(f"subscribe {said}", slack.response_url))
    message = slack.said("response_url")[-1].body
    check_message(message)
    assert doubt in message["text"]
    assert services.store.subscriptions.everything() == []
    send(pressed(message, "Watch it anyway", slack, ephemeral=True))
    assert stored(services).schedule.cadence is (
        Cadence.DAILY if said.endswith("daily") else Cadence.WEEKLY
    )


def test_the_spelling_that_was_meant_can_be_watched_instead(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    send(slash("subscribe macrofages in melanoma daily", slack.response_url))
    message = slack.said("response_url")[-1].body
    send(pressed(message, "Watch “macrophages” instead", slack, ephemeral=True))
    assert stored(services).watch.query == "macrophages in melanoma"


def test_as_it_was_typed_it_is_watched_word_for_word(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    send(slash("subscribe macrofages daily", slack.response_url))
    send(pressed(slack.said("response_url")[-1].body, "Watch it anyway", slack, ephemeral=True))
    assert stored(services).watch.query == '"macrofages"'


@pytest.mark.parametrize(
    "same", ["melanoma CAFs", "cancer-associated fibroblasts melanoma", "melanoma AND CAF"]
)
def test_the_same_in_other_words_is_noticed(
    send: Send, slack: SlackStandIn, services: Services, same: str
) -> None:
    send(slash("subscribe CAFs in melanoma daily", slack.response_url))
    send(slash(f"subscribe {same}", slack.response_url))
    assert "Already watched here: “CAFs in melanoma”" in slack.said("response_url")[-1].body["text"]
    send(slash(f"subscribe {same} weekly on FRI", slack.response_url))
    assert "now at other times: “CAFs in melanoma”" in slack.said("response_url")[-1].body["text"]
    assert stored(services).schedule.weekday == 4


@pytest.mark.parametrize("other", ["CAFs in glioma", "CAFs", "CAFs in melanoma since 2020"])
def test_what_differs_is_watched_beside_it(
    send: Send, slack: SlackStandIn, services: Services, other: str
) -> None:
    send(slash("subscribe CAFs in melanoma daily", slack.response_url))
    send(slash(f"subscribe {other}", slack.response_url))
    assert len(services.store.subscriptions.everything()) == 2


def test_many_are_listed_in_one_message(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    """As many as fit; the others are counted, and found by their words."""
    topics = [concept.label for concept in services.vocabulary.concepts.values()][:15]
    for topic in topics:
        send(slash(f"subscribe anyway {topic}", slack.response_url))
    for words in ("my digests", "subscriptions", "unsubscribe", "pause all my digests"):
        send(slash(words, slack.response_url))
        listed = slack.said("response_url")[-1].body
        assert listed["text"].startswith("15 subscriptions"), words
        assert "+4 more" in listed["text"]


def test_stop_ends_it(send: Send, slack: SlackStandIn, services: Services) -> None:
    message = made(send, slack)
    send(pressed(message, "Stop", slack, ephemeral=True))
    assert "Stopped watching “hypoxia”" in slack.said()[-1].body["text"]
    assert services.store.subscriptions.everything() == []
    send(pressed(message, "Stop", slack, ephemeral=True))
    assert "not there any more" in slack.said()[-1].body["text"]


def test_only_who_may_can_press(send: Send, slack: SlackStandIn, services: Services) -> None:
    message = made(send, slack)
    elsewhere = {"user": {"id": BOB, "team_id": TEAM}, "channel": {"id": "C09ELSE"}}
    send(pressed(message, "Stop", slack) | elsewhere)
    assert "not there any more" in slack.said()[-1].body["text"], "it is not revealed"
    assert stored(services)


def test_pause_until_a_day_and_resume(send: Send, slack: SlackStandIn, services: Services) -> None:
    message = made(send, slack)
    send(pressed(message, "Pause until…", slack, ephemeral=True))
    view = slack.said("views.open")[-1].body["view"]
    check_view(view)
    shown = submitted(send, slack, submit(view, until={"selected_date": "2026-01-20"}))
    assert "Paused until <!date^1768867200^" in json.dumps(shown)
    assert stored(services).paused_until == datetime(2026, 1, 20, tzinfo=UTC)
    send(slash("subscriptions", slack.response_url))
    send(pressed(slack.said()[-1].body, "Resume", slack, ephemeral=True))
    assert stored(services).state == "active"
    shown = submitted(send, slack, submit(view, until={"selected_date": "2026-01-02"}))
    assert "has passed" in json.dumps(shown)
    wrong = send(submit(view, until={"selected_date": "soon"}))
    assert "Choose a day" in json.loads(wrong.body)["errors"]["until"]


def test_a_window_makes_one_with_a_live_preview(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    send(slash("subscriptions", slack.response_url))
    send(pressed(slack.said()[-1].body, "New subscription", slack, ephemeral=True))
    view = slack.said("views.open")[-1].body["view"]
    check_view(view)
    typed = submit(view, query={"value": "CAF in melanoma"}, cadence=option("monthly"))
    look = typed | {
        "type": "block_actions",
        "container": {"type": "view", "view_id": "V01"},
        "actions": [{"type": "plain_text_input", "action_id": "query", "block_id": "query",
                     "value": "CAF in melanoma", "action_ts": "1.1"}],
    }  # fmt: skip
    send(look)
    updated = slack.said("views.update")[-1].body
    check_view(updated["view"])
    assert "in the last 30 days" in json.dumps(updated["view"])
    assert updated["hash"] == "1.a"
    chosen = {
        "day": option("31"), "at": {"selected_time": "07:15"}, "zone": {"value": "asia/kolkata"},
        "form": option("thread"), "when_empty": option("line"),
    }  # fmt: skip
    submitted(send, slack, submit(updated["view"], **chosen))
    made = stored(services)
    assert made.schedule == Schedule(Cadence.MONTHLY, time(7, 15), "Asia/Kolkata", day=31)
    assert (made.watch.query, made.form, made.when_empty) == ("CAF in melanoma", "thread", "line")


def test_a_window_asks_once_about_a_watch_that_may_bring_nothing(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    send(slash("subscriptions", slack.response_url))
    send(pressed(slack.said()[-1].body, "New subscription", slack, ephemeral=True))
    view = slack.said("views.open")[-1].body["view"]
    asked = submitted(send, slack, submit(view, query={"value": "zzqv1 melanoma"}))
    assert "No record has “zzqv1”" in json.dumps(asked, ensure_ascii=False)
    assert not services.store.subscriptions.everything()
    other = submitted(send, slack, submit(asked, query={"value": "zzqv2 melanoma"}))
    assert "No record has “zzqv2”" in json.dumps(other, ensure_ascii=False), "asked anew"
    submitted(send, slack, submit(other, query={"value": "zzqv2 melanoma"}))
    assert stored(services).watch.query == "zzqv2 melanoma"


def test_a_window_says_what_is_wrong_beside_the_field(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    made(send, slack)
    send(pressed(slack.said()[-1].body, "Edit", slack, ephemeral=True))
    view = slack.said("views.open")[-1].body["view"]
    wrong = send(submit(view, zone={"value": "Mars/Olympus"}))
    assert "no time zone" in json.loads(wrong.body)["errors"]["zone"]
    again = submitted(send, slack, submit(view, query={"value": "10.9999/not.held"}))
    assert "is not stored" in json.dumps(again)
    assert stands(again)["query"]["query"]["value"] == "10.9999/not.held", "nothing typed is lost"
    right = submit(again, query={"value": "angiogenesis"}, cadence=option("weekdays"))
    assert "changed" in json.dumps(submitted(send, slack, right))
    assert stored(services).watch.query == "angiogenesis"
    assert stored(services).schedule.cadence is Cadence.WEEKDAYS


@pytest.mark.parametrize("metadata", ["", "[]", "not json", '{"s": 7}'])
def test_a_window_that_is_none_of_ours_does_no_harm(
    send: Send, slack: SlackStandIn, services: Services, metadata: str
) -> None:
    view = {"type": "modal", "callback_id": forms.FORM, "private_metadata": metadata, "blocks": []}
    send(submit(view))
    assert services.store.subscriptions.everything() == []


# What is posted


def outbox(services: Services, slack: SlackStandIn) -> Outbox:
    client = WebClient(token="xoxb-test", base_url=slack.url, timeout=5, retry_handlers=[])
    drawer = Drawer(services)
    timing = Timing(pace=Pace(0.0, 0.0), steady=lambda: 1_000.0)
    return Outbox(
        services.store.deliveries,
        SlackPublisher(client, drawer),
        lambda: LATER,
        timing=timing,
        hooks=Hooks(refused=services.digests.on_refused, outdated=drawer.outdated),
    )


def arrive(services: Services, count: int, first: int = 500) -> list[Record]:
    """Records on hypoxia that come in now."""
    records = [
        work(first + n, f"Hypoxia & <b>niches</b> <!channel> {n}", "Hypoxia shields tumours. " * 30)
        for n in range(count)
    ]
    services.harvester.take(records, "test")
    services.index.follow(services.store)
    dois = [Identifier(scheme=Scheme.DOI, value=f"10.1234/own.{first + n}") for n in range(count)]
    return [record for doi in dois for record in services.store.find(doi)]


def posted(services: Services, slack: SlackStandIn) -> list[dict[str, Any]]:
    """Decide what is due and post it; the messages, checked."""
    before = len(slack.said("chat.postMessage"))
    services.digests.decide(services.store.subscriptions.due(LATER, 99), LATER)
    box = outbox(services, slack)
    while box.step():
        pass
    messages = [call.body for call in slack.said("chat.postMessage")[before:]]
    for message in messages:
        check_message(message, allowed=(f"<#{CHANNEL}>", f"<@{ALICE}>"))
    return [message for message in messages if "set up a digest here" not in message["text"]]


def test_a_digest_is_one_message_with_ten_cards(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    made(send, slack)
    arrive(services, 13)
    (message,) = posted(services, slack)
    assert message["channel"] == CHANNEL
    assert message["text"].startswith("13 new records on “hypoxia”")
    assert "New is what came into the store since the last digest" in message["text"]
    assert "10. Hypoxia" in message["text"]
    assert "11. Hypoxia" not in message["text"]
    send(pressed(message, "+3 more", slack, thread_ts="1700.0009"))
    rest = slack.said()[-1].body
    assert "11. Hypoxia" in rest["text"]
    assert "13. Hypoxia" in rest["text"]
    # Pressed from another workspace, the button opens nothing.
    send(pressed(message, "+3 more", slack) | {"team": {"id": "T09OTHER"}})
    assert "cannot be used" in slack.said()[-1].body["text"]


def test_long_cards_are_fewer_and_none_is_lost(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    """The message stays within bounds, and "+N more" counts exactly what is not shown."""
    made(send, slack)
    title = "Hypoxia & <i>angiogenesis</i> in " + "extraordinarily-long-named niches & " * 9
    long = [
        work(2_000 + n, f"{title} {n}", f"Hypoxia {'& <tumour> ' * 60}shields. " * 3)
        for n in range(12)
    ]
    services.harvester.take(long, "test")
    (message,) = posted(services, slack)
    shown = message["text"].count("extraordinarily-long-named niches &amp; extra")
    last = max(n for n in range(1, 13) if f"\n{n}. Hypoxia" in message["text"])
    assert shown >= last >= 3
    send(pressed(message, f"+{12 - last} more", slack))
    assert f"{last + 1}. Hypoxia" in slack.said()[-1].body["text"]


def test_not_relevant_lowers_what_is_like_it_and_can_be_reset(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    assert "Reset learning" not in str(made(send, slack)["blocks"])
    arrive(services, 2, first=600)
    (message,) = posted(services, slack)
    send(pressed(message, "Not relevant", slack))
    said = slack.said()[-1].body
    assert "come further down" in said["text"]
    # What was learnt, and the rule by which it moves records.
    assert "Your feedback: 0 saved, 1 not relevant; down with" in said["text"]
    assert len(services.store.subscriptions.opinions(stored(services).id)) == 1
    arrive(services, 1, first=650)
    services.store.subscriptions.change(
        stored(services), _as_asked(stored(services)), ALICE, NOW
    )  # due again
    (again,) = posted(services, slack)
    assert "moved up or down by concepts shared with 0 saved and 1 not relevant" in again["text"]
    send(pressed(again, "Save", slack))
    opinions = [
        opinion for _, opinion in services.store.subscriptions.opinions(stored(services).id)
    ]
    assert sorted(opinions) == ["not_relevant", "save"]
    send(slash("subscriptions", slack.response_url))
    listed = slack.said("response_url")[-1].body
    assert "Your feedback: 1 saved, 1 not relevant" in listed["text"]
    assert "move by at most half their score; none is left out" in listed["text"]
    send(pressed(listed, "Reset learning", slack))
    reset = slack.said()[-1].body
    assert "2 opinions forgotten" in reset["text"]
    assert "Reset learning" not in str(reset["blocks"])


def _as_asked(stored: Subscription) -> NewSubscription:
    return NewSubscription(stored.workspace, stored.channel, stored.watch, stored.schedule)


def test_a_digest_in_a_thread(send: Send, slack: SlackStandIn, services: Services) -> None:
    made(send, slack)
    held_now = stored(services)
    asked = NewSubscription(
        held_now.workspace, held_now.channel, held_now.watch, held_now.schedule, form="thread"
    )
    services.store.subscriptions.change(held_now, asked, ALICE, NOW)
    arrive(services, 2, first=700)
    heading, cards = posted(services, slack)
    assert heading["text"].startswith("2 new records on “hypoxia”")
    assert "1. Hypoxia" not in heading["text"]
    assert cards["thread_ts"] == "1700000000.000100"
    assert "1. Hypoxia" in cards["text"]


def test_nothing_new_as_a_line_with_its_reason(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    watch = Watch("search", "hypoxia", services.subscriptions.understand("hypoxia").wanted, "")
    services.store.subscriptions.add(
        NewSubscription(WORKSPACE, CHANNEL, watch, Schedule(), when_empty="line"), ALICE, NOW
    )
    (message,) = posted(services, slack)
    assert message["text"].startswith("Nothing new on “hypoxia”")


def test_preview_now_posts_nothing(send: Send, slack: SlackStandIn, services: Services) -> None:
    message = made(send, slack)
    send(pressed(message, "Preview now", slack, ephemeral=True))
    nothing = slack.said("response_url")[-1].body["text"]
    assert nothing.startswith("Nothing new on “hypoxia”")
    assert "Nothing more" not in nothing
    arrive(services, 1, first=800)
    send(pressed(message, "Preview now", slack, ephemeral=True))
    assert "1 new record on “hypoxia”" in slack.said("response_url")[-1].body["text"]
    assert slack.said("chat.postMessage") == []
    (message,) = posted(services, slack)
    assert "1 new record" in message["text"]


def test_the_owner_hears_of_a_closed_channel(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    made(send, slack)
    assert outbox(services, slack).step()
    assert f"<@{ALICE}> set up a digest here" in slack.said()[-1].body["text"]
    arrive(services, 1, first=900)
    slack.refuse_once("chat.postMessage", "not_in_channel")
    _, notice = posted(services, slack)
    assert notice["channel"] == ALICE
    assert "I am not a member of it" in notice["text"]
    assert "/invite" in notice["text"]
    send(pressed(notice, "Try now", slack, channel=DIRECT))
    assert stored(services).state == "active"
    (message,) = posted(services, slack)
    assert (message["channel"], message["text"][:12]) == (CHANNEL, "1 new record")


# What became known afterwards


def test_under_a_digest_its_list_and_its_question_go_on(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    """Before anything was asked there: its records are those meant, its topic what is narrowed."""
    made(send, slack)
    arrive(services, 3, first=980)
    posted(services, slack)
    thread = "1700000000.000100"
    send(mention("cite the second one", thread_ts=thread, event_id="Ev-under-1"))
    cited = slack.said("chat.postMessage")[-1].body
    assert cited["thread_ts"] == thread
    assert "10.1234/own.98" in cited["text"]
    send(mention("not in mice", thread_ts=thread, event_id="Ev-under-2"))
    assert "hypoxia -about:mice" in slack.said("chat.postMessage")[-1].body["text"]


def test_under_a_post_of_another_workspace_there_is_no_list(services: Services) -> None:
    post = Posted(CHANNEL, "1700000000.000100")
    assert list_of_post(services, "another workspace", post) is None
    assert list_of_post(services, WORKSPACE, Posted(CHANNEL, "1.0")) is None


def integrity(kind: str, notice: str) -> tuple[IntegrityNotice, ...]:
    return (IntegrityNotice(kind=IntegrityKind(kind), notice=notice, source="crossref"),)


def test_a_retraction_is_told_in_the_thread_of_the_post(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    """To followers of the record and to who saved it too; once each; and the post is marked.

    Bob follows it in a direct message and has saved it: he hears once.
    """
    made(send, slack)
    (record,) = arrive(services, 1, first=950)
    (message,) = posted(services, slack)
    assert "RETRACTED" not in message["text"]
    send(slash(f"subscribe {record.doi}", slack.response_url, channel_id=DIRECT, user_id=BOB))
    for person in (ALICE, BOB):
        reading = services.store.lists.make(WORKSPACE, person, "journal club", person, NOW)
        services.store.lists.add(reading, record.id, person, "", NOW)
    services.harvester.take(
        [record.model_copy(update={"integrity": integrity("retraction", "10.1234/notice.1")})],
        "test",
    )
    follow_ups = FollowUps(services.store, services.now)
    while follow_ups.step():
        pass
    told = posted(services, slack)
    assert [each["channel"] for each in told] == [CHANNEL, DIRECT, ALICE]
    assert [each.get("thread_ts") for each in told] == ["1700000000.000100", None, None]
    for each in told:
        assert "was retracted" in each["text"]
        assert "https://doi.org/10.1234/notice.1" in each["text"]
        assert "from crossref" in each["text"]
    (marked,) = slack.said("chat.update")
    assert marked.body["ts"] == "1700000000.000100"
    assert "RETRACTED" in marked.body["text"]
    check_message(marked.body)
    services.store.deliveries.follow_up([], 0, NOW)
    assert not follow_ups.step()
    assert posted(services, slack) == []


@pytest.mark.parametrize(
    ("kind", "said"),
    [("correction", "was corrected"), ("expression-of-concern", "expression of concern")],
)
def test_corrections_and_concerns_are_told_too(
    send: Send, slack: SlackStandIn, services: Services, kind: str, said: str
) -> None:
    made(send, slack)
    (record,) = arrive(services, 1, first=960 + len(kind))
    posted(services, slack)
    noted = record.model_copy(update={"integrity": integrity(kind, f"10.1234/{kind}")})
    services.harvester.take([noted], "test")
    FollowUps(services.store, services.now).step()
    (told,) = posted(services, slack)
    assert said in told["text"]
    assert told["thread_ts"] == "1700000000.000100"
