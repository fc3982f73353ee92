"""A server among peers that drip, repeat themselves, or aim at others."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from time import monotonic

from handlers.transports import REQUEST_SECONDS
from handlers.views import reading
from tests.attempts.files import ris
from tests.attempts.trying import Checkout, attempt
from tests.handlers.bodies import ALICE, press, slash
from tests.handlers.standin import TEAM, SlackStandIn
from tests.handlers.test_rights import submitted
from tests.handlers.visitor import FORM, SECRET, Bot, form, signature
from tests.handlers.wire import WebSocketServer
from tests.processes import free_port, wait_for

AIMED, PEERS, QUIET, OPERATED = "aimed", "peers", "quiet", "operated"
# So long after a request should have been given up it is looked at.
MARGIN_SECONDS, DRIPPED_SECONDS = 5.0, 12.0


@contextmanager
def served(bot: Checkout, **settings: str) -> Iterator[tuple[SlackStandIn, Bot]]:
    """A server over HTTP whose Slack is a stand-in, and a hand that signs what is sent to it."""
    with SlackStandIn() as slack:
        slack.answers["users.info"] = {"user": {"team_id": TEAM, "id": ALICE}}
        settings = {"SLACK_SIGNING_SECRET": SECRET, "TME_HEALTH": "public", **settings}
        with bot.serving(slack.url, **settings) as port:
            yield slack, Bot(port)


def answered(slack: SlackStandIn, hand: Callable[[], object], count: int = 1) -> str:
    """What people see of the answers to what a hand does."""
    before = len(slack.said())
    hand()
    wait_for("the answer", lambda: len(slack.said()) >= before + count or None)
    return json.dumps([call.body for call in slack.said()[before:]], ensure_ascii=False)


@attempt(AIMED, "A digest aimed at another's direct messages, and at a private channel, by id")
def aimed(bot: Checkout) -> str:
    """Made there, without a word to them."""
    with served(bot) as (slack, hand):
        for target in ("D09BOB", "G09PRIVATE"):
            words = f"subscribe hypoxia daily in <#{target}|x>"
            answered(slack, lambda words=words: hand.command(words, slack.response_url))  # type: ignore[misc]
    made = bot.tme("subscriptions", "--json").lines
    found = [each["channel"] for each in made if each.get("state", "active") == "active"]
    return f"made in {', '.join(map(str, found))}" if found else ""


@attempt(PEERS, "A signed request that is sent again")
def replayed(bot: Checkout) -> str:
    """Run twice."""
    with served(bot) as (slack, hand):
        body = form(slash("save nothing", slack.response_url))
        headers = {"content-type": FORM} | signature(body)

        def send() -> None:
            hand.send("/slack/events", body, headers)

        answered(slack, send)
        send()
        # Whatever the second brings is there before what is asked after it, twice.
        for _ in range(2):
            told = ""
            while "Records" not in told:
                told = answered(slack, lambda: hand.command("status", slack.response_url))
        said = [json.dumps(call.body) for call in slack.said()]
    return "" if sum("Records" not in each for each in said) == 1 else "answered twice"


@attempt(PEERS, "Buttons and windows whose ids are no numbers")
def no_numbers(bot: Checkout) -> str:
    """Something went wrong."""
    bot.reading("refs.ris", ris("Macrophages", doi="10.1234/m"))
    [record] = bot.tme("show", "10.1234/m", "--json").lines
    window = submitted(
        reading.SAVING, {reading.LIST: {"selected_option": {"value": "x"}}}, id=record["id"], c="C1"
    )
    with served(bot) as (slack, hand):
        hand.signed(form({"payload": json.dumps(window(""))}), FORM)
        for action, value in (
            ("list:remove", {"q": "lists", "i": ["x"]}), ("list:drop", {"q": "lists", "l": "x"}),
            ("undo_correction", {"n": ["x"]}), ("list:note", {"q": "lists", "i": [None]}),
        ):  # fmt: skip
            payload = {"payload": json.dumps(press(action, value, slack.response_url))}
            answered(slack, lambda p=payload: hand.signed(form(p), FORM))  # type: ignore[misc]
        said = json.dumps([call.body for call in slack.said()])
    return "“Something went wrong”" if "went wrong" in said else ""


@attempt(PEERS, "Connections that drip headers, drip a body, or say nothing")
def dripping_in(bot: Checkout) -> str:
    """Open for as long as they liked."""
    head = b"POST /slack/events HTTP/1.1\r\nHost: tme\r\n"
    begun = {"headers": head, "body": head + b"content-length: 100\r\n\r\nhalf", "nothing": b""}
    with served(bot) as (_, hand):
        address = ("127.0.0.1", int(hand.url.rpartition(":")[2]))
        opened = {what: socket.create_connection(address) for what in begun}
        for what, sent in begun.items():
            opened[what].sendall(sent)
            opened[what].settimeout(0.1)
        until = monotonic() + REQUEST_SECONDS + MARGIN_SECONDS
        closed: set[str] = set()
        while monotonic() < until and len(closed) < len(opened):
            for what in opened.keys() - closed:
                if _is_closed(opened[what], b"x" if begun[what] else b""):
                    closed.add(what)
            Event().wait(0.3)
        for each in opened.values():
            each.close()
    left = sorted(opened.keys() - closed)
    return f"open after {REQUEST_SECONDS + MARGIN_SECONDS:.0f} s: {', '.join(left)}" if left else ""


def _is_closed(peer: socket.socket, drip: bytes) -> bool:
    try:
        peer.sendall(drip)
        peer.recv(4096)
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


@attempt(PEERS, "A source that drips its headers, with a limit of two seconds")
def dripping_out(bot: Checkout) -> str:
    """Waited for without an end."""
    done = bot.program("""
