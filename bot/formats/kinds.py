"""What each format calls a kind of work. The names are those of ORA's work types."""

from dataclasses import dataclass

# ORA data model 2.4, conventions, "Work types"; and Preprint, a set of ORA's OAI-PMH.
WORK_TYPES = (
    "Book", "Book section", "Composition", "Conference item", "Dataset", "Ephemera",
    "Internet publication", "Journal article", "Patent", "Physical object", "Preprint", "Record",
    "Report", "Thesis", "Working paper",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: our name for it, and what is written in each format."""

    name: str
    csl: str
    ris: str
    bibtex: str


KINDS = (
    Kind("Journal article", "article-journal", "JOUR", "article"),
    Kind("Preprint", "article", "UNPB", "unpublished"),
    Kind("Book", "book", "BOOK", "book"),
    Kind("Book section", "chapter", "CHAP", "incollection"),
    Kind("Conference item", "paper-conference", "CPAPER", "inproceedings"),
    Kind("Dataset", "dataset", "DATA", "dataset"),
    Kind("Report", "report", "RPRT", "techreport"),
    Kind("Thesis", "thesis", "THES", "phdthesis"),
    Kind("Patent", "patent", "PAT", "patent"),
    Kind("Internet publication", "webpage", "ELEC", "online"),
)
# What is only read: other words for the same kinds.
_CSL_ALSO = {
    "journal-article": "Journal article", "article-magazine": "Journal article",
    "article-newspaper": "Journal article", "posted-content": "Preprint", "manuscript": "Preprint",
    "monograph": "Book", "edited-book": "Book", "reference-book": "Book",
    "book-chapter": "Book section", "book-section": "Book section",
    "entry-encyclopedia": "Book section", "entry-dictionary": "Book section",
    "proceedings-article": "Conference item", "dissertation": "Thesis",
    "post": "Internet publication", "post-weblog": "Internet publication",
}  # fmt: skip
_RIS_ALSO = {
    "EJOUR": "Journal article", "MGZN": "Journal article", "NEWS": "Journal article",
    "INPR": "Journal article", "JFULL": "Journal article", "SER": "Book", "EBOOK": "Book",
    "EDBOOK": "Book", "ECHAP": "Book section", "ENCYC": "Book section", "DICT": "Book section",
    "CONF": "Conference item", "BLOG": "Internet publication", "DBASE": "Dataset",
    "AGGR": "Dataset", "MANSCPT": "Preprint",
    # Tools that write the name in place of the code.
    "JOURNAL ARTICLE": "Journal article", "JOURNAL": "Journal article",
    "BOOK CHAPTER": "Book section", "THESIS": "Thesis", "REPORT": "Report",
}  # fmt: skip
_BIBTEX_ALSO = {
    "conference": "Conference item", "proceedings": "Book", "mvbook": "Book", "booklet": "Book",
    "collection": "Book", "inbook": "Book section", "bookinbook": "Book section",
    "suppbook": "Book section", "inreference": "Book section", "mastersthesis": "Thesis",
    "thesis": "Thesis", "report": "Report", "manual": "Report", "data": "Dataset",
    "electronic": "Internet publication", "www": "Internet publication",
    "suppperiodical": "Journal article",
}  # fmt: skip
# What people call them when they look for them.
_SAID = {
    "theses": "thesis", "dissertation": "thesis", "dissertations": "thesis",
    "phd thesis": "thesis", "chapter": "book section", "book chapter": "book section",
    "conference paper": "conference item", "proceedings": "conference item",
    "article": "journal article", "articles": "journal article", "paper": "journal article",
    "data set": "dataset", "web page": "internet publication", "webpage": "internet publication",
}  # fmt: skip
_ZOTERO = {
    "journalarticle": "Journal article", "preprint": "Preprint", "book": "Book",
    "booksection": "Book section", "conferencepaper": "Conference item", "report": "Report",
    "thesis": "Thesis", "dataset": "Dataset", "webpage": "Internet publication",
    "patent": "Patent",
}  # fmt: skip
_OF_CSL = {kind.csl: kind.name for kind in KINDS} | _CSL_ALSO
_OF_RIS = {kind.ris: kind.name for kind in KINDS} | _RIS_ALSO
_OF_BIBTEX = {kind.bibtex: kind.name for kind in KINDS} | _BIBTEX_ALSO
_BY_NAME = {kind.name.lower(): kind for kind in KINDS}


def kind_of(work_type: str | None) -> Kind | None:
    """The kind of this name; None where the formats have no word for it."""
    return _BY_NAME.get((work_type or "").strip().lower())


def work_type(words: str) -> str | None:
    """The type of work that people mean: `theses`, `book chapter`; a preprint is no type here.

    Whether a work is a preprint is told by more than its type: see `bot.records.preprints`.
    """
    name = " ".join(words.replace("-", " ").replace("_", " ").lower().split())
    name = _SAID.get(name, name)
    known = (each for each in WORK_TYPES if name in (each.lower(), f"{each.lower()}s"))
    found = next(known, None)
    return found if found != "Preprint" else None


def from_csl(word: str) -> str | None:
    """Our name for a CSL or Crossref type, or None."""
    return _OF_CSL.get(word.strip().lower())


def from_ris(word: str) -> str | None:
    """Our name for a RIS type of reference, or None."""
    return _OF_RIS.get(word.strip().upper())


def from_zotero(word: str) -> str | None:
    """Our name for an item type of Zotero, or None."""
    return _ZOTERO.get(word.strip().lower())


def from_bibtex(word: str) -> str | None:
    """Our name for a BibTeX or BibLaTeX entry type, or None."""
    return _OF_BIBTEX.get(word.strip().lower())
