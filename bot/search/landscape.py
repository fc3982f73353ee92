"""Service: the landscape of a topic in counts: two facets against each other, and years.

Every number is a count of the records stored, by the tags the bot gave them; a term counts the
records of its narrower terms too.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from bot.index import EVERY_RECORD, UNDATED, Group, IndexQuery, SearchIndex
from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.plan import tagged
from bot.search.query import Query
from bot.search.search import Search
from bot.vocabulary import Concept, Facet, Vocabulary

NOT_THE_LITERATURE = "Counts of our records, tagged by rules; not the literature."

# As much as can be read at the width of a Slack message.
MOST_ROWS, MOST_COLUMNS = 16, 12
# A longer past is counted, and named, but not drawn.
MOST_YEARS = 25
_FACETS: tuple[tuple[Facet, str], ...] = (
    ("component", "components?"),
    ("strategy", "strateg(?:y|ies)"),
    ("resistance", "resistances?"),
    ("evidence", "evidence|types?"),
    ("biomarker", "biomarkers?"),
    ("cancer", "cancers?|cancer types?|tumou?r types?|diseases?"),
)
_DEFAULT: tuple[Facet, Facet] = ("component", "strategy")
_ANY = "|".join(f"(?:{pattern})" for _, pattern in _FACETS)
_AXES = re.compile(
    rf"\b(?P<rows>{_ANY})\s*(?:\b(?:by|x|vs\.?|versus|against|and)\b|×)\s*(?P<columns>{_ANY})\b",
    re.IGNORECASE,
)
# "melanoma by strategy" names one: the other is the usual one.
_AXIS = re.compile(rf"\bby\s+(?P<facet>{_ANY})\b", re.IGNORECASE)
_LEADING = re.compile(r"\s*(?:of|for|in|on|about|across|over|the|by year)\b\s*", re.IGNORECASE)
_TRAILING = re.compile(r"\s*\b(?:by|over|per|a) (?:the )?(?:years?|time)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Axis:
    """The labels of the rows or columns shown, the fullest first.

    Those without a record in the table are left out; `more` did not fit.
    """

    facet: Facet
    name: str
    labels: tuple[str, ...]
    more: int = 0

    @property
    def in_text(self) -> str:
        """The facet's label inside a sentence: "TME component", "resistance type"."""
        return self.name if self.name[:2].isupper() else self.name[:1].lower() + self.name[1:]


@dataclass(frozen=True, slots=True)
class Cell:
    """A row and a column, how many records have both, and the words that list them.

    `searching` makes those a question that is searched: of few cells anyone wants it.
    """

    row: str
    column: str
    count: int
    words: str
    searching: Callable[[str], str] = str

    @property
    def question(self) -> str:
        """What lists the records of the cell."""
        return self.searching(self.words)


@dataclass(frozen=True, slots=True)
class Landscape:
    """Two facets against each other. `cells[row][column]`; `topic` is "" for all records.

    `note` says why other facets are shown than usual.
    """

    answer: Answer
    topic: str
    total: int
    rows: Axis
    columns: Axis
    cells: tuple[tuple[Cell, ...], ...]
    note: str = ""

    @property
    def fullest(self) -> int:
        """How many records the fullest cell has."""
        return max((cell.count for row in self.cells for cell in row), default=0)

    @property
    def remark(self) -> str | None:
        """What a reader of the table must know: how many rows and columns are shown."""
        cut = [
            f"{len(axis.labels)} of {len(axis.labels) + axis.more} {noun}"
            for axis, noun in ((self.rows, "rows"), (self.columns, "columns"))
            if axis.more
        ]
        shown = f"Shown: {' and '.join(cut)}, the fullest." if cut else None
        return " ".join(filter(None, (self.note, shown))) or None

    def top(self, most: int) -> list[Cell]:
        """The fullest cells, the fullest first."""
        full = [cell for row in self.cells for cell in row if cell.count]
        return sorted(full, key=lambda cell: -cell.count)[:most]


@dataclass(frozen=True, slots=True)
class Trend:
    """Records of a topic by year of publication, no year left out, the last one up to `today`.

    `before` were published earlier, `undated` at no known date; `searching` makes words a question
    that is searched.
    """

    answer: Answer
    topic: str
    total: int
    years: tuple[tuple[int, int], ...]
    today: date
    before: int = 0
    undated: int = 0
    searching: Callable[[str], str] = str

    @property
    def remark(self) -> str | None:
        """What a reader of the years must know: one that is not over, and what is not drawn."""
        notes = []
        if any(year == self.today.year for year, _ in self.years):
            notes.append(f"{self.today.year} is counted up to {self.today.day} {self.today:%b}")
        if self.before:
            notes.append(f"{self.before:,} before {self.years[0][0]} not drawn")
        if self.undated:
            notes.append(f"{self.undated:,} without a known date not drawn")
        return f"{'; '.join(notes)}." if notes else None

    def question(self, year: int) -> str:
        """What lists the records of a year."""
        return self.searching(f"{self.topic} year:{year}".strip())


