"""The app installed by many workspaces: against a Slack that checks codes, states and tokens."""

import base64
import logging
import re
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.client import HTTPMessage
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from slack_bolt import App, BoltRequest

from bot.app.alarms import ALARM_AFTER, Alarms
from bot.app.background import unrepeating
from bot.app.bolt import build_bolt
from bot.app.composition import build_router, opened
from bot.app.doctor import diagnose
from bot.app.serving import operators_workspace
from bot.app.slack import credentials, web_client
from bot.digests.outbox import Outbox, Timing
from bot.digests.people import Person
from bot.errors import SettingsError
from bot.settings import Settings
from bot.settings.slack import SlackMode, slack_mode
from bot.store.deliveries import NewDelivery, Pace
from bot.store.sealing import Sealer, new_key
from bot.store.subscriptions import NewSubscription
from handlers.digests import Drawer
from handlers.health.checks import Check
from handlers.publisher import EachWorkspace
from handlers.services import Services
from handlers.transports import HttpTransport
from handlers.workspaces import Installed
from tests.handlers.bodies import ALICE, CHANNEL, event, mention, slash
from tests.handlers.conftest import NOW
from tests.handlers.standin import BOT_USER, TEAM, SlackStandIn
from tests.handlers.visitor import SECRET

CLIENT, CLIENT_SECRET = "12.34", "a client secret"
OTHER = "T02OTHER"
KEY = new_key()


@dataclass
class Authority:
    """Slack's side of OAuth: codes and refresh tokens that it gave, each good once."""

    slack: SlackStandIn
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: int = 0

    def code(self, team: str | None, enterprise: str | None = None, **more: Any) -> str:
        """A person agreed to install; the code that Slack sends them back with."""
        name = f"code{len(self.codes)}"
        self.codes[name] = {
            "team": team and {"id": team, "name": f"Team {team}"},
            "enterprise": enterprise and {"id": enterprise, "name": "Org"},
            "is_enterprise_install": team is None, "app_id": "A1", "bot_user_id": BOT_USER,
            "authed_user": {"id": ALICE, "access_token": "xoxp-a-persons-own"}, **more,
        }  # fmt: skip
        return name

    def access(self, body: dict[str, Any]) -> dict[str, Any]:
        known = self.codes.pop(body.get("code") or body.get("refresh_token") or "", None)
        if known is None:
            return {"ok": False, "error": "invalid_code"}
        self.made += 1
        token = f"xoxb-secret-{self.made}"
        answer = {
            "ok": True, "access_token": token, "token_type": "bot", "scope": "commands,chat:write",
            **known,
        }  # fmt: skip
        if "expires_in" in known:
            answer["refresh_token"] = f"xoxe-secret-{self.made}"
            self.codes[answer["refresh_token"]] = known
        assert self.slack.tokens is not None
        self.slack.tokens[token] = {
            "team_id": (known["team"] or {}).get("id"), "bot_id": "B1", "user_id": BOT_USER,
            "enterprise_id": (known["enterprise"] or {}).get("id"), "team": "Team", "user": "tme",
            "url": "https://test.slack.com/",
        }  # fmt: skip
        return answer


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(repr=False)
class Desk:
    """A bot that workspaces install, with a visitor's browser."""

    services: Services
    app: App
    slack: SlackStandIn
    authority: Authority
    clock: Clock
    settings: Settings
    port: int

    def get(self, path: str, cookie: str = "") -> tuple[int, str, HTTPMessage]:
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, headers={"cookie": cookie})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                return response.status, response.read().decode(), response.headers
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode(), refused.headers

    def begin(self) -> tuple[str, str]:
        """The state and the cookie that beginning to install gives."""
        status, page, headers = self.get("/slack/install")
        assert status == 200
        found = re.search(r'href="(https://slack.com/oauth/v2/authorize[^"]+)"', page)
        assert found is not None
        asked = parse_qs(urlsplit(found[1].replace("&amp;", "&")).query)
        assert asked["client_id"] == [CLIENT]
        assert {"commands", "chat:write", "links:read"} <= set(asked["scope"][0].split(","))
        [state] = asked["state"]
        cookie = headers["set-cookie"]
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        return state, cookie.split(";")[0]

    def finish(self, state: str, cookie: str, code: str) -> int:
        query = urlencode({"code": code, "state": state})
        return self.get(f"/slack/oauth_redirect?{query}", cookie)[0]

    def install(self, team: str | None, enterprise: str | None = None, **more: Any) -> int:
        return self.finish(*self.begin(), self.authority.code(team, enterprise, **more))

    def hear(self, body: dict[str, Any]) -> str:
        """Let a request arrive; what Bolt answers, and what is said through Slack."""
        before = len(self.slack.calls)
        answer = self.app.dispatch(BoltRequest(mode="socket_mode", body=body))
        said = [c for c in self.slack.calls[before:] if c.method in ("response_url", POST)]
        return f"{answer.body} {[call.body for call in said]}"

    def proofs(self, method: str) -> list[str]:
        return [c.proof.removeprefix("Bearer ") for c in self.slack.calls if c.method == method]


