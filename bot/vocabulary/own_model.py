"""The form of a team's own vocabulary file: what an entry of it may say."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.vocabulary.model import (
    Definition,
    Entry,
    Facet,
    Heading,
    Ids,
    Name,
    OneOrMore,
    Target,
    listed,
)


def _named(value: object) -> object:
    """Names as the bot's file writes them (`{t: …}`) or simply as words."""
    if not isinstance(value, list):
        return value
    return tuple({"t": each} if isinstance(each, str) else each for each in value)


Names = Annotated[tuple[Name, ...], BeforeValidator(_named)]


class OwnConcept(Entry):
    """A new concept, or more of one that is there."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    facet: Facet | None = None
    label: str | None = None
    label_us: str | None = None
    broader: OneOrMore = ()
    related: Ids = ()
    opposite: Ids = ()
    blocks: Ids = ()
    definition: Definition | None = None
    abbreviations: Names = ()
    synonyms: Names = ()
    mesh: Annotated[tuple[Heading, ...], BeforeValidator(listed)] = ()
    targets: Annotated[tuple[Target, ...], BeforeValidator(listed)] = ()
    drugs: Ids = ()
    disambiguation: Ids = ()
    context_cues: Ids = ()


class OwnDrug(Entry):
    """A new drug, or more names and targets of one that is there."""

    generic: str = Field(min_length=1)
    drug_class: str | None = Field(default=None, alias="class")
    codes: Ids = ()
    brands: Names = ()
    targets: Ids = Field(default=(), alias="target")
    mesh: Heading | None = None


class OwnWords(Entry):
    """Words that people type: for genes, drugs and concepts, in questions and in filters."""

    genes: dict[str, Ids] = Field(default_factory=dict)
    drugs: dict[str, Ids] = Field(default_factory=dict)
    concepts: dict[str, Ids] = Field(default_factory=dict)
    filters: dict[str, Ids] = Field(default_factory=dict)
    exact_case: Ids = ()
    unsaid: Ids = ()


class OwnFile(Entry):
    """The whole of a team's file."""

    version: int = Field(ge=1, le=1)
    concepts: Annotated[tuple[OwnConcept, ...], BeforeValidator(listed)] = ()
    drugs: Annotated[tuple[OwnDrug, ...], BeforeValidator(listed)] = ()
    query_words: OwnWords = OwnWords()
