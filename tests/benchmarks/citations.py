"""How many references the bot formats letter by letter as pandoc does, style by style.

Run as `python tests/benchmarks/citations.py [--works N] [--styles N]`; needs
`pip install pypandoc-binary`, and no shared data. Styles: those that people name, then so many of
the others, drawn with a fixed seed. Works: the starter references with an author of their own, and
the test samples. A number before a reference, and the order of the list, are left out of account.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.formats.csl.bibliography import bibliography
from bot.formats.csl_writing import csl_item
from bot.formats.styles import file_of, independent, named
from bot.records.dates import PartialDate
from bot.records.models import Contribution, Identifier, Journal, Record, Scheme
from tests.handlers.views.samples import RECORDS

_REFERENCES = Path(__file__).resolve().parents[2] / "seeds" / "references.jsonl"
_SEED = 20240
_NUMBER = re.compile(r"^[\[(]?[\d⁰¹²³⁴-⁹]+[.)\]]*\s*")


def works(count: int) -> list[dict[str, Any]]:
    """So many references, and the samples, as CSL-JSON."""
    found: dict[str, Record] = {}
    for line in _REFERENCES.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry.get("doi") and entry.get("authors"):
            found.setdefault(entry["authors"][0].split()[0], _record(entry))
    # Retracted is the seed once more, and would be told apart from it by letters.
    samples = [record for name, record in RECORDS.items() if name != "retracted"]
    records = [*list(found.values())[:count], *samples]
    return [csl_item(record) | {"id": f"r{n}"} for n, record in enumerate(records, 1)]


def _record(entry: dict[str, Any]) -> Record:
    identifiers = [Identifier(scheme=Scheme.DOI, value=entry["doi"])]
    if entry.get("pmid"):
        identifiers.append(Identifier(scheme=Scheme.PMID, value=entry["pmid"]))
    return Record(
        id=entry["doi"],
        title=entry["title"],
        contributors=tuple(Contribution(name=name) for name in entry["authors"]),
        journal=Journal(title=entry["journal"]),
        volume=entry.get("volume"),
        issue=entry.get("issue"),
        pages=entry.get("pages"),
        article_number=entry.get("article_number"),
        published=PartialDate.parse(entry["date"]),
        identifiers=tuple(identifiers),
    )


def pandocs(items: Sequence[dict[str, Any]], style: str) -> list[str]:
    """The list of references as pandoc makes it."""
    import pypandoc  # noqa: PLC0415 - 155 MB that only this needs

    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "--from=csljson", "--to=plain", "--wrap=none", "--citeproc",
         f"--csl={file_of(style)}", "--sandbox"],
        input=json.dumps(items).encode(), capture_output=True, check=True,
    )  # fmt: skip
    blocks = done.stdout.decode().split("\n\n")
    return [line for block in blocks if (line := " ".join(block.split()))]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=60)
    parser.add_argument("--styles", type=int, default=20)
    parser.add_argument("--differences", type=int, default=0, help="so many, of each style")
    chosen = parser.parse_args()
    items = works(chosen.works)
    others = sorted(set(independent()) - set(named()))
    drawn = random.Random(_SEED).sample(others, chosen.styles)
    print("| style | the same | of | ours, ms | pandoc, ms |\n| --- | --- | --- | --- | --- |")
    same = total = 0
    for style in (*named(), *drawn):
        start = time.process_time()
        ours = Counter(_NUMBER.sub("", line) for line in bibliography(items, style))
        middle, waited = time.process_time(), time.perf_counter()
        theirs = Counter(_NUMBER.sub("", line) for line in pandocs(items, style))
        took = time.perf_counter() - waited
        alike = (ours & theirs).total()
        same, total = same + alike, total + len(items)
        print(f"| {style} | {alike} | {len(items)} | {1000 * (middle - start):.0f} "
              f"| {1000 * took:.0f} |", flush=True)  # fmt: skip
        pairs = zip(sorted(theirs - ours), sorted(ours - theirs), strict=False)
        for their, our in list(pairs)[: chosen.differences]:
            print(f"\n    pandoc: {their}\n    ours:   {our}\n")
    print(f"| all | {same} | {total} | | |")


if __name__ == "__main__":
    main()
