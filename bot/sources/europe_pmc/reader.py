"""Europe PMC's JSON: results of its search in the "core" form, also as pygetpapers saves them.

Follows the reference guide of Europe PMC's RESTful Web Service 6. No kept client parses it.
"""

from datetime import datetime
from typing import Any

from bot.formats import Refusal
from bot.formats.json_values import RefusedError
from bot.records.dates import PartialDate
from bot.records.models import Access, AccessStatus, Contribution, Journal, Record, Scheme, unique
from bot.records.names import language_of, partial_date
from bot.sources.europe_pmc.links import links_of
from bot.sources.pubmed.reader import CHECK_TAGS
from bot.sources.pubmed.values import subtype, without_stop
from bot.sources.reading.jats import inline, sections_of
from bot.sources.reading.payload import JsonPayload
from bot.sources.reading.record import (
    Origin,
    abstract_of,
    affiliations,
    hashed,
    is_creative,
    licence,
    names,
    record,
)
from bot.sources.reading.values import (
    Item,
    address,
    cited,
    finer,
    identifier,
    iso_date,
    item,
    items,
    number,
    objects,
    source_id,
    text,
    texts,
)

NAME = "europe_pmc"
_CHANGING = ("citedByCount", "dateOfRevision", "hasTextMinedTerms", "tmAccessionTypeList")
_FREE = ("OA", "F")
# Types of full text in PMC, as PubMed names them.
_PUB_TYPES = {
    "review-article": "Review", "systematic-review": "Systematic Review",
    "case-report": "Case Reports", "correction": "Published Erratum",
    "retraction": "Retraction of Publication", "editorial": "Editorial", "letter": "Letter",
    "news": "News",
}  # fmt: skip


def _results(document: object) -> list[Any]:
    """The results of an answer, whether as it came or under PMCIDs, as pygetpapers saves them."""
    answer = item(document)
    if "resultList" in answer:
        found = items(item(answer["resultList"]).get("result"))
        return found or [Refusal(1, "an answer without results")]
    if error := text(answer.get("errMsg")):
        return [Refusal(1, f"Europe PMC refused the question: {error[:150]}")]
    saved = answer.get("papers", answer)
    works = [saved] if "title" in saved or "full" in saved else list(item(saved).values())
    return [item(work).get("full", work) for work in works] or [Refusal(1, "an empty answer")]


def read(work: Item, source: str, at: datetime) -> Record:
    """The record of one result. Raises RefusedError."""
    origin = Origin(source or NAME, at, hashed(work, _CHANGING))
    own = f"{text(work.get('source'))}/{text(work.get('id'))}"
    found = [
        identifier(Scheme.DOI, work.get("doi")),
        identifier(Scheme.PMID, work.get("pmid")),
        identifier(Scheme.PMCID, work.get("pmcid")),
        source_id(NAME, text(work.get("id"))) if own.startswith("PPR/PPR") else None,
    ]
    identifiers = [each_one for each_one in found if each_one is not None]
    kinds = texts(item(work.get("pubTypeList")).get("pubType"))
    is_preprint = text(work.get("source")) == "PPR" or "Preprint" in kinds
    links = links_of(work, kinds)
    parts = sections_of(text(work.get("abstractText")) or "")
    title = inline(text(work.get("title")) or "")
    if not title and not identifiers:
        raise RefusedError("neither a title nor an identifier")
    fields = {
        "title": without_stop(title),
        "type": _type(work, kinds, is_preprint=is_preprint),
        "subtype": links.called or subtype((*kinds, *(_PUB_TYPES.get(k, k) for k in kinds))),
        "abstract": abstract_of(parts),
        "sections": parts,
        "contributors": tuple(map(_person, objects(item(work.get("authorList")).get("author")))),
        **_place(work),
        "publisher": text(item(work.get("bookOrReportDetails")).get("publisher")),
        "published": _published(work, is_preprint=is_preprint),
        "language": language_of(text(work.get("language"))),
        "keywords": _keywords(work),
        "identifiers": identifiers,
        "relations": unique(links.relations),
        "references": cited(map(_cited, objects(work.get("references")))),
        "access": _access(work, at),
        "integrity": links.notices,
    }
    return record(fields, origin, links.warnings)


