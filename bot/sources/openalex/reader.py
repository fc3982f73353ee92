"""OpenAlex's JSON: works, one or a list.

Follows OpenAlex's API documentation of 2025. pyalex, the kept client, owns its HTTP and hands the
works on as they are (it does turn inverted abstracts round, in one line of the same kind as here).
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.formats import Refusal
from bot.formats.json_values import RefusedError
from bot.records.dates import PartialDate
from bot.records.models import (
    MOST_REFERENCES,
    Access,
    AccessStatus,
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Journal,
    Record,
    Scheme,
    unique,
)
from bot.records.sections import split_sections
from bot.sources.reading.jats import inline
from bot.sources.reading.payload import JsonPayload
from bot.sources.reading.record import (
    Origin,
    abstract_of,
    affiliations,
    hashed,
    licence,
    record,
)
from bot.sources.reading.values import (
    Item,
    address,
    identifier,
    iso_date,
    item,
    items,
    number,
    objects,
    page_range,
    source_id,
    text,
    texts,
)

NAME = "openalex"
# OpenAlex's types as ORA names works, with a subtype where the type says one.
_TYPES: dict[str, tuple[str | None, str | None]] = {
    "article": ("Journal article", None), "review": ("Journal article", "Review"),
    "letter": ("Journal article", "Letter"), "editorial": ("Journal article", "Editorial"),
    "erratum": ("Journal article", "Erratum"), "retraction": ("Journal article", "Retraction"),
    "preprint": ("Preprint", None), "book": ("Book", None),
    "book-chapter": ("Book section", None), "reference-entry": ("Book section", None),
    "conference-paper": ("Conference item", None), "conference-abstract": ("Conference item", None),
    "dissertation": ("Thesis", None), "dataset": ("Dataset", None), "report": ("Report", None),
    "standard": ("Report", None), "peer-review": ("Peer review", None), "other": (None, None),
}  # fmt: skip
_NO_WORKS = frozenset(("paratext", "grant"))
_CHANGING = (
    "cited_by_count", "counts_by_year", "cited_by_percentile_year", "fwci", "relevance_score",
    "citation_normalized_percentile", "updated_date", "cited_by_api_url", "summary_stats",
)  # fmt: skip
# No abstract has more words; a position beyond it is not one.
_MOST_WORDS = 20_000
# OpenAlex calls some notices retracted because they are about a retraction.
_NOTICE_TITLE = re.compile(
    r"(?:(?:article )?retraction|correction|erratum|corrigendum|expression of concern)"
    r"(?: (?:to|of|for|on|notice|note|statement))*\s*(?:[:.\u2013\u2014\"\u201c-]|$)"
    r"|(?:retraction|correction|notice|statement) (?:note|notice|statement|of retraction)\b"
    r"|(?:correction|erratum|corrigendum|expression of concern) (?:to|for|on)\b",
    re.IGNORECASE,
)


def _works(document: object) -> list[Any]:
    answer = item(document)
    if "results" in answer:
        return items(answer["results"]) or [Refusal(1, "an answer without works")]
    if error := text(answer.get("error")):
        value = text(answer.get("message")) or error
        return [Refusal(1, f"OpenAlex refused the question: {value[:150]}")]
    return [answer]


def read(work: Item, source: str, at: datetime) -> Record:
    """The record of one work. Raises RefusedError."""
    origin = Origin(source or NAME, at, hashed(work, _CHANGING))
    ids = item(work.get("ids"))
    kind = text(work.get("type"))
    doi = identifier(Scheme.DOI, work.get("doi") or ids.get("doi"))
    if kind in _NO_WORKS or work.get("is_paratext") is True:
        raise RefusedError(f"{doi.value if doi else 'without a DOI'}: not a work: {kind}")
    title = inline(text(work.get("title")) or text(work.get("display_name")) or "")
    work_type, subtype = _TYPES.get(kind or "", (kind and kind.capitalize(), None))
    parts = split_sections(_abstract(work.get("abstract_inverted_index")))
    biblio = item(work.get("biblio"))
    published, warnings = _published(work)
    fields = {
        "title": title,
        "type": work_type,
        "subtype": subtype,
        "abstract": abstract_of(parts),
        "sections": parts,
        "contributors": tuple(map(_person, objects(work.get("authorships")))),
        "journal": _journal(work),
        "volume": text(biblio.get("volume")),
        "issue": text(biblio.get("issue")),
        "pages": page_range(biblio.get("first_page"), biblio.get("last_page")),
        "published": published,
        "language": text(work.get("language")),
        "identifiers": (
            doi,
            identifier(Scheme.PMID, ids.get("pmid")),
            identifier(Scheme.PMCID, ids.get("pmcid")),
            source_id(NAME, (text(work.get("id")) or "").rpartition("/")[2]),
        ),
        "references": _references(work),
        "access": _access(work),
        "integrity": _integrity(work, title, subtype),
    }
    return record(fields, origin, warnings)


def _abstract(inverted: object) -> str:
    """The words of an inverted index (`{"word": [places]}`) in their order."""
    placed = [
        (place, word)
        for word, places in item(inverted).items()
        for place in items(places)
        if isinstance(place, int) and 0 <= place < _MOST_WORDS
    ]
    words = " ".join(word for _, word in sorted(placed))
    return inline(text(words) or "")


def _published(work: Item) -> tuple[PartialDate | None, list[str]]:
    """The date of publication. OpenAlex pads: of a first of the month the day is not known."""
    date = iso_date(work.get("publication_date"))
    if date is None:
        return iso_date(work.get("publication_year")), []
    if (date.month, date.day) == (1, 1):
        return PartialDate(date.year), ["published_day_unknown"]
    if date.day == 1:
        return PartialDate(date.year, date.month), ["published_day_unknown"]
    return date, []


def _person(authorship: Item) -> Contribution:
    """An author under the name of the paper; OpenAlex does not say which part is the family's."""
    author = item(authorship.get("author"))
    places: Iterable[object] = texts(authorship.get("raw_affiliation_strings")) or (
        place.get("display_name") for place in objects(authorship.get("institutions"))
    )
    return Contribution(
        name=text(authorship.get("raw_author_name")) or text(author.get("display_name")),
        orcid=number(Scheme.ORCID, author.get("orcid")),
        affiliation=affiliations(places),
    )


