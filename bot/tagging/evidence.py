"""What kind of paper a record is: from its type first, then from its words."""

import re
from collections.abc import Sequence

from bot.models import ConceptTag, Record
from bot.tagging.scan import Mention
from bot.taxonomy import Vocabulary

RETRACTION = "retraction-notice"
_SYNTHESIS = ("systematic-review", "review")  # what reports other people's trials
_PRIMARY = frozenset(("clinical-trial", "preclinical-study"))
_ANY_TYPE = frozenset(("preprint", RETRACTION))  # said beside a design, not instead of one

_SPLIT = re.compile(r"\s*[;|,/]\s*")
_TITLE_OPENING = re.compile(r"\W*([\w' ]+?)(?:\s*:|\s+to\s*:|\s*$)", re.IGNORECASE)
_THIS = re.compile(r"\b(?:this|our|we|present|current)\s+$", re.IGNORECASE)
_RANDOM_ONLY = re.compile(r"randomi[sz]ed", re.IGNORECASE)
_TRIAL_WORDS = re.compile(
    r"\b(?:trial|study|controlled|phase|double|patients|participants|assigned|placebo|cohort)\w*",
    re.IGNORECASE,
)


class Evidence:
    """Decides the evidence type of a record."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        words = vocabulary.tagging
        self._types = {
            _plain(name): concept for concept, names in words.evidence_types.items() for name in names
        }
        self._none = frozenset(map(_plain, words.no_evidence))
        self._facet = frozenset(
            concept.id for concept in vocabulary.concepts.values() if concept.facet == "evidence"
        )

    def is_evidence(self, concept: str) -> bool:
        """Whether the concept is of the evidence facet."""
        return concept in self._facet

    def tags(self, record: Record, mentions: Sequence[Mention]) -> tuple[ConceptTag, ...]:
        """The evidence tags of a record, given what its text names."""
        tags = {tag.concept: tag for tag in self._from_type(record)}
        typed = set(tags) - _ANY_TYPE
        if not self._says_nothing(record):
            for mention in mentions:
                if mention.concept in self._facet and self._holds(mention, typed):
                    tag = ConceptTag(
                        concept=mention.concept, field=mention.field.name, words=mention.words
                    )
                    tags.setdefault(mention.concept, tag)
        for synthesis in _SYNTHESIS:
            if synthesis in tags and (synthesis in typed or tags[synthesis].field == "title"):
                primary = [id_ for id_ in _PRIMARY & set(tags) if id_ not in typed]
                for id_ in primary:
                    if tags[id_].field != "title" or synthesis == "systematic-review":
                        del tags[id_]
        return tuple(tags.values())

    def _from_type(self, record: Record) -> list[ConceptTag]:
        tags = []
        for field, value in (("subtype", record.subtype), ("type", record.type)):
            for part in _SPLIT.split(value or ""):
                if concept := self._types.get(_plain(part)):
                    tags.append(ConceptTag(concept=concept, field=field, words=part))
        if record.is_retracted:
            tags.append(ConceptTag(concept=RETRACTION, field="integrity", words="retraction"))
        return tags

    def _says_nothing(self, record: Record) -> bool:
        """Whether it is an editorial, letter or erratum, by its type or its title's opening."""
        values = [*_SPLIT.split(record.subtype or ""), *_SPLIT.split(record.type or "")]
        opening = _TITLE_OPENING.match(record.title)
        if opening:
            values.append(opening.group(1))
        return any(_plain(value) in self._none for value in values)

    @staticmethod
    def _holds(mention: Mention, typed: set[str]) -> bool:
        if mention.denied:
            return False
        if mention.concept not in _ANY_TYPE and typed and mention.concept not in typed:
            return mention.concept == "systematic-review" and "review" in typed
        if mention.concept == "review" and mention.field.name != "title":
            return " " in mention.words or bool(_THIS.search(mention.field.shown, 0, mention.start))
        if _RANDOM_ONLY.fullmatch(mention.words):
            return bool(_TRIAL_WORDS.search(mention.field.shown, mention.start - 40, mention.end + 60))
        return True


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[-_]", " ", text).lower().split())