import os, socket, threading, time
try:
    from bot.sources.http.client import Limits, PoliteClient
except ImportError:
    from bot.sources.http import Limits, PoliteClient
listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
def drip():
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=feed, args=(peer,), daemon=True).start()
def feed(peer):
    try:
        peer.sendall(b"HTTP/1.1 200 OK\\r\\nX-Slow: ")
        while True:
            time.sleep(0.2)
            peer.sendall(b"x")
    except OSError: pass
threading.Thread(target=drip, daemon=True).start()
client = PoliteClient({f"127.0.0.1:{port}": 0}, limits=Limits(read_seconds=1.0, total_seconds=2.0))
began = time.monotonic()
def stop():
    print("SECONDS", time.monotonic() - began, flush=True)
    os._exit(0)
threading.Timer(40, stop).start()
try: client.get(f"http://127.0.0.1:{port}/")
except Exception: stop()
""")  # fmt: skip
    found = re.search(r"SECONDS (.+)", done.out)
    assert found, done.out[-200:]
    return "" if float(found[1]) < DRIPPED_SECONDS else f"given up after {float(found[1]):.0f} s"


@attempt(QUIET, "What people write, in the log at its most talkative")
def words_in_log(bot: Checkout) -> str:
    """Whole questions."""
    with served(bot, TME_LOG_LEVEL="DEBUG") as (slack, hand):
        said = answered(slack, lambda: hand.command("quetzalcoatl", slack.response_url))
        assert "quetzalcoatl" in said
    log = (bot.folder / "serve.log").read_text("utf-8", "replace")
    return "a question in the log" if "quetzalcoatl" in log else ""


@attempt(OPERATED, "`/healthz` and `/metrics` in Socket Mode")
def probes(bot: Checkout) -> str:
    """There were none."""
    port = free_port()
    with SlackStandIn() as slack, WebSocketServer() as wire:
        slack.socket_url = wire.url
        settings = {"SLACK_APP_TOKEN": "xapp-test", "TME_HEALTH": f"127.0.0.1:{port}"}
        with bot.serving(slack.url, **settings):
            wire.opened.acquire()
            try:
                well = Bot(port).send("/healthz", None, {})
                told = Bot(port).send("/metrics", None, {})
            except OSError:
                return "no such port"
    assert well[0] == 200, well
    assert "tme_store_records" in told[1]
    return ""
