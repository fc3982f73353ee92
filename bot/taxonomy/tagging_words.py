"""The tagger's own words: what `seeds/tagging_words.yaml` may hold."""

from typing import Annotated

from pydantic import BeforeValidator

from bot.taxonomy.model import Entry, Ids, listed


class VerbRule(Entry):
    """A verb beside a component makes it a strategy: depleting + Tregs."""

    stems: Ids
    of: Ids
    concept: str


class TaggingWords(Entry):
    """Word lists that the tagging rules use; the file explains each of them."""

    version: int
    terms: dict[str, Ids] = {}
    generic: dict[str, Ids] = {}
    decoys: Ids = ()
    cues: dict[str, Ids] = {}
    needs: dict[str, Ids] = {}
    unless: dict[str, Ids] = {}
    abbreviations: dict[str, Ids] = {}
    by_default: Ids = ()
    tumour_suffices: Ids = ()
    verbs: Annotated[tuple[VerbRule, ...], BeforeValidator(listed)] = ()
    by_target: Ids = ()
    other_agents: Ids = ()
    other_resistance: Ids = ()
    evidence_types: dict[str, Ids] = {}
    no_evidence: Ids = ()
