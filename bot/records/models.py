"""What the bot keeps and answers with: records of works, and answers about them.

A `Record` is one *work*. What is missing is `None` (or empty) and is shown as unknown. The JSON
forms of `Record` and `Answer` are the interface that scripts rely on.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
)
from pydantic_core import core_schema

T = TypeVar("T")


class Frozen(BaseModel):
    """A value: compared by content, never changed in place, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Precision(StrEnum):
    """How much of a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class PartialDate:
    """A date as precise as it is known: `2025`, `2025-11` or `2025-11-09`.

    Sorts by its earliest day. Prints as ISO 8601 to its own precision.
    """

    __slots__ = ("day", "month", "year")

    _ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:T.*)?", re.ASCII)

    def __init__(self, year: int, month: int | None = None, day: int | None = None) -> None:
        """Raises ValueError when no such day exists or a day comes without its month."""
        if day is not None and month is None:
            raise ValueError("a day needs its month")
        date(year, month or 1, day or 1)
        self.year, self.month, self.day = year, month, day

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `YYYY`, `YYYY-MM` or `YYYY-MM-DD` (a time behind it is dropped).

        Raises ValueError for anything else.
        """
        match = cls._ISO.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not an ISO date: {text[:40]!r}")
        year, month, day = (int(part) if part else None for part in match.groups())
        if year is None:
            raise ValueError("a date needs a year")
        return cls(year, month, day)

    @property
    def precision(self) -> Precision:
        """How much of the date is known."""
        if self.day is not None:
            return Precision.DAY
        return Precision.MONTH if self.month is not None else Precision.YEAR

    @property
    def earliest(self) -> date:
        """The first day the date can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    def __repr__(self) -> str:
        return f"PartialDate({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartialDate) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __lt__(self, other: "PartialDate") -> bool:
        return self.earliest < other.earliest

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def read(value: object) -> "PartialDate":
            return value if isinstance(value, PartialDate) else cls.parse(str(value))

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )


def _moment(value: object) -> datetime:
    """A moment in time, always with a zone (UTC where none is given)."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo is UTC:
        return moment
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(lambda moment: moment.isoformat(timespec="seconds"), return_type=str),
]


class Scheme(StrEnum):
    """The kinds of identifier the bot knows. `LOCAL` is an importer's own id."""

    DOI = "doi"
    PMID = "pmid"
    PMCID = "pmcid"
    ORCID = "orcid"
    ISSN = "issn"
    ARK = "ark"
    PUBS = "pubs"
    ORA = "ora"
    OAI = "oai"
    NCT = "nct"
    ARXIV = "arxiv"
    SOURCE = "source"
    LOCAL = "local"


class Identifier(Frozen):
    """One identifier in its normal form. `valid` is False when its check digit fails."""

    scheme: Scheme
    value: str = Field(min_length=1, max_length=2000)
    valid: bool = True


class Contribution(Frozen):
    """One person's (or group's) part in a work. An author without a name stays one."""

    name: str | None = None
    family: str | None = None
    given: str | None = None
    orcid: str | None = None
    affiliation: str | None = None
    roles: tuple[str, ...] = ()

    @property
    def display_name(self) -> str | None:
        """`Family Given` as far as known, or None: never guessed from an ORCID."""
        if self.name:
            return self.name
        return " ".join(part for part in (self.family, self.given) if part) or None


class Journal(Frozen):
    """Where a work appeared. `issn` is the print number, `eissn` the electronic one.

    `abbreviation` is the title as ISO 4 shortens it, where a source gives both.
    """

    title: str | None = None
    abbreviation: str | None = None
    issn: str | None = None
    eissn: str | None = None


class Section(Frozen):
    """One labelled part of an abstract; the label is None where the abstract has none."""

    label: str | None
    text: str


class AccessStatus(StrEnum):
    """Who can read the full text."""

    OPEN = "open"
    EMBARGOED = "embargoed"
    RESTRICTED = "restricted"
    METADATA_ONLY = "metadata-only"
    UNKNOWN = "unknown"


