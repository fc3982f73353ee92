"""Subscribed in a window, records arrive, the digest is posted and followed up in its thread."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from bot.app.composition import opened
from bot.formats.json_records import JsonRecords
from bot.records.models import Provenance, Record
from bot.settings import Settings
from tests.block_check import check_message, check_view
from tests.handlers.test_subscriptions import stands
from tests.local_slack.test_end_to_end import command, press
from tests.local_slack.workspace import Way

pytestmark = pytest.mark.local_slack

Fields: TypeAlias = dict[str, Any]


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
        listed = map(json.loads, way.tme("subscriptions", "--json").splitlines())
        return next((each for each in listed if each["query"] == "hypoxia"), None)

    stored = way.slack.wait("the subscription", made)
    assert (stored["query"], stored["channel"]) == ("hypoxia", way.bot.channel)
    assert stored["schedule"] == "daily at 09:00 (Europe/London)"

    file = tmp_path / "new.jsonl"
    paper = {"title": "Hypoxia shields a niche", "doi": "10.1234/e2e.1", "year": 2025}
    file.write_text(json.dumps(paper) + "\n", encoding="utf-8")
    way.tme("import", str(file))
    told = way.slack.after(
        way.bot, way.bot.channel, lambda: way.tme("digest", "--send", stored["subscription"])
    )
    assert told["text"].startswith("1 new record on “hypoxia”")
    assert "doi.org/10.1234/e2e.1" in json.dumps(told["blocks"])
    check_message(told)
    retracted = follow_up(way, paper | notice("retraction", "10.1234/e2e.notice"))
    assert retracted["thread_ts"] == told["ts"]
    assert "was retracted" in retracted["text"]
    (sent,) = [c for c in way.slack.calls("chat.postMessage") if c["text"] == told["text"]]
    assert sent["metadata"]["event_type"] == "tme_digest"
    way.tme("subscriptions", "--stop", stored["subscription"])


# What becomes known of a work after it was posted


def take(way: Way, *records: Fields) -> None:
    """What Crossref says of works, as a harvest brings it: a file declares no retraction."""
    now = datetime.now(UTC)
    lines = "".join(json.dumps(each) + "\n" for each in records)
    read = list(JsonRecords().loads(lines.encode(), "crossref", now))
    said = Provenance(source="crossref", at=now)
    with opened(Settings(home=way.home)) as services:
        services.harvester.take(
            [r.model_copy(update={"provenance": (said,)}) for r in read if isinstance(r, Record)],
            "crossref",
        )


def watch(way: Way, words: str) -> str:
    """Alice subscribes her channel, to what no record has yet; the subscription's id."""
    before = len(way.slack.of(way.bot, way.bot.channel))
    said = command(way, f"subscribe anyway {words}")

    def announced() -> bool:
        new = way.slack.of(way.bot, way.bot.channel)[before:]
        return any("set up a digest here" in message["text"] for message in new)

    way.slack.wait("the channel to be told", announced)
    check_message(said, allowed=(f"<#{way.bot.channel}>",))
    *_, last = map(json.loads, way.tme("subscriptions", "--json").splitlines())
    assert (last["query"], last["channel"]) == (words, way.bot.channel)
    return str(last["subscription"])


def digest(way: Way, subscription: str) -> Fields:
    """What is due now is posted."""
    send = lambda: way.tme("digest", "--send", subscription)  # noqa: E731
    return way.slack.after(way.bot, way.bot.channel, send)


def follow_up(way: Way, *records: Fields) -> Fields:
    """The next message in the channel after these records came in."""
    told = way.slack.after(way.bot, way.bot.channel, lambda: take(way, *records))
    check_message(told)
    return told


def paper(number: int, topic: str, **more: object) -> Fields:
    title = f"{topic.capitalize()} shields a niche, part {number}"
    return {"title": title, "doi": f"10.1234/e2e.{topic}.{number}", "year": 2025, **more}


def notice(kind: str, doi: str) -> Fields:
    return {"integrity": [{"kind": kind, "notice": doi, "source": "crossref"}]}


def related(kind: str, doi: str) -> Fields:
    identifier = {"scheme": "doi", "value": doi}
    return {"relations": [{"kind": kind, "identifier": identifier, "source": "crossref"}]}


@pytest.mark.parametrize(
    ("topic", "number", "named"),
    [("ferroptosis", "2025.03.01.640001", "the preprint"), ("autophagy", "2025.03.01.640002", "")],
    ids=["the preprint names its article", "the article names its preprint and joins it"],
)
def test_a_preprint_that_was_posted_is_now_published(
    over_socket: Way, topic: str, number: str, named: str
) -> None:
    """Once in the thread of its post and once to Alice, who saved it; the article is not new."""
    way, doi = over_socket, f"10.1101/{number}"
    subscription = watch(way, topic)
    preprint = paper(1, topic, type="preprint") | {"doi": doi}
    article = paper(1, topic, type="journal-article")
    take(way, preprint)
    posted = digest(way, subscription)
    assert f"doi.org/{doi}" in json.dumps(posted["blocks"])
    command(way, f"save {doi}")
    direct = len(way.slack.of(way.bot, way.bot.direct))
    if named:
        told = follow_up(way, preprint | related("preprint-of", article["doi"]))
    else:
        told = follow_up(way, article | related("has-preprint", doi))
    assert told["thread_ts"] == posted["ts"]
    assert "is now published" in told["text"]
    assert f"https://doi.org/{article['doi']}" in told["text"]
    alone = way.slack.new_message(way.bot, way.bot.direct, direct)
    check_message(alone)
    assert "that you follow or saved was shown as a preprint and is now published" in alone["text"]

    # Everything once more, and the article itself; what is new afterwards is another work.
    take(way, article | related("has-preprint", doi), preprint, paper(2, topic))
    later = digest(way, subscription)
    assert later["text"].startswith(f"1 new record on “{topic}”")
    assert "part 2" in later["text"]
    # Happenings are told in order: with the last one told, nothing else is still to come.
    last = follow_up(way, article | notice("retraction", "10.1234/e2e.notice"))
    assert last["thread_ts"] == posted["ts"]
    for channel in (way.bot.channel, way.bot.direct):
        about = [m["text"] for m in way.slack.of(way.bot, channel) if article["title"] in m["text"]]
        assert sum("is now published" in text for text in about) == 1
    way.tme("subscriptions", "--stop", subscription)


def test_a_correction_and_a_concern_are_told_in_the_thread(over_socket: Way) -> None:
    way, record = over_socket, paper(1, "pyroptosis")
    subscription = watch(way, "pyroptosis")
    take(way, record)
    posted = digest(way, subscription)
    for kind, said in (
        ("correction", "was corrected"),
        ("expression-of-concern", "is under an expression of concern"),
    ):
        record |= {
            "integrity": [
                *record.get("integrity", []),
                *notice(kind, f"10.1234/e2e.{kind}")["integrity"],
            ]
        }
        told = follow_up(way, record)
        assert told["thread_ts"] == posted["ts"]
        assert said in told["text"]
        assert f"https://doi.org/10.1234/e2e.{kind}" in told["text"]
    way.tme("subscriptions", "--stop", subscription)
