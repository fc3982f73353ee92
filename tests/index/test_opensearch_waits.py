"""How long anything waits for OpenSearch: once for all that ask, and never longer than allowed."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from bot.deadline import allowed
from bot.errors import IndexAway
from bot.index.opensearch import client as client_module
from bot.index.opensearch.client import PATIENCE_SECONDS, READ_SECONDS, Address, Client, Refused
from bot.index.opensearch.engine import Counts, OpenSearchEngine
from bot.index.opensearch.outages import Outages
from tests.processes import free_port


@dataclass
class Clock:
    """A clock that goes on when somebody rests, and when it is told to."""

    now: float = 1_000.0
    rests: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def client(clock: Clock, *ports: int) -> Client:
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return Client(Address.read(f"opensearch+http://{hosts}"), clock, clock.rest)


def waited(clock: Clock, opened: Client, path: str = "_msearch") -> float:
    """How long somebody waits who is not answered."""
    began = clock.now
    with pytest.raises(IndexAway, match="cannot be reached"):
        opened.ask("POST", path, {})
    return clock.now - began


def test_nobody_waits_for_what_was_waited_for_already(clock: Clock) -> None:
    """Of twenty questions that queue while no node answers the first waits, and not each."""
    with closing(client(clock, free_port(), free_port())) as opened:
        waits = [waited(clock, opened) for _ in range(20)]
        assert waits[0] > PATIENCE_SECONDS / 2
        assert sum(waits) <= PATIENCE_SECONDS
        # What is asked in another way may be answered: it is waited for once as well.
        assert waited(clock, opened, "tme/_refresh") > PATIENCE_SECONDS / 2


def test_what_a_node_says_is_passed_on_whoever_else_is_silent(
    clock: Clock, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/_msearch").respond_with_data("", status=503)
    with closing(client(clock, free_port(), httpserver.port, free_port())) as opened:
        for _ in range(3):
            with pytest.raises(IndexAway, match="it answers 503"):
                opened.ask("POST", "_msearch", {})


def test_another_outage_is_waited_for_again(clock: Clock, httpserver: HTTPServer) -> None:
    """After an answer, and after a while in which nobody asked."""
    httpserver.expect_oneshot_request("/_msearch").respond_with_json({})
    httpserver.expect_request("/_msearch").respond_with_data("", status=503)
    with closing(client(clock, httpserver.port)) as opened:
        opened.ask("POST", "_msearch", {})
        assert waited(clock, opened) > PATIENCE_SECONDS / 2
        assert waited(clock, opened) < PATIENCE_SECONDS / 2
        clock.now += 60.0
        assert waited(clock, opened) > PATIENCE_SECONDS / 2
        httpserver.expect_oneshot_request("/_msearch").respond_with_json({})
        opened.ask("POST", "_msearch", {})
        assert waited(clock, opened) > PATIENCE_SECONDS / 2


def test_one_at_a_time_looks_whether_a_long_outage_is_over(clock: Clock) -> None:
    """A frozen node takes seconds to be seen as one: the others hear at once."""
    outages = Outages(clock)
    began = clock.now
    clock.now += PATIENCE_SECONDS + 1
    assert outages.seen("_msearch", began, "no node answers in time") == began
    with outages.trying("_msearch", PATIENCE_SECONDS):
        with pytest.raises(IndexAway, match="no node answers in time"):
            outages.trying("_msearch", PATIENCE_SECONDS).__enter__()
        with outages.trying("_refresh", PATIENCE_SECONDS):
            outages.over("_msearch")
        with outages.trying("_msearch", PATIENCE_SECONDS):
            pass
    with outages.trying("_msearch", PATIENCE_SECONDS):
        pass


def test_what_one_answer_waits_for_is_bounded_in_all(clock: Clock, httpserver: HTTPServer) -> None:
    """Many requests, each in its time: together they may take what an answer is allowed."""

    whole = threading.Event()
    whole.set()

    def pieces() -> Iterator[str]:
        yield "{"
        whole.wait(PATIENCE_SECONDS)
        yield "}"

    def slowly(_request: Request) -> Response:
        clock.now += READ_SECONDS - 1
        return Response(pieces())

    httpserver.expect_request("/_msearch").respond_with_handler(slowly)
    with closing(client(clock, httpserver.port)) as opened:
        with allowed(20.0):
            opened.ask("POST", "_msearch", {})
            clock.now += 100.0  # what else an answer takes is not counted
            opened.ask("POST", "_msearch", {})
            whole.clear()  # what is whole with the last byte read is taken, however late
            with pytest.raises(IndexAway, match="no node answers in time"):
                opened.ask("POST", "_msearch", {})
            whole.set()
            with pytest.raises(IndexAway, match="take too long"):
                opened.ask("POST", "_msearch", {})
        assert len(httpserver.log) == 3
        opened.ask("POST", "_msearch", {})  # the next answer has its own time


@pytest.fixture
def frozen() -> Iterator[int]:
    """The port of a node that takes connections and says nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_frozen_node_leaves_time_for_the_others(frozen: int, httpserver: HTTPServer) -> None:
    """Each has its part of what an answer is allowed; then the frozen one comes last."""
    httpserver.expect_request("/_msearch").respond_with_json({"here": True})
    hosts = f"127.0.0.1:{httpserver.port},127.0.0.1:{frozen}"
    opened = Client(Address.read(f"opensearch+http://{hosts}"))
    with closing(opened), allowed(2.0):
        for _ in range(20):
            assert opened.ask("POST", "_msearch", {}) == {"here": True}


