"""Resistance to immunotherapy, told from resistance to anything else."""

import re
from collections.abc import Iterator, Sequence

from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging.patterns import Kind
from bot.vocabulary.tagging.scan import Mention, Scan, Span
from bot.vocabulary.tagging.text import Field

RESISTANCE = "immunotherapy-resistance"

_QUALIFIERS = {
    "primary": "primary-resistance", "innate": "primary-resistance",
    "intrinsic": "primary-resistance", "novo": "primary-resistance",
    "upfront": "primary-resistance", "up-front": "primary-resistance",
    "adaptive": "adaptive-resistance", "acquired": "acquired-resistance",
    "secondary": "acquired-resistance",
}  # fmt: skip
_NAMES = "|".join(sorted(_QUALIFIERS, key=len, reverse=True))
_LIST = re.compile(
    rf"\b(?:{_NAMES})\b(?:[\s,/]+(?:and|or|versus|vs|de|{_NAMES})\b|\s*\([^)]*\))*"
    r"(?:\s+(?:and|or))?(?:\s+(?:immune|immunotherapy|therapeutic|treatment))?\s*$",
    re.IGNORECASE,
)
_NAME = re.compile(rf"\b({_NAMES})\b", re.IGNORECASE)
_OBJECT = re.compile(r"\s*(?:mechanisms?\s+|of \w+\s+)?(?:to|against)\s+", re.IGNORECASE)
_WORDS_OF_OBJECT = 8
_BEFORE = 40  # characters before `resistance` in which its object may stand


class Resistance:
    """Finds the kinds of resistance that a record is about."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        families = ("checkpoint-inhibition", "engineered-cell-therapy")
        self._immunotherapies = frozenset().union(*(vocabulary.narrower(id_) for id_ in families))
        self._facet = frozenset(
            concept.id for concept in vocabulary.concepts.values() if concept.facet == "resistance"
        )
        self._other = vocabulary.other_resistance

    def follow(self, scans: Sequence[Scan]) -> Iterator[Mention]:
        """The resistances of one record. Its own mentions of them are judged by `keeps`."""
        known = any(self._spans(found) for found in scans)
        for found in scans:
            for start, end in found.resists:
                word_end = found.field.lower.find(" ", end)
                yield from self._read(found, (start, max(word_end, end)), known=known)

    def keeps(self, mention: Mention) -> bool:
        """Whether a term of the facet stands as written: not `acquired resistance to EGFR TKIs`."""
        if mention.concept not in self._facet:
            return True
        other = self._other.of(self._around(mention.field, (mention.start, mention.end)))
        return other in (None, mention.concept)

    def _spans(self, found: Scan) -> list[Span]:
        named = [
            (m.start, m.end)
            for m in found.mentions
            if m.concept in self._immunotherapies and not m.denied
        ]
        return named + found.cues.get("immunotherapy", [])

    def _read(self, found: Scan, span: Span, *, known: bool) -> Iterator[Mention]:
        field = found.field
        begin, end = field.clause(*span)
        around = self._around(field, span)
        other = self._other.of(around)
        if other is not None:
            if other:
                yield Mention(field, *span, other, Kind.TERM)
            return
        immune = [s for s in self._spans(found) if begin <= s[0] and s[1] <= end]
        object_start, object_end = self._object(field, span)
        near = any(object_start <= s[0] < object_end for s in immune) or any(
            span[0] - _BEFORE <= s[0] and s[1] <= span[0] + 1 for s in immune
        )
        kinds = self._kinds(field, span)
        if kinds and (immune or known):
            yield from (Mention(field, *span, id_, Kind.TERM) for id_ in kinds)
        elif near or (
            immune and object_start == object_end and not self._bare_refractory(field, span)
        ):
            yield Mention(field, *span, RESISTANCE, Kind.TERM)

    @staticmethod
    def _bare_refractory(field: Field, span: Span) -> bool:
        """`Refractory lymphoma` says nothing of what it is refractory to."""
        return field.lower.startswith("refractor", span[0])

    @staticmethod
    def _kinds(field: Field, span: Span) -> tuple[str, ...]:
        listed = _LIST.search(field.shown, max(0, span[0] - 70), span[0])
        if listed is None:
            return ()
        return tuple(
            dict.fromkeys(_QUALIFIERS[name.lower()] for name in _NAME.findall(listed.group()))
        )

    @staticmethod
    def _object(field: Field, span: Span) -> Span:
        """The words after `resistance to`; an empty span where there is no `to`."""
        word_end, shown = span[1], field.shown
        if shown[span[0] : word_end].lower().startswith(("resist", "refractor")):
            match = _OBJECT.match(shown, word_end)
            verb = shown[span[0] : word_end].strip().lower() in ("resist", "resists", "resisted")
            if match or verb:
                start = match.end() if match else word_end
                words = re.compile(rf"\s*(?:\S+\s+){{0,{_WORDS_OF_OBJECT}}}").match(shown, start)
                clause_end = field.clause(*span)[1]
                return start, min(words.end() if words else start, clause_end)
        return word_end, word_end

    def _around(self, field: Field, span: Span) -> str:
        """What the resistance is stated to be to: its object, and the two words before it."""
        start, end = self._object(field, span)
        listed = _LIST.search(field.shown, max(0, span[0] - 70), span[0])
        head = listed.start() if listed else span[0]
        before = field.lower[max(0, head - 40) : head].split()[-2:]
        stop = re.split(r"\s(?:through|via|by|in|with|and|after|during)\s", field.lower[start:end])
        return f" {' '.join(before)} | {stop[0]} "
