"""The index of open full texts, apart from that of records: a document a passage.

Derived like the other, and of the same words; `follow` brings it up to what the store has. It is
made anew where it is missing, damaged or ahead of the store. One process writes, all read.
"""

import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import tantivy
from filelock import FileLock, Timeout

from bot.index.analysis import STEMMED, with_tokenizers
from bot.index.analysis import stem as stemmed
from bot.settings.folders import make_private_folder
from bot.store.full_texts import FullTextStore
from bot.text.folding import words

_BATCH = 50
_HEAP_BYTES = 50_000_000
_PLACE, _PLACE_SCHEMA = "place.json", 1


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was found: its record, its place in the text (from 0), and its score."""

    record_id: str
    place: int
    score: float


class FullTextIndex:
    """Safe from any thread; opened when it is first used."""

    def __init__(self, folder: Path, store: FullTextStore) -> None:
        self._folder, self._store = folder, store
        self._index: tantivy.Index | None = None

    def follow(self) -> None:
        """Take in what was written since; nothing where another process does. Raises StoreError."""
        make_private_folder(self._folder)
        with suppress(Timeout), FileLock(self._folder / "writing.lock", timeout=0):
            number = self._number()
            while texts := self._store.since(number, _BATCH):
                index = self._opened()
                writer = index.writer(_HEAP_BYTES, 1)
                for each in texts:
                    writer.delete_documents_by_term("record", each.record_id)
                    for place, (part, heading, text) in enumerate(each.passages):
                        writer.add_document(_document(each.record_id, place, part, heading, text))
                writer.commit()
                writer.wait_merging_threads()
                number = texts[-1].number
                written = json.dumps({"schema": _PLACE_SCHEMA, "number": number})
                (self._folder / _PLACE).write_text(written, encoding="utf-8")

    def search(
        self, query: str, part: str | None, most: int, among: Sequence[str] = ()
    ) -> list[Passage]:
        """The passages of a part (None: of all) that have all words of a query, best first.

        Only those of the records `among`, where any are given; then one word is enough.
        """
        found = words(query)
        if not found or not (self._folder / _PLACE).is_file():
            return []
        index = self._opened()
        schema = index.schema
        stems = [
            tantivy.Query.term_query(schema, "text", stem)
            for stem in dict.fromkeys(map(stemmed, found))
        ]
        occur = tantivy.Occur.Should if among else tantivy.Occur.Must
        clauses = [(occur, each) for each in stems]
        if among:
            records = tantivy.Query.term_set_query(schema, "record", list(among))
            clauses.append((tantivy.Occur.Must, records))
        if part is not None:
            clauses.append((tantivy.Occur.Must, tantivy.Query.term_query(schema, "part", part)))
        searcher = index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(clauses), most).hits
        passages = []
        for score, address in hits:
            record_id, _, place = str(searcher.doc(address).get_first("name")).rpartition("#")
            passages.append(Passage(record_id, int(place), float(score)))
        return passages

    def _number(self) -> int:
        """What the index has; 0, and no index, where it cannot be relied on."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads((self._folder / _PLACE).read_text(encoding="utf-8"))
            self._opened()
            if kept["schema"] == _PLACE_SCHEMA:
                return int(kept["number"])
        shutil.rmtree(self._folder / "index", ignore_errors=True)
        self._index = None
        return 0

    def _opened(self) -> tantivy.Index:
        """The index as it is on disk now; opened anew where it was made anew elsewhere."""
        folder = self._folder / "index"
        if self._index is not None and (folder / "meta.json").is_file():
            with suppress(ValueError, OSError):
                self._index.reload()
                return self._index
        make_private_folder(folder)
        self._index = index = with_tokenizers(tantivy.Index(_schema(), str(folder)))
        index.reload()
        return index


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("record", "part"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("name", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name=STEMMED)
    return builder.build()


def _document(record_id: str, place: int, part: str, heading: str, text: str) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("record", record_id)
    document.add_text("part", part)
    document.add_text("name", f"{record_id}#{place}")
    document.add_text("text", " ".join(words(f"{heading} {text}")))
    return document
