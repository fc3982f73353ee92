"""First questions to try, chosen from what is stored: each of them finds something."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.errors import TmeError
from bot.search.landscape import Cell
from bot.search.query import Query
from handlers.services import Services

MOST = 6
# How many of the fullest pairs of component and strategy are looked at for two unlike ones.
_LOOKED_AT = 40
_NEWEST = 50
_LONGEST_PAIR = 50
# What the questions below begin with that is no word of a search.
_COMMANDED = re.compile(r"^(?:evidence for|define) ")


def first_questions(services: Services, most: int = MOST) -> tuple[str, ...]:
    """Up to `most` questions of different kinds that find records in this store.

    Where nothing is stored yet: what works without a record.
    """
    try:
        found = [each for each in _questions(services) if _finds(services, each)]
    except TmeError:
        found = []
    return tuple(found[:most]) or ("define MDSC",)


def _questions(services: Services) -> Iterator[str]:
    """A topic, a term, the evidence, a kind of paper, a picture, and one paper."""
    landscape = services.landscape
    components = landscape.map(Query("map"))
    cancers = landscape.map(replace(Query("map"), subject="cancer by strategy"))
    topics = _unlike([*cancers.top(_LOOKED_AT), *components.top(_LOOKED_AT)])
    if topics:
        yield f"{topics[0].column} {topics[0].row}"
    if components.rows.labels:
        yield f"define {_short(services, components.rows.labels[0])}"
    if len(topics) > 1:
        yield f"evidence for {topics[1].column}"
    if components.rows.labels:
        yield f"reviews on {components.rows.labels[0]} since {services.now().year - 5}"
    if cancers.fullest or components.fullest:
        yield "map"
    newest = services.store.newest(_NEWEST)
    if doi := next((each.doi for each in newest if each.doi), None):
        yield doi


def _unlike(cells: Sequence[Cell]) -> list[Cell]:
    """The fullest pairs that are short to type; none shares its row or column with another."""
    kept: list[Cell] = []
    for cell in sorted(cells, key=lambda each: -each.count):
        is_short = len(cell.row) + len(cell.column) <= _LONGEST_PAIR
        if is_short and all(c.row != cell.row and c.column != cell.column for c in kept):
            kept.append(cell)
    return kept


def _short(services: Services, label: str) -> str:
    """A concept by its abbreviation, where it has one."""
    concepts = services.vocabulary.concepts.values()
    named = (c.abbreviations for c in concepts if c.label == label and c.abbreviations)
    return next((names[0].text.split(" / ")[0] for names in named), label)


def _finds(services: Services, question: str) -> bool:
    """Whether a question finds a record, or can be answered without one."""
    query = services.search.interpret(_COMMANDED.sub("", question))
    if query.identifiers or question == "map" or question.startswith("define "):
        return True
    return services.index.count(services.search.plan(query)) > 0
