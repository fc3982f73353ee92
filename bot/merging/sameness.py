"""Deciding whether two records are one work, and saying why.

The rule: they are when an identifier or a declared relation says so, or when title, first author
and year agree and nothing contradicts. A title that names nothing ("Preface", "Reply to …") never
decides, and a notice is never the work that it is about.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bot.merging.sketches import Sketch
from bot.records.identity import contradicts
from bot.records.journals import same_journal
from bot.records.models import Known, Record, RelationKind, Scheme
from bot.records.titles import Likeness, compare
from bot.text.folding import fold

# A preprint is published after it was posted, most within two years; some took four.
_LONGEST_ROAD = 4


class Says(StrEnum):
    """What one field says to the question whether two records are one work."""

    SAME = "same"
    NEAR = "near"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one field says, in words for a person: "DOI: both have 10.1002/ctd2.70098"."""

    field: str
    says: Says
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two records are one work (`UNKNOWN`: a person has to say), the rule, the evidence."""

    one_work: Known
    rule: str
    evidence: tuple[Evidence, ...] = ()

    @property
    def same(self) -> bool:
        """Whether they may be merged without asking."""
        return self.one_work is Known.YES


_SHARED_FIRST = (Scheme.DOI, Scheme.PMID, Scheme.PMCID, Scheme.ARXIV)


def judge(one: Record, other: Record) -> Verdict:
    """Whether two records are one work, by which rule, with what each field says."""
    return judge_sketches(Sketch(one), Sketch(other))


def judge_sketches(one: Sketch, other: Sketch) -> Verdict:
    """`judge`, for records that are compared with many."""
    return _Case(one, other).verdict()


@dataclass(slots=True)
class _Case:
    """Two records before the judge; each field is compared once, in the order the rules need it."""

    one: Sketch
    other: Sketch
    evidence: dict[str, Evidence] = field(default_factory=dict)

    def verdict(self) -> Verdict:
        """The first rule that decides."""
        for rule in (
            self._declared_two, self._identifier, self._declared_one, self._notice, self._preprint,
            self._identifiers_differ, self._description,
        ):  # fmt: skip
            decided = rule()
            if decided is not None:
                return Verdict(decided[0], decided[1], tuple(self.evidence.values()))
        raise AssertionError("the last rule always decides")

    # Rules, first to last. Each returns what it decides and why, or None.

    def _declared_two(self) -> tuple[Known, str] | None:
        for kind, words in self._relations(same_work=False):
            self._note("relation", Says.DIFFERENT, words)
            return Known.NO, f"one is declared to be {kind.replace('-', ' ')} the other"
        return None

    def _identifier(self) -> tuple[Known, str] | None:
        shared = self.one.strong & self.other.strong
        if shared:
            order = list(Scheme)
            first = min(shared, key=lambda i: order.index(i.scheme))
            self._note("identifier", Says.SAME, f"both have {first.scheme} {first.value}")
            if self._nothing_else_agrees():
                return Known.UNKNOWN, "they share an identifier, but nothing else of them agrees"
            return Known.YES, f"they have the same {_spelt(first.scheme)}"
        versions = self.one.stems & self.other.stems
        if versions:
            self._note("identifier", Says.SAME, f"versions of DOI {min(versions)}")
            return Known.YES, "their DOIs are versions of one"
        return None

    def _nothing_else_agrees(self) -> bool:
        """An identifier given wrongly is found out by everything else being another's."""
        return (
            self.title() is Likeness.DIFFERENT
            and self.author() is Says.DIFFERENT
            and self.year() is Says.DIFFERENT
        ) or contradicts(self.one.record, self.other.record)

    def _declared_one(self) -> tuple[Known, str] | None:
        for kind, words in self._relations(same_work=True):
            self._note("relation", Says.SAME, words)
            return Known.YES, f"a source declares one {kind.replace('-', ' ')} the other"
        return None

    def _notice(self) -> tuple[Known, str] | None:
        one, other = self.one.about, self.other.about
        if one is not other:
            stated = [str(kind or "an article").replace("-", " ") for kind in (one, other)]
            self._note("kind", Says.DIFFERENT, f"{stated[0]}; {stated[1]}")
            return Known.NO, "a notice, reply or comment is not the work that it is about"
        return None

    def _preprint(self) -> tuple[Known, str] | None:
        if self.one.preprint is self.other.preprint:
            return None
        preprint, article = sorted((self.one, self.other), key=lambda s: not s.preprint)
        if self._has_another_version(preprint) or self._has_another_version(article):
            return None
        # A lost subtitle may have named "Part II", and a preprint has no place to compare.
        if preprint.title.names_nothing or self.title() < Likeness.CLOSE:
            return None
        if self.author() is not Says.SAME or not self._others_agree():
            return None
        road = (article.record.year or 0) - (preprint.record.year or 0)
        # A source may give the article the year of its preprint's first version, or an earlier.
        if article.record.year and preprint.record.year and not -1 <= road <= _LONGEST_ROAD:
            return None
        self._note("version", Says.NEAR, "a preprint and an article")
        return Known.YES, "a preprint and an article of one title and the same authors"

    def _has_another_version(self, sketch: Sketch) -> bool:
        """Whether a source says that its other version is yet another work."""
        return any(
            relation.kind in {RelationKind.PREPRINT_OF, RelationKind.HAS_PREPRINT}
            for relation in sketch.record.relations
        )

    def _others_agree(self) -> bool:
        """At least half of the shorter list of authors are on the other one."""
        shorter, longer = sorted((self.one.authors, self.other.authors), key=len)
        shared = sum(any(a.agrees(b) for b in longer) for a in shorter)
        return shared * 2 >= len(shorter)

    def _identifiers_differ(self) -> tuple[Known, str] | None:
        for scheme in _SHARED_FIRST:
            one, other = self.one.values(scheme), self.other.values(scheme)
            if one and other:
                words = f"{_spelt(scheme)} {min(one)}; {min(other)}"
                self._note("identifier", Says.DIFFERENT, words)
                return Known.NO, f"each has a {_spelt(scheme)} of its own"
        return None

    def _description(self) -> tuple[Known, str] | None:
        return self._contradicted() or self._agreed() or (Known.UNKNOWN, _TOO_LITTLE)

    def _contradicted(self) -> tuple[Known, str] | None:
        """The first field that makes them two works."""
        title, author, year = self.title(), self.author(), self.year()
        place = self.journal(), self.volume(), self.pages()
        if title is Likeness.DIFFERENT:
            return Known.NO, "their titles differ"
        if Says.DIFFERENT in (author, year):
            return Known.NO, "their first authors or years differ"
        if Says.DIFFERENT in place:
            return Known.NO, "they stand in different places"
        return None

    def _agreed(self) -> tuple[Known, str] | None:
        """Enough that agrees, where nothing contradicts; or why that is not enough."""
        title, author, year = self.title(), self.author(), self.year()
        place = self.journal(), self.volume(), self.pages()
        placed = place[1:].count(Says.SAME)
        everywhere = place == (Says.SAME,) * 3
        if self.one.title.names_nothing or self.other.title.names_nothing:
            if everywhere and author is Says.SAME:
                return Known.YES, "title, author, journal, volume and pages agree"
            return Known.UNKNOWN, "the title alone names no work, and too little else is known"
        if self.one.title.marked is not self.other.title.marked and placed < 2:
            return Known.UNKNOWN, "one may be the notice of the other's retraction"
        by_author = author is Says.SAME and year is Says.SAME and title >= Likeness.CLOSE
        by_place = place[0] is Says.SAME and placed > 0 and Says.UNKNOWN not in (author, year)
        if by_author or by_place or (everywhere and title >= Likeness.CLOSE):
            agree = [e.field for e in self.evidence.values() if e.says in (Says.SAME, Says.NEAR)]
            return Known.YES, f"{', '.join(agree)} agree, and nothing contradicts"
        return None

    # What each field says.

    def title(self) -> Likeness:
        """How alike the titles are."""
        likeness = compare(self.one.title, self.other.title)
        says = {Likeness.SAME: Says.SAME, Likeness.DIFFERENT: Says.DIFFERENT}.get(
            likeness, Says.NEAR
        )
        self._note("title", says, _LIKENESS[likeness])
        return likeness

    def author(self) -> Says:
        """Whether the first authors may be one; works without authors agree only in that."""
        one, other = self.one.first_author, self.other.first_author
        if one is None or other is None:
            return self._note("first author", Says.UNKNOWN, "not named in one of them")
        says = Says.SAME if one.agrees(other) else Says.DIFFERENT
        names = [s.record.contributors[0].display_name or "" for s in (self.one, self.other)]
        return self._note("first author", says, "; ".join(dict.fromkeys(names)))

    def year(self) -> Says:
        """The years of publication: online and print may lie a year apart."""
        one, other = self.one.record.year, self.other.record.year
        if one is None or other is None:
            return self._note("year", Says.UNKNOWN, "not known of one of them")
        words = str(one) if one == other else f"{one}; {other}"
        if abs(one - other) <= 1:
            return self._note("year", Says.SAME if one == other else Says.NEAR, words)
        return self._note("year", Says.DIFFERENT, words)

    def journal(self) -> Says:
        """The journals, by number or by name."""
        one, other = self.one.record.journal, self.other.record.journal
        if one is None or other is None:
            return self._note("journal", Says.UNKNOWN, "not known of one of them")
        numbers = {n for n in (one.issn, one.eissn) if n} & {
            n for n in (other.issn, other.eissn) if n
        }
        if numbers:
            return self._note("journal", Says.SAME, f"ISSN {min(numbers)}")
        if not (one.title and other.title):
            return self._note("journal", Says.UNKNOWN, "not named in one of them")
        words = "; ".join(dict.fromkeys((one.title, other.title)))
        says = Says.SAME if same_journal(one.title, other.title) else Says.DIFFERENT
        return self._note("journal", says, words)

    def volume(self) -> Says:
        """The volumes."""
        one = self.one.record.volume
        other = self.other.record.volume
        left, right = fold(one or ""), fold(other or "")
        if not left or not right:
            return self._note("volume", Says.UNKNOWN, "not known of one of them")
        says = Says.SAME if left == right else Says.DIFFERENT
        return self._note("volume", says, "; ".join(dict.fromkeys((one or "", other or ""))))

    def pages(self) -> Says:
        """The first pages, or article numbers, whichever field a source writes them in."""
        one, other = self.one.first_pages, self.other.first_pages
        if one & other:
            return self._note("pages", Says.SAME, min(one & other))
        # A page and an article number may both be right.
        if not one or not other or len(one) + len(other) > 2:
            return self._note("pages", Says.UNKNOWN, "not known of one of them")
        return self._note("pages", Says.DIFFERENT, f"{min(one)}; {min(other)}")

    def _relations(self, *, same_work: bool) -> Iterator[tuple[RelationKind, str]]:
        for holder, named in ((self.one, self.other), (self.other, self.one)):
            for relation in holder.record.relations:
                if relation.kind.same_work is same_work and relation.identifier in named.strong:
                    by = f", says {relation.source}" if relation.source else ""
                    yield relation.kind, f"{relation.kind} {relation.identifier.value}{by}"

    def _note(self, name: str, says: Says, words: str) -> Says:
        self.evidence[name] = Evidence(name, says, words)
        return says


_TOO_LITTLE = "too little is known of one of them"
_LIKENESS = {
    Likeness.SAME: "the same",
    Likeness.CLOSE: "the same but for spelling",
    Likeness.PART: "one is the beginning of the other",
    Likeness.DIFFERENT: "different",
}


def _spelt(scheme: Scheme) -> str:
    return {Scheme.ARXIV: "arXiv id", Scheme.OAI: "OAI id"}.get(scheme, scheme.upper())
