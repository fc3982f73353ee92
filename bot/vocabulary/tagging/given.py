"""Words of treatments where none is: a cytokine that is measured, models "combined with" age.

A combination is one of treatments, and a cytokine is a therapy only where it is given.
"""

import re
from collections.abc import Sequence

from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging.patterns import Kind
from bot.vocabulary.tagging.rules import COMBINATION
from bot.vocabulary.tagging.scan import Mention, Scan

_REACH = 60  # characters in which what is combined or given is told
# "Combination therapy" says by itself that treatments are meant; "combining" does not.
_OPEN = re.compile(
    r"(?:in )?combin(?:ing|ed with|ations? (?:of|with))|synerg\w+(?: with)?|co-?administration",
    re.IGNORECASE,
)
_TREATMENT = re.compile(
    r"therap|treat|inhibit|block|agoni[sz]|antagoni[sz]|antibod|vaccin|drug|regimen|radiation|surgery"
    r"|depletion|delivery|interferon|interleukin|\bIL-\d|\bRT\b|\bC?CRT\b|\bHIPEC\b|\banti-|\bdos(?:e|es|ing)\b"
    r"|\w(?:mab|nib|platin|taxel|taxol|ciclib|parib|rubicin|citabine|statin|formin|stat|rafenib|fusp|domide"
    r"|zomib|toclax)s?\b",
    re.IGNORECASE,
)
_BARE_CYTOKINE = re.compile(r"(?:IL|interleukin)\W{0,3}\d+", re.IGNORECASE)
_GIVEN = re.compile(
    r"therap|treat|administ|infus|inject|intra(?:tumou?r|venous|nasal|lesion)|\bdos(?:e|es|ing)\b|\bIU\b"
    r"|engineer|armed|armou?red|deliver|agonis|fus(?:ed|ion)|encod|transduc|secreting|expressing|pegylat"
    r"|vaccin|\bplus\b|combin|\bgiven\b|received|variant|mutein|immunocytokine|mRNA",
    re.IGNORECASE,
)
_OF = r"(?:production|secretion|levels?|release|expression|concentrations?|synthesis|amounts?)"
_MEASURED = re.compile(
    rf"\W{{0,4}}(?:\([^()]{{0,60}}\)\W{{0,4}})?(?:{_OF}|receptors?|transcripts?|polymorphisms?|responses?|signall?ing)\b"
    r"|\W{0,4}(?:\([^()]{0,60}\)\W{0,4})?(?:stimulated|activated|dependent|producing|induced)\b",
    re.IGNORECASE,
)
_MEASURED_BEFORE = re.compile(
    rf"\b(?:{_OF}|presence|absence|secret(?:ed?|es)|produc(?:ed?|es)|releas(?:ed?|es)|cultur\w+|expanded"
    r"|stimulated|activated|incubated|grown|measured|elevated|increased|decreased|reduced)\b[^.;:]{0,45}$",
    re.IGNORECASE,
)


class Given:
    """Judges mentions of combinations and of cytokines by what stands around them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._cytokines = vocabulary.narrower("cytokine-therapy")
        strategies = (c.id for c in vocabulary.concepts.values() if c.facet == "strategy")
        self._treatments = frozenset(strategies) - {COMBINATION, "tme-reprogramming"}

    def keeps(self, mention: Mention, found: Scan) -> bool:
        """Whether a mention stands as written, beside what its field (`found`) names."""
        if mention.kind is not Kind.TERM:
            return True
        if mention.concept == COMBINATION and _OPEN.fullmatch(mention.words):
            return self._treatments_near(mention, found)
        if mention.concept in self._cytokines and _BARE_CYTOKINE.fullmatch(mention.words):
            return _is_given(mention)
        return True

    def _treatments_near(self, mention: Mention, found: Scan) -> bool:
        begin, end = mention.field.clause(mention.start, mention.end, _REACH)
        # What a thing is combined with comes behind; "synergistically" stands before or behind it.
        begin = begin if mention.words.lower().startswith("synerg") else mention.end
        spans: Sequence[tuple[int, int]] = [
            *found.agents,
            *((m.start, m.end) for m in found.mentions if m.concept in self._treatments),
        ]
        return any(begin <= start < end for start, _ in spans) or (
            _TREATMENT.search(mention.field.shown, begin, end) is not None
        )


def _is_given(mention: Mention) -> bool:
    shown = mention.field.shown
    begin, end = mention.field.clause(mention.start, mention.end, _REACH)
    if _MEASURED.match(shown, mention.end) or _MEASURED_BEFORE.search(shown, begin, mention.start):
        return False
    return mention.field.name == "title" or _GIVEN.search(shown, begin, end) is not None
