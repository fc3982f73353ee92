# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""Turns of everyday speech as the words of the field: "did not respond to" is resistance to.

Only turns of several words: what one word is called in everyday language is the vocabulary's.
"""

import re

_NOT = r"(?:(?:do|does|did|will|would|have|has|had|may|might|could|can) ?(?:not|n['’]?t|never)|(?:do|does|did|wo|would|have|has|had|ca|could)n['’]?t|cannot|never|no longer)"
_RESPONDING = r"(?:respond(?:s|ed|ing)?|benefit(?:s|ed|ing)?(?= from))"
_RESISTANCE = re.compile(
    rf"\b(?:{_NOT} (?:longer |durably |initially |fully )?{_RESPONDING}"
    rf"|(?:stop(?:s|ped|ping)?|ceas(?:e|es|ed|ing)|quit(?:s|ting)?|fail(?:s|ed|ing)?(?: to)?) {_RESPONDING}"
    r"|(?:becom(?:e|es|ing)|became|turn(?:s|ed|ing)?|grow(?:s|n|ing)?|grew|are|is|were|was|being) (?:refractory|unresponsive|insensitive|non-?responsive)"
    r"|los(?:e|es|t|ing) (?:their |its |the )?(?:response|responsiveness|sensitivity)"
    r"|(?:lack|loss|absence) of (?:a |any |clinical )?(?:response|responsiveness|sensitivity)"
    r"|no response|without (?:a |any )?response"
    r"|progress(?:ed|ing|ion) (?:on|after|despite)(?= )"
    r"|(?:stop(?:s|ped|ping)?|ceas(?:e|es|ed|ing)) (?:working|to work)"
    r")(?P<to> to\b| on\b| from\b)?",
    re.IGNORECASE,
)
# "Why do most patients not respond to", "don't all tumours respond": who does not stands between.
_WHO_RESISTS = re.compile(
    rf"\b(?:(?:do|does|did|will|would|can|could) (?P<who>(?:[\w+-]+ ){{1,4}}?)(?:not|never)"
    rf"|(?:(?:do|does|did|wo|would|ca|could)n['’]?t) (?P<others>(?:[\w+-]+ ){{1,4}}?)) ?{_RESPONDING}(?P<to> to\b| from\b)?",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"\b(?:negative|failed|unsuccessful|disappointing)(?= (?:clinical |phase \w+ |randomi[sz]ed |controlled )*(?:trials?|stud(?:y|ies)|results?|findings|data)\b)",
    re.IGNORECASE,
)
_BEFORE_SURGERY = re.compile(
    r"\b(?:before|prior to|ahead of) (?:the |their |any )?(?:surgery|surgical resection|resection|operation)\b",
    re.IGNORECASE,
)
# "Keep T cells out", "why can't NK cells get in".
_KEPT_OUT = re.compile(
    r"\b(?:keep(?:s|ing)?|kept|lock(?:s|ed|ing)?|shut(?:s|ting)?|leave(?:s)?|left) (?P<who>[\w+-]+(?: [\w+-]+)?) (?:out|away|outside)\b(?: of)?"
    rf"|{_NOT} (?:the )?(?P<others>[\w+-]+(?: [\w+-]+)?) (?:get|come|go|enter|reach|infiltrate|penetrate)(?: (?:in|into|inside))?\b(?= |$)",
    re.IGNORECASE,
)
_SIDE_EFFECTS = re.compile(
    r"(?<!related )(?<!mediated )(?<!associated )"
    r"\b(?:(?:side|unwanted|adverse)[- ]effects?|adverse (?:events?|reactions?)|toxicities)\b"
    r"(?! of immunotherapy)",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"\b(?:(?:old|older|aged|senior) (?:people|patients|adults|persons|folks|individuals|women|men)|old age|seniors)\b",
    re.IGNORECASE,
)
_VITAMIN = re.compile(r"\bvit\.? ?(?=[A-EK]\d{0,2}\b)", re.IGNORECASE)
_IMMUNE = re.compile(
    r"\bimmune[- ](?=(?:suppress|modulat|stimulat|deficien|compromis|genic)\w*)", re.IGNORECASE
)
# What the disease is called, and no exclusion: "not small cell lung cancer", "non small cell TLS".
_NON_SMALL = re.compile(
    r"(?!non-small[- ]cell lung c)(?:^no[nt]|\bnon|(?<=\bin )not)[ -]?small[ -]?cell\b"
    r"(?: lung)?(?: (?:ca|cancers?|carcinomas?|tumou?rs?|disease))?\b",
    re.IGNORECASE,
)
_NON_SMALL_CELL = "non-small-cell lung cancer"
# "Phase 1 or 2", "stage III/IV": either.
_STAGE = re.compile(
    r"\b(?P<what>phase|stage|grade)s? (?P<one>[1-4]|I{1,3}|IV)(?P<part>[abAB]?)(?: ?(?:/|-|–|&) ?| (?:or|and|to) )(?P<other>[1-4]|I{1,3}|IV)(?P<too>[abAB]?)\b(?! ?[%\d])"
)
_THERAPY = r"(?:immune |anti-?)?(?:checkpoint|immuno-?therap|(?:immuno)?therap|treatment|pd-?(?:l?1)\b|ctla|ic[ib]s?\b|blockade|car[ -]t)"
_ESCAPES = r"(?:escap|evad)(?:e|es|ed|ing)"
_ESCAPE = re.compile(
    rf"\b{_ESCAPES}(?: from)?(?= {_THERAPY})"
    rf"|\b(?P<immune>{_ESCAPES}(?: from)? (?:the )?(?:immune (?:systems?|response|attack|surveillance|cells|control|recognition|destruction)|immunity|immunosurveillance))\b",
    re.IGNORECASE,
)
# "HPV- HNSCC": a sign that is part of the name; "T- and B-cells" leave something out there.
_NEGATIVE_SIGN = re.compile(
    r"(?<![\w-])(?P<name>[A-Z][A-Za-z]*\d{0,2}(?:-[A-Z]?\d{1,2})?|p16)[-−–](?=\s+(?!(?:and|or|to|und|y|et|[-/])\b)|[,;)]|$)"
)
_QUOTED_OR_FIELD = re.compile(r"\"[^\"]*\"?|\b[A-Za-z_-]{2,20}:\S+")


def in_the_words_of_the_field(text: str) -> str:
    """The text with such turns in the field's words; quotes and fields stay."""
    if _QUOTED_OR_FIELD.search(text):
        return text
    text = _NON_SMALL.sub(_NON_SMALL_CELL, _NEGATIVE_SIGN.sub(r"\g<name>-negative", text))
    text = _STAGE.sub(r"\g<what> \g<one>\g<part> OR \g<what> \g<other>\g<too>", text)
    text = _ESCAPE.sub(lambda turn: "immune escape" if turn["immune"] else "resistance to", text)
    text = _WHO_RESISTS.sub(_resisting, text)
    text = _RESISTANCE.sub(lambda turn: f"resistance{' to' if turn['to'] else ''}", text)
    text = _BEFORE_SURGERY.sub("neoadjuvant", text)
    text = _OLD.sub("elderly", text)
    text = _KEPT_OUT.sub(_exclusion, text)
    text = _IMMUNE.sub("immuno", text)
    text = _VITAMIN.sub("vitamin ", _SIDE_EFFECTS.sub("toxicity", text))
    return _NEGATIVE.sub("", text)


def _resisting(turn: re.Match[str]) -> str:
    return f"{turn['who'] or turn['others']}resistance{' to' if turn['to'] else ''}"


def _exclusion(turn: re.Match[str]) -> str:
    return f"{(turn['who'] or turn['others']).removesuffix('s')} exclusion"
