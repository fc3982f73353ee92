"""Whether two names are one journal's: full, abbreviated, by initials, with a subtitle."""

import re
from functools import lru_cache

from bot.text.folding import fold
from bot.text.stop_words import FOREIGN_LIGHT, LIGHT

# Words that abbreviations leave out (ISO 4), in the languages that journals' titles are in.
_SKIPPED = LIGHT | FOREIGN_LIGHT | {"into"}
# "Cancers (Basel)", "Cancer Research : an official journal of …", "Rinsho = Clinical …".
_ADDED = re.compile(r"\s*\([^)]*\)|\s*\[[^\]]*\]|\s+[:=/]\s.*$|[:;]\s.*$")


@lru_cache(maxsize=50_000)
def _words(name: str) -> tuple[str, ...]:
    folded = fold(name.replace("&", " and ").replace(".", " ").replace("'", "")).split()
    # The last one is no article: "Proc Natl Acad Sci U S A".
    return tuple(w for at, w in enumerate(folded, 1) if w not in _SKIPPED or at == len(folded))


@lru_cache(maxsize=200_000)
def same_journal(one: str, other: str) -> bool:
    """Whether the names may be one journal's; case, articles and subtitles do not count.

    Each word of an abbreviation must abbreviate the word in its place: "Natl" is "National".
    """
    # A subtitle is cut from one of them only: two sections of one title are two journals.
    short, full = _ADDED.sub("", one), _ADDED.sub("", other)
    pairs = {(one, other), (short, other), (one, full)}
    return any(_same(_words(a), _words(b)) or _same(_words(b), _words(a)) for a, b in pairs)


def _same(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    if not short or not full:
        return False
    if short == full:
        return True
    if len(short) == 1 and len(full) > 2 and short[0] == "".join(word[0] for word in full):
        return True  # JAMA, PNAS
    return len(short) == len(full) and all(map(_abbreviates, short, full))


def _abbreviates(short: str, full: str) -> bool:
    """Whether the letters stand in the word in order, from its first on: natl, national."""
    if full.startswith(short):
        return True
    if short[:1] != full[:1] or len(short) < 2 or len(short) >= len(full):
        return False
    letters = iter(full)
    return all(letter in letters for letter in short)
