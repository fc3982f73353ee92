"""Other ways to search the same documents, each built as its own manual would have it.

Every peer is given titles and abstracts and ranks by its own measure; none corrects spelling,
but for tantivy's fuzzy terms and rapidfuzz's likeness. Word lists are ORed: ANDed, a claim finds
nothing. Settings that a peer leaves open were chosen for it on SciFact's train queries.
"""

import re
import sqlite3
from collections.abc import Mapping
from functools import cache
from typing import Protocol

import tantivy
from rapidfuzz import fuzz, process, utils
from tantivy import Filter, Occur, Query, Tokenizer

try:
    import bm25s  # type: ignore[import-untyped]
except ImportError:
    bm25s = None

_WORD = re.compile(r"[^\W_]+")
# Lucene's AUTO fuzziness: words of up to two letters exactly, up to five with one slip.
_NO_SLIP, _ONE_SLIP = 2, 5
# What a fuzzy hit scores (tantivy gives each the same, whatever the word). Of .2 to 6, added to the
# exact word's score or in its place where greater, the best mean over the conditions.
_FUZZY_SCORE = 2.0

Documents = Mapping[str, tuple[str, str]]


class Peer(Protocol):
    """A search engine over the documents."""

    def search(self, text: str, limit: int) -> list[str]:
        """The ids of the best documents, best first."""


class Fts5:
    """SQLite FTS5: porter stemming, title twice the abstract's weight, bm25, words ORed."""

    def __init__(self, documents: Documents) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute(
            "CREATE VIRTUAL TABLE d USING fts5(id UNINDEXED, title, body, tokenize='porter')"
        )
        rows = ((key, title, text) for key, (title, text) in documents.items())
        self._db.executemany("INSERT INTO d VALUES (?, ?, ?)", rows)

    def search(self, text: str, limit: int) -> list[str]:
        """See `Peer.search`."""
        wanted = " OR ".join(f'"{word}"' for word in _words(text))
        sql = "SELECT id FROM d WHERE d MATCH ? ORDER BY bm25(d, 0, 2.0, 1.0) LIMIT ?"
        return [row[0] for row in self._db.execute(sql, (wanted, limit))]


class Tantivy:
    """tantivy: English stemming, one text field, BM25, words ORed; `fuzzy` adds fuzzy terms."""

    def __init__(self, documents: Documents, *, fuzzy: bool = False) -> None:
        self._fuzzy = fuzzy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("stems", tokenizer_name="stemmed")
        builder.add_text_field("words", tokenizer_name="plain")
        self._index = tantivy.Index(builder.build())
        self._index.register_tokenizer("stemmed", _analyzer(stemmed=True))
        self._index.register_tokenizer("plain", _analyzer(stemmed=False))
        writer = self._index.writer(64_000_000, 1)
        for key, (title, text) in documents.items():
            whole = f"{title} {text}"
            more = {"words": whole} if fuzzy else {}
            writer.add_document(tantivy.Document(id=key, stems=whole, **more))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, text: str, limit: int) -> list[str]:
        """See `Peer.search`."""
        schema, searcher = self._index.schema, self._index.searcher()
        if self._fuzzy:
            parts = [self._near(word) for word in _words(text)]
        else:
            parts = [Query.term_query(schema, "stems", stem) for stem in _stems(text)]
        query = Query.boolean_query([(Occur.Should, part) for part in parts])
        hits = searcher.search(query, limit, count=False).hits
        return [str(searcher.doc(address).get_first("id")) for _, address in hits]

    def _near(self, word: str) -> Query:
        """A word by its stem or by what is near its spelling, whichever scores more."""
        schema = self._index.schema
        exact = Query.term_query(schema, "stems", _stem(word))
        if len(word) <= _NO_SLIP:
            return exact
        near = Query.fuzzy_term_query(
            schema, "words", word, distance=1 if len(word) <= _ONE_SLIP else 2,
            transposition_cost_one=True,
        )  # fmt: skip
        return Query.disjunction_max_query([exact, Query.boost_query(near, _FUZZY_SCORE)])


class Rapidfuzz:
    """rapidfuzz's token_set_ratio of the query with every document."""

    def __init__(self, documents: Documents) -> None:
        self._texts = {
            key: utils.default_process(f"{title} {text}")
            for key, (title, text) in documents.items()
        }

    def search(self, text: str, limit: int) -> list[str]:
        """See `Peer.search`."""
        asked = utils.default_process(text)
        best = process.extract(asked, self._texts, scorer=fuzz.token_set_ratio, limit=limit)
        return [key for _, _, key in best]


class Bm25s:
    """bm25s: its default method (Lucene's BM25), its English stop words, English stemming."""

    def __init__(self, documents: Documents) -> None:
        """Raises ImportError when the package is not installed."""
        if bm25s is None:
            raise ImportError("bm25s is not installed: pip install bm25s")
        self._keys = list(documents)
        self._stop = frozenset(bm25s.stopwords.STOPWORDS_EN)
        self._engine = bm25s.BM25()
        texts = [self._tokens(f"{title} {text}") for title, text in documents.values()]
        self._engine.index(texts, show_progress=False)

    def search(self, text: str, limit: int) -> list[str]:
        """See `Peer.search`."""
        tokens = [self._tokens(text)]
        if not tokens[0]:
            return []
        places, scores = self._engine.retrieve(tokens, k=limit, show_progress=False)
        return [self._keys[at] for at, score in zip(places[0], scores[0], strict=True) if score > 0]

    def _tokens(self, text: str) -> list[str]:
        kept = (w.lower() for w in _WORD.findall(text) if w.lower() not in self._stop)
        return [_stem(word) for word in kept]


def _analyzer(*, stemmed: bool) -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase())
    return (builder.filter(Filter.stemmer("english")) if stemmed else builder).build()


_STEMMED = _analyzer(stemmed=True)


@cache
def _stem(word: str) -> str:
    return _STEMMED.analyze(word)[0]


def _stems(text: str) -> list[str]:
    return list(dict.fromkeys(_STEMMED.analyze(text)))


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(text)))
