"""What is a word of English: a list that is read when the first doubtful word is looked up."""

import gzip
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path

# Forms of one word, as the endings of the two.
_ENDINGS = frozenset((
    ("a", "ae"), ("a", "as"), ("a", "on"), ("a", "um"), ("es", "is"), ("f", "ves"), ("fe", "ves"),
    ("i", "us"), ("ices", "ex"), ("ices", "ix"), ("ies", "y"), ("en", "ina"), ("a", "ata"),
    ("nges", "nx"), ("i", "o"), ("es", ""), ("s", ""),
    ("ed", ""), ("ed", "e"), ("ed", "es"), ("ed", "ing"), ("ed", "s"), ("es", "ing"), ("e", "ing"),
    ("ed", "ion"), ("ing", "ion"), ("e", "ion"),
    ("ing", ""), ("ing", "s"), ("ied", "y"), ("ied", "ies"), ("ly", ""),
))  # fmt: skip
# What no word begins with: nothing, and a comment.
_NO_WORD = ("", "#")
_SHORTEST_ROOT = 3
# What new words are made with, from a right one: exopolymer, infectiveness, overexpressor.
_PREFIXES = re.compile(
    r"(?:anti|auto|bio|chemo|co|counter|cyto|de|dis|down|endo|exo|extra|hyper|hypo|immuno|inter|intra|macro"
    r"|micro|mis|mono|multi|neo|neuro|non|nano|out|over|para|peri|photo|poly|post|pre|pro|pseudo"
    r"|radio|re|semi|sub|super|trans|ultra|un|under|up)(?=[a-z]{4})"
)
_SUFFIXES = re.compile(
    r"(?<=[a-z]{4})(?:abilit(?:y|ies)|able|ations?|ers?|ibilit(?:y|ies)|ible|ies|isms?|ists?|i[sz]ation"
    r"|i[sz](?:e[ds]?|ing)|ness(?:es)?|ors?)$"
)
_ROOT_ENDINGS = ("", "e", "ic", "ism", "y", "ing", "ed", "ate", "ation")


class English:
    """The words of a file, gzipped or not: a folded word a line, sorted; comments begin with #.

    Without a file no word is known, and the spelling of each is decided by the records alone.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and word[:1] not in _NO_WORD and self._has(word.encode())

    def _has(self, word: bytes) -> bool:
        """Whether a line is this word. Half of the lines left over are passed over at a time."""
        lines = self._lines
        first, last = 0, len(lines)
        while first < last:
            start = lines.rfind(b"\n", first, (first + last) // 2) + 1 or first
            end = lines.find(b"\n", start)
            line = lines[start:end]
            if line == word:
                return True
            first, last = (end + 1, last) if line < word else (first, start)
        return False

    @cached_property
    def _lines(self) -> bytes:
        if self._path is None:
            return b""
        return _lines_of(self._path, self._path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _lines_of(path: Path, _changed: int) -> bytes:
    """The lines of a file as it was when it last changed; a process reads it once."""
    read = path.read_bytes()
    text = gzip.decompress(read) if path.suffix == ".gz" else read
    return text if text.endswith(b"\n") else text + b"\n"


def inflects(one: str, other: str) -> bool:
    """Whether two words are forms of one: mitochondrion and -chondria, halted and halts."""
    shared = 0
    with suppress(IndexError):
        while one[shared] == other[shared]:
            shared += 1
    return any(
        (min(ends), max(ends)) in _BY_ORDER
        for cut in range(max(shared - 2, _SHORTEST_ROOT), shared + 1)
        if (ends := (one[cut:], other[cut:]))
    )


def is_prefix(word: str) -> bool:
    """Whether a word is one of the prefixes that others are made with: micro, radio, over."""
    return word != "de" and bool(_PREFIXES.match(f"{word}xxxx")) and len(word) > 1


def is_made_of(word: str, known: Callable[[str], bool]) -> bool:
    """Whether a word that no list has is made of a known one by a usual prefix, suffix or both."""
    bare = (word, _PREFIXES.sub("", word, count=1) if _PREFIXES.match(word) else word)
    if bare[1] != word and known(bare[1]):
        return True
    for each in bare:
        root = _SUFFIXES.sub("", each)
        if root != each and any(known(root + ending) for ending in _ROOT_ENDINGS):
            return True
    return False


# Endings of Greek nouns and of their adjectives, which stems keep apart: prognosis, prognostic.
_KINDRED = tuple(
    pair
    for noun, adjective in (
        ("osis", "otic"), ("asis", "atic"), ("esis", "etic"), ("ysis", "ytic"), ("osis", "ostic"),
        ("genesis", "genic"), ("oxia", "oxic"), ("emia", "emic"), ("plasia", "plastic"),
        ("trophy", "trophic"), ("pathy", "pathic"), ("penia", "penic"),
    )
    for pair in ((noun, adjective), (adjective, noun))
)  # fmt: skip


def kindred(word: str) -> tuple[str, ...]:
    """The adjective of a Greek noun, or the noun of its adjective, as far as endings tell."""
    return tuple(
        word.removesuffix(ending) + other
        for ending, other in _KINDRED
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_ROOT
    )


_BY_ORDER = frozenset((min(pair), max(pair)) for pair in _ENDINGS)
