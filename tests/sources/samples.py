"""An example of everything that files are read as, for tests that change it in every way.

A text has `¤` where more may be written; a JSON document may be changed in every value.
"""

import json
from typing import Any

from tests.sources.loopback import Entry, envelope
from tests.sources.payloads.test_any_answer import EXAMPLES
from tests.sources.payloads.test_pubmed_payload import article

MARK = "¤"

_DC = (
    '<oai_dc:dc xmlns:oai_dc="x" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>A title¤</dc:title><dc:creator>Smith, A¤</dc:creator>"
    "<dc:description>Methods: A.¤</dc:description><dc:date>2024-03¤</dc:date>"
    "<dc:identifier>https://doi.org/10.1234/a¤</dc:identifier>"
    "<dc:source>J, 5(6), 1-2¤</dc:source></oai_dc:dc>"
)
_JSON = {
    "title": "A title", "authors": ["Smith A"], "journal": "Cancer Cell", "year": 2024,
    "abstract": "Methods: A.", "doi": "10.1234/a", "keywords": ["TME"], "pages": "1-2",
    "contributors": [{"family": "Smith", "given": "A", "orcid": "0000-0002-1050-2771"}],
    "access": {"status": "open", "url": "https://example.org/a"},
}  # fmt: skip
_CSL = {
    "type": "article-journal", "title": "A title", "author": [{"family": "Smith", "given": "A"}],
    "issued": {"date-parts": [[2024, 3, 1]]}, "DOI": "10.1234/a", "abstract": "Methods: A.",
    "container-title": "Cancer Cell", "page": "1-2", "note": "PMID: 31234567", "URL": "https://x.y/",
}  # fmt: skip
_ZOTERO = {
    "key": "ABCD2345", "version": 3, "library": {"type": "group", "id": 1, "name": "Ours"},
    "meta": {"parsedDate": "2024-03-01"},
    "data": {
        "key": "ABCD2345", "version": 3, "itemType": "journalArticle", "title": "A title",
        "abstractNote": "Methods: A.", "creators": [{"creatorType": "author", "lastName": "Smith"}],
        "publicationTitle": "Cancer Cell", "DOI": "10.1234/a", "ISSN": "2768-0622", "pages": "1-2",
        "extra": "PMID: 31234567", "tags": [{"tag": "TME"}], "url": "https://example.org/a",
    },
}  # fmt: skip
_ORA = {
    "title": "A title", "abstract": {"attributes": {"value": ["Methods: A."]}},
    "index_authors": {"attributes": {"value": ["Hulme, M, Jenkins, G"]}},
    "citation_publication_date": {"attributes": {"value": ["2025-11-09"]}},
}  # fmt: skip

DOCUMENTS: dict[str, Any] = {
    **{name: document for name, (_, document) in EXAMPLES.items()},
    "json": _JSON,
    "csl": [_CSL],
    "zotero": [_ZOTERO],
    "ora_json": {"data": {"id": "uuid:x", "type": None, "attributes": _ORA}},
}

TEXTS: dict[str, str] = {
    "pubmed": (
        "<PubmedArticleSet>"
        + article(
            "<Abstract><AbstractText Label='A'>Text.¤</AbstractText></Abstract><AuthorList><Author>"
            "<LastName>Smith¤</LastName><ForeName>A¤</ForeName></Author></AuthorList>",
            title="<ArticleTitle>A title¤</ArticleTitle>",
            ids='<ArticleId IdType="doi">10.1234/a¤</ArticleId>',
        )
        + "</PubmedArticleSet>"
    ),
    "oai_pmh": envelope(f"<ListRecords>{Entry('1', _DC).xml()}</ListRecords>").get_data(True),
    "ora": (
        "Journal article icon\n\nA title¤\n\nAbstract:\nBackground: A.¤\nPublication status:\n"
        "Published¤\nAuthors\n\nSmith, A¤\nPublisher:\nWiley¤\nJournal:\nCancer Cell¤\n"
        "DOI:\n10.1234/a¤\nEISSN:\n2768-0622¤\nAcceptance date:\n2025-10-26¤\n"
    ),
    "nbib": (
        "PMID- 31234567\nTI  - A title¤\nAB  - METHODS: A.¤\nFAU - Smith, A¤\nAU  - Smith A¤\n"
        "JT  - Cancer cell¤\nDP  - 2024 Mar 1¤\nLID - 10.1234/a [doi]¤\nMH  - Mice¤\n"
        "SO  - Cancer. 2024;5(6):1-2.¤\n"
    ),
    "ris": (
        "TY  - JOUR\nTI  - A title¤\nAU  - Smith, A¤\nAB  - Methods: A.¤\nDO  - 10.1234/a¤\n"
        "PY  - 2024/03/01¤\nJO  - Cancer¤\nSP  - 1¤\nUR  - https://x.y/a¤\nN1  - Note¤\nER  - \n"
    ),
    "bibtex": (
        "@string{cc = {Cancer Cell¤}}\n@article{k¤,\n title = {A {T}itle¤},\n"
        " author = {Smith, A and {The Group}¤},\n journal = cc # {¤},\n"
        " abstract = {Methods: A.¤},\n doi = {10.1234/a¤},\n"
        ' note = "x¤",\n year = 2024,\n pages = {1--2¤}\n}\n¤'
    ),
    "csv": (
        "title,authors,year,doi,abstract\nA title¤,\"Smith, A (0000-0002-1050-2771)¤; B\",2024¤,"
        "10.1234/a¤,\"Methods: A.¤\"\n"
    ),
}  # fmt: skip


def places(value: object, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a text in a document, as the keys that lead there."""
    if isinstance(value, str):
        return [place]
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value if isinstance(value, list) else ())
    )
    return [found for key, each in inner for found in places(each, (*place, key))]


def variants(name: str) -> int:
    """In how many places text can be put into the example of this reader."""
    return TEXTS[name].count(MARK) if name in TEXTS else len(places(DOCUMENTS[name]))


def with_text(name: str, place: int, text: str) -> bytes:
    """The example with a text put into one of its places."""
    if name in TEXTS:
        parts = TEXTS[name].split(MARK)
        return ("".join(parts[: place + 1]) + text + "".join(parts[place + 1 :])).encode()
    document = json.loads(json.dumps(DOCUMENTS[name]))
    *way, last = places(document)[place]
    inner = document
    for key in way:
        inner = inner[key]
    inner[last] += text
    return json.dumps(document).encode()
