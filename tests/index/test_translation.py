"""What the words of a question weigh in a union."""

from bot.index import Key, Words
from bot.index.analysis import stem
from bot.index.translation import _named_words


def test_a_word_of_a_name_counts_whole_though_alone_it_is_a_near_miss() -> None:
    """Its rarer words are near misses: they must not count for less than its common ones."""
    name, tag = Words(("tcr", "diversity")), Key("concept", "tcr-clonality")
    weights = _named_words((name, tag, Words(("tcr",), 0.3, level="part")))
    assert weights["body", stem("tcr")] == weights["body", stem("diversity")] == 1.0
