"""Which misspelt words the bot reads as another word than the one that was meant."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from typos import Misspelt

from bot.text.folding import fold
from handlers.services import Services

_TARGETS, _WORDS = 40, 200


@dataclass(frozen=True, slots=True)
class Failure:
    """A word as it was typed, what it was read as, and what was meant (both folded)."""

    typed: str
    used: str
    wanted: str


def failures(services: Services, queries: Mapping[str, Misspelt]) -> Iterator[Failure]:
    """Every misspelt word whose stem, as the bot's parser reads it, is not the meant word's."""
    stem = services.index.stem
    for query in queries.values():
        read = {c.typed: c.used for c in services.search.interpret(query.text).corrected}
        for change in query.changes:
            used = fold(read.get(change.typed, change.typed))
            wanted = fold(change.wanted)
            if stem(used) != stem(wanted):
                yield Failure(change.typed, used, wanted)


def report(services: Services, asked: Mapping[str, Mapping[str, Misspelt]]) -> str:
    """How many words were read wrongly under each condition, and which ones most often."""
    found: list[Failure] = []
    lines = ["words read as another word:"]
    for condition, queries in asked.items():
        wrong = list(failures(services, queries))
        changed = sum(len(query.changes) for query in queries.values())
        if changed:
            share = len(wrong) / changed
            lines.append(f"  {condition}: {len(wrong)} of {changed} ({share:.1%})")
        found += wrong
    pairs = Counter((each.used, each.wanted) for each in found)
    lines.append("most frequent, used ← wanted:")
    lines += [f"  {n:4} {used} ← {wanted}" for (used, wanted), n in pairs.most_common(_TARGETS)]
    lines.append("typed → used, wanted:")
    lines += [
        f"  {n:4} {each.typed} → {each.used}, {each.wanted}"
        for each, n in Counter(found).most_common(_WORDS)
    ]
    return "\n".join(lines)
