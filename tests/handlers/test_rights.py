"""Who may do what: every listener and every command, for every kind of person, in every place.

A listener or a command that is not in the tables below fails the test: who adds one says here what
it takes.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.listener import CustomListener

from bot.app.composition import build_router
from bot.digests.people import Person, Policy
from bot.digests.subscriptions import Draft, Subscriptions
from bot.rights import DAILY, Deed, Kind, daily_limits, least_kinds
from bot.settings import Settings
from handlers.commands import COMMANDS
from handlers.people import SlackPeople
from handlers.rights import Gate
from handlers.services import Services
from handlers.views import buttons, correction, reading, report, searching
from handlers.views import subscription_form as forms
from tests.handlers.bodies import (
    ALICE,
    BOB,
    CHANNEL,
    DIRECT,
    details,
    direct,
    event,
    global_shortcut,
    home_opened,
    joined,
    links,
    mention,
    press,
    reaction,
    shortcut,
    slash,
    trigger,
)
from tests.handlers.conftest import NOW
from tests.handlers.standin import TEAM, SlackStandIn
from tests.handlers.visitor import waiting_app

SEED = "10.1002/ctd2.70098"
ELSEWHERE = "C09ELSE"
REFUSED = re.compile(
    r"can read answers, but not|Only admins of the workspace can|Only people in this channel can"
    r"|in channels that we share"
)
# What Slack's users.info says of each kind.
PEOPLE: dict[Kind, dict[str, Any]] = {
    Kind.EXTERNAL: {"team_id": "T0ELSEWHERE", "is_stranger": True},
    Kind.GUEST: {"team_id": TEAM, "is_restricted": True},
    Kind.MEMBER: {"team_id": TEAM},
    Kind.ADMIN: {"team_id": TEAM, "is_admin": True},
}
# Where somebody acts: a channel they are in, one they are not in, a direct message, a window.
PLACES = ("inside", "outside", "direct", "window")


def submitted(
    callback: str, state: dict[str, Any] | None = None, **metadata: Any
) -> Callable[[str], dict[str, Any]]:
    """A window's submission; `state` is what stands in its inputs, by their names."""
    values = {name: {name: given} for name, given in (state or {}).items()}
    view = {
        "id": "V01", "type": "modal", "callback_id": callback, "hash": "1.a", "blocks": [],
        "title": {"type": "plain_text", "text": "A window"}, "state": {"values": values},
        "private_metadata": json.dumps(metadata),
    }  # fmt: skip
    return lambda _url: {
        "type": "view_submission", "team": {"id": TEAM}, "enterprise": None,
        "user": {"id": ALICE, "team_id": TEAM}, "trigger_id": trigger(), "token": "t",
        "is_enterprise_install": False, "api_app_id": "A01", "view": view,
    }  # fmt: skip


def pressed(action: str, **value: Any) -> Callable[[str], dict[str, Any]]:
    return lambda url: press(action, value, url)


