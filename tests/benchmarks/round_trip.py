"""Whether a large collection survives being written and read again, format by format.

Run as `python tests/benchmarks/round_trip.py`; needs the shared data folder beside the checkout.
Records with real titles, people, journals and abstracts (scale_data.py), half of them with what a
personal library has beside (keywords, lists, notes, read marks), are written to a file by the
bot's own writer as they come, and read again as they come. A difference is a record of which
anything that formats carry is not as it was. Each format has a process of its own.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.formats import WRITERS, by_name
from bot.formats.base import Streamed
from bot.records.models import Journal, Record, Shelf
from bot.text.markup import plain
from tests.benchmarks.scale_data import SHARED, Pool, record
from tests.formats.strategies import said

_SEED = 20260
_AT = datetime(2026, 1, 15, tzinfo=UTC)
_WORDS = ("CAR-T", "50% & more", "α-SMA", "{TAM}", "niño", "PD-1/PD-L1", "naïve", "CD8⁺ T cells")


def enriched(pool: Pool, number: int) -> Record:
    """A record of the scale benchmark, every other one with what else a library has.

    In plain text, with people in parts, who are authors: most formats have no place for more.
    """
    made = record(pool, _SEED, number)
    made = made.model_copy(
        update={
            "title": plain(made.title),
            "abstract": plain(made.abstract or "") or None,
            "contributors": tuple(
                p.model_copy(update={"name": None if p.family else p.name, "roles": ()})
                for p in made.contributors
            ),
        }
    )
    if number % 2:
        return made
    rng = random.Random(number)
    first = rng.randint(1, 900)
    journal = made.journal or Journal(title="Annals of Things")
    shelf = Shelf(lists=tuple(rng.sample(_WORDS, 2)), note=f"Read {number}: see p. {first}")
    return made.model_copy(
        update={
            "type": "Journal article",
            "journal": journal.model_copy(update={"issn": "2768-0622"}),
            "volume": str(rng.randint(1, 60)),
            "issue": str(rng.randint(1, 12)),
            "pages": f"{first}-{first + rng.randint(1, 20)}",
            "keywords": tuple(rng.sample(_WORDS, 3)),
            "shelf": shelf.model_copy(update={"read": number % 4 == 0}),
        }
    )


def written(pool: Pool, count: int) -> Iterator[Record]:
    """The records, made as they are taken."""
    return (enriched(pool, number) for number in range(count))


def measure(name: str, count: int) -> str:
    """A row: size, seconds of writing and of reading, peak of memory, differences."""
    pool, form = Pool.load(), by_name(name)
    writer = next(each for each in WRITERS if each.name == name)
    base = _peak()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"all{writer.suffixes[0]}"
        began = time.process_time()
        with path.open("w", encoding="utf-8") as file:
            file.writelines(writer.pieces(written(pool, count)))
        between, differences = time.process_time(), 0
        megabytes = path.stat().st_size / 1e6
        with path.open("rb") as binary:
            items = (
                form.load(binary, "", _AT)
                if isinstance(form, Streamed)
                else form.loads(binary.read(), "", _AT)
            )
            for read, wanted in zip_longest(items, written(pool, count)):
                is_same = isinstance(read, Record) and wanted and said(read) == said(wanted)
                differences += not is_same
        seconds = time.process_time() - between
    return (
        f"| {name} | {count:,} | {megabytes:.0f} | {between - began:.0f} | {seconds:.0f}"
        f" | {_peak() - base:.0f} | {differences} |"
    )


def _peak() -> float:
    import resource  # noqa: PLC0415 - only where there is one

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Print a row a format; ends with 1 where something differs."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--count", type=int, default=100_000)
    options.add_argument("--formats", nargs="+", default=[writer.name for writer in WRITERS])
    chosen = options.parse_args()
    if not SHARED.is_dir():
        print("the shared data folder (../shared) is not beside this checkout: nothing measured")
        return 0
    print(
        "| format | records | MB | CPU s to make and write | CPU s to make, read, compare", end=""
    )
    print(
        " | MiB more than at the start | differences |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    status = 0
    for name in chosen.formats:
        sys.stdout.flush()
        child = os.fork()
        if not child:
            row = measure(name, chosen.count)
            print(row, flush=True)
            os._exit(not row.endswith(" 0 |"))
        status |= os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status


if __name__ == "__main__":
    raise SystemExit(main())
