"""A service on loopback for tests: it answers as told, has troubles when told, and can be held.

Any source can be served: give `Loopback` a function from a request to an answer, and put the
troubles (a 503, a web page, half a body) at the numbers of the requests they should come at.
`Repository` is such a function for OAI-PMH.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

from werkzeug import Request, Response

Answer = Callable[[Request], Response]

WEB_PAGE = Response("<!DOCTYPE html><title>Just a moment…</title>", content_type="text/html")
# Longer than anything takes on a slow machine: a wait that ends here has failed.
PATIENCE_SECONDS = 60.0


@dataclass
class Loopback:
    """Serves `answer`; at the request of a number (from 1), its trouble instead.

    At request `hold_at` it says so (`reached`) and answers no more until it is let `go`.
    """

    answer: Answer
    troubles: dict[int, Response] = field(default_factory=dict)
    hold_at: int | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, request: Request) -> Response:
        self.asked.append(request.args.to_dict() | request.form.to_dict())
        number = len(self.asked)
        if number == self.hold_at:
            self.reached.set()
            self.go.wait(PATIENCE_SECONDS)
        return self.troubles.get(number) or self.answer(request)


def dublin_core(title: str, *, doi: str = "", more: str = "") -> str:
    """The metadata of a record as `oai_dc`."""
    identifier = f"<dc:identifier>https://doi.org/{doi}</dc:identifier>" if doi else ""
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:date>2024</dc:date>"
        f"<dc:creator>Müller, Anna</dc:creator>{identifier}{more}</oai_dc:dc>"
    )


@dataclass
class Entry:
    """A record of a repository: its metadata, or None where it was deleted."""

    name: str
    metadata: str | None
    day: str = "2026-01-10"

    def xml(self) -> str:
        status = "" if self.metadata is not None else ' status="deleted"'
        header = (
            f"<header{status}><identifier>oai:archive.example:{self.name}</identifier>"
            f"<datestamp>{self.day}T08:00:00Z</datestamp></header>"
        )
        body = f"<metadata>{self.metadata}</metadata>" if self.metadata is not None else ""
        return f"<record>{header}{body}</record>"


def entries(count: int, start: int = 0) -> list[Entry]:
    """So many records, each with a DOI of its own."""
    return [
        Entry(str(n), dublin_core(f"Macrophages in tumour {n}", doi=f"10.5555/archive.{n}"))
        for n in range(start, start + count)
    ]


def envelope(body: str) -> Response:
    """An OAI-PMH answer around its body."""
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>2026-01-15T12:00:00Z</responseDate><request/>{body}</OAI-PMH>",
        content_type="text/xml",
    )


def error(code: str, message: str = "") -> Response:
    """An error of the protocol, inside HTTP 200."""
    return envelope(f'<error code="{code}">{escape(message)}</error>')


@dataclass
class Repository:
    """A small OAI-PMH repository: pages of `page` records, tokens that name a place.

    `expired` tokens are refused, each as often as it is listed; `deletions` is what Identify says.
    """

    records: Sequence[Entry]
    page: int = 10
    deletions: str = "no"
    expired: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        match request.args.get("verb"):
            case "ListRecords":
                return self._list(request)
            case "GetRecord":
                return self._get(request.args.get("identifier", ""))
            case "Identify":
                said = f"<deletedRecord>{self.deletions}</deletedRecord>"
                return envelope(f"<Identify>{said}</Identify>")
        return error("badVerb")

    def _list(self, request: Request) -> Response:
        token, since = request.args.get("resumptionToken"), request.args.get("from", "")
        if token is not None:
            if token in self.expired:
                self.expired.remove(token)
                return error("badResumptionToken", "expired")
            since, _, place = token.partition("|")
        else:
            place = "0"
        found = [each for each in self.records if each.day >= since]
        if not found:
            return error("noRecordsMatch")
        start, end = int(place), int(place) + self.page
        following = f"{since}|{end}" if end < len(found) else ""
        size = f'completeListSize="{len(found)}"'
        listed = "".join(each.xml() for each in found[start:end])
        return envelope(
            f"<ListRecords>{listed}<resumptionToken {size}>{following}</resumptionToken>"
            "</ListRecords>"
        )

    def _get(self, identifier: str) -> Response:
        for each in self.records:
            if identifier == f"oai:archive.example:{each.name}":
                return envelope(f"<GetRecord>{each.xml()}</GetRecord>")
        return error("idDoesNotExist")
