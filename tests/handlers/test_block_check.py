"""The Block Kit check finds what Slack would refuse, and passes what is right."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.models.blocks import DividerBlock
from slack_sdk.models.views import View

from tests.block_check import check_message, check_view

Json = dict[str, Any]


def mrkdwn(text: str, **more: Any) -> Json:
    return {"type": "mrkdwn", "text": text} | more


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go", "value": "1"} | more


def section(text: str = "Hello", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text)} | more


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def select(options: list[Json]) -> Json:
    return actions(
        {"type": "static_select", "action_id": "s", "placeholder": plain("p"), "options": options}
    )


def option(text: str = "One", value: str = "1") -> Json:
    return {"text": plain(text), "value": value}


IMAGE = {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A chart"}
CELL = {"type": "raw_text", "text": "a"}
TABLE: Json = {"type": "table", "rows": [[CELL]]}


def sent(*blocks: Json, text: str = "Fallback") -> Json:
    return {"text": text, "blocks": list(blocks)}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": [section()]} | more


GOOD_MESSAGES = {
    "a full message": sent(
        {"type": "header", "text": plain("x" * 150)},
        section("*<https://example.org/?a=1&amp;b=2|A &lt; B>*", block_id="one"),
        section(fields=[mrkdwn("x" * 2000)] * 4),
        actions(button(), button(action_id="other", url="https://example.org")),
        {"type": "context", "elements": [mrkdwn("x"), IMAGE]},
        {"type": "divider"},
        IMAGE,
        TABLE,
        select([option() for _ in range(100)]),
        text="p &lt; 0.05 &amp; more",
    ),
    "blocks of the SDK": {"text": "x", "blocks": [DividerBlock()]},
    "fifty blocks": sent(*[section()] * 50),
}
BROKEN_MESSAGES: dict[str, tuple[Json, str]] = {
    "no fallback": (sent(section(), text=" "), "no fallback text"),
    "no text at all": ({"blocks": [section()]}, "no fallback text"),
    "long fallback": (sent(section(), text="x" * 10_000), "10000 or more"),
    "no blocks": (sent(), "no blocks"),
    "51 blocks": (sent(*[section()] * 51), "over 50"),
    "total text": (sent(*[section("x" * 2500)] * 4), "10000 characters of text"),
    "long section": (sent(section("x" * 3001)), "over 3000"),
    "empty section": (sent(section("")), "empty text"),
    "blank section": (sent(section("  ")), "empty text"),
    "section of nothing": (sent({"type": "section"}), "neither text nor fields"),
    "long field": (sent(section(fields=[mrkdwn("x" * 2001)])), "over 2000"),
    "11 fields": (sent(section(fields=[mrkdwn("x")] * 11)), "11 fields"),
    "long header": (sent({"type": "header", "text": plain("x" * 151)}), "over 150"),
    "mrkdwn header": (sent({"type": "header", "text": mrkdwn("x")}), "must be plain_text"),
    "mrkdwn label": (sent(actions(button(text=mrkdwn("x")))), "must be plain_text"),
    "long label": (sent(actions(button(text=plain("x" * 76)))), "over 75"),
    "empty label": (sent(actions(button(text=plain("")))), "empty text"),
    "long value": (sent(actions(button(value="x" * 2001))), "value over 2000"),
    "empty value": (sent(actions(button(value=""))), "empty value"),
    "no action id": (sent(actions(button(action_id=""))), "no action_id"),
    "long action id": (sent(actions(button(action_id="x" * 256))), "action_id over"),
    "action id twice": (sent(actions(button(), button())), "action_id twice"),
    "26 elements": (
        sent(actions(*[button(action_id=str(n)) for n in range(26)])),
        "26 elements",
    ),
    "empty actions": (sent(actions()), "0 elements"),
    "text in actions": (sent(actions(plain("x"))), "not something to act on"),
    "11 in context": (sent({"type": "context", "elements": [mrkdwn("x")] * 11}), "11 elements"),
    "empty context": (sent({"type": "context", "elements": []}), "0 elements"),
    "button in context": (sent({"type": "context", "elements": [button()]}), "button in a context"),
    "block id twice": (sent(section(block_id="a"), section(block_id="a")), "block_id twice"),
    "long block id": (sent(section(block_id="x" * 256)), "block_id over"),
    "101 options": (sent(select([option() for _ in range(101)])), "101 options"),
    "long option": (sent(select([option(text="x" * 76)])), "over 75"),
    "long option value": (sent(select([option(value="x" * 151)])), "1 to 150"),
    "six in overflow": (
        sent(actions({"type": "overflow", "action_id": "o", "options": [option()] * 6})),
        "6 options, not 1 to 5",
    ),
    "no alt text": (sent(IMAGE | {"alt_text": " "}), "no alt text"),
    "long alt text": (sent(IMAGE | {"alt_text": "x" * 2001}), "alt text over"),
    "two tables": (sent(TABLE, TABLE), "more than 1 table"),
    "21 cells": (sent(TABLE | {"rows": [[CELL] * 21]}), "21 cells"),
    "101 rows": (sent(TABLE | {"rows": [[CELL]] * 101}), "101 rows"),
    "markdown": (sent({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
    "alert": (sent({"type": "alert", "text": mrkdwn("x")}), "unsupported type: alert"),
    "unknown key": (sent(section(colour="red")), "not what the SDK reads back"),
    "unknown nested key": (sent(actions(button(colour="red"))), "not what the SDK reads back"),
    "unknown key of a text": (
        sent({"type": "section", "text": mrkdwn("x", size=3)}),
        "not what the SDK reads back",
    ),
    "unknown type": (sent({"type": "poem"}), "not what the SDK reads back"),
    "script url": (sent(actions(button(url="javascript:alert(1)"))), "not an http(s) address"),
    "url without a host": (sent(IMAGE | {"image_url": "https://"}), "not an http(s) address"),
    "script link": (sent(section("<javascript:alert(1)|x>")), "not an http(s) link"),
    "mail link": (sent(section("<mailto:a@b.c|x>")), "not an http(s) link"),
    "channel": (sent(section("<!channel> hi")), "undeclared mention"),
    "person": (sent(section("<@U01ALICE>")), "undeclared mention"),
    "channel name": (sent(section("<#C01|general>")), "undeclared mention"),
    "mention in the fallback": (sent(section(), text="<!here>"), "undeclared mention"),
    "spoken mention": (sent(section("hi @channel")), "without verbatim"),
    "bare bracket": (sent(section("p < 0.05")), "unescaped angle bracket"),
    "bare bracket in the fallback": (sent(section(), text="p < 0.05"), "unescaped angle bracket"),
    "bare ampersand": (sent(section("R&D")), "unescaped ampersand"),
    "bidi": (sent(section("a\u202eb")), "invisible or control"),
    "zero width": (sent(actions(button(text=plain("a\u200bb")))), "invisible or control"),
    "escape code": (sent(section("a\x1b[31m")), "invisible or control"),
    "invisible fallback": (sent(section(), text="a\u2066b"), "invisible or control"),
}
BROKEN_VIEWS: dict[str, tuple[Json, str]] = {
    "long title": (modal(title=plain("x" * 25)), "over 24"),
    "mrkdwn title": (modal(title=mrkdwn("x")), "must be plain_text"),
    "no title": ({"type": "modal", "blocks": [section()]}, "needs a title"),
    "long close": (modal(close=plain("x" * 25)), "over 24"),
    "long metadata": (modal(private_metadata="x" * 3001), "private_metadata"),
    "long callback": (modal(callback_id="x" * 256), "callback_id"),
    "101 blocks": (modal(blocks=[section()] * 101), "over 100"),
    "unknown key": (modal(colour="red"), "not what the SDK reads back"),
    "a block": (modal(blocks=[section("<!channel>")]), "undeclared mention"),
    "no label": (
        modal(
            blocks=[
                {
                    "type": "input",
                    "label": plain(""),
                    "element": {"type": "plain_text_input", "action_id": "a"},
                }
            ]
        ),
        "empty text",
    ),
}


@pytest.mark.parametrize("name", GOOD_MESSAGES)
def test_a_right_message_passes(name: str) -> None:
    """At the limits, not over them."""
    check_message(GOOD_MESSAGES[name])


@pytest.mark.parametrize("name", BROKEN_MESSAGES)
def test_a_broken_message_is_refused(name: str) -> None:
    """Each rule has a payload that breaks it, and the problem is named."""
    payload, problem = BROKEN_MESSAGES[name]
    fails(check_message, payload, problem)


@pytest.mark.parametrize("name", BROKEN_VIEWS)
def test_a_broken_view_is_refused(name: str) -> None:
    """Modals and the home page have limits of their own."""
    view, problem = BROKEN_VIEWS[name]
    fails(check_view, view, problem)


def fails(check: Callable[[Json], None], given: Json, problem: str) -> None:
    before = copy.deepcopy(given)
    with pytest.raises(AssertionError) as caught:
        check(given)
    assert problem in str(caught.value)
    assert given == before


def test_a_right_view_passes() -> None:
    """As a dict and as the SDK's own object, with a hundred blocks."""
    check_view(modal(blocks=[section()] * 100))
    check_view(View(type="home", blocks=[section()]))


def test_a_declared_mention_passes() -> None:
    """Only the very mention that the test expects."""
    check_message(sent(section("<@U01ALICE> asked")), allowed=("<@U01ALICE>",))
    with pytest.raises(AssertionError, match="undeclared"):
        check_message(sent(section("<@U01ALICE> <!here>")), allowed=("<@U01ALICE>",))


def test_a_spoken_mention_is_text_when_verbatim() -> None:
    """Slack links "@here" only in text that is not verbatim."""
    check_message(sent({"type": "section", "text": mrkdwn("hi @here", verbatim=True)}))


def test_all_problems_are_listed() -> None:
    """One run names everything that is wrong."""
    with pytest.raises(AssertionError) as caught:
        check_message(sent(section("<!channel>"), section("x" * 3001), text=""))
    assert len(str(caught.value).splitlines()) >= 4
