"""How long it takes to correct one word against a large vocabulary."""

import math
import random

from scale_data import Pool, coin, misspell
from scale_job import Figures, Job, memory_mb, spread, timed

from bot.text.spelling import Speller

WORDS = 1_000_000
_ASKED = 1_000
# A misspelt word is one that at least so many texts use: nobody misspells a word seen once.
_USED = 5


def spelling(job: Job) -> Figures:
    """Misspelt words against the real words and coined ones, a million together.

    The misspelt are drawn as often as they are used. `first` and `among` are the shares whose
    right word is the first candidate, or one of them; where the misspelling is a word itself the
    speller is asked all the same.
    """
    pool, rng = Pool.load(seed=job.seed), random.Random(job.seed)
    frequencies = vocabulary(pool, rng)
    words = [word for word, count in pool.frequencies.items() if count >= _USED]
    drawn = rng.choices(words, [pool.frequencies[word] for word in words], k=_ASKED)
    asked = [(word, misspell(word, rng)) for word in drawn]
    del pool  # what else is stored would lengthen the rounds of the garbage collector
    before = memory_mb()
    made: list[Speller] = []
    seconds = timed(lambda: made.append(Speller(frequencies)))
    after, speller = memory_mb(), made[0]
    spent, first, among = [], 0, 0
    for right, typed in asked:
        found: list[str] = []
        spent.append(timed(lambda t=typed, f=found: f.extend(  # type: ignore[misc]
            each.word for each in speller.candidates(t))))  # fmt: skip
        first += found[:1] == [right]
        among += right in found
    return {
        "words": len(frequencies),
        "build_s": round(seconds, 2),
        "own_mb": after.get("own_mb", 0) - before.get("own_mb", 0),
        "time": spread(spent),
        "first": round(first / _ASKED, 3),
        "among": round(among / _ASKED, 3),
    }


def vocabulary(pool: Pool, rng: random.Random) -> dict[str, int]:
    """The pool's words with their counts, and coined ones, as rare as the rarest, up to WORDS."""
    counts = dict(pool.frequencies)
    while len(counts) < WORDS:
        # By Zipf's law most words of a large vocabulary are seen once or twice.
        counts.setdefault(coin(pool, rng), math.floor(1 / (1 - rng.random()) ** 0.5))
    return counts
