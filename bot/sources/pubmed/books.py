"""Books of the NCBI Bookshelf, and their chapters, as PubMed's XML gives them."""

from xml.etree.ElementTree import Element

from bot.formats.json_values import RefusedError
from bot.records.models import Journal, Record, Scheme, unique
from bot.sources.pubmed import values
from bot.sources.reading.record import Origin, abstract_of, record
from bot.sources.reading.values import identifier, source_id
from bot.sources.reading.xml import child_text, marked_text, text_of


def read_book(element: Element, origin: Origin) -> Record:
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
        "language": values.language(document),
        "keywords": unique(filter(None, map(text_of, document.iterfind("KeywordList/Keyword")))),
        "identifiers": (
            identifier(Scheme.DOI, ids.get("doi")),
            identifier(Scheme.PMID, child_text(document, "PMID")),
            source_id("bookshelf", ids.get("bookaccession")),
        ),
    }
    return record(fields, origin)
