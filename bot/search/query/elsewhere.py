"""Questions in other languages: the commonest words of the field, read as the English ones."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property

from bot.text.folding import fold, strip_accents
from bot.text.stop_words import FOREIGN, foreign

_LATIN = re.compile(r"[a-z]")
_LITTLE = frozenset().union(*FOREIGN.values()) - {"in"}
# PD-1, CD8+, IL-2, CAR-T.
_SYMBOL = re.compile(r"[A-Z]+[A-Z0-9+-]+$")


class Elsewhere:
    """Names of the field in other languages.

    `lines` have a name in English and then what it is elsewhere, with bars between them.
    """

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._lines = tuple(lines)

    @cached_property
    def _names(self) -> dict[str, str]:
        named = ([name.strip() for name in line.split("|")] for line in self._lines)
        return {strip_accents(other): names[0] for names in named for other in names[1:]}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest = sorted(self._names, key=len, reverse=True)
        return re.compile(
            "|".join(
                rf"(?<!\w){re.escape(name)}(?!\w)" if _LATIN.search(name[:1]) else re.escape(name)
                for name in longest
            )
        )

    def in_english(self, text: str, is_used: Callable[[str], bool]) -> str:
        """A question with the words known from another language in English.

        Beside them stay those that records use (`is_used`, folded), and symbols: names and titles
        are found in any language. What is in English stays as it is.
        """
        if foreign(text) is None or not self._names:
            return text
        plain = strip_accents(text)
        read = self._pattern.sub(lambda found: f" {self._names[found[0]]} ", plain)
        if read == plain:
            return text
        # Symbols have lost their capitals in `plain`: they are looked up where they were typed.
        symbols = {strip_accents(word): word for word in text.split() if _SYMBOL.match(word)}
        words = (word.strip(".,;:?!¿¡()、。？") for word in read.split())
        return " ".join(
            symbols.get(word, word)
            for word in words
            if word in symbols or (word not in _LITTLE and all(map(is_used, fold(word).split())))
        )
