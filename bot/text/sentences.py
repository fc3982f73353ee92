"""Where the sentences of a text begin and end."""

import re
from functools import lru_cache

from bot.text.markup import plain

_GLUED = re.compile(r"(?<=[a-z\d)\]%]{2}\.)(?=[A-Z][a-z]{2,})")


@lru_cache(maxsize=4_096)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; "e.g.", "et al." and "Fig. 2" do not end one.

    One ends also where the space behind its full stop is missing: "by 12%.The others".
    """
    from nupunkt import sent_tokenize  # noqa: PLC0415 - most lists have no abstract to cut

    cut = (_GLUED.split(str(sentence)) for sentence in sent_tokenize(plain(text)))
    found = (sentence.strip() for sentences in cut for sentence in sentences)
    return tuple(sentence for sentence in found if sentence)
