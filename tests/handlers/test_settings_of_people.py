"""What a person sets for themselves, in words, and what the answers make of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt import App, BoltRequest

from bot.app.composition import build_router
from bot.curation.preferences import SETTINGS, american
from bot.store.uses import Use
from handlers.people import SlackPeople
from handlers.router import Request, Surface
from handlers.services import Services
from handlers.views import buttons
from tests.handlers.bodies import (
    ALICE,
    BOB,
    CHANNEL,
    direct,
    joined,
    links,
    mention,
    press,
    slash,
    trigger,
)
from tests.handlers.conftest import NOW
from tests.handlers.standin import BOT_USER, TEAM, Call, SlackStandIn
from tests.handlers.visitor import waiting_app

WORKSPACE = f"/{TEAM}"
SEED = "10.1002/ctd2.70098"
Hear = Callable[[dict[str, Any]], list[Call]]


@pytest.fixture
def mine(untouched: Services, slack: SlackStandIn) -> Services:
    slack.answers["users.info"] = {"user": {"team_id": TEAM, "tz": "Europe/Paris"}}
    slack.answers["conversations.members"] = {"members": [ALICE, BOT_USER]}
    return replace(untouched, people=SlackPeople(lambda: NOW))


@pytest.fixture
def app(mine: Services, slack: SlackStandIn) -> App:
    return waiting_app(slack, build_router(mine))


@pytest.fixture
def hear(app: App, slack: SlackStandIn) -> Hear:
    def said(body: dict[str, Any]) -> list[Call]:
        before = len(slack.said())
        app.dispatch(BoltRequest(mode="socket_mode", body=body))
        return slack.said()[before:]

    return said


@pytest.fixture
def say(hear: Hear, slack: SlackStandIn) -> Callable[[str], list[Call]]:
    return lambda text: hear(slash(text, slack.response_url))


Say = Callable[[str], list[Call]]


def test_settings_are_listed_each_with_what_it_can_be(say: Say) -> None:
    (call,) = say("settings")
    for each in SETTINGS:
        assert each.label in call.body["text"]
    assert "as in your Slack profile (Europe/Paris)" in call.body["text"]


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ("style apa", "style", "APA"),
        ("style cell", "style", "cell"),
        ("style usual", "style", ""),
        ("format ris", "format", "ris"),
        ("format bibtex", "format", ""),
        ("labels American", "labels", "us"),
        ("labels uk", "labels", ""),
        ("answers public", "answers", "public"),
        ("links off", "links", "off"),
        ("links on", "links", ""),
        ("zone europe/berlin", "zone", "Europe/Berlin"),
        ("zone Slack's", "zone", ""),
    ],
)
def test_a_setting_is_typed(say: Say, mine: Services, typed: str, name: str, value: str) -> None:
    (call,) = say(f"settings {typed}")
    assert "Set." in call.body["text"]
    assert getattr(mine.preferences.of(WORKSPACE, ALICE), name) == value
    assert getattr(mine.preferences.of(WORKSPACE, BOB), name) == "", "each has their own"


@pytest.mark.parametrize("typed", ["style nobodys", "zone mars", "answers loud", "format docx"])
def test_what_cannot_be_set_says_what_can(say: Say, mine: Services, typed: str) -> None:
    (call,) = say(f"settings {typed}")
    assert "It can be" in call.body["text"] or "Write it like" in call.body["text"]
    assert mine.store.preferences.of(WORKSPACE, ALICE) == {}


def test_words_that_name_no_setting_are_searched(say: Say) -> None:
    assert "Set." not in say("settings of radiotherapy")[0].body["text"]


def test_a_terminal_has_settings_of_its_own(mine: Services) -> None:
    router = build_router(mine)
    router.answer(Request("settings style APA", Surface.TERMINAL))
    cited = router.answer(Request(f"cite {SEED}", Surface.TERMINAL)).message.text
    assert "APA" in cited
    assert "Vancouver" not in cited
    assert mine.preferences.of(WORKSPACE, ALICE).style == ""


def test_citations_and_exports_are_as_the_person_has_set(
    say: Say, hear: Hear, mine: Services, slack: SlackStandIn
) -> None:
    mine.preferences.set(WORKSPACE, ALICE, "style", "Nature")
    mine.preferences.set(WORKSPACE, ALICE, "format", "ris")
    cited = say(f"cite {SEED}")[0].body["text"]
    assert "Nature" in cited
    assert "Vancouver" not in cited
    assert "RIS" in say("export hypoxia")[0].body["text"]
    assert "BibTeX" in say("export hypoxia as bibtex")[0].body["text"]
    record = mine.store.newest(1)[0]
    hear(press(buttons.CITE, {"id": record.id}, slack.response_url))
    window = str(slack.said("views.open")[-1].body["view"])
    assert "Nature" in window
    assert "Vancouver" not in window


def test_labels_are_spelt_as_the_person_has_set(mine: Services) -> None:
    router = build_router(mine)
    assert american("Tumour-associated macrophages in tumours") == (
        "Tumor-associated macrophages in tumors"
    )
    assert any("tumour" in label for label in router.labels.values())
    router.answer(Request("settings labels us", Surface.TERMINAL))
    context = router.read(Request("help", Surface.TERMINAL), None)
    assert not any("umour" in label for label in context.labels.values())


def test_public_answers_are_posted_for_all_where_the_bot_is_a_member(
    say: Say, mine: Services, slack: SlackStandIn
) -> None:
    mine.preferences.set(WORKSPACE, ALICE, "answers", "public")
    (call,) = say(SEED)
    assert (call.method, call.body["channel"]) == ("chat.postMessage", CHANNEL)
    assert f"<@{ALICE}> asked" in str(call.body["blocks"])
    mine.people._members._answers.clear()
    slack.answers["conversations.members"] = {"members": [ALICE]}
    assert [call.method for call in say(SEED)] == ["response_url"]


def test_private_answers_to_a_mention_are_seen_by_who_asked(hear: Hear, mine: Services) -> None:
    mine.preferences.set(WORKSPACE, ALICE, "answers", "private")
    (call,) = hear(mention(SEED, event_id=f"Ev{trigger()}"))
    assert (call.method, call.body["user"]) == ("chat.postEphemeral", ALICE)


def test_links_of_who_wants_no_cards_get_none(hear: Hear, mine: Services) -> None:
    assert hear(links(f"https://doi.org/{SEED}"))
    mine.preferences.set(WORKSPACE, ALICE, "links", "off")
    assert hear(links(f"https://doi.org/{SEED}", ts="1700.0099")) == []


def test_a_schedule_begins_in_the_persons_zone(say: Say, mine: Services) -> None:
    said = say("subscribe hypoxia daily")[0].body["text"]
    assert "(Europe/Paris)" in said
    for stored in mine.store.subscriptions.everything():
        mine.store.subscriptions.stop(stored.id, "test", NOW)


@pytest.mark.parametrize(("members", "shown"), [([ALICE], True), ([ALICE, BOT_USER], False)])
def test_to_invite_is_suggested_only_where_the_bot_is_no_member(
    say: Say, mine: Services, slack: SlackStandIn, members: list[str], shown: bool
) -> None:
    slack.answers["conversations.members"] = {"members": members}
    said = say("subscribe hypoxia daily")[0].body["text"]
    assert ("/invite" in said) is shown
    for stored in mine.store.subscriptions.everything():
        mine.store.subscriptions.stop(stored.id, "test", NOW)


# Greetings


@pytest.fixture
def stranger(mine: Services) -> Iterator[None]:
    """Nobody was greeted."""

    def forget() -> None:
        with mine.store._connections.writing() as db:
            db.execute("DELETE FROM greeted")

    forget()
    yield
    forget()
    for person in (ALICE, BOB):
        mine.store.preferences.greet(WORKSPACE, person, NOW)


@pytest.mark.usefixtures("stranger")
def test_who_first_writes_is_greeted_once_above_the_answer(hear: Hear) -> None:
    (call,) = hear(direct(SEED, event_id=f"Ev{trigger()}"))
    greeting = "as you would to a colleague"
    assert greeting in call.body["text"]
    assert SEED in call.body["text"]
    tries = [block for block in call.body["blocks"] if block.get("block_id") == "greeting"]
    assert len(tries[0]["elements"]) == 3
    (call,) = hear(direct(SEED, event_id=f"Ev{trigger()}"))
    assert greeting not in call.body["text"]


@pytest.mark.usefixtures("stranger")
def test_a_channel_is_greeted_once_when_the_bot_is_invited(hear: Hear) -> None:
    assert hear(joined(user=BOB)) == [], "others come and go"
    (call,) = hear(joined())
    assert (call.method, call.body["channel"]) == ("chat.postMessage", CHANNEL)
    assert hear(joined()) == []


# What is counted


def test_opinions_of_answers_are_counted_for_the_workspace(
    say: Say, hear: Hear, mine: Services, slack: SlackStandIn
) -> None:
    answer = say(SEED)[0].body
    (block,) = [each for each in answer["blocks"] if each["type"] == "context_actions"]
    (element,) = block["elements"]
    for choice in ("positive_button", "positive_button", "negative_button"):
        value = element[choice]["value"]
        hear(press(element["action_id"], value, slack.response_url))
    totals = mine.store.uses.totals(WORKSPACE)
    assert (totals[Use.USEFUL], totals[Use.NOT_USEFUL]) == (2, 1)
    assert "2 useful · 1 not useful" in say("stats")[0].body["text"]
    assert "cannot be used" in str(hear(press(element["action_id"], "x", slack.response_url)))


def test_what_is_opened_saved_and_exported_is_counted_and_never_by_whom(
    say: Say, hear: Hear, mine: Services, slack: SlackStandIn
) -> None:
    assert "Here:" not in say(SEED)[0].body["text"]
    say(SEED)
    say(f"save {SEED} to journal club")
    hear(direct(f"export {SEED} as ris", event_id=f"Ev{trigger()}"))
    on = mine.store.lists.lists(WORKSPACE, [ALICE])[0]
    hear(press("list:export", {"l": on.id, "f": "ris"}, slack.response_url))
    say("adaptive and acquired resistance immunotherapy review")
    record = next(r for r in mine.store.newest(200) if r.doi == SEED)
    used = mine.store.uses.of(WORKSPACE, record.id)
    assert used == {Use.VIEWED: 1, Use.OPENED: 2, Use.SAVED: 1, Use.EXPORTED: 2}
    assert mine.store.uses.of("/T0OTHER", record.id) == {}
    shown = "Here: viewed 1 time, opened 2 times, saved 1 time, exported 2 times"
    assert shown in say(SEED)[0].body["text"]
    assert "1 saved · 2 exported" in say("stats")[0].body["text"]
    with mine.store._connections.reading() as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(uses)")]
    assert columns == ["workspace", "record_id", "kind", "count"]


def test_a_person_is_listed_and_deleted_with_what_they_set(say: Say, mine: Services) -> None:
    say("settings style APA")
    kinds = {each.kind for each in mine.store.people.kept(ALICE)}
    assert {"setting", "greeted"} <= kinds
    mine.store.people.delete(ALICE)
    assert mine.store.preferences.of(WORKSPACE, ALICE) == {}
    mine.store.preferences.greet(WORKSPACE, ALICE, NOW)
