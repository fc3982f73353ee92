"""A file dropped on the bot: offered, fetched from Slack alone, imported, and the outcome told."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest, BoltResponse

from bot.curation.lists import Scope
from bot.errors import TmeError, UnreadableFile
from bot.records.models import Scheme
from handlers.listeners.downloads import download
from handlers.payload import workspace_of
from handlers.router import Place, Request, Router, Surface
from handlers.views import buttons
from tests.handlers.bodies import ALICE, BOB, DIRECT, direct, press
from tests.handlers.standin import SlackStandIn
from tests.handlers.visitor import waiting_app
from tests.harvest.pdfs import pdf
from tests.own_records import router_over

Send = Callable[[dict[str, Any]], BoltResponse]
RIS = b"TY  - JOUR\nTI  - Macrophages\nDO  - 10.1234/dropped\nER  - \nTY  - JOUR\nAU  - X\nER  - \n"


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    """A bot of the test's own: what is imported stays here."""
    with router_over(tmp_path / "home", ()) as built:
        yield built


@pytest.fixture
def send(slack: SlackStandIn, router: Router) -> Send:
    app = waiting_app(slack, router)

    def dispatch(body: dict[str, Any]) -> BoltResponse:
        return app.dispatch(BoltRequest(mode="socket_mode", body=body))

    return dispatch


def dropped(*names: str, text: str = "", event_id: str = "EvFile", **more: Any) -> dict[str, Any]:
    files = [{"id": f"F{n}", "name": name, "size": 4200, **more} for n, name in enumerate(names)]
    return direct(text, event_id, subtype="file_share", files=files)


def labels(body: dict[str, Any]) -> list[str]:
    return [e["text"]["text"] for b in body["blocks"] for e in b.get("elements", ())
            if e["type"] == "button"]  # fmt: skip


def test_a_file_is_offered_and_not_yet_fetched(send: Send, slack: SlackStandIn) -> None:
    send(dropped("my refs.RIS", "talk.pptx"))
    body = slack.only("chat.postMessage")
    assert body["channel"] == DIRECT
    assert "my refs.RIS (4 kB)" in body["text"]
    assert "1 other file I cannot read" in body["text"]
    assert labels(body) == ["Import"]
    assert slack.fetched == []


@pytest.mark.parametrize("name", ["a.bib", "a.ris", "a.nbib", "a.csl.json", "a.csv"])
def test_every_format_is_offered(send: Send, slack: SlackStandIn, name: str) -> None:
    send(dropped(name))
    assert labels(slack.only("chat.postMessage")) == ["Import"]


@pytest.mark.parametrize(
    ("name", "more"), [("a.ris", {"is_external": True}), ("a.ris", {"mode": "tombstone"}),
                       ("a.docx", {}), ("", {}), ("a.json", {})])  # fmt: skip
def test_other_files_are_not(
    send: Send, slack: SlackStandIn, name: str, more: dict[str, Any]
) -> None:
    send(dropped(name, **more))
    body = slack.only("chat.postMessage")
    assert labels(body) == []
    assert "Supported formats: BibTeX" in body["text"]


def test_words_beside_a_file_are_answered_too(send: Send, slack: SlackStandIn) -> None:
    send(dropped("a.ris", text="status"))
    assert len(slack.said("chat.postMessage")) == 2


def test_an_import_is_done_and_told(send: Send, slack: SlackStandIn, router: Router) -> None:
    """With what was refused, by line and reason; the token goes to Slack."""
    slack.stored["F0"] = RIS
    send(press(f"{buttons.IMPORT}:0", {"f": "F0", "n": "refs.ris"}, None, channel=DIRECT))
    text = slack.only("chat.postMessage")["text"]
    assert "refs.ris: 2" not in text
    assert "refs.ris: 1 record read" in text
    assert "1 new, 0 changed, 0 merged with stored records, 0 unchanged, 1 refused" in text
    assert "line 5: no title" in text
    assert slack.fetched == [("F0", "Bearer xoxb-test")]
    [record] = router.services.store.newest(5)
    assert record.identifier(Scheme.DOI) == "10.1234/dropped"


