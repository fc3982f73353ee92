"""What is sent to OpenSearch: to one node after another until one answers.

Over httpx2, which the bot has anyway: the interface is JSON over HTTP, and OpenSearch's own client
would bring gRPC, protobuf and requests.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from bot.deadline import bound, spending, until
from bot.errors import IndexUnavailable, SettingsError
from bot.index.opensearch.outages import Outages, away
from bot.lazy import lazy

if TYPE_CHECKING:
    import httpx2
else:
    httpx2 = lazy("httpx2")

log = logging.getLogger(__name__)

# A server that asks for less time is away; one that answers later is frozen.
_CONNECT_SECONDS, READ_SECONDS = 2.0, 10.0
# For so long after nothing answered any more, as while another node becomes the manager, all that
# ask wait for one that does.
PATIENCE_SECONDS = 5.0
# A node that did not answer is the last to be tried for so long.
_REST_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.6
# The largest answer that is taken: a page of the longest cards.
_LARGEST_BYTES = 320_000_000
# What another node, or the same one a moment later, may answer otherwise.
_AWAY = frozenset((502, 503, 504))
BUSY = 429
_DEFAULT_PORT = 9200
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_TOO_SLOW = "its answers take too long"
_HINT = "Write it like opensearch+https://user:password@host1:9200,host2:9200/tme."


class Refused(IndexUnavailable):
    """OpenSearch answers that it does not do so; `status` is HTTP's, `kind` its own word for it."""

    def __init__(self, status: int, kind: str, reason: str = "") -> None:
        # Its reason may name users and machines: people do not read it.
        if status not in {BUSY, 404}:
            log.warning("OpenSearch refuses %s %s: %s", status, kind, reason[:300])
        super().__init__(
            f"The search index refuses this ({status} {kind}).",
            "The user in TME_INDEX may need more rights; the log says which."
            if status in {401, 403}
            else "The records are safe. The operator finds the reason in my log.",
        )
        self.status, self.kind = status, kind


@dataclass(frozen=True, slots=True)
class Address:
    """Where OpenSearch is, and what the index is called there."""

    nodes: tuple[str, ...]
    name: str
    user: str
    password: str
    shards: int
    replicas: int

    @property
    def location(self) -> str:
        """The address without the user."""
        scheme = self.nodes[0].partition("://")[0]
        hosts = ",".join(node.partition("://")[2] for node in self.nodes)
        return f"opensearch+{scheme}://{hosts}/{self.name}"

    @classmethod
    def read(cls, url: str) -> Address:
        """`opensearch+https://user:password@host:9200,host:9200/name?shards=2&replicas=1`.

        Raises SettingsError, which says nothing of the password.
        """
        parts = urlsplit(url.removeprefix("opensearch+"))
        who, _, where = parts.netloc.rpartition("@")
        user, _, password = who.partition(":")
        hosts = [
            each if ":" in each.rpartition("]")[2] else f"{each}:{_DEFAULT_PORT}"
            for each in where.split(",")
        ]
        name = parts.path.strip("/") or "tme"
        numbers = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        wrong = (
            "it names no host" if not all(where.split(","))
            else "a port is no number" if not all(map(_has_port, hosts))
            else "a name has small letters, digits, _ and - only" if not _NAME.fullmatch(name)
            else "shards and replicas are whole numbers" if not _are_counts(numbers)
            else "without https it may only be on this machine"
            if parts.scheme == "http" and not all(map(_is_here, hosts))
            else ""
        )  # fmt: skip
        if wrong or parts.scheme not in {"http", "https"}:
            raise SettingsError(f"TME_INDEX cannot be used: {wrong or 'it is no address'}.", _HINT)
        return cls(
            tuple(f"{parts.scheme}://{each}" for each in hosts), name, unquote(user),
            unquote(password), int(numbers.get("shards", 1)), int(numbers.get("replicas", 1)),
        )  # fmt: skip


def _has_port(host: str) -> bool:
    port = host.rpartition(":")[2]
    return port.isascii() and port.isdigit() and 0 < int(port) < 65_536


def _are_counts(numbers: dict[str, str]) -> bool:
    known = {"shards": (1, 1024), "replicas": (0, 20)}
    return all(
        key in known and value.isascii() and value.isdigit()
        and known[key][0] <= int(value) <= known[key][1]
        for key, value in numbers.items()
    )  # fmt: skip


def _is_here(host: str) -> bool:
    name = host.rpartition(":")[0].strip("[]")
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


class _Unanswered(Exception):
    """No node answers now, or not as a whole: why."""


class _Request(NamedTuple):
    """One request: a node has `timeout` seconds for it, `lack` says what its answer lacks."""

    method: str
    path: str
    content: bytes | None
    headers: dict[str, str]
    timeout: float
    lack: Callable[[Any], str]