class LandscapeService:
    """Counts landscapes and trends."""

    def __init__(
        self,
        index: SearchIndex,
        search: Search,
        vocabulary: Vocabulary,
        now: Callable[[], datetime],
    ) -> None:
        self._index = index
        self._search = search
        self._vocabulary = vocabulary
        self._now = now

    def map(self, query: Query) -> Landscape:
        """The landscape of what follows `map`: two facets ("resistance by strategy") and a topic.

        Rows and columns without a record in the table are left out, and where there are too many
        to read those that fewest records of the topic have.
        """
        (down, across), topic = axes(query.subject)
        topic_query = self._search.interpret(topic) if topic else Query(query.text)
        wanted = self._search.plan(topic_query)
        total, rows, columns = self._counted(wanted, down, across)
        shown = columns.fullest[:MOST_COLUMNS]
        grid: dict[str, list[int]] = {}
        left = list(rows.fullest)
        across_all = [columns.groups[each] for each in shown]
        while left and len(grid) < MOST_ROWS:
            # Most rows have something in the columns shown: the next ones are rarely needed.
            some, left = left[: MOST_ROWS - len(grid)], left[MOST_ROWS - len(grid) :]
            counted = self._index.tally(wanted, [rows.groups[row] for row in some], across_all)
            grid |= {row: n for row, (_, *n) in zip(some, counted, strict=True) if any(n)}
        used = [at for at, column in enumerate(zip(*grid.values(), strict=True)) if any(column)]
        return Landscape(
            answer=self._answer(query, topic_query, total, "map"),
            topic=topic,
            total=total,
            rows=self._axis(down, list(grid), len(left)),
            columns=self._axis(
                across, [shown[at] for at in used], len(columns.fullest) - len(shown)
            ),
            cells=tuple(
                tuple(self._cell(topic, row, shown[at], counts[at]) for at in used)
                for row, counts in grid.items()
            ),
        )

    def trend(self, query: Query) -> Trend:
        """The records of what follows `trend`, by year."""
        topic = trend_topic(query.subject)
        topic_query = self._search.interpret(topic) if topic else Query(query.text)
        wanted = self._search.plan(topic_query)
        found = dict(self._index.years(wanted))
        undated = found.pop(UNDATED, 0)
        total = undated + sum(found.values())
        last = max([*found, self._now().year]) if found else self._now().year
        first = max(min(found, default=last), last - MOST_YEARS + 1)
        shown = tuple((year, found.get(year, 0)) for year in range(first, last + 1))
        return Trend(
            answer=self._answer(query, topic_query, total, "trend"),
            topic=topic,
            total=total,
            years=shown if found else (),
            today=self._now().date(),
            before=sum(count for year, count in found.items() if year < first),
            undated=undated,
            searching=self._search.searching,
        )

    def _cell(self, topic: str, row: str, column: str, count: int) -> Cell:
        of_row, of_column = (self._vocabulary.concepts[each] for each in (row, column))
        limits = (f"{each.facet}:{each.id}" for each in (of_row, of_column))
        words = " ".join((topic, *limits)).strip()
        return Cell(of_row.label, of_column.label, count, words, self._search.searching)

    def _answer(self, query: Query, topic_query: Query, total: int, action: str) -> Answer:
        read = replace(topic_query, text=query.text, ignored=())
        return Answer(query=query.text, understood=describe_query(read, action), total=total)

    def _concepts(self, facet: Facet) -> list[Concept]:
        """A facet's concepts without umbrella terms, which would only repeat what is below them.

        An umbrella term has two levels below it.
        """
        concepts = self._vocabulary.concepts
        return [
            concept
            for concept in concepts.values()
            if concept.facet == facet and not any(concepts[c].narrower for c in concept.narrower)
        ]

    def _counted(
        self, wanted: IndexQuery, down: Facet, across: Facet
    ) -> tuple[int, "_Counted", "_Counted"]:
        """How many records a topic has, and the concepts of two facets, the fullest first."""
        rows, columns = (
            {each.id: tagged(self._vocabulary, each.id) for each in self._concepts(facet)}
            for facet in (down, across)
        )
        groups = [EVERY_RECORD, *rows.values(), *columns.values()]
        total, *counts = (n for [n] in self._index.tally(wanted, groups))
        split = counts[: len(rows)], counts[len(rows) :]
        return total, _Counted.of(rows, split[0]), _Counted.of(columns, split[1])

    def _axis(self, facet: Facet, shown: Sequence[str], more: int) -> Axis:
        name = next(f.label for f in self._vocabulary.facets if f.id == facet)
        return Axis(facet, name, tuple(self._vocabulary.concepts[c].label for c in shown), more)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What each concept of a facet asks of the index, and the ids of those that have records."""

    groups: Mapping[str, Group]
    fullest: Sequence[str]

    @classmethod
    def of(cls, groups: Mapping[str, Group], counts: Sequence[int]) -> Self:
        """The concepts by how many records each has; those of equally many in their order."""
        full = [(count, concept) for concept, count in zip(groups, counts, strict=True) if count]
        return cls(groups, [concept for _, concept in sorted(full, key=lambda each: -each[0])])


def axes(subject: str) -> tuple[tuple[Facet, Facet], str]:
    """The two facets that are named (components by strategies unless others are) and the topic."""
    named = _AXES.search(subject)
    if named is None:
        one = _AXIS.search(subject)
        if one is None:
            return _DEFAULT, _without_words(subject)
        facet = _facet(one["facet"])
        other = next(each for each in _DEFAULT if each != facet)
        topic = f"{subject[: one.start()]} {subject[one.end() :]}"
        return (other, facet), _without_words(topic)
    topic = f"{subject[: named.start()]} {subject[named.end() :]}"
    return (_facet(named["rows"]), _facet(named["columns"])), _without_words(topic)


def trend_topic(subject: str) -> str:
    """The topic of a trend: "in glioma by year" is glioma."""
    return _without_words(_TRAILING.sub("", subject))


def _facet(name: str) -> Facet:
    found = (f for f, pattern in _FACETS if re.fullmatch(pattern, name, re.IGNORECASE))
    return next(found)


def _without_words(topic: str) -> str:
    """The topic without the little words that lead to it: "in melanoma" is melanoma."""
    topic = topic.strip(" :,.")
    while match := _LEADING.match(topic):
        topic = topic[match.end() :].strip(" :,.")
    return topic