def test_the_lists_and_notes_of_a_file_are_the_persons_own(
    send: Send, slack: SlackStandIn, router: Router
) -> None:
    slack.stored["F0"] = (
        b"title,doi,lists,remark,read\nMacrophages,10.1234/dropped,Journal club,Ask Ana,yes\n"
    )
    body = press(f"{buttons.IMPORT}:0", {"f": "F0", "n": "refs.csv"}, None, channel=DIRECT)
    send(body)
    [own] = router.services.library.lists(Scope(workspace_of(body), ALICE))
    assert own.name == "Journal club"
    [entry] = router.services.library.entries(own)
    assert (entry.item.note, entry.item.read_by) == ("Ask Ana", (ALICE,))
    assert router.services.library.lists(Scope(workspace_of(body), BOB)) == []


def test_what_a_workspace_drops_it_alone_finds(
    send: Send, slack: SlackStandIn, router: Router
) -> None:
    """Its own people, by any way to ask; until an operator shares it."""
    slack.stored["F0"] = RIS
    pressed = press(f"{buttons.IMPORT}:0", {"f": "F0", "n": "refs.ris"}, None, channel=DIRECT)
    send(pressed)
    router.services.index.follow(router.services.store)
    [listed] = router.services.imports.listed()
    mine = workspace_of(pressed)
    assert (listed.workspace, listed.by) == (mine, pressed["user"]["id"])

    def texts(workspace: str) -> list[str]:
        asker = Place(workspace, "C1", "", "U9")
        words = ("macrophages", "show 10.1234/dropped", "new")
        return [
            router.answer(Request(text, Surface.SLASH, asker=asker)).message.text for text in words
        ]

    assert all("Macrophages" in text for text in texts(mine))
    assert f"file refs.ris by @{listed.by}" in texts(mine)[1]
    assert not any("Macrophages" in text for text in texts("/TOTHER"))
    router.services.imports.share(listed.number, "op")
    router.services.index.follow(router.services.store)
    assert all("Macrophages" in text for text in texts("/TOTHER"))


@pytest.mark.parametrize(
    ("file", "taken"),
    [
        ({"user": BOB, "ims": ["D09BOB"]}, False),
        ({"user": BOB, "channels": ["C01"], "groups": "none"}, False),
        ({"user": BOB, "ims": [DIRECT]}, True),
        ({"user": ALICE}, True),
    ],
    ids=["another's", "of a channel", "dropped here", "one's own"],
)
def test_the_id_of_a_file_alone_opens_nothing(
    send: Send, slack: SlackStandIn, router: Router, file: dict[str, Any], taken: bool
) -> None:
    slack.stored["F0"] = RIS
    address = f"{slack.root}/files/F0"
    slack.answers["files.info"] = {"file": {"id": "F0", "url_private": address, **file}}
    send(press(f"{buttons.IMPORT}:0", {"f": "F0", "n": "a.ris"}, None, channel=DIRECT))
    assert ("was not dropped here" in slack.said()[-1].body["text"]) is not taken
    assert bool(router.services.store.newest(9)) is taken


def test_a_second_press_adds_nothing(send: Send, slack: SlackStandIn, router: Router) -> None:
    slack.stored["F0"] = RIS
    for _ in range(2):
        send(press(f"{buttons.IMPORT}:0", {"f": "F0", "n": "refs.ris"}, None, channel=DIRECT))
    assert "0 new" in slack.said("chat.postMessage")[1].body["text"]
    assert router.services.store.status().records == 1


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("../../etc/x.ris", b"\x00\x01", "none of the supported formats"),
        ("a.csv", b"a,b\n1,2\n", "no column called title"),
        ("a.ris", b"", "empty"),
    ],
)
def test_what_cannot_be_read_is_said(
    send: Send, slack: SlackStandIn, name: str, data: bytes, said: str
) -> None:
    slack.stored["F0"] = data
    send(press(f"{buttons.IMPORT}:0", {"f": "F0", "n": name}, slack.response_url, channel=DIRECT))
    assert said in slack.only("response_url")["text"]


@pytest.mark.parametrize(
    ("code", "said"),
    [("missing_scope", "files:read"), ("file_deleted", "gone from Slack")],
)
def test_trouble_with_slack_is_said(send: Send, slack: SlackStandIn, code: str, said: str) -> None:
    slack.refuse("files.info", code)
    send(press(f"{buttons.IMPORT}:0", {"f": "F0", "n": "a.ris"}, slack.response_url))
    assert said in slack.only("response_url")["text"]


