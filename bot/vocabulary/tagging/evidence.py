"""What kind of paper a record is: from its type first, then from its words."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.records.models import ConceptTag, Record
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging.scan import Mention

RETRACTION = "retraction-notice"
_SYNTHESIS = ("systematic-review", "review")  # what reports other people's trials
_PRIMARY = frozenset(("clinical-trial", "preclinical-study"))
_ANY_TYPE = frozenset(("preprint", RETRACTION))  # said beside a design, not instead of one

_SPLIT = re.compile(r"\s*[;|,/]\s*")
_OPENING = re.compile(r"\W*(?:an? )?([\w' ]{3,30}?)(?= ?:| (?:on|to)\b|\W*$)", re.IGNORECASE)
_THIS = re.compile(r"\b(?:this|our|we|present|current)\s+$", re.IGNORECASE)
# "An immune perspective" is a point of view; "a critical perspective", "future perspectives" no.
_VIEWPOINT = re.compile(
    r"\b(?:an?|the|from)\s+(?!(?:brief|clinical|critical|current|future|historical|new|personal"
    r"|translational)\b)[\w'’-]+(?:\s[\w'’-]+)?\s+$",
    re.IGNORECASE,
)
_RANDOM_ONLY = re.compile(r"randomi[sz]ed", re.IGNORECASE)
_TRIAL = "clinical-trial"
# An abstract speaks of trials when it means those of others: those there were, or should be.
_TRIALS = re.compile(r"[\w\s,/()-]{0,45}?\b(?:trials|RCTs)\b", re.IGNORECASE)
_REVIEW_OF = re.compile(r"\b(?:reviews?|overview|analysis) of\b[^:.;?!]*\Z", re.IGNORECASE)
# And of "a clinical trial" too, unless it says whose, or under which number it is registered.
_NAMELESS = re.compile(r"clinical trial|clinical trial of", re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:(?:this|our|present|current)\s+(?:(?:phase|[iv\d]+[ab]?|randomi[sz]ed|controlled|small|large"
    r"|prospective|single-arm|multi-?cent\w+|pilot|open-label|own|first|ongoing|registered)\s+){0,4}"
    r"|we (?:conducted|designed|performed|report|did|initiated|ran)\b[\w\s,-]{0,40})$",
    re.IGNORECASE,
)
_REGISTERED = re.compile(
    r"[^.;]{0,40}?\b(?:NCT\d|ISRCTN|EudraCT|ChiCTR|ACTRN|UMIN|jRCT|CTRI)", re.IGNORECASE
)
_TRIAL_WORDS = re.compile(
    r"\b(?:trial|study|controlled|phase|double|patients|participants|assigned|placebo|cohort)\w*",
    re.IGNORECASE,
)


class Evidence:
    """Decides the evidence type of a record."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        words = vocabulary.tagging
        self._types = {
            _plain(name): concept.id
            for concept in vocabulary.concepts.values()
            for name in concept.types
        }
        self._none = frozenset(map(_plain, words.no_evidence))
        self._title_only = frozenset(map(_plain, words.title_only))
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
            reviews = any(m.concept in _SYNTHESIS and m.field.name == "title" for m in mentions)
            for mention in mentions:
                if reviews and _is_reviewed(mention):
                    continue
                if mention.concept in self._facet and self._holds(mention, typed):
                    tag = ConceptTag(
                        concept=mention.concept, field=mention.field.name, words=mention.words
                    )
                    tags.setdefault(mention.concept, tag)
        return tuple(tag for tag in tags.values() if not _reported(tag, tags, typed))

    def _from_type(self, record: Record) -> list[ConceptTag]:
        tags = [
            ConceptTag(concept=self._types[_plain(part)], field=field, words=part)
            for field, value in (("subtype", record.subtype), ("type", record.type))
            for part in _SPLIT.split(value or "")
            if _plain(part) in self._types
        ]
        if record.is_retracted:
            tags.append(ConceptTag(concept=RETRACTION, field="integrity", words="retraction"))
        return tags

    def _says_nothing(self, record: Record) -> bool:
        """Whether it is an editorial, letter or erratum, by its type or its title's opening."""
        opening = _OPENING.match(record.title)
        if opening and _plain(opening.group(1)) in self._none:
            return True
        values = (*_SPLIT.split(record.subtype or ""), *_SPLIT.split(record.type or ""))
        return any(_plain(value) in self._none for value in values)

    def _holds(self, mention: Mention, typed: set[str]) -> bool:
        if mention.denied or _is_of_others(mention) or _is_viewpoint(mention):
            return False
        if mention.concept not in _ANY_TYPE and typed and mention.concept not in typed:
            return mention.concept == "systematic-review" and "review" in typed
        if mention.field.name != "title":
            if _plain(mention.words) in self._title_only:
                return False
            if mention.concept == "review" and " " not in mention.words:
                start = max(0, mention.start - 20)
                return bool(_THIS.search(mention.field.shown, start, mention.start))
        if _RANDOM_ONLY.fullmatch(mention.words):
            return bool(
                _TRIAL_WORDS.search(mention.field.shown, mention.start - 40, mention.end + 60)
            )
        return True


def _is_viewpoint(mention: Mention) -> bool:
    """Whether "perspective" is whose or what a work looks from, and not what it is."""
    is_named = mention.words.lower() == "perspective"
    return is_named and _VIEWPOINT.search(mention.field.shown, 0, mention.start) is not None


def _is_reviewed(mention: Mention) -> bool:
    """Whether the title of a review names the trials that it reviews: several, or "review of"."""
    if mention.concept != _TRIAL or mention.field.name != "title":
        return False
    text = mention.field.shown
    several = _TRIALS.match(text, mention.start) is not None
    return several or _REVIEW_OF.search(text, 0, mention.start) is not None


def _is_of_others(mention: Mention) -> bool:
    """Whether an abstract that names trials means other people's, or some to come."""
    if mention.concept != _TRIAL or mention.field.name == "title":
        return False
    text = mention.field.shown
    if _TRIALS.match(text, mention.start):
        return True
    if not _NAMELESS.fullmatch(mention.words):
        return False
    before = text[max(0, mention.start - 70) : mention.start]
    return not (_OWN.search(before) or _REGISTERED.match(text, mention.end))


def _reported(tag: ConceptTag, tags: Mapping[str, ConceptTag], typed: set[str]) -> bool:
    """Whether a trial or experiment is one that a review or synthesis reports.

    A record that is a review by its type or title is no trial because its abstract names trials.
    """
    if tag.concept not in _PRIMARY or tag.concept in typed:
        return False
    for synthesis in _SYNTHESIS:
        if synthesis in typed or (synthesis in tags and tags[synthesis].field == "title"):
            return tag.field != "title" or synthesis == "systematic-review"
    return False


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return " ".join(re.sub(r"[-_]", " ", text).lower().split())
