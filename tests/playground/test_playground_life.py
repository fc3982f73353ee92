"""Starting, following and stopping the playground."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.playground import Playground, create
from bot.playground.handles import Handles, Refused

from .conftest import Seen, build
from .page import Page, request


def test_the_preferred_port_is_taken_when_it_is_free_and_another_when_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        taken = busy.getsockname()[1]
        other = create(lambda client: App(client=client), port=taken)
        assert f":{taken}/" not in other.url
        other.stop()
    again = create(lambda client: App(client=client), port=taken)
    assert again.url == f"http://127.0.0.1:{taken}/"
    again.stop()


def test_an_app_that_calls_slack_while_it_is_built_is_answered() -> None:
    def factory(client: WebClient) -> App:
        assert client.auth_test()["user_id"] == "U0TMEBOT"
        return App(client=client)

    with create(factory, port=0):
        pass


def test_a_factory_that_fails_leaves_nothing_open() -> None:
    def factory(_: WebClient) -> App:
        raise ValueError("no vocabulary")

    playground = create(factory, port=0)
    with pytest.raises(ValueError, match="no vocabulary"):
        playground.start()
    port = int(playground.url.rsplit(":", 1)[1].strip("/"))
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_proxy_of_the_environment_is_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "example.org")
    monkeypatch.delenv("no_proxy", raising=False)
    with create(lambda client: build(client, Seen()), port=0) as playground:
        page = Page(playground)
        page.say("/tme glioma")
        assert page.messages("C0TMELAB")[-1]["text"] == "Found: glioma"
    assert "no_proxy" not in os.environ
    assert os.environ["NO_PROXY"] == "example.org"


def poll(page: Page, after: int) -> dict[str, object]:
    path = f"/page/events?after={after}"
    return request(page.playground.url, "GET", path, **page.headers).json


def test_a_poll_waits_for_what_comes_next(page: Page) -> None:
    answers: list[dict[str, object]] = []
    waiting = threading.Thread(target=lambda: answers.append(poll(page, page.since)))
    waiting.start()
    page.say("hello")
    waiting.join()
    [answer] = answers
    assert answer["reload"] is False
    assert [event["message"]["text"] for event in answer["events"]] == ["hello"]  # type: ignore[attr-defined]


def test_a_tab_that_fell_too_far_behind_is_told_to_load_afresh(page: Page) -> None:
    for number in range(1100):
        page.playground.workspace.feed.publish("busy", act=str(number))
    assert poll(page, page.since)["reload"] is True
    assert poll(page, 10**9)["reload"] is True


def test_stopping_does_not_wait_for_open_polls() -> None:
    playground = create(lambda client: build(client, Seen()), port=0)
    playground.start()
    page = Page(playground)
    path = f"/page/events?after={page.since}"
    answers: list[int] = []

    def wait() -> None:
        answers.append(request(playground.url, "GET", path, **page.headers).status)

    polls = [threading.Thread(target=wait) for _ in range(3)]
    for one in polls:
        one.start()
    while len(playground.workspace.feed._waiting) < 3:
        threading.Event().wait(0.01)
    began = time.monotonic()
    playground.stop()
    for one in polls:
        one.join()
    assert answers == [503, 503, 503]
    assert time.monotonic() - began < 20  # a poll alone would have waited 25 s
    playground.stop()


def test_serve_ends_cleanly_on_a_signal() -> None:
    program = (
        "from bot.playground import create\n"
        "from slack_bolt import App\n"
        "playground = create(lambda client: App(client=client), port=0)\n"
        "playground.serve(lambda url: print('ready', url, flush=True))\n"
        "print('ended', flush=True)\n"
    )
    root = Path(__file__).resolve().parents[2]
    for number in (signal.SIGINT, signal.SIGTERM):
        with subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            ready = process.stdout.readline()
            assert ready.startswith("ready http://127.0.0.1:")
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "ended\n", "")


def test_handles_expire() -> None:
    moment = [datetime(2026, 1, 15, tzinfo=UTC)]
    handles: Handles[str] = Handles(lambda: moment[0], timedelta(minutes=30), 2)
    handle = handles.make("tab")
    moment[0] += timedelta(minutes=30)
    assert handles.use(handle) == "tab"
    moment[0] += timedelta(seconds=1)
    assert handles.use(handle) is Refused.EXPIRED
    assert handles.use("other") is Refused.UNKNOWN


def test_message_times_are_unique_even_when_the_clock_stands(now: datetime) -> None:
    playground = create(lambda client: App(client=client), port=0, now=lambda: now)
    times = [playground.workspace.next_ts() for _ in range(100)]
    assert times == sorted(set(times))
    assert times[0] == f"{int(now.timestamp())}.000000"
    playground.stop()


def test_the_workspace_survives_a_reload(playground: Playground) -> None:
    Page(playground).say("/tme glioma")
    assert [m["text"] for m in Page(playground).messages("C0TMELAB")[-2:]] == [
        "/tme glioma",
        "Found: glioma",
    ]
