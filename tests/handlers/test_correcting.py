"""[Wrong tag]: a window, a correction for one workspace, and the way back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from bot.records.models import Record
from handlers.router import Router
from handlers.services import Services
from handlers.views import buttons, correction
from tests.handlers.bodies import ALICE, controls_in, direct, mention, press, slash, submit
from tests.handlers.conftest import NOW
from tests.handlers.standin import TEAM, SlackStandIn
from tests.handlers.visitor import waiting_app

Send = Callable[[dict[str, Any]], BoltResponse]
WORKSPACE = f"/{TEAM}"


@pytest.fixture(autouse=True)
def _untouched(untouched: Services) -> None:
    """Each test begins with nothing kept."""


@pytest.fixture
def record(services: Services) -> Record:
    """A record tagged with CAR-T."""
    answer = services.search.run(services.search.interpret("strategy:car-t"))
    return answer.hits[0].record


def chosen(what: str, record_id: str, **changes: Any) -> dict[str, Any]:
    """A choice in the ⋯ of a card."""
    body = press(buttons.MENU, "", None, **changes)
    option = {
        "text": {"type": "plain_text", "text": "x"},
        "value": f"{what} {json.dumps({'id': record_id})}",
    }
    body["actions"] = [{"type": "overflow", "action_id": buttons.MENU, "selected_option": option}]
    return body


def filled(view: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    """The window as Slack hands it in, with these things chosen or written."""
    values = {}
    for name, given in inputs.items():
        options = [{"value": each} for each in given]
        state = {"value": given} if isinstance(given, str) else {"selected_options": options}
        values[name] = {name: state}
    return submit(view, values)


def tags_of(services: Services, record: Record, workspace: str = WORKSPACE) -> set[str]:
    with services.corrections.seen_by(workspace):
        stored = services.store.get(record.id)
    assert stored is not None
    return {tag.concept for tag in stored.concepts}


def corrected(send: Send, slack: SlackStandIn, record: Record, **inputs: Any) -> dict[str, Any]:
    """Correct a record by its window, and return what the window became."""
    send(chosen(buttons.WRONG_TAG, record.id))
    view = slack.said("views.open")[-1].body["view"]
    response = send(filled(view, **inputs))
    assert json.loads(response.body)["response_action"] == "update"
    return slack.said("views.update")[-1].body["view"]


def test_every_card_has_the_way_to_correct_it(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    for text in ("macrophage", "10.1002/ctd2.70098", "evidence oncolytic viruses", "new"):
        send(slash(text, slack.response_url))
    for call in slack.said("response_url"):
        labels = [each["text"]["text"] for each in controls_in(call.body)]
        # A ⋯ has room for five: from a list, the way leads over the record.
        assert {"Open record", "Wrong tag"} & set(labels)
    record = services.lookup.one("10.1002/ctd2.70098")
    assert record is not None
    send(slash(f"show {record.id}", slack.response_url))
    opened = controls_in(slack.said("response_url")[-1].body)
    assert {"Wrong tag", "Report an error"} <= {each["text"]["text"] for each in opened}


def test_the_window_shows_the_tags_with_their_words_and_the_other_concepts(
    send: Send, slack: SlackStandIn, record: Record, services: Services
) -> None:
    send(chosen(buttons.WRONG_TAG, record.id))
    call = slack.only("views.open")
    inputs = {block["block_id"]: block["element"] for block in call["view"]["blocks"][1:-1]}
    wrong = {option["value"] for option in inputs[correction.WRONG]["options"]}
    groups = inputs[correction.MISSING]["option_groups"]
    missing = {option["value"] for group in groups for option in group["options"]}
    assert wrong == {tag.concept for tag in record.concepts}
    assert wrong | missing == set(services.vocabulary.concepts)
    assert not wrong & missing
    assert call["trigger_id"].startswith("1.2.")


def test_a_correction_applies_at_once_and_in_its_workspace_only(
    send: Send, slack: SlackStandIn, record: Record, services: Services
) -> None:
    became = corrected(send, slack, record, wrong=["car-t"], missing=["review"], comment="No.")
    assert "CAR-T" in str(became["blocks"])
    assert tags_of(services, record) == tags_of(services, record, "") - {"car-t"} | {"review"}
    (listed, _) = services.corrections.listed(WORKSPACE)
    assert (listed.correction.user, listed.correction.comment) == (ALICE, "No.")
    assert listed.correction.at == NOW

    def found(body: dict[str, Any]) -> bool:
        send(body)
        return f'"{record.id}"' in json.dumps(slack.said()[-1].body).replace('\\"', '"')

    question = f"strategy:car-t year:{record.year}"
    assert not found(slash(question, slack.response_url))
    assert not found(mention(question, event_id="Ev-here"))
    assert not found(direct(question, event_id="Ev-direct"))
    assert not found(press("ask:0", {"q": question}, slack.response_url, ephemeral=True))
    elsewhere = slash(question, slack.response_url, team_id="T02OTHER")
    assert found(elsewhere)


def test_sharing_shares_what_the_workspace_sees(
    send: Send, slack: SlackStandIn, record: Record, services: Services
) -> None:
    corrected(send, slack, record, wrong=["car-t"])
    value = {"q": f"strategy:car-t year:{record.year}", "o": 0}
    send(press(buttons.SHARE, value, slack.response_url, ephemeral=True))
    assert record.id not in str(slack.said("chat.postMessage")[-1].body)


def test_a_correction_is_undone_where_it_was_made(
    send: Send, slack: SlackStandIn, record: Record, services: Services
) -> None:
    became = corrected(send, slack, record, wrong=["car-t"])
    undo = next(b for b in became["blocks"] if b["type"] == "actions")["elements"][0]
    pressed = press(undo["action_id"], undo["value"], None, channel=None, view={"id": "V01"})
    send(pressed)
    assert "Undone" in str(slack.said("views.update")[-1].body["view"])
    assert "car-t" in tags_of(services, record)
    send(pressed | {"trigger_id": "another press"})
    assert "applies no more" in str(slack.said("views.update")[-1].body["view"])


def test_the_list_names_who_and_when_and_undoes(
    send: Send, slack: SlackStandIn, record: Record, services: Services
) -> None:
    corrected(send, slack, record, wrong=["car-t"], comment="Only <!channel> mentioned")
    send(slash("corrections", slack.response_url))
    answer = slack.said("response_url")[-1].body
    assert f"<@{ALICE}>" in str(answer["blocks"])
    assert "15 Jan 2026" in answer["text"]
    undo = answer["blocks"][1]["accessory"]
    send(press(undo["action_id"], undo["value"], slack.response_url, ephemeral=True))
    answer = slack.said("response_url")[-1].body
    assert answer["replace_original"] is True
    assert "has corrected no tag" in answer["text"]
    assert "car-t" in tags_of(services, record)


def test_in_a_channel_nobody_is_called_by_the_list(
    send: Send, slack: SlackStandIn, record: Record
) -> None:
    corrected(send, slack, record, wrong=["car-t"])
    send(mention("corrections", event_id="Ev-corrections"))
    assert ALICE not in str(slack.said("chat.postMessage")[-1].body)


def test_the_window_tells_of_what_was_corrected_before(
    send: Send, slack: SlackStandIn, record: Record
) -> None:
    corrected(send, slack, record, wrong=["car-t"])
    send(chosen(buttons.WRONG_TAG, record.id))
    view = slack.said("views.open")[-1].body["view"]
    assert f"<@{ALICE}>" in str(view["blocks"][-1])
    options = next(b for b in view["blocks"] if b.get("block_id") == correction.WRONG)["element"]
    assert "car-t" not in str(options)


def test_an_empty_window_stays_open_and_says_what_to_choose(
    send: Send, slack: SlackStandIn, record: Record, services: Services
) -> None:
    send(chosen(buttons.WRONG_TAG, record.id))
    view = slack.only("views.open")["view"]
    said = json.loads(send(filled(view, comment="so?")).body)
    assert said["response_action"] == "errors"
    assert correction.MISSING in said["errors"]
    assert services.corrections.listed() == []


def test_what_cannot_be_kept_is_said_in_the_window(
    send: Send, slack: SlackStandIn, record: Record
) -> None:
    send(chosen(buttons.WRONG_TAG, record.id))
    view = slack.said("views.open")[-1].body["view"]
    gone = {**view, "private_metadata": '{"id": "wgone"}'}
    send(filled(gone, wrong=["car-t"]))
    assert "was deleted" in str(slack.said("views.update")[-1].body["view"])
    send(filled({**view, "private_metadata": "no"}, wrong=["car-t"]))
    assert "cannot be used" in str(slack.said("views.update")[-1].body["view"])


def test_a_window_that_was_closed_meanwhile_has_done_its_work(
    send: Send, slack: SlackStandIn, record: Record, services: Services
) -> None:
    send(chosen(buttons.WRONG_TAG, record.id))
    slack.refuse("views.update", "not_found")
    send(filled(slack.only("views.open")["view"], wrong=["car-t"]))
    assert "car-t" not in tags_of(services, record)
    assert not slack.said("chat.postMessage")


def test_an_error_is_reported_by_the_window(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    found = services.lookup.one("10.1002/ctd2.70098")
    assert found is not None
    send(chosen(buttons.REPORT, found.id))
    view = slack.only("views.open")["view"]
    send(filled(view, text="The licence <!here> is missing."))
    became = str(slack.said("views.update")[-1].body["view"])
    assert "report 1 about" in became
    assert "https://ora.ox.ac.uk/objects/uuid:" in became
    (kept,) = services.reports.listed(WORKSPACE)
    assert kept.record == found
    assert (kept.report.text, kept.report.user, kept.report.at) == (
        "The licence <!here> is missing.", ALICE, NOW
    )  # fmt: skip
    assert services.reports.listed("/T02OTHER") == []


def test_an_error_is_reported_in_words(send: Send, slack: SlackStandIn, services: Services) -> None:
    send(slash("report error in 10.1002/ctd2.70098: no licence", slack.response_url))
    assert "report 1 about" in slack.said("response_url")[-1].body["text"]
    (kept,) = services.reports.listed(WORKSPACE)
    assert (kept.report.text, kept.report.kind) == ("no licence", "other")


def test_reporting_without_words_offers_both_windows(
    send: Send, slack: SlackStandIn, services: Services
) -> None:
    send(slash("report wrong tag on 10.1002/ctd2.70098", slack.response_url))
    answer = slack.said("response_url")[-1].body
    row = next(b for b in answer["blocks"] if b["type"] == "actions")["elements"]
    assert [each["text"]["text"] for each in row] == ["Wrong tag", "Report an error"]
    for each in row:
        send(press(each["action_id"], each["value"], slack.response_url, ephemeral=True))
    titles = [call.body["view"]["title"]["text"] for call in slack.said("views.open")]
    assert titles == ["Wrong tag", "Report an error"]
    assert services.reports.listed() == []


def test_a_report_that_says_nothing_is_not_kept(
    send: Send, slack: SlackStandIn, services: Services, record: Record
) -> None:
    send(chosen(buttons.REPORT, record.id))
    send(filled(slack.only("views.open")["view"], text="  "))
    assert "says nothing" in str(slack.said("views.update")[-1].body["view"])
    assert services.reports.listed() == []


@pytest.mark.parametrize(
    "value", ["wrong_tag:", "other:w1", "", ":", "menu:wrong_tag no", "menu:other {}", "menu {}"]
)
def test_a_menu_with_a_broken_value_gets_one_helpful_line(
    send: Send, slack: SlackStandIn, value: str
) -> None:
    body = chosen("", "")
    body["actions"][0]["selected_option"]["value"] = value
    body["response_url"] = slack.response_url
    send(body)
    assert "Ask the question again" in slack.only("response_url")["text"]


def test_the_menu_of_an_older_message_works_on(
    send: Send, slack: SlackStandIn, record: Record
) -> None:
    """It held a word and the record's id."""
    body = chosen("", "")
    body["actions"][0]["selected_option"]["value"] = f"report:{record.id}"
    send(body)
    assert slack.only("views.open")["view"]["title"]["text"] == "Report an error"


def test_a_submission_is_acknowledged_before_it_is_kept(
    slack: SlackStandIn, router: Router, record: Record
) -> None:
    app: App = waiting_app(slack, router)
    app.dispatch(BoltRequest(mode="socket_mode", body=chosen(buttons.WRONG_TAG, record.id)))
    body = filled(slack.only("views.open")["view"], wrong=["car-t"])
    request = BoltRequest(mode="socket_mode", body=body)
    app.dispatch(request)
    assert request.context.ack.response is not None
    assert "One moment" in request.context.ack.response.body
