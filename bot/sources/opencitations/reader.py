"""OpenCitations' JSON: a work of its Meta, with the works that its Index says it cites.

Follows the REST APIs of OpenCitations Index (v2) and Meta (v1). A work is named by all its numbers
in one text: `doi:10.1234/a pmid:123 omid:br/0612`.
"""

from collections.abc import Iterable
from datetime import datetime

from bot.records.models import MOST_REFERENCES, Contribution, Identifier, Record, Scheme, unique
from bot.sources.reading.jats import inline
from bot.sources.reading.record import Origin, hashed, names, record
from bot.sources.reading.values import Item, identifier, iso_date, objects, text

NAME = "opencitations"
_SCHEMES = {"doi": Scheme.DOI, "pmid": Scheme.PMID, "pmcid": Scheme.PMCID}


def read(work: Item, source: str, at: datetime) -> Record:
    """The record of a work; its citations stand under `references`. Raises RefusedError."""
    fields = {
        "title": inline(text(work.get("title")) or ""),
        "contributors": tuple(map(_person, (text(work.get("author")) or "").split("; "))),
        "published": iso_date(work.get("pub_date")),
        "identifiers": numbers(work.get("id")),
        "references": works(objects(work.get("references")), "cited"),
    }
    return record(fields, Origin(source or NAME, at, hashed(work)))


def works(citations: Iterable[Item], side: str) -> tuple[Identifier, ...]:
    """The works on one side of citations, `citing` or `cited`, each by its surest number."""
    found = (numbers(each.get(side)) for each in citations)
    return unique(each[0] for each in found if each)[:MOST_REFERENCES]


def numbers(named: object) -> tuple[Identifier, ...]:
    """The DOI, PMID and PMCID among the numbers of a work, in that order."""
    given = dict(each.partition(":")[::2] for each in (text(named) or "").split())
    found = (identifier(scheme, given[name]) for name, scheme in _SCHEMES.items() if name in given)
    return tuple(each for each in found if each is not None)


def _person(author: str) -> Contribution:
    """`Sharma, Padmanee [orcid:… omid:ra/…]`."""
    family, _, given = author.partition("[")[0].strip().partition(", ")
    return Contribution(**names(family, given))
