"""Where the sentences of a text begin and end."""

import re
from functools import lru_cache
from itertools import pairwise

from bot.text.folding import clean
from bot.text.markup import plain

# What ends a sentence although it looks like an abbreviation: a missing space, a long word, and
# capitals before a word that begins sentences ("longer OS. Of these"). Each begins with the full
# stop, which is found at once.
_MISSED = re.compile(
    r"\.(?<=[a-z\d)\]%]{2}\.)(?=[A-Z][a-z]{2,}|[A-Z]{2}[\w-]{1,20}\s)"
    r"|\.(?<=[a-z]{5}\.)\s(?=[A-Z][a-z]{2,})"
    r"|\.(?<=[A-Z][A-Z\d]\.)\s(?=(?:The|In|Of|This|These|We|Our|However|Moreover|Patients|Among|With"
    r"|A|No|Both|At|For|There|It|To|Median|All|When|While|Although|Further\w*|Additional\w*)\s)"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


@lru_cache(maxsize=4_096)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; "e.g.", "et al." and "Fig. 2" do not end one.

    One ends also where the space behind its full stop is missing: "by 12%.The others".
    """
    from nupunkt import sent_tokenize  # noqa: PLC0415 - most lists have no abstract to cut

    found: list[str] = []
    for each in map(str, sent_tokenize(plain(text))):
        ends = [match.end() for match in _MISSED.finditer(each)]
        found += (each[start:end].strip() for start, end in pairwise([0, *ends, len(each)]))
    return tuple(filter(None, found))


def level(sentence: str) -> str:
    """A sentence as words are looked for in it: hyphens and quotes of every kind made plain.

    Of the same length, so that a place in it is a place in the sentence, which is quoted as it
    stands: `10⁻⁵` is not `10-5`.
    """
    if sentence.isascii():
        return sentence
    return _NOT_ASCII.sub(lambda found: _level(found[0]), sentence)


@lru_cache(maxsize=2_048)
def _level(character: str) -> str:
    cleaned = clean(character)
    return cleaned if len(cleaned) == 1 else character