POST = "chat.postMessage"


@pytest.fixture
def desk(slack: SlackStandIn, prepared_home: Path, tmp_path: Path) -> Iterator[Desk]:
    authority, clock, slack.tokens = Authority(slack), Clock(), {}
    slack.answering["oauth.v2.access"] = authority.access
    settings = Settings(
        home=shutil.copytree(prepared_home, tmp_path / "home"), slack_client_id=CLIENT,
        slack_client_secret=CLIENT_SECRET, slack_signing_secret=SECRET, token_keys=KEY,
        slack_api_url=slack.url,
    )  # fmt: skip
    assert slack_mode(settings) is SlackMode.HTTP
    with opened(settings, now=clock) as services:
        app = build_bolt(settings, build_router(services), process_before_response=True)
        transport = HttpTransport(app, "127.0.0.1", 0)
        transport.start()
        yield Desk(services, app, slack, authority, clock, settings, transport.port)
        transport.close()


def of(team: str, body: dict[str, Any], enterprise: str | None = None) -> dict[str, Any]:
    """A request as it comes from another workspace."""
    if "authorizations" in body:
        body["authorizations"] = [
            {"enterprise_id": enterprise, "team_id": team, "user_id": BOT_USER, "is_bot": True}
        ]
    return body | {"team_id": team, "enterprise_id": enterprise}


def left(kind: str, team: str = TEAM, at: datetime = NOW, **more: Any) -> dict[str, Any]:
    body = event({"type": kind, **more}, event_id=f"Ev{kind}{at:%H%M%S}")
    return of(team, body) | {"event_time": int(at.timestamp())}


def test_each_workspace_is_answered_with_its_own_token(desk: Desk) -> None:
    assert desk.install(TEAM) == 200
    assert desk.install(OTHER) == 200
    basic = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
    assert set(desk.proofs("oauth.v2.access")) == {f"Basic {basic}"}
    for number, team in enumerate((TEAM, OTHER), 1):
        desk.slack.calls.clear()
        desk.hear(of(team, mention("hypoxia", event_id=f"Ev{team}")))
        assert desk.proofs(POST) == [f"xoxb-secret-{number}"]
    first = desk.services.store.installations.all()[0]
    assert (first.workspace, first.by, first.ended) == (f"/{TEAM}", ALICE, None)


def test_slack_is_asked_once_whose_a_token_is(desk: Desk) -> None:
    desk.install(TEAM)
    desk.slack.calls.clear()
    for number in range(3):
        desk.hear(of(TEAM, mention("hypoxia", event_id=f"Ev{number}")))
    assert len(desk.proofs("auth.test")) == 1


def test_a_state_counts_once_in_its_browser_and_in_time(desk: Desk) -> None:
    code = desk.authority.code(TEAM)
    state, cookie = desk.begin()
    assert desk.finish(state, "", code) == 400, "another browser"
    assert desk.finish("made up", cookie.split("=")[0] + "=made up", code) == 401
    assert desk.proofs("oauth.v2.access") == []
    assert desk.finish(state, cookie, code) == 200
    assert desk.finish(state, cookie, desk.authority.code(TEAM)) == 401, "again"


@pytest.mark.parametrize(("late", "status"), [(600, 200), (601, 401)])
def test_a_state_is_good_for_ten_minutes(desk: Desk, late: int, status: int) -> None:
    state, cookie = desk.begin()
    desk.clock.now += timedelta(seconds=late)
    assert desk.finish(state, cookie, desk.authority.code(TEAM)) == status


