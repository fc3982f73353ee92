"""Citations indexed by their words, to tell whether words stand together in one of them alone."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from typos import can_slip

from bot.index.analysis import stem
from bot.records.names import contributor
from bot.text.folding import fold, words
from bot.text.markup import plain

# Words that nobody remembers of a title.
LITTLE = frozenset((
    "a", "about", "according", "after", "against", "all", "also", "among", "an", "and", "any",
    "are", "as", "at", "be", "before", "between", "both", "but", "by", "can", "do", "does",
    "during", "each", "for", "from", "has", "have", "how", "if", "in", "into", "is", "it",
    "its", "more", "most", "no", "not", "of", "on", "only", "or", "other", "our", "over", "per",
    "should", "so", "some", "such", "than", "that", "the", "their", "there", "these", "they",
    "this", "those", "through", "to", "toward", "towards", "under", "upon", "using", "versus",
    "via", "vs", "was", "we", "were", "what", "when", "where", "whether", "which", "while",
    "who", "whose", "why", "will", "with", "within", "without", "you", "your",
))  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_COMMONEST = 100


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation as the queries need it; `people` are all surnames' folded words."""

    pmid: str
    title: str
    stems: frozenset[str]
    first: str
    people: frozenset[str]
    year: str
    journal: str

    @property
    def content(self) -> list[str]:
        """The title's words without little ones and numbers, each once, in its order."""
        found = dict.fromkeys(_WORD.findall(self.title))
        return [w for w in found if w.lower() not in LITTLE and not w.isdigit() and len(w) > 1]


class Citations:
    """All citations, with what is needed to tell whether words stand together in one alone."""

    def __init__(self, records: Iterable[dict[str, object]], commonest: int = _COMMONEST) -> None:
        """From records as JSON; the `commonest` words of all titles name no topic."""
        self.all = [_citation(record) for record in records]
        self._titles: dict[str, set[int]] = defaultdict(set)
        self._people: dict[str, set[int]] = defaultdict(set)
        self._journals: dict[str, set[int]] = defaultdict(set)
        for at, citation in enumerate(self.all):
            for holders, stored in (
                (self._titles, citation.stems),
                (self._people, citation.people),
                (self._journals, _stems(citation.journal)),
            ):
                for word in stored:
                    holders[word].add(at)
        by_use = sorted(self._titles, key=lambda word: -len(self._titles[word]))
        self._common = frozenset(by_use[:commonest])

    def topics(self, citation: Citation) -> list[str]:
        """The words of its title that can name its topic."""
        return [w for w in citation.content if can_slip(w) and not _stems(w) & self._common]

    def is_alone(
        self, citation: Citation, text: str, name: str = "", year: str = "", journal: str = ""
    ) -> bool:
        """Whether the words (and name, year, journal where given) stand in this citation alone."""
        wanted = [self._titles[each] for each in _stems(text)]
        wanted += [self._people[w] | self._titles[stem(w)] for w in _folded(name).split()]
        wanted += [self._journals[each] | self._titles[each] for each in _stems(journal)]
        wanted.sort(key=len)
        left = set.intersection(*wanted) if wanted else set()
        same = [self.all[at] for at in left if year in ("", self.all[at].year)]
        return same == [citation]


def _citation(record: dict[str, object]) -> Citation:
    people = record["authors"]
    assert isinstance(people, list)
    families = [family for name in people if (family := contributor(name).family)]
    title = plain(str(record["title"]))
    return Citation(
        pmid=str(record["pmid"]),
        title=title,
        stems=frozenset(_stems(title)),
        first=families[0] if families else "",
        people=frozenset(word for family in families for word in _folded(family).split()),
        year=str(record["date"] or "")[:4],
        journal=str(record["journal"] or ""),
    )


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)}


_folded = cache(fold)
