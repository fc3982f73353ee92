"""Which sentence of an abstract to quote: the one nearest the question, else the conclusion.

Sentences are quoted as they stand; nothing is paraphrased.
"""

from collections.abc import Sequence
from functools import lru_cache

from nupunkt import sent_tokenize

from bot.index import Key, Words
from bot.markup import plain
from bot.matching import Stem, Text
from bot.models import Quote, Record, Section
from bot.text import clean

_LONGEST = 400
_CONCLUDING = ("conclusion", "conclusions", "interpretation", "significance", "findings")


@lru_cache(maxsize=4_096)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; "e.g.", "et al." and "Fig. 2" do not end one."""
    found = (str(sentence).strip() for sentence in sent_tokenize(clean(plain(text))))
    return tuple(sentence for sentence in found if sentence)


def quote(record: Record, asked: Sequence[Sequence[Words | Key]], stem: Stem) -> Quote | None:
    """The sentence of the abstract that holds most of what was asked, or the conclusion.

    `asked` holds, for each thing that was asked, the words that count as it. None when no
    abstract is held.
    """
    if not record.abstract:
        return None
    sections = record.sections or (Section(label=None, text=record.abstract),)
    best: tuple[tuple[int, int], str, str | None] = ((0, 0), "", None)
    for section in sections:
        for sentence in sentences(section.text):
            marks = _marks(sentence, asked, stem)
            score = (sum(map(bool, marks)), sum(map(len, marks)))
            if score > best[0]:
                best = (score, sentence, section.label)
    text, label = best[1:] if best[1] else _conclusion(sections)
    text = _shortened(text)
    marks = _marks(text, asked, stem)
    return Quote(text=text, section=label, marks=_merged([m for each in marks for m in each]))


def _marks(
    sentence: str, asked: Sequence[Sequence[Words | Key]], stem: Stem
) -> list[list[tuple[int, int]]]:
    """For each thing asked, where it stands in a sentence."""
    text = Text(sentence, stem)
    return [
        [span for each in alternatives if isinstance(each, Words) for span in text.spans(each)]
        for alternatives in asked
    ]


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans in order, those that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _conclusion(sections: tuple[Section, ...]) -> tuple[str, str | None]:
    for section in sections:
        if section.label and section.label.lower() in _CONCLUDING and sentences(section.text):
            return sentences(section.text)[0], section.label
    held = [(s.text, s.label) for s in sections if sentences(s.text)]
    return (sentences(held[-1][0])[-1], held[-1][1]) if held else ("", None)


def _shortened(sentence: str) -> str:
    if len(sentence) <= _LONGEST:
        return sentence
    return sentence[:_LONGEST].rsplit(" ", 1)[0] + " …"