Request = Callable[[str], dict[str, Any]]
# Each listener by its name: the deed it takes, and a request that reaches it.
LISTENERS: dict[str, tuple[Deed, Request]] = {
    "slash": (Deed.READ, lambda url: slash(SEED, url)),
    "mention": (Deed.READ, lambda _: mention(SEED, event_id=f"Ev{trigger()}")),
    "direct_message": (Deed.READ, lambda _: direct(SEED, event_id=f"Ev{trigger()}")),
    "home.opened": (Deed.READ, lambda _: home_opened()),
    "messages_opened": (Deed.READ, lambda _: home_opened("messages")),
    "home.back": (Deed.READ, pressed(buttons.HOME, n=1)),
    "invited": (Deed.READ, lambda _: joined()),
    "reacted": (Deed.READ, lambda _: reaction()),
    "reacted removed": (Deed.READ, lambda _: reaction("reaction_removed")),
    "say_of_answer": (Deed.READ, pressed(buttons.FEEDBACK, n=1)),
    "link_shared": (Deed.READ, lambda _: links(f"https://doi.org/{SEED}")),
    # Slack itself sends these, which name nobody.
    "removed": (Deed.READ, lambda _: event({"type": "app_uninstalled"}, event_id=f"Ev{trigger()}")),
    "removed tokens": (
        Deed.READ,
        lambda _: event(
            {"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}, event_id=f"Ev{trigger()}"
        ),
    ),
    "details": (Deed.READ, lambda _: details("none")),
    "links_off": (Deed.SUBSCRIBE, pressed(buttons.LINKS_OFF, n=1)),
    "find_papers": (Deed.READ, lambda url: shortcut("find_papers", SEED, url)),
    "check_citations": (Deed.READ, lambda url: shortcut("check_citations", SEED, url)),
    "search_papers": (Deed.READ, lambda _: global_shortcut("search_papers")),
    f"submitted {searching.CALLBACK}": (
        Deed.READ,
        submitted(searching.CALLBACK, {searching.WORDS: {"value": SEED}}),
    ),
    "save_papers": (Deed.SAVE, lambda url: shortcut("save_papers", SEED, url)),
    "page": (Deed.READ, pressed(buttons.NEXT, q="hypoxia", o=0)),
    "ask": (Deed.READ, pressed("ask:0", q=SEED)),
    "share_answer": (Deed.READ, pressed(buttons.SHARE, q=SEED, o=0)),
    "send_picture": (Deed.READ, pressed("picture:0", q="map")),
    "show_abstract": (Deed.READ, pressed(buttons.ABSTRACT, id="none")),
    "show_citation": (Deed.READ, pressed(buttons.CITE, id="none")),
    "show_it": (Deed.READ, pressed(buttons.SHOW_KEPT, k="none")),
    "follow_link": (Deed.READ, pressed("link:0")),
    "nothing": (Deed.READ, pressed("menu:other", id="none")),
    "correcting.opened wrong_tag": (Deed.CORRECT, pressed(buttons.WRONG_TAG, id="none")),
    "correcting.opened report": (Deed.REPORT, pressed(buttons.REPORT, id="none")),
    "correcting.undo": (Deed.CORRECT, pressed(buttons.UNDO_CORRECTION, n=[1])),
    "import_file": (Deed.IMPORT, pressed("import:0", f="F1", n="a.ris")),
    "save": (Deed.SAVE, pressed(buttons.SAVE, id="none")),
    "act": (Deed.SAVE, pressed("list:remove", i=[1], q="lists", o=0)),
    "act export": (Deed.READ, pressed("list:export", l=1)),
    "new": (Deed.SUBSCRIBE, pressed(buttons.SUB_NEW, n=1)),
    "edit": (Deed.SUBSCRIBE, pressed(buttons.SUB_EDIT, s="none")),
    "pause": (Deed.SUBSCRIBE, pressed(buttons.SUB_PAUSE, s="none")),
    "resume": (Deed.SUBSCRIBE, pressed(buttons.SUB_RESUME, s="none")),
    "reset": (Deed.SUBSCRIBE, pressed(buttons.SUB_RESET, s="none")),
    # Who gets a digest may always stop it; everybody else has to be able to change it (below).
    "stop": (Deed.READ, pressed(buttons.SUB_STOP, s="none")),
    "subscriptions.preview": (Deed.READ, pressed(buttons.SUB_PREVIEW, s="none")),
    "subscription_windows.preview": (Deed.SUBSCRIBE, pressed(forms.QUERY)),
    "more": (Deed.READ, pressed(buttons.MORE, d="none", o=0)),
    "not_relevant": (Deed.SAVE, pressed(buttons.NOT_RELEVANT, s="none", id="none")),
    f"submitted {correction.CALLBACK}": (
        Deed.CORRECT,
        submitted(
            correction.CALLBACK,
            {correction.MISSING: {"selected_options": [{"value": "car-t"}]}},
            id="none",
        ),
    ),
    f"submitted {report.CALLBACK}": (Deed.REPORT, submitted(report.CALLBACK, id="none")),
    f"submitted {reading.SAVING}": (Deed.SAVE, submitted(reading.SAVING, id="none", c="")),
    f"submitted {reading.NOTING}": (Deed.SAVE, submitted(reading.NOTING, i=1, c="")),
    f"submitted {forms.FORM}": (Deed.SUBSCRIBE, submitted(forms.FORM, s="", c="")),
    f"submitted {forms.PAUSE_FORM}": (
        Deed.SUBSCRIBE,
        submitted(forms.PAUSE_FORM, {forms.UNTIL: {"selected_date": "2026-02-01"}}, s="none", c=""),
    ),
}
# What each command may change, and words that do; a command that only reads has none.
COMMANDS_THAT_CHANGE: dict[str, tuple[Deed, str]] = {
    "links": (Deed.SUBSCRIBE, "links off"),
    "save": (Deed.SAVE, f"save {SEED} to journal club"),
    "lists": (Deed.SAVE, "list journal club read 1"),
    "subscribe": (Deed.SUBSCRIBE, "subscribe hypoxia daily"),
    "add": (Deed.ADD, "add now 10.1234/none"),
    "club": (Deed.SUBSCRIBE, "club hypoxia weekly on MON"),
    "report": (Deed.REPORT, f"report error {SEED}: the year is wrong"),
}
COMMANDS_THAT_READ = {
    "abstract", "access", "ask", "check-text", "citation-graph", "cite", "cited", "cites",
    "combine", "compare",
    "corrections", "define", "evidence",
    "export", "help", "in-text", "integrity", "lookup", "map", "new", "page", "search", "settings",
    "similar", "status",
    "trend", "unsubscribe", "who-cites",
}  # fmt: skip


@pytest.fixture
def team(untouched: Services, slack: SlackStandIn) -> Iterator[Services]:
    """Services that know nobody yet, over a workspace where Alice is in one channel."""

    def members(body: dict[str, Any]) -> dict[str, Any]:
        return {"members": [ALICE] if body["channel"] == CHANNEL else [BOB]}

    slack.answering["conversations.members"] = members
    slack.answers["conversations.open"] = {"channel": {"id": DIRECT}}
    yield replace(untouched, people=SlackPeople(lambda: NOW))
    for stored in untouched.store.subscriptions.everything():
        untouched.store.subscriptions.stop(stored.id, "test", NOW)


@pytest.fixture
def app_of(slack: SlackStandIn, team: Services) -> Callable[[Kind | None], App]:
    """The app, where Alice is of this kind; None: Slack does not say."""

    def build(kind: Kind | None) -> App:
        if kind is None:
            slack.refuse("users.info", "missing_scope")
        else:
            slack.answers["users.info"] = {"user": PEOPLE[kind]}
        return waiting_app(slack, build_router(team))

    return build


def hear(app: App, slack: SlackStandIn, body: dict[str, Any]) -> str:
    """Let a request arrive; all that is said to it."""
    before = len(slack.calls)
    app.dispatch(BoltRequest(mode="socket_mode", body=body))
    return json.dumps([c.body for c in slack.calls[before:] if c.method in slack_said()])


def slack_said() -> set[str]:
    return {"response_url", "chat.postMessage", "chat.postEphemeral", "views.update", "views.open"}


def placed(body: dict[str, Any], place: str) -> dict[str, Any] | None:
    """The request as it comes from there; None where Slack sends no such request."""
    kind, channel = body.get("type"), {"outside": ELSEWHERE, "direct": DIRECT}.get(place, CHANNEL)
    if (place == "window") != (kind == "view_submission"):
        return None
    if kind == "shortcut" and place != "direct":
        return None
    if kind == "message_action":
        body["channel"]["id"] = channel
    elif kind == "block_actions":
        body["channel"]["id"] = body["container"]["channel_id"] = channel
    elif "command" in body:
        body["channel_id"] = channel
    elif kind == "event_callback" and "user" not in body["event"]:
        return None
    elif kind == "event_callback":
        is_direct = body["event"]["type"] not in ("app_mention", "link_shared")
        if is_direct != (place == "direct"):
            return None
        body["event"]["channel"] = channel
    return body


def may(deed: Deed, kind: Kind, place: str) -> bool:
    """The rule, in words of its own: see product.md, "Rights"."""
    if deed is Deed.READ:
        return kind is not Kind.EXTERNAL or place in ("inside", "outside")
    return kind >= Kind.MEMBER and place != "outside"


def _from_elsewhere(body: dict[str, Any]) -> None:
    """As Slack marks what people of another organisation send."""
    if "event" in body:
        body["event"]["user_team"] = "T0ELSEWHERE"
    elif "user" in body:
        body["user"]["team_id"] = "T0ELSEWHERE"


def sent(name: str, kind: Kind, place: str, url: str) -> dict[str, Any] | None:
    """What a listener gets from somebody of a kind at a place; None where Slack sends nothing."""
    # Slack runs slash commands for people of the workspace alone.
    body = (
        None if (name, kind) == ("slash", Kind.EXTERNAL) else placed(LISTENERS[name][1](url), place)
    )
    if body is not None and kind is Kind.EXTERNAL:
        _from_elsewhere(body)
    return body


@pytest.mark.parametrize(
    ("name", "kind", "place"),
    [each for each in product(LISTENERS, Kind, PLACES) if sent(*each, "http://a.example")],
    ids=lambda part: part.name if isinstance(part, Kind) else part,
)
def test_every_listener(
    app_of: Callable[[Kind], App], slack: SlackStandIn, name: str, kind: Kind, place: str
) -> None:
    body = sent(name, kind, place, slack.response_url)
    assert body is not None
    said = hear(app_of(kind), slack, body)
    assert bool(REFUSED.search(said)) is not may(LISTENERS[name][0], kind, place), said


@pytest.mark.parametrize("place", ["inside", "outside", "direct"])
@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name)
@pytest.mark.parametrize("name", COMMANDS_THAT_CHANGE)
def test_every_command_that_changes_something(
    app_of: Callable[[Kind], App],
    team: Services,
    slack: SlackStandIn,
    name: str,
    *,
    kind: Kind,
    place: str,
) -> None:
    deed, words = COMMANDS_THAT_CHANGE[name]
    if name == "lists":
        made = team.store.lists.make(f"/{TEAM}", ALICE, "journal club", ALICE, NOW)
        team.store.lists.add(made, team.store.newest(1)[0].id, ALICE, "", NOW)
    body = placed(slash(words, slack.response_url), place)
    assert body is not None
    said = hear(app_of(kind), slack, body)
    assert bool(REFUSED.search(said)) is not may(deed, kind, place), said


