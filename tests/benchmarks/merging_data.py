"""Pairs of records for the merging benchmark: one work seen by two sources, and hard negatives.

The works are real PubMed citations of the shared data. What each source makes of a work is
modelled on what the sources are known to do (listed at each view): identifiers left out, journals
spelt out, subtitles, Greek letters or accents lost, a year that is the online one. Volume, issue
and pages, which the citations lack, are drawn by a seed, the same for every view of a work.
"""

import gzip
import html
import json
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from merging_names import journal_names, spelt_out

from bot.records.dates import PartialDate
from bot.records.models import Contribution, Identifier, Journal, Provenance, Record, Scheme
from bot.records.names import contributor, partial_date, people
from bot.records.preprints import is_preprint_doi


@dataclass(frozen=True, slots=True)
class Work:
    """One real citation, with the places that were drawn for it."""

    pmid: str
    title: str
    authors: tuple[str, ...]
    journal: str | None
    published: PartialDate | None
    doi: str | None
    pmcid: str | None
    volume: str
    issue: str
    first_page: int
    last_page: int
    by_number: bool

    @property
    def half(self) -> str:
        """ "dev" or "test": a work is always on one side."""
        return "dev" if zlib.crc32(f"half {self.pmid}".encode()) % 2 else "test"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, whether they are one work, and what kind of pair it is."""

    one: Record
    other: Record
    same: bool
    kind: str
    half: str


def works(shared: Path) -> dict[str, Work]:
    """Every citation of the shared data, by PMID."""
    found = {}
    with gzip.open(shared / "data" / "citations.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found[row["pmid"]] = _work(row)
    return found


def _work(row: dict[str, str | None]) -> Work:
    rng = random.Random(f"place {row['pmid']}")
    published = None
    if row["date"]:
        try:
            published = partial_date(row["date"])
        except ValueError:
            published = None
    first = rng.randint(1, 2400)
    return Work(
        pmid=str(row["pmid"]),
        title=str(row["title"]),
        authors=people(row["authors"] or ""),
        journal=row["journal"],
        published=published,
        doi=row["doi"],
        pmcid=row["pmcid"],
        volume=str(rng.randint(1, 120)),
        issue=str(rng.randint(1, 12)),
        first_page=first,
        last_page=first + rng.randint(2, 18),
        by_number=rng.random() < 0.4,
    )


class Views:
    """What each source makes of a work. Every view is drawn by a seed of work and source."""

    def __init__(self, shared: Path) -> None:
        self._names = journal_names(shared / "data" / "payloads")
        self._words = spelt_out(self._names)

    def pubmed(self, work: Work, *, bare: bool = False) -> Record:
        """PMID, most DOIs, the MEDLINE abbreviation, initials, a full stop after the title."""
        rng = _rng(work, "pubmed")
        return self._record(
            work, "pubmed", rng, f"{work.title}.",
            doi=0.0 if bare else 0.97, pmid=0.0 if bare else 1.0, pmcid=0.0 if bare else 1.0,
            journal=work.journal,
        )  # fmt: skip

    def crossref(self, work: Work, *, bare: bool = False) -> Record:
        """DOI only; the journal spelt out; a year of online publication; JATS in titles.

        Some deposits have no authors, or only the first, or a title in capitals.
        """
        rng = _rng(work, "crossref")
        title = work.title
        if rng.random() < 0.06:
            title = title.upper()
        elif rng.random() < 0.15:
            title = _title_case(title)
        if rng.random() < 0.1:
            title = html.escape(title, quote=False)
        authors = work.authors
        drawn = rng.random()
        if drawn < 0.02:
            authors = ()
        elif drawn < 0.05:
            authors = authors[:1]
        return self._record(
            work, "crossref", rng, title, doi=0.0 if bare else 1.0, journal=self._full(work),
            authors=authors, year_shift=rng.choices((0, -1), (88, 12))[0],
        )  # fmt: skip

    def openalex(self, work: Work, *, bare: bool = False) -> Record:
        """DOI and PMID of most; markup gone, Greek letters sometimes; names as one text."""
        rng = _rng(work, "openalex")
        title = re.sub(r"</?\w+>", "", work.title)
        if rng.random() < 0.1:
            title = "".join(c for c in title if ord(c) < 0x250)
        return self._record(
            work, "openalex", rng, title,
            doi=0.0 if bare else 0.9, pmid=0.0 if bare else 0.7, journal=self._full(work),
            year_shift=rng.choices((0, -1), (94, 6))[0], whole_names=True,
        )  # fmt: skip

    def ris(self, work: Work, *, bare: bool = False) -> Record:
        """An export of a reference manager: DOI of some; subtitles, accents and letters lost."""
        rng = _rng(work, "ris")
        title = work.title
        drawn = rng.random()
        if drawn < 0.05 and ": " in title:
            title = title.split(": ", maxsplit=1)[0]
        elif drawn < 0.09:
            title = _mistyped(title, rng)
        if rng.random() < 0.3:
            title = title.encode("ascii", "ignore").decode()
        authors = work.authors if rng.random() > 0.1 else work.authors[:3]
        journal = self._full(work) if rng.random() < 0.6 else work.journal
        return self._record(
            work, "ris", rng, title, doi=0.0 if bare else 0.6, journal=journal, authors=authors,
            year_only=True,
        )  # fmt: skip

    def repository(self, work: Work, *, bare: bool = False) -> Record:
        """A repository's own copy: DOI of most, sometimes no place at all, given names first."""
        rng = _rng(work, "repository")
        return self._record(
            work, "oai_pmh", rng, _title_case(work.title) if rng.random() < 0.2 else work.title,
            doi=0.0 if bare else 0.7, journal=self._full(work), year_only=rng.random() < 0.5,
            place=rng.random() > 0.25,
        )  # fmt: skip

    def preprint(self, work: Work) -> Record:
        """A preprint of the work: its own DOI, up to two years earlier, some retitled or cut."""
        rng = _rng(work, "preprint")
        title = work.title
        if rng.random() < 0.05 and ": " in title:
            title = title.split(": ", maxsplit=1)[0]
        elif rng.random() < 0.05:
            title = _mistyped(title, rng)
        authors = (
            work.authors[:-1] if rng.random() < 0.1 and len(work.authors) > 3 else work.authors
        )
        record = self._record(
            work, "biorxiv", rng, title, authors=authors, place=False,
            year_shift=rng.choices((0, -1, -2), (45, 45, 10))[0],
        )  # fmt: skip
        doi = f"10.1101/2021.01.{rng.randint(10, 28)}.{rng.randint(100_000, 999_999)}"
        return record.model_copy(
            update={"identifiers": (Identifier(scheme=Scheme.DOI, value=doi),)}
        )

    @property
    def all(self) -> tuple[Callable[..., Record], ...]:
        """Every view."""
        return self.pubmed, self.crossref, self.openalex, self.ris, self.repository

    def _full(self, work: Work) -> str | None:
        if work.journal is None:
            return None
        known = self._names.get(work.journal)
        spelt = " ".join(self._words.get(word, word) for word in work.journal.split())
        return known or spelt

    def _record(
        self, work: Work, source: str, rng: random.Random, title: str, *,
        doi: float = 0.0, pmid: float = 0.0, pmcid: float = 0.0, journal: str | None = None,
        authors: tuple[str, ...] | None = None, year_shift: int = 0, year_only: bool = False,
        whole_names: bool = False, place: bool = True,
    ) -> Record:  # fmt: skip
        offered = ((Scheme.DOI, work.doi, doi), (Scheme.PMID, work.pmid, pmid),
                   (Scheme.PMCID, work.pmcid, pmcid))  # fmt: skip
        identifiers = tuple(
            Identifier(scheme=scheme, value=value.lower() if scheme is Scheme.DOI else value)
            for scheme, value, share in offered
            if value and rng.random() < share
        )
        names = work.authors if authors is None else authors
        last = work.last_page
        pages = None if work.by_number else f"{work.first_page}-{last}"
        if source == "pubmed" and pages:  # 1203-9
            common = len(str(work.first_page)) == len(str(last))
            tail = (
                str(last)[2:] if common and str(last)[:2] == str(work.first_page)[:2] else str(last)
            )
            pages = f"{work.first_page}-{tail or last}"
        number = f"e{work.first_page:05d}" if work.by_number else None
        in_pages = source in ("pubmed", "ris")  # both write an article number as pages
        return Record(
            title=title,
            contributors=tuple(_person(name, whole=whole_names) for name in names),
            journal=Journal(title=journal) if journal else None,
            volume=work.volume if place else None,
            issue=work.issue if place and rng.random() < 0.8 else None,
            pages=(number if in_pages and number else pages) if place else None,
            article_number=number if place and not in_pages else None,
            published=_dated(work.published, year_shift, year_only=year_only),
            identifiers=identifiers,
            provenance=(Provenance(source=source),),
        )


