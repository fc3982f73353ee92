"""The search index kept by tantivy, in a folder beside the database.

The folder holds one sub-folder an index, a file `current` that names the one in use, and a lock:
whoever holds the lock writes, every other process reads. A rebuild fills a new sub-folder and
then swaps the name, so that searches go on meanwhile. The place in the store's change sequence
(the watermark) is kept in a document of the same commit as the records it covers.
"""

import json
import logging
import secrets
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import tantivy
from filelock import FileLock, Timeout
from tantivy import Filter, Occur, Query, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from bot.errors import IndexUnavailable
from bot.index import Candidate, Found, Group, IndexQuery, IndexStatus, Key, Where, Words
from bot.index.documents import GAP, document, read_card
from bot.store import StateStore

log = logging.getLogger(__name__)

# Raise it whenever the schema, the folding or the documents change: older indexes are rebuilt.
SCHEMA_VERSION = 4
_STEMMED = "folded_stemmed"
_FOLDED = "folded"
# Added to the score of a record that satisfies every group, and taken off again: one search both
# ranks and tells the strict from the partial. Far above any BM25 score, far below float32's end.
_STRICT_MARK = 1024.0
_HEAP_BYTES = 64_000_000
_BATCH = 2_000

# How much a word counts in each field. `body` holds title, abstract and keywords: a field of its
# own for the title made the list worse. A word counts in the field where it says most, and a little
# less as a name, or a common surname would outrank the topic.
_FIELD_WEIGHTS = {"body": 1.0, "people": 0.8, "affiliation": 0.5, "journal": 0.8}
_STEMMED_FIELDS = frozenset(("body", "journal"))


def _schema() -> tantivy.Schema:
    builder = SchemaBuilder()
    for name in ("id", "kind", "meta", "card"):
        builder.add_text_field(
            name, stored=name != "kind", tokenizer_name="raw", index_option="basic"
        )
    for name in ("body", "journal"):
        builder.add_text_field(name, tokenizer_name=_STEMMED)
    for name in ("people", "affiliation", "surface", "journal_words"):
        builder.add_text_field(name, tokenizer_name=_FOLDED)
    for name in (*KEY_FIELDS, "definition"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


KEY_FIELDS = ("concept", "type", "access", "reviewed", "flag", "has", "language", "year",
              "identifier", "doi_tail")  # fmt: skip


def _analyzer(*filters: tantivy.Filter) -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.whitespace())
    for each in filters:
        builder = builder.filter(each)
    return builder.build()


