"""First questions to try, chosen from what is stored: each of them finds something."""

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from bot.errors import TmeError
from bot.search.search import Search
from bot.store.overlay import current
from handlers.services import Services

MOST = 6
_MOST_OF_A_FACET = 5
_NEWEST = 10
_LONGEST_TOPIC = 50
# What the questions below begin with that is no word of a search.
_COMMANDED = re.compile(r"^(?:evidence for|define) ")
# Those found last, with what they were found in: help and greetings ask for them each time.
_KEPT: WeakKeyDictionary[Search, tuple[object, tuple[str, ...]]] = WeakKeyDictionary()


def first_questions(services: Services, most: int = MOST) -> tuple[str, ...]:
    """Up to `most` questions of different kinds that find records in this store.

    Where nothing is stored yet: what works without a record.
    """
    try:
        found = _found(services)
    except TmeError:
        found = ()
    return found[:most] or ("define MDSC",)


def _found(services: Services) -> tuple[str, ...]:
    """All of them, looked for anew only where what is stored or seen has changed."""
    imported = services.vocabulary.imported
    files = imported.files() if imported is not None else ()
    stored = services.store.sequence(), services.index.watermark
    here = current()
    seen = here.workspace, here.closed, here.records
    state = stored, files, seen, services.now().date()
    known, found = _KEPT.get(services.search, (None, ()))
    if known != state:
        found = tuple(each for each in _questions(services) if _finds(services, each))
        _KEPT[services.search] = state, found
    return found


def _questions(services: Services) -> Iterator[str]:
    """A topic, a term, the evidence, a kind of paper, a picture, and one paper.

    What is stored most is read off the index's keys, and no record is counted for it.
    """
    strategies, components, cancers = (
        _fullest(services, facet) for facet in ("strategy", "component", "cancer")
    )
    topics = [f"{each} {about}" for about in (*cancers, *components) for each in strategies]
    short = (each for each in topics if len(each) <= _LONGEST_TOPIC)
    topic = next((each for each in short if _finds(services, each)), "")
    yield from filter(None, (topic,))
    if components:
        yield f"define {_short(services, components[0])}"
    yield from [f"evidence for {each}" for each in strategies if each not in topic][:1]
    if components:
        yield f"reviews on {components[0]} since {services.now().year - 5}"
    if topic:
        yield "map"
    newest = services.store.newest(_NEWEST)
    if doi := next((each.doi for each in newest if each.doi), None):
        yield doi


def _fullest(services: Services, facet: str) -> list[str]:
    """The labels of a facet's concepts that most records are tagged with, the most first."""
    stored = services.index.values("concept")
    known = (c for c in services.vocabulary.concepts.values() if c.facet == facet)
    there = sorted((c for c in known if c.id in stored), key=lambda c: -stored[c.id])
    return [concept.label for concept in there[:_MOST_OF_A_FACET]]


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
