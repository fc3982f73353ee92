"""One name for the spellings of symbols: TGF-β, TGF beta, TGFb; TNFR2, TNF-RII, TNF receptor 2.

Folding spells Greek letters out and keeps what is written together together (`tgfbeta`); what is
written apart (`tnf alpha`) or with a Latin letter (`ifng`) is another word to an index. The forms
given here are all of them, so that any one finds the others. A receptor is `r` or its word, and its
number Arabic or Roman.
"""

import re
from collections.abc import Sequence

_LATIN = {"alpha": "a", "beta": "b", "gamma": "g", "delta": "d", "epsilon": "e", "kappa": "k",
          "lambda": "l"}  # fmt: skip
_GREEK = {latin: greek for greek, latin in _LATIN.items()}
_NAMES = "|".join(_LATIN)
_NUMBER = r"(?:\d{1,2}|i{1,3}|iv)[a-d]?"
# Behind the letter: a number (TGF-β1), the B of NF-κB, a receptor (TGFβRII, FcγRIIB).
_TAIL = rf"(?P<tail>\d{{0,2}}|b|r(?:eceptor)?(?:{_NUMBER})?)"
_HEAD = r"(?P<head>[a-z]{1,5}\d?[a-z]?|[a-z]{1,5}\d{1,2}r(?:eceptor)?)"
_SPELT = re.compile(rf"{_HEAD}(?P<letter>{_NAMES}){_TAIL}")
# Where a Latin letter stands for the Greek one: of other heads it is a letter of its own (CD3d).
_HEADS = re.compile(r"tgf|ifn|tnf|fc|il1|il(?!17?r)\d{1,2}r|hif[12]|pi3k|sirp|ppar|gsk3")
_LATINISED = re.compile(
    rf"(?P<head>{_HEADS.pattern})(?P<letter>[abgdel]){_TAIL}|(?P<nf>nf)(?P<kappa>k)(?P<b>b)"
)
_LEADING = re.compile(rf"(?P<letter>{_NAMES})(?P<rest>[a-z]{{2,}}\d*)")
# A receptor without a letter; of one word alone a single I may be part of it.
_RECEPTOR = re.compile(rf"(?P<head>[a-z]{{2,4}})(?P<tail>r(?!i\Z)(?:eceptor)?{_NUMBER})")
# A chain of one: il2r, il2 receptor.
_CHAINED = re.compile(r"(?P<name>[a-z]+)(?P<number>\d{1,2})r(?:eceptor)?")
# "αPD-1" is an antibody against it.
_TARGET = re.compile(r"pdl?1|ctla4|cd\d+|lag3|tim3|tigit|vegf|csf1r")
_LONG = {
    "ifn": ("interferon",), "tnf": ("tumor", "necrosis", "factor"),
    "tgf": ("transforming", "growth", "factor"), "fgf": ("fibroblast", "growth", "factor"),
    "vegf": ("vascular", "endothelial", "growth", "factor"), "il": ("interleukin",),
}  # fmt: skip
_ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv"}
_ARABIC = {roman: arabic for arabic, roman in _ROMAN.items()}


def greek_forms(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Every way to write folded words that are a symbol with a Greek letter, or a receptor's.

    None for others.
    """
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
    # "after 2" is no receptor.
    is_one = len(words) == 1 or "receptor" in words or words[-1] in _ARABIC
    if is_one and (match := _RECEPTOR.fullmatch(whole)):
        return _behind(match["head"], "", match["tail"])
    return ()


def _behind(head: str, letter: str, tail: str) -> tuple[tuple[str, ...], ...]:
    stems: list[tuple[str, ...]] = [(head + letter,), (head, letter)] if letter else [(head,)]
    if chain := _CHAINED.fullmatch(head):
        name, number = chain["name"], chain["number"]
        head = f"{name}{number}r"
        stems = [(head + letter,), (head, letter), (f"{name}{number}", "receptor", letter)]
        stems.append((name, f"{number}r{letter}"))
        stems += [(*_LONG[name], number, "receptor", letter)] if name in _LONG else []
    elif long := _LONG.get(head):
        stems.append((*long, *filter(None, (letter,))))
    if _HEADS.fullmatch(head) or head == "nf":
        stems += [(head + _LATIN[letter],)] if letter else []
    is_receptor = tail.startswith("r")
    mark = tail.removeprefix("receptor").removeprefix("r") if is_receptor else tail
    forms: list[tuple[str, ...]] = []
    for *before, last in stems:
        for each in _numerals(mark) if is_receptor else (mark,):
            end = f"r{each}" if is_receptor else each
            forms.append((*before, last + end))
            forms += [(*before, last, end)] if end else []
            if is_receptor:
                forms.append((*before, last, "receptor", *filter(None, (each,))))
                forms += [(*before, f"{last}r", each)] if each else []
    return tuple(forms) if head != "nf" else (*forms, ("nf", f"{_LATIN[letter]}{tail}"))


def _numerals(mark: str) -> tuple[str, ...]:
    """A number with the letter behind it, in Arabic and in Roman figures."""
    number = mark.rstrip("abcd")
    other = _ROMAN.get(number) or _ARABIC.get(number)
    return (mark, other + mark[len(number) :]) if other else (mark,)
