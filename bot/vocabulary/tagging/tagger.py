"""The tagger: scan, judge, conclude, and keep the most specific."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.records.models import ConceptTag, Record
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging.abbreviations import Senses
from bot.vocabulary.tagging.evidence import Evidence
from bot.vocabulary.tagging.given import Given
from bot.vocabulary.tagging.negation import mark_denied
from bot.vocabulary.tagging.patterns import Kind, Patterns
from bot.vocabulary.tagging.resistance import Resistance
from bot.vocabulary.tagging.rules import (
    Combinations,
    VerbRules,
    adverse_events,
    shared_heads,
    shared_stems,
    shared_tumours,
    targets_named,
)
from bot.vocabulary.tagging.scan import Mention, Scan, scan
from bot.vocabulary.tagging.text import Field, field, searchable


@lru_cache(maxsize=2)
def tagger_of(vocabulary: Vocabulary) -> "Tagger":
    """The tagger of a vocabulary as it was read; made once, as that takes half a second."""
    return Tagger(vocabulary)


class Tagger:
    """Tags records with concepts. Built once (it compiles the vocabulary); then only read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        words = vocabulary.tagging
        self._vocabulary = vocabulary
        self._patterns = Patterns(vocabulary)
        self._senses = Senses(vocabulary)
        self._evidence = Evidence(vocabulary)
        self._verbs = VerbRules(words.verbs)
        self._combinations = Combinations(vocabulary)
        self._resistance = Resistance(vocabulary)
        self._given = Given(vocabulary)
        self._needs = {id_: vocabulary.needs(id_) for id_ in vocabulary.concepts}
        self._unless = {
            id_: tuple(f" {searchable(word.rstrip('*'))}" for word in against)
            for id_ in vocabulary.concepts
            if (against := vocabulary.unless(id_))
        }
        self._checkpoints = vocabulary.narrower("checkpoint-inhibition")
        families = ("checkpoint-inhibition", "oncolytic-virotherapy")
        cancers = (c.id for c in vocabulary.concepts.values() if c.facet == "cancer")
        self._cancers = frozenset(cancers)
        self._immunotherapies = frozenset().union(*map(vocabulary.narrower, families))
        self._order = {id_: place for place, id_ in enumerate(vocabulary.concepts)}

    def tag(self, record: Record) -> tuple[ConceptTag, ...]:
        """The most specific concepts a record asserts, in the vocabulary's order.

        Each tag names the field and the record's own words that earned it; an evidence type may
        come from `type` or `subtype`. Never raises on any text.
        """
        scans = [scan(self._patterns, text) for text in _fields(record)]
        mentions = self._judged(scans)
        evidence = self._evidence.tags(record, mentions)
        tags = {tag.concept: tag for tag in evidence}
        for mention in mentions:
            if not mention.denied and not self._evidence.is_evidence(mention.concept):
                tag = ConceptTag(
                    concept=mention.concept, field=mention.field.name, words=mention.words
                )
                tags.setdefault(mention.concept, tag)
        kept = self._most_specific(tags, mentions)
        return tuple(sorted(kept, key=lambda tag: self._order[tag.concept]))

    def _judged(self, scans: list[Scan]) -> list[Mention]:
        """The mentions that count, those that follow from them included."""
        cues = {cue for found in scans for cue in found.cues}
        self._senses.keep(scans, tumour="tumour" in cues)
        for found in scans:
            found.mentions = self._longest(
                [
                    m
                    for m in found.mentions
                    if self._resistance.keeps(m) and self._given.keeps(m, found)
                ]
            )
            found.mentions += shared_tumours(self._patterns, found.field)
            found.mentions += shared_stems(self._patterns, found.field)
            # A list of cells is no sign that the tumour's own are the object of study.
            shared = list(shared_heads(self._patterns, found))
            found.mentions += [each for each in shared if each.concept != CANCER_CELLS]
            mark_denied(found.field, found.mentions)
            found.mentions += self._verbs.follow(found.mentions)
            found.mentions += targets_named(found)
            found.mentions += list(adverse_events(found.mentions, self._checkpoints))
        resistances = list(self._resistance.follow(scans))
        for mention in resistances:
            mark_denied(mention.field, [mention])
        for found in scans:
            found.mentions += self._combinations.follow(found)
        mentions = [mention for found in scans for mention in found.mentions] + resistances
        return self._in_scope(mentions, cues, scans)

    def _longest(self, mentions: list[Mention]) -> list[Mention]:
        """Drop what lies inside a longer name of the same facet, or of one that blocks it."""
        concepts = self._vocabulary.concepts
        kept: list[Mention] = []
        for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.kind)):
            concept = concepts[mention.concept]
            inside = (
                other
                for other in kept
                if other.start <= mention.start and mention.end <= other.end
                and (other.end - other.start > mention.end - mention.start)
            )  # fmt: skip
            if not any(
                concepts[other.concept].facet == concept.facet
                or concept.id in concepts[other.concept].blocks
                for other in inside
            ):
                kept.append(mention)
        return sorted(kept, key=lambda m: m.start)

    def _in_scope(
        self, mentions: list[Mention], cues: set[str], scans: Sequence[Scan]
    ) -> list[Mention]:
        """The mentions whose concept has the cue it needs and none that speaks against it."""
        if not mentions:
            return mentions
        cues = cues | self._implied(mentions)
        context = "".join(found.field.lower for found in scans)
        blocked = {
            id_
            for mention in mentions
            if not mention.denied
            for id_ in self._vocabulary.concepts[mention.concept].blocks
        }
        return [
            mention
            for mention in mentions
            if self._has_cue(mention, cues)
            and not any(word in context for word in self._unless.get(mention.concept, ()))
            and not (mention.kind is Kind.GENERIC and mention.concept in blocked)
            and (mention.concept != CANCER_CELLS or self._is_object(mention, mentions))
        ]

    def _has_cue(self, mention: Mention, cues: set[str]) -> bool:
        """A strategy's own drug is a cue for it: nobody gives tiragolumab but for a tumour."""
        needed = self._needs.get(mention.concept)
        if needed is None or needed in cues:
            return True
        strategy = self._vocabulary.concepts[mention.concept].facet == "strategy"
        return needed == "tumour" and strategy and mention.kind is Kind.DRUG

    def _implied(self, mentions: Iterable[Mention]) -> set[str]:
        """The cues that a named immunotherapy or tumour gives by itself."""
        named = {m.concept for m in mentions if not m.abbreviation}
        if not named.isdisjoint(self._immunotherapies):
            return {"tumour", "immune", "immunotherapy"}
        return set() if named.isdisjoint(self._cancers) else {"tumour"}

    def _is_object(self, mention: Mention, mentions: Sequence[Mention]) -> bool:
        """Nearly every abstract mentions tumour cells; these are what the paper is about."""
        words = mention.words.lower()
        return "intrinsic" in words or "stem" in words or self._listed(mention, mentions)

    def _listed(self, mention: Mention, mentions: Sequence[Mention]) -> bool:
        """Whether it is in a list beside another concept under the same broader one."""
        concepts = self._vocabulary.concepts
        broader = set(concepts[mention.concept].broader)
        if not broader:
            return False
        shown = mention.field.shown
        for other in mentions:
            if other.field is not mention.field or other.concept == mention.concept:
                continue
            if broader.intersection(concepts[other.concept].broader):
                first, second = sorted((mention, other), key=lambda m: m.start)
                if _LIST_LINK.fullmatch(shown, first.end, second.start):
                    return True
        return False

    def _most_specific(
        self, tags: dict[str, ConceptTag], mentions: Sequence[Mention]
    ) -> list[ConceptTag]:
        """Leave out what a narrower tag implies, unless it is asserted in its own right.

        It is when it is in a list beside its siblings, or is a strategy named in the title.
        """
        implied = {above for id_ in tags for above in self._vocabulary.broader(id_)}
        own = {
            mention.concept
            for mention in mentions
            if mention.concept in implied and not mention.denied
            and (self._named_in_title(mention) or self._listed(mention, mentions))
        }  # fmt: skip
        return [tag for id_, tag in tags.items() if id_ not in implied or id_ in own]

    def _named_in_title(self, mention: Mention) -> bool:
        facet = self._vocabulary.concepts[mention.concept].facet
        return facet == "strategy" and mention.field.name == "title"


CANCER_CELLS = "cancer-cells"
_LIST_LINK = re.compile(r"(?:\s*+,(?:\s++(?:and|or))?|\s++(?:and|or))\s+", re.IGNORECASE)


def _fields(record: Record) -> list[Field]:
    """The texts of a record that are tagged, the title first."""
    abstract = record.abstract or " ".join(section.text for section in record.sections)
    texts = (
        ("title", record.title),
        ("abstract", abstract),
        ("keywords", " ; ".join(record.keywords)),
    )
    return [field(name, text) for name, text in texts if text]
