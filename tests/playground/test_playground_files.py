"""Pictures the bot uploads: taken as Slack takes them, and shown from this server only."""

import urllib.error
import urllib.request

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import Playground
from bot.playground.guard import BODY_LIMIT, FILE_LIMIT

from .conftest import Seen
from .page import Page

LAB = "C0TMELAB"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 500


@pytest.fixture
def client(playground: Playground) -> WebClient:
    return playground.client


def fetched(url: str, data: bytes | None = None, **headers: str) -> tuple[int, str, bytes]:
    request = urllib.request.Request(url, data, headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return response.status, response.headers["content-type"], response.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, "", refused.read()


def test_a_picture_is_a_message_on_the_page(
    client: WebClient, page: Page, playground: Playground
) -> None:
    client.files_upload_v2(
        channel=LAB, file=PNG, filename="map.png", title="A map", alt_txt="Rows and columns",
        initial_comment="Here it is",
    )  # fmt: skip
    shown = page.messages(LAB)[-1]
    assert (shown["text"], shown["blocks"], shown["user"]) == ("Here it is", [], "U0TMEBOT")
    (file,) = shown["files"]
    assert (file["title"], file["alt"], file["name"]) == ("A map", "Rows and columns", "map.png")
    status, kind, body = fetched(playground.url.rstrip("/") + file["url"])
    assert (status, kind, body) == (200, "image/png", PNG)


def test_a_dropped_file_comes_to_the_bot_as_in_slack(
    client: WebClient, page: Page, seen: Seen
) -> None:
    """In the direct message, as a file that the bot may fetch with its address."""
    assert page.drop("mine.bib", b"@article{a}").status == 200
    [shown, _] = page.messages("D0TMEBOT")
    assert (shown["user"], shown["files"][0]["name"]) == ("U0YOU", "mine.bib")
    event = seen["message"]["event"]
    assert (event["subtype"], event["channel_type"]) == ("file_share", "im")
    [file] = event["files"]
    assert (file["name"], file["size"]) == ("mine.bib", 11)
    known = client.files_info(file=file["id"])["file"]
    status, kind, body = fetched(known["url_private_download"])
    assert (status, kind, body) == (200, "text/plain; charset=utf-8", b"@article{a}")
    with pytest.raises(SlackApiError, match="file_not_found"):
        client.files_info(file="F0")


def test_a_file_is_dropped_by_the_page_alone_and_within_limits(page: Page) -> None:
    assert page.drop("mine.bib", b"x", Origin="http://evil.test").status == 403
    assert page.drop("", b"x").status == 400
    assert page.drop("mine.bib", b"").status == 400
    assert page.drop("mine.bib", b"x" * (BODY_LIMIT + 1)).status == 200
    assert page.drop("mine.bib", b"x" * (FILE_LIMIT + 1)).status == 413


def test_a_picture_can_stand_in_a_thread(client: WebClient, page: Page) -> None:
    root = client.chat_postMessage(channel=LAB, text="root")["ts"]
    client.files_upload_v2(channel=LAB, thread_ts=root, file=PNG, filename="map.png")
    shown = page.messages(LAB)[-1]
    assert shown["thread_ts"] == root
    assert shown["files"][0]["alt"] == "map.png"


def test_a_person_is_no_place_to_upload_to(client: WebClient) -> None:
    """Slack wants the id of a conversation: `chat.postMessage` finds it, this does not."""
    for place in ("U0YOU", "#tme-lab", ""):
        with pytest.raises(SlackApiError, match="channel_not_found"):
            client.files_upload_v2(channel=place, file=PNG, filename="map.png")


def test_an_export_is_a_file_to_save(client: WebClient, page: Page, playground: Playground) -> None:
    """Text is never shown by the page's own server as anything but text."""
    text = b"TY  - JOUR\nTI  - <script>\n"
    client.files_upload_v2(channel=LAB, file=text, filename="tme.ris", title="1 record as RIS")
    (file,) = page.messages(LAB)[-1]["files"]
    assert (file["name"], file["picture"]) == ("tme.ris", False)
    address = playground.url.rstrip("/") + file["url"]
    assert fetched(address) == (200, "text/plain; charset=utf-8", text)
    with urllib.request.urlopen(address, timeout=30) as response:  # noqa: S310 - loopback
        assert response.headers["content-disposition"].startswith("attachment;")
        assert response.headers["x-content-type-options"] == "nosniff"
    announced = client.files_getUploadURLExternal(filename="tme.html", length=len(text))
    assert fetched(announced["upload_url"], text)[0] == 400


def test_only_what_was_announced_is_taken(client: WebClient) -> None:
    """The length that was said, a PNG, once, and not from another page."""
    announced = client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    url = announced["upload_url"]
    assert fetched(url, PNG + b"more")[0] == 400
    assert fetched(url, b"<script>" + PNG[8:])[0] == 400
    assert fetched(url, PNG, origin="http://evil.example")[0] == 403
    assert fetched(url, PNG)[0] == 200
    assert fetched(url, PNG)[0] == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        client.files_completeUploadExternal(files=[{"id": "F0"}], channel_id=LAB)
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.files_getUploadURLExternal(filename="a.png", length=10**9)


def test_a_picture_that_is_not_there_is_not_found(playground: Playground) -> None:
    assert fetched(f"{playground.url}files/nothing")[0] == 404


def test_the_oldest_pictures_are_forgotten(
    client: WebClient, page: Page, playground: Playground
) -> None:
    for number in range(25):
        client.files_upload_v2(channel=LAB, file=PNG, filename=f"{number}.png")
    files = [m["files"][0]["url"] for m in page.messages(LAB) if m["files"]]
    assert fetched(playground.url.rstrip("/") + files[0])[0] == 404
    assert fetched(playground.url.rstrip("/") + files[-1])[0] == 200
