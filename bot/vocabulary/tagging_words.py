"""The tagger's own words: what `seeds/tagging_words.yaml` may hold."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.vocabulary.model import Entry, Ids, listed


class VerbRule(Entry):
    """A verb beside a component makes it a strategy: depleting + Tregs."""

    stems: Ids
    of: Ids
    concept: str


class Treatments(Entry):
    """What a resistance can be to: words for all such treatments, and for single ones."""

    every: Ids = Field(default=(), alias="all")
    single: Ids = ()


class TaggingWords(Entry):
    """Word lists that the tagging rules use; the file explains each of them."""

    version: int
    decoys: Ids = ()
    cues: dict[str, Ids] = Field(default_factory=dict)
    abbreviations: dict[str, Ids] = Field(default_factory=dict)
    by_default: Ids = ()
    tumour_suffices: Ids = ()
    verbs: Annotated[tuple[VerbRule, ...], BeforeValidator(listed)] = ()
    by_target: Ids = ()
    other_agents: Ids = ()
    other_resistance: dict[str, Treatments] = Field(default_factory=dict)
    unrelated_resistance: Ids = ()
    no_evidence: Ids = ()
    title_only: Ids = ()
