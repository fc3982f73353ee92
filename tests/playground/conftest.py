"""A small but real Bolt app, and a playground that runs it on loopback."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import Ack, App, Respond, Say
from slack_sdk import WebClient

from bot.playground import Playground, create

from .page import Page

EXAMPLES = ("/tme CAF aquired resistence", "/tme help")
CARD = {
    "type": "section",
    "block_id": "card",
    "text": {
        "type": "mrkdwn",
        "text": (
            "*<https://doi.org/10.1002/ctd2.70098|Reprogramming the tumour microenvironment>*\n"
            "Clinical and Translational Discovery 5(6), e70098 · 9 Nov 2025 · Review"
            " · <https://pmc.ncbi.nlm.nih.gov/articles/PMC1|free at PMC>\n"
            "… normalising the *tumour vasculature* and employing engineered cell therapies …"
        ),
    },
}


def button(action: str, label: str, **more: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action, "text": text, **more}


def blocks(query: str) -> list[dict[str, Any]]:
    buttons = [
        button("abstract", "Abstract", style="primary", value="r1"),
        button("share", "Share to channel", value=query),
        button("ask", "As a form"),
        button("break", "Break"),
        button("link", "Publisher", url="https://doi.org/10.1002/ctd2.70098"),
    ]
    why = "Matches: vascular normalisation (abstract) · review (subtype)"
    return [
        CARD,
        {
            "type": "context",
            "block_id": "card:all-1",
            "elements": [{"type": "mrkdwn", "text": why}],
        },
        {"type": "actions", "block_id": "card:all-2", "elements": buttons},
    ]


def modal(title: str, *body: dict[str, Any], **more: Any) -> dict[str, Any]:
    words = {"type": "plain_text", "text": title}
    return {"type": "modal", "title": words, "blocks": list(body), **more}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def form() -> dict[str, Any]:
    options = [
        {"text": {"type": "plain_text", "text": name}, "value": name.lower()}
        for name in ("Review", "Trial")
    ]
    words = {
        "type": "input",
        "block_id": "words",
        "label": {"type": "plain_text", "text": "Words"},
        "element": {"type": "plain_text_input", "action_id": "text"},
    }
    kind = {
        "type": "input",
        "block_id": "kind",
        "optional": True,
        "label": {"type": "plain_text", "text": "Kind of paper"},
        "element": {"type": "static_select", "action_id": "one", "options": options},
    }
    submit = {"type": "plain_text", "text": "Find"}
    return modal("Ask", words, kind, submit=submit, callback_id="form", notify_on_close=True)


class Seen(dict[str, Any]):
    """The last payload of each kind that the app was given."""


def build(client: WebClient, seen: Seen) -> App:
    app = App(client=client)

    @app.use
    def remember(body: dict[str, Any], next: Any) -> None:  # noqa: A002 - Bolt's name
        kind = body.get("event", {}).get("type") or body.get("type") or "command"
        seen[kind] = body
        next()

    hear_words(app)
    hear_buttons(app)
    hear_views(app)
    return app


def hear_words(app: App) -> None:
    @app.command("/tme")
    def command(ack: Ack, respond: Respond, command: dict[str, Any]) -> None:
        text = command["text"]
        if text == "acked":
            ack("Said in the acknowledgement")
            return
        ack()
        if text == "quiet":
            return
        if text == "refused":
            respond(text="x" * 40_001)
            return
        if text == "fail":
            raise RuntimeError("on purpose")
        if text.startswith("echo "):
            respond(text=text.removeprefix("echo "))
            return
        respond(text=f"Found: {text}", blocks=blocks(text), response_type="ephemeral")

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], say: Say) -> None:
        thread = event.get("thread_ts") or event["ts"]
        say(text="An answer for all", blocks=blocks("mention"), thread_ts=thread)

    @app.event("message")
    def direct(event: dict[str, Any], say: Say) -> None:
        say(text=f"You wrote: {event['text']}", thread_ts=event.get("thread_ts"))


def hear_buttons(app: App) -> None:
    @app.action("abstract")
    def abstract(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        view = modal("Abstract", section("*Background.* The tumour microenvironment resists."))
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.action("share")
    def share(ack: Ack, respond: Respond, action: dict[str, Any]) -> None:
        ack()
        respond(text=f"Shared: {action['value']}", response_type="in_channel")
        respond(text="Shared.", replace_original=True)

    @app.action("ask")
    def ask(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.action("direct")
    def direct(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text="Answered directly")

    @app.action("break")
    def broken() -> None:
        raise RuntimeError("on purpose")

    @app.action("link")
    def link(ack: Ack) -> None:
        ack()


HOME = [button("link", "Again"), button("direct", "Ask"), button("break", "Break")]


def hear_views(app: App) -> None:
    @app.view("form")
    def submitted(ack: Ack, view: dict[str, Any]) -> None:
        words = view["state"]["values"]["words"]["text"]["value"]
        if words == "bad":
            ack(response_action="errors", errors={"words": "Use other words."})
        elif words == "more":
            ack(response_action="update", view=modal("Asked", section("Thank you.")))
        else:
            ack()

    @app.view_closed("form")
    def closed(ack: Ack) -> None:
        ack()

    @app.event("app_home_opened")
    def home(event: dict[str, Any], client: WebClient) -> None:
        press = {"type": "actions", "block_id": "home", "elements": [*HOME]}
        view = {"type": "home", "blocks": [section("*Ask the bot*"), press]}
        client.views_publish(user_id=event["user"], view=view)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def playground(seen: Seen) -> Iterator[Playground]:
    with create(lambda client: build(client, seen), port=0, examples=EXAMPLES) as running:
        yield running


@pytest.fixture
def page(playground: Playground) -> Page:
    """What a tab of the page does, over HTTP."""
    return Page(playground)
