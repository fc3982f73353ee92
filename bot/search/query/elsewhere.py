"""Questions in other languages: the commonest words of the field, read as the English ones."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property

from bot.text.folding import fold, simplified, strip_accents
from bot.text.stop_words import FOREIGN, foreign

_SHORT = 6
_LATIN = re.compile(r"[a-z]")
_PARTICLES = frozenset("のにをはがとでへや的和与及在对の")
_LITTLE = frozenset().union(*FOREIGN.values()) - {"in"}
# PD-1, CD8+, IL-2, CAR-T.
_SYMBOL = re.compile(r"[A-Z][A-Z0-9+-]+$")


class Elsewhere:
    """Names of the field in other languages.

    `lines` have a name in English and then what it is elsewhere, with bars between them.
    """

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._lines = tuple(lines)

    @cached_property
    def _names(self) -> dict[str, str]:
        named = ([name.strip() for name in line.split("|")] for line in self._lines)
        return {_plain(other): names[0] for names in named for other in names[1:]}

    def _pattern(self, plain: str) -> re.Pattern[str] | None:
        """What finds the names in a text: few of thousands are there, so only those are tried."""
        found = (name for name in self._names if name in plain)
        either = "|".join(
            rf"(?<!\w){re.escape(name)}(?!\w)" if _LATIN.search(name[:1]) else re.escape(name)
            for name in sorted(found, key=len, reverse=True)
        )
        return re.compile(either) if either else None

    def in_english(self, text: str, is_used: Callable[[str], bool]) -> tuple[str, tuple[str, ...]]:
        """A question with the words known from another language in English, and those not known.

        Beside them stay those that records use (`is_used`, folded), and symbols: names and titles
        are found in any language. What is in English stays as it is. A name that no record uses
        tells as well: of such a question only the names are put into English. A name that records
        use is looked for beside its English, and a phrase in quotes as it is.
        """
        if text.count('"') > 1:
            return text, ()
        plain, translated = _plain(text), set[str]()
        pattern = self._pattern(plain)
        is_foreign = foreign(text) is not None
        if pattern is None or not (
            is_foreign or self._has_unused_name(text, pattern.findall(plain), is_used)
        ):
            return text, ()

        def read_as(found: re.Match[str]) -> str:
            name, english = found[0], self._names[found[0]]
            translated.update(english.split())
            is_stored = name != fold(english) and not self._is_unused(name, is_used)
            typed = text[slice(*found.span())] if len(plain) == len(text) else name
            return f' {english} OR "{typed}" ' if is_stored else f" {english} "

        read = pattern.sub(read_as, plain)
        if read == plain:
            return text, ()
        # A name that only another language has and a little word of it tell of that language.
        is_foreign = is_foreign or not _LITTLE.isdisjoint(plain.split())
        # Symbols have lost their capitals in `plain`: they are looked up where they were typed.
        symbols = {_plain(word): word for word in text.split() if _SYMBOL.match(word)}
        words = [word.strip(".,;:?!¿¡()、。？") for word in read.split()]
        told = [w for w in words if w and (w in symbols or w == "OR" or w not in _LITTLE)]
        unknown = [
            word
            for word in told
            if is_foreign
            and word not in symbols
            and word not in translated
            and word != "OR"
            and self._is_unused(word, is_used)
        ]
        kept = (symbols.get(word, word) for word in told if word not in unknown)
        return " ".join(kept), tuple(w for w in unknown if not set(w) <= _PARTICLES)

    def _has_unused_name(
        self, text: str, names: Iterable[str], is_used: Callable[[str], bool]
    ) -> bool:
        if not self._is_unused(text, is_used):
            return False
        # A short one may be somebody's name: the Krebs cycle.
        return any(len(name) > _SHORT and self._is_unused(name, is_used) for name in names)

    @staticmethod
    def _is_unused(text: str, is_used: Callable[[str], bool]) -> bool:
        return not all(map(is_used, fold(text).split()))


def _plain(text: str) -> str:
    return simplified(strip_accents(text))