# Only in the thread of a journal club: see test_clubs.py.
IN_A_THREAD = {"note"}


def test_every_command_is_in_the_tables() -> None:
    names = {command.action_name for command in COMMANDS if command.words}
    known = set(COMMANDS_THAT_CHANGE) | COMMANDS_THAT_READ | IN_A_THREAD
    assert names <= known, f"say what it takes: {sorted(names - known)}"


def test_every_listener_is_in_the_table(app_of: Callable[[Kind], App], slack: SlackStandIn) -> None:
    """Each is reached by a request of the table, which names its deed."""
    app, reached = app_of(Kind.MEMBER), set()
    for name, (deed, make) in LISTENERS.items():
        request = BoltRequest(mode="socket_mode", body=make(slack.response_url))
        app._init_context(request)
        for middleware in app._middleware_list[-2:]:
            middleware.process(req=request, resp=None, next=lambda: None)  # type: ignore[arg-type]
        found = [each for each in app._listeners if each.matches(req=request, resp=None)]  # type: ignore[arg-type]
        listener = found[0]
        assert isinstance(listener, CustomListener)
        declared = getattr(listener.ack_function, "deed", None)
        assert declared is not None, f"{name} does not pass the gate"
        if isinstance(declared, Deed):
            assert declared is deed, name
        reached.add(id(listener))
    own = [e for e in app._listeners if isinstance(e, CustomListener)]
    # One function may listen for several buttons.
    functions = {e.ack_function for e in own if id(e) in reached}
    left = {e.ack_function.__qualname__ for e in own if e.ack_function not in functions}
    assert not left, f"say what they take: {sorted(left)}"