def test_a_node_that_drips_is_no_better_than_a_frozen_one() -> None:
    """A byte now and then keeps nobody beyond the time that a node has."""
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while not over.wait(0.02):
                peer.sendall(b" ")

    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        dripping = threading.Thread(target=drip, args=(listener,))
        dripping.start()
        stack.callback(dripping.join)
        stack.callback(over.set)
        opened = Client(Address.read(f"opensearch+http://127.0.0.1:{listener.getsockname()[1]}"))
        stack.callback(opened.close)
        with pytest.raises(IndexAway, match="no node answers in time"):
            opened.ask("GET", "x", timeout=0.3, patience=0.0)


def test_an_answer_without_end_is_refused(
    clock: Clock, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_LARGEST_BYTES", 1_000)
    httpserver.expect_oneshot_request("/x").respond_with_data(json.dumps("x" * 998))
    httpserver.expect_oneshot_request("/x").respond_with_data(json.dumps("x" * 999))
    with closing(client(clock, httpserver.port)) as opened:
        assert opened.ask("GET", "x") == "x" * 998
        with pytest.raises(Refused, match="without end"):
            opened.ask("GET", "x")


@pytest.mark.parametrize("answer", [[], {}, {"responses": {}}, {"responses": []}])
def test_an_answer_of_another_form_is_none(
    clock: Clock, httpserver: HTTPServer, answer: object
) -> None:
    httpserver.expect_request("/_msearch").respond_with_json(answer)
    with closing(client(clock, httpserver.port)) as opened:
        engine = OpenSearchEngine(opened, "tme", 1, Counts())
        with pytest.raises(IndexAway, match="its answer is none"):
            engine.records()


def test_a_part_that_is_just_chosen_anew_is_waited_for(
    clock: Clock, httpserver: HTTPServer
) -> None:
    """A shard whose node was killed is there again once another copy of it is chosen."""
    gone = {"error": {"type": "search_phase_execution_exception"}, "status": 503}
    found = {"hits": {"total": {"value": 7}}}
    for each in (gone, gone, found):
        httpserver.expect_ordered_request("/_msearch").respond_with_json({"responses": [each]})
    with closing(client(clock, httpserver.port)) as opened:
        assert OpenSearchEngine(opened, "tme", 1, Counts()).records() == 7
    assert len(clock.rests) == 2
