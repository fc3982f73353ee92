"""How well and how fast records are tagged: `python tests/benchmarks/tagging.py`.

Prints precision, recall, violations of `must_not` and every miss over the gold cases, then the
documents tagged in a second on one core. Needs the shared data folder beside the checkout.
"""

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.records.models import Record  # noqa: E402
from bot.vocabulary import Vocabulary  # noqa: E402
from bot.vocabulary.tagging import Tagger  # noqa: E402

SHARED = ROOT.parent / "shared"
# The older cases with their gold for the vocabulary as it is, and those of its narrower concepts.
CASES = ("tagging_cases.dev.reissued.jsonl", "tagging_ext.dev.jsonl")
SECONDS = 2.0


@dataclass
class Score:
    """Counts over the cases; a tag is wrong when it is neither gold nor optional."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    violations: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Right tags among all that count."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Gold tags found."""
        return self.right / max(1, self.right + self.missed)


def record_of(case: dict[str, object]) -> Record:
    """The record a gold case describes; an empty title becomes a dash, as a record needs one."""
    kind = case.get("record") or {}
    assert isinstance(kind, dict)
    return Record(
        title=str(case["title"]) or "-",
        abstract=str(case["abstract"]) if case["abstract"] else None,
        type=kind.get("type"),
        subtype=kind.get("subtype"),
    )


def score(tagger: Tagger, cases: list[dict[str, list[str]]]) -> Score:
    """Tag every case and count."""
    result = Score()
    for case in cases:
        tags = {tag.concept: tag for tag in tagger.tag(record_of(case))}
        gold, optional = set(case["gold"]), set(case["optional"])
        wrong = set(tags) - gold - optional
        missed = gold - set(tags)
        broken = (set(case["must_not"]) | set(case["negated"]) - optional) & set(tags)
        result.right += len(gold & set(tags))
        result.wrong += len(wrong)
        result.missed += len(missed)
        result.violations += len(broken)
        if wrong or missed or broken:
            found = [f"{id_} ({tags[id_].words!r})" for id_ in sorted(wrong | broken)]
            result.lines.append(
                f"{case['id']} {str(case['title'])[:110]!r}\n    missed {sorted(missed)}"
                f"\n    wrong {found}" + (f"\n    VIOLATES {sorted(broken)}" if broken else "")
            )
    return result


def speed(tagger: Tagger) -> float:
    """Title-and-abstract records tagged in a second, over SciFact's abstracts."""
    lines = (SHARED / "data" / "scifact" / "corpus.jsonl").read_text().splitlines()[:1500]
    texts = [json.loads(line) for line in lines]
    records = [Record(title=t["title"], abstract=t["text"]) for t in texts]
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < SECONDS:
        for record in records:
            tagger.tag(record)
        done += len(records)
    return done / spent


def main() -> None:
    """Print the figures."""
    files = [SHARED / "taxonomy" / name for name in CASES]
    if not all(file.exists() for file in files):
        sys.exit("The shared data folder (../shared) is not beside this checkout: nothing to do.")
    start = time.perf_counter()
    vocabulary = Vocabulary.load(ROOT / "seeds" / "taxonomy.yaml")
    loaded = time.perf_counter()
    tagger = Tagger(vocabulary)
    built = time.perf_counter()
    for file in files:
        result = score(tagger, [json.loads(line) for line in file.read_text().splitlines()])
        print("\n".join(result.lines))
        print(
            f"\n{file.name}: precision {result.precision:.3f}, recall {result.recall:.3f}", end=", "
        )
        print(f"must_not violations {result.violations}")
    print(f"vocabulary loaded in {loaded - start:.2f} s, tagger built in {built - loaded:.2f} s")
    if (SHARED / "data" / "scifact" / "corpus.jsonl").exists():
        print(f"{speed(tagger):,.0f} titles with abstracts a second of one core (CPU time)")


if __name__ == "__main__":
    main()