def test_a_code_that_slack_does_not_know_installs_nothing(desk: Desk) -> None:
    assert desk.finish(*desk.begin(), "made up") == 401
    state, cookie = desk.begin()
    assert desk.get(f"/slack/oauth_redirect?error=access_denied&state={state}", cookie)[0] == 200
    assert desk.services.store.installations.all() == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("error=access_denied", "it was declined in Slack."),
        ("error=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "Slack did not take it."),
        ("code=1&state=made-up", "it was begun in another browser"),
    ],
)
def test_who_did_not_install_reads_why_and_where_to_begin_again(
    desk: Desk, asked: str, said: str
) -> None:
    _, page, headers = desk.get(f"/slack/oauth_redirect?{asked}")
    assert page.startswith(f"<p>Nothing was installed: {said}")
    assert 'href="/slack/install"' in page
    assert "script" not in page
    assert "Max-Age=0" in headers["set-cookie"] or "1970" in headers["set-cookie"]


def test_slack_out_of_reach_is_said(desk: Desk) -> None:
    state, cookie = desk.begin()
    desk.slack.drop("oauth.v2.access")
    assert desk.finish(state, cookie, desk.authority.code(TEAM)) == 503


def test_an_organisation_installs_for_all_its_workspaces(desk: Desk) -> None:
    assert desk.install(None, "E1") == 200
    for team in ("T0A", "T0B"):
        body = of(team, mention("hypoxia", event_id=f"Ev{team}"), "E1") | {
            "is_enterprise_install": True
        }
        desk.hear(body)
    assert desk.proofs(POST) == ["xoxb-secret-1"] * 2
    assert desk.services.workspaces.is_served("E1/T0C")
    assert not desk.services.workspaces.is_served("E2/T0C")
    assert not desk.services.workspaces.is_served("/T0C")


def test_a_workspaces_own_installation_goes_before_its_organisations(desk: Desk) -> None:
    desk.install(None, "E1")
    desk.install("T0A", "E1")
    assert desk.services.workspaces.token("E1/T0A") == "xoxb-secret-2"
    assert desk.services.workspaces.token("E1/T0B") == "xoxb-secret-1"


def test_who_has_not_installed_it_is_told_so_and_never_watching(desk: Desk) -> None:
    said = desk.hear(slash("subscribe hypoxia daily", desk.slack.response_url))
    assert "I am not installed in this workspace" in said
    assert "Watching" not in said
    assert desk.services.store.subscriptions.everything() == []


# Tokens that expire


def test_a_token_is_made_new_before_it_expires(desk: Desk) -> None:
    desk.clock.now = datetime.now(NOW.tzinfo)
    desk.install(TEAM, expires_in=43_200)
    workspaces, start = desk.services.workspaces, desk.clock.now
    desk.clock.now = start + timedelta(hours=9, minutes=58)
    assert workspaces.token(f"/{TEAM}") == "xoxb-secret-1"
    desk.clock.now = start + timedelta(hours=10, seconds=5)
    assert workspaces.token(f"/{TEAM}") == "xoxb-secret-2"
    refreshed = [c.body for c in desk.slack.calls if c.body.get("grant_type") == "refresh_token"]
    assert [each["refresh_token"] for each in refreshed] == ["xoxe-secret-1"]


def test_a_token_that_cannot_be_made_new_serves_until_it_expires(desk: Desk) -> None:
    desk.clock.now = start = datetime.now(NOW.tzinfo)
    desk.install(TEAM, expires_in=43_200)
    desk.slack.refuse("oauth.v2.access", "invalid_refresh_token")
    desk.clock.now = start + timedelta(hours=11, minutes=59)
    assert desk.services.workspaces.token(f"/{TEAM}") == "xoxb-secret-1"
    desk.clock.now = start + timedelta(hours=12, seconds=5)
    assert desk.services.workspaces.token(f"/{TEAM}") is None
    said = desk.hear(slash("hypoxia", desk.slack.response_url))
    assert "I am not installed" in said


# Removed


