"""One name for the spellings of symbols with a Greek letter: TGF-β, TGF beta, TGFb, TGF-beta.

Folding spells the letters out and keeps what is written together together (`tgfbeta`); what is
written apart (`tnf alpha`) or with a Latin letter (`ifng`) is another word to an index. The forms
given here are all of them, so that any one finds the others.
"""

import re
from collections.abc import Sequence

_LATIN = {"alpha": "a", "beta": "b", "gamma": "g", "delta": "d", "kappa": "k", "lambda": "l"}
_GREEK = {latin: greek for greek, latin in _LATIN.items()}
_NAMES = "|".join(_LATIN)
# Behind the letter: a number (TGF-β1), the B of NF-κB, a receptor (TGFβRII).
_TAIL = r"(?P<tail>\d{0,2}|b|r(?:i{1,3}|\d)?)"
_SPELT = re.compile(rf"(?P<head>[a-z]{{1,5}}\d?[a-z]?)(?P<letter>{_NAMES}){_TAIL}")
# Where a Latin letter stands for the Greek one: of other heads it is a letter of its own (CD3d).
_HEADS = r"tgf|ifn|tnf|il1|il2r|hif[12]|pi3k|sirp|ppar|gsk3"
_LATINISED = re.compile(
    rf"(?P<head>{_HEADS})(?P<letter>[abgdl]){_TAIL}|(?P<nf>nf)(?P<kappa>k)(?P<b>b)"
)
_LEADING = re.compile(rf"(?P<letter>{_NAMES})(?P<rest>[a-z]{{2,}}\d*)")
# "αPD-1" is an antibody against it.
_TARGET = re.compile(r"pdl?1|ctla4|cd\d+|lag3|tim3|tigit|vegf|csf1r")
_ROMAN = {"ri": "r1", "rii": "r2", "riii": "r3"}


def greek_forms(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Every way to write folded words that are a symbol with a Greek letter; none for others."""
    whole = "".join(words)
    if match := _SPELT.fullmatch(whole):
        return _behind(match["head"], match["letter"], match["tail"])
    if match := _LATINISED.fullmatch(whole):
        if match["nf"]:
            return _behind("nf", "kappa", "b")
        return _behind(match["head"], _GREEK[match["letter"]], match["tail"])
    if len(words) <= 2 and (match := _LEADING.fullmatch(whole)):
        letter, rest = match["letter"], match["rest"]
        forms = ((letter + rest,), (letter, rest), (_LATIN[letter], rest))
        against = letter == "alpha" and _TARGET.fullmatch(rest)
        return (*forms, ("anti", rest)) if against else forms
    return ()


def _behind(head: str, letter: str, tail: str) -> tuple[tuple[str, ...], ...]:
    latin = _LATIN[letter]
    tails = dict.fromkeys((tail, _ROMAN.get(tail, tail)))
    forms: list[tuple[str, ...]] = []
    for each in tails:
        forms += [(f"{head}{letter}{each}",), (head, f"{letter}{each}")]
        forms += [(head, letter, each), (f"{head}{letter}", each)] if each else []
        if re.fullmatch(rf"{_HEADS}|nf", head):
            forms.append((f"{head}{latin}{each}",))
    return tuple(forms) if head != "nf" else (*forms, ("nf", f"{latin}{tail}"))
