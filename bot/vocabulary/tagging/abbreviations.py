"""Which sense a short abbreviation has in one record.

A definition in the record itself decides ("tumour lysis syndrome (TLS)"); else the cues of the
senses are counted over the whole record, as the vocabulary's notes ask.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from bot.text.abbreviations import long_form
from bot.vocabulary import Abbreviation, Vocabulary
from bot.vocabulary.tagging.scan import Mention, Scan
from bot.vocabulary.tagging.surfaces import surfaces
from bot.vocabulary.tagging.text import lowered, searchable

_STOP = re.compile(r"[().;:]")
_FURTHEST = 120
# HL-60, HBL-100 and TCGA-LUAD are a cell line's or a cohort's code, which tells no type of tumour.
_CODE = re.compile(r"-\d")
_COHORT = "TCGA-"


class Senses:
    """Judges the abbreviations of records."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        words = vocabulary.tagging
        self._entries: dict[str, Abbreviation] = {}
        for abbr, entry in vocabulary.ambiguous.items():
            self._entries |= dict.fromkeys(_written(abbr), entry)
        self._extra = {
            surface: tuple(map(_cue, cues))
            for abbr, cues in words.abbreviations.items()
            for surface in _written(abbr)
        }
        self._by_default = {s for abbr in words.by_default for s in _written(abbr)}
        self._tumour_suffices = {s for abbr in words.tumour_suffices for s in _written(abbr)}
        self._cancers = frozenset(
            concept.id for concept in vocabulary.concepts.values() if concept.facet == "cancer"
        )

    def keep(self, scans: Sequence[Scan], *, tumour: bool) -> None:
        """Drop every abbreviation of these fields (one record) that means something else."""
        if not any(mention.abbreviation for found in scans for mention in found.mentions):
            return
        context = "".join(found.field.lower for found in scans)
        verdicts: dict[tuple[str, str], bool] = {}
        for found in scans:
            kept = []
            for mention in found.mentions:
                if mention.abbreviation and self._is_code(mention):
                    continue
                key = (mention.abbreviation, mention.concept)
                if mention.abbreviation and key not in verdicts:
                    verdicts[key] = self._means(mention, scans, context, tumour=tumour)
                if not mention.abbreviation or verdicts[key]:
                    kept.append(mention)
            found.mentions = kept

    def _is_code(self, mention: Mention) -> bool:
        """Whether an abbreviation of a tumour is a part of the code of a cell line or a cohort."""
        shown, start = mention.field.shown, mention.start
        return mention.concept in self._cancers and (
            _CODE.match(shown, mention.end) is not None
            or shown.startswith(_COHORT, start - len(_COHORT))
        )

    def _means(
        self, mention: Mention, scans: Sequence[Scan], context: str, *, tumour: bool
    ) -> bool:
        abbr = mention.abbreviation
        entry = self._entries.get(abbr)
        own = tuple(self._extra.get(abbr, ()))
        others: list[tuple[str, ...]] = []
        if entry is not None:
            for sense in entry.senses:
                cues = tuple(map(_cue, sense.cues))
                if mention.concept in sense.concepts:
                    own += cues
                elif not sense.denied:
                    others.append(cues)
        defined = _definition(scans, abbr)
        if defined is not None:
            return _names(defined, mention.concept, scans) or _hits(own, f" {defined} ") > 0
        for_it = _hits(own, context)
        against = max((_hits(cues, context) for cues in others), default=0)
        if abbr in self._by_default:
            return for_it >= against
        if abbr in self._tumour_suffices and tumour:
            return for_it > 0 or against == 0
        if entry is None and not own:
            return True
        return for_it > 0 and for_it >= against


def _written(abbr: str) -> set[str]:
    return {surface.strip() for surface in surfaces(abbr, exact=True)}


@cache
def _cue(cue: str) -> str:
    """A cue as searchable text; up to three letters it is a whole word, else a beginning."""
    begins = cue.endswith("*")
    text = searchable(lowered(cue.rstrip("*"))).strip()
    return f" {text}" if begins or len(text) > 3 else f" {text} "


def _hits(cues: Iterable[str], context: str) -> int:
    return sum(cue in context for cue in set(cues))


def _names(long_form: str, concept: str, scans: Sequence[Scan]) -> bool:
    """Whether the long form is, or holds, a full name of the concept."""
    return any(
        mention.concept == concept
        and not mention.abbreviation
        and searchable(lowered(mention.words)).strip() in long_form
        for found in scans
        for mention in found.mentions
    )


def _definition(scans: Sequence[Scan], abbr: str) -> str | None:
    """The long form that the record gives for an abbreviation, as searchable text, or None."""
    if not any(abbr in found.field.cased and "(" in found.field.shown for found in scans):
        return None
    for found in scans:
        if abbr in found.field.cased:
            words = _beside(found.field.shown, abbr)
            found_form = long_form(words, abbr) if words else None
            if found_form:
                return searchable(lowered(found_form)).strip()
    return None


def _beside(shown: str, abbr: str) -> str | None:
    """The words before "(ABBR)", back to a stop or bracket, else those in "ABBR (…)"."""
    in_brackets, before_brackets = _places(abbr)
    for place in in_brackets.finditer(shown):
        # Looked at backwards from the bracket: forwards, each character would begin a try.
        words = _STOP.split(shown[max(0, place.start() - _FURTHEST) : place.start()])[-1]
        if len(words) >= 3:
            return words
    match = before_brackets.search(shown)
    return match.group(1) if match else None


@cache
def _places(abbr: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds an abbreviation in brackets, and one with brackets behind it."""
    written = re.escape(abbr).replace(r"\ ", "[- ]")
    return (
        re.compile(rf"\(\s*{written}s?\s*[);,]"),
        re.compile(rf"\b{written}s?\s*\(([^()]{{5,80}})\)"),
    )
