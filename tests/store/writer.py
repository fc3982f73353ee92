"""A process of its own that writes pairs of records: `python writer.py FILE NAME BATCHES`.

Prints the number of each batch once it is committed. Started by the tests, which kill it.
"""

import sys
from pathlib import Path

from bot.merging.merge import combine
from bot.records.models import Identifier, Provenance, Record, Scheme
from bot.store import StateStore

BATCH = 25


def batch(name: str, number: int) -> list[Record]:
    """The records of one batch, each with a DOI of its own and a PMID that every writer shares."""
    return [
        Record(
            title=f"Paper {place} of {name}",
            abstract="Macrophages. " * 100,
            identifiers=(Identifier(scheme=Scheme.DOI, value=f"10.1000/{name}.{number}.{place}"),),
            provenance=(Provenance(source=name),),
        )
        for place in range(BATCH)
    ] + [
        Record(
            title="Shared",
            identifiers=(
                Identifier(scheme=Scheme.PMID, value="1"),
                Identifier(scheme=Scheme.PUBS, value=f"{name}.{number}"),
            ),
            provenance=(Provenance(source=name),),
        )
    ]


def main(path: str, name: str, batches: str) -> None:
    """Open the file, which may not exist yet, and write."""
    store = StateStore.open(Path(path))
    for number in range(int(batches)):
        store.upsert(batch(name, number), combine)
        print(number, flush=True)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
