"""SciFact in BEIR form: abstracts, claims as queries, and which abstracts answer which claim."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SciFact:
    """The collection and the queries of one split.

    `corpus` is id to (title, abstract), `queries` id to claim, `relevant` query id to the ids of
    the abstracts judged relevant (SciFact's judgements are all of grade 1).
    """

    corpus: dict[str, tuple[str, str]]
    queries: dict[str, str]
    relevant: dict[str, frozenset[str]]


def load(folder: Path, split: str, most: int | None = None) -> SciFact:
    """Read the `train` or `test` split, its first `most` queries at most.

    Raises OSError when the files are not there.
    """
    relevant: dict[str, set[str]] = {}
    rows = (folder / "qrels" / f"{split}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for query, document, grade in (row.split("\t") for row in rows):
        if int(grade) > 0:
            relevant.setdefault(query, set()).add(document)
    texts = {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl")}
    chosen = list(relevant)[:most]
    return SciFact(
        corpus={r["_id"]: (r["title"], r["text"]) for r in _rows(folder / "corpus.jsonl")},
        queries={query: texts[query] for query in chosen},
        relevant={query: frozenset(relevant[query]) for query in chosen},
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