class Access(Frozen):
    """What is known of access to the full text."""

    status: AccessStatus = AccessStatus.UNKNOWN
    url: str | None = None
    licence: str | None = None


class Known(StrEnum):
    """A yes/no question whose answer may be missing."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class IntegrityKind(StrEnum):
    """What kind of notice bears on a work. `CHECKED` records that nothing was found.

    A withdrawal is of a preprint, or of an article before its final version. An erratum, a
    corrigendum and a partial retraction are corrections.
    """

    RETRACTION = "retraction"
    WITHDRAWAL = "withdrawal"
    CORRECTION = "correction"
    CONCERN = "expression-of-concern"
    CHECKED = "checked"


class IntegrityNotice(Frozen):
    """A retraction, withdrawal, correction or concern; or a check that found none.

    It is on the record of the work that the notice is about. `notice` is the DOI or PMID of
    the notice itself (or its address), `source` who says so, `checked` when that was queried, and
    `note` what the source calls it or gives as its reason, where that says more than `kind`.
    """

    kind: IntegrityKind
    date: PartialDate | None = None
    notice: str | None = None
    source: str | None = None
    checked: Moment | None = None
    note: str | None = None


class RelationKind(StrEnum):
    """What a record is to the work that its relation names.

    The first three say that both are versions of one work. Every other one says that they are
    two works, regardless of what else they share. Notices *about* a record are not relations but
    stand in its `integrity`; `RETRACTION_OF` and its like are on the record of the notice.
    """

    PREPRINT_OF = "preprint-of"
    HAS_PREPRINT = "has-preprint"
    VERSION_OF = "version-of"
    RETRACTION_OF = "retraction-of"
    WITHDRAWAL_OF = "withdrawal-of"
    CORRECTION_OF = "correction-of"
    CONCERN_OF = "concern-of"
    COMMENT_ON = "comment-on"
    REPLY_TO = "reply-to"
    REVIEW_OF = "review-of"
    TRANSLATION_OF = "translation-of"
    REPUBLICATION_OF = "republication-of"
    PART_OF = "part-of"
    SUPPLEMENT_TO = "supplement-to"

    @property
    def same_work(self) -> bool:
        """Whether it joins two versions of one work."""
        return self in {self.PREPRINT_OF, self.HAS_PREPRINT, self.VERSION_OF}


class Relation(Frozen):
    """A relation that a source declares: what this record is to the work of `identifier`.

    For example bioRxiv's `published_doi` on a preprint's record is `preprint-of` that DOI, and
    Crossref's `has-preprint` on the article's record is `has-preprint` of the preprint's DOI.
    """

    kind: RelationKind
    identifier: Identifier
    source: str | None = None


class Provenance(Frozen):
    """Where fields of a record came from, when, and from which payload.

    What a person brought names its `file` ("" where the name was not kept), `by` whom (a Slack id,
    or a name in a terminal), in which import (`imported`, its number), and the `workspace` that
    alone sees it (None: everybody does). Then `source` is what the file was read as, nothing more.
    """

    source: str
    at: Moment | None = None
    note: str | None = None
    fields: tuple[str, ...] = ()
    payload_sha256: str | None = None
    file: str | None = None
    by: str | None = None
    imported: int | None = None
    workspace: str | None = None


class ConceptTag(Frozen):
    """A concept of the vocabulary, and the field and words that earned it."""

    concept: str
    field: str
    words: str


class Shelf(Frozen):
    """What a person's own library says beside a work: lists it is on, a note, whether it was read.

    It travels with a record from and to a file, and is no part of the work: reading lists keep it.
    """

    lists: tuple[str, ...] = Field(default=(), max_length=100)
    note: str | None = None
    read: bool = False


# A review of reviews cites some hundreds; more than this is a fault of a source.
MOST_REFERENCES = 2_000


class Record(Frozen):
    """One work, with everything the bot knows of it.

    `id` is the store's own, stable and opaque; it is empty until the store has seen the record.
    `first_seen` is when it was first stored, which is what "new" means. `references` are the works
    that it cites, as far as a source names them by DOI or PMID, at most `MOST_REFERENCES`.
    """

    id: str = ""
    type: str | None = None
    subtype: str | None = None
    title: str = Field(min_length=1)
    abstract: str | None = None
    sections: tuple[Section, ...] = ()
    contributors: tuple[Contribution, ...] = ()
    journal: Journal | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    article_number: str | None = None
    publisher: str | None = None
    published: PartialDate | None = None
    accepted: PartialDate | None = None
    deposited: PartialDate | None = None
    language: str | None = None
    keywords: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    relations: tuple[Relation, ...] = ()
    references: tuple[Identifier, ...] = ()
    publication_status: str | None = None
    peer_reviewed: Known = Known.UNKNOWN
    access: Access = Access()
    integrity: tuple[IntegrityNotice, ...] = ()
    usage: dict[str, int] | None = None
    provenance: tuple[Provenance, ...] = ()
    concepts: tuple[ConceptTag, ...] = ()
    warnings: tuple[str, ...] = ()
    first_seen: Moment | None = None
    shelf: Shelf | None = None

    def identifier(self, scheme: Scheme) -> str | None:
        """The first identifier of this scheme, or None."""
        return next((i.value for i in self.identifiers if i.scheme is scheme), None)

    @property
    def is_file(self) -> bool:
        """Whether people brought all that is known of it, in files."""
        return bool(self.provenance) and all(p.file is not None for p in self.provenance)

    @property
    def audience(self) -> str | None:
        """The workspace that alone sees it; None: everybody does."""
        places = {entry.workspace for entry in self.provenance}
        return None if None in places or not places else min(filter(None, places))

    @property
    def doi(self) -> str | None:
        """The DOI in its normal form (lower case), or None."""
        return self.identifier(Scheme.DOI)

    @property
    def pmid(self) -> str | None:
        """The PubMed id, or None."""
        return self.identifier(Scheme.PMID)

    @property
    def year(self) -> int | None:
        """The year of publication, or None when no publication date is known."""
        return self.published.year if self.published else None

    @property
    def is_retracted(self) -> bool:
        """Whether a retraction or withdrawal of this work is known."""
        gone = (IntegrityKind.RETRACTION, IntegrityKind.WITHDRAWAL)
        return any(notice.kind in gone for notice in self.integrity)

    @property
    def is_free(self) -> bool:
        """Whether everybody can read it: open access, or a copy at PubMed Central."""
        has_copy = self.identifier(Scheme.PMCID) is not None
        return self.access.status is AccessStatus.OPEN or has_copy

    @property
    def checked(self) -> datetime | None:
        """When its retraction status was last looked up, or None: not checked yet."""
        return max((n.checked for n in self.integrity if n.checked), default=None)

    @property
    def flags(self) -> tuple[str, ...]:
        """The integrity notices as words for scripts, e.g. `retracted`."""
        words = {
            IntegrityKind.RETRACTION: "retracted",
            IntegrityKind.WITHDRAWAL: "withdrawn",
            IntegrityKind.CORRECTION: "corrected",
            IntegrityKind.CONCERN: "concern",
        }
        stored = {notice.kind for notice in self.integrity}
        return tuple(word for kind, word in words.items() if kind in stored)


class Correction(Frozen):
    """A word that was read as another."""

    typed: str
    used: str


class Sense(Frozen):
    """A reading of an abbreviation: the one taken, and the others it can have.

    `query` of an alternative is what to ask to get that sense instead. `is_open` says that nothing
    decides: every sense is an alternative, and `taken` names those that the list has meanwhile.
    """

    typed: str
    taken: str
    concept: str | None = None
    is_open: bool = False
    alternatives: tuple[tuple[str, str], ...] = ()


class Understood(Frozen):
    """What a question was understood to ask, shown with every answer.

    `action` is the name of what was done; `filters` holds plain JSON values under the names of the
    query language; `offers` are (label, question) of other readings, `without` those without one of
    the filters in force.
    """

    action: str = "search"
    terms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field(default=(), serialization_alias="not")
    any: tuple[tuple[str, ...], ...] = ()
    filters: dict[str, str | int | bool | tuple[str, ...]] = {}
    identifiers: tuple[Identifier, ...] = ()
    concepts: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()
    corrected: tuple[Correction, ...] = ()
    ignored: tuple[str, ...] = ()
    senses: tuple[Sense, ...] = ()
    sort: str = "relevance"
    notes: tuple[str, ...] = ()
    offers: tuple[tuple[str, str], ...] = ()
    without: tuple[tuple[str, str], ...] = ()


# How near a match is to the query: the thing itself or a true synonym of it; a narrower
# thing, which answers for it; the class it belongs to, which does not; a part of its name, which
# does not either. Siblings and opposites are no match at all.
Level = Literal["exact", "narrower", "broader", "part"]


class Why(Frozen):
    """One reason why a record matched: the record's words, the concept, and where they stand."""

    field: str
    words: str | None = None
    concept: str | None = None
    level: Level = "exact"


