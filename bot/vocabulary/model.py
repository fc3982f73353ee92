"""The vocabulary's files, typed: what `taxonomy.yaml` and its parts may hold.

The names in the file are short (`t`, `verify`, `ui`); here they are spelt out. Every model is
frozen; an unknown key is refused, so that a slip in the file is seen when it is read.
"""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Facet = Literal["component", "strategy", "resistance", "evidence", "biomarker", "cancer"]

# What `needs` says where a concept needs no cue though its broader one does.
NO_CUE = "none"

_URL = re.compile(r"https://\S+")
_MESH_NOTE = re.compile(r"\s*\(MeSH [A-Z]\d+\)")


def listed(value: object) -> object:
    """A YAML list as the tuple it becomes here; anything else is left for pydantic to refuse."""
    return tuple(value) if isinstance(value, list) else value


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else listed(value)


def _pairs(value: object) -> object:
    return tuple(value.items()) if isinstance(value, dict) else value


Ids = Annotated[tuple[str, ...], BeforeValidator(listed)]
OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_one_or_more)]


class Entry(BaseModel):
    """A part of the file: frozen, no unknown keys, readable under the file's short names."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )


class FacetEntry(Entry):
    """One way to look at the field: a component, a strategy, a cancer."""

    id: Facet
    label: str
    purpose: str


class Definition(Entry):
    """What a concept means. `unverified` says that nobody has checked it against a source."""

    text: str
    source: str | None = None
    unverified: bool = Field(default=False, alias="verify")

    @property
    def url(self) -> str | None:
        """The address inside `source`, or None."""
        match = _URL.search(self.source or "")
        return match.group().rstrip(")") if match else None


class Name(Entry):
    """A synonym, abbreviation or brand, and where it was seen."""

    text: str = Field(alias="t", min_length=1)
    source: str | None = None
    unverified: bool = Field(default=False, alias="verify")


class Heading(Entry):
    """A MeSH heading and how closely it fits (`exact`, `close`, `broad`, `narrow`, `related`)."""

    name: str | None
    ui: str | None = None
    match: str | None = None
    source: str | None = None
    note: str | None = None


class Target(Entry):
    """A gene that a concept is tied to; `unverified` is about the tie, not about the gene."""

    symbol: str
    hgnc: str
    name: str
    association_source: str | None = None
    unverified: bool = Field(default=False, alias="verify")
    unverified_part: str | None = Field(default=None, alias="verify_what")


class Concept(Entry):
    """One term of the vocabulary, with everything needed to recognise, tag and define it.

    `broader` are its parents, the main one first; `narrower` its children, which the vocabulary
    fills in from their parents; `opposite` are the concepts that exclude it (M1 and M2).

    Its label, abbreviations and synonyms name it everywhere. Those that name only a part of it
    are in `subtypes` as well, the names of one part in a line with bars between them: a question
    for phase 3 is one for clinical trials, and a trial of phase 1 is no full match. Further words
    name it only where they stand: `in_questions` and `in_filters` what people type, `in_records`
    what titles and abstracts say; `everyday` words of records count only where nothing blocks them.
    A record is tagged only beside the cue that it `needs`, and not beside words of `unless`; what
    is narrower inherits both (`needs: none` ends that). `types` are the record types that say it.
    `notes` are for readers, `tagging_notes` for whoever tags records.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    facet: Facet
    label: str
    label_us: str
    broader: OneOrMore = ()
    narrower: Ids = ()
    related: Ids = ()
    opposite: Ids = ()
    blocks: Ids = ()
    in_seed: str | None = None
    definition: Definition
    abbreviations: Annotated[tuple[Name, ...], BeforeValidator(listed)] = ()
    synonyms: Annotated[tuple[Name, ...], BeforeValidator(listed)] = ()
    subtypes: Ids = ()
    mesh: Annotated[tuple[Heading, ...], BeforeValidator(listed)] = ()
    targets: Annotated[tuple[Target, ...], BeforeValidator(listed)] = ()
    drugs: Ids = ()
    in_questions: Ids = ()
    in_filters: Ids = ()
    in_records: Ids = ()
    everyday: Ids = ()
    needs: str | None = None
    unless: Ids = ()
    types: Ids = ()
    notes: Ids = ()
    tagging_notes: Ids = ()
    cues: Ids = Field(default=(), alias="context_cues")

    @property
    def unverified(self) -> bool:
        """Whether the definition is marked as checked by nobody."""
        return self.definition.unverified

    @property
    def names(self) -> tuple[str, ...]:
        """Label, US label, abbreviations and synonyms, each once, in this order."""
        given = (self.label, self.label_us, *(n.text for n in self.abbreviations + self.synonyms))
        return tuple(dict.fromkeys(given))


