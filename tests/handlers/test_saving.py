"""Reading lists in Slack: saving, reading, noting, sharing, and every way back."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from slack_bolt import BoltResponse

from bot.curation.lists import Scope
from bot.merging.choice import choose
from bot.records.models import Record
from bot.sources import trusts
from handlers.services import Services
from handlers.views import buttons, reading
from tests.handlers.bodies import (
    ALICE,
    BOB,
    CHANNEL,
    DIRECT,
    controls_in,
    direct,
    home_opened,
    mention,
    press,
    slash,
    submit,
)
from tests.handlers.conftest import NOW
from tests.handlers.standin import TEAM, SlackStandIn

Send = Callable[[dict[str, Any]], BoltResponse]
WORKSPACE = f"/{TEAM}"
MINE = Scope(WORKSPACE, ALICE, CHANNEL)
SEED = "10.1002/ctd2.70098"


@pytest.fixture(autouse=True)
def _untouched(untouched: Services) -> None:
    """Each test begins with nothing kept."""


@pytest.fixture
def record(services: Services) -> Record:
    found = services.lookup.one(SEED)
    assert found is not None
    return found


@pytest.fixture
def others(services: Services) -> list[Record]:
    return [record for record in services.store.newest(20) if record.doi and record.doi != SEED]


def button(message: dict[str, Any], label: str) -> dict[str, Any]:
    return next(each for each in controls_in(message) if each["text"]["text"] == label)


def labels(message: dict[str, Any]) -> list[str]:
    return [each["text"]["text"] for each in controls_in(message)]


def ask(send: Send, slack: SlackStandIn, text: str, **changes: Any) -> dict[str, Any]:
    send(slash(text, slack.response_url, **changes))
    return slack.said("response_url")[-1].body


def click(send: Send, slack: SlackStandIn, message: dict[str, Any], label: str) -> dict[str, Any]:
    """Press a button of a private answer, and return what is shown then."""
    found = button(message, label)
    send(press(found["action_id"], found["value"], slack.response_url, ephemeral=True))
    return slack.said()[-1].body


def choose_format(
    send: Send, slack: SlackStandIn, message: dict[str, Any], title: str
) -> dict[str, Any]:
    """Choose a format in the menu of a list, and return what is shown then."""
    menu = next(
        element
        for block in message["blocks"]
        for element in block.get("elements", [])
        if element.get("type") == "static_select"
    )
    option = next(each for each in menu["options"] if each["text"]["text"] == title)
    body = press(menu["action_id"], None, slack.response_url, ephemeral=True)
    chosen = {"type": "static_select", "action_id": menu["action_id"], "selected_option": option}
    send({**body, "actions": [chosen]})
    return slack.said()[-1].body


def on_list(services: Services, name: str, scope: Scope = MINE) -> list[str]:
    on = services.library.named(scope, name)
    assert on is not None, name
    return [str(entry.record.doi) for entry in services.library.entries(on)]


def fill(view: dict[str, Any], **inputs: str) -> dict[str, Any]:
    """The window as it is handed in: menus and boxes by value, the rest as written."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        name, element = block["block_id"], block["element"]
        chosen = element.get("initial_option") or {}
        if element["type"] == "plain_text_input":
            state = {"value": inputs.get(name) or element.get("initial_value")}
        else:
            state = {"selected_option": {"value": inputs.get(name, chosen.get("value"))}}
        values[name] = {name: state}
    return submit(view, values)


def saved_by_window(
    send: Send, slack: SlackStandIn, record: Record, **inputs: str
) -> dict[str, Any]:
    send(press(buttons.SAVE, {"id": record.id}, None))
    send(fill(slack.said("views.open")[-1].body["view"], **inputs))
    return slack.said("views.update")[-1].body["view"]


