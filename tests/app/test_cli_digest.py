"""Digests from the command line: the same things that Slack can do, and JSON for scripts."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app.cli import main
from bot.store import StateStore
from bot.store.deliveries import NewDelivery, Pace, Posted

Run = Callable[..., Result]
DUE = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


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
    stored = json.loads(made.output)
    assert (stored["query"], stored["channel"], stored["new"]) == ("hypoxia", "C0AB", True)
    assert stored["schedule"] == "daily at 09:00 (Europe/London)"
    name = stored["subscription"]

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


def test_what_may_stand_twice_is_listed_with_what_to_do(tme: Run, tmp_path: Path) -> None:
    """One post that Slack keeps and one that nobody could look for; a person ends both."""
    tme("status")
    with closing(StateStore.open(tmp_path / "home" / "tme.db")) as store:
        for channel, steady in (("C1", 100.0), ("C2", 500.0)):
            store.deliveries.add(NewDelivery(channel, "/T1", "digest", channel, DUE), DUE)
            late = stood_twice(store, channel, steady)
            look = store.second_posts.claim("two", steady + 200.0, 60.0, 0.0)
            assert look is not None
            if channel == "C1":
                store.second_posts.taken_back(late, refused="cant_delete_message")
            reason = "not_in_channel" if channel == "C2" else None
            store.second_posts.done(look, steady + 200.0, None, reason)
    assert "2 posts may be there twice and need a person" in tme("status").output
    found = [json.loads(line) for line in tme("subscriptions", "--twice").output.splitlines()]
    kept, unseen = sorted(found, key=lambda each: str(each["channel"]))
    assert (kept["channel"], kept["second"], kept["reason"]) == ("C1", "2.0", "cant_delete_message")
    assert "delete it in Slack, then --stands-once" in kept["todo"]
    assert (unseen["channel"], unseen["second"], unseen["reason"]) == ("C2", None, "not_in_channel")
    assert "look there whether the post stands twice" in unseen["todo"]
    assert tme("subscriptions", "--stands-once", kept["delivery"]).output == "Noted.\n"
    assert tme("subscriptions", "--look-again", unseen["delivery"]).output == "Noted.\n"
    assert tme("subscriptions", "--twice").output == ""


def test_what_is_doubtful_is_listed_with_what_to_do(tme: Run, tmp_path: Path) -> None:
    tme("status")
    with closing(StateStore.open(tmp_path / "home" / "tme.db")) as store:
        store.deliveries.add(NewDelivery("n", "/T1", "notice", "U0ALICE", DUE), DUE)
        claim = store.deliveries.claim("one", 100.0, 60.0, Pace(0.0, 0.0))
        assert claim is not None
        store.deliveries.close(claim, "doubtful", "missing_scope")
    doubtful = json.loads(tme("subscriptions", "--doubtful").output)
    assert (doubtful["channel"], doubtful["reason"]) == ("U0ALICE", "missing_scope")
    assert "then --was-posted ID or --send-again ID" in doubtful["todo"]
    assert tme("subscriptions", "--was-posted", doubtful["delivery"]).output == "Noted.\n"


def stood_twice(store: StateStore, channel: str, steady: float) -> Posted:
    """One process takes a delivery over from another, and both post it; the second post."""
    claims = []
    for moment in (steady, steady + 100.0):
        claim = store.deliveries.claim("one", moment, 60.0, Pace(0.0, 0.0))
        assert claim is not None
        claims.append(store.deliveries.start(claim, moment, 60.0, DUE) or claim)
    late = Posted(channel, "2.0")
    store.deliveries.confirm(claims[1], Posted(channel, "1.0"), DUE)
    if channel == "C1":
        store.deliveries.confirm(claims[0], late, DUE)
    return late


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("digest",), 2, "Give one of --due"),
        (("digest", "--due", "--at", "2099-01-01"), 2, "--at needs --dry-run"),
        (("digest", "--due", "--dry-run", "--at", "soon"), 2, "is no time"),
        (("digest", "--preview", "s0"), 2, "There is no subscription “s0”"),
        (("subscriptions", "--stop", "s0"), 2, "There is no subscription “s0”"),
        (("subscriptions", "--was-posted", "d0"), 2, "is no doubtful post"),
        (("subscriptions", "--stands-once", "d0"), 2, "does not need a person"),
        (("subscriptions", "--look-again", "d0"), 2, "does not need a person"),
        (("subscribe", "--channel", "C0", "hypoxia", "at", "25:00"), 2, "is no time of day"),
    ],
)
def test_wrong_usage_is_one_clear_line(
    tme: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    result = tme(*words)
    assert result.exit_code == code, result.output
    assert said in result.output
