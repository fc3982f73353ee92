"""Collections in BEIR form: documents, queries, and which documents answer which query how well."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection and the queries of one split.

    `corpus` is id to (title, abstract), `queries` id to text, `relevant` query id to the grades
    (1 or more) of the documents judged relevant.
    """

    corpus: dict[str, tuple[str, str]]
    queries: dict[str, str]
    relevant: dict[str, dict[str, int]]


def load(folder: Path, split: str = "", most: int | None = None) -> Collection:
    """Read a folder, its first `most` queries at most.

    A split has its judgements in `qrels/SPLIT.tsv` and shares `queries.jsonl` with the others;
    else it is `qrels_SPLIT.tsv` with `queries_SPLIT.jsonl`, and no split is those two files without
    an ending. Raises OSError when the files are not there.
    """
    ending = f"_{split}" if split else ""
    judged, asked = folder / "qrels" / f"{split}.tsv", folder / "queries.jsonl"
    if not judged.is_file():
        judged, asked = folder / f"qrels{ending}.tsv", folder / f"queries{ending}.jsonl"
    relevant: dict[str, dict[str, int]] = {}
    for line in judged.read_text(encoding="utf-8").splitlines():
        query, document, grade = line.split("\t")
        if grade.isdigit() and int(grade) > 0:  # the heading, where there is one, is no number
            relevant.setdefault(query, {})[document] = int(grade)
    texts = {row["_id"]: row["text"] for row in _rows(asked)}
    chosen = [query for query in relevant if query in texts][:most]
    return Collection(
        corpus={r["_id"]: (r["title"], r["text"]) for r in _rows(folder / "corpus.jsonl")},
        queries={query: texts[query] for query in chosen},
        relevant={query: relevant[query] for query in chosen},
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