def _cited(entry: Item) -> tuple[Scheme, object]:
    """What an entry of a reference list names its work by."""
    if entry.get("doi"):
        return Scheme.DOI, entry["doi"]
    return Scheme.PMID, entry.get("id") if text(entry.get("source")) == "MED" else None


def _type(work: Item, kinds: tuple[str, ...], *, is_preprint: bool) -> str | None:
    if is_preprint:
        return "Preprint"
    if text(work.get("source")) == "PAT" or "patent" in (kind.lower() for kind in kinds):
        return "Patent"
    if work.get("bookOrReportDetails"):
        return "Book"
    return "Journal article" if work.get("journalInfo") else None


def _person(author: Item) -> Contribution:
    given_id = item(author.get("authorId"))
    kind = text(given_id.get("type") or given_id.get("@type"))
    places = item(author.get("authorAffiliationDetailsList")).get("authorAffiliation")
    return Contribution(
        **names(
            author.get("lastName"),
            author.get("firstName") or author.get("initials"),
            author.get("fullName") or author.get("collectiveName"),
        ),
        orcid=number(Scheme.ORCID, given_id.get("value") or given_id.get("#text"))
        if kind == "ORCID"
        else None,
        affiliation=affiliations(place.get("affiliation") for place in objects(places)),
    )


def _place(work: Item) -> dict[str, object]:
    info = item(work.get("journalInfo"))
    journal = item(info.get("journal"))
    title = text(journal.get("title"))
    short = text(journal.get("medlineAbbreviation"))
    return {
        "journal": Journal(
            title=title or short,
            abbreviation=short if title and short != title else None,
            issn=number(Scheme.ISSN, journal.get("issn") or journal.get("ISSN")),
            eissn=number(Scheme.ISSN, journal.get("essn") or journal.get("ESSN")),
        ),
        "volume": text(info.get("volume")),
        "issue": text(info.get("issue")),
        "pages": text(work.get("pageInfo")),
    }


def _published(work: Item, *, is_preprint: bool) -> PartialDate | None:
    """The date of the issue as PubMed gives it; a preprint's is when it was first posted."""
    first = iso_date(work.get("firstPublicationDate"))
    if is_preprint:
        return first
    words = text(item(work.get("journalInfo")).get("dateOfPublication")) or ""
    try:
        issue = partial_date(words) if words else None
    except ValueError:
        issue = None
    issue = issue or iso_date(work.get("pubYear"))
    return finer(issue, iso_date(work.get("electronicPublicationDate"))) or first


def _keywords(work: Item) -> tuple[str, ...]:
    """The authors' keywords, then the MeSH headings but for check tags."""
    own = texts(item(work.get("keywordList")).get("keyword"))
    headings = objects(item(work.get("meshHeadingList")).get("meshHeading"))
    mesh = (text(heading.get("descriptorName")) for heading in headings)
    return unique(word for word in (*own, *mesh) if word and word not in CHECK_TAGS)


def _access(work: Item, at: datetime) -> Access:
    """Open where Europe PMC says so, links a free text or gives an open licence; else unknown."""
    named = licence(work.get("license"))
    links = [
        (text(link.get("documentStyle")), address(link.get("url")))
        for link in objects(item(work.get("fullTextUrlList")).get("fullTextUrl"))
        if text(link.get("availabilityCode")) in _FREE
    ]
    pages = [url for style, url in links if style == "html"] or [url for _, url in links]
    embargo = iso_date(work.get("embargoDate"))
    if links or text(work.get("isOpenAccess")) == "Y" or is_creative(named):
        return Access(status=AccessStatus.OPEN, url=next(iter(pages), None), licence=named)
    if embargo is not None and embargo.earliest > at.date():
        return Access(status=AccessStatus.EMBARGOED, licence=named)
    return Access(licence=named)


def _looks(data: bytes) -> bool:
    """A list of results, or the names that only its results have."""
    start = data[:4096]
    own = (b'"resultList"', b'"authorString"', b'"fullTextIdList"')
    return start.lstrip()[:1] == b"{" and any(key in start for key in own)


PAYLOAD = JsonPayload(
    name=NAME,
    summary="results of Europe PMC's search as JSON",
    aliases=("europepmc", "europe-pmc"),
    looks=_looks,
    works=_results,
    read=read,
)
