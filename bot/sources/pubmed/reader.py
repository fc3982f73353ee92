"""PubMed's XML (efetch): articles, and chapters and books of its Bookshelf.

Follows NLM's PubMed DTD of 2025. Of the kept parsers, biopython's `Entrez.read` fetches missing
DTDs over its own HTTP and drops the order of inline markup, and pubmed_parser leaves out
`CommentsCorrections`, so the elements are read here.
"""

from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from bot.formats import Refusal
from bot.formats.json_values import RefusedError
from bot.records.models import Identifier, Journal, Record, Scheme, Section, unique
from bot.records.names import language_of
from bot.sources.pubmed import values
from bot.sources.pubmed.notices import notice_type, notices, relations_of
from bot.sources.reading import xml
from bot.sources.reading.record import Origin, abstract_of, record
from bot.sources.reading.values import cited, finer, identifier, number, source_id
from bot.sources.reading.xml import child_text, marked_text, text_of

_ANSWERS = frozenset(
    ("PubmedArticle", "PubmedBookArticle", "eSearchResult", "eSpellResult", "eFetchResult")
)
# NLM's check tags: on nearly every record, and they say nothing of its subject.
CHECK_TAGS = frozenset(
    ("Adolescent", "Adult", "Aged", "Aged, 80 and over", "Animals", "Child", "Child, Preschool",
     "Female", "Humans", "Infant", "Infant, Newborn", "Male", "Mice", "Middle Aged", "Pregnancy",
     "Rats", "Young Adult")
)  # fmt: skip