class Client:
    """Safe from any thread. Everything that is sent may arrive twice."""

    def __init__(
        self,
        address: Address,
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], object] = time.sleep,
    ) -> None:
        """`rest` waits for so many seconds of the clock."""
        self.address = address
        self._clock, self._rest = clock, rest
        self._lock = threading.Lock()
        self._first = 0
        self._resting: dict[str, float] = {}
        self._outages = Outages(clock)
        self._http: httpx2.Client | None = None

    def _session(self) -> httpx2.Client:
        with self._lock:
            if self._http is None:
                given = self.address
                self._http = bound(httpx2.Client(
                    auth=(given.user, given.password) if given.user else None,
                    # As it is: what is packed may unpack to anything.
                    headers={"Accept-Encoding": "identity"},
                    # The authorities that OpenSSL trusts here, or those of SSL_CERT_FILE.
                    verify=ssl.create_default_context(),
                    trust_env=False,
                ))  # fmt: skip
            return self._http

    def ask(  # noqa: PLR0913 - a request, for how long, and what its answer must have
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        patience: float = PATIENCE_SECONDS,
        timeout: float = READ_SECONDS,
        lack: Callable[[Any], str] = lambda _answer: "",
    ) -> Any:
        """The answer to one request, as JSON. `body` is an object, or bytes of JSON lines.

        Each node has `timeout` seconds, and all of them what this thread is `allowed`. Where none
        answers, or `lack` names what the answers lack, they are tried again until it has been so
        for `patience` seconds (see `Outages`). Raises Refused, IndexAway.
        """
        content = json.dumps(body).encode() if not isinstance(body, bytes | None) else body
        kind = "application/x-ndjson" if content is body else "application/json"
        headers = {"Content-Type": kind} if content else {}
        request = _Request(method, path, content, headers, timeout, lack)
        what, pause = path.partition("?")[0], _FIRST_PAUSE
        with self._outages.trying(what, patience), spending(self._clock) as end:
            while True:
                began = self._clock()
                if began >= end:
                    raise away(_TOO_SLOW)
                try:
                    found = self._answer(request, end)
                except _Unanswered as error:
                    since = self._outages.seen(what, began, str(error))
                    if self._clock() + pause > min(since + patience, end):
                        raise away(str(error)) from None
                else:
                    self._outages.over(what)
                    return found
                self._rest(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _answer(self, request: _Request, end: float) -> Any:
        """What the first node says that answers, each in its part of the time until the end.

        Raises Refused, _Unanswered.
        """
        nodes, trouble, silence = self._nodes(), "", _TOO_SLOW
        for at, node in enumerate(nodes):
            seconds = min(request.timeout, (end - self._clock()) / (len(nodes) - at))
            if seconds <= 0:
                break
            try:
                status, text = self._sent(node, request, seconds)
            except (httpx2.TransportError, OSError) as error:
                silence = _why(error)
                self._resting[node] = self._clock() + _REST_SECONDS
                continue
            if status in _AWAY:
                trouble = f"it answers {status}"
                continue
            self._resting.pop(node, None)
            found = _read(status, text)
            trouble = request.lack(found)
            if not trouble:
                return found
        # What one says tells more than that others are silent.
        raise _Unanswered(trouble or silence)

    def _sent(self, node: str, request: _Request, seconds: float) -> tuple[int, bytes]:
        """The status and the text of what a node answers within so many seconds."""
        given = httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS))
        with (
            until(self._clock() + seconds, self._clock),
            self._session().stream(
                request.method, f"{node}/{request.path}", content=request.content,
                headers=request.headers, timeout=given,
            ) as answer,
        ):  # fmt: skip
            text = bytearray()
            for piece in answer.iter_raw():
                text += piece
                if len(text) > _LARGEST_BYTES:
                    raise Refused(answer.status_code, "an answer without end")
        return answer.status_code, bytes(text)

    def _nodes(self) -> Sequence[str]:
        """All nodes, another one first each time; those that did not answer last."""
        with self._lock:
            self._first += 1
            at, now = self._first % len(self.address.nodes), self._clock()
            turned = (*self.address.nodes[at:], *self.address.nodes[:at])
            return sorted(turned, key=lambda node: self._resting.get(node, 0.0) > now)

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            if self._http is not None:
                self._http.close()
                self._http = None


def _read(status: int, text: bytes) -> Any:
    try:
        found = json.loads(text)
    except ValueError:
        raise Refused(status, "no JSON") from None
    if 200 <= status < 300:
        return found
    error = found.get("error") if isinstance(found, dict) else None
    given = error if isinstance(error, dict) else {}
    raise Refused(status, str(given.get("type", "refused")), str(given.get("reason", "")))


def _why(error: Exception) -> str:
    """What went wrong, without an address that may have a password in it."""
    if "CERTIFICATE" in str(error).upper():
        return "its certificate is not trusted here (SSL_CERT_FILE names its authority)"
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return "no node takes connections"
    return "no node answers in time" if isinstance(error, httpx2.TimeoutException) else "cut off"
