"""Reading the value of a filter (`strategy:epigenetic`, `type:reveiw`) as a concept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.records.models import unique
from bot.text.folding import fold
from bot.vocabulary.model import Concept
from bot.vocabulary.terms import both_numbers

_SHORT = 4  # letters: such values are abbreviations and never read as a misspelling
_ONE_SLIP = 7  # letters: below this one edit (or swap of neighbours) is forgiven, else two


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a filter value was read as.

    `id` is None when it names no concept of the facet, or several equally well. `nearest` lists
    every id of the facet, the nearest first; `corrected` says that the value was misspelt.
    """

    value: str
    id: str | None
    nearest: tuple[str, ...]
    corrected: bool = False


class Resolver:
    """The names under which one facet's concepts can be asked for."""

    def __init__(self, named: Iterable[tuple[Concept, Sequence[str]]]) -> None:
        # Fields are often made by the bot itself, the same few again and again.
        self._nearest = lru_cache(maxsize=256)(self._ranked)
        # Words of questions are looked up each time they are asked.
        self._named = lru_cache(maxsize=4_096)(self._meant)
        self._ids: list[str] = []
        self._by_name: dict[str, str] = {}
        self._own: dict[str, str] = {}  # id and label only: what a prefix may complete
        for concept, extra in named:
            self._ids.append(concept.id)
            self._own[fold(concept.id)] = concept.id
            self._own[fold(concept.label)] = concept.id
            for name in (concept.id, *concept.names, *extra):
                if "<" not in name:
                    for form in _numbers(fold(name)):
                        self._by_name.setdefault(form, concept.id)

    def resolve(self, value: str) -> Resolution:
        """Exact name, then the beginning of one, then a word of one, then a misspelling."""
        typed = fold(value)
        if not typed:
            return Resolution(value, None, tuple(self._ids))
        named = self._meant(typed)
        if named:
            id_ = named[0] if len(named) == 1 else None
            return Resolution(value, id_, self._nearest(typed, named))
        return self._misspelt(value, typed)

    def named(self, value: str) -> str | None:
        """The one concept that a name, spelt right, is or belongs to; None for none or several."""
        ids = self._named(fold(value))
        return ids[0] if len(ids) == 1 else None

    def _meant(self, typed: str) -> tuple[str, ...]:
        """The concepts of an exact name, else of names that begin so, else of those with a word."""
        if not typed:
            return ()
        exact = self._by_name.get(typed) or self._by_name.get(typed.replace(" ", ""))
        return (exact,) if exact else self._beginning(typed) or self._word(typed)

    def _beginning(self, typed: str) -> tuple[str, ...]:
        return unique(id_ for name, id_ in self._own.items() if name.startswith(typed))

    def _word(self, typed: str) -> tuple[str, ...]:
        forms = {f" {form} " for form in _numbers(typed)}
        return unique(
            id_ for name, id_ in self._own.items() if any(form in f" {name} " for form in forms)
        )

    def _misspelt(self, value: str, typed: str) -> Resolution:
        if len(typed) > _SHORT:
            id_ = self._closest(typed, self._by_name) or self._closest(typed, self._first_words)
            if id_ is not None:
                return Resolution(value, id_, self._nearest(typed, (id_,)), corrected=True)
        return Resolution(value, None, self._nearest(typed))

    @cached_property
    def _first_words(self) -> dict[str, str]:
        """The first word of a name (`epigenetic`), where it begins the names of one id only."""
        firsts = {name.split()[0]: id_ for name, id_ in self._own.items()}
        return {word: id_ for word, id_ in firsts.items() if len(self._beginning(word)) == 1}

    @staticmethod
    def _closest(typed: str, names: Mapping[str, str]) -> str | None:
        slips = 1 if len(typed) < _ONE_SLIP else 2
        close = process.extractOne(typed, list(names), scorer=OSA.distance, score_cutoff=slips)
        return names[close[0]] if close else None

    def _ranked(self, typed: str, first: tuple[str, ...] = ()) -> tuple[str, ...]:
        ranked = process.extract(typed, self._by_name.keys(), scorer=fuzz.ratio, limit=None)
        return unique((*first, *(self._by_name[name] for name, _, _ in ranked)))


def _numbers(name: str) -> tuple[str, ...]:
    head, _, last = name.rpartition(" ")
    return tuple(f"{head} {form}".strip() for form in both_numbers(last))
