"""Queries of people who know what they look for, made from the titles of real citations.

Each has exactly one right answer: its correct words (by folded stem) stand together in no other of
all the citations. The words of a surname may stand among another's authors or in its title, those
of a journal in its journal or title, a topic in its title, the year is that of publication.

Everything is drawn with a seed. Words are drawn from the title without the little words of
`LITTLE`; a topic is a word of five letters or more that is not among the 100 commonest of all
titles (`systematic`, `review`, `patients`), for those tell nobody's topic.
"""

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from known_citations import Citation, Citations
from typos import can_slip, every_word, one_typo

_FEWEST, _MOST = 3, 6
# A pasted title: this many words at least, and what a question may hold at most.
_TITLE_WORDS, _TITLE_LENGTH = 6, 900
_LIGATURES = (("ffi", "ﬃ"), ("ffl", "ﬄ"), ("ff", "ﬀ"), ("fi", "ﬁ"), ("fl", "ﬂ"))
# Columns of a page or a slide, in characters.
_NARROWEST, _WIDEST = 36, 64
_LONG_WORD = 8


@dataclass(frozen=True, slots=True)
class Known:
    """A query, and the PubMed id and title of the one citation it should find."""

    text: str
    pmid: str
    title: str


def queries(citations: Citations, each: int, seed: int) -> dict[str, list[Known]]:
    """Up to `each` queries of every kind, by the kind's name.

    The first three kinds are the same queries, clean and misspelt; so are the two of surnames
    that have diacritics.
    """
    chance = random.Random(seed)
    order = chance.sample(citations.all, len(citations.all))

    def drawn(make: Callable[[Citation], str | None]) -> list[Known]:
        made = (
            Known(text, citation.pmid, citation.title)
            for citation in order
            if (text := make(citation)) is not None
        )
        return list(islice(made, each))

    remembered = drawn(lambda c: _remembered(c, citations, chance))
    accented = drawn(lambda c: _accented(c, citations, chance))
    twins = _twins(citations)
    return {
        "title words": remembered,
        "title words, one misspelt": _changed(remembered, lambda t: one_typo(t, seed).text),
        "title words, all misspelt": _changed(remembered, lambda t: every_word(t, seed).text),
        "pasted title": drawn(lambda c: _pasted(c, citations, chance)),
        "surname, year, topic": drawn(lambda c: _surname_year(c, citations, chance)),
        "surname with diacritics, topic": accented,
        "the same, diacritics left out": _changed(accented, without_accents),
        "surname, diacritics added, topic": drawn(lambda c: _added(c, citations, twins, chance)),
        "journal, two topics": drawn(lambda c: _journal(c, citations, chance)),
    }


def _changed(queries: list[Known], change: Callable[[str], str]) -> list[Known]:
    return [Known(change(known.text), known.pmid, known.title) for known in queries]


def _remembered(citation: Citation, citations: Citations, chance: random.Random) -> str | None:
    """3 to 6 words of the title in its order, two of them fit for a typo."""
    content = citation.content
    count = chance.randint(_FEWEST, _MOST)
    if len(content) < count:
        return None
    kept = sorted(chance.sample(range(len(content)), count))
    text = " ".join(content[at] for at in kept)
    fit = sum(map(can_slip, text.split())) >= 2
    return text if fit and citations.is_alone(citation, text) else None


def _pasted(citation: Citation, citations: Citations, chance: random.Random) -> str | None:
    """The title as a PDF gives it."""
    title = citation.title
    fits = len(title.split()) >= _TITLE_WORDS and len(title) <= _TITLE_LENGTH
    if not fits or not citations.is_alone(citation, title):
        return None
    return as_pasted(title, chance)


def as_pasted(title: str, chance: random.Random) -> str:
    """A title in lines, with U+2010 for every hyphen, and ligatures.

    At about half of the line ends where it is possible a long word is broken in two by a hyphen.
    """
    width = chance.randint(_NARROWEST, _WIDEST)
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            if _can_break(word) and chance.random() < 0.5:
                cut = chance.randint(3, len(word) - 3)
                lines[-1] += f" {word[:cut]}-"
                word = word[cut:]  # noqa: PLW2901 - the rest of it
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    text = "\n".join(lines).replace("-", "\u2010")
    for letters, ligature in _LIGATURES:
        text = text.replace(letters, ligature)
    return text


def _can_break(word: str) -> bool:
    return word.isalpha() and word.islower() and len(word) >= _LONG_WORD


def _surname_year(citation: Citation, citations: Citations, chance: random.Random) -> str | None:
    name, year = citation.first, citation.year
    if not (name and year.isdigit()):
        return None
    for topic in _shuffled(citations.topics(citation), chance):
        if citations.is_alone(citation, topic, name=name, year=year):
            return f"{name} {year} {topic}"
    return None


def _accented(citation: Citation, citations: Citations, chance: random.Random) -> str | None:
    """A first author's name that has diacritics, and loses all of them when they are dropped."""
    name = citation.first
    if name.isascii() or not without_accents(name).isascii():
        return None
    return _with_topic(name, citation, citations, chance)


def _added(
    citation: Citation, citations: Citations, twins: dict[str, str], chance: random.Random
) -> str | None:
    """A name written plainly in the citation, asked for as others of that name write it."""
    twin = twins.get(citation.first)
    return _with_topic(twin, citation, citations, chance) if twin else None


def _with_topic(
    name: str, citation: Citation, citations: Citations, chance: random.Random
) -> str | None:
    for topic in _shuffled(citations.topics(citation), chance):
        if citations.is_alone(citation, topic, name=name):
            return f"{name} {topic}"
    return None


def _twins(citations: Citations) -> dict[str, str]:
    """Plain surname to the same with diacritics, where both occur."""
    return {
        without_accents(name): name
        for name in sorted({citation.first for citation in citations.all})
        if not name.isascii() and without_accents(name).isascii()
    }


def without_accents(text: str) -> str:
    """The text without combining marks: `Müller` is `Muller`; ø and ł stay."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _journal(citation: Citation, citations: Citations, chance: random.Random) -> str | None:
    journal, topics = citation.journal, citations.topics(citation)
    if len(topics) < 2 or not re.fullmatch(r"[A-Za-z ]+", journal):
        return None
    first, second = sorted(chance.sample(range(len(topics)), 2))
    two = f"{topics[first]} {topics[second]}"
    if not citations.is_alone(citation, two, journal=journal):
        return None
    return f"{journal} {two}"


def _shuffled(items: list[str], chance: random.Random) -> list[str]:
    return chance.sample(items, len(items))
