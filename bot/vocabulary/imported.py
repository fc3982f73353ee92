"""Names from imported vocabularies (MeSH, HGNC) in a question, and the rules that keep them tame.

HGNC has genes called WAS, CAT and REST, and MeSH has headings such as Attention with the entry
term Concentration. So that nobody's plain words are taken for such a thing:

- a symbol with a digit counts in any case (`cxcl9`), from three characters; one that is not the
  approved one, with or without a digit, only from four;
- an approved symbol of letters only counts in any case from four letters (`kras`), unless it is
  an English word too: those, shorter ones and aliases count only as written (`WAS`, `CAT`);
- a name in words counts in any case from two words; a single word only from four letters (a
  gene's: five), never an English word that is a symbol too, and among MeSH's only what its tree
  puts under anatomy, organisms, diseases or chemicals;
- a name that several terms of a vocabulary share is nobody's, unless it is the very symbol of one.

What the bot's own vocabulary recognises is never read otherwise.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.records.models import unique
from bot.text.folding import Token, fold
from bot.vocabulary.imports.terms import Role, Term, TermName
from bot.vocabulary.imports.terms_file import TermFile, TermFolder
from bot.vocabulary.terms import forms, name_key, singular, words_key

# A term is looked for by so many of its other names.
MOST_NAMES = 8
_KEPT_TERMS, _KEPT_QUESTIONS = 5_000, 500
_EVERYDAY = "everyday_symbols.txt"
_LONGEST = 9  # tokens, as in the bot's own vocabulary
_LONGEST_OTHER = 6  # words of another name; longer ones hardly stand in a text as they are
_SYMBOL = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*")
# Numbers of sequenced clones, which nobody writes of a gene with a name.
_CLONE = re.compile(r"(?:FLJ|MGC|DKFZ[Pp]?|HSPC)\w*\d{3,}\w*")
_WORDLIKE = re.compile(r"[a-z]{3}")
# Anatomy, organisms, diseases, chemicals: https://meshb.nlm.nih.gov/treeView
_AREAS_OF_WORDS = frozenset("ABCD")


@dataclass(frozen=True, slots=True)
class ImportedTerm:
    """A term that was recognised, and the other names to look for it by, the nearest first."""

    term: Term
    other_names: tuple[str, ...]

    @property
    def label(self) -> str:
        """What it is called in its vocabulary."""
        return self.term.label

    def is_gene(self, symbol: str) -> bool:
        """Whether it is the gene of this approved symbol."""
        return self.term.kind == "gene" and self.term.label == symbol


@dataclass(frozen=True, slots=True)
class Found:
    """Words of a question (token positions) that name terms of imported vocabularies."""

    start: int
    end: int
    typed: str
    terms: tuple[ImportedTerm, ...]


class ImportedTerms:
    """Looks up names in whatever vocabularies are imported now."""

    def __init__(self, folder: TermFolder, everyday: Iterable[str]) -> None:
        """Read from `folder`; `everyday` are the English words that are symbols too, folded."""
        self._folder = folder
        self._everyday = frozenset(everyday)
        self._term = lru_cache(_KEPT_TERMS)(self._looked_up)
        self._recognised = lru_cache(_KEPT_QUESTIONS)(self._read)

    def files(self) -> tuple[TermFile, ...]:
        """What is imported now: others, where that changed."""
        return self._folder.files()

    def recognise(
        self, tokens: Sequence[Token], text: str, gaps: Iterable[tuple[int, int]]
    ) -> list[Found]:
        """The names in these stretches of a question, leftmost and longest first.

        Without `text` (unknown case) names that need their case are not recognised.
        """
        files, stretches = self.files(), tuple(gaps)
        if not files:
            return []
        # A question is read twice, before and after its spelling is mended, and often again.
        return list(self._recognised(files, tuple(tokens), text, stretches))

    def _read(
        self,
        files: tuple[TermFile, ...],
        tokens: tuple[Token, ...],
        text: str,
        gaps: tuple[tuple[int, int], ...],
    ) -> tuple[Found, ...]:
        spans = [
            (start, end)
            for first, last in gaps
            for start in range(first, last)
            for end in range(min(last, start + _LONGEST), start, -1)
        ]
        keys = {span: _keys(tokens, *span) for span in spans}
        wanted = {key for each in keys.values() for key in each}
        stored = [(file, file.named(wanted)) for file in files]
        found: list[Found] = []
        for start, end in spans:
            if found and start < found[-1].end:
                continue
            typed = text[tokens[start].start : tokens[end - 1].end] if text else ""
            terms: list[ImportedTerm] = []
            for file, names in stored:
                under = [each for key in keys[start, end] for each in names.get(key, ())]
                spelt = [(n, name) for n, name in under if _is_form(tokens[start:end], name.text)]
                if spelt:
                    terms += self._admitted(file, spelt, typed)
            if terms:
                found.append(Found(start, end, typed, unique(terms)))
        return tuple(found)

    def of(self, name: str) -> tuple[ImportedTerm, ...]:
        """The terms that a name stands for, whatever its case; where several share it, all."""
        key = name_key(name)
        found: list[ImportedTerm] = []
        for file in self._folder.files():
            named = file.named([key]).get(key, ())
            found += [self._term(file, n) for n in unique(n for n, _ in _nearest(named))]
        return tuple(found)

    def gene(self, symbol: str) -> ImportedTerm | None:
        """The gene of an approved symbol, or None."""
        return next((each for each in self.of(symbol) if each.is_gene(symbol)), None)

    def _admitted(
        self, file: TermFile, spelt: list[tuple[int, TermName]], typed: str
    ) -> Iterator[ImportedTerm]:
        """The one term of a file that these names stand for, if the rules let them."""
        nearest = _nearest(spelt)
        numbers = unique(number for number, _ in nearest)
        if len(numbers) > 1:
            return
        found = self._term(file, numbers[0])
        if any(self._counts(found.term, name, typed) for n, name in spelt if n in numbers):
            yield found

    def _looked_up(self, file: TermFile, number: int) -> ImportedTerm:
        return self._with_names(file.terms([number])[number])

    def _counts(self, term: Term, name: TermName, typed: str) -> bool:
        """Whether a name counts as typed: see the rules above."""
        text = name.text
        as_written = typed in (text, f"{text}s")
        if " " in text.strip() or (not _is_symbol(term, name) and "-" in text):
            return len(fold(text)) >= 6
        if not _is_symbol(term, name):
            return (
                len(text) >= (5 if term.kind == "gene" else 4)
                and fold(text) not in self._everyday
                and singular(fold(text)) not in self._everyday
                and (term.kind != "heading" or bool(_AREAS_OF_WORDS & set(term.areas)))
            )
        if name.role is not Role.LABEL and len(text) < 4:
            return False
        if any(c.isdigit() for c in text):
            return len(text) >= 3 or as_written
        is_plain = fold(text) in self._everyday or len(text) < 4 or name.role is not Role.LABEL
        return as_written if is_plain or term.kind != "gene" else True

    def _with_names(self, term: Term) -> ImportedTerm:
        """The term with the names that can be looked for where words have no case."""
        names: dict[str, str] = {}
        for name in sorted(term.names, key=lambda n: (n.role is not Role.LABEL, len(n.text))):
            if not name.shared and self._is_telling(term, name):
                names.setdefault(name_key(name.text), name.text)
        return ImportedTerm(term, tuple(list(names.values())[:MOST_NAMES]))

    def _is_telling(self, term: Term, name: TermName) -> bool:
        """Whether a name, in any case, means its term and nothing else."""
        text, words = name.text, fold(name.text).split()
        if not words or len(words) > _LONGEST_OTHER or set(text) & set(",;()[]"):
            return False
        if _CLONE.fullmatch(text):
            return False
        if len(words) > 1:
            return len("".join(words)) >= 5
        if words[0] in self._everyday or singular(words[0]) in self._everyday:
            return False
        if _is_symbol(term, name):
            return len(text) >= (3 if name.role is Role.LABEL else 4)
        return len(text) >= 5


def _is_symbol(term: Term, name: TermName) -> bool:
    """Whether a name is written as a symbol: no space, and a digit or two capitals.

    An approved symbol is one however it is written.
    """
    text = name.text
    if term.kind == "gene" and name.role in (Role.LABEL, Role.PREVIOUS, Role.ALIAS):
        return True
    return bool(_SYMBOL.fullmatch(text)) and (
        any(c.isdigit() for c in text)
        or (sum(c.isupper() for c in text) > 1 and not _WORDLIKE.search(text))
    )


def _nearest(spelt: Sequence[tuple[int, TermName]]) -> list[tuple[int, TermName]]:
    """Those with the nearest role: an approved symbol comes before another gene's alias."""
    best = min((name.role for _, name in spelt), default=Role.OTHER)
    return [(number, name) for number, name in spelt if name.role == best]


def _keys(tokens: Sequence[Token], start: int, end: int) -> tuple[str, ...]:
    words = [token.text for token in tokens[start:end]]
    return tuple(dict.fromkeys((words_key(words), "".join(words))))


def _is_form(tokens: Sequence[Token], name: str) -> bool:
    """Whether these tokens are a way to type the name."""
    key = "".join(token.text for token in tokens)
    ends, offset = set(), 0
    for token in tokens:
        offset += len(token.text)
        ends.add(offset)
    return any(form.key == key and ends <= form.splits for form in forms(name))


def load_imported(seeds: Path, folder: TermFolder) -> ImportedTerms:
    """The vocabularies imported into `folder`, with the English words from the seeds."""
    return ImportedTerms(folder, everyday_symbols(seeds))


def everyday_symbols(seeds: Path) -> frozenset[str]:
    """The folded English words that are symbols of genes too; none where the file is not there."""
    path = seeds / _EVERYDAY
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return frozenset(line.strip() for line in lines if line and not line.startswith("#"))
