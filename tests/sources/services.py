"""The services of the sources, small, on loopback: lists in pages, and single works."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from werkzeug import Request, Response

from bot.sources import SourceKind
from bot.sources.biorxiv.client import BIORXIV
from bot.sources.clinical_trials.client import CLINICAL_TRIALS
from bot.sources.crossref.client import CROSSREF
from bot.sources.datacite.client import DATACITE
from bot.sources.europe_pmc.client import EUROPE_PMC
from bot.sources.openalex.client import OPENALEX

Entry = dict[str, Any]
Lister = Callable[[Sequence[Entry], Request], object]


def as_json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


@dataclass(frozen=True)
class Service:
    """One service: its kind of source, what an entry of it looks like, how it lists and gives one.

    `path` is where its lists are; `since` the part of a question that says what changed;
    `name_of` reads the number of a work out of the path of a single one, None where it is none.
    """

    kind: SourceKind
    entry: Callable[[int], Entry]
    lists: Lister
    path: str
    since: str
    single: Callable[[Entry], object] = lambda entry: entry

    def answer(self, entries: Sequence[Entry]) -> Callable[[Request], Response]:
        """Answers requests from these entries."""

        def respond(request: Request) -> Response:
            is_list = request.path.endswith(self.path) or (
                self.kind is BIORXIV and "/10." not in request.path
            )
            if is_list:
                return as_json(self.lists(entries, request))
            wanted = unquote(request.path).lower()
            for entry in entries:
                if any(_is_named(wanted, name) for name in _names(entry)):
                    return as_json(self.single(entry))
            return Response("Resource not found.", 404, content_type="text/plain")

        return respond


def _names(entry: Entry) -> list[str]:
    protocol = entry.get("protocolSection", {}).get("identificationModule", {})
    attributes = entry.get("attributes", {})
    given = (entry.get("DOI"), entry.get("doi"), attributes.get("doi"), protocol.get("nctId"))
    return [name.lower().removeprefix("https://doi.org/") for name in given if name]


def _is_named(path: str, name: str) -> bool:
    return path.removesuffix("/na/json").endswith(("/" + name, ":" + name))


def _slice(entries: Sequence[Entry], start: str, size: int) -> tuple[list[Entry], str | None]:
    at = int(start)
    end = at + size
    return list(entries[at:end]), str(end) if end < len(entries) else None


def _crossref(entries: Sequence[Entry], request: Request) -> object:
    mark, rows = request.args["cursor"], int(request.args["rows"])
    found, following = _slice(entries, mark.replace("*", "0"), rows)
    # Crossref names a cursor on the last page too.
    message = {"items": found, "total-results": len(entries), "next-cursor": following or "end"}
    return {"status": "ok", "message-type": "work-list", "message": message}


def _europe_pmc(entries: Sequence[Entry], request: Request) -> object:
    mark, size = request.args["cursorMark"], int(request.args["pageSize"])
    if request.args["query"].startswith("DOI:"):
        entries = [e for e in entries if f'"{e["doi"]}"' in request.args["query"]]
    found, following = _slice(entries, mark.replace("*", "0"), size)
    listed = {"hitCount": len(entries), "resultList": {"result": found}}
    return {**listed, "nextCursorMark": following or mark}


def _openalex(entries: Sequence[Entry], request: Request) -> object:
    mark, size = request.args["cursor"], int(request.args["per-page"])
    found, following = _slice(entries, mark.replace("*", "0"), size)
    return {"meta": {"count": len(entries), "next_cursor": following}, "results": found}


def _datacite(entries: Sequence[Entry], request: Request) -> object:
    mark, size = request.args["page[cursor]"], int(request.args["page[size]"])
    found, following = _slice(entries, "0" if mark == "1" else mark, size)
    links = {"self": "x"}
    if following:
        # Whatever host it names, only the cursor is taken from it.
        links["next"] = f"https://elsewhere.example/dois?page%5Bcursor%5D={following}"
    return {"data": found, "meta": {"total": len(entries)}, "links": links}


def _clinical_trials(entries: Sequence[Entry], request: Request) -> object:
    found, following = _slice(
        entries, request.args.get("pageToken", "0"), int(request.args["pageSize"])
    )
    answer: dict[str, object] = {"studies": found, "totalCount": len(entries)}
    return answer | ({"nextPageToken": following} if following else {})


def _biorxiv(entries: Sequence[Entry], request: Request) -> object:
    place = request.path.split("/")[-2]
    found, _ = _slice(entries, place, 100)
    message = {"status": "ok", "count": len(found), "total": str(len(entries))}
    return {"messages": [message], "collection": found}


SERVICES = {
    service.kind.name: service
    for service in (
        Service(
            CROSSREF,
            lambda n: {"DOI": f"10.5555/work.{n}", "title": [f"Work {n}"]},
            _crossref,
            "/works",
            "from-update-date:2026-01-02",
            lambda entry: {"status": "ok", "message": entry},
        ),
        Service(
            EUROPE_PMC,
            lambda n: {"id": str(n), "doi": f"10.5555/work.{n}", "title": f"Work {n}"},
            _europe_pmc,
            "/search",
            "UPDATE_DATE:[2026-01-02 TO 3000-12-31]",
        ),
        Service(
            OPENALEX,
            lambda n: {"doi": f"https://doi.org/10.5555/work.{n}", "title": f"Work {n}"},
            _openalex,
            "/works",
            "from_publication_date:2025-11-03",
        ),
        Service(
            DATACITE,
            lambda n: {
                "attributes": {"doi": f"10.5555/work.{n}", "titles": [{"title": f"Work {n}"}]}
            },
            _datacite,
            "/dois",
            "updated:[2026-01-02 TO *]",
            lambda entry: {"data": entry},
        ),
        Service(
            CLINICAL_TRIALS,
            lambda n: {
                "protocolSection": {
                    "identificationModule": {"nctId": f"NCT{n:08d}", "briefTitle": f"Work {n}"}
                }
            },
            _clinical_trials,
            "/studies",
            "AREA[LastUpdatePostDate]RANGE[2026-01-02,MAX]",
        ),
        Service(
            BIORXIV,
            lambda n: {"doi": f"10.1101/2026.01.01.{n:06d}", "title": f"Work {n}", "version": "1"},
            _biorxiv,
            "/details/biorxiv/",
            "/2026-01-02/2026-01-15/0/",
            lambda entry: {"messages": [], "collection": [entry]},
        ),
    )
}
