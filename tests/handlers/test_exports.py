"""A list as a file: what is in it, and where it goes on each surface."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import BoltResponse

from bot.formats import Parsed, by_name
from bot.records.models import Record
from handlers.router import Place, Reply, Request, Router, Surface
from handlers.views import buttons
from tests.handlers.bodies import CHANNEL, DIRECT, direct, mention, press, slash
from tests.handlers.conftest import NOW
from tests.handlers.standin import SlackStandIn

Send = Callable[[dict[str, Any]], BoltResponse]
SEED_TITLE = (
    "Reprogramming the tumour microenvironment: Emerging strategies to overcome immunotherapy"
    " resistance"
)
HERE = Place("w", "C1", "t-export", "U1")


def ask(router: Router, text: str, place: Place | None = HERE) -> Reply:
    return router.answer(Request(text, Surface.THREAD, place=place))


def read(reply: Reply, name: str) -> tuple[Record, ...]:
    assert reply.file is not None
    parsed = Parsed.of(by_name(name).loads(reply.file().content, "", NOW))
    assert parsed.refused == ()
    return parsed.records


@pytest.mark.parametrize(
    ("said", "name", "suffix"),
    [
        ("as bibtex", "bibtex", ".bib"),
        ("to RIS", "ris", ".ris"),
        ("for EndNote", "ris", ".ris"),
        ("in CSL-JSON", "csl", ".csl.json"),
        ("nbib", "nbib", ".nbib"),
        ("as a CSV file", "csv", ".csv"),
        ("", "ris", ".ris"),
    ],
)
def test_a_topic_is_exported_as_it_is_asked_for(
    router: Router, said: str, name: str, suffix: str
) -> None:
    """Every record that matches everything, not only the five of a page."""
    reply = ask(router, f"export oncolytic viruses {said}", None)
    listed = router.answer(Request("oncolytic viruses", Surface.TERMINAL, limit=100)).answer
    assert reply.answer.understood.action == "export"
    assert {r.doi for r in read(reply, name)} == {h.record.doi for h in listed.hits if h.strict}
    assert reply.file is not None
    assert reply.file().name.endswith(suffix)
    assert reply.file().name.startswith("tme-2026-01-15-")


def test_what_was_shown_in_the_thread_is_exported(router: Router) -> None:
    """Those shown, the whole of the list, and one of it; the list stays what it was."""
    shown = ask(router, "oncolytic viruses").answer
    these = ask(router, "export these to RIS")
    assert [r.doi for r in read(these, "ris")] == [hit.record.doi for hit in shown.hits]
    assert f"`export all` has {shown.ranked}" in these.message.text.replace("*", "`")
    assert len(read(ask(router, "export all to RIS"), "ris")) == shown.total > len(shown.hits)
    [second] = read(ask(router, "export the second one as bibtex"), "bibtex")
    assert second.doi == shown.hits[1].record.doi


def test_named_records_are_exported(router: Router) -> None:
    reply = ask(router, "export 10.1002/ctd2.70098 as csl", None)
    [record] = read(reply, "csl")
    assert record.doi == "10.1002/ctd2.70098"
    assert [p.display_name for p in record.contributors if p.display_name] == []


@pytest.mark.parametrize("text", ["export these to RIS", "export xyzzyq as csv"])
def test_nothing_to_export_is_said(router: Router, text: str) -> None:
    reply = ask(router, text, Place("w", "C9", "nothing shown", "U9"))
    assert reply.file is None
    assert reply.answer.understood.action == "export"
    assert "export" in reply.message.text


@pytest.mark.parametrize("text", ["export", "export as csv"])
def test_export_alone_asks_which_whatever_was_asked_long_before(router: Router, text: str) -> None:
    place = Place("w", "C9", f"bare {text}", "U9")
    assert "no list here to export" in ask(router, text, place).message.text
    shown = ask(router, "oncolytic viruses", place).answer
    bare = ask(router, text, place)
    assert bare.file is None
    assert not bare.answer.hits
    assert bare.message.text.startswith("Export what?")
    these = read(ask(router, "export these as ris", place), "ris")
    assert [record.doi for record in these] == [hit.record.doi for hit in shown.hits]


def test_a_mention_gets_the_file_in_its_thread(send: Send, slack: SlackStandIn) -> None:
    send(mention("export oncolytic viruses as ris", event_id="EvExport1"))
    (done,) = slack.said("files.completeUploadExternal")
    assert (done.body["channel_id"], done.body["thread_ts"]) == (CHANNEL, "1700.0001")
    (announced,) = slack.said("files.getUploadURLExternal")
    assert announced.body["filename"].endswith(".ris")
    assert slack.uploads[0].startswith(b"TY  - ")


def test_a_direct_message_gets_the_file(send: Send, slack: SlackStandIn) -> None:
    send(direct("export hypoxia as csv", event_id="EvExport2"))
    (done,) = slack.said("files.completeUploadExternal")
    assert done.body["channel_id"] == DIRECT


def test_a_private_answer_offers_where_the_file_goes(send: Send, slack: SlackStandIn) -> None:
    """Its buttons hold the question, so they work after a restart."""
    send(slash("export hypoxia as nbib", slack.response_url))
    body = slack.only("response_url")
    values = {e["text"]["text"]: buttons.unpack(e["value"]) for b in body["blocks"]
              for e in b.get("elements", ()) if e["type"] == "button"}  # fmt: skip
    assert values["Post the file here"] == {"q": "export hypoxia as nbib", "here": True}
    assert values["As BibTeX"] == {"q": "export hypoxia as bibtex"}
    assert slack.uploads == []
    slack.calls.clear()
    pressed = values["Post the file here"]
    send(press(f"{buttons.PICTURE}:1", pressed, slack.response_url, ephemeral=True))
    assert slack.uploads[0].startswith(b"PMID- ")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("cite 10.1016/j.cell.2017.01.017 in chicago", "chicago\nSharma, "),
        ("cite 10.1016/j.cell.2017.01.017 apa", "APA\nSharma, "),
        ("cite 10.1016/j.cell.2017.01.017 as ris", "TY  - JOUR"),
        ("cite 10.1016/j.cell.2017.01.017 in bibtex", "@article{sharma2017primary,"),
        ("cite 10.1016/j.cell.2017.01.017", "Vancouver\nSharma P"),
        (f"cite {SEED_TITLE}", "Vancouver\nReprog"),
        ("cite 10.1016/j.cell.2017.01.017 in blargly", "I know no citation style"),
        (
            f"cite {SEED_TITLE} in nature medicine",
            "e70098 (2025).",
        ),
    ],
)
def test_a_record_is_cited_as_it_is_asked_for(router: Router, said: str, wanted: str) -> None:
    assert wanted in ask(router, said, None).message.text


def test_a_list_is_cited_whole(router: Router) -> None:
    ask(router, "oncolytic viruses")
    text = ask(router, "cite these in cell").message.text
    assert [line[:3] for line in text.splitlines()[1:6]] == ["1. ", "2. ", "3. ", "4. ", "5. "]