def subscribe(desk: Desk, team: str = TEAM) -> str:
    words = of(team, slash("subscribe hypoxia daily", desk.slack.response_url))
    assert "Watching" in desk.hear(words)
    return next(each.id for each in desk.services.store.subscriptions.everything(f"/{team}"))


@pytest.mark.parametrize(
    ("kind", "more"), [("app_uninstalled", {}), ("tokens_revoked", {"tokens": {"bot": ["U1"]}})]
)
def test_subscriptions_wait_until_the_app_is_installed_again(
    desk: Desk, kind: str, more: dict[str, Any]
) -> None:
    desk.install(TEAM)
    desk.install(OTHER)
    mine, theirs = subscribe(desk), subscribe(desk, OTHER)
    desk.hear(left(kind, **more))
    stored = desk.services.store.subscriptions
    paused = stored.get(mine)
    assert paused is not None
    assert (paused.state, paused.trouble) == ("paused", "not_installed")
    assert stored.get(theirs).state == "active"  # type: ignore[union-attr]
    assert desk.services.workspaces.token(f"/{TEAM}") is None
    desk.services.digests.step()
    assert stored.get(mine).state == "paused"  # type: ignore[union-attr]

    desk.install(TEAM)
    assert stored.get(mine).state == "active"  # type: ignore[union-attr]
    desk.slack.calls.clear()
    run_outbox(desk)
    told = [c for c in desk.slack.calls if c.method == POST and c.body["channel"] == ALICE]
    assert [c.proof for c in told] == ["Bearer xoxb-secret-3"]
    assert "I am installed again" in told[0].body["text"]


def test_a_journal_club_waits_until_the_app_is_installed_again(desk: Desk) -> None:
    """Its paper is posted then; nothing was decided, refused or paused meanwhile."""
    desk.install(TEAM)
    for typed in ("club glioma weekly on FRI at 16:00", "save 10.1002/ctd2.70098 to our glioma"):
        assert "glioma" in desk.hear(of(TEAM, slash(typed, desk.slack.response_url)))
    desk.hear(left("app_uninstalled"))
    desk.clock.now = NOW + timedelta(days=15)
    assert not desk.services.clubs.step()
    [club] = desk.services.store.clubs.everything()
    assert club.state == "active"
    desk.install(TEAM)
    assert desk.services.clubs.step()
    desk.slack.calls.clear()
    run_outbox(desk)
    posted = [c.body["text"] for c in desk.slack.calls if c.method == POST]
    assert any("Journal club “glioma”" in text for text in posted)


def run_outbox(desk: Desk) -> None:
    client = unrepeating(web_client(desk.settings, None), desk.services.workspaces.token)
    publisher = EachWorkspace(client, Drawer(desk.services))
    timing = Timing(pace=Pace(channel=0.0, workspace=0.0))
    outbox = Outbox(desk.services.store.deliveries, publisher, desk.clock, timing)
    while outbox.step():
        pass


def test_a_persons_own_revoked_token_ends_nothing(desk: Desk) -> None:
    desk.install(TEAM)
    desk.hear(left("tokens_revoked", tokens={"oauth": ["U1"]}))
    assert desk.services.workspaces.is_served(f"/{TEAM}")


def test_word_of_a_removal_that_comes_late_ends_nothing(desk: Desk) -> None:
    desk.install(TEAM)
    desk.hear(left("app_uninstalled", at=NOW - timedelta(seconds=1)))
    assert desk.services.workspaces.is_served(f"/{TEAM}")


def test_deliveries_go_out_with_the_token_of_their_workspace(desk: Desk) -> None:
    desk.install(TEAM)
    desk.install(OTHER)
    for team in (TEAM, OTHER, "T0GONE"):
        owner, services = Person(f"/{team}", CHANNEL, ALICE), desk.services
        draft = services.subscriptions.draft("hypoxia", owner, services.usual_schedule)
        new = NewSubscription(owner.workspace, CHANNEL, draft.watch, draft.schedule)
        made = services.store.subscriptions.add(new, ALICE, NOW)
        notice = NewDelivery(
            key=f"k{team}", workspace=f"/{team}", kind="notice", channel=CHANNEL, due=NOW,
            subscription=made.id, details={"set_up_by": ALICE},
        )  # fmt: skip
        services.store.deliveries.add(notice, NOW)
    desk.slack.calls.clear()
    run_outbox(desk)
    assert sorted(desk.proofs(POST)) == ["xoxb-secret-1", "xoxb-secret-2"]


