"""Folding: making different spellings of the same words equal.

`clean` repairs what people paste and is still fit to show; `fold` goes on to what is compared;
`tokenise` cuts folded words, each with its place in the cleaned text. Nothing here knows of Slack.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple

from bot.text.han import SIMPLIFIED, TRADITIONAL

# Hyphens and quotes of every kind, by the plain one that stands for them.
_MARKS = {
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb",
    "'": "\u2018\u2019\u201a\u201b\u2032\u02bc",
}
# Soft hyphens, zero-width characters, joiners and bidirectional controls carry no word. None of
# them is printable.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# A word broken at a line end: "nomen-\nclature".
_LINE_BREAK_HYPHEN = re.compile(r"([^\W\d_]{2,})-[ \t]*\r?\n[ \t]*([a-zà-ÿ]{2,})")

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_LETTERS = str.maketrans(
    {**_GREEK, "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
              "ı": "i", "ħ": "h"}
)  # fmt: skip

# "Non-melanoma" and "non melanoma" are one word each, in which melanoma is not to be found.
_NON = re.compile(r"[Nn][Oo][Nn][ -](?=[^\W\d_]{3})")
_WORD = re.compile(rf"(?:{_NON.pattern})?[^\W_]+(?:[-'][^\W_]+)*")
_GREEK_NAMES = "|".join(sorted(set(_GREEK.values()), key=len, reverse=True))
# What follows the hyphen of a symbol: the 1 of PD-1, the L1 of PD-L1, the 1beta of IL-1β.
_SYMBOL_TAIL = re.compile(rf"[a-z]{{0,2}}\d+(?:{_GREEK_NAMES}|[a-z]{{0,2}})|(?:{_GREEK_NAMES})\d*")
# What is a symbol of its own behind any head (TCR-CD3, NHS-IL12), or behind one with a number
# (OX40-OX40L). HLA-DQ2 and B7-H3 are one.
_OWN_SYMBOL = re.compile(r"(?:cd|il|nk|pd|th)\d")
_SECOND_SYMBOL = re.compile(r"[a-z]{2}\d")
# A mutation is printed raised behind its gene, and the mark is lost: KRASG12C. In other words
# letters and numbers are a name: CLEC12A.
_MUTATED = re.compile(
    r"(ABL1|AKT1|ALK|BRAF|EGFR|ERBB2|ESR1|FLT3|GNAS|HER2|IDH[12]|JAK2|KIT|[KNH]RAS|MET|MYD88|PIK3CA"
    r"|RET|TP53)([A-Z]\d{2,4}[A-Z])"
)
_NOT_SYMBOL_HEADS = frozenset(
    ("and", "anti", "arm", "at", "by", "co", "day", "fig", "in", "mid", "no", "non", "of", "or",
     "past", "per", "post", "pre", "pro", "ref", "to", "type",
     "vs", "week", "year")
)  # fmt: skip

_DIGRAPHS = re.compile(
    r"(?<=an)ae(?=m|sth)|(?<=h)ae(?=m)|(?<=k)ae(?=m)|(?<=c)ae(?=c|l)|(?<=f)ae(?=c)|(?<=p)ae(?=d)"
    r"|(?<=n)ae(?=c)|\bae(?=tiol|sth)|\boe(?=stro|stra|dem|soph)|(?<=f)oe(?=t)"
    r"|(?<=rh)oe(?=a)|(?<=r)oe(?=a)|(?<=n)oe(?=a)|(?<=c)oe(?=li)|(?<=am)oe(?=b)"
)
_OUR = re.compile(r"(?<=[a-z]{2})our(?=s?$|ed$|ing|ab|al|ful|less|ite|is|iz|ig)")
_NOT_OUR = frozenset(
    ("four", "fours", "hour", "hours", "your", "yours", "tour", "tours", "pour", "flour", "scour",
     "contour", "contours", "devour", "detour", "journal", "journals", "source", "course")
)  # fmt: skip
_ISE = re.compile(r"(?<=[a-z]{3})is(?=ation|e$|es$|ed$|ing$|er$|ers$|able$)")
_NOT_ISE = frozenset(
    ("advise", "advised", "arise", "arises", "comprise", "comprised", "comprises", "comprising",
     "compromise", "compromised", "concise", "disease", "exercise", "exercises", "expertise",
     "improvise", "otherwise", "precise", "premise", "promise", "promises", "promising", "raise",
     "raised", "raises", "raising", "revise", "revised", "rise", "surprise", "surprising",
     "likewise", "praise", "noise", "poise", "increase", "televise", "supervise", "supervised",
     "unsupervised", "enterprise", "treatise", "demise", "excise", "excised", "incise", "advisable",
     "advertise", "franchise", "merchandise", "paradise", "raiser")
)  # fmt: skip
_YSE = re.compile(r"(?<=l)ys(?=e$|ed$|ing$|er$|ers$)")
_DOUBLED_L = re.compile(r"(?<=(?:de|el|el|ne|ve|be))ll(?=ed$|ing$|er$|ers$)")
_WHOLE_WORDS = {
    "centre": "center", "centres": "centers", "fibre": "fiber", "fibres": "fibers",
    "programme": "program", "programmes": "programs", "grey": "gray", "sulphate": "sulfate",
    "sulphur": "sulfur", "defence": "defense", "licence": "license", "ageing": "aging",
    "labelled": "labeled", "labelling": "labeling", "modelling": "modeling",
    "modelled": "modeled", "signalling": "signaling", "signalled": "signaled",
    "litre": "liter", "litres": "liters", "ischaemia": "ischemia", "ischaemic": "ischemic",
    "leucocyte": "leukocyte", "leucocytes": "leukocytes", "catalogue": "catalog",
}  # fmt: skip


# How German spells umlauts where there are none; Scandinavian ø likewise.
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe"})
# Names so spelt, which others write without the e: Mueller, but not Samuel.
_SPELT_OUT = re.compile(r"(?<=[b-df-hj-np-tv-z])([aou])e(?=[b-df-hj-np-tv-z])(?!ls?\b)")
# Scripts that put no space between words: Chinese, Japanese, and Korean, whose words carry endings.
_UNSPACED = "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_RUN = re.compile(f"[{_UNSPACED}\U00020000-\U0003ffff]+")
_SIMPLIFIED = str.maketrans(TRADITIONAL, SIMPLIFIED)
_VOICING = "\u3099\u309a"
_BETWEEN_RUNS = re.compile(f"(?<=[{_UNSPACED}])[\\s,·]+(?=[{_UNSPACED}])")


class Token(NamedTuple):
    """A folded word and the span of the cleaned text it was cut from."""

    text: str
    start: int
    end: int


def clean(text: str) -> str:
    """Repair pasted text for showing and parsing: one line, plain quotes and hyphens.

    NFKC (ligatures, full-width letters), hyphens of every kind to `-`, curly quotes to straight
    ones, invisible and bidirectional characters dropped, controls and white space to one space.
    """
    if not text.isascii():  # most abstracts are, and need none of this
        text = _with_plain_marks(unicodedata.normalize("NFKC", text))
    if not text.isprintable():
        text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return " ".join(text.split())


def _with_plain_marks(text: str) -> str:
    # str.translate is quick for ASCII only; few kinds of mark occur in one text.
    for plain, marks in _MARKS.items():
        for mark in marks:
            if mark in text:
                text = text.replace(mark, plain)
    return text


def join_broken_words(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Mend words hyphenated at a line end, which may or may not keep their hyphen.

    Returns the text with hyphens kept and the (hyphenated, joined) readings of each such word,
    so that a caller who knows a vocabulary can choose: `nomen-clature` or `nomenclature`.
    """
    text = _with_plain_marks(text)
    readings = tuple(
        (f"{head}-{tail}", f"{head}{tail}") for head, tail in _LINE_BREAK_HYPHEN.findall(text)
    )
    return _LINE_BREAK_HYPHEN.sub(r"\1-\2", text), readings


