"""What of a record is sent to OpenSearch, and how it is kept there."""

import json
from typing import Any

from bot.index.analysis import stem
from bot.index.documents import GAP, Fields
from bot.index.tantivy import KEY_FIELDS

# Raise it whenever the mapping, the folding or the documents change: the index is then made anew
# beside the one in use.
SCHEMA_VERSION = 4
# Words come folded and stemmed: they are only cut where a space is.
_WORDS = {"type": "text", "analyzer": "whitespace"}
_FOUND_ONLY = {**_WORDS, "index_options": "docs", "norms": False}
_VALUE = {"type": "keyword", "ignore_above": 8_000}
_STEMMED = ("body", "heading", "journal", "context", "anywhere")
# The words as spelt, counted for the vocabulary; `surface` has them in their places.
SPELT = "spelt"
_LONGEST_CARD, _LONGEST_TITLE = 30_000, 1_000
# Where the values of a field are counted, if that is not the field itself.
COUNTED = {"surface": SPELT, "concept": "concept.values"}

PROPERTIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("body", "heading", "journal", "people", "surface", "journal_words"), _WORDS),
    "context": {**_WORDS, "index_options": "freqs"},
    "anywhere": _FOUND_ONLY,
    "symbol": _FOUND_ONLY,
    # With frequencies, so that a tag can stand in a union of words: see `bot.index.translation`.
    "concept": {
        "type": "text", "analyzer": "keyword", "index_options": "freqs",
        "fields": {"values": {"type": "keyword", "index": False}},
    },
    **dict.fromkeys(("id", *KEY_FIELDS, "definition"), _VALUE),
    "kind": {"type": "keyword", "doc_values": False},
    SPELT: {"type": "keyword", "index": False},
    "day": {"type": "integer"},
    "card": {"type": "keyword", "index": False},
}  # fmt: skip


def definition(shards: int, replicas: int, meta: dict[str, object]) -> dict[str, object]:
    """The body that creates an index."""
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            # Refreshed after each step, which is then found as a whole.
            "refresh_interval": "-1",
            # Of what is stored nothing is read by a search: it is for copies that catch up.
            "codec": "best_compression",
            # The scores of the index in a folder: the newer one leaves out a constant.
            "similarity": {"default": {"type": "LegacyBM25"}},
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": meta,
            "_source": {"enabled": False},
            "properties": PROPERTIES,
        },
    }


def source(found: Fields) -> dict[str, object]:
    """The document of a record, of its fields."""
    stemmed = {name: " ".join(map(stem, str(found[name]).split())) for name in _STEMMED}
    spelt = sorted({*str(found["surface"]).split()} - {GAP})
    return {**found, **stemmed, SPELT: spelt, "card": _bounded(str(found["card"]))}


def _bounded(card: str) -> str:
    """The card, with the beginning of a title that is too long for a column (32,766 bytes)."""
    if len(card) <= _LONGEST_CARD:
        return card
    record_id, title, *rest = json.loads(card)
    return json.dumps([record_id, title[:_LONGEST_TITLE], *rest])