def _journal(work: Item) -> Journal:
    """Where it appeared; a repository or aggregator that only holds a copy is no journal."""
    location = item(work.get("primary_location"))
    source = item(location.get("source"))
    if text(source.get("type")) in ("repository", "metadata"):
        return Journal()
    issns = [number(Scheme.ISSN, issn) for issn in items(source.get("issn"))]
    return Journal(
        title=text(source.get("display_name")) or text(location.get("raw_source_name")),
        issn=number(Scheme.ISSN, source.get("issn_l")) or next(filter(None, issns), None),
    )


def _access(work: Item) -> Access:
    """What OpenAlex found: `is_oa` says whether anybody can read it somewhere."""
    found = item(work.get("open_access"))
    best = item(work.get("best_oa_location")) or item(work.get("primary_location"))
    is_open = found.get("is_oa")
    named = licence(best.get("license"))
    if is_open is True:
        url = address(found.get("oa_url")) or address(best.get("landing_page_url"))
        return Access(status=AccessStatus.OPEN, url=url, licence=named)
    status = AccessStatus.RESTRICTED if is_open is False else AccessStatus.UNKNOWN
    return Access(status=status, licence=named)


def _references(work: Item) -> tuple[Identifier, ...]:
    """The works that it cites, which OpenAlex names by its own numbers alone."""
    named = (text(address) or "" for address in items(work.get("referenced_works")))
    found = (source_id(NAME, each.rpartition("/")[2]) for each in named)
    return unique(each for each in found if each is not None)[:MOST_REFERENCES]


def _integrity(work: Item, title: str, subtype: str | None) -> tuple[IntegrityNotice, ...]:
    """A retraction where OpenAlex says so; a notice about one is not itself retracted."""
    is_notice = subtype in ("Retraction", "Erratum") or _NOTICE_TITLE.match(title)
    if work.get("is_retracted") is not True or is_notice:
        return ()
    return (IntegrityNotice(kind=IntegrityKind.RETRACTION, source="OpenAlex"),)


def _looks(data: bytes) -> bool:
    """The address of a work at OpenAlex, near the start."""
    start = data[:4096]
    return start.lstrip()[:1] == b"{" and b"https://openalex.org/W" in start


PAYLOAD = JsonPayload(
    name=NAME,
    summary="works of OpenAlex's API as JSON",
    looks=_looks,
    works=_works,
    read=read,
)