@pytest.mark.parametrize(("elsewhere", "refused"), [(False, False), (True, True)])
def test_without_the_scope_people_of_the_workspace_are_members(
    app_of: Callable[[Kind | None], App], slack: SlackStandIn, elsewhere: bool, refused: bool
) -> None:
    """And those whom the payload itself places elsewhere are not."""
    body = press(buttons.SUB_NEW, {"n": 1}, slack.response_url)
    if elsewhere:
        _from_elsewhere(body)
    app = app_of(None)
    assert bool(REFUSED.search(hear(app, slack, body))) is refused
    status = hear(app, slack, slash("status", slack.response_url))
    assert "guests count as members: I lack the scope users:read" in status


def test_slack_out_of_reach_lets_nobody_change_anything(
    team: Services, slack: SlackStandIn
) -> None:
    slack.refuse("users.info", "fatal_error")
    app = waiting_app(slack, build_router(team))
    said = hear(app, slack, slash("subscribe hypoxia daily", slack.response_url))
    assert "I cannot tell whether you may do that" in said
    assert "Try again in a moment" in said
    assert hear(app, slack, slash(SEED, slack.response_url)).count(SEED), "and reading goes on"


# Aims


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("D09BOB", "nobody else can be made to get them"),
        ("G09PRIVATE", "only in channels that you are in"),
        (ELSEWHERE, "only in channels that you are in"),
    ],
    ids=["another's direct messages", "a private channel", "a channel one is not in"],
)
@pytest.mark.parametrize("way", ["words", "window"])
def test_a_digest_cannot_be_aimed_at_others(
    app_of: Callable[[Kind], App],
    team: Services,
    slack: SlackStandIn,
    target: str,
    *,
    said: str,
    way: str,
) -> None:
    app = app_of(Kind.MEMBER)
    if way == "words":
        body = slash(f"subscribe hypoxia daily in <#{target}|x>", slack.response_url)
    else:
        state = {"query": {"value": "hypoxia"}, "channel": {"selected_conversation": target}}
        body = submitted(forms.FORM, state, s="", c=CHANNEL)("")
    assert said in hear(app, slack, body)
    assert team.store.subscriptions.everything() == []


