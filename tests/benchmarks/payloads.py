"""Every payload of the shared data, parsed or refused with its reason, as a table by kind.

Run as `python tests/benchmarks/payloads.py [KIND …] [--refused] [--files]`; needs the shared data
folder beside the checkout. `PARSERS` says which parser reads a kind: to add one, add a line. A
parser takes the bytes of a file and gives records and refusals; whatever else it raises is a
failure, which the table counts and the exit code tells.
"""

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.errors import TmeError
from bot.formats import Refusal
from bot.formats.base import or_nothing
from bot.records.models import Known, Record, Scheme
from bot.sources import reader

PAYLOADS = Path(__file__).resolve().parents[3] / "shared" / "data" / "payloads"
Parser = Callable[[bytes], Iterable[Record | Refusal]]
_OF_A_WORK = re.compile(r"^\S+: (?=not a work|no title|deleted)")
_NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def read_as(name: str) -> Parser:
    """The parser that goes by this name, as `tme parse --as NAME` takes it."""
    return lambda data: reader(data, "payload", name).loads(data, "", _NOW)


def of_a_repository(data: bytes) -> Iterable[Record | Refusal]:
    """OAI-PMH answers are XML; ORA's own answers are JSON, told by their looks."""
    name = "oai_pmh" if data.lstrip().startswith(b"<") else None
    return reader(data, "payload", name).loads(data, "", _NOW)


# Kind of payload → its parser.
PARSERS: dict[str, Parser] = {
    "bibtex": read_as("bibtex"),
    "biorxiv_medrxiv": read_as("biorxiv"),
    "crossref": read_as("crossref"),
    "csl_json": read_as("csl"),
    "datacite": read_as("datacite"),
    "europepmc": read_as("europe_pmc"),
    "nbib": read_as("nbib"),
    "oai_pmh": of_a_repository,
    "openalex": read_as("openalex"),
    "pubmed": read_as("pubmed"),
    "ris": read_as("ris"),
    "unpaywall": read_as("unpaywall"),
}
# What a record may have filled, in the order of the table.
FIELDS: dict[str, Callable[[Record], object]] = {
    "title": lambda r: r.title,
    "people": lambda r: r.contributors,
    "journal": lambda r: r.journal,
    "date": lambda r: r.published,
    "DOI": lambda r: r.doi,
    "PMID": lambda r: r.pmid,
    "abstract": lambda r: r.abstract,
    "sections": lambda r: any(s.label for s in r.sections),
    "type": lambda r: r.type,
    "volume": lambda r: r.volume,
    "pages": lambda r: r.pages or r.article_number,
    "keywords": lambda r: r.keywords,
    "language": lambda r: r.language,
    "ORCID": lambda r: any(p.orcid for p in r.contributors),
    "notices": lambda r: r.integrity,
    "access": lambda r: r.access.url or r.access.licence,
    "reviewed": lambda r: r.peer_reviewed is not Known.UNKNOWN,
    "other ids": lambda r: any(i.scheme not in (Scheme.DOI, Scheme.PMID) for i in r.identifiers),
}


@dataclass(slots=True)
class Tally:
    """What became of the files of one kind."""

    files: int = 0
    records: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    filled: Counter[str] = field(default_factory=Counter)

    def take(self, record: Record) -> None:
        """Count a record and what it has filled."""
        self.records += 1
        self.filled.update(name for name, value in FIELDS.items() if value(record))


def payloads(kinds: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Kind and path of every file of these kinds, in the order of the index."""
    wanted = set(kinds)
    with (PAYLOADS / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t"):
            if row["kind"] in wanted:
                yield row["kind"], PAYLOADS / row["file"]


def parse(parser: Parser, path: Path, tally: Tally, refused: list[str]) -> None:
    """Parse one file into the tally; each refusal is written down with file and line."""
    tally.files += 1
    try:
        for item in or_nothing(parser(path.read_bytes())):
            if isinstance(item, Record):
                tally.take(item)
            else:
                # One reason, whichever work it is said of.
                tally.refused[_OF_A_WORK.sub("", item.reason)] += 1
                refused.append(f"{path.name}:{item.line}: {item.reason}")
    except TmeError as error:  # the file as a whole is refused
        tally.refused[error.message] += 1
        refused.append(f"{path.name}: {error.message}")
    except Exception as error:  # a benchmark goes on, and reports it
        tally.failed.append(f"{path.name}: {type(error).__name__}: {error}")


def print_table(tallies: dict[str, Tally]) -> None:
    """Files, records, refusals and failures of each kind; then the share of each field."""
    print("| kind | files | parsed | refused | failed |\n| --- | --- | --- | --- | --- |")
    for kind, tally in tallies.items():
        counts = (tally.files, tally.records, tally.refused.total(), len(tally.failed))
        print(f"| {kind} | {' | '.join(map(str, counts))} |")
    print(f"\n| filled, % | {' | '.join(tallies)} |\n| --- |{' --- |' * len(tallies)}")
    for name in FIELDS:
        shares = (
            f"{t.filled[name] / t.records:.0%}" if t.records else "" for t in tallies.values()
        )
        print(f"| {name} | {' | '.join(shares)} |")
    print("\n| kind | times | refused because |\n| --- | --- | --- |")
    for kind, tally in tallies.items():
        for reason, times in tally.refused.most_common():
            print(f"| {kind} | {times} | {reason} |")


def main() -> int:
    """Print the tables; the exit code is 1 when a parser failed."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("kinds", nargs="*", choices=[*PARSERS, []], help="only these kinds")
    options.add_argument("--refused", action="store_true", help="list every refusal with its line")
    given = options.parse_args()
    if not PAYLOADS.is_dir():
        print("the shared data folder (../shared) is not beside this checkout: nothing measured")
        return 0
    tallies = {kind: Tally() for kind in given.kinds or PARSERS}
    refused: list[str] = []
    for kind, path in payloads(tallies):
        parse(PARSERS[kind], path, tallies[kind], refused)
    print_table(tallies)
    if given.refused:
        print("", *refused, sep="\n")
    failed = [line for tally in tallies.values() for line in tally.failed]
    print(*failed, sep="\n", end="" if not failed else "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