def _with_tokenizers(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer(_STEMMED, _analyzer(Filter.stemmer("english")))
    index.register_tokenizer(_FOLDED, _analyzer())
    return index


_STEMMER = _analyzer(Filter.stemmer("english"))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word, by the very stemmer that filled the index."""
    stems = _STEMMER.analyze(word)
    return stems[0] if stems else word


class TantivyIndex:
    """`bot.index.SearchIndex` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._index: tantivy.Index | None = None
        self._name: str | None = None
        self._writer: tantivy.IndexWriter | None = None
        self._writer_lock = FileLock(folder / "writer.lock", timeout=0, thread_local=False)
        self._vocabulary: tuple[object, dict[str, int]] = (None, {})
        self._watermark = 0
        self._generation: str | None = None
        self._note: str | None = None

    # -- following the store ---------------------------------------------------------------

    def follow(self, store: StateStore) -> int:
        """See `SearchIndex.follow`."""
        with self._lock:
            hindered = self._hindrance()
            if hindered is not None:
                self._open_current()
                if self._index is None:
                    raise IndexUnavailable(f"There is no search index yet, and {hindered}.")
                self._note = hindered
                return 0
            self._note = None
            try:
                if self._must_rebuild(store):
                    return self._rebuild(store)
                return self._catch_up(store)
            except (OSError, ValueError, RuntimeError) as error:
                # Its files went away or do not fit together; the store has everything.
                log.warning("search index is unusable, rebuilding it: %s", error)
                self._drop()
                return self._rebuild(store)

    def _hindrance(self) -> str | None:
        """Why this process may not write the index, or None when it may."""
        if self._writer_lock.is_locked:
            if self._folder.is_dir():
                return None
            self._writer_lock.release()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._writer_lock.acquire()
        except Timeout:
            return "another process writes it"
        except OSError as error:
            return f"its folder cannot be written ({error.strerror})"
        return None

    def _must_rebuild(self, store: StateStore) -> bool:
        self._open_current()
        return (
            self._index is None
            or self._generation != store.generation()
            or self._watermark > store.sequence()
            or not (self._folder / str(self._name)).is_dir()
        )

    def _open_current(self) -> None:
        """Open the index that `current` names, unless it is open already; none on any trouble."""
        try:
            name = (self._folder / "current").read_text(encoding="utf-8").strip()
        except OSError:
            self._drop()
            return
        if name != self._name or self._index is None:
            self._drop()
            path = self._folder / name
            if not name or Path(name).name != name or not path.is_dir():
                return
            try:
                self._index, self._name = _with_tokenizers(tantivy.Index.open(str(path))), name
            except (OSError, ValueError, RuntimeError) as error:
                log.warning("search index cannot be opened: %s", error)
                self._drop()
                return
        if self._index is not None:
            self._index.reload()
            self._read_meta()

    def _read_meta(self) -> None:
        if self._index is None:
            return
        searcher = self._index.searcher()
        query = Query.term_query(self._index.schema, "kind", "meta")
        hits = searcher.search(query, 1).hits
        meta = json.loads(str(searcher.doc(hits[0][1]).get_first("meta"))) if hits else {}
        fits = meta.get("schema") == SCHEMA_VERSION
        self._watermark = int(meta["watermark"]) if fits else 0
        self._generation = meta.get("generation") if fits else None

    def _catch_up(self, store: StateStore) -> int:
        if self._watermark == store.sequence():
            return 0
        assert self._index is not None  # noqa: S101 - _must_rebuild has opened it
        if self._writer is None:
            self._writer = self._index.writer(_HEAP_BYTES, 1)
        touched = self._fill(self._writer, store, self._watermark)
        self._index.reload()
        self._read_meta()
        return touched

    def _rebuild(self, store: StateStore) -> int:
        name = f"v{SCHEMA_VERSION}-{secrets.token_hex(4)}"
        path = self._folder / name
        path.mkdir(parents=True)
        index = _with_tokenizers(tantivy.Index(_schema(), str(path)))
        writer = index.writer(_HEAP_BYTES, 1)
        touched = self._fill(writer, store, 0)
        pointer = self._folder / "current.new"
        pointer.write_text(name, encoding="utf-8")
        pointer.replace(self._folder / "current")
        self._index, self._name, self._writer = index, name, writer
        index.reload()
        self._read_meta()
        self._remove_others(name)
        return touched

    def _fill(self, writer: tantivy.IndexWriter, store: StateStore, since: int) -> int:
        """Write every change after `since`, and the new watermark, in one commit."""
        touched, watermark = 0, since
        while changes := store.changes_since(watermark, _BATCH):
            for change in changes:
                writer.delete_documents_by_term("id", change.record_id)
                writer.add_document(document(change.record))
            touched += len(changes)
            watermark = changes[-1].sequence
        meta = {"schema": SCHEMA_VERSION, "generation": store.generation(), "watermark": watermark}
        writer.delete_documents_by_term("kind", "meta")
        writer.add_document(tantivy.Document(kind="meta", meta=json.dumps(meta)))
        writer.commit()
        return touched

    def _remove_others(self, keep: str) -> None:
        for path in self._folder.iterdir():
            if path.is_dir() and path.name != keep:
                shutil.rmtree(path, ignore_errors=True)

    def _drop(self) -> None:
        self._index, self._name, self._writer = None, None, None
        self._watermark, self._generation = 0, None

    # -- searching -------------------------------------------------------------------------

    def search(self, query: IndexQuery, limit: int, sort: str = "relevance") -> Found:
        """See `SearchIndex.search`. Raises IndexUnavailable when nothing was built yet."""
        index = self._opened()
        searcher = index.searcher()
        translate = _Translator(index.schema)
        limits = translate.limits(query)
        strict = translate.strict(query)
        total = searcher.search(_all_of([strict, *limits]), 1).count  # type: ignore[attr-defined]  # not in its stubs
        if sort != "relevance" and total:
            order = tantivy.Order.Desc if sort == "date_desc" else tantivy.Order.Asc
            hits = searcher.search(
                _all_of([strict, *limits]), limit, order_by_field="day", order=order, count=False
            ).hits
            ranked = [(0.0, address, True) for _, address in hits]
        else:
            wanted = translate.ranked(query, strict)
            hits = searcher.search(_all_of([wanted, *limits]), limit, count=False).hits
            ranked = [
                (score - _STRICT_MARK if score >= _STRICT_MARK else score, address,
                 score >= _STRICT_MARK)
                for score, address in hits
            ]  # fmt: skip
        candidates = []
        for score, address, is_strict in ranked:
            kept = searcher.doc(address)
            card = read_card(str(kept.get_first("card")))
            candidates.append(Candidate(str(kept.get_first("id")), float(score), is_strict, card))
        return Found(tuple(candidates), int(total))

    def matching(self, alternatives: Sequence[Words | Key], ids: Sequence[str]) -> frozenset[str]:
        """See `SearchIndex.matching`."""
        if not alternatives or not ids:
            return frozenset()
        index = self._opened()
        searcher = index.searcher()
        among = Query.term_set_query(index.schema, "id", list(ids))
        wanted = _Translator(index.schema).any(alternatives)
        hits = searcher.search(_all_of([among, wanted]), len(ids), count=False).hits
        return frozenset(str(searcher.doc(address).get_first("id")) for _, address in hits)

    def frequency(self, word: str, where: Where = "anywhere") -> int:
        """See `SearchIndex.frequency`."""
        searcher = self._opened().searcher()
        fields = ("surface",) if where == "text" else ("surface", "people", "journal_words")
        return sum(int(searcher.doc_freq(field, word)) for field in fields)

    def count(self, query: IndexQuery) -> int:
        """See `SearchIndex.count`. Raises IndexUnavailable when nothing was built yet."""
        index = self._opened()
        wanted = _strictly(index.schema, query)
        return int(index.searcher().search(wanted, 1).count)  # type: ignore[attr-defined]  # not in its stubs

    def years(self, query: IndexQuery) -> Mapping[int, int]:
        """See `SearchIndex.years`. Raises IndexUnavailable when nothing was built yet."""
        index = self._opened()
        # `day` is YYYYMMDD: ten thousand of it is a year.
        by_year = {"histogram": {"field": "day", "interval": 10_000, "min_doc_count": 1}}
        wanted = _strictly(index.schema, query)
        found = index.searcher().aggregate(wanted, {"years": by_year})["years"]["buckets"]
        return {int(each["key"]) // 10_000: int(each["doc_count"]) for each in found}

    def vocabulary(self) -> Mapping[str, int]:
        """See `SearchIndex.vocabulary`."""
        index = self._opened()
        key = (self._name, self._watermark)
        if self._vocabulary[0] != key:
            terms = index.searcher().terms_with_prefix("surface", "")
            self._vocabulary = (key, {word: count for word, count in terms if word != GAP})
        return self._vocabulary[1]

    def long_forms(self, short: str) -> Sequence[tuple[str, int]]:
        """See `SearchIndex.long_forms`."""
        found = self._opened().searcher().terms_with_prefix("definition", f"{short}=")
        pairs = ((term.partition("=")[2], count) for term, count in found)
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def stem(self, word: str) -> str:
        """See `SearchIndex.stem`."""
        return stem(word)

    def _opened(self) -> tantivy.Index:
        serving = self._index
        if serving is not None:  # without the lock: a rebuild may hold it for minutes
            return serving
        with self._lock:
            if self._index is None:
                self._open_current()
            if self._index is None:
                raise IndexUnavailable("The search index is not built yet.")
            return self._index

    # -- for operators ---------------------------------------------------------------------

    def status(self) -> IndexStatus:
        """See `SearchIndex.status`."""
        with self._lock:
            if self._index is None:
                self._open_current()
            records = max(self._index.searcher().num_docs - 1, 0) if self._index else 0
            note = self._note if self._index else "not built yet"
            return IndexStatus(
                str(self._folder), records, self._watermark, self._writer_lock.is_locked, note
            )

    def close(self) -> None:
        """See `SearchIndex.close`."""
        with self._lock:
            if self._writer is not None:
                with suppress(OSError, ValueError, RuntimeError):
                    self._writer.wait_merging_threads()
            self._drop()
            if self._writer_lock.is_locked:
                self._writer_lock.release()


def _all_of(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _any_of(queries: Iterable[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _strictly(schema: tantivy.Schema, query: IndexQuery) -> Query:
    """The strict matches of a query, for counting."""
    translate = _Translator(schema)
    return _all_of([translate.strict(query), *translate.limits(query)])


class _Translator:
    """Turns an `IndexQuery` into tantivy's queries."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def limits(self, query: IndexQuery) -> list[Query]:
        """What every found record must satisfy; none of it scores."""
        limits = [Query.term_query(self._schema, "kind", "record")]
        limits += [self._group(group) for group in query.required]
        if query.years is not None:
            limits.append(
                Query.range_query(
                    self._schema, "day", tantivy.FieldType.Integer,
                    query.years.first, query.years.last,
                )
            )  # fmt: skip
        if query.excluded:
            limits.append(
                Query.boolean_query(
                    [(Occur.Must, Query.all_query())]
                    + [(Occur.MustNot, self._alternative(each)) for each in query.excluded]
                )
            )
        return [Query.const_score_query(limit, 0.0) for limit in limits]

    def strict(self, query: IndexQuery) -> Query:
        """The records that satisfy every group, all with the same mark as score."""
        groups = [self._group(group) for group in query.groups]
        wanted = _all_of(groups) if groups else Query.all_query()
        return Query.const_score_query(wanted, _STRICT_MARK)

    def ranked(self, query: IndexQuery, strict: Query) -> Query:
        """The records that satisfy any group, by score; strict ones carry the mark."""
        if not query.groups:
            return strict
        groups = _any_of(self._group(group, loosely=True) for group in query.groups)
        return Query.boolean_query([(Occur.Must, groups), (Occur.Should, strict)])

    def any(self, alternatives: Sequence[Words | Key]) -> Query:
        """The records that have any of these."""
        return _any_of(self._alternative(each) for each in alternatives)

    def _group(self, group: Group, *, loosely: bool = False) -> Query:
        wanted = (*group.alternatives, *group.loose) if loosely else group.alternatives
        alternatives = [self._alternative(each) for each in wanted]
        if len(alternatives) == 1:
            return alternatives[0]
        return Query.disjunction_max_query(alternatives)

    def _alternative(self, alternative: Words | Key) -> Query:
        if isinstance(alternative, Key):
            term = Query.term_query(self._schema, alternative.field, alternative.value, "basic")
            return Query.const_score_query(term, alternative.weight)
        return _weighted(self._words(alternative), alternative.weight)

    def _words(self, asked: Words) -> Query:
        if asked.field is not None:
            return self._in_field(asked, asked.field)
        if asked.exact or asked.prefix:
            return self._in_field(asked, "surface")
        if len(asked.words) > 1:
            return self._in_field(asked, "body")
        return Query.disjunction_max_query(
            [_weighted(self._in_field(asked, f), weight) for f, weight in _FIELD_WEIGHTS.items()]
        )

    def _in_field(self, asked: Words, field: str) -> Query:
        words = [stem(word) if field in _STEMMED_FIELDS else word for word in asked.words]
        if asked.prefix:
            if len(words) == 1:
                # Folded words are letters and digits only, so none can be a regex operator.
                return Query.regex_query(self._schema, field, f"{words[0]}.*")
            return Query.phrase_prefix_query(self._schema, field, list(words))
        if len(words) == 1:
            return Query.term_query(self._schema, field, words[0], "freq")
        return Query.phrase_query(self._schema, field, list(words))


def _weighted(query: Query, weight: float) -> Query:
    return query if weight == 1.0 else Query.boost_query(query, weight)