def test_save_on_a_card_picks_a_list(
    send: Send, slack: SlackStandIn, record: Record, services: Services
) -> None:
    became = saved_by_window(send, slack, record, note="For Thursday")
    assert "Saved to “Reading list” (1 record)" in str(became["blocks"])
    assert on_list(services, "reading list") == [SEED]
    became = saved_by_window(send, slack, record, new="Journal club", owner=reading.OURS)
    assert "this channel's" in str(became["blocks"])
    assert on_list(services, "journal club", Scope(WORKSPACE, BOB, CHANNEL)) == [SEED]
    send(press(buttons.SAVE, {"id": record.id}, None))
    view = slack.said("views.open")[-1].body["view"]
    options = view["blocks"][1]["element"]["options"]
    assert [each["text"]["text"] for each in options] == [
        "“Journal club” (this channel's)", "“Reading list”"
    ]  # fmt: skip
    assert f"saved by <@{ALICE}>" in str(view["blocks"][-1])
    assert "15 Jan 2026" in str(view["blocks"][-1])


def test_what_was_saved_by_the_window_is_undone_in_it(
    send: Send, slack: SlackStandIn, record: Record, services: Services
) -> None:
    became = saved_by_window(send, slack, record, new="Ours", owner=reading.OURS)
    undo = button(became, "Undo")
    view = {"id": "V01", **became}
    send(press(undo["action_id"], undo["value"], None, channel=None, view=view))
    assert "Taken off" in str(slack.said("views.update")[-1].body["view"])
    assert on_list(services, "ours") == []


