"""`tme workspaces`: who installed the bot, and what goes of one that left."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app.cli import main
from bot.app.composition import opened
from bot.settings import Settings
from bot.store.installations import Installation
from bot.store.sealing import Sealer

AT = datetime(2026, 1, 15, tzinfo=UTC)


def run(home: Path, *words: str) -> tuple[int, str]:
    found = CliRunner().invoke(main, ["workspaces", *words], env={"TME_HOME": str(home)})
    return found.exit_code, found.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with opened(Settings(home=tmp_path)) as services:
        scopes = ("app_mentions:read", "chat:write", "commands", "im:history")
        services.store.installations.save(
            Installation("/T1", "Lab", scopes, "B1", "U0BOT", "U1", AT, None, b"sealed")
        )
        services.store.lists.make("/T1", "C1", "Club", "U1", AT)
    return tmp_path


def test_what_a_workspace_lacks_is_said_in_words(home: Path) -> None:
    code, said = run(home)
    assert code == 0
    assert said.startswith("/T1  Lab: since 15 Jan 2026, by U1")
    assert "without files:read no file can be imported" in said
    assert "sealed" not in run(home, "--json")[1]


def test_what_is_installed_is_not_deleted(home: Path) -> None:
    code, said = run(home, "--delete", "/T1", "--yes")
    assert code == 2
    assert "still installed there" in said
    assert run(home, "--delete", "T1", "--yes")[0] == 2


def test_what_is_kept_of_one_that_left_is_deleted(home: Path) -> None:
    with opened(Settings(home=home)) as services:
        assert services.store.installations.end("/T1", "app_uninstalled", AT)
    assert "ended (app_uninstalled)" in run(home)[1]
    assert run(home, "--delete", "/T1")[0] == 1, "asks first"
    assert run(home, "--delete", "/T1", "--yes") == (0, "/T1: deleted.\n")
    with opened(Settings(home=home)) as services:
        assert services.store.lists.lists("/T1") == []
    assert "No workspace has installed" in run(home)[1]


def test_a_new_key_seals_and_opens(home: Path) -> None:
    key = run(home, "--new-key")[1].strip()
    sealer = Sealer([key])
    assert sealer.open(sealer.seal("a token")) == "a token"