def _rng(work: Work, source: str) -> random.Random:
    return random.Random(f"{source} {work.pmid}")


def _person(name: str, *, whole: bool) -> Contribution:
    person = contributor(name)
    if whole and person.family and person.given and len(person.given) <= 4:
        return Contribution(name=f"{' '.join(person.given)} {person.family}")
    return person


def _dated(date: PartialDate | None, shift: int, *, year_only: bool) -> PartialDate | None:
    if date is None:
        return None
    if shift or year_only:
        return PartialDate(date.year + shift)
    return date


def _title_case(title: str) -> str:
    return " ".join(w[:1].upper() + w[1:] if len(w) > 3 else w for w in title.split(" "))


def _mistyped(title: str, rng: random.Random) -> str:
    """One slip in a long word: a letter doubled, dropped or swapped with the next."""
    words = title.split(" ")
    long = [at for at, word in enumerate(words) if len(word) > 6 and word.isalpha()]
    if not long:
        return title
    at = rng.choice(long)
    place = rng.randint(1, len(words[at]) - 3)
    word = words[at]
    words[at] = rng.choice((
        word[:place] + word[place] + word[place:],
        word[:place] + word[place + 1 :],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    ))  # fmt: skip
    return " ".join(words)


# Pairs


_BARE = ("Preface", "Editorial", "Introduction", "Foreword", "Erratum", "Reply",
         "Reply to Smith et al", "Letter to the Editor", "In reply")  # fmt: skip