@pytest.mark.parametrize(
    ("channel", "posted", "logged"),
    [
        (f"{OTHER}/C0OPS", ["xoxb-secret-2"], ""),
        ("T0GONE/C0OPS", [], "not installed in T0GONE"),
        ("C0OPS", [], "write T0…/C0OPS"),
    ],
    ids=["named", "not installed there", "which of them"],
)  # fmt: skip
def test_alarms_go_to_the_workspace_that_the_setting_names(
    desk: Desk, caplog: pytest.LogCaptureFixture, channel: str, posted: list[str], logged: str
) -> None:
    desk.install(TEAM)
    desk.install(OTHER)
    settings = desk.settings.model_copy(update={"alarm_channel": channel})
    services = replace(desk.services, settings=settings)
    workspace = operators_workspace(settings, services.workspaces)
    alarms = Alarms(services, lambda: [Check("Digests", "bad", "late")], workspace)
    for _ in range(2):
        alarms.step()
        desk.clock.now += ALARM_AFTER
    desk.slack.calls.clear()
    run_outbox(desk)
    assert desk.proofs(POST) == posted
    assert {call.body["channel"] for call in desk.slack.said(POST)} <= {"C0OPS"}
    assert logged in caplog.text
    assert "Bad for long: Digests: late" in caplog.text


# Secrets


def test_no_secret_is_written_anywhere(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        desk.install(TEAM, expires_in=43_200)
        desk.finish(*desk.begin(), "a-code-that-is-wrong")
        subscribe(desk)
        desk.hear(left("app_uninstalled", at=NOW - timedelta(seconds=1)))
    desk.services.store.close()
    written = [path.read_bytes() for path in desk.settings.home.rglob("*") if path.is_file()]
    said = caplog.text + repr(desk.settings) + str(diagnose(desk.settings))
    for secret in ("xoxb-secret", "xoxe-secret", "xoxp-", CLIENT_SECRET, KEY):
        assert not any(secret.encode() in each for each in written), secret
        assert secret not in said, secret
    assert "code-that-is-wrong" not in caplog.text


def test_keys_are_changed_without_installing_again(desk: Desk) -> None:
    desk.install(TEAM)
    store, new = desk.services.store.installations, new_key()
    proof = credentials(desk.settings)

    def with_keys(*keys: str) -> Installed:
        return Installed(store, lambda: Sealer(keys), proof, desk.clock)

    with pytest.raises(SettingsError, match="None of the keys"):
        with_keys(new).token(f"/{TEAM}")
    with pytest.raises(SettingsError, match="None of the keys"):
        store.reseal(Sealer([new]).reseal)
    both = with_keys(new, KEY)
    assert both.token(f"/{TEAM}") == "xoxb-secret-1"
    assert store.reseal(both.sealer.reseal) == 1
    assert with_keys(new).token(f"/{TEAM}") == "xoxb-secret-1"


@pytest.mark.parametrize("keys", [(), ("short",), (KEY, "x" * 44)])
def test_keys_that_are_none_are_refused(keys: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError):
        Sealer(keys)


# One token


def test_with_one_token_another_workspace_is_never_told_watching(
    send: Callable[[dict[str, Any]], Any], untouched: Services, slack: SlackStandIn
) -> None:
    slack.answers["users.info"] = {"user": {"team_id": OTHER}}
    send(of(OTHER, slash("subscribe hypoxia daily", slack.response_url)))
    said = slack.only("response_url")
    assert "I am not installed in this workspace" in said["text"]
    assert untouched.store.subscriptions.everything(f"/{OTHER}") == []


def test_one_token_or_many_but_not_both() -> None:
    given = {"slack_client_id": CLIENT, "slack_bot_token": "xoxb-1"}
    with pytest.raises(SettingsError, match="Both SLACK_BOT_TOKEN and SLACK_CLIENT_ID"):
        slack_mode(Settings(**given))
    with pytest.raises(SettingsError, match=r"not SLACK_CLIENT_SECRET, .*TME_TOKEN_KEYS"):
        slack_mode(Settings(slack_client_id=CLIENT))
