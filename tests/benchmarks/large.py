"""A large vocabulary: the store's words and wordfreq's English list, by its frequencies."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from bot.search.search import Search
from bot.search.stored_words import Language
from bot.text.folding import fold, words
from bot.text.markup import plain
from handlers.services import Services


def background(records: int, words_each: float) -> dict[str, int]:
    """wordfreq's English words (folded) with the count a store of this size would have of them.

    A word of relative frequency f is expected in N · (1 − e^(−f·L)) of N records of L words each;
    rounded up, so that the rarest count once. Raises ImportError when wordfreq is not installed.
    """
    import wordfreq  # noqa: PLC0415 - a dependency of this option alone

    frequencies: dict[str, float] = defaultdict(float)
    for word, frequency in wordfreq.get_frequency_dict("en", "large").items():
        folded = fold(word)
        if folded.isalpha():
            frequencies[folded] += frequency
    return {
        word: math.ceil(records * -math.expm1(-frequency * words_each))
        for word, frequency in frequencies.items()
    }


def with_large_vocabulary(services: Services, titles: Iterable[str] = ()) -> Services:
    """The same services with a search that knows wordfreq's words too, and those of `titles`.

    Says how many words it knows, of how many records.
    """
    counts = Counter(services.index.vocabulary())
    records, of_store = services.index.status().records, len(counts)
    in_titles: Counter[str] = Counter()
    for title in titles:
        in_titles.update(set(words(plain(title))))
        records += 1
    counts += in_titles
    language = background(records, counts.total() / max(records, 1))
    more = Counter(language) + in_titles
    search = Search(
        services.store, services.index, services.vocabulary, services.now,
        Language(background=more), meaning=services.semantic,
    )  # fmt: skip
    print(f"records {records:,}; words of the store {of_store:,}, "
          f"with the background {len(counts.keys() | more.keys()):,}")  # fmt: skip
    return replace(services, search=search)
