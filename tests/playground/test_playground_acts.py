"""What a person does at the page reaches a real Bolt app, and its answers come back."""

import logging
import threading
from typing import Any

import pytest

from bot.playground import Playground
from bot.playground.acts import FAILED, THREAD_COMMAND, UNHANDLED
from bot.playground.payloads import as_slack_writes

from .page import Page

LAB, CLUB, DIRECT = "C0TMELAB", "C0JOURNAL", "D0TMEBOT"
Seen = dict[str, Any]


def found(page: Page) -> dict[str, Any]:
    page.say("/tme glioma")
    return page.messages(LAB)[-1]


def test_a_slash_command_is_answered_privately(page: Page, seen: Seen) -> None:
    assert page.say("/tme  CAF & <resistance> ") == {"ok": True}
    asked, answer = page.messages(LAB)[-2:]
    assert (asked["kind"], asked["user"], asked["ephemeral"]) == ("command", "U0YOU", True)
    assert (answer["user"], answer["ephemeral"]) == ("U0TMEBOT", True)
    body = seen["command"]
    assert body["command"] == "/tme"
    assert body["text"] == "CAF &amp; &lt;resistance&gt;"
    assert (body["team_id"], body["channel_id"], body["user_id"]) == ("T0TMEDEMO", LAB, "U0YOU")
    assert body["channel_name"] == "tme-lab"


def test_the_page_hears_when_the_bot_is_at_work_and_when_it_is_done(page: Page) -> None:
    page.say("/tme glioma")
    kinds = [event["type"] for event in page.events()]
    assert kinds == ["message", "busy", "message", "done"]
    busy, done = page.events("busy", "done")
    assert busy["channel"] == LAB
    assert (done["act"], done["tab"], done["silent"]) == (busy["act"], page.tab, False)


def test_text_in_an_acknowledgement_is_shown(page: Page) -> None:
    page.say("/tme acked")
    answer = page.messages(LAB)[-1]
    assert (answer["text"], answer["ephemeral"]) == ("Said in the acknowledgement", True)


def test_a_bot_that_says_nothing_is_told_as_silent(page: Page) -> None:
    page.say("/tme quiet")
    assert page.events("done")[0]["silent"] is True


def test_an_answer_that_slack_would_refuse_is_no_answer(page: Page) -> None:
    page.say("/tme refused")
    assert page.events("done")[0]["silent"] is True


def test_a_failing_listener_is_one_line(page: Page, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL):
        page.say("/tme fail")
        assert page.events("done")[0]["silent"] is True
        assert page.press(found(page), "break") == {"ok": True, "notice": FAILED}


def test_other_slash_commands_do_not_exist(page: Page, seen: Seen) -> None:
    notice = page.say("/giphy cat")["notice"]
    assert notice == "There is no /giphy here. Try /tme help."
    assert page.say("/tmex cat")["notice"].startswith("There is no /tmex here.")
    assert "command" not in seen


def test_slash_commands_do_not_run_in_threads(page: Page, seen: Seen) -> None:
    root = page.messages(LAB)[0]["ts"]
    assert page.say("/tme glioma", thread=root)["notice"] == THREAD_COMMAND
    assert "command" not in seen


def test_a_mention_is_answered_in_its_thread(page: Page, seen: Seen) -> None:
    page.say("Hello @tme oncolytic viruses", channel=CLUB)
    asked, answer = page.messages(CLUB)[-2:]
    assert asked["text"] == "Hello <@U0TMEBOT> oncolytic viruses"
    assert (answer["thread_ts"], answer["ephemeral"]) == (asked["ts"], False)
    body = seen["app_mention"]
    assert body["event"]["channel"] == CLUB
    assert body["event"]["ts"] == body["event"]["event_ts"] == asked["ts"]
    assert body["event_id"].startswith("Ev")
    assert "thread_ts" not in body["event"]
    page.say("<@U0TMEBOT> and then?", channel=CLUB, thread=answer["ts"])
    assert seen["app_mention"]["event"]["thread_ts"] == asked["ts"]
    assert page.messages(CLUB)[-1]["thread_ts"] == asked["ts"]


