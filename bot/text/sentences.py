"""Where the sentences of a text begin and end."""

from functools import lru_cache

from bot.text.markup import plain


@lru_cache(maxsize=4_096)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; "e.g.", "et al." and "Fig. 2" do not end one."""
    from nupunkt import sent_tokenize  # noqa: PLC0415 - most lists have no abstract to cut

    found = (str(sentence).strip() for sentence in sent_tokenize(plain(text)))
    return tuple(sentence for sentence in found if sentence)
