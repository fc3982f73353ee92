"""The Slack API stand-in, called by a real slack_sdk client over loopback."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.playground import Playground
from bot.playground.handles import Target

from .conftest import button, form, modal, section
from .page import Page, request

LAB = "C0TMELAB"


@pytest.fixture
def client(playground: Playground) -> WebClient:
    return playground.client


def refused(call: Any, /, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    error: str = caught.value.response["error"]
    return error


def test_auth_test_names_the_bot(client: WebClient) -> None:
    answer = client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == (
        "U0TMEBOT",
        "B0TMEBOT",
        "T0TMEDEMO",
    )
    assert client.api_test(foo="bar")["args"] == {"foo": "bar"}


def test_a_wrong_or_missing_token_is_refused(playground: Playground) -> None:
    for token in ("xoxb-wrong", "", playground.secrets.page):
        wrong = WebClient(token=token, base_url=f"{playground.url}api/")
        assert refused(wrong.chat_postMessage, channel=LAB, text="x") == "invalid_auth"


def test_everybody_is_in_every_channel(client: WebClient) -> None:
    assert client.conversations_members(channel=LAB)["members"] == ["U0YOU", "U0TMEBOT", "U0ANA"]
    assert client.conversations_members(channel="D0TMEBOT")["members"] == ["U0YOU", "U0TMEBOT"]
    assert refused(client.conversations_members, channel="C0NONE") == "channel_not_found"


def test_a_method_that_is_not_here_is_unknown(client: WebClient) -> None:
    assert refused(client.reactions_add, channel=LAB, name="x", timestamp="1") == "unknown_method"


def test_post_update_and_delete_show_on_the_page(client: WebClient, page: Page) -> None:
    posted = client.chat_postMessage(channel=LAB, text="one", blocks=[section("one")])
    ts = posted["ts"]
    assert posted["message"]["blocks"][0]["block_id"]
    client.chat_update(channel=LAB, ts=ts, text="two", blocks=[])
    shown = page.messages(LAB)[-1]
    assert (shown["ts"], shown["text"], shown["blocks"], shown["edited"]) == (ts, "two", [], True)
    client.chat_delete(channel=LAB, ts=ts)
    assert ts not in [message["ts"] for message in page.messages(LAB)]
    assert refused(client.chat_update, channel=LAB, ts=ts, text="x") == "message_not_found"
    assert refused(client.chat_delete, channel=LAB, ts=ts) == "message_not_found"


def test_the_bot_may_not_change_what_others_wrote(client: WebClient, page: Page) -> None:
    ts = page.messages(LAB)[0]["ts"]
    assert refused(client.chat_update, channel=LAB, ts=ts, text="x") == "cant_update_message"
    assert refused(client.chat_delete, channel=LAB, ts=ts) == "cant_delete_message"


def test_an_ephemeral_message_is_for_its_reader_alone(client: WebClient, page: Page) -> None:
    client.chat_postEphemeral(channel=LAB, user="U0YOU", text="for you")
    client.chat_postEphemeral(channel=LAB, user="U0ANA", text="for Ana")
    assert page.messages(LAB)[-1]["text"] == "for you"
    assert page.messages(LAB)[-1]["ephemeral"] is True
    told = [event["message"]["text"] for event in page.events("message")]
    assert told == ["for you"]
    assert refused(client.chat_postEphemeral, channel=LAB, user="U1", text="x") == (
        "user_not_in_channel"
    )


def test_replies_go_to_the_root_of_a_thread(client: WebClient, page: Page) -> None:
    root = client.chat_postMessage(channel=LAB, text="root")["ts"]
    reply = client.chat_postMessage(channel=LAB, text="reply", thread_ts=root)["ts"]
    client.chat_postMessage(channel=LAB, text="reply to reply", thread_ts=reply)
    threads = [m["thread_ts"] for m in page.messages(LAB)[-2:]]
    assert threads == [root, root]
    assert refused(client.chat_postMessage, channel=LAB, text="x", thread_ts="1.2") == (
        "thread_not_found"
    )


def test_a_direct_message_goes_by_user_id_and_a_channel_by_name(client: WebClient) -> None:
    assert client.conversations_open(users="U0YOU")["channel"]["id"] == "D0TMEBOT"
    assert client.chat_postMessage(channel="U0YOU", text="x")["channel"] == "D0TMEBOT"
    assert client.chat_postMessage(channel="#tme-lab", text="x")["channel"] == LAB
    assert client.conversations_info(channel=LAB)["channel"]["name"] == "tme-lab"
    assert client.users_info(user="U0ANA")["user"]["real_name"] == "Ana"


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        ("channel_not_found", {"channel": "C1", "text": "x"}),
        ("no_text", {"text": " "}),
        ("no_text", {"text": "", "blocks": []}),
        ("msg_too_long", {"text": "x" * 40_001}),
        ("invalid_blocks", {"text": "x", "blocks": [section("x")] * 51}),
        ("invalid_blocks", {"text": "x", "blocks": [section("x" * 3001)]}),
        ("invalid_blocks", {"text": "x", "blocks": [section("")]}),
        ("invalid_blocks", {"text": "x", "blocks": [{"type": "section"}]}),
        ("invalid_blocks", {"text": "x", "blocks": [{"type": "alert"}]}),
        ("invalid_blocks", {"text": "x", "blocks": ["not a block"]}),
        ("invalid_blocks", {"text": "x", "blocks": {"type": "section"}}),
        ("invalid_blocks", {"text": "x", "blocks": [{**section("x"), "block_id": "b"}] * 2}),
        ("invalid_blocks", {"text": "x", "blocks": [{"type": "actions", "elements": []}]}),
        (
            "invalid_blocks",
            {"text": "x", "blocks": [{"type": "actions", "elements": [button("a", "x" * 76)]}]},
        ),
        (
            "invalid_blocks",
            {"text": "x", "blocks": [{"type": "actions", "elements": [button("a", "x")] * 2}]},
        ),
        (
            "invalid_blocks",
            {"text": "x", "blocks": [{"type": "context", "elements": [button("a", "x")]}]},
        ),
        (
            "invalid_blocks",
            {
                "text": "x",
                "blocks": [
                    {"type": "actions", "elements": [button("a", "x", value="x" * 2001)]},
                ],
            },
        ),
        ("msg_blocks_too_long", {"text": "x", "blocks": [section("x" * 2900)] * 5}),
        ("invalid_blocks_format", {"text": "x", "blocks": "{"}),
    ],
)
def test_what_slack_refuses_is_refused(
    client: WebClient, page: Page, error: str, arguments: dict[str, Any]
) -> None:
    before = page.state()["seq"]
    body = {"channel": LAB, **arguments}
    assert refused(client.api_call, api_method="chat.postMessage", json=body) == error
    assert page.state()["seq"] == before


def test_views_open_once_with_a_trigger_and_are_updated(
    playground: Playground, client: WebClient, page: Page
) -> None:
    page.press(found(page), "abstract")
    opened = page.view()
    assert opened["view"]["title"]["text"] == "Abstract"
    view = playground.workspace.view(opened["id"])
    assert view is not None
    new = modal("Other", section("x"))
    assert refused(client.views_update, view_id=view.id, hash="old", view=new) == "hash_conflict"
    client.views_update(view_id=view.id, hash=view.hash, view=new)
    assert page.view()["view"]["title"]["text"] == "Other"
    assert refused(client.views_update, view_id="V1", view=new) == "not_found"
    assert refused(client.views_open, trigger_id="x", view=new) == "invalid_trigger_id"


def test_a_trigger_opens_one_view_only(
    playground: Playground, client: WebClient, page: Page, seen: dict[str, Any]
) -> None:
    page.press(found(page), "abstract")
    used = seen["block_actions"]["trigger_id"]
    view = modal("Again", section("x"))
    assert refused(client.views_open, trigger_id=used, view=view) == "exchanged_trigger_id"


def test_views_that_slack_refuses_are_refused(client: WebClient) -> None:
    long_title = modal("x" * 25, section("x"))
    no_submit = {**form(), "submit": None}
    for view in (long_title, no_submit, modal("x", *[section("x")] * 101)):
        assert refused(client.views_open, trigger_id="x", view=view) == "invalid_arguments"


def found(page: Page) -> dict[str, Any]:
    """The answer of the test app to a slash command."""
    page.say("/tme glioma")
    return page.messages(LAB)[-1]


def response_url(seen: dict[str, Any]) -> str:
    url: str = seen["command"]["response_url"]
    return url


def test_a_response_url_answers_privately_unless_told_otherwise(
    page: Page, seen: dict[str, Any]
) -> None:
    page.say("/tme quiet")
    hook = WebhookClient(response_url(seen))
    assert hook.send(text="private").body == "ok"
    assert hook.send(text="public", response_type="in_channel").status_code == 200
    private, public = page.messages(LAB)[-2:]
    assert (private["text"], private["ephemeral"]) == ("private", True)
    assert (public["text"], public["ephemeral"]) == ("public", False)


def test_a_response_url_is_good_for_five_uses(page: Page, seen: dict[str, Any]) -> None:
    page.say("/tme quiet")
    hook = WebhookClient(response_url(seen))
    statuses = [hook.send(text=f"{number}").status_code for number in range(6)]
    assert statuses == [200, 200, 200, 200, 200, 404]
    assert [message["text"] for message in page.messages(LAB)[-5:]] == list("01234")


def test_a_response_url_replaces_and_deletes_its_message(page: Page, seen: dict[str, Any]) -> None:
    message = found(page)
    page.press(message, "link")
    hook = WebhookClient(seen["block_actions"]["response_url"])
    hook.send(text="replaced", replace_original=True)
    replaced = page.messages(LAB)[-1]
    assert (replaced["ts"], replaced["text"]) == (message["ts"], "replaced")
    hook.send(text="", delete_original=True)
    assert message["ts"] not in [stored["ts"] for stored in page.messages(LAB)]


def test_a_response_url_refuses_what_it_cannot_take(
    playground: Playground, page: Page, seen: dict[str, Any]
) -> None:
    page.say("/tme quiet")
    assert WebhookClient(response_url(seen)).send(text="").status_code == 400
    path = response_url(seen).removeprefix(playground.url.rstrip("/"))
    assert request(playground.url, "POST", path, b"[]").status == 400
    assert request(playground.url, "POST", path, b"not json").status == 400
    guessed = request(playground.url, "POST", "/respond/guess", b'{"text": "x"}')
    assert guessed.status == 404
    foreign = request(playground.url, "POST", path, b'{"text": "x"}', Origin="http://evil.test")
    assert foreign.status == 403


def test_memory_is_bounded(playground: Playground, client: WebClient, page: Page) -> None:
    workspace = playground.workspace
    workspace.kept = 5
    for number in range(12):
        client.chat_postMessage(channel=LAB, text=str(number))
    assert [m["text"] for m in page.messages(LAB)] == ["7", "8", "9", "10", "11"]
    assert len(page.events("delete")) == 12 + 2 - 5  # two were there to begin with
    for number in range(30):
        workspace.open_view("tab", modal(str(number), section("x")))
    assert sum(workspace.view(e["id"]) is not None for e in page.events("view")) == 20
    handles = playground._responses
    for _ in range(600):
        handles.make(Target(LAB, "U0YOU"))
    assert len(handles) == 500