class PubMedPayload:
    """An answer of PubMed as XML: articles and books."""

    name = "pubmed"
    summary = "PubMed XML"
    suffixes = (".xml",)
    aliases: tuple[str, ...] = ()

    def recognises(self, data: bytes, file_name: str) -> bool:  # noqa: ARG002 - by content only
        """The elements of PubMed's own, near the start."""
        start = data[:4096]
        return any(f"<{name}".encode() in start for name in ("PubmedArticle", "PubmedBookArticle"))

    def loads(self, data: bytes, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """See `bot.formats.base.Format`. In a Refusal the line is the place in the answer."""
        if b"esearchresult" in data[:500] and data.lstrip()[:1] == b"{":
            yield Refusal(1, "not a work: a list of PubMed ids")
            return
        found = False
        for each in xml.records(data, _ANSWERS, lambda element: read(element, source, at)):
            found = True
            yield each
        if not found:
            yield Refusal(1, "no article in it")


def read(element: Element, source: str, at: datetime) -> Record:
    """The record of a `PubmedArticle` or `PubmedBookArticle`. Raises RefusedError."""
    name = xml.local_name(element)
    origin = Origin(source or PubMedPayload.name, at, xml.hash_of(element))
    if name == "PubmedBookArticle":
        return _book(element, origin)
    if name != "PubmedArticle":
        raise RefusedError(f"not a work: {_what(name, element)}")
    citation = element.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if citation is None or article is None:
        raise RefusedError("a PubmedArticle without its Article")
    types = unique(filter(None, map(text_of, article.iterfind("PublicationTypeList/*"))))
    links = list(citation.iterfind("CommentsCorrectionsList/CommentsCorrections"))
    parts, warnings = _abstract(article, citation)
    fields = {
        "title": _title(article),
        "type": "Preprint" if "Preprint" in types else "Journal article",
        "subtype": notice_type(links) or values.subtype(types),
        "abstract": abstract_of(parts),
        "sections": parts,
        "contributors": values.people(article.iterfind("AuthorList")),
        "journal": _journal(article, citation),
        **_place(article),
        "published": finer(
            values.date(article.find("Journal/JournalIssue/PubDate")),
            values.date(article.find("ArticleDate")),
        ),
        "accepted": values.date(element.find(".//PubMedPubDate[@PubStatus='accepted']")),
        "language": language_of(child_text(article, "Language")),
        "keywords": _keywords(citation),
        "identifiers": _identifiers(element, article, citation),
        "relations": relations_of(links, types),
        "references": _references(element),
        "integrity": notices(links, types),
    }
    return record(fields, origin, warnings)


def _references(element: Element) -> tuple[Identifier, ...]:
    """The works that it cites: the PMID of each, else its DOI. Lists may be nested."""
    lists = element.iterfind("PubmedData//Reference/ArticleIdList")
    named = ({i.get("IdType"): i.text for i in each.iterfind("ArticleId")} for each in lists)
    return cited(
        (Scheme.PMID, ids["pubmed"]) if ids.get("pubmed") else (Scheme.DOI, ids.get("doi"))
        for ids in named
    )


def _book(element: Element, origin: Origin) -> Record:
    """A chapter, or a whole book where no chapter is named. Raises RefusedError."""
    document = element.find("BookDocument")
    book = document.find("Book") if document is not None else None
    if document is None or book is None:
        raise RefusedError("a PubmedBookArticle without its Book")
    chapter, book_title = (
        marked_text(e) for e in (document.find("ArticleTitle"), book.find("BookTitle"))
    )
    lists = [*document.iterfind("AuthorList"), *book.iterfind("AuthorList")]
    types = unique(filter(None, map(text_of, document.iterfind("PublicationType"))))
    parts = values.headed(values.sections(document.find("Abstract")))
    ids = {i.get("IdType"): i.text for i in document.iterfind("ArticleIdList/ArticleId")}
    fields = {
        "title": values.without_stop(chapter) if chapter else book_title,
        "type": "Book section" if chapter else "Book",
        "subtype": values.subtype(types),
        "abstract": abstract_of(parts),
        "sections": parts,
        "contributors": values.people(lists),
        "journal": Journal(title=book_title) if chapter else None,
        "volume": child_text(book, "Volume"),
        "publisher": child_text(book, "Publisher/PublisherName"),
        "published": values.date(document.find("ContributionDate"))
        or values.date(book.find("PubDate")),
        "language": language_of(child_text(document, "Language")),
        "keywords": unique(filter(None, map(text_of, document.iterfind("KeywordList/Keyword")))),
        "identifiers": (
            identifier(Scheme.DOI, ids.get("doi")),
            identifier(Scheme.PMID, child_text(document, "PMID")),
            source_id("bookshelf", ids.get("bookaccession")),
        ),
    }
    return record(fields, origin)


def _what(name: str, element: Element) -> str:
    """What an answer without works is; an answer that is an error says so itself."""
    value = child_text(element, "ERROR") or child_text(element, ".//OutputMessage")
    what = {"eSearchResult": "a list of PubMed ids", "eSpellResult": "a spelling suggestion"}
    return f"{what.get(name, 'no article')}{f' ({value[:100]})' if value else ''}"


def _title(article: Element) -> str | None:
    """The title; of a work in another language its own where no English one is given.

    PubMed sets translated titles in square brackets and ends every title with a full stop.
    """
    title = marked_text(article.find("ArticleTitle"))
    own = marked_text(article.find("VernacularTitle"))
    if title is None or title.strip("[]. ").lower() in ("", "not available"):
        title = own
    if title and title.startswith("[") and title.rstrip(".").endswith("]"):
        title = title.rstrip(".")[1:-1].strip()
    return title and values.without_stop(title)


def _abstract(article: Element, citation: Element) -> tuple[tuple[Section, ...], list[str]]:
    """The abstract's parts; one in another language, or by others, only where there is no other."""
    parts = values.sections(article.find("Abstract"))
    if parts:
        return values.headed(parts), []
    for other in citation.iterfind("OtherAbstract"):
        if parts := values.sections(other):
            language, kind = other.get("Language") or "eng", other.get("Type") or ""
            value = [f"abstract_language:{language}"] if language != "eng" else []
            return values.headed(parts), value + ([f"abstract_type:{kind}"] if kind else [])
    return (), []


def _journal(article: Element, citation: Element) -> Journal:
    issns = {
        issn.get("IssnType"): number(Scheme.ISSN, issn.text)
        for issn in article.iterfind("Journal/ISSN")
    }
    title = child_text(article, "Journal/Title")
    short = child_text(article, "Journal/ISOAbbreviation")
    short = short or child_text(citation, "MedlineJournalInfo/MedlineTA")
    return Journal(
        title=title or short,
        abbreviation=short if title and short != title else None,
        issn=issns.get("Print") or issns.get(None),
        eissn=issns.get("Electronic"),
    )


def _place(article: Element) -> dict[str, str | None]:
    """Volume, issue, pages or article number: a number that is no range of pages is the latter."""
    pages = child_text(article, "Pagination/MedlinePgn") or child_text(
        article, "Pagination/StartPage"
    )
    is_number = pages is not None and pages[:1].isalpha() and "-" not in pages
    return {
        "volume": child_text(article, "Journal/JournalIssue/Volume"),
        "issue": child_text(article, "Journal/JournalIssue/Issue"),
        "pages": None if is_number else pages,
        "article_number": pages if is_number else None,
    }


def _keywords(citation: Element) -> tuple[str, ...]:
    """The authors' keywords, then the MeSH headings but for check tags."""
    own = [text_of(word) for word in citation.iterfind("KeywordList/Keyword")]
    mesh = [text_of(name) for name in citation.iterfind("MeshHeadingList/*/DescriptorName")]
    return unique(word for word in (*own, *mesh) if word and word not in CHECK_TAGS)


def _identifiers(element: Element, article: Element, citation: Element) -> list[Identifier | None]:
    """PMID, DOI, PMCID, and the trials it reports; never those of the works it cites."""
    own = element.find("PubmedData/ArticleIdList")
    ids = {i.get("IdType"): i.text for i in own} if own is not None else {}
    location = article.find("ELocationID[@EIdType='doi']")
    doi = location.text if location is not None and location.get("ValidYN", "Y") == "Y" else None
    trials = [
        identifier(Scheme.NCT, text_of(accession))
        for bank in article.iterfind("DataBankList/DataBank")
        if (child_text(bank, "DataBankName") or "").lower() == "clinicaltrials.gov"
        for accession in bank.iterfind("AccessionNumberList/AccessionNumber")
    ]
    return [
        identifier(Scheme.DOI, ids.get("doi")) or identifier(Scheme.DOI, doi),
        identifier(Scheme.PMID, child_text(citation, "PMID") or ids.get("pubmed")),
        identifier(Scheme.PMCID, ids.get("pmc")),
        *trials,
    ]