def test_a_window_cannot_be_moved_to_another_channel(
    app_of: Callable[[Kind], App], team: Services, slack: SlackStandIn
) -> None:
    """What a window carries is checked: it acts only where the person is."""
    body = submitted(forms.FORM, {"query": {"value": "hypoxia"}}, s="", c=ELSEWHERE)("")
    assert "Only people in that channel" in hear(app_of(Kind.MEMBER), slack, body)
    assert team.store.subscriptions.everything() == []


@pytest.mark.parametrize(
    "action",
    [
        buttons.SUB_EDIT,
        buttons.SUB_PAUSE,
        buttons.SUB_RESUME,
        buttons.SUB_STOP,
        buttons.SUB_PREVIEW,
    ],
)
def test_an_id_alone_opens_nothing_of_another_channel(
    app_of: Callable[[Kind], App], team: Services, slack: SlackStandIn, action: str
) -> None:
    app = app_of(Kind.MEMBER)
    desk = team.subscriptions
    bob = Person(f"/{TEAM}", ELSEWHERE, BOB)
    draft = Draft(ELSEWHERE, desk.understand("hypoxia"), team.usual_schedule)
    stored, _ = desk.make(draft, bob)
    said = hear(app, slack, press(action, {"s": stored.id}, slack.response_url))
    assert "not there any more" in said
    kept = team.store.subscriptions.get(stored.id)
    assert kept is not None
    assert kept.state == "active"


def test_who_gets_a_digest_can_see_and_stop_it(
    app_of: Callable[[Kind], App], team: Services, slack: SlackStandIn
) -> None:
    """Also a guest, and where only admins may change it."""
    strict = Subscriptions(team.store, team.watches, team.digests, Policy("admins"), lambda: NOW)
    alice = Person(f"/{TEAM}", DIRECT, ALICE)
    draft = Draft(DIRECT, strict.understand("hypoxia"), team.usual_schedule)
    stored, _ = strict.make(draft, alice)
    own = replace(team, subscriptions=strict)
    slack.answers["users.info"] = {"user": PEOPLE[Kind.GUEST]}
    app = waiting_app(slack, build_router(own))
    listed = hear(app, slack, direct("subscriptions", event_id=f"Ev{trigger()}"))
    assert "hypoxia" in listed
    body = press(buttons.SUB_STOP, {"s": stored.id}, slack.response_url, channel=DIRECT)
    assert "Stopped watching" in hear(app, slack, body)