def strip_accents(text: str) -> str:
    """Letters without their diacritics; ß, æ, ø and Greek letters spelt out. Lower case.

    The marks of Japanese syllables stay, as they make other letters of them.
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.lower().translate(_LETTERS))
    plain = "".join(c for c in decomposed if c in _VOICING or not unicodedata.combining(c))
    return unicodedata.normalize("NFC", plain) if _RUN.search(text) else plain


def simplified(text: str) -> str:
    """Traditional Chinese as simplified, place by place."""
    return text.translate(_SIMPLIFIED)


@lru_cache(maxsize=200_000)
def fold_word(word: str) -> str:
    """One word as it is compared: lower case, no accents, US spelling."""
    word = strip_accents(word).replace("tumour", "tumor")
    if word in _WHOLE_WORDS:
        return _WHOLE_WORDS[word]
    if "ae" in word or "oe" in word:
        word = _DIGRAPHS.sub("e", word)
    if "our" in word and word not in _NOT_OUR:
        word = _OUR.sub("or", word)
    if "is" in word and word not in _NOT_ISE:
        word = _ISE.sub("iz", word)
    if "lys" in word:
        word = _YSE.sub("yz", word)
    return _DOUBLED_L.sub("l", word) if "ll" in word else word


@lru_cache(maxsize=200_000)
def _cut(word: str) -> tuple[tuple[str, int, int], ...]:
    """Cut a hyphenated word; the parts of a symbol (PD-1, IL-1β, B7-H3) stay together.

    So does "non" with what it denies. Gives (folded text, start, end) with offsets into `word`. A
    possessive ending is dropped: `patient's` is `patient`; `O'Connor` keeps its parts. What is
    written without spaces is cut into pairs of characters, which overlap: the way to find a word
    in it without knowing words. Traditional and simplified Chinese are one.
    """
    if not word.isascii() and _RUN.search(word):
        return tuple(_pairs(word))
    if mutated := _MUTATED.match(word):
        at = mutated.start(2)
        rest = ((text, at + start, at + end) for text, start, end in _cut(word[at:]))
        return (fold_word(mutated[1]), 0, at), *rest
    if "-" not in word and "'" not in word and " " not in word:
        return ((folded, 0, len(word)),) if (folded := fold_word(word)) else ()
    if word.lower().endswith("'s"):
        word = word[:-2]
    parts: list[tuple[str, int, int]] = []
    start = 0
    denied = _NON.match(word)
    for raw in re.split(r"[-' ]", word):
        end = start + len(raw)
        previous = parts[-1] if parts else None
        if denied and start == denied.end():
            parts = [(f"non{fold_word(raw)}", 0, end)]
        elif previous is not None and _is_symbol(previous[0], tail := strip_accents(raw)):
            parts[-1] = (previous[0] + tail, previous[1], end)
        else:
            parts.append((fold_word(raw), start, end))
        start = end + 1
    return tuple(part for part in parts if part[0])


def _pairs(word: str) -> Iterator[tuple[str, int, int]]:
    """A word with unspaced script in it: that in pairs, what is between as other words are."""
    at = 0
    for run in _RUN.finditer(word):
        yield from _between(word, at, run.start())
        characters, start = simplified(run.group()), run.start()
        for place in range(max(len(characters) - 1, 1)):
            pair = characters[place : place + 2]
            yield pair, start + place, start + place + len(pair)
        at = run.end()
    yield from _between(word, at, len(word))


def _between(word: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for match in _WORD.finditer(word, start, end):
        for text, first, last in _cut(match.group()):
            yield text, match.start() + first, match.start() + last


@lru_cache(maxsize=200_000)
def folded_word(word: str) -> tuple[str, ...]:
    """The folded words of a word as `raw_words` gives it, without their places."""
    return tuple(text for text, _, _ in _cut(word))


def _is_symbol(head: str, tail: str) -> bool:
    if head in _NOT_SYMBOL_HEADS or not _SYMBOL_TAIL.fullmatch(tail):
        return False
    if head.isdigit():  # 4-1BB, but not the pages 4-11
        return len(head) == 1 and tail[0].isdigit() and not tail.isdigit()
    if _OWN_SYMBOL.match(tail) or (head[-1].isdigit() and _SECOND_SYMBOL.match(tail)):
        return False
    return len(head) <= 4 and head[0].isalpha()


def tokenise(text: str) -> list[Token]:
    """The folded words of a *cleaned* text, each with its span in it."""
    return [
        Token(folded, match.start() + start, match.start() + end)
        for match in _WORD.finditer(text)
        for folded, start, end in _cut(match.group())
    ]


def raw_words(text: str) -> list[str]:
    """The words of a *cleaned* text in order, as they stand there; each is folded on its own."""
    return _WORD.findall(text)


def cut(text: str) -> list[tuple[str, ...]]:
    """The words of a *cleaned* text in order, each as the folded words it is cut into.

    `place_of` tells where one of them stands; most texts are only asked what they hold.
    """
    return list(map(folded_word, _WORD.findall(text)))


def place_of(text: str, word: int, part: int) -> tuple[int, int]:
    """The span of a part of a word of a cleaned text, both counted as `cut` gives them."""
    match = next(islice(_WORD.finditer(text), word, None))
    _, start, end = _cut(match.group())[part]
    return match.start() + start, match.start() + end


def words(text: str) -> list[str]:
    """The folded words of any text, in order."""
    return folded_words(clean(text))


def folded_words(text: str) -> list[str]:
    """The folded words of a *cleaned* text, in order."""
    if "non " in text.lower():  # one word with what it denies
        return list(chain.from_iterable(map(folded_word, _WORD.findall(text))))
    # No other word reaches across a blank, and what stands between two is mostly known.
    return list(chain.from_iterable(map(_folded_run, text.split())))


@lru_cache(maxsize=200_000)
def _folded_run(run: str) -> tuple[str, ...]:
    """The folded words of a text without blanks, such as (IL-2)-dependent."""
    return tuple(chain.from_iterable(map(folded_word, _WORD.findall(run))))


def fold(text: str) -> str:
    """A text as it is compared: its folded words joined by single spaces."""
    return " ".join(words(text))


def name_keys(name: str) -> tuple[str, ...]:
    """The spellings a person's name is matched under, most exact first.

    `Müller` gives `muller` and, by the German convention, `mueller`; `Mueller` both too. Of a name
    in Chinese, Japanese or Korean, spaces make no difference.
    """
    if name.isascii():
        plain = fold(name)
        return tuple(dict.fromkeys((plain, _SPELT_OUT.sub(r"\1", plain))))
    joined = _BETWEEN_RUNS.sub("", name)
    german = name.lower().translate(_GERMAN)
    spelt = (joined, german, german.replace("å", "aa"))
    return tuple(dict.fromkeys(map(fold, spelt)))


def name_orders(name: str) -> tuple[str, ...]:
    """The keys of a name, and the same with the family name at the other end."""
    turned = (
        " ".join(order)
        for parts in map(str.split, name_keys(name))
        for order in (parts, parts[1:] + parts[:1], parts[-1:] + parts[:-1])
    )
    return tuple(dict.fromkeys(turned))


def is_unspaced(text: str) -> bool:
    """Whether any of a text is in a script that puts no space between words."""
    return not text.isascii() and _RUN.search(text) is not None
