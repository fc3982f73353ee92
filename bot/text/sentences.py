"""Where the sentences of a text begin and end."""

from functools import lru_cache

from bot.lazy import lazy
from bot.text.markup import plain

nupunkt = lazy("nupunkt")


@lru_cache(maxsize=4_096)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; "e.g.", "et al." and "Fig. 2" do not end one."""
    found = (str(sentence).strip() for sentence in nupunkt.sent_tokenize(plain(text)))
    return tuple(sentence for sentence in found if sentence)
