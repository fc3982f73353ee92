"""The polite client: the only way the bot asks a source anything.

It says who is asking, keeps to each host's pace, waits when required to, tries again with growing
pauses, asks only the hosts it was given, and takes no answer that is too large, too slow, packed
to burst, or a web page where data was requested. Every failure is one `SourceError`.

Built on httpx2 (the maintained continuation of httpx) and tenacity. It keeps the last pages that
carried a validator (ETag, Last-Modified) in memory and asks whether they changed; a full cache
(hishel) would by heuristic freshness give pages without asking, and keep every page of a harvest.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import bot
from bot.deadline import bound, until
from bot.errors import SourceRefused, SourceUnavailable
from bot.lazy import lazy
from bot.sources.http.pace import Pace, Time
from bot.sources.http.pages import Kept, Page, Shelf, host_of, looks_like_html
from bot.sources.http.reading import Limits, clipped, read_body, retry_after, too_slow

if TYPE_CHECKING:
    import httpx2
    import tenacity
else:
    httpx2 = lazy("httpx2")
    tenacity = lazy("tenacity")

__all__ = ["Limits", "Pace", "Page", "PoliteClient", "Time", "user_agent"]

log = logging.getLogger(__name__)

# Statuses that pass: too early, too many, timeouts, and everything from 500 on.
_PASSING = frozenset((408, 425, 429))
_REDIRECTS = frozenset((301, 302, 303, 307, 308))


class _Again(Exception):
    """This try failed in a way that may pass; `wait` is what the source required, if it did."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.wait = wait


