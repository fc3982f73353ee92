"""Names of journals: full, abbreviated, by initials, with a subtitle; and what they stand for."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property, lru_cache
from pathlib import Path

from bot.text.folding import fold
from bot.text.stop_words import FOREIGN_LIGHT, LIGHT

# Words that abbreviations leave out (ISO 4), in the languages that journals' titles are in.
_SKIPPED = LIGHT | FOREIGN_LIGHT | {"into"}
# "Cancers (Basel)", "Cancer Research : an official journal of …", "Rinsho = Clinical …".
_ADDED = re.compile(r"\s*\([^)]*\)|\s*\[[^\]]*\]|\s+[:=/]\s.*$|[:;]\s.*$")
_AROUND = re.compile(r"^(?:the )?journal (?!of\b|for\b)|(?: journals?)$", re.IGNORECASE)
_LONGEST_INITIALS = 7


@lru_cache(maxsize=50_000)
def _words(name: str) -> tuple[str, ...]:
    folded = fold(name.replace("&", " and ").replace(".", " ").replace("'", "")).split()
    # The last one is no article: "Proc Natl Acad Sci U S A".
    return tuple(w for at, w in enumerate(folded, 1) if w not in _SKIPPED or at == len(folded))


@lru_cache(maxsize=200_000)
def same_journal(one: str, other: str) -> bool:
    """Whether the names may be one journal's; case, articles and subtitles do not count.

    Each word of an abbreviation must abbreviate the word in its place: "Natl" is "National". A
    title of one word has no abbreviation (ISO 4): Cell and Cells are two journals.
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
    return len(short) == len(full) > 1 and all(map(_abbreviates, short, full))


def _abbreviates(short: str, full: str) -> bool:
    """Whether the letters stand in the word in order, from its first on: natl, national."""
    if full.startswith(short):
        return True
    if short[:1] != full[:1] or len(short) < 2 or len(short) >= len(full):
        return False
    letters = iter(full)
    return all(letter in letters for letter in short)


def journal_key(title: str) -> str:
    """A title as journals are compared: folded words, without articles and what is added to it."""
    return " ".join(_words(_ADDED.sub("", title)) or _words(title))


class JournalNames:
    """The journals of a store, found by any of their names.

    `keys` are those of the titles that records give (`journal_key`), gone through when the first
    name is looked up. `known` has lines of names of one journal with bars between them ("Nature
    Medicine | Nat Med"): the initials that no rule gives, and journals that are known as such
    before anything from them is stored.
    """

    def __init__(self, keys: Iterable[str] = (), known: Iterable[str] = ()) -> None:
        self._groups = [tuple(n.strip() for n in line.split("|")) for line in known]
        self._capitals = {n for names in self._groups for n in names if n.isupper() and n.isalpha()}
        self._keys = keys
        self._tables: dict[str, _Table] = {}

    @cached_property
    def _by_letter(self) -> Mapping[str, Sequence[str]]:
        """The keys by their first letter."""
        by_letter: dict[str, list[str]] = defaultdict(list)
        for key in self._keys:
            by_letter[key[:1]].append(key)
        return by_letter

    def _table(self, letter: str) -> "_Table":
        """The keys that begin with a letter: a name and what it stands for begin alike."""
        table = self._tables.get(letter)
        if table is None:
            self._tables[letter] = table = _Table(self._by_letter.get(letter, ()))
        return table

    @cached_property
    def _known(self) -> Mapping[tuple[str, ...], Set[int]]:
        """The numbers of the lines that have a name, by what the name is compared by."""
        known: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for number, names in enumerate(self._groups):
            for key in (key for name in names for key in _keys(name)):
                known[key].add(number)
        return known

    def named(self, name: str) -> tuple[str, ...]:
        """The keys of stored titles that a name may stand for, by rule or because it is known to.

        Where both are known, they must be known as one: "Cell Res" is not Cell Reports.
        """
        meant = self._numbers(name)
        others = (other for number in meant for other in self._groups[number])
        names = {name, _AROUND.sub("", name), *others}
        found = {title for each in names for title in self._like(each)}
        theirs = ((title, self._numbers(title)) for title in sorted(found))
        return tuple(t for t, known in theirs if not (meant and known) or meant & known)

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of a journal's titles, as records give or may come to give them."""
        numbers = sorted(self._numbers(name))
        names = (*self.named(name), *(n for number in numbers for n in self._groups[number]), name)
        return tuple(dict.fromkeys(map(journal_key, names)))

    def is_well_known(self, name: str) -> bool:
        """Whether a name is among those known without anything stored."""
        return bool(self._numbers(name))

    def are_initials(self, name: str) -> bool:
        """Whether a word, in any case, is known as the initials of a journal."""
        return name.upper() in self._capitals

    def _numbers(self, name: str) -> set[int]:
        """The lines of the list that have a name."""
        keys = [*_keys(name), *_keys(_AROUND.sub("", name))]
        return {number for key in keys for number in self._known.get(key, ())}

    def _like(self, name: str) -> Iterator[str]:
        words = _words(name)
        if not words:
            return
        table = self._table(words[0][0])
        if len(words) == 1 and len(words[0]) <= _LONGEST_INITIALS:
            yield from (t for t in table.by_initials.get(words[0], ()) if same_journal(name, t))
        if _ADDED.search(name):
            near = table.by_length.get(len(words), ())
        elif len(words) == 1:  # which nothing shortens
            near = table.of_one_word.get(words[0], ())
        else:  # a word and its abbreviation begin alike
            near = table.by_initials.get("".join(word[0] for word in words), ())
        yield from (title for title in near if same_journal(name, title))

    def printed(self, name: str) -> tuple[str, str] | None:
        """The full title of a journal on the list and its abbreviation, which may be the same.

        None where no line, or more than one, has the name.
        """
        numbers = self._numbers(name)
        if len(numbers) != 1:
            return None
        full, *others = self._groups[next(iter(numbers))]
        return full, _ADDED.sub("", others[0] if others else full)


class _Table:
    """Keys of titles that begin with one letter: by how many words, initials, and the only word."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.by_length: dict[int, list[str]] = defaultdict(list)
        self.by_initials: dict[str, list[str]] = defaultdict(list)
        self.of_one_word: dict[str, list[str]] = defaultdict(list)
        for key in keys:
            words = key.split()
            self.by_length[len(words)].append(key)
            self.by_initials["".join(word[0] for word in words)].append(key)
            if len(words) == 1:
                self.of_one_word[words[0]].append(key)


def dotted(short: str, full: str) -> str:
    """An abbreviation with stops behind the words that it shortens, as ISO 4 has them.

    Left as it is where it has stops, or does not go word by word with the full title.
    """
    words = [word.strip(",:;") for word in full.split() if fold(word) not in _SKIPPED]
    parts = short.split()
    if "." in short or len(parts) != len(words):
        return short
    pairs = zip(parts, words, strict=True)
    return " ".join(p if fold(p) == fold(w) else f"{p}." for p, w in pairs)


def read_names(path: Path) -> tuple[str, ...]:
    """The lines of a file of journals' names, without its comments (`#`); none without a file."""
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def _keys(name: str) -> Iterator[tuple[str, ...]]:
    """What a name is compared by: its words, and those without what is added to it."""
    yield from {_words(name), _words(_ADDED.sub("", name))} - {()}
