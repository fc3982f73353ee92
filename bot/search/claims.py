"""Service: a pasted text with citations: what each cited record has that is near the sentence.

By words alone. Whether a record supports a claim is not said: only which sentence shares most of
its words, how many, and which of its numbers the record does not have.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from bot.records.answers import Quote
from bot.records.identifiers import mentioned
from bot.records.models import Identifier, Record
from bot.search.bibliography import CITED, Bibliography, as_cited
from bot.search.matching import Stem
from bot.search.quotes import passages
from bot.text.folding import words
from bot.text.markup import plain
from bot.text.sentences import level, sentences
from bot.text.stop_words import is_empty

# A text of so many characters, and so many of its citations, are looked at.
LONGEST, MOST = 20_000, 20
# A sentence with less than a third of a claim's words is not near it.
_NEAR = 3
_HEADING = re.compile(
    r"^[ \t]*(?:references?|bibliography|literature)[ \t]*:?[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_NUMBERED = re.compile(
    r"\s*(?:\[(\d{1,3})\]|(\d{1,3})(?:[.)]|(?=\s+(?:[A-Z]|10\.|doi|http))))\s+(\S.*)"
)
_LISTED = r"\d{1,3}(?:\s?(?:[,;\u2013-]|\band\b|&)\s?\d{1,3}){0,20}"
_NUMBERS = re.compile(rf"\[({_LISTED})\]")
# Numbers in other styles, which count where a reference is listed under each: "(3,4)", "refs. 3-5",
# and those that were raised: "in tumours³", "of patients.1,2 However".
_OTHER_STYLES = re.compile(
    rf"\(\s?(?P<round>{_LISTED})\s?\)|\b(?:refs?\.?|references?)\s(?P<named>{_LISTED})\b"
    rf"|(?P<stop>(?<=[a-z]{{3}})[.,;]?)(?P<raised>{_LISTED})(?=[\s.,;)]|$)",
    re.IGNORECASE,
)
_RAISED = re.compile(
    "(?<![\\d\u207b])[⁰¹²³⁴⁵⁶⁷⁸⁹](?:[⁰¹²³⁴⁵⁶⁷⁸⁹\u207b\u02d2,\u2013-]{0,40}[⁰¹²³⁴⁵⁶⁷⁸⁹])?"
)
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹\u207b\u02d2", "0123456789-,")
# "[1]–[3]" is "[1–3]".
_RANGE = re.compile(r"(?<=\d)\](\s?[\u2013-]\s?)\[(?=\d)")
_FIGURE = re.compile(r"(?<![A-Za-z\d])\d+(?:[.,]\d+)*")
_MOST_RANGE = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and one work that it cites, `cited` as written there.

    `fitting` counts the stored records that the citation may mean: only of one is it said what it
    has. `quote` is its sentence number `place` of `sentences`, which has `shared` of the `words` of
    the claim; None where none is near. `is_listed` is false of a number that no reference under the
    text has. `unfound` are the claim's numbers that the record lacks.
    """

    text: str
    cited: str
    identifier: Identifier | None = None
    record: Record | None = None
    fitting: int = 0
    quote: Quote | None = None
    place: int = 0
    sentences: int = 0
    shared: int = 0
    words: int = 0
    unfound: tuple[str, ...] = ()
    is_listed: bool = True


