"""Resistance to anything but immunotherapy, told by what the resistance is stated to be to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from bot.vocabulary.tagging_words import Treatments
from bot.vocabulary.terms import plural

# How people put it: "TKI resistance", "resistant to radiation therapy".
_FRAMES = (
    "{} resistance", "{} resistant", "{} refractory", "resistance to {}", "resistant to {}",
    "{} inhibitor resistance", "{} therapy resistance", "resistance to {} therapy",
)  # fmt: skip


class OtherResistance:
    """The words of `tagging_words.yaml` that say what else a resistance is to."""

    def __init__(self, treatments: Mapping[str, Treatments], unrelated: Sequence[str]) -> None:
        """`treatments` by the concept of resistance to them; `unrelated` are none of cancers."""
        self._treatments, self._unrelated = treatments, unrelated
        self._ids = [*treatments, ""]

    # Compiled when they are first looked for: most questions are of no resistance.
    @cached_property
    def _any(self) -> re.Pattern[str]:
        groups = [(*each.every, *each.single) for each in self._treatments.values()]
        return re.compile("|".join(f"({_any_of(g)})" for g in (*groups, self._unrelated)))

    @cached_property
    def _single(self) -> Mapping[str, re.Pattern[str]]:
        return {id_: re.compile(_any_of(t.single)) for id_, t in self._treatments.items()}

    def of(self, text: str) -> str | None:
        """The concept that the first such word of a lower-case text stands for.

        "" where it is unrelated to cancer treatments, None where there is no such word.
        """
        match = self._any.search(text)
        return self._ids[match.lastindex - 1] if match and match.lastindex else None

    def is_of_one(self, concept: str, name: str) -> bool:
        """Whether a name of such a concept tells a single treatment: `cisplatin resistance`.

        It is then no synonym: a question that names one is not answered with them all.
        """
        return concept in self._single and bool(self._single[concept].search(name.lower()))

    def names(self) -> Iterator[tuple[str, str]]:
        """The concept and a name, for each way to put each whole word for all treatments."""
        for id_, treatments in self._treatments.items():
            for word in treatments.every:
                if "*" not in word:
                    yield from ((id_, frame.format(word)) for frame in _FRAMES)


def _any_of(words: Sequence[str]) -> str:
    """A pattern for words, each in both numbers; * stands for the letters before or behind."""
    lower = map(str.lower, words)
    forms = {form for word in lower for form in (word, plural(word))}
    escaped = (re.escape(form).replace(r"\*", r"\w*").replace(r"\-", "[- ]?") for form in forms)
    longest_first = sorted(escaped, key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(longest_first) or '(?!)'})(?!\w)"