def test_words_in_a_channel_without_a_mention_are_only_posted(page: Page, seen: Seen) -> None:
    page.say("me@tmelab.org and tme and @tmex")
    assert page.messages(LAB)[-1]["text"] == "me@tmelab.org and tme and @tmex"
    assert [event["type"] for event in page.events()] == ["message"]
    assert not seen


def test_plain_words_in_the_direct_message_are_asked(page: Page, seen: Seen) -> None:
    page.say("macrophage csf1r", channel=DIRECT)
    asked, answer = page.messages(DIRECT)[-2:]
    assert answer["text"] == "You wrote: macrophage csf1r"
    assert (answer["thread_ts"], answer["ephemeral"]) == (None, False)
    assert seen["message"]["event"]["channel_type"] == "im"
    page.say("second one", channel=DIRECT, thread=asked["ts"])
    assert page.messages(DIRECT)[-1]["thread_ts"] == asked["ts"]


def test_a_slash_command_runs_in_the_direct_message(page: Page, seen: Seen) -> None:
    page.say("/tme glioma", channel=DIRECT)
    assert seen["command"]["channel_name"] == "directmessage"
    assert page.messages(DIRECT)[-1]["ephemeral"] is True


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("see https://doi.org/10.1/x.", "see <https://doi.org/10.1/x>."),
        ("(http://a.test/b?c=1&d=2)", "(<http://a.test/b?c=1&amp;d=2>)"),
        ("@TME bot hello", "<@U0TMEBOT> hello"),
        ("@tme: hello", "<@U0TMEBOT>: hello"),
        ("a@tme b @tmes", "a@tme b @tmes"),
        ("<!channel>", "&lt;!channel&gt;"),
    ],
)
def test_typed_text_is_written_as_slack_writes_it(typed: str, written: str) -> None:
    assert as_slack_writes(typed) == written


def test_a_button_opens_a_modal_in_the_tab_it_was_pressed_in(
    page: Page, playground: Playground, seen: Seen
) -> None:
    other = Page(playground)
    message = found(page)
    page.press(message, "abstract")
    body = seen["block_actions"]
    assert body["actions"][0]["value"] == "r1"
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body  # as Slack: an ephemeral message is not handed back
    opened = page.view()
    assert opened["tab"] == page.tab != other.tab


def test_a_button_of_a_public_message_comes_with_the_message(page: Page, seen: Seen) -> None:
    page.say("@tme oncolytic", channel=CLUB)
    answer = page.messages(CLUB)[-1]
    page.press(answer, "link")
    body = seen["block_actions"]
    assert body["message"]["ts"] == answer["ts"]
    assert body["container"]["thread_ts"] == answer["thread_ts"]
    assert body["actions"][0]["url"].startswith("https://doi.org/")


def test_share_posts_for_all_and_replaces_the_private_answer(page: Page) -> None:
    message = found(page)
    page.press(message, "share")
    stored = page.messages(LAB)
    assert stored[-1]["text"] == "Shared: glioma"
    assert stored[-1]["ephemeral"] is False
    assert stored[-2]["ts"] == message["ts"]
    assert stored[-2]["text"] == "Shared."


def test_the_value_of_a_button_is_never_the_page_s(page: Page, seen: Seen) -> None:
    page.press(found(page), "abstract", value="forged")
    assert seen["block_actions"]["actions"][0]["value"] == "r1"


def test_a_button_that_is_gone_says_so(page: Page) -> None:
    message = found(page)
    where = {"channel": LAB, "ts": message["ts"], "block": "card:all-2"}
    answer = page.send(kind="press", **where, action="nothing")
    assert (answer.status, answer.json["message"]) == (410, "That button is no longer there.")
    gone = page.send(kind="press", channel=LAB, ts="1.000000", block="b", action="a")
    assert gone.status == 410


def open_form(page: Page) -> str:
    page.press(found(page), "ask")
    view_id: str = page.view()["id"]
    return view_id


def submit(page: Page, view: str, words: str | None, kind: str | None = None) -> dict[str, Any]:
    values = {"words": {"text": words}, "kind": {"one": kind}}
    return page.act(kind="submit", view=view, values=values)


