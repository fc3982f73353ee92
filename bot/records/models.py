"""What the bot keeps: records of works.

A `Record` is one *work*. What is missing is `None` (or empty) and is shown as unknown. The JSON
form of `Record` is an interface that scripts rely on.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from bot.records.dates import Moment, PartialDate

T = TypeVar("T")


class Frozen(BaseModel):
    """A value: compared by content, never changed in place, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


def unique(items: Iterable[T]) -> tuple[T, ...]:
    """The items in order, each once."""
    return tuple(dict.fromkeys(items))
