"""What a record is compared by, worked out once: its title, names, identifiers and pages."""

from dataclasses import dataclass
from functools import cached_property

from bot.records.identity import strong_identifiers
from bot.records.models import Contribution, Identifier, Record, RelationKind, Scheme
from bot.records.preprints import doi_stem, is_preprint
from bot.records.titles import Title, read_title
from bot.text.folding import fold, name_keys


class Sketch:
    """What a record is compared by, worked out once. `record` is the record itself."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.id = record.id

    @cached_property
    def title(self) -> Title:
        """Its title, comparable."""
        return read_title(self.record.title)

    @cached_property
    def about(self) -> RelationKind | None:
        """What the record is to another work, when it is a notice, reply or comment."""
        for relation in self.record.relations:
            if relation.kind in _NOTICE_KINDS:
                return relation.kind
        stated = f"{fold(self.record.type or '')}|{fold(self.record.subtype or '')}"
        return next((kind for word, kind in _NOTICE_TYPES if word in stated), self.title.about)

    @cached_property
    def strong(self) -> frozenset[Identifier]:
        """The identifiers that name the work."""
        return frozenset(strong_identifiers(self.record))

    @cached_property
    def stems(self) -> frozenset[str]:
        """Its DOIs without the version numbers of preprint servers."""
        return frozenset(doi_stem(i.value) for i in self.strong if i.scheme is Scheme.DOI)

    @cached_property
    def preprint(self) -> bool:
        """Whether it is a preprint that nothing says was published."""
        return is_preprint(self.record)

    @cached_property
    def authors(self) -> tuple["Name", ...]:
        """The people and groups that are named."""
        return tuple(Name.of(person) for person in self.record.contributors if person.display_name)

    @cached_property
    def first_author(self) -> "Name | None":
        """The first author, or None where the first is not named."""
        people = self.record.contributors
        return Name.of(people[0]) if people and people[0].display_name else None

    @cached_property
    def first_pages(self) -> frozenset[str]:
        """The first page and the article number, as they are compared: "e70098", "123"."""
        pages, number = self.record.pages or "", self.record.article_number or ""
        found = (pages.replace("–", "-").split("-")[0], number)
        return frozenset(filter(None, (fold(each).replace(" ", "") for each in found)))

    def values(self, scheme: Scheme) -> frozenset[str]:
        """Its strong identifiers of one scheme."""
        return frozenset(i.value for i in self.strong if i.scheme is scheme)


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is compared: the spellings of the family name, the first initial, all words."""

    families: frozenset[str]
    initial: str
    words: frozenset[str]

    @classmethod
    def of(cls, person: Contribution) -> "Name":
        """From the known parts of the name."""
        whole = person.display_name or ""
        words = frozenset(fold(whole).split())
        if person.family:
            return cls(frozenset(name_keys(person.family)), fold(person.given or "")[:1], words)
        family, comma, given = whole.partition(",")
        if comma:
            return cls(frozenset(name_keys(family)), fold(given)[:1], words)
        return cls(frozenset(), "", words)

    def agrees(self, other: "Name") -> bool:
        """Whether both may be one person: family name and, where both have it, first initial."""
        if self.families and other.families:
            if self.families & other.families or _contains(self.families, other.families):
                return not (self.initial and other.initial) or self.initial == other.initial
            # "Garcia Lopez" is a family name to one source, and a given name to another.
            return bool(self.words) and self.words == other.words
        known, whole = (self, other) if self.families else (other, self)
        if not known.families:
            return self.words <= other.words or other.words <= self.words
        return any(
            family.split()[-1:] and family.split()[-1] in whole.words for family in known.families
        )


def _contains(one: frozenset[str], other: frozenset[str]) -> bool:
    """A family name of several words that another source cut: "van der Berg", "Berg"."""
    return any(
        set(a.split()) <= set(b.split()) or set(b.split()) <= set(a.split())
        for a in one
        for b in other
    )


_NOTICE_KINDS = frozenset(
    (RelationKind.RETRACTION_OF, RelationKind.WITHDRAWAL_OF, RelationKind.CORRECTION_OF,
     RelationKind.CONCERN_OF, RelationKind.REPLY_TO, RelationKind.COMMENT_ON)
)  # fmt: skip
_NOTICE_TYPES = (
    ("retraction of publication", RelationKind.RETRACTION_OF),
    ("retraction notice", RelationKind.RETRACTION_OF),
    ("published erratum", RelationKind.CORRECTION_OF),
    ("erratum", RelationKind.CORRECTION_OF),
    ("corrigendum", RelationKind.CORRECTION_OF),
    ("expression of concern", RelationKind.CONCERN_OF),
)
