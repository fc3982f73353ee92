"""Comparing titles as the titles of works: what may differ between two sources, and what may not.

Sources differ in spelling, markup, Greek letters, hyphens, a lost subtitle, a word mistyped. A
number, a roman numeral, "men" for "women" or a "Reply to" before it makes another work.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import zip_longest

from rapidfuzz.distance import OSA

from bot.records.models import RelationKind
from bot.text.folding import fold
from bot.text.markup import plain
from bot.text.stop_words import LIGHT


class Likeness(IntEnum):
    """How alike two titles are. `PART`: one is the beginning of the other."""

    DIFFERENT = 0
    PART = 1
    CLOSE = 2
    SAME = 3


@dataclass(frozen=True, slots=True)
class Title:
    """A title made comparable.

    `about` is what its first words say that the work is to another (a notice, a reply), `marked`
    that it begins with "RETRACTED:", which publishers put before an article's own title and before
    its notice's. `words` are the folded words of the rest, `squeezed` the same without spaces.
    """

    words: tuple[str, ...]
    squeezed: str
    about: RelationKind | None
    marked: bool

    @property
    def names_nothing(self) -> bool:
        """Whether the title alone cannot tell works apart: "Preface", "Reply to Smith"."""
        return self.about is not None or len(self.words) <= 3 or self.words[0] in _BARE


# What must follow the word for it to stand before a title, and not in one ("Retraction of the
# tongue"): a colon or full stop, a quotation mark, or nothing more.
_THEN = (
    r"(?:\s+(?:to|for|of|on|in|note|notice|article|this))*"
    r"\s*(?:[:.]\s*(?=\S)|(?=[\"\u201c\u2018'\[(])|$)"
)
_PREFIXES = tuple(
    (kind, re.compile("|".join(forms), re.IGNORECASE))
    for kind, forms in {
        RelationKind.RETRACTION_OF: (
            rf"(?:notice of )?(?:partial |editorial )?retraction{_THEN}",
            r"retraction not(?:e|ice)\b",
        ),
        RelationKind.WITHDRAWAL_OF: (
            rf"(?:notice of )?withdrawal{_THEN}",
            r"withdrawal notice\b",
        ),
        RelationKind.CORRECTION_OF: (
            rf"(?:(?:publisher|author|editorial)(?:'?s?'?)? )?correction{_THEN}",
            r"(?:corrigend(?:um|a)|errat(?:um|a)|addendum)\b(?:\s+(?:to|for|in)\b)?",
        ),
        RelationKind.CONCERN_OF: (r"(?:editorial )?expressions? of (?:editorial )?concern\b",),
        RelationKind.REPLY_TO: (
            r"(?:in )?reply\b",
            r"(?:the )?authors?'? (?:reply|response)\b",
            rf"response{_THEN}",
            r"response to (?:letter|comment|the editor)",
            r"rebuttal\b",
        ),
        RelationKind.COMMENT_ON: (
            r"re\s*:",
            r"(?:comments?|commentary|letter|editorial comment) (?:on|regarding|re)\b",
            r"letter to the editor\b",
            r"comment\s*:",
        ),
    }.items()
)
_GONE = r"(?:retracted(?: article)?|withdrawn(?: article)?|temporary removal)"
_MARK = re.compile(rf"\[\s*{_GONE}\s*\]\s*[:.]?\s*|{_GONE}\s*[:.\-–—]\s*", re.IGNORECASE)
_MARK_AFTER = re.compile(rf"\s*[\[(]{_GONE}\b[^\])]{{0,80}}[\])]\s*$", re.IGNORECASE)
# What a source appends that is no part of the title.
_APPENDED = re.compile(
    r"\s*\[(?:internet|electronic resource|review|letter|abstract)\]\s*$", re.IGNORECASE
)

# First words of titles that stand for a kind of text rather than for one work.
_BARE = frozenset(
    ("abstract", "abstracts", "acknowledgment", "acknowledgments", "announcement", "commentary",
     "contents", "contributors", "correspondence", "discussion", "editorial", "foreword", "index",
     "introduction", "letter", "letters", "news", "obituary", "preface", "prologue", "summary")
)  # fmt: skip
_NUMBERED = frozenset(
    ("part", "phase", "type", "stage", "grade", "class", "volume", "chapter", "series", "report",
     "section", "level", "group", "factor", "collagen")
)  # fmt: skip
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7",
          "viii": "8", "ix": "9", "x": "10"}  # fmt: skip
_ALWAYS_ROMAN = frozenset(("ii", "iii", "iv", "vi", "vii", "viii", "ix"))
_NUMBERS = {word: str(number) for number, word in enumerate(
    ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))
}  # fmt: skip
# Words that come and go between two printings of one title.
_LIGHT = LIGHT | {"s"}
_GREEK = re.compile(r"alpha|beta|gamma|delta|epsilon|zeta|kappa|lambda|mu|omega|sigma|theta")
# Beginnings that make another word, however like the rest is.
_OPPOSED = tuple(
    frozenset(pair)
    for pair in (
        ("hyper", "hypo"), ("inter", "intra"), ("extra", "intra"), ("pre", "post"),
        ("anti", "pro"), ("macro", "micro"), ("over", "under"), ("in", "un"), ("up", "down"),
        ("endo", "exo"), ("homo", "hetero"), ("pro", "re"), ("ad", "ab"),
    )
)  # fmt: skip


def read_title(text: str) -> Title:
    """A title as it is compared. Takes markup, marks of retraction, notices' and replies' words."""
    text = _APPENDED.sub("", plain(text).strip())
    mark = _MARK.match(text)
    shortened = _MARK_AFTER.sub("", text[mark.end() :] if mark else text)
    marked = shortened != text
    about = None
    for kind, pattern in _PREFIXES:
        if match := pattern.match(shortened.replace("\u2019", "'")):
            about, shortened = kind, shortened[match.end() :]
            break
    words = _words(shortened)
    return Title(words, "".join(words), about, marked)


def _words(text: str) -> tuple[str, ...]:
    words = fold(text).split()
    for at, word in enumerate(words):
        if word in _NUMBERS:
            words[at] = _NUMBERS[word]
        elif word in _ROMAN and _is_number(words, at):
            words[at] = _ROMAN[word]
    return tuple(words)


def _is_number(words: Sequence[str], at: int) -> bool:
    """Whether a roman numeral is one here: "phase i", "tumor ii", a last "i"; not "vitamin v"."""
    before = words[at - 1] if at else ""
    return (
        words[at] in _ALWAYS_ROMAN
        or before in _NUMBERED
        or (at > 0 and at == len(words) - 1)
        or (before in _ROMAN.values() and at > 1 and words[at - 2] in _NUMBERED)
    )


def compare(one: Title, other: Title) -> Likeness:
    """How alike two titles are; what they say that they are to another work is not looked at."""
    if one.squeezed == other.squeezed:
        return Likeness.SAME if one.words or one.about else Likeness.DIFFERENT
    left, right = _only(one, other), _only(other, one)
    if _explained(left, right):
        return Likeness.CLOSE
    short, long = sorted((one.words, other.words), key=len)
    # A lost subtitle: enough is left to know the work by, and nothing of it differs.
    if len(short) >= 4 and "".join(long).startswith("".join(short)):
        more = long[len(short) :]
        numbered = len(more) <= 2 and any(word.isdigit() for word in more)  # "… Part II"
        return Likeness.DIFFERENT if numbered else Likeness.PART
    return Likeness.DIFFERENT


def _only(one: Title, other: Title) -> list[str]:
    """The words of one title that the other lacks, in order."""
    spare = Counter(other.words)
    left = []
    for word in one.words:
        if spare[word]:
            spare[word] -= 1
        else:
            left.append(word)
    return left


def _explained(left: list[str], right: list[str]) -> bool:
    """Whether what differs is only cut otherwise, light words, Greek letters, or mistyped."""
    if "".join(left) == "".join(right):
        return bool(left)  # the same letters, cut into words otherwise
    heavy_left = [word for word in left if word not in _LIGHT]
    heavy_right = [word for word in right if word not in _LIGHT]
    joined_left, joined_right = "".join(heavy_left), "".join(heavy_right)
    if joined_left == joined_right or _differ_in_greek(joined_left, joined_right):
        return True
    if len(heavy_left) > 3 or len(heavy_right) > 3:
        return False
    return all(
        one is not None and other is not None and _is_variant(one, other)
        for one, other in zip_longest(heavy_left, heavy_right)
    )


def _differ_in_greek(one: str, other: str) -> bool:
    """Whether one has Greek letters where the other lost them or has Latin ones: TGF-b, TGF-."""
    if bool(_GREEK.search(one)) == bool(_GREEK.search(other)):
        return False
    written, lost = (one, other) if _GREEK.search(one) else (other, one)
    return lost in {_GREEK.sub("", written), _GREEK.sub(lambda m: m[0][0], written)}


def _is_variant(one: str, other: str) -> bool:
    """Whether two words are one, mistyped or inflected."""
    if any(c.isdigit() for c in one + other):
        return False  # a figure is never a slip
    shortest = min(len(one), len(other))
    if shortest < 4 or _are_opposed(one, other):
        return False
    allowed = 1 if shortest < 9 else 2
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed


def _are_opposed(one: str, other: str) -> bool:
    """Whether the words begin with opposites: hypoxia and hyperoxia, intra- and intertumoral."""
    for pair in _OPPOSED:
        first, second = sorted(pair)
        if (one.startswith(first) and other.startswith(second)) or (
            one.startswith(second) and other.startswith(first)
        ):
            return True
    return False
