"""The floor: tantivy alone, asked for the top 100 of any of the words, their records read."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tantivy
from scale_data import as_text
from scale_job import Job

TOP = 100
_HEAP_BYTES = 128_000_000


def stored(job: Job) -> Iterator[tuple[dict[str, Any], str]]:
    """The JSON of each record of this size, read and as it is kept, oldest first."""
    db = sqlite3.connect(f"{job.settings.database.absolute().as_uri()}?mode=ro", uri=True)
    try:
        # In the order of their row: steps that change records past the size append theirs.
        rows = db.execute("SELECT body FROM records ORDER BY rowid LIMIT ?", [job.records])
        for (body,) in rows:
            yield json.loads(body), body
    finally:
        db.close()


class Floor:
    """One stemmed text field without positions, and the record's JSON stored."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()

    @staticmethod
    def build(job: Job, folder: Path) -> None:
        """Index every record of the job and wait for the merges."""
        index = tantivy.Index(_schema(), str(folder))
        writer = index.writer(_HEAP_BYTES, 1)
        for record, body in stored(job):
            writer.add_document(tantivy.Document(text=as_text(record), body=body.encode()))
        writer.commit()
        writer.wait_merging_threads()

    def ask(self, words: str, *, count: bool = False) -> int:
        """Search and read the stored records; how many. `count` counts every match as well."""
        query = self._index.parse_query(words, ["text"])
        hits = self._searcher.search(query, TOP, count=count).hits
        return len([self._searcher.doc(address)["body"] for _, address in hits])


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="en_stem", index_option="freq")
    builder.add_bytes_field("body", stored=True)
    return builder.build()
