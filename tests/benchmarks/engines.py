"""What records take in each database and index, and what questions take in each index.

Run as `python -m tests.benchmarks.engines --records 20000`. The same records go into SQLite, from
there into PostgreSQL, and from the store into tantivy's folder and one node of OpenSearch; then the
two indexes take turns at questions of several kinds. Needs the shared data folder beside the
checkout, PostgreSQL, and what `tests.cluster.opensearch` needs.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import psycopg

from bot.app.composition import seeds_folder
from bot.errors import TmeError
from bot.index import Group, IndexQuery, Key, SearchIndex, Words, Years
from bot.index.opensearch.index import OpenSearchIndex
from bot.index.tantivy import TantivyIndex
from bot.store import StateStore
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging import tagger_of
from tests.cluster import opensearch, postgres

sys.path.insert(0, str(Path(__file__).parent))
from scale_data import Pool, records

SEED, BATCH = 1, 500


def rss_mb(pid: int) -> int:
    """The resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith("VmRSS")) // 1024


def node_cpu(pid: int) -> float:
    """What a process has computed, in seconds."""
    found = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    return (int(found[11]) + int(found[12])) / os.sysconf("SC_CLK_TCK")


def folder_bytes(folder: Path) -> int:
    """All files below a folder."""
    sizes = 0
    for each in folder.rglob("*"):
        with suppress(FileNotFoundError):
            sizes += each.stat().st_size if each.is_file() else 0
    return sizes


def fill(store: StateStore, pool: Pool, start: int, stop: int) -> float:
    """Store records, tagged as an import tags them; records a second, without making them."""
    tagger, took = tagger_of(Vocabulary.load(seeds_folder() / "taxonomy.yaml")), 0.0
    for first in range(start, stop, BATCH):
        made = [
            each.model_copy(update={"concepts": tagger.tag(each)})
            for each in records(pool, SEED, first, min(first + BATCH, stop))
        ]
        began = time.perf_counter()
        store.upsert(made, lambda _stored, incoming: incoming)
        took += time.perf_counter() - began
    return (stop - start) / took


def followed(index: SearchIndex, store: StateStore) -> float:
    """Take in everything; records a second."""
    began, done = time.perf_counter(), 0
    while step := index.follow(store):
        done += step
    return done / (time.perf_counter() - began)


def kinds(pool: Pool, rng: random.Random) -> dict[str, Callable[[], IndexQuery]]:
    """A question of each kind, another one each time."""

    def rare(count: int) -> IndexQuery:
        words = rng.sample(pool.long_words, count)
        return IndexQuery(tuple(Group((Words((word,)),)) for word in words))

    def common(count: int) -> IndexQuery:
        words = rng.sample(pool.common[:200], count)
        return IndexQuery(tuple(Group((Words((word,)),)) for word in words))

    def groups() -> IndexQuery:
        some = [rng.sample(pool.long_words, 6) for _ in range(3)]
        return IndexQuery(tuple(Group(tuple(Words((w,)) for w in each)) for each in some))

    def phrase() -> IndexQuery:
        words = tuple(rng.choice(pool.works)[0].lower().split()[:2])
        return IndexQuery((Group((Words(words), Key("concept", "hypoxia"))),))

    def filtered() -> IndexQuery:
        return IndexQuery(
            common(2).groups, excluded=(Words((rng.choice(pool.long_words),)),),
            years=Years(20100101, None),
        )  # fmt: skip

    return {
        "1 word": lambda: rare(1), "3 words": lambda: rare(3), "8 words": lambda: rare(8),
        "3 common words": lambda: common(3), "3 groups of 6": groups,
        "a phrase or a tag": phrase, "2 common words, years, not": filtered,
    }  # fmt: skip