_HEADS = ("Reply to: ", "Re: ", "Comment on: ", "Erratum: ", "Corrigendum to ", "Correction to: ",
          "Author's reply: ", "Retraction note to: ", "Expression of concern: ")  # fmt: skip


def positives(stored: dict[str, Work], views: Views, count: int) -> Iterator[Pair]:
    """`count` works, each seen by two different sources."""
    rng = random.Random("positives")
    for pmid in rng.sample(sorted(stored), count):
        work = stored[pmid]
        one, other = rng.sample(views.all, 2)
        left, right = one(work), other(work)
        shared = set(left.identifiers) & set(right.identifiers)
        kind = "same work, shared identifier" if shared else "same work, no shared identifier"
        yield Pair(left, right, True, kind, work.half)
    for pmid in rng.sample(sorted(stored), count // 6):
        work = stored[pmid]
        article = rng.choice((views.pubmed, views.crossref, views.openalex))(work)
        yield Pair(
            views.preprint(work), article, True, "preprint and article, not declared", work.half
        )


def negatives(stored: dict[str, Work], views: Views, shared: Path) -> Iterator[Pair]:
    """Works that are two, near in every way that could be found."""
    yield from _near_titles(stored, views)
    yield from _series(stored, views)
    yield from _notices(stored, views, shared)
    yield from _bare_titles(stored, views)
    yield from _replies(stored, views)


def _two(one: Work, other: Work, views: Views, kind: str, rng: random.Random) -> Iterator[Pair]:
    """The pair as two sources give it, without identifiers, and with one as a preprint."""
    first, second = rng.choice(views.all), rng.choice(views.all)
    yield Pair(first(one), second(other), False, kind, one.half)
    yield Pair(
        first(one, bare=True), second(other, bare=True), False, f"{kind}, no identifiers", one.half
    )
    titles = {re.sub(r"\W+", "", work.title.lower()) for work in (one, other)}
    if other.authors[:1] == one.authors[:1] and len(titles) == 2:
        preprint = views.preprint(one)
        yield Pair(preprint, second(other), False, f"{kind}, one a preprint", one.half)


def _near_titles(stored: dict[str, Work], views: Views) -> Iterator[Pair]:
    """The same first author and year, most words of the title shared."""
    rng = random.Random("near")
    groups = defaultdict(list)
    for work in stored.values():
        if work.authors and work.published:
            groups[work.authors[0], work.published.year].append(work)
    for group in groups.values():
        if not 2 <= len(group) <= 40:
            continue
        for one, other in combinations(group, 2):
            if _held_twice(one, other):
                continue
            left, right = (set(re.findall(r"\w+", w.title.lower())) for w in (one, other))
            if len(left & right) >= 0.7 * len(left | right):
                yield from _two(one, other, views, "same author and year, near title", rng)


def _held_twice(one: Work, other: Work) -> bool:
    """Whether PubMed itself has one work under two PMIDs: one DOI, or a preprint's and its own."""
    if one.doi and one.doi == other.doi:
        return True
    titles = {re.sub(r"\W+", "", work.title.lower()) for work in (one, other)}
    return len(titles) == 1 and is_preprint_doi(one.doi or "") is not is_preprint_doi(
        other.doi or ""
    )


def _series(stored: dict[str, Work], views: Views) -> Iterator[Pair]:
    """Titles that differ in a figure or a numeral only, real ones and "I"/"II" added to one."""
    rng = random.Random("series")
    groups = defaultdict(list)
    for work in stored.values():
        key = re.sub(
            r"\b(?:[ivx]+|\d+|one|two|three|first|second|third)\b", "#", work.title.lower()
        )
        if "#" in key:
            groups[key].append(work)
    for group in groups.values():
        if 2 <= len(group) <= 12:
            for one, other in combinations(group, 2):
                if one.title.lower() != other.title.lower():
                    yield from _two(one, other, views, "title differs in a number", rng)
    ends = (("I", "II"), ("Part 1", "Part 2"), ("1", "2"), ("Part A", "Part B"), ("II", "III"))
    for pmid in rng.sample(sorted(stored), 1000):
        first, second = rng.choice(ends)
        work = stored[pmid]
        one, other = (_changed(work, title=f"{work.title}: {end}", at=n)
                      for n, end in enumerate((first, second)))  # fmt: skip
        yield from _two(one, other, views, "parts I and II of one series", rng)


def _changed(work: Work, *, title: str, at: int) -> Work:
    """Another work of the same authors, journal and year, with its own place and identifiers."""
    values = {name: getattr(work, name) for name in Work.__dataclass_fields__}
    rng = random.Random(f"{title} {at}")
    first = rng.randint(1, 2400)
    return Work(**{
        **values, "title": title, "pmid": f"{90_000_000 + rng.randint(1, 9_999_999)}",
        "doi": f"10.99999/{rng.getrandbits(40)}", "pmcid": None,
        "volume": work.volume if rng.random() < 0.8 else str(int(work.volume) + 1),
        "issue": str(rng.randint(1, 12)), "first_page": first, "last_page": first + 8,
    })  # fmt: skip


def _notices(stored: dict[str, Work], views: Views, shared: Path) -> Iterator[Pair]:
    """Articles and the retractions, corrections and concerns about them, from the sample."""
    rng = random.Random("notices")
    lines = (shared / "data" / "retractions_sample.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        row = dict(zip(lines[0].split("\t"), line.split("\t"), strict=False))
        article, notice = stored.get(row["article_pmid"]), stored.get(row["notice_pmid"])
        if article and notice:
            yield from _two(article, notice, views, f"article and its {row['kind']}", rng)


def _bare_titles(stored: dict[str, Work], views: Views) -> Iterator[Pair]:
    """Prefaces, editorials and replies of one author, one journal and one year."""
    rng = random.Random("bare")
    for pmid in rng.sample(sorted(stored), 1000):
        title = rng.choice(_BARE)
        one, other = (_changed(stored[pmid], title=title, at=n) for n in range(2))
        yield from _two(one, other, views, "one bare title twice", rng)


def _replies(stored: dict[str, Work], views: Views) -> Iterator[Pair]:
    """An article beside a reply, comment or erratum of its title, by the same first author."""
    rng = random.Random("replies")
    for pmid in rng.sample(sorted(stored), 1000):
        work = stored[pmid]
        other = _changed(work, title=f"{rng.choice(_HEADS)}{work.title}", at=1)
        yield from _two(work, other, views, "article and a reply or notice of its title", rng)