class Drug(Entry):
    """A drug: its generic name and every other name it goes by."""

    generic: str
    unii: str | None = None
    codes: Ids = ()
    generic_source: str | None = None
    brands: Annotated[tuple[Name, ...], BeforeValidator(listed)] = ()
    mesh: Heading | None = None
    drug_class: str = Field(alias="class")
    targets: Ids = Field(default=(), alias="target")
    class_source: str | None = None
    mesh_actions: Ids = Field(default=(), alias="mesh_pharmacological_action")
    unverified: bool = Field(default=False, alias="verify")
    unverified_part: str | None = Field(default=None, alias="verify_what")
    aliases: Ids = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Generic, brands, everyday aliases and code names, each once, in this order."""
        brands = tuple(brand.text for brand in self.brands)
        codes = (_CODE_NOTE.sub("", code) for code in self.codes if "COMPONENT" not in code)
        return tuple(dict.fromkeys((self.generic, *brands, *self.aliases, *codes)))

    @property
    def repurposed(self) -> bool:
        """Whether its usual use is another one, so that its name alone says little here."""
        return "repurposed" in self.drug_class


_CODE_NOTE = re.compile(r" (?:FREE (?:BASE|ACID)|\(.*\)|47- PA-)$")


class Gene(Entry):
    """A gene by its HGNC symbol, with the names people use for it or its protein."""

    symbol: str
    name: str = ""
    aliases: Ids = ()


class AbbreviationSense(Entry):
    """One thing an abbreviation can mean, and the words beside it that say so.

    `concepts` is filled when the vocabulary is read: the concepts this sense stands for, none
    for a sense from outside the field. `denied` marks a near miss that the file only warns of.
    """

    means: str
    cues: Ids = ()
    adam_2006_count: int | None = None
    source: str | None = None
    note: str | None = None
    unverified: bool = Field(default=False, alias="verify")
    concepts: Ids = ()
    text: str | None = None

    @property
    def denied(self) -> bool:
        """Whether the file names this sense only to say that it is a different thing."""
        return self.means.startswith("NOT ")

    @property
    def label(self) -> str:
        """A short name to show: `tamoxifen`, not `tamoxifen (MeSH D013629)`."""
        return self.text or _MESH_NOTE.sub("", self.means.removeprefix("NOT "))


class Abbreviation(Entry):
    """An abbreviation with more than one sense, the likeliest in this field first."""

    abbr: str
    senses: Annotated[tuple[AbbreviationSense, ...], BeforeValidator(listed)]
    other_senses: Annotated[tuple[tuple[str, int], ...], BeforeValidator(_pairs)] = Field(
        default=(), alias="other_common_senses_adam_2006"
    )
    default: str = ""

    @property
    def inside(self) -> tuple[AbbreviationSense, ...]:
        """The senses inside the field."""
        return tuple(sense for sense in self.senses if sense.concepts and not sense.denied)

    def is_plural(self, typed: str) -> bool:
        """Whether what was typed is the abbreviation with a plural s: `CAFs`."""
        return typed.lower() == f"{self.abbr.lower()}s"

    @property
    def asks(self) -> bool:
        """Whether the file says that without a cue it is to be asked about."""
        return "abstain" in self.default or self.default.startswith("never")


class TaxonomyPart(Entry):
    """A file that `taxonomy.yaml` names among its parts.

    `genes` maps an HGNC symbol to its aliases, `drug_names` an everyday name to the drugs it
    stands for, two where they are given together. `exact_case` are abbreviations that are English
    words too; `unsaid` names too general to be recognised in a question.
    """

    version: int
    concepts: Annotated[tuple[Concept, ...], BeforeValidator(listed)] = ()
    drugs: Annotated[tuple[Drug, ...], BeforeValidator(listed)] = ()
    ambiguous_abbreviations: Annotated[tuple[Abbreviation, ...], BeforeValidator(listed)] = ()
    genes: dict[str, Ids] = Field(default_factory=dict)
    drug_names: dict[str, Ids] = Field(default_factory=dict)
    exact_case: Ids = ()
    unsaid: Ids = ()


class TaxonomyFile(TaxonomyPart):
    """The whole of `taxonomy.yaml`; once read, with what its parts hold."""

    title: str
    spelling: str
    provenance: dict[str, str]
    tagging_policy: Ids
    facets: Annotated[tuple[FacetEntry, ...], BeforeValidator(listed)]
    parts: Ids = ()
