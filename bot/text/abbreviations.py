"""Definitions that a text gives for its own abbreviations: "long form (SF)".

After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text" (PSB 2003): read backwards, every letter of the short form has to occur in order
in the words before it, the first one at the beginning of a word.
"""

import re
from collections.abc import Iterator

from bot.text.folding import words

_LONG_FORM_WORDS = 8
_SHORT = re.compile(r"\(\s?([A-Za-z0-9][A-Za-z0-9α-ωΑ-Ω/+-]{1,9})\s?[);,]")
_WORD_BEGINS = re.compile(r"\b\w")
# What is before the bracket is looked at this far back: eight long words.
_WINDOW = 160


def long_form(before: str, short: str) -> str | None:
    """The end of `before` that spells the short form, or None. A plural s does not count."""
    letters = re.sub(r"[\W_]", "", short.removesuffix("s") if len(short) > 2 else short).lower()
    if not letters:
        return None
    lowered, position = before.lower(), len(before) - 1
    for letter in reversed(letters[1:]):
        position = lowered.rfind(letter, 0, position + 1) - 1
        if position < -1:
            return None
    for match in reversed(list(_WORD_BEGINS.finditer(before, 0, position + 1))):
        if match.group().lower() == letters[0]:
            found = before[match.start() :].strip()
            return found if len(found.split()) <= _LONG_FORM_WORDS else None
    return None


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Each (short form, long form) that a cleaned text defines, both folded.

    `tumour-associated macrophages (TAMs)` gives `("tam", "tumor associated macrophages")`.
    """
    for match in _SHORT.finditer(text):
        short = match[1]
        if not any(character.isupper() for character in short):
            continue
        found = long_form(text[max(0, match.start() - _WINDOW) : match.start()], short)
        if found is None or len(found) <= len(short):
            continue
        folded = words(short.removesuffix("s") if len(short) > 2 else short)
        spelt = words(found)
        if len(folded) == 1 and len(spelt) > 1 and folded[0] not in spelt:
            yield folded[0], " ".join(spelt)