def test_a_sign_in_page_and_a_redirect_are_no_files(send: Send, slack: SlackStandIn) -> None:
    """Slack shows one where the scope is missing; the token is never sent on."""
    slack.sign_in = True
    send(press(f"{buttons.IMPORT}:0", {"f": "F0", "n": "a.ris"}, slack.response_url))
    slack.sign_in = False
    send(press(f"{buttons.IMPORT}:0", {"f": "F9", "n": "a.ris"}, slack.response_url))
    assert [("files:read" in call.body["text"]) for call in slack.said()] == [True, True]


def test_a_stale_button_is_said_to_be(send: Send, slack: SlackStandIn) -> None:
    send(press(f"{buttons.IMPORT}:0", {}, slack.response_url))
    assert "cannot be used any more" in slack.only("response_url")["text"]


@pytest.mark.parametrize(
    ("address", "api"),
    [
        ("https://evil.example/files-pri/T1-F1/a.ris", "https://slack.com/api/"),
        ("http://files.slack.com/a.ris", "https://slack.com/api/"),
        ("https://files.slack.com:8443/a.ris", "https://slack.com/api/"),
        ("https://files.slack.com.evil.example/a.ris", "https://slack.com/api/"),
        ("https://files.slack.com@evil.example/a.ris", "https://slack.com/api/"),
        ("http://127.0.0.1:1/a.ris", "http://127.0.0.1:2/api/"),
        ("http://169.254.169.254/latest", "https://slack.com/api/"),
        ("file:///etc/passwd", "https://slack.com/api/"),
        ("http://[x", "https://slack.com/api/"),
        ("", ""),
    ],
)
def test_the_token_goes_nowhere_but_to_slack(address: str, api: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="not kept by Slack"):
        download(address, "xoxb-secret", api, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_file_that_is_too_large_is_not_taken(slack: SlackStandIn, tmp_path: Path) -> None:
    """Whatever Slack said of its size."""
    megabyte = 1024 * 1024
    address, into = f"{slack.root}/files/F0", tmp_path / "a"
    slack.stored["F0"] = b"x" * megabyte
    download(address, "t", slack.url, into, megabyte)
    assert into.stat().st_size == megabyte
    slack.stored["F0"] += b"x"
    with pytest.raises(UnreadableFile, match="larger than 1 MB"):
        download(address, "t", slack.url, into, megabyte)


def test_slack_out_of_reach_is_said(tmp_path: Path) -> None:
    with pytest.raises(TmeError, match="did not give me"):
        download("http://127.0.0.1:9/files/F0", "t", "http://127.0.0.1:9/api/", tmp_path / "a")


# PDFs


def test_a_pdf_opens_the_record_that_it_is(send: Send, slack: SlackStandIn, router: Router) -> None:
    slack.stored["F0"] = RIS
    send(press(f"{buttons.IMPORT}:0", {"f": "F0", "n": "refs.ris"}, None, channel=DIRECT))
    slack.calls.clear()
    slack.stored["F0"] = pdf("doi:10.1234/dropped")
    send(dropped("talk.PDF"))
    body = slack.only("chat.postMessage")
    assert "10.1234/dropped" in body["text"]
    assert "Cite" in str(body["blocks"])


def test_one_that_is_not_stored_can_be_added(send: Send, slack: SlackStandIn) -> None:
    slack.stored["F0"] = pdf("doi:10.1234/nowhere")
    send(dropped("talk.pdf"))
    assert "10.1234/nowhere" in slack.only("chat.postMessage")["text"]


def test_a_scan_and_a_locked_file_are_said(send: Send, slack: SlackStandIn) -> None:
    slack.stored |= {"F0": pdf("nothing"), "F1": b"no PDF"}
    send(dropped("scan.pdf", "broken.pdf"))
    first, second = slack.said("chat.postMessage")
    assert "scan.pdf names no DOI, PMID or title" in first.body["text"]
    assert "broken.pdf could not be read as a PDF" in second.body["text"]


def test_three_pdfs_of_a_message_are_read_and_words_beside_them_answered(
    send: Send, slack: SlackStandIn
) -> None:
    slack.stored = {f"F{n}": pdf("nothing") for n in range(4)}
    send(dropped("a.pdf", "b.pdf", "c.pdf", "d.pdf", text="status"))
    said = [call.body["text"] for call in slack.said("chat.postMessage")]
    assert [("names no DOI" in each) for each in said] == [True, True, True, False, False]
    assert "1 more file in that message: give me 3 at once" in said[3]
