"""Peers over the same records: SQLite FTS5, bm25s and rapidfuzz alone, beside the floor.

A peer that is not installed says so in its figures. Each kind of question gets a budget of
seconds, as some peers would take hours over all of them; `n` says how many were asked.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process
from scale_data import CLEAN_KINDS, Question, as_text, plain_words
from scale_floor import TOP, Floor, stored
from scale_job import Figures, Job, memory_mb, size_mb, spread, timed
from scale_queries import drawn

_BUDGET = 15.0
_FEWEST = 5


def _built(job: Job, name: str, build: Callable[[Path], None]) -> Figures:
    """Build in a new folder that takes its name only when it is whole."""
    folder, unfinished = job.path / name, job.path / f"{name}.part"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    before = memory_mb()
    seconds = timed(lambda: build(unfinished))
    unfinished.replace(folder)
    return {"seconds": round(seconds, 2), "mb": size_mb(folder), "memory_before": before}


def _asked(job: Job, ask: Callable[[str], object]) -> Figures:
    asked, warming = drawn(job), drawn(job, "warming")
    for kind in CLEAN_KINDS:
        _within_budget(warming[kind], ask)
    return {kind: spread(_within_budget(asked[kind], ask)) for kind in CLEAN_KINDS}


def _within_budget(asked: Iterable[Question], ask: Callable[[str], object]) -> list[float]:
    spent: list[float] = []
    for question in asked:
        words = " ".join(question.words)
        start = time.perf_counter()
        ask(words)
        spent.append(time.perf_counter() - start)
        if len(spent) >= _FEWEST and sum(spent) > _BUDGET:
            break
    return spent


# -- tantivy ---------------------------------------------------------------------------------------


def build_tantivy(job: Job) -> Figures:
    """The floor's index."""
    return _built(job, "tantivy", lambda folder: Floor.build(job, folder))


# -- SQLite FTS5 -----------------------------------------------------------------------------------


def build_fts5(job: Job) -> Figures:
    """Title and abstract in one FTS5 table, stemmed by Porter."""

    def build(folder: Path) -> None:
        db = sqlite3.connect(folder / "fts.db")
        db.execute("CREATE VIRTUAL TABLE t USING fts5(title, abstract, tokenize='porter')")
        rows = ((body["title"], body.get("abstract")) for body, _ in stored(job))
        with db:
            db.executemany("INSERT INTO t VALUES (?, ?)", rows)
        db.close()

    return _built(job, "fts5", build)


def ask_fts5(job: Job) -> Figures:
    """Any of the words, in the order of bm25 with the title doubled, their titles read."""
    db = sqlite3.connect(f"{(job.path / 'fts5' / 'fts.db').absolute().as_uri()}?mode=ro", uri=True)
    statement = "SELECT title FROM t WHERE t MATCH ? ORDER BY bm25(t, 2.0, 1.0) LIMIT ?"

    def ask(words: str) -> None:
        db.execute(statement, [" OR ".join(words.split()), TOP]).fetchall()

    try:
        return {"kinds": _asked(job, ask), "memory": memory_mb()}
    finally:
        db.close()


# -- bm25s -----------------------------------------------------------------------------------------


def _optional(name: str) -> Any | None:
    try:
        return import_module(name)
    except ImportError:
        return None


def build_bm25s(job: Job) -> Figures:
    """A bm25s index of title and abstract, stemmed."""
    bm25s, stemming = _optional("bm25s"), _optional("Stemmer")
    if bm25s is None or stemming is None:
        return {"absent": "bm25s and PyStemmer are not installed"}

    def build(folder: Path) -> None:
        texts = [as_text(body) for body, _ in stored(job)]
        stemmer = stemming.Stemmer("english")
        tokens = bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)
        retriever = bm25s.BM25()
        retriever.index(tokens, show_progress=False)
        retriever.save(str(folder))

    return _built(job, "bm25s", build)


def ask_bm25s(job: Job) -> Figures:
    """The top 100 by bm25s, its scores mapped from disk; no record is read."""
    bm25s, stemming = _optional("bm25s"), _optional("Stemmer")
    if bm25s is None or stemming is None:
        return {"absent": "bm25s and PyStemmer are not installed"}
    retriever = bm25s.BM25.load(str(job.path / "bm25s"), mmap=True)
    stemmer = stemming.Stemmer("english")

    def ask(words: str) -> None:
        tokens = bm25s.tokenize([words], stopwords="en", stemmer=stemmer, show_progress=False,
                                return_ids=False)  # fmt: skip
        retriever.retrieve(tokens, k=TOP, show_progress=False)

    return {"kinds": _asked(job, ask), "memory": memory_mb()}


# -- rapidfuzz -------------------------------------------------------------------------------------


def ask_rapidfuzz(job: Job) -> Figures:
    """Every title compared with `token_set_ratio`."""
    titles = [" ".join(plain_words(body["title"])) for body, _ in stored(job)]

    def ask(words: str) -> None:
        process.extract(words, titles, scorer=fuzz.token_set_ratio, limit=5)

    return {"kinds": _asked(job, ask), "memory": memory_mb()}