class Quote(Frozen):
    """Sentences that follow each other in an abstract, and their section (None: unlabelled).

    `marks` are the (start, end) spans of `text` that matched the question.
    """

    text: str
    section: str | None = None
    marks: tuple[tuple[int, int], ...] = ()


class Figure(Frozen):
    """A number that a record gives: what it measures, and its value and interval as written.

    `words` are the record's own, in which both stand.
    """

    measure: str
    value: str
    words: str
    interval: str | None = None


# The way an effect goes, meant for the patient, as a sentence states it.
Direction = Literal["improved", "no difference", "worse", "unclear"]


class Finding(Frozen):
    """What a record reports on a question: the sentence that speaks to it, and what that states.

    The sentence is number `place` of the abstract's `sentences`; 0 is the title. `stated` are its
    words for the direction ("" where it states none), `sample` how many took part, wherever the
    record says so. `kind` is the concept of its kind of evidence, None where no tag names one. A
    quote `is_background` where it tells what was known before, and no result of the record.
    """

    quote: Quote
    place: int
    sentences: int
    direction: Direction
    stated: str = ""
    kind: str | None = None
    sample: Figure | None = None
    figures: tuple[Figure, ...] = ()
    is_background: bool = False


class Hit(Frozen):
    """A record in an answer, with why it is there.

    `strict` says that every concept, word and filter of the question matched; `missing` is what
    did not, as it was typed. `arithmetic` maps each part of the score to its value and is filled
    on request only.
    """

    record: Record
    score: float
    strict: bool
    why: tuple[Why, ...] = ()
    missing: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    finding: Finding | None = None
    arithmetic: dict[str, float] = {}


class Narrowing(Frozen):
    """A question beside this one, what to call it, and how many records it finds."""

    label: str
    query: str
    count: int


class Answer(Frozen):
    """What the bot has to say to one question. Views turn it into blocks, scripts into JSON.

    `total` counts the strict matches, `offset` is where `hits` start in the ranked list and
    `ranked` how many can be paged through. `suggestions` are queries worth trying next. `narrower`
    are such as leave a part of the list, `broader` the class of a narrow thing with what that has
    besides, `meanings` the senses of an abbreviation that nothing decides. `unsearchable` records
    are stored and not indexed yet.
    """

    query: str
    understood: Understood = Understood()
    total: int = 0
    ranked: int = 0
    offset: int = 0
    hits: tuple[Hit, ...] = ()
    suggestions: tuple[str, ...] = ()
    narrower: tuple[Narrowing, ...] = ()
    broader: tuple[Narrowing, ...] = ()
    meanings: tuple[Narrowing, ...] = ()
    unsearchable: int = 0


def unique(items: Iterable[T]) -> tuple[T, ...]:
    """The items in order, each once."""
    return tuple(dict.fromkeys(items))
