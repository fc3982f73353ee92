"""The normal forms of identifiers, and what the rules that find them share."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.records.models import Identifier, Scheme

# What is in the place of text that a rule has taken: no rule reads across it.
TAKEN = "\x00"
SPACE_OR_QUOTE = r'\s<>"|\x00-\x1f\x7f'
_TRAILING = ".,;:!?'\"*_~`/\\…。，；、"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
WRAPPING = " \t\r\n()[]{}<>«»-" + _TRAILING
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ARXIV = r"(?P<arxiv>\d{4}\.\d{4,5}|[a-z-]{2,18}(?:\.[a-z]{2})?/\d{7})(?:v\d{1,3})?"


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule takes out of the prepared text; without an identifier it is only taken out."""

    start: int
    end: int
    identifier: Identifier | None
    labelled: bool = True


def identifier_of(scheme: Scheme, value: str | None, valid: bool = True) -> Identifier | None:
    """An identifier of this value; None when there is no value, or far too much of it."""
    if not value or len(value) > 1000:  # no identifier is that long; Identifier holds 2,000
        return None
    return Identifier(scheme=scheme, value=value, valid=valid)


def trim(text: str) -> str:
    """Without trailing punctuation, and without closing brackets that nothing opened."""
    surplus = {close: text.count(close) - text.count(open_) for close, open_ in _BRACKETS.items()}
    end = len(text)
    while end:
        last = text[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return text[:end]


def checked(scheme: Scheme, text: str) -> Identifier | None:
    """The normal form of what a rule read, with its check digit or its shape tested."""
    value, valid = _NORMALISERS[scheme](text)
    return identifier_of(scheme, value, valid)


def _orcid(text: str) -> tuple[str, bool]:
    digits = re.sub(r"[ -]", "", text).upper()
    if len(digits) != 16:
        return text.strip(), False
    from stdnum.iso7064 import mod_11_2  # noqa: PLC0415 - it brings TLS along, and few names need it

    return "-".join(digits[i : i + 4] for i in range(0, 16, 4)), mod_11_2.is_valid(digits)


def _issn(text: str) -> tuple[str, bool]:
    digits = re.sub(r"[ -]", "", text).upper()
    if len(digits) != 8:
        return text.strip(), False
    from stdnum import issn as issn_number  # noqa: PLC0415 - as above

    return f"{digits[:4]}-{digits[4:]}", issn_number.is_valid(digits)


def _number(text: str) -> tuple[str, bool]:
    number = text.lstrip("0")
    return number or "0", 0 < len(number) <= 8


def _prefixed(prefix: str, length: int | None = None) -> Callable[[str], tuple[str, bool]]:
    def normalise(text: str) -> tuple[str, bool]:
        digits = re.sub(r"\D", "", text)
        return prefix + digits, length is None or len(digits) == length

    return normalise


def _arxiv(text: str) -> tuple[str, bool]:
    """Without its version; the old form without its subject class (math.GT/0309136)."""
    plain = re.sub(r"v\d+$", "", text.lower())
    return re.sub(r"\.[a-z]{2}/", "/", plain), True


_NORMALISERS: dict[Scheme, Callable[[str], tuple[str, bool]]] = {
    Scheme.ORCID: _orcid,
    Scheme.ISSN: _issn,
    Scheme.PMID: _number,
    Scheme.PMCID: _prefixed("PMC"),
    Scheme.NCT: _prefixed("NCT", 8),
    Scheme.ARXIV: _arxiv,
    Scheme.ORA: lambda text: (text.lower(), True),
    Scheme.PUBS: lambda text: (text, True),
}
