"""Service: a pasted list of references of any length, read entry by entry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.records.identifiers import find, mentioned
from bot.records.models import Identifier, Record, Scheme
from bot.search.query import LONGEST
from bot.search.search import Search
from bot.store import StateStore

# More entries are a file to import.
MOST = 200
_LONGEST_TEXT = 200_000
_NUMBERED = re.compile(r"^[ \t]*(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}[.)])[ \t]+(?=\S)", re.MULTILINE)
_IN_A_ROW = re.compile(r"(?:^|\s)(?:\[\d{1,3}\]\s+(?=\S)|\d{1,3}\.\s+(?=[^\W\d_a-z]))")
_BLANK = re.compile(r"\n[ \t]*\n+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# An entry without an identifier has so many words at least, and a year.
_SHORTEST = 6
# So many words beside an identifier are what it is in: between bare ones stand fewer.
_AROUND = 4
_NAME = r"[A-Z][\w'\u2019-]{1,30}"
# Words before a year that are no names.
_NO_NAME = (
    r"(?:Jan|Febr)uary|March|April|May|June|July|August|(?:Septem|Octo|Novem|Decem)ber|In|Since"
)
# In any style: "Sharma et al., 2017", "Sharma and Allison (2015)", "Sharma P, 2017" and, in
# brackets, "Sharma 2017"; "In 2017" names nobody.
CITED = re.compile(
    rf"(?!(?:{_NO_NAME})\b)(?P<name>{_NAME})(?:\s(?:et al\.?|(?:and|&)\s(?P<second>{_NAME})),?\s\(?"
    r"|(?:\s[A-Z]{1,3})?,\s|\s\(|\s(?=\d{4}[a-z]?[);]))(?P<year>(?:19|20)\d\d)[a-z]?\b"
)
_WORKS = frozenset((Scheme.DOI, Scheme.PMID, Scheme.PMCID, Scheme.NCT, Scheme.ARXIV, Scheme.ORA))


class Outcome(StrEnum):
    """What became of one entry."""

    STORED = "stored"
    AGAIN = "named before"
    NOT_STORED = "not stored"
    NOT_UNDERSTOOD = "not understood"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as pasted, the work it names, and its record where there is one."""

    text: str
    outcome: Outcome
    identifier: Identifier | None = None
    record: Record | None = None


def split(text: str) -> list[str]:
    """The entries of a pasted list: numbered, set apart by blank lines, one a line, or bare ids.

    Among bare ids, names with years are entries too.
    """
    text = text[:_LONGEST_TEXT].strip()
    mentions = mentioned(text)
    if len(mentions) > 1 and len(text.split()) < _AROUND * len(mentions):
        each_alone = [line.strip() for line in text.splitlines() if line.strip()]
        if all(
            len(mentioned(line)) == 1 or CITED.fullmatch(line.rstrip(")")) for line in each_alone
        ):
            return each_alone
        return works_named(text)
    for cut in (_NUMBERED, _IN_A_ROW, _BLANK):
        parts = [part.strip() for part in cut.split(text)]
        if len(parts) > 2 or (len(parts) == 2 and cut is _BLANK):
            return [" ".join(part.split()) for part in parts if part]
    return [line.strip() for line in text.splitlines() if line.strip()]


def is_list(text: str) -> bool:
    """Whether a text is a list of references: two entries or more, most of which read like one."""
    if "\n" not in text and len(text) <= LONGEST and not _IN_A_ROW.search(text):
        return False
    entries = split(text)
    like = sum(map(_is_reference, entries))
    return like > 1 and like * 2 > len(entries)


def _is_reference(entry: str) -> bool:
    if CITED.fullmatch(entry.rstrip(")")):
        return True
    if any(each.identifier.scheme in _WORKS for each in find(entry)):
        return True
    return len(entry.split()) >= _SHORTEST and _YEAR.search(entry) is not None


def as_cited(found: re.Match[str]) -> str:
    """A citation by name and year as it was written."""
    cited = found.group().strip("( ")
    return f"{cited})" if "(" in cited else cited


def works_named(text: str) -> list[str]:
    """What a text names works by, in its order and each once: identifiers, and names with years.

    Without an identifier, one name alone may be anything: the text says more. Of "Nature, 2020"
    nobody is cited.
    """
    named = [(each.start, text[each.start : each.end]) for each in mentioned(text)]
    cited = [
        (each.start(), as_cited(each))
        for each in CITED.finditer(text)
        if "et al" in each[0]
        or each["second"]
        or "(" in text[max(each.start() - 1, 0) : each.end()]
    ]
    if not named and len(cited) < 2:
        return []
    return list(dict.fromkeys(written for _, written in sorted(named + cited)))


class Bibliography:
    """Reads lists of references against the store."""

    def __init__(self, store: StateStore, search: Search) -> None:
        self._store = store
        self._search = search

    def read(self, text: str) -> Sequence[Entry]:
        """What each entry names, in order; at most `MOST` of them.

        A work that an entry before it named is `AGAIN`: by DOI and by PMID it is one.
        """
        read, seen = [], set[str]()
        for entry in map(self.entry, split(text)[:MOST]):
            id_ = entry.record.id if entry.record else ""
            read.append(replace(entry, outcome=Outcome.AGAIN) if id_ in seen else entry)
            seen |= {id_} - {""}
        return read

    def entry(self, entry: str) -> Entry:
        """What one entry names."""
        named = [m.identifier for m in mentioned(entry) if m.identifier.valid]
        works = [identifier for identifier in named if identifier.scheme in _WORKS]
        for identifier in works:
            if records := self._store.find(identifier, limit=1):
                return Entry(entry, Outcome.STORED, identifier, records[0])
        cited = CITED.fullmatch(entry.rstrip(")"))
        record = self.meant(cited)[0] if cited else self._titled(entry)
        if record is not None:
            return Entry(entry, Outcome.STORED, works[0] if works else None, record)
        if works:
            return Entry(entry, Outcome.NOT_STORED, works[0])
        outcome = Outcome.NOT_STORED if _is_reference(entry) else Outcome.NOT_UNDERSTOOD
        return Entry(entry, outcome)

    def meant(self, cited: re.Match[str]) -> tuple[Record | None, int]:
        """The one record that a name and year can mean, and how many stored ones fit."""
        names = filter(None, (cited["name"], cited["second"]))
        authors = " ".join(f'author:"{name}"' for name in names)
        query = self._search.interpret(f"{authors} year:{cited['year']}")
        answer = self._search.run(query, limit=2)
        return answer.hits[0].record if answer.total == 1 else None, answer.total

    def _titled(self, entry: str) -> Record | None:
        """The record whose title the entry holds."""
        if len(entry.split()) < _SHORTEST - 1:
            return None
        return self._search.by_title(self._search.interpret(entry[:LONGEST]))
