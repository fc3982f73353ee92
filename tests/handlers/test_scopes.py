"""Without one of the optional scopes one feature is missing, in words, and all the rest goes on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt import App, BoltRequest

from bot.app.composition import build_router
from bot.app.doctor import MISSED
from handlers.people import SlackPeople
from handlers.services import Services
from tests.handlers.bodies import (
    ALICE,
    CHANNEL,
    DIRECT,
    direct,
    home_opened,
    links,
    mention,
    press,
    reaction,
    slash,
    trigger,
)
from tests.handlers.conftest import NOW
from tests.handlers.standin import DRAWN, TEAM, SlackStandIn
from tests.handlers.test_manifest import AGENT, EVENT_SCOPES, PRIVATE, SCOPES
from tests.handlers.visitor import waiting_app

SEED = "10.1002/ctd2.70098"
ELSEWHERE = "C09ELSE"


def acts(url: str) -> dict[str, dict[str, Any]]:
    """What a person does with each part of the bot."""
    here = f"subscribe angiogenesis in <#{CHANNEL}|general> daily"
    return {
        "ask": slash(SEED, url),
        "mention": mention(SEED, event_id=f"Ev{trigger()}"),
        "direct message": direct(SEED, event_id=f"Ev{trigger()}"),
        "thread": mention("cite the first", thread_ts="1600.1", event_id=f"Ev{trigger()}"),
        "home": home_opened(),
        "agent view": home_opened("messages"),
        "save": slash(f"save {SEED} to mine", url),
        "subscribe": slash("subscribe hypoxia daily", url),
        "subscribe elsewhere": slash(here, url, channel_id=ELSEWHERE),
        "club": slash(f"club cells weekly on FRI with <@{ALICE}>", url),
        "vote": reaction(),
        "picture": press("picture:0", {"q": "map", "here": True}, url, channel=DIRECT),
        "import": press("import:0", {"f": "F1", "n": "a.ris"}, url, channel=DIRECT),
        "link": links(f"https://doi.org/{SEED}"),
    }


# The acts that do less without a scope, each with the words that say so; "": it is left out.
LESS = {
    "channels:read": {"subscribe elsewhere": "Type the command in the channel itself."},
    "files:read": {"import": "files:read"},
    "files:write": {"picture": "files:write"},
    "links:write": {"link": ""},
}
# What takes a process or a drawing is tried where it matters.
SLOW = {"import": "files:read", "picture": "files:write"}
# Slack sends nothing without these, so there is nothing to answer.
NEVER_SENT = {scope for scope in EVENT_SCOPES.values() if scope} - set(SCOPES.values())
METHODS = {
    "files_upload_v2": "files.getUploadURLExternal",
    **{method: method.replace("_", ".", 1) for method in SCOPES if method != "files_upload_v2"},
}


@pytest.fixture
def app(untouched: Services, slack: SlackStandIn) -> Iterator[App]:
    slack.answers["users.info"] = {"user": {"team_id": TEAM}}
    slack.answers["conversations.members"] = {"members": [ALICE]}
    slack.answers["conversations.open"] = {"channel": {"id": DIRECT}}
    # A file of which no record can be made.
    slack.stored["F1"] = b"TY  - JOUR\nER  - \n"
    own = replace(untouched, people=SlackPeople(lambda: NOW))
    yield waiting_app(slack, build_router(own))
    for stored in untouched.store.subscriptions.everything():
        untouched.store.subscriptions.stop(stored.id, "test", NOW)


def without(slack: SlackStandIn, scope: str) -> None:
    """Slack refuses what takes this scope, as it does for a token that lacks it."""
    for method, needed in SCOPES.items():
        if needed == scope:
            slack.refuse(METHODS[method], "missing_scope")
    if scope in PRIVATE:
        slack.refuse("conversations.members", "missing_scope")
    if scope in AGENT:
        slack.refuse("assistant.threads.setStatus", "missing_scope")
        slack.refuse("assistant.threads.setSuggestedPrompts", "missing_scope")


@pytest.mark.parametrize("scope", [None, *sorted(set(MISSED) - NEVER_SENT)])
def test_everything_is_answered_without_it(
    app: App, slack: SlackStandIn, scope: str | None
) -> None:
    without(slack, scope or "")
    less = LESS.get("channels:read" if scope in PRIVATE else scope or "", {})
    for name, body in acts(slack.response_url).items():
        if scope not in (None, SLOW.get(name, scope)):
            continue
        before = len(slack.calls)
        app.dispatch(BoltRequest(mode="socket_mode", body=body))
        calls = slack.calls[before:]
        said = [call.body for call in calls if call.method in SHOWN]
        assert "went wrong" not in str(said), (scope, name)
        if name in less:
            assert less[name] in str(said), (scope, name)
            assert less[name] or [call.method for call in calls] == ["chat.unfurl"]
        elif name not in ("vote", "agent view"):
            assert said, (scope, name)
            assert all(words not in str(said) for words in LESS_WORDS), (scope, name)
    assert CHANNEL in str(slack.said())


# A picture goes up by itself.
SHOWN = DRAWN | {"files.completeUploadExternal"}
LESS_WORDS = {words for less in LESS.values() for words in less.values() if words}


def test_every_optional_scope_is_tried_or_is_one_of_an_event() -> None:
    tried = {scope for scope in SCOPES.values() if scope} | PRIVATE | AGENT
    assert set(MISSED) <= tried | NEVER_SENT
    assert set(LESS) <= set(MISSED)
