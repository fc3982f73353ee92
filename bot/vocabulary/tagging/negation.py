"""Mentions that only deny, exclude or contrast a concept."""

import re
from collections.abc import Sequence

from bot.vocabulary.tagging.scan import Mention
from bot.vocabulary.tagging.text import Field

_WINDOW = 80  # characters looked at before and after a mention

_FILLERS = (
    r"(?:(?:the|an?|any|prior|previous|other|concomitant|concurrent|detectable|significant"
    r"|evidence of|use of|need for|role for|role of|further|additional|requirement for"
    r"|involvement of|contribution of|presence of"
    r"|(?:patients?|people|women|men|those|cases|subjects|tumou?rs|participants) (?:with|on|given)"
    r"|(?:patients?|cases) who (?:had|have|received))\s+)*"
)
_BEFORE = re.compile(
    r"(?:\b(?:no|without|excluding|except|except for|unlike|rather than|instead of"
    r"|as opposed to|in contrast to|independent(?:ly)? of|regardless of|irrespective of"
    r"|absence of|lack(?:s|ed|ing)?(?: of)?|devoid of|other than|never received|but not|nor"
    r"|neither|na[iï]ve to|ineligible for|excluded|precluded|contraindicat\w+ to)\s+"
    r"|\b(?:is|are|was|were)\s+not\s+(?!(?:only|just|merely|simply|solely|necessarily|all|yet)\b)"
    r"|\bnot\s+(?:(?:an?|the|on|about|via|due to|because of|with|by)\s+"
    r"|(?:involv|includ|requir|consider|receiv|address|discuss|contain|need|observ|detect|find|identif)\w*\s+))"
    + _FILLERS
    + r"(?:[\w+-]+\s+)?$",
    re.IGNORECASE,
)
_NON = re.compile(r"\bnon-$", re.IGNORECASE)
_STAGE = re.compile(r"(?:metastatic|invasive|advanced|recurrent|resectable)\s", re.IGNORECASE)
# "M2, not M1", "(but not M1)": a bare `not` governs what follows; "not only M1" does not deny it.
_BARE_NOT = re.compile(
    r"(?:^\s*|[,;(]\s*(?:and\s+|but\s+)?|\band\s+)not\s+"
    r"(?!(?:only|just|merely|simply|solely|necessarily|all|yet)\b)"
    + _FILLERS
    + r"(?:[\w+-]+\s+)?$",
    re.IGNORECASE,
)
# "With or without durvalumab", "presence or absence of": one of two arms, and no denial.
_EITHER = re.compile(
    r"\b(with|presence|plus)\W+(?:and/or|and|or)?\W*(?:without|absence|minus)\b", re.IGNORECASE
)
_NOT_SEEN = (
    r"(?:detect|observ|seen|found|present|discuss|studied|includ|consider|evaluat|assess|allow"
    r"|permit|test|examin|requir|need|involv|address|cover|part|tag|eligible|affected)\w*"
)
_AFTER = re.compile(
    r"[^.;:()]{0,45}?\b(?:was|were|is|are|been|be)\s+(?:\w+ly\s+)?"
    rf"(?:excluded|undetectable|absent|ineligible|lacking|omitted|not\s+(?:\w+ly\s+)?{_NOT_SEEN}"
    r"|never\s+\w+)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"(?:[\s-](?:inhibitors?|therapy|treatment|cells?))?[\s-]"
    r"(?:na[iï]ve|free|independent(?!\s+(?:of|from)\b)|untreated)\b",
    re.IGNORECASE,
)
# No denial is without one of these; looking for them first spares most mentions the patterns.
_SIGNS = (
    " no ", " not ", " nor ", " neither ", " non ", "without", "except", "exclu", "unlike",
    "rather", "instead", "opposed", "contrast", "independent", "regardless", "irrespective",
    "absen", "lack", "devoid", "free", "other than", "never", "naive", "naïve", "ineligible",
    "preclu", "undetect", "omitted", "untreated", "contraind", "negligible",
)  # fmt: skip
_LINK = re.compile(r"\s*+(?:(?:,\s*+)?(?:and|or|nor)\b|/)\s*", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s*")


def mark_denied(field: Field, mentions: Sequence[Mention]) -> None:
    """Set `denied` on the mentions of a field that a negation governs, and on their list."""
    signs = [sign for sign in _SIGNS if sign in field.lower] if mentions else []
    if not signs:
        return  # nothing here is denied, and no list goes on from what is
    denied_ends: set[int] = set()
    for mention in sorted(mentions, key=lambda m: m.start):
        mention.denied = _denied(field, mention, signs) or any(
            _linked(field, end, mention) for end in denied_ends
        )
        if mention.denied:
            denied_ends.add(mention.end)


def _linked(field: Field, end: int, mention: Mention) -> bool:
    """Whether a list goes on from `end` to the mention: `without A, B or C`.

    After a bare comma the list must go on beyond the mention: `unlike A, B does` is no list.
    """
    if not 0 <= mention.start - end <= 6:
        return False
    if _LINK.fullmatch(field.shown, end, mention.start):
        return True
    goes_on = _LINK.match(field.shown, mention.end) or _COMMA.match(field.shown, mention.end)
    return bool(goes_on and _COMMA.fullmatch(field.shown, end, mention.start))


def _denied(field: Field, mention: Mention, signs: Sequence[str]) -> bool:
    near = field.lower[max(0, mention.start - _WINDOW) : mention.end + _WINDOW]
    if not any(sign in near for sign in signs):
        return False
    begin, end = field.clause(mention.start, mention.end, _WINDOW)
    before = _EITHER.sub(r"\1", field.shown[begin : mention.start])
    if _NON.search(before):
        # "Non-metastatic melanoma" is melanoma: what is denied is how far it is.
        return not _STAGE.match(mention.words)
    if _BEFORE.search(before) or _BARE_NOT.search(before):
        return True
    after = field.shown[mention.end : end]
    return bool(_SUFFIX.match(after) or _AFTER.match(after))