class PoliteClient:
    """Asks the hosts it was given, politely. Safe from any thread; `close` it at the end.

    `hosts` maps each host that may be contacted (with its port where that is not the usual one) to
    the least seconds between two requests to it. `contact` is the address of the
    operator: it goes into the User-Agent, and sources put it where their service wants it.
    `headers` go along with every request: a key, say.
    """

    def __init__(  # noqa: PLR0913 - one for each thing that differs between services
        self,
        hosts: Mapping[str, float],
        contact: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        timing: Time | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.contact = contact
        self._hosts = {host.lower(): interval for host, interval in hosts.items()}
        self._limits = limits or Limits()
        self._time = timing or Time()
        self._pace = self._time.pace
        self._shelf = Shelf(self._limits.kept_bytes)
        self._client = bound(
            httpx2.Client(
                headers={
                    **(headers or {}),
                    "User-Agent": user_agent(contact),
                    "Accept-Encoding": "gzip",
                },
                timeout=httpx2.Timeout(self._limits.read_seconds),
                follow_redirects=False,
                transport=transport,
            )
        )

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Fetch an address; `params` join its own query, `accept` is the media type wanted.

        `headers` are for its host alone: no other host that it redirects to is told.

        Raises SourceUnavailable when trying later may help, else SourceRefused.
        """
        return self._ask("GET", self._address(url, params), {"headers": headers or {}}, accept)

    def post(self, url: str, data: Mapping[str, str], *, accept: str | None = None) -> Page:
        """Ask with a form in the body, for questions too long for an address.

        It is sent again like any other question, so it must not change anything at the source.
        Raises SourceUnavailable or SourceRefused.
        """
        return self._ask("POST", self._address(url), {"data": data}, accept)

    def change(self, method: str, url: str, content: object, headers: Mapping[str, str]) -> Page:
        """Change something at a service, with JSON; `headers` say on what condition.

        It may be sent again, so the condition must refuse what was done already. Raises
        SourceUnavailable or SourceRefused.
        """
        sent = {"json": content, "headers": headers}
        return self._ask(method, self._address(url), sent, None)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _address(self, url: str, params: Mapping[str, str] | None = None) -> httpx2.URL:
        """The address to ask. Raises SourceRefused when it is none, or too long to be one."""
        try:
            address = httpx2.URL(url).copy_merge_params(params) if params else httpx2.URL(url)
        except (httpx2.InvalidURL, TypeError):
            raise SourceRefused(f"{clipped(url)} is not an address.") from None
        self._check(address)
        return address

    def _check(self, address: httpx2.URL) -> None:
        """Raise SourceRefused unless this host may be contacted."""
        if address.scheme not in ("http", "https") or host_of(address) not in self._hosts:
            raise SourceRefused(
                f"{clipped(host_of(address)) or 'An address without a host'} is not a source "
                "this bot was told to ask."
            )

    def _ask(
        self, method: str, url: httpx2.URL, sent: Mapping[str, Any], accept: str | None
    ) -> Page:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._limits.tries),
            wait=self._pause,
            sleep=self._time.sleep,
            retry=tenacity.retry_if_exception_type(_Again),
            reraise=True,
        )
        host = host_of(url)
        try:
            return retrying(self._follow, method, url, sent, accept)
        except _Again as failed:
            raise SourceUnavailable(f"{host} {failed.why}.", retry_after=failed.wait) from None

    def _pause(self, state: tenacity.RetryCallState) -> float:
        """How long to wait before the next try: growing, with jitter, never less than required."""
        error = state.outcome.exception() if state.outcome else None
        required = error.wait if isinstance(error, _Again) and error.wait else 0.0
        grown = min(self._limits.first_pause * 2 ** (state.attempt_number - 1), 60.0)
        return required + random.uniform(grown / 2, grown)  # noqa: S311 (jitter is no secret)

    def _follow(
        self, method: str, url: httpx2.URL, sent: Mapping[str, Any], accept: str | None
    ) -> Page:
        """One try, with its redirects: on hosts that may be contacted, and only for a GET."""
        for _ in range(self._limits.redirects + 1):
            answer = self._once(method, url, sent, accept)
            if isinstance(answer, Page):
                return answer
            if method != "GET":
                raise SourceRefused(f"{host_of(url)} redirects a question that was posted.")
            self._check(answer)
            if url.scheme == "https" and answer.scheme != "https":
                raise SourceRefused(f"{host_of(url)} redirects to where anybody could listen.")
            if host_of(answer) != host_of(url):
                sent = {**sent, "headers": {}}
            url = answer
        raise SourceRefused(f"{host_of(url)} redirects without end.")

    def _once(
        self, method: str, url: httpx2.URL, sent: Mapping[str, Any], accept: str | None
    ) -> Page | httpx2.URL:
        """One request: the page, or where it is redirected to. Raises _Again or SourceError."""
        host = host_of(url)
        self._await_turn(host)
        key = (str(url), accept or "")
        kept = self._shelf.get(key) if method == "GET" else None
        headers = {"Accept": accept or "*/*", **(kept.asking if kept else {})}
        sent = {**sent, "headers": {**headers, **sent.get("headers", {})}}
        deadline = self._time.clock() + self._limits.total_seconds
        log.debug("asking %s%s", host, url.path)
        try:
            with (
                until(deadline, self._time.clock),
                self._client.stream(method, url, **sent) as response,
            ):
                if kept and response.status_code == 304:
                    return kept.page
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    return url.join(response.headers["location"])
                content = read_body(response, self._limits, deadline, self._time.clock)
        except httpx2.TimeoutException:
            if self._time.clock() >= deadline:
                raise too_slow(host, self._limits) from None
            raise _Again(f"did not answer within {self._limits.read_seconds:.0f} s") from None
        except httpx2.InvalidURL:
            raise SourceRefused(f"{host} redirects to something that is no address.") from None
        except httpx2.ConnectError:
            raise _Again("could not be reached") from None
        except httpx2.TransportError as error:
            log.debug("%s: %s", host, type(error).__name__)
            raise _Again("broke off its answer") from None
        given = {name.lower(): value for name, value in response.headers.items()}
        page = Page(response.status_code, str(url), content, given.get("content-type", ""), given)
        # How Zotero asks all clients to leave it alone, whatever it answered.
        if (pause := retry_after(given.get("backoff"), self._time.now())) is not None:
            self._pace.hold(host, self._time.clock() + pause)
        self._judge(page, response, accept)
        self._keep(key, page, response, method)
        return page

    def _await_turn(self, host: str) -> None:
        now = self._time.clock()
        ahead = self._pace.wait(host, now)
        if ahead > self._limits.longest_wait:
            raise SourceUnavailable(
                f"{host} asked to be left alone for {_span(ahead)}.", retry_after=ahead
            )
        wait = self._pace.reserve(host, now, self._hosts[host])
        if wait > 0:
            self._time.sleep(wait)

    def _judge(self, page: Page, response: httpx2.Response, accept: str | None) -> None:
        """Raise what a page is if it is not the data that was requested."""
        status, host = page.status, page.host
        if status in _PASSING or status >= 500:
            self._told_to_wait(host, status, response)
        is_web_page = looks_like_html(page) and "html" not in (accept or "")
        # A challenge to prove that one is human passes; a 404 page is a plain no.
        if is_web_page and status in (200, 401, 403):
            raise SourceUnavailable(f"{host} answered with a web page instead of data.")
        if status >= 400:
            why = {401: "wants a sign-in", 403: "forbids the question", 404: "knows no such thing"}
            raise SourceRefused(
                f"{host} {why.get(status, 'refused the question')} (HTTP {status}).",
                status=status,
                content=page.content,
            )
        if not 200 <= status < 300:
            raise SourceRefused(f"{host} answered with HTTP {status}.", status=status)

    def _told_to_wait(self, host: str, status: int, response: httpx2.Response) -> None:
        """Raise _Again, or SourceUnavailable where the wait requested is too long to sit out."""
        wait = retry_after(response.headers.get("retry-after"), self._time.now())
        if wait is not None:
            self._pace.hold(host, self._time.clock() + wait)
        why = "asks for fewer requests" if status == 429 else "has trouble of its own"
        if wait is not None and wait > self._limits.longest_wait:
            raise SourceUnavailable(
                f"{host} {why} (HTTP {status}) and to be left alone for {_span(wait)}.",
                retry_after=wait,
            )
        raise _Again(f"{why} (HTTP {status})", wait)

    def _keep(
        self, key: tuple[str, str], page: Page, response: httpx2.Response, method: str
    ) -> None:
        """Keep a page that can be requested again."""
        asking = {
            ask: response.headers[given]
            for given, ask in (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
            if given in response.headers
        }
        if (
            method == "GET"
            and asking
            and "no-store" not in response.headers.get("cache-control", "")
        ):
            self._shelf.put(key, Kept(page, asking))


def user_agent(contact: str | None) -> str:
    """How the bot introduces itself: name, version, and whom to write to."""
    name = f"tme-bot/{bot.__version__}"
    return f"{name} (mailto:{contact})" if contact else name


def _span(seconds: float) -> str:
    """A length of time in plain words."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
