"""Make `seeds/everyday_words.txt`: `python tests/benchmarks/everyday_words.py LEXICON`.

LEXICON is the list of words with their parts of speech, the commonest first, that Eric Brill's
tagger learnt from the Brown corpus and the Penn Treebank (the package `textblob` has it as
`textblob/en/en-lexicon.txt`). Taken are its verbs, adverbs and little words that are common in
English by wordfreq: what makes a sentence, and seldom names what a paper is about. Nouns and
adjectives are left, common as they are (blood, salt, early), and so are the words that the bot
knows as empty or general already.
"""

import re
import sys
from collections import defaultdict
from math import log10
from pathlib import Path

import wordfreq

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.text.folding import fold
from bot.text.stop_words import GENERIC, REQUEST, STOP

_TARGET = Path(__file__).resolve().parents[2] / "seeds" / "everyday_words.txt"
# On wordfreq's Zipf scale: once in 100,000 words.
_COMMON = 4.0
# Verbs, adverbs, comparatives, and what joins and points; by the tags of the Penn Treebank.
_TAGS = ("VB", "RB", "MD", "IN", "CC", "DT", "PR", "WP", "WD", "WR", "UH", "JJR", "JJS", "EX")
_RUDE = re.compile(r"fuck|piss|shit|suck|rape|lmao|wtf|sexual|screw|murder|beg$|bitch")
# Of the field: what is done to cells, tumours and patients says what a paper is about.
_OF_THE_FIELD = frozenset((
    "acquired", "activated", "aging", "aged", "anti", "bleeding", "blocked", "blocking", "breathe",
    "diagnosed", "eating", "elevated", "exhausted", "expressed", "fed", "feeding", "induced",
    "infected", "isolated", "breeding", "labeled", "prior", "resist", "sleep", "sleeping", "stem",
    "stressed", "swimming", "targeted", "transferred", "treated", "treating", "without", "not",
))  # fmt: skip
_ABOUT = """\
# Everyday words of English that make a sentence and name nothing, folded, one a line: in a question
# they set the order at most. Made by tests/benchmarks/everyday_words.py from two lists; this file
# is under CC BY-SA 4.0.
#
# wordfreq 3.1 (Robyn Speer, https://github.com/rspeer/wordfreq), data under CC BY-SA 4.0
# (https://creativecommons.org/licenses/by-sa/4.0/). Changed: verbs, adverbs and little words alone.
#
# The lexicon of Brill's tagger, copyright 1993 by the Massachusetts Institute of Technology and the
# University of Pennsylvania, MIT licence.
"""


def tags(lexicon: Path) -> dict[str, str]:
    """The commonest part of speech of each folded word."""
    found: dict[str, str] = {}
    for line in lexicon.read_text(encoding="utf-8").splitlines():
        word, *rest = line.split()[:2] or [""]
        if rest and word.isalpha() and word.islower():
            found.setdefault(fold(word), rest[0])
    return found


def main() -> int:
    """Write the file; the exit code is 2 without a lexicon."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    tagged = tags(Path(sys.argv[1]))
    frequencies: dict[str, float] = defaultdict(float)
    for word, frequency in wordfreq.get_frequency_dict("en", "large").items():
        frequencies[fold(word)] += frequency
    words = sorted(
        word
        for word, tag in tagged.items()
        if tag.startswith(_TAGS)
        and len(word) > 2
        and log10(frequencies.get(word, 0) or 1e-12) + 9 >= _COMMON
        and word not in STOP | REQUEST | GENERIC | _OF_THE_FIELD
        and not _RUDE.search(word)
    )
    _TARGET.write_text(_ABOUT + "\n".join(words) + "\n", encoding="utf-8")
    print(f"{len(words):,} words, {_TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
