"""Known items: is the one right record first? `python tests/benchmarks/known_items.py`.

172,406 real PubMed citations in the store; several kinds of queries (see `known_queries.py`), each
asked as a person asks at the terminal: through the router, so that a pasted title may be looked
up. A record counts by its PubMed id. Needs the shared data folder beside the checkout; README.md
beside this file explains the figures.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import homes
import typos
from known_citations import Citations
from known_queries import Known, queries

from bot.app import composition as app
from bot.records.models import Record, Scheme
from handlers.router import Request, Router, Surface

EACH = 300
_SHOWN = 15
_SHOWN_TITLE = 110


@dataclass
class Found:
    """What became of the queries of one kind; `ms` is the time of each whole answer."""

    first: int = 0
    in_five: int = 0
    ms: list[float] = field(default_factory=list)
    misses: list[tuple[Known, str]] = field(default_factory=list)


def ask(router: Router, asked: Sequence[Known]) -> Found:
    """Ask every query; a miss is kept with the action and the title that came first instead."""
    found = Found()
    for known in asked:
        start = time.perf_counter()
        answer = router.answer(Request(known.text, Surface.TERMINAL)).answer
        found.ms.append((time.perf_counter() - start) * 1000)
        places = [at for at, hit in enumerate(answer.hits) if _is(hit.record, known.pmid)]
        found.first += places[:1] == [0]
        found.in_five += bool(places)
        if places[:1] != [0]:
            got = answer.hits[0].record.title if answer.hits else "nothing"
            place = f"place {places[0] + 1}" if places else "not listed"
            found.misses.append((known, f"[{answer.understood.action}, {place}] {got}"))
    return found


def _is(record: Record, pmid: str) -> bool:
    return any(i.scheme is Scheme.PMID and i.value == pmid for i in record.identifiers)


def report(home: Path | None, seed: int, each: int = EACH, misses: int = 0) -> None:
    """Print the table, and then up to `misses` misses of each kind."""
    citations = Citations(homes.citations())
    asked = queries(citations, each, seed)
    print(f"known items among {len(citations.all):,} citations; seed {seed}")
    print("| kind | n | found first | found in five | ms, median |", "| --- " * 5 + "|", sep="\n")
    short: dict[str, Found] = {}
    with homes.home(home, {"citations": homes.citations}) as services:
        router = app.build_router(services)
        for kind, known in asked.items():
            homes.say(kind)
            found = short[kind] = ask(router, known)
            homes.say("")
            n = max(len(known), 1)
            print(f"| {kind} | {len(known)} | {found.first / n:.1%} | {found.in_five / n:.1%} | "
                  f"{median(found.ms or [0]):.1f} |", flush=True)  # fmt: skip
    for kind, found in short.items() if misses else ():
        print(f"\n{kind}: {len(found.misses)} misses")
        for missed, got in found.misses[:misses]:
            print(f"  asked  {missed.text!r}\n  wanted {missed.title[:_SHOWN_TITLE]}\n"
                  f"  got    {got[:_SHOWN_TITLE]}")  # fmt: skip


def main() -> int:
    """Print the table of one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", choices=tuple(typos.SEEDS), default="train",
                        help="the queries to tune on, or those to report")  # fmt: skip
    parser.add_argument("--each", type=int, default=EACH, help="queries of each kind")
    parser.add_argument("--misses", type=int, default=0, metavar="N", nargs="?", const=_SHOWN,
                        help="list up to N misses of each kind")  # fmt: skip
    parser.add_argument("--home", type=Path, metavar="DIR",
                        help="keep the filled data folder there, and use it again")  # fmt: skip
    given = parser.parse_args()
    if not homes.SHARED.is_dir():
        print(homes.ABSENT)
        return 0
    report(given.home, typos.SEEDS[given.seed], given.each, given.misses)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