def test_a_modal_is_submitted_with_the_state_of_its_inputs(page: Page, seen: Seen) -> None:
    view = open_form(page)
    assert submit(page, view, "glioma", "trial") == {"ok": True}
    body = seen["view_submission"]["view"]
    assert body["callback_id"] == "form"
    state = body["state"]["values"]
    assert state["words"]["text"] == {"type": "plain_text_input", "value": "glioma"}
    assert state["kind"]["one"]["selected_option"]["value"] == "trial"
    assert page.events("view_closed")[0]["id"] == view


def test_an_option_that_was_not_offered_is_not_chosen(page: Page, seen: Seen) -> None:
    submit(page, open_form(page), "glioma", "forged")
    state = seen["view_submission"]["view"]["state"]["values"]
    assert state["kind"]["one"]["selected_option"] is None


def test_an_empty_input_is_said_at_the_input(page: Page, seen: Seen) -> None:
    answer = submit(page, open_form(page), None)
    assert answer["errors"] == {"words": "Please fill in this field."}
    assert "view_submission" not in seen


def test_errors_and_updates_in_the_acknowledgement_are_shown(page: Page) -> None:
    view = open_form(page)
    assert submit(page, view, "bad")["errors"] == {"words": "Use other words."}
    assert not page.events("view_closed")
    submit(page, view, "more")
    assert (page.view()["id"], page.view()["view"]["title"]["text"]) == (view, "Asked")


def test_a_dismissed_modal_is_told_once(page: Page, seen: Seen) -> None:
    view = open_form(page)
    page.act(kind="close", view=view)
    assert seen.pop("view_closed")["view"]["id"] == view
    page.act(kind="close", view=view)
    assert "view_closed" not in seen
    assert page.send(kind="submit", view=view).status == 410


def test_home_is_published_when_it_is_opened_and_its_buttons_work(page: Page, seen: Seen) -> None:
    assert page.state()["home"] is None
    page.act(kind="home")
    assert seen["app_home_opened"]["event"]["tab"] == "home"
    home = page.state()["home"]
    assert home["view"]["blocks"][0]["text"]["text"] == "*Ask the bot*"
    page.act(kind="press", view=home["id"], block="home", action="link")
    assert seen["block_actions"]["container"] == {"type": "view", "view_id": home["id"]}
    page.act(kind="home")
    assert page.state()["home"]["id"] == home["id"]


def test_what_nothing_listens_for_is_said(page: Page, playground: Playground) -> None:
    odd = {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "unheard",
                "text": {"type": "plain_text", "text": "Odd"},
            }
        ],
    }
    playground.client.chat_postMessage(channel=LAB, text="x", blocks=[odd])
    answer = page.press(page.messages(LAB)[-1], "unheard")
    assert answer["notice"] == UNHANDLED


def test_two_tabs_see_the_same(page: Page, playground: Playground) -> None:
    other = Page(playground)
    page.say("hello from one")
    assert other.events("message") == page.events("message")
    assert other.messages(LAB) == page.messages(LAB)


def test_many_questions_at_once_are_all_answered(page: Page) -> None:
    said = [threading.Thread(target=page.send, kwargs=one) for one in asked(12)]
    for thread in said:
        thread.start()
    for thread in said:
        thread.join()
    assert page.playground.settled()
    answers = [m for m in page.messages(LAB) if m["user"] == "U0TMEBOT"]
    assert sorted(m["text"] for m in answers) == sorted(f"Found: q{n}" for n in range(12))
    assert len({m["ts"] for m in page.messages(LAB)}) == len(page.messages(LAB))


def asked(number: int) -> list[dict[str, Any]]:
    return [{"kind": "say", "channel": LAB, "text": f"/tme q{n}"} for n in range(number)]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "\x00nul and a character",
        "*_~`" * 500,
        "\u202eright to left",
        "💥" * 2000,
    ],
)
def test_hostile_text_goes_through_and_comes_back_as_json(page: Page, text: str) -> None:
    page.say(text)
    page.say(f"/tme echo {text}")
    assert len(page.messages(LAB)) == 2 + 3


def test_blank_text_is_nothing(page: Page) -> None:
    page.say(" \n ")
    assert not page.events()
