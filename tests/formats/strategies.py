"""Records made up for round trips: whatever text people may write, in the normal form of a record.

What no format can carry is not made: texts on several lines, and names or keywords that hold the
separator of the format itself.
"""

import re
import unicodedata

from hypothesis import strategies as st

from bot.records.dates import PartialDate
from bot.records.models import Contribution, Identifier, Journal, Record, Scheme, Shelf
from bot.text.markup import plain

_LETTERS = st.characters(
    categories=("L", "N", "P", "S", "Zs", "Mn"), exclude_characters="\ue000\x7f\u00ad"
)
# Characters that mean something in one format or another, more often than chance has them.
_TELLING = st.sampled_from(list("{}\\$%&#_^~\"'`-–—<>|=@:;,.()[]/ äßøŁµα≥√⁺₂PD1"))


def _normal(text: str) -> str:
    """One line in NFC, its blanks evened out, without what is read as markup or invisible."""
    return plain(unicodedata.normalize("NFC", " ".join(text.split())))


def texts(longest: int = 40) -> st.SearchStrategy[str]:
    """A line of text with at least one letter, that is its own plain form."""
    line = st.text(st.one_of(_LETTERS, _TELLING), min_size=1, max_size=longest).map(_normal)
    return line.filter(
        lambda text: any(c.isalpha() for c in text) and plain(text) == text == _normal(text)
    )


# Names hold no separators: a comma parts family and given, a semicolon two people.
_NAME = st.text(
    st.one_of(st.characters(categories=("L",)), st.sampled_from(list(" -'’.&{}\\$äßøŁ"))),
    min_size=1,
    max_size=20,
).map(_normal)


def names() -> st.SearchStrategy[str]:
    """A part of a name."""
    return _NAME.filter(
        lambda name: name[:1].isalpha() and name[-1:].isalpha() and name.lower() != "others"
    )


def people() -> st.SearchStrategy[Contribution]:
    """People with family and given name, and groups."""
    person = st.builds(Contribution, family=names(), given=names())
    group = st.one_of(
        names().map(lambda name: Contribution(name=f"The {name} Group")),
        names().map(lambda name: Contribution(name=f"The {name} Group, and Others")),
    )
    return st.one_of(person, group)


@st.composite
def dates(draw: st.DrawFn) -> PartialDate:
    """A year, a month, or a day."""
    year = draw(st.integers(1500, 2099))
    month = draw(st.none() | st.integers(1, 12))
    return PartialDate(year, month, draw(st.none() | st.integers(1, 28)) if month else None)


_DOIS = st.from_regex(r"10\.[1-9][0-9]{3}/[a-z0-9]([a-z0-9._()-]{0,10}[a-z0-9])?", fullmatch=True)
_ISSNS = st.sampled_from(["2768-0622", "0028-0836", "1476-4687", "1535-6108"])
# PubMed's, which every format here carries.
_NUMBERS = {
    Scheme.DOI: _DOIS,
    Scheme.PMID: st.integers(1000, 99_999_999).map(str),
    Scheme.PMCID: st.integers(1000, 9_999_999).map(lambda n: f"PMC{n}"),
}
# Semicolons part keywords, and the names of lists, in every format.
KEYWORDS = texts(15).map(lambda t: t.replace(";", " ").strip(" ,")).map(_normal)


def shelves() -> st.SearchStrategy[Shelf | None]:
    """What somebody keeps beside a work; None where that is nothing."""
    kept = st.builds(
        Shelf,
        lists=st.lists(KEYWORDS.filter(bool), max_size=3, unique=True).map(tuple),
        note=st.none() | texts(60),
        read=st.booleans(),
    )
    return st.none() | kept.filter(lambda shelf: shelf != Shelf())


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record as a source gives it, without what only a store adds."""
    journal = draw(
        st.none()
        | st.builds(
            Journal,
            title=texts(),
            abbreviation=st.none() | st.just("J. Abbr. & Co"),
            issn=st.none() | _ISSNS,
            eissn=st.none() | _ISSNS,
        )
    )
    numbers = [
        Identifier(scheme=scheme, value=draw(values))
        for scheme, values in _NUMBERS.items()
        if draw(st.booleans())
    ]
    first = draw(st.integers(1, 9000))
    abstract = draw(st.none() | texts(120))
    # What stands in a journal and has no type is written, and so read, as an article.
    types = ["Journal article", "Book section", "Report", "review", *([] if journal else [None])]
    contributors = tuple(draw(st.lists(people(), max_size=4)))
    others = bool(contributors) and draw(st.booleans())
    return Record(
        warnings=("authors_not_all_named",) if others else (),
        shelf=draw(shelves()),
        type=draw(st.sampled_from(types)),
        subtype=draw(
            st.none() | st.sampled_from(["Review", "Clinical Trial, Phase II", "β-study"])
        ),
        title=draw(texts()),
        abstract=abstract,
        contributors=contributors,
        journal=journal,
        volume=draw(st.none() | st.sampled_from(["12", "12A", "Suppl 1"])),
        issue=draw(st.none() | st.sampled_from(["3", "3-4", "S1"])),
        pages=draw(st.none() | st.just(f"{first}-{first + 7}") | st.just(f"S{first}")),
        article_number=draw(st.none() | st.sampled_from(["e70098", "1381"])),
        publisher=draw(st.none() | texts(20)),
        published=draw(st.none() | dates()),
        language=draw(st.none() | st.sampled_from(["en", "de", "ja", "zh", "Nahuatl"])),
        keywords=tuple(dict.fromkeys(draw(st.lists(KEYWORDS.filter(bool), max_size=4)))),
        identifiers=tuple(numbers),
    )


# What every format here carries of such a record.
FIELDS = (
    "type", "subtype", "title", "abstract", "contributors", "journal", "volume", "issue", "pages",
    "article_number", "publisher", "published", "language", "keywords", "identifiers", "warnings",
)  # fmt: skip


def said(record: Record) -> dict[str, object]:
    """What a record says in the fields that every format carries."""
    fields = record.model_dump(mode="json", include=set(FIELDS))
    fields["shelf"] = record.shelf and record.shelf.model_dump()
    for person in fields["contributors"]:
        # "A. B." and "AB" are the same initials.
        if re.fullmatch(r"(?:[A-Z]\.? ?)+", person["given"] or ""):
            person["given"] = re.sub(r"[. ]", "", person["given"])
    fields["identifiers"] = sorted(map(str, fields["identifiers"]))
    return fields
