"""PubMed: esearch keeps the result on NCBI's history server, efetch takes it page by page.

biopython's Entrez, the kept client, owns its HTTP. Two things are NCBI's: only the first 9,999
results of a search can be reached, so a larger one is queried in spans of days, halved until they
are small enough; and the history server forgets a search after some hours, so it is queried again
for the same days and goes on from the same place.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from urllib.parse import urljoin

from bot.errors import CursorLost, SourceRefused, SourceUnavailable
from bot.formats import Refusal
from bot.merging.choice import Trust
from bot.records.models import Identifier, Record, Scheme
from bot.sources.base import Batch, Place, SourceKind, by_scheme, same
from bot.sources.http.client import PoliteClient
from bot.sources.http.paging import JSON, another_shape
from bot.sources.pubmed.reader import PubMedPayload
from bot.sources.reading.values import Item, item, text, texts

ADDRESS = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
# NCBI: "ESearch can only retrieve the first 9,999 records matching the query" (of PubMed).
REACHED = 9_999
_PER_PAGE = 200
_XML = "text/xml, application/xml"
# Before the oldest record of PubMed.
_FIRST_DAY = date(1781, 1, 1)
# Longer questions are posted: addresses have an end.
_LONGEST_ADDRESS = 1_500
_TERMS = {Scheme.DOI: '"{}"[AID]', Scheme.PMCID: "{}[PMCID]"}


@dataclass(frozen=True, slots=True)
class _Span:
    """Days, both of them included."""

    first: str
    last: str

    def halves(self) -> "tuple[_Span, _Span] | None":
        """The earlier and the later half; None when it is one day."""
        first, last = date.fromisoformat(self.first), date.fromisoformat(self.last)
        if first >= last:
            return None
        middle = first + (last - first) // 2
        after = middle + timedelta(days=1)
        return _Span(self.first, middle.isoformat()), _Span(after.isoformat(), self.last)


@dataclass(frozen=True, slots=True)
class _Search:
    """A search on the history server, and how many results it has."""

    env: str
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class _Cursor:
    """The spans still to be taken, the place in the first of them, and its search, once it ran.

    `kind` is which date of a record the days are compared with: `edat`, when it came into PubMed,
    or `mdat`, when it was last changed.
    """

    kind: str
    spans: tuple[_Span, ...]
    place: int = 0
    search: _Search | None = None

    @classmethod
    def read(cls, written: str | None) -> "_Cursor | None":
        """The cursor that was written; None for anything else."""
        try:
            kept = json.loads(written or "")
            spans = tuple(_Span(str(s["first"]), str(s["last"])) for s in kept["spans"])
            for span in spans:
                span.halves()
            search = kept["search"] and _Search(**kept["search"])
            return cls(str(kept["kind"]), spans, int(kept["place"]), search)
        except (ValueError, TypeError, KeyError):
            return None

    def write(self) -> str | None:
        """The cursor as text; None when nothing is left to take."""
        return json.dumps(asdict(self)) if self.spans else None

    def next_span(self) -> "_Cursor":
        """The cursor at the beginning of the next span."""
        return _Cursor(self.kind, self.spans[1:])

    def split(self) -> "_Cursor | None":
        """The cursor with its first span halved; None when that is one day."""
        halves = self.spans[0].halves()
        return _Cursor(self.kind, (*halves, *self.spans[1:])) if halves else None

    def after(self, place: int, reached: int) -> "_Cursor":
        """The cursor after so many results of the first span, of which so many can be reached."""
        if self.search is None or place >= min(self.search.count, reached):
            return self.next_span()
        return replace(self, place=place)


class PubMed:
    """Articles by PubMed's query language, or by PMID, DOI or PMCID."""

    name = "pubmed"
    schemes = frozenset((Scheme.PMID, *_TERMS))
    at_once = 100
    # How many results of one search PubMed gives out.
    reached = REACHED

    def __init__(self, client: PoliteClient, place: Place) -> None:
        self._client = client
        self._address = place.address
        self._now = place.now
        self._key = place.options.get("api_key")
        self._payload = PubMedPayload()

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:
        """The articles that match; `since` is when they came into PubMed or were last changed.

        See `bot.sources.base.Source.records`.
        """
        at = _Cursor.read(cursor) or self._begin(since)
        is_ended, asked_again, total = False, False, 0
        while at.spans:
            if (search := at.search) is None:
                at = self._searched(query, at)
                continue
            if at.place >= min(search.count, self.reached):
                at = at.next_span()
                continue
            items = self._page(search, at.place)
            if items is None:  # the history server has forgotten the search
                if asked_again:
                    raise CursorLost("PubMed does not give the results of its own search.")
                at, asked_again = replace(at, search=None), True
                continue
            following = at.after(at.place + _PER_PAGE, self.reached)
            if search.count > self.reached and following.spans != at.spans:
                items = (*items, self._out_of_reach(at.spans[0], search.count))
            at, asked_again, total = following, False, search.count
            is_ended = at.write() is None
            yield Batch(items, at.write(), total)
        if not is_ended:  # nothing was found, or nothing in the last of several spans
            yield Batch((), None, total)

    def _begin(self, since: date | None) -> _Cursor:
        today = self._now().date().isoformat()
        kind = "mdat" if since else "edat"
        return _Cursor(kind, (_Span((since or _FIRST_DAY).isoformat(), today),))

    def _searched(self, query: str, at: _Cursor) -> _Cursor:
        """The cursor with its first span searched, halved where that finds too many."""
        search = self._search(query, at.kind, at.spans[0])
        # What was begun before is not cut again: it would be taken twice.
        halved = at.split() if search.count > self.reached and not at.place else None
        return halved or replace(at, search=search)

    def _search(self, query: str, kind: str, span: _Span) -> _Search:
        answer = self._esearch(
            {
                "term": " ".join(query.split()),
                "usehistory": "y",
                "retmax": "0",
                "datetype": kind,
                "mindate": span.first.replace("-", "/"),
                "maxdate": span.last.replace("-", "/"),
            }
        )
        env, key, count = (text(answer.get(name)) for name in ("webenv", "querykey", "count"))
        if count is None or not count.isdigit():
            raise another_shape(self._address)
        if int(count) and not (env and key):
            raise another_shape(self._address)
        return _Search(env or "", key or "", int(count))

    def _esearch(self, params: dict[str, str]) -> Item:
        given = {"db": "pubmed", "retmode": "json", **params, **self._who()}
        url = urljoin(self._address, "esearch.fcgi")
        if len(params["term"]) > _LONGEST_ADDRESS:
            page = self._client.post(url, given, accept=JSON)
        else:
            page = self._client.get(url, given, accept=JSON)
        answer = item(item(page.json()).get("esearchresult"))
        if error := text(answer.get("ERROR")):
            raise SourceRefused(f"PubMed refused the question: {error[:150]}.")
        return answer

    def _page(self, search: _Search, place: int) -> tuple[Record | Refusal, ...] | None:
        """A page of a search; None when the history server does not know it any more."""
        size = min(_PER_PAGE, self.reached - place)
        params = {"WebEnv": search.env, "query_key": search.key}
        return self._efetch(params | {"retstart": str(place), "retmax": str(size)})

    def _efetch(self, params: dict[str, str]) -> tuple[Record | Refusal, ...] | None:
        given = {"db": "pubmed", "rettype": "xml", "retmode": "xml", **params, **self._who()}
        try:
            page = self._client.get(urljoin(self._address, "efetch.fcgi"), given, accept=_XML)
        except SourceRefused as refused:
            if refused.status == 400:
                return None
            raise
        if b"<ERROR>" in page.content[:2000] or b"<PubmedArticleSet" not in page.content[:4096]:
            return None
        items = tuple(self._payload.loads(page.content, self.name, self._now()))
        if any(isinstance(i, Refusal) and i.reason.startswith("not well-formed") for i in items):
            raise SourceUnavailable("PubMed sent a page that breaks off.")
        return items

    def fetch(self, identifier: Identifier) -> Record | None:
        """The article of a PMID, DOI or PMCID. See `bot.sources.base.Fetcher.fetch`."""
        if identifier.scheme not in self.schemes:
            raise ValueError(identifier.scheme)
        pmids: tuple[str, ...] = (identifier.value,)
        if identifier.scheme is not Scheme.PMID:
            term = _TERMS[identifier.scheme].format(identifier.value)
            pmids = texts(self._esearch({"term": term, "retmax": "5"}).get("idlist"))
        found = self._efetch({"id": ",".join(pmids)}) if pmids else ()
        wanted = (same(each, identifier) for each in found or () if isinstance(each, Record))
        return next((each for each in wanted if each is not None), None)

    def fetch_all(self, identifiers: Sequence[Identifier]) -> tuple[Record | Refusal, ...]:
        """See `bot.sources.base.BatchFetcher.fetch_all`."""
        pmids: list[str] = []
        for scheme, values in by_scheme(identifiers, self.schemes):
            if scheme is Scheme.PMID:
                pmids += values
                continue
            term = " OR ".join(_TERMS[scheme].format(value.replace('"', " ")) for value in values)
            # A letter or correction may carry the article's DOI: some come twice.
            most = str(2 * len(values))
            pmids += texts(self._esearch({"term": term, "retmax": most}).get("idlist"))
        if not pmids:
            return ()
        return self._efetch({"id": ",".join(dict.fromkeys(pmids))}) or ()

    def _who(self) -> dict[str, str]:
        """Who asks, as NCBI wants to know it."""
        named = {"tool": "tme-bot", "email": self._client.contact, "api_key": self._key}
        return {key: value for key, value in named.items() if value}

    def _out_of_reach(self, span: _Span, count: int) -> Refusal:
        """What is reported of a day on which more came than PubMed gives out."""
        missing = f"{count - self.reached:,} of {count:,}"
        return Refusal(_PER_PAGE, f"{span.first}: {missing} results are out of reach")


PUBMED = SourceKind(
    name="pubmed",
    label="PubMed",
    summary="PubMed: articles with structured abstracts, MeSH and notices",
    address=ADDRESS,
    interval=0.34,
    query_means="a query of PubMed, such as macrophages[tiab] AND neoplasms[mh]",
    make=PubMed,
    readers=(PubMedPayload(),),
    options=("api_key",),
    schemes=PubMed.schemes,
    knows_notices=True,
    completes=frozenset(
        (
            "abstract",
            "sections",
            "type",
            "authors",
            "keywords",
            "doi",
            "pmid",
            "pmcid",
            "references",
            "check",
        )
    ),
    # Its indexers check what they index, and say what kind of study it is.
    trust=Trust(bibliographic=90, kind=70),
)
