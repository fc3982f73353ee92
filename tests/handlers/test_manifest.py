"""`app.yaml` asks for what the code uses, and for nothing else."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from slack_bolt import App
from slack_bolt.request import BoltRequest
from slack_bolt.response import BoltResponse

from bot.app.cli import main
from bot.app.doctor import MISSED
from bot.app.manifest import manifest as manifest_of
from bot.app.manifest import usage_hint
from bot.settings import Settings
from handlers.commands import COMMANDS
from tests.handlers.bodies import (
    details,
    direct,
    event,
    home_opened,
    joined,
    links,
    mention,
    press,
    reaction,
    shortcut,
    slash,
)

ROOT = Path(__file__).resolve().parents[2]

# Slack's Web API methods and the bot scope that each needs (None: any token will do).
SCOPES = {
    "chat_delete": "chat:write",
    "chat_update": "chat:write",
    "chat_postMessage": "chat:write",
    "chat_postEphemeral": "chat:write",
    # Beside im:history, which direct messages need anyway.
    "conversations_history": "channels:history",
    "conversations_members": "channels:read",
    "conversations_open": "im:write",
    "conversations_replies": "groups:history",
    "files_info": "files:read",
    "files_upload_v2": "files:write",
    "views_open": None,
    "views_publish": None,
    "views_update": None,
    "auth_test": None,
    # Takes the app's own token.
    "apps_connections_open": None,
    "chat_unfurl": "links:write",
    "entity_presentDetails": None,
    "users_info": "users:read",
}
# What a method of the above needs beside that for private channels.
PRIVATE = {"groups:read"}
# What Bolt's own helpers of the agent view need.
AGENT = {"assistant:write"}
# Without these an answer cannot be given at all.
NEEDED = {"app_mentions:read", "chat:write", "commands", "im:history"}

# Events and the bot scope that Slack asks for before it sends them.
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "app_home_opened": None,
    "link_shared": "links:read",
    "member_joined_channel": "channels:read",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "app_uninstalled": None,
    "entity_details_requested": None,
    "tokens_revoked": None,
}

# What each subscribed event looks like when it arrives.
EVENT_BODIES = {
    "app_mention": mention("glioma"),
    "app_home_opened": home_opened(),
    "link_shared": links("https://doi.org/10.1002/ctd2.70098"),
    "member_joined_channel": joined(),
    "message.im": direct("glioma"),
    "reaction_added": reaction(),
    "reaction_removed": reaction("reaction_removed"),
    "app_uninstalled": event({"type": "app_uninstalled"}),
    "entity_details_requested": details("w1"),
    "tokens_revoked": event({"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}),
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "app.yaml").read_text(encoding="utf-8"))
    return loaded


def events_of(manifest: dict[str, Any]) -> set[str]:
    return set(manifest["settings"]["event_subscriptions"]["bot_events"])


def listens(app: App, body: dict[str, Any]) -> bool:
    """Whether a listener of the app takes this request, without running it."""
    request, response = BoltRequest(mode="socket_mode", body=body), BoltResponse(status=200)
    return any(each.matches(req=request, resp=response) for each in app._listeners)


def methods_called() -> set[str]:
    """The Web API methods that the listeners call, by the way they call them."""
    sources = (
        _code(path) for room in ("handlers", "bot/app") for path in (ROOT / room).rglob("*.py")
    )
    called = re.compile(
        r"(?:\b|_)client\.((?:apps|auth|chat|conversations|entity|files|users|views)_\w+)\("
    )
    return {method for source in sources for method in called.findall(source)}


def _code(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_every_subscribed_event_has_a_listener(app: App, manifest: dict[str, Any]) -> None:
    assert events_of(manifest) == set(EVENT_BODIES)
    for name in events_of(manifest):
        assert listens(app, EVENT_BODIES[name]), name


def test_every_listened_event_is_subscribed(manifest: dict[str, Any]) -> None:
    """Slack sends only what the manifest subscribes to: a listener without it never runs."""
    sources = "".join(_code(path) for path in (ROOT / "handlers").rglob("*.py"))
    listened = set(re.findall(r"app\.event\(\"(\w+)\"", sources))
    assert listened == {name.split(".")[0] for name in events_of(manifest)}


def test_the_slash_commands_are_the_ones_listened_to(app: App, manifest: dict[str, Any]) -> None:
    commands = [each["command"] for each in manifest["features"]["slash_commands"]]
    assert commands == ["/tme"]
    assert listens(app, slash("x", "") | {"command": commands[0]})
    assert not listens(app, slash("x", "") | {"command": "/other"})


def test_the_shortcuts_are_the_ones_listened_to(app: App, manifest: dict[str, Any]) -> None:
    for each in manifest["features"]["shortcuts"]:
        assert listens(app, shortcut(each["callback_id"], "x", ""))
        assert len(each["name"]) <= 24, "Slack's limit"
        assert len(each["description"]) <= 150
    assert not listens(app, shortcut("other", "x", ""))


def test_without_domains_nothing_is_asked_for_links(tmp_path: Path) -> None:
    made = manifest_of(Settings(home=tmp_path, unfurl="no"))
    assert "unfurl_domains" not in made["features"]
    assert "rich_previews" not in made["features"]
    assert "entity_details_requested" not in str(made)
    assert "link_shared" not in made["settings"]["event_subscriptions"]["bot_events"]
    assert "links:" not in str(made["oauth_config"])
    own = manifest_of(Settings(home=tmp_path, unfurl="doi.org, Example.org"))
    assert own["features"]["unfurl_domains"] == ["doi.org", "example.org"]


def test_without_the_agent_view_nothing_is_asked_for_it(tmp_path: Path) -> None:
    assert "assistant:write" in str(manifest_of(Settings(home=tmp_path)))
    made = str(manifest_of(Settings(home=tmp_path, agent_view=False)))
    assert "assistant:write" not in made
    assert "agent_view" not in made


def test_buttons_reach_the_bot(app: App, manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    assert listens(app, press("next", "{}", ""))


def test_the_scopes_are_those_that_are_needed_and_no_more(manifest: dict[str, Any]) -> None:
    needed = {"commands"}
    needed |= {scope for name in events_of(manifest) if (scope := EVENT_SCOPES[name])}
    needed |= {scope for name in methods_called() if (scope := SCOPES[name])}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed | PRIVATE | AGENT


def test_an_admin_may_refuse_all_but_what_answers_take(manifest: dict[str, Any]) -> None:
    scopes = manifest["oauth_config"]["scopes"]
    assert set(scopes["bot"]) - set(scopes["bot_optional"]) == NEEDED
    assert set(scopes["bot_optional"]) < set(scopes["bot"])
    assert set(MISSED) == set(scopes["bot_optional"]), "what is missed without each, in words"


def test_what_each_scope_is_for_is_documented(manifest: dict[str, Any]) -> None:
    text = (ROOT / ".github" / "OPERATING.md").read_text(encoding="utf-8")
    for scope in manifest["oauth_config"]["scopes"]["bot"]:
        assert f"`{scope}`" in text, scope


def test_the_map_of_methods_names_only_what_is_called() -> None:
    # Bolt itself calls auth.test.
    assert methods_called() | {"auth_test"} == set(SCOPES)


def test_the_app_can_be_written_to_and_has_a_home(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]
    assert home["home_tab_enabled"] is True
    assert home["messages_tab_enabled"] is True
    assert home["messages_tab_read_only_enabled"] is False


def test_it_is_for_one_workspace_over_a_socket(manifest: dict[str, Any]) -> None:
    settings = manifest["settings"]
    assert settings["socket_mode_enabled"] is True
    assert settings["org_deploy_enabled"] is False
    assert settings["token_rotation_enabled"] is False


def test_the_texts_fit_slacks_limits(manifest: dict[str, Any]) -> None:
    """Limits of the manifest reference: Slack refuses the whole manifest over any of them."""
    about = manifest["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-f]{6}", about["background_color"])
    for command in manifest["features"]["slash_commands"]:
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000


def test_the_hint_names_every_command(manifest: dict[str, Any]) -> None:
    (command,) = manifest["features"]["slash_commands"]
    assert command["usage_hint"] == usage_hint(COMMANDS)
    toy = replace(COMMANDS[0], words="shelve TERM")
    assert "shelve" in usage_hint((*COMMANDS, toy)).split(" | ")


def written(settings: Settings, *options: str) -> dict[str, Any]:
    """What `tme manifest` prints."""
    env = {"TME_HOME": str(settings.home)}
    found = CliRunner().invoke(main, ["manifest", *options], env=env, catch_exceptions=False)
    assert found.exit_code == 0, found.output
    loaded: dict[str, Any] = yaml.safe_load(found.output)
    return loaded


def test_it_is_written_as_it_stands(manifest: dict[str, Any], tmp_path: Path) -> None:
    assert written(Settings(home=tmp_path)) == manifest


def test_it_is_written_for_http(manifest: dict[str, Any], tmp_path: Path) -> None:
    made = written(Settings(home=tmp_path), "--http", "https://tme.example.org/")
    address = "https://tme.example.org/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["oauth_config"] == manifest["oauth_config"]


def test_it_is_written_for_many_workspaces(tmp_path: Path) -> None:
    env = {"TME_HOME": str(tmp_path), "SLACK_CLIENT_ID": "1.2"}
    bare = CliRunner().invoke(main, ["manifest"], env=env)
    assert bare.exit_code == 2
    assert "Say which: --http" in bare.output
    address = "https://tme.example.org"
    found = CliRunner().invoke(
        main, ["manifest", "--http", address, "--unfurl", "doi.org", "--unfurl", "a.org"], env=env
    )
    made = yaml.safe_load(found.output)
    assert made["oauth_config"]["redirect_urls"] == [f"{address}/slack/oauth_redirect"]
    assert made["settings"]["org_deploy_enabled"] is True
    assert made["settings"]["token_rotation_enabled"] is True
    assert made["features"]["unfurl_domains"] == ["doi.org", "a.org"]


@pytest.mark.parametrize(
    "address", ["http://a.example", "tme.example.org", "https://", "https://a?b"]
)
def test_an_address_that_slack_cannot_use_is_refused(address: str) -> None:
    found = CliRunner().invoke(main, ["manifest", "--http", address])
    assert found.exit_code != 0
    assert "It begins with https://" in found.output
