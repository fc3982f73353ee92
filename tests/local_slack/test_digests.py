"""Subscribed in a window, records arrive, the digest is posted and followed up in its thread."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.block_check import check_message, check_view
from tests.handlers.test_subscriptions import stands
from tests.local_slack.test_end_to_end import command, press
from tests.local_slack.workspace import Way

pytestmark = pytest.mark.local_slack


def option(value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": value}
    return {"type": "static_select", "selected_option": {"value": value, "text": text}}


def test_subscribe_in_a_window_and_be_told(over_socket: Way, tmp_path: Path) -> None:
    way = over_socket
    before = len(way.slack.calls("views.open"))
    press(way, command(way, "subscriptions"), "sub_new")()

    def opened() -> dict[str, Any] | None:
        calls = way.slack.calls("views.open")
        return calls[before] if len(calls) > before else None

    view = way.slack.wait("the window", opened)["view"]
    check_view(view)
    values = stands(view)
    values["query"]["query"]["value"] = "hypoxia"
    values["cadence"]["cadence"] = option("daily")
    values["zone"]["zone"]["value"] = "Europe/London"
    way.slack.submit(values)

    def made() -> dict[str, Any] | None:
        lines = way.tme("subscriptions", "--json").splitlines()
        return json.loads(lines[0]) if lines else None

    held = way.slack.wait("the subscription", made)
    assert (held["query"], held["channel"]) == ("hypoxia", way.bot.channel)
    assert held["schedule"] == "daily at 09:00 (Europe/London)"

    file = tmp_path / "new.jsonl"
    paper = {"title": "Hypoxia shields a niche", "doi": "10.1234/e2e.1", "year": 2025}
    file.write_text(json.dumps(paper) + "\n", encoding="utf-8")
    way.tme("import", str(file))
    told = way.slack.after(
        way.bot, way.bot.channel, lambda: way.tme("digest", "--send", held["subscription"])
    )
    assert told["text"].startswith("1 new record on “hypoxia”")
    assert "doi.org/10.1234/e2e.1" in json.dumps(told["blocks"])
    check_message(told)
    retraction = {"kind": "retraction", "notice": "10.1234/e2e.notice", "source": "crossref"}
    file.write_text(json.dumps(paper | {"integrity": [retraction]}) + "\n", encoding="utf-8")
    follow_up = way.slack.after(way.bot, way.bot.channel, lambda: way.tme("import", str(file)))
    assert follow_up["thread_ts"] == told["ts"]
    assert "was retracted" in follow_up["text"]
    check_message(follow_up)
    (sent,) = [c for c in way.slack.calls("chat.postMessage") if c["text"] == told["text"]]
    assert sent["metadata"]["event_type"] == "tme_digest"
    way.tme("subscriptions", "--stop", held["subscription"])
