"""Europe PMC on loopback, as far as works are looked up there by identifier."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

from .services import as_json

_NAMED = re.compile(r'DOI:"(?P<doi>[^"]+)"|EXT_ID:(?P<pmid>\d+)|PMCID:(?P<pmcid>PMC\d+)')


def article(number: int, **more: Any) -> dict[str, Any]:
    """What Europe PMC has of the work `10.1234/own.NUMBER`: an open review with an abstract."""
    return {
        "id": str(38_000_000 + number),
        "source": "MED",
        "doi": f"10.1234/own.{number}",
        "pmid": str(38_000_000 + number),
        "pmcid": f"PMC{9_000_000 + number}",
        "title": f"Macrophages in tumour {number}.",
        "authorList": {
            "author": [
                {"lastName": "Müller", "firstName": "Anna", "fullName": "Müller A"},
                {"lastName": "Okafor", "firstName": "Chidi", "fullName": "Okafor C"},
            ]
        },
        "journalInfo": {
            "volume": "5", "dateOfPublication": "2024 May",
            "journal": {"title": "Journal of Tumour Immunology", "issn": "0028-4793"},
        },
        "pubTypeList": {"pubType": ["Journal Article", "Review"]},
        "abstractText": "<h4>Background</h4>Macrophages resist. <h4>Results</h4>They were lost.",
        "keywordList": {"keyword": ["macrophages"]},
        "isOpenAccess": "Y",
        "license": "cc by",
        **more,
    }  # fmt: skip


@dataclass
class EuropePmcStandIn:
    """Answers searches by identifier from these works, `page` of them at a time.

    A query with an identifier in `refuses` is answered with HTTP 400. `queries` are those that
    were received, `named` the identifiers in them, in order; `references` are what works cite, by
    PMID, and `pages` those that were asked for.
    """

    works: Iterable[dict[str, Any]]
    page: int = 20
    refuses: frozenset[str] = frozenset()
    references: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    pages: list[tuple[str, str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    @property
    def named(self) -> list[str]:
        return [name for query in self.queries for name in _names(query)]

    def __call__(self, request: Request) -> Response:
        if request.path.endswith("/references"):
            return self._references(request)
        given = request.form if request.method == "POST" else request.args
        mark, names = given["cursorMark"], _names(given["query"])
        if mark == "*":
            self.queries.append(given["query"])
        if self.refuses & set(names):
            return Response("bad query", 400, content_type="text/plain")
        found = [w for w in self.works if _own_names(w) & {name.lower() for name in names}]
        start = int(mark.replace("*", "0"))
        shown = found[start : start + min(self.page, int(given["pageSize"]))]
        after = start + len(shown)
        listed = {"hitCount": len(found), "resultList": {"result": shown}}
        return as_json({**listed, "nextCursorMark": str(after) if after < len(found) else mark})

    def _references(self, request: Request) -> Response:
        """A page of what a work cites, as the service has it: by the number of the work."""
        path, page = request.path.strip("/"), request.args["page"]
        self.pages.append((path, page))
        cited = self.references.get(path.split("/")[1])
        if cited is None:
            return Response("no such work", 404)
        size = int(request.args["pageSize"])
        shown = cited[(int(page) - 1) * size : int(page) * size]
        return as_json({"hitCount": len(cited), "referenceList": {"reference": shown}})


def _own_names(work: dict[str, Any]) -> set[str]:
    """The identifiers of a work as they are compared: capitals do not count in a search."""
    return {(work.get(key) or "").lower() for key in ("doi", "pmid", "pmcid")} - {""}


def _names(query: str) -> list[str]:
    return [next(filter(None, each.groups())) for each in _NAMED.finditer(query)]