def compare(pool: Pool, here: SearchIndex, there: SearchIndex, rounds: int, pid: int) -> None:
    """The two indexes take turns; `pid` is OpenSearch's process.

    Its processor time is the bot's and, over all rounds of a kind, that of the process.
    """
    rng = random.Random(SEED)
    print("| kind | tantivy p50/p95 ms | OpenSearch p50/p95 ms | processor ms: tantivy |"
          " OpenSearch: the bot · its process |\n| --- | --- | --- | --- | --- |")  # fmt: skip
    for kind, make in kinds(pool, rng).items():
        took: tuple[list[float], list[float]] = ([], [])
        spent, before = [0.0, 0.0], node_cpu(pid)
        for _ in range(rounds):
            wanted = make()
            for at, (index, times) in enumerate(zip((here, there), took, strict=True)):
                began, cpu = time.perf_counter(), time.process_time()
                with suppress(TmeError):
                    index.search(wanted, 100, partial="shared")
                times.append((time.perf_counter() - began) * 1000)
                spent[at] += time.process_time() - cpu
        cells = [f"{statistics.median(t):.1f}/{sorted(t)[int(len(t) * 0.95)]:.1f}" for t in took]
        own, bot, process = (
            each / rounds * 1000 for each in (*spent, node_cpu(pid) - before)
        )  # fmt: skip
        cells += [f"{own:.1f}", f"{bot:.1f} · {process:.1f}"]
        print(f"| {kind} | {' | '.join(cells)} |", flush=True)
    wanted = kinds(pool, rng)["3 common words"]()
    rows = [Group((Key("concept", each),)) for each in sorted(here.values("concept"))[:40]]
    for name, index in (("tantivy", here), ("OpenSearch", there)):
        began = time.perf_counter()
        index.tally(wanted, rows, rows[:10])
        table = time.perf_counter() - began
        began = time.perf_counter()
        words = len(index.vocabulary())
        took_words = time.perf_counter() - began
        print(f"{name}: a table of 40 by 10 {table * 1000:.0f} ms,"
              f" {words:,} known words {took_words:.2f} s", flush=True)  # fmt: skip


def main() -> None:
    """Everything, in a temporary folder and over servers of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, nargs="+", default=[20_000])
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    pool = Pool.load(seed=SEED)
    with (
        tempfile.TemporaryDirectory() as name,
        postgres.one() as server,
        opensearch.cluster(1) as node,
        closing(StateStore.open(Path(name) / "tme.db")) as store,
        closing(TantivyIndex(Path(name) / "index")) as here,
        closing(OpenSearchIndex(f"{node.url}/tme?shards=1&replicas=0")) as there,
    ):
        done = 0
        for count in given.records:
            stored = fill(store, pool, done, count)
            done = count
            rates = [f"SQLite {stored:.0f}"]
            sizes = {"SQLite": folder_bytes(Path(name)) - folder_bytes(Path(name) / "index")}
            database = f"n{count}"
            postgres.create(server.port, database)
            began = time.perf_counter()
            store.move(postgres.address(database, server.port), lambda *_: None)
            rates.append(f"moved to PostgreSQL {count / (time.perf_counter() - began):.0f}")
            with psycopg.connect(postgres.admin(server.port)) as db:
                row = db.execute("SELECT pg_database_size(%s)", [database]).fetchone()
            sizes["PostgreSQL"] = row[0] if row else 0
            postgres.drop(server.port, database)
            for kind, index in (("tantivy", here), ("OpenSearch", there)):
                rates.append(f"{kind} {followed(index, store):.0f}")
            sizes["tantivy"] = folder_bytes(Path(name) / "index")
            made = node.get(node.nodes[0], "tme/_stats/store,segments")
            sizes["OpenSearch"] = made["_all"]["primaries"]["store"]["size_in_bytes"]  # type: ignore[index]
            process = node.nodes[0].process
            assert process is not None
            bytes_each = ", ".join(f"{k} {size / count:.0f}" for k, size in sizes.items())
            print(f"\n{count:,} records; bytes a record: {bytes_each}")
            print(f"records a second: {', '.join(rates)}")
            print(f"OpenSearch's process: {rss_mb(process.pid)} MB", flush=True)
            compare(pool, here, there, given.rounds, process.pid)


if __name__ == "__main__":
    main()
