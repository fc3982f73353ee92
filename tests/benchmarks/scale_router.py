"""What a person waits for: from the text of a slash command to the blocks of its answer.

Every command and kind of question through the router, beside bare tantivy and SQLite FTS5 that
are given the words of the same questions, in turns.
"""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from functools import partial

from scale_data import Question
from scale_floor import TOP, Floor
from scale_job import Figures, Job, Spent, memory_mb, spread
from scale_queries import drawn

from handlers.commands import COMMANDS
from handlers.router import Place, Request, Router, Surface
from handlers.services import Services

# How many of each kind are asked, of which the first are not counted.
_MOST, _WARMING = 40, 4
# So many take turns: a busy moment falls on all, and none finds the caches full of another's data.
_BLOCK = 10
_PLACE = Place("T1", "C1", "1.0", "U1")


def router(job: Job) -> Figures:
    """Every kind: the router, and floor and FTS5 where the kind has words to give them."""
    floor = Floor(job.path / "tantivy")
    with job.services() as services:
        asking = Router(services, COMMANDS)
        kinds = _kinds(services, job)
        timings = {kind: _turns(asking, floor, job, each) for kind, each in kinds.items()}
        timings["a follow-up in a thread"] = _follow_ups(asking, kinds["3 words"])
        return {"kinds": timings, "memory": memory_mb(), "questions": min(_MOST, job.questions)}


def _kinds(services: Services, job: Job) -> dict[str, list[Question]]:
    """The questions of each kind, drawn by the job's seed."""
    asked, rng = drawn(job), random.Random(f"{job.seed}:router")
    most = min(_MOST, job.questions)
    three = asked["3 words"][:most]
    one = asked["1 word"][:most]
    by_facet: dict[str, list[str]] = {}
    for concept in services.vocabulary.concepts.values():
        by_facet.setdefault(concept.facet, []).append(concept.label)
    concepts = _named(
        rng, most, by_facet["component"] + by_facet["strategy"] + by_facet["resistance"]
    )
    cancers = _named(rng, most, by_facet["cancer"])
    pairs = [Question(f"{a.text} {b.text}", (*a.words, *b.words))
             for a, b in zip(concepts, cancers, strict=True)]  # fmt: skip
    stored = services.store.newest(most)

    def turned(pattern: str, those: Sequence[Question]) -> list[Question]:
        return [Question(pattern.format(each.text), each.words) for each in those]

    def plain(*texts: str) -> list[Question]:
        return [Question(text, ()) for text in texts for _ in range(most // len(texts))]

    return {
        "1 word": one,
        "3 words": three,
        "8 words": asked["8 words"][:most],
        "3 words, misspelt": asked["3 words, misspelt"][:most],
        "8 words, misspelt": asked["8 words, misspelt"][:most],
        "a concept": concepts,
        "a cancer": cancers,
        "a concept and a cancer": pairs,
        "filters": turned("{} since:2018 is:open", three),
        "a phrase": [Question(f'"{" ".join(q.words[:2])}"', q.words[:2]) for q in three],
        "a sentence": turned("does {} improve survival of patients with resistance?", pairs),
        "negation": [Question(f"{a.text} but not {b.text}", a.words)
                     for a, b in zip(three, cancers, strict=True)],
        "a DOI": [Question(record.doi or record.title, ()) for record in stored],
        "a pasted title": [Question(record.title, ()) for record in stored],
        "evidence": turned("evidence {}", concepts),
        "combine": [Question(f"combine {a.text} + {b.text}", (*a.words, *b.words))
                    for a, b in zip(concepts, cancers, strict=True)],
        "map": plain("map"),
        "map of a topic": turned("map {}", cancers),
        "trend": turned("trend {}", concepts),
        "similar": [Question(f"similar {record.doi or record.title}", ()) for record in stored],
        "define": turned("define {}", concepts),
        "new": plain("new"),
        "status": plain("status"),
        "lists": plain("lists"),
        "help": plain("help"),
    }  # fmt: skip


def _named(rng: random.Random, most: int, labels: Sequence[str]) -> list[Question]:
    return [Question(label, tuple(label.split())) for label in rng.choices(labels, k=most)]


def _turns(asking: Router, floor: Floor, job: Job, asked: Sequence[Question]) -> Figures:
    """One kind, in turns with the peers; those that were asked for warmth are left out."""
    own: list[Spent] = []
    bare: list[Spent] = []
    fts5: list[Spent] = []
    with_peers = bool(asked[0].words)
    with closing(_Fts5(job)) as ask_fts5:
        for first in range(0, len(asked), _BLOCK):
            block = asked[first : first + _BLOCK]
            if with_peers:
                bare += [Spent.on(partial(_bare, floor, each)) for each in block]
                fts5 += [Spent.on(partial(ask_fts5.ask, each.words)) for each in block]
            own += [Spent.on(partial(_answer, asking, each.text)) for each in block]
    asked_each = {"router": own, "tantivy": bare, "fts5": fts5 if ask_fts5.there else []}
    return {key: times for name, spent in asked_each.items() for key, times in _both(name, spent)}


def _both(name: str, spent: Sequence[Spent]) -> Iterator[tuple[str, dict[str, float]]]:
    """By the clock and by the processor, those that were asked for warmth left out."""
    if counted := spent[_WARMING:]:
        yield name, spread([each.clock for each in counted])
        yield f"{name}_processor", spread([each.processor for each in counted])


def _follow_ups(asking: Router, asked: Sequence[Question]) -> Figures:
    """`only reviews` under each list, where the thread was remembered."""
    own: list[Spent] = []
    for number, question in enumerate(asked):
        place = Place("T1", "C1", f"{number}.0", "U1")
        asking.answer(Request(question.text, Surface.THREAD, place=place))
        later = Request("only since 2015", Surface.THREAD, place=place)
        own.append(Spent.on(partial(asking.answer, later)))
    return dict(_both("router", own))


def _answer(asking: Router, text: str) -> None:
    asking.answer(Request(text, Surface.SLASH, place=_PLACE)).message.payload()


def _bare(floor: Floor, question: Question) -> None:
    # Its parser knows signs of its own; what it cannot read it is not asked.
    with suppress(ValueError):
        floor.ask(" ".join(question.words))


class _Fts5:
    """SQLite's full-text index over the same records, where it was built."""

    def __init__(self, job: Job) -> None:
        file = job.path / "fts5" / "fts.db"
        self.there = file.is_file()
        self._db = sqlite3.connect(file) if self.there else None

    def ask(self, words: Sequence[str]) -> None:
        """Any of the words, the first hundred by bm25."""
        if self._db is not None:
            quoted = " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
            sql = "SELECT title FROM t WHERE t MATCH ? ORDER BY bm25(t, 2.0, 1.0) LIMIT ?"
            self._db.execute(sql, [quoted, TOP]).fetchall()

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
