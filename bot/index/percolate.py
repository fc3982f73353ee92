"""New records against many queries: an index in memory, asked by each in turn.

Asking what is new for thousands of subscriptions is quicker this way round than putting every
query to everything that is stored: only the new records are indexed, and only they are looked at.
Documents, words and queries are those of the index on disk, so a match means the same.
"""

from collections.abc import Sequence

import tantivy

from bot.index import IndexQuery
from bot.index.analysis import with_tokenizers
from bot.index.documents import document, read_card
from bot.index.tantivy import schema
from bot.index.tantivy_engine import TantivyQueries
from bot.index.translation import Translator
from bot.records.models import Record

_HEAP_BYTES = 50_000_000


class Percolator:
    """An index of some records in memory. Raises ValueError for a record without an id."""

    def __init__(self, records: Sequence[Record]) -> None:
        if not all(record.id for record in records):
            raise ValueError("only records that a store holds can be matched")
        self._count = len(records)
        index = with_tokenizers(tantivy.Index(schema()))
        writer = index.writer(_HEAP_BYTES, 1)
        for record in records:
            writer.add_document(document(record))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()
        self._translator = Translator(TantivyQueries(index.schema))
        # Read once: a stored document is slow to come by, and every query finds the same ones.
        everything = self._searcher.search(tantivy.Query.all_query(), max(self._count, 1)).hits
        self._ids = {
            (address.segment_ord, address.doc): self._id(address) for _, address in everything
        }

    def _id(self, address: tantivy.DocAddress) -> str:
        record_id, _ = read_card(str(self._searcher.doc(address).get_first("card")))
        return record_id

    def matches(self, query: IndexQuery) -> list[tuple[str, float]]:
        """The strict matches of a query, best first, each with its score among these records."""
        if not self._count:
            return []
        found = self._searcher.search(self._translator.strict(query), self._count, count=False)
        return [
            (self._ids[address.segment_ord, address.doc], float(score))
            for score, address in found.hits
        ]