class Claims:
    """Reads a text against the records that it cites."""

    def __init__(self, bibliography: Bibliography, stem: Stem) -> None:
        self._bibliography = bibliography
        self._stem = stem

    def read(self, text: str) -> list[Claim]:
        """Each sentence with each work that it cites, once, in order; at most `MOST`."""
        body, numbered = _parts(text[:LONGEST])
        found: list[Claim] = []
        for sentence in sentences(_in_brackets(body, numbered)):
            seen: set[str] = set()
            for claim in self._cited(sentence, numbered):
                work = claim.record.id if claim.record else claim.cited
                if work in seen:
                    continue
                seen.add(work)
                found.append(self._compared(claim))
                if len(found) == MOST:
                    return found
        return found

    def _cited(self, sentence: str, numbered: dict[int, str]) -> Iterator[Claim]:
        """The works that a sentence cites: by identifier, by number, by name and year."""
        for mention in mentioned(sentence):
            if mention.identifier.valid:
                yield self._entry(sentence, sentence[mention.start : mention.end])
        for listed in _NUMBERS.finditer(_RANGE.sub(r"\1", sentence)):
            for number in _each(listed[1]):
                claim = self._entry(sentence, numbered.get(number, ""))
                yield replace(claim, cited=f"[{number}]", is_listed=number in numbered)
        for named in CITED.finditer(sentence):
            record, fitting = self._bibliography.meant(named)
            yield Claim(sentence, as_cited(named), record=record, fitting=fitting)

    def _entry(self, sentence: str, reference: str) -> Claim:
        if not reference:
            return Claim(sentence, "")
        entry = self._bibliography.entry(reference)
        stored = entry.record is not None
        return Claim(sentence, reference[:120], entry.identifier, entry.record, int(stored))

    def _compared(self, claim: Claim) -> Claim:
        """The claim with the record's sentence that shares most of its words."""
        if claim.record is None:
            return claim
        bare = _uncited(claim.text)
        claimed = self._stems(bare)
        abstract = passages(claim.record)
        texts = [("title", plain(claim.record.title)), *((p.label, p.text) for p in abstract)]
        shared = [len(claimed & self._stems(text)) for _, text in texts]
        place = max(range(len(texts)), key=lambda at: (shared[at], -at))
        whole = level(" ".join(text for _, text in texts)).replace(",", "")
        figures = (each.replace(",", "") for each in _FIGURE.findall(level(bare)))
        unfound = tuple(each for each in figures if not re.search(rf"(?<!\d){each}(?!\d)", whole))
        near = shared[place] and shared[place] * _NEAR >= len(claimed)
        return replace(
            claim,
            quote=Quote(text=texts[place][1], section=texts[place][0]) if near else None,
            place=place,
            sentences=len(abstract),
            shared=shared[place],
            words=len(claimed),
            unfound=unfound,
        )

    def _stems(self, text: str) -> frozenset[str]:
        """The stems of the words that say something."""
        return frozenset(self._stem(word) for word in words(text) if not is_empty(word))


def _parts(text: str) -> tuple[str, dict[int, str]]:
    """The text, and the numbered references under it: those behind a heading or at its end."""
    heading = _HEADING.search(text)
    if heading is not None:
        lines = text[heading.end() :].splitlines()
        body = text[: heading.start()]
    else:
        every = text.splitlines()
        first = len(every)
        while first and (not every[first - 1].strip() or _NUMBERED.fullmatch(every[first - 1])):
            first -= 1
        body, lines = "\n".join(every[:first]), every[first:]
    numbered = (match for line in lines if (match := _NUMBERED.fullmatch(line)))
    return body, {int(match[1] or match[2]): match[3] for match in numbered}


def _in_brackets(body: str, numbered: Collection[int]) -> str:
    """The text with numbers of listed references in brackets, before the stop that ends a sentence.

    In other styles than brackets a number is a citation only where all of them are listed.
    """

    def bracketed(found: re.Match[str]) -> str:
        listed = found["round"] or found["named"] or found["raised"]
        if not set(_each(listed)) <= set(numbered):
            return found.group()
        space = "" if found.string[: found.start()].endswith((" ", "(")) else " "
        return f"{space}[{listed}]{found['stop'] or ''}"

    lowered = _RAISED.sub(lambda found: found.group().translate(_LOWERED), body)
    return _OTHER_STYLES.sub(bracketed, lowered) if numbered else body


def _each(listed: str) -> Iterator[int]:
    """The numbers of `1, 3-5`."""
    for part in re.split(r"\s?(?:[,;&]|\band\b)\s?", listed):
        first, _, last = part.replace("\u2013", "-").partition("-")
        end = int(last or first)
        yield from range(int(first), min(end, int(first) + _MOST_RANGE) + 1)


def _uncited(sentence: str) -> str:
    """A sentence without its citations, whose numbers are none of the claim's."""
    for mention in reversed(list(mentioned(sentence))):
        sentence = f"{sentence[: mention.start]} {sentence[mention.end :]}"
    return CITED.sub(" ", _NUMBERS.sub(" ", sentence))
