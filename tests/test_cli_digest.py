"""Digests from the command line: the same things that Slack can do, and JSON for scripts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

Run = Callable[..., Result]


@pytest.fixture
def tme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TME_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TME_STARTER", "no")

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    return run


def test_the_life_of_a_subscription(tme: Run, tmp_path: Path) -> None:
    """Made, told of what came, previewed, sent, paused, resumed, stopped."""
    made = tme("subscribe", "--workspace", "T0", "--channel", "C0AB", "--json", "hypoxia", "daily",
               "at", "09:00", "in", "Europe/London")  # fmt: skip
    held = json.loads(made.output)
    assert (held["query"], held["channel"], held["new"]) == ("hypoxia", "C0AB", True)
    assert held["schedule"] == "daily at 09:00 (Europe/London)"
    name = held["subscription"]

    file = tmp_path / "new.jsonl"
    file.write_text(json.dumps({"title": "Hypoxia shields a niche", "doi": "10.1234/cli.1"}))
    tme("import", str(file))
    due = tme("digest", "--due", "--dry-run", "--at", "2099-01-01T09:00", "--json")
    line = json.loads(due.output)
    assert (line["subscription"], line["channel"]) == (name, "C0AB")
    assert line["due"] == "2099-01-01T09:00:00+00:00"
    assert len(line["records"]) == 1
    assert "1 new record on “hypoxia”" in tme("digest", "--preview", name).output
    assert "Nothing is due." in tme("digest", "--due", "--dry-run").output

    sent = json.loads(tme("digest", "--send", name, "--json").output)
    assert sent["records"] == line["records"]
    again = tme("digest", "--send", name, "--json")
    assert again.exit_code == 1
    assert "Its last digest is pending" in json.loads(again.output)["error"]["message"]

    assert "paused" in tme("subscriptions", "--pause", name).output
    assert json.loads(tme("subscriptions", "--json").output)["state"] == "paused"
    assert "resumed" in tme("subscriptions", "--resume", name).output
    assert "Stopped watching" in tme("subscriptions", "--stop", name).output
    assert "Nothing is watched here yet" in tme("subscriptions").output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("digest",), 2, "Give one of --due"),
        (("digest", "--due", "--at", "2099-01-01"), 2, "--at needs --dry-run"),
        (("digest", "--due", "--dry-run", "--at", "soon"), 2, "is no time"),
        (("digest", "--preview", "s0"), 2, "not there any more"),
        (("subscriptions", "--was-posted", "d0"), 2, "is no doubtful post"),
        (("subscribe", "--channel", "C0", "hypoxia", "at", "25:00"), 2, "is no time of day"),
    ],
)
def test_wrong_usage_is_one_clear_line(
    tme: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    result = tme(*words)
    assert result.exit_code == code, result.output
    assert said in result.output