def test_saving_in_words_says_where_and_undoes(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    answer = ask(send, slack, f"save {SEED} to journal club with note: the methods")
    assert "Saved to “journal club” (1 record)" in answer["text"]
    assert "the methods" in answer["text"]
    again = ask(send, slack, f"save {SEED} to journal club")
    assert "Already on “journal club”, since 15 Jan 2026" in again["text"]
    assert "Undo" not in labels(again)
    undone = click(send, slack, answer, "Undo")
    assert "Removed 1 record" in undone["text"]
    assert on_list(services, "journal club") == []
    back = click(send, slack, undone, "Undo")
    assert "Put back" in back["text"]
    assert on_list(services, "journal club") == [SEED]


def test_what_a_thread_listed_is_saved_by_its_place(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    send(mention("macrophage review", event_id="Ev-list"))
    said = {"thread_ts": "1700.0001"}
    send(mention("save the second one to journal club", event_id="Ev-2", **said))
    shown = services.store.conversations.recall(WORKSPACE, CHANNEL, "1700.0001", NOW)
    assert shown is not None
    (saved,) = services.library.entries(services.library.lists(MINE)[0])
    assert len(shown.record_ids) == 5
    assert saved.record.id == shown.record_ids[1]
    send(mention("save all of them to reviews", event_id="Ev-all", **said))
    assert len(on_list(services, "reviews")) == 5
    send(mention("save it", event_id="Ev-it", **said))
    assert len(on_list(services, "reading list")) == 1


def test_a_title_that_holds_to_is_a_title(
    send: Send, slack: SlackStandIn, services: Services, record: Record
) -> None:
    answer = ask(send, slack, f"save {record.title}")
    assert "Saved to “Reading list”" in answer["text"]
    answer = ask(send, slack, f"save {record.title} to journal club")
    assert "Saved to “journal club”" in answer["text"]
    assert {on.name for on in services.library.lists(MINE)} == {"Reading list", "journal club"}


def test_a_list_shows_who_saved_what_and_is_worked_on_in_place(
    send: Send, slack: SlackStandIn, services: Services, others: list[Record]
) -> None:
    for record in others[:7]:
        ask(send, slack, f"save {record.doi} to journal club")
    first = ask(send, slack, "list journal club")
    assert "journal club · 7 records (7 unread) · yours" in first["text"]
    assert f"Saved by <@{ALICE}> on 15 Jan 2026" in str(first["blocks"])
    read = click(send, slack, first, "Mark read")
    assert read["replace_original"] is True
    assert "(6 unread)" in read["text"]
    assert "Mark unread" in labels(read)
    unread = click(send, slack, read, "Mark unread")
    assert "(7 unread)" in unread["text"]
    second = click(send, slack, unread, "Next")
    assert "6. " in second["text"]
    removed = click(send, slack, second, "Remove")
    assert len(on_list(services, "journal club")) == 6
    assert "6. " in removed["text"]
    emptied = click(send, slack, removed, "Remove")
    assert "1. " in emptied["text"]
    undone = click(send, slack, emptied, "Undo")
    assert len(on_list(services, "journal club")) == 6
    assert "6 records" in undone["text"]


def test_a_note_is_written_in_a_window(send: Send, slack: SlackStandIn, services: Services) -> None:
    ask(send, slack, f"save {SEED} note: old")
    shown = ask(send, slack, "list reading list")
    note = button(shown, "Note")
    send(press(note["action_id"], note["value"], slack.response_url, ephemeral=True))
    view = slack.said("views.open")[-1].body["view"]
    assert view["blocks"][1]["element"]["initial_value"] == "old"
    send(fill(view, note="new <!channel> *note*"))
    assert "“new <!channel> *note*”" not in str(ask(send, slack, "list reading list")["blocks"])
    (entry,) = services.library.entries(services.library.lists(MINE)[0])
    assert entry.item.note == "new <!channel> *note*"


def test_lists_are_listed_and_opened(send: Send, slack: SlackStandIn) -> None:
    assert "No reading list yet" in ask(send, slack, "lists")["text"]
    ask(send, slack, f"save {SEED} to journal club")
    ask(send, slack, f"save {SEED} to our own")
    listed = ask(send, slack, "my lists")
    assert "2 reading lists" in listed["text"]
    opened = click(send, slack, listed, "Open")
    assert "own · 1 record (1 unread) · this channel's" in opened["text"]


def test_a_list_goes_and_comes_back(send: Send, slack: SlackStandIn) -> None:
    ask(send, slack, f"save {SEED} to journal club")
    gone = click(send, slack, ask(send, slack, "list journal club"), "Delete list")
    assert "Deleted “journal club”" in gone["text"]
    back = click(send, slack, gone, "Undo")
    assert "journal club · 1 record" in back["text"]
    said = ask(send, slack, "list journal club delete")
    assert "journal club · 1 record" in click(send, slack, said, "Undo")["text"]


def test_the_file_goes_to_the_person_alone(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    ask(send, slack, f"save {SEED} to journal club")
    shown = ask(send, slack, "list journal club")
    choose_format(send, slack, shown, "BibTeX")
    assert slack.said("chat.postMessage")[-1].body["channel"] == ALICE
    assert b"10.1002/ctd2.70098" in slack.uploads[-1]
    assert slack.uploads[-1].startswith(b"@article")
    offered = ask(send, slack, "list journal club export")
    click(send, slack, offered, "Send me the file")
    assert len(slack.uploads) == 2
    # The button of a message from before formats could be chosen.
    on = services.library.named(MINE, "journal club")
    assert on is not None
    send(press("list:export", {"l": on.id}, slack.response_url, ephemeral=True))
    assert slack.uploads[-1].startswith(b"@article")


@pytest.mark.parametrize(
    ("title", "begins", "ending"),
    [
        ("BibTeX", b"@article", "bib"),
        ("RIS", b"TY  - JOUR", "ris"),
        ("CSL-JSON", b"[", "csl.json"),
        ("nbib", b"", "nbib"),
        ("CSV", b"", "csv"),
    ],
)
def test_a_list_is_exported_in_the_format_that_is_chosen(
    send: Send, slack: SlackStandIn, title: str, begins: bytes, ending: str
) -> None:
    """By the menu under the list, and by words; the file has the name of the list."""
    ask(send, slack, f"save {SEED} to journal club")
    choose_format(send, slack, ask(send, slack, "list journal club"), title)
    assert slack.said("chat.postMessage")[-1].body["text"] == (
        f"Your reading list “journal club”: 1 record as {title}."
    )
    assert slack.uploads[-1].startswith(begins)
    assert b"10.1002/ctd2.70098" in slack.uploads[-1]
    assert slack.said("files.getUploadURLExternal")[-1].body["filename"] == f"journal-club.{ending}"
    offered = ask(send, slack, f"list journal club export as {title}")
    assert f"1 record as {title}" in offered["text"]
    click(send, slack, offered, "Send me the file")
    assert slack.uploads[-1] == slack.uploads[-2]


def test_a_format_that_is_none_is_said(send: Send, slack: SlackStandIn) -> None:
    ask(send, slack, f"save {SEED} to journal club")
    said = ask(send, slack, "list journal club export as word")["text"]
    assert "names no format: BibTeX, RIS, CSL-JSON, nbib, CSV" in said


def test_a_list_is_exported_in_other_formats(
    send: Send, slack: SlackStandIn, others: list[Record]
) -> None:
    for record in others[:7]:
        ask(send, slack, f"save {record.doi} to journal club")
    assert "7 records as RIS" in ask(send, slack, "export list journal club as ris")["text"]


def test_a_list_is_shared_without_the_buttons_that_change_it(
    send: Send, slack: SlackStandIn
) -> None:
    ask(send, slack, f"save {SEED} to journal club note: good")
    shown = ask(send, slack, "list journal club")
    shared = click(send, slack, shown, "Share to channel")
    assert "“good”" in shared["text"]
    assert not {"Remove", "Mark read", "Note", "Delete list"} & set(labels(shared))
    assert "Export as…" not in str(shared["blocks"])
    assert {"Abstract", "Save"} <= set(labels(shared))


def test_nobody_reaches_anothers_list(send: Send, slack: SlackStandIn, services: Services) -> None:
    ask(send, slack, f"save {SEED} to journal club")
    shown = ask(send, slack, "list journal club")
    for changes in ({"user_id": BOB}, {"team_id": "T02OTHER"}):
        assert "No reading list yet" in ask(send, slack, "lists", **changes)["text"]
        assert "Saved" not in ask(send, slack, "list journal club", **changes)["text"]
    offered = ask(send, slack, "list journal club export")
    for label in ("Mark read", "Remove", "Note", "Delete list", "Send me the file"):
        found = button(offered if label == "Send me the file" else shown, label)
        body = press(found["action_id"], found["value"], slack.response_url, ephemeral=True)
        body["user"]["id"] = BOB
        send(body)
        assert "not yours" in slack.said()[-1].body["text"], label
    assert on_list(services, "journal club") == [SEED]
    assert not slack.uploads


def test_a_channels_list_is_of_all_who_are_there(send: Send, slack: SlackStandIn) -> None:
    ask(send, slack, f"save {SEED} to our journal club")
    shown = ask(send, slack, "list our journal club", user_id=BOB)
    found = button(shown, "Mark read")
    body = press(found["action_id"], found["value"], slack.response_url, ephemeral=True)
    body["user"]["id"] = BOB
    send(body)
    assert "read by 1 other" in ask(send, slack, "list our journal club")["text"]
    elsewhere = ask(send, slack, "lists", channel_id="C02OTHER")
    assert "No reading list yet" in elsewhere["text"]


def test_in_a_direct_message_the_list_changes_in_place(send: Send, slack: SlackStandIn) -> None:
    send(direct(f"save {SEED}", event_id="Ev-save"))
    send(direct("list reading list", event_id="Ev-open"))
    shown = slack.said("chat.postMessage")[-1].body
    found = button(shown, "Mark read")
    send(press(found["action_id"], found["value"], slack.response_url, channel=DIRECT))
    changed = slack.said()[-1]
    assert changed.method == "response_url"
    assert changed.body["replace_original"] is True
    assert "Marked as read" in changed.body["text"]


def test_the_home_tab_has_the_persons_lists(send: Send, slack: SlackStandIn) -> None:
    ask(send, slack, f"save {SEED} to journal club")
    ask(send, slack, f"save {SEED} to our own")
    send(home_opened())
    view = slack.said("views.publish")[-1].body["view"]
    assert "journal club" in str(view["blocks"])
    assert "this channel" not in str(view["blocks"]).replace("this channel's list", "")
    opened = button(view, "Open")
    send(press(opened["action_id"], opened["value"], None, channel=None))
    drawn = slack.said("views.publish")[-1].body["view"]
    assert "*journal club* · 1 record" in str(drawn["blocks"]), "it opens where it is"


def test_words_that_name_no_list_are_searched(send: Send, slack: SlackStandIn) -> None:
    said = ask(send, slack, "list reviews of CAR-T")["text"]
    assert "CAR-T" in said
    assert "no reading list" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nope", "`save DOI to nope` begins it"),
        ("nope read 2", "no reading list “nope” here. `lists` shows"),
        ("challenges", "`save DOI to challenges` begins it"),
    ],
)
def test_a_list_that_is_not_there_is_said(
    send: Send, slack: SlackStandIn, words: str, said: str
) -> None:
    """Also above records that its words fit: nobody takes them for the list."""
    shown = ask(send, slack, f"list {words}")["text"]
    assert "There is no reading list" in shown.split("\n\n", maxsplit=1)[0]
    assert said in shown


@pytest.mark.parametrize(
    ("said", "answered"),
    [("read 1", "Marked"), ("unread 1", "Marked"), ("note 1 so so", "Noted"), ("note 1", "away"),
     ("remove 1", "Removed"), ("rename JC", "Renamed “journal club” to “JC”."),
     ("read 7", "It has one, number 1."), ("read", "It has one, number 1."),
     ("rename !!", "letters or digits")],
)  # fmt: skip
def test_a_list_is_worked_on_in_words(
    send: Send, slack: SlackStandIn, said: str, answered: str
) -> None:
    ask(send, slack, f"save {SEED} to journal club")
    assert answered in ask(send, slack, f"list journal club {said}")["text"]


@pytest.mark.parametrize(
    "value",
    ["", "{}", '{"i": "1"}', '{"i": []}', '{"i": [true]}', '{"l": "1"}', '{"l": true}',
     '{"i": [1], "q": "lists", "o": -1}', "[1]"],
)  # fmt: skip
@pytest.mark.parametrize("what", ["read", "remove", "undo", "note", "drop", "export", "other"])
def test_a_button_with_a_broken_value_gets_one_helpful_line(
    send: Send, slack: SlackStandIn, what: str, value: str
) -> None:
    send(press(f"list:{what}", value, slack.response_url, ephemeral=True))
    said = slack.only("response_url")["text"]
    assert "Ask the question again" in said or "there no more" in said or "no more" in said


def test_records_that_became_one_are_one_on_a_list(
    send: Send, slack: SlackStandIn, services: Services, others: list[Record]
) -> None:
    for record in others[:2]:
        ask(send, slack, f"save {record.doi} to journal club")
    first, second = (record.id for record in others[:2])
    chosen = partial(choose, trusts=trusts())
    services.store.merges.join(first, second, chosen, author="test", why="they are one")
    try:
        assert "journal club · 1 record" in ask(send, slack, "list journal club")["text"]
    finally:
        services.store.merges.undo(first, chosen, author="test")


def test_saving_without_saying_what_asks_for_it(send: Send, slack: SlackStandIn) -> None:
    assert "Say which record" in ask(send, slack, "save")["text"]
    assert "Say which record" in ask(send, slack, "save it to journal club")["text"]