def test_a_channel_is_told_by_whom_a_digest_was_set_up(
    app_of: Callable[[Kind], App], team: Services, slack: SlackStandIn
) -> None:
    """Once, also when the answer was private; not where all there saw it made."""
    app = app_of(Kind.MEMBER)
    hear(app, slack, slash("subscribe hypoxia daily", slack.response_url))
    hear(app, slack, slash("subscribe hypoxia daily", slack.response_url))
    hear(app, slack, mention("subscribe angiogenesis daily", event_id=f"Ev{trigger()}"))
    waiting = team.store.deliveries.in_state("pending", 9)
    assert [(each.kind, each.channel, each.details) for each in waiting] == [
        ("notice", CHANNEL, {"set_up_by": ALICE})
    ]


# Limits of a day


def test_a_person_may_do_it_so_often_a_day(team: Services, slack: SlackStandIn) -> None:
    moment = [NOW]
    limits = daily_limits("report=2")
    gate = Gate(least_kinds(""), limits, frozenset(), team.store.deeds, lambda: moment[0])
    slack.answers["users.info"] = {"user": PEOPLE[Kind.MEMBER]}
    app = waiting_app(slack, build_router(replace(team, gate=gate)))

    def report_one(user: str = ALICE) -> str:
        words = f"report error {SEED}: the year is wrong"
        return hear(app, slack, slash(words, slack.response_url, user_id=user, channel_id=DIRECT))

    for _ in range(2):
        assert "times a day" not in report_one()
        moment[0] += timedelta(hours=1)
    refused = report_one()
    assert "more than the 2 times a day" in refused
    assert "16 Jan 2026 12:00 UTC" in refused
    assert "times a day" not in report_one(BOB), "each person has their own"
    moment[0] = NOW + timedelta(days=1, seconds=1)
    assert "times a day" not in report_one()


@pytest.mark.parametrize(
    ("rights", "daily", "says"),
    [
        ("report=everybody", "", "no kind of person"),
        ("fly=guest", "", "is not understood"),
        ("", "read=3", "has no daily limit"),
        ("", "report=many", "is no number"),
    ],
)
def test_settings_that_make_no_sense_say_so(rights: str, daily: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Settings(rights=rights, daily=daily)


def test_a_setting_moves_a_right() -> None:
    least = least_kinds("report=guest, IMPORT=admin")
    assert (least[Deed.REPORT], least[Deed.IMPORT]) == (Kind.GUEST, Kind.ADMIN)
    assert least[Deed.READ] is Kind.EXTERNAL
    assert least[Deed.SUBSCRIBE] is Kind.MEMBER
    assert daily_limits("import=0") == {**DAILY, Deed.IMPORT: 0}


# What buttons carry


@pytest.mark.parametrize("number", ["1", None, -1, 1.5, True, 10**30, [], {}])
@pytest.mark.parametrize(
    ("action", "key"),
    [("list:remove", "i"), ("list:note", "i"), ("list:export", "l"), ("list:drop", "l"),
     (buttons.UNDO_CORRECTION, "n"), (buttons.NEXT, "o"), (buttons.MORE, "o")],
)  # fmt: skip
def test_a_button_without_a_number_gets_a_clear_line(
    app_of: Callable[[Kind], App], slack: SlackStandIn, action: str, key: str, number: Any
) -> None:
    given = [number] if key in ("i", "n") else number
    value = {"q": "lists", "d": "none", key: given}
    said = hear(app_of(Kind.MEMBER), slack, press(action, value, slack.response_url))
    assert "cannot be used any more" in said


@pytest.mark.parametrize("chosen", ["x", "-1", "1e9", "9" * 40, "²"])
def test_a_list_that_is_no_number_gets_a_clear_line(
    app_of: Callable[[Kind], App], team: Services, slack: SlackStandIn, chosen: str
) -> None:
    record = team.store.newest(1)[0]
    state = {reading.LIST: {"selected_option": {"value": chosen}}}
    body = submitted(reading.SAVING, state, id=record.id, c="")("")
    said = hear(app_of(Kind.MEMBER), slack, body)
    assert "cannot be used any more" in said
