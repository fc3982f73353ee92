"""How the index cuts and stems folded text; the same functions fill it and ask it."""

from functools import lru_cache

import tantivy
from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

STEMMED = "folded_stemmed"
FOLDED = "folded"


def _analyzer(*filters: tantivy.Filter) -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.whitespace())
    for each in filters:
        builder = builder.filter(each)
    return builder.build()


def with_tokenizers(index: tantivy.Index) -> tantivy.Index:
    """The index, knowing the tokenizers that its schema names."""
    index.register_tokenizer(STEMMED, _analyzer(Filter.stemmer("english")))
    index.register_tokenizer(FOLDED, _analyzer())
    return index


_STEMMER = _analyzer(Filter.stemmer("english"))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word, by the very stemmer that filled the index."""
    stems = _STEMMER.analyze(word)
    return stems[0] if stems else word
