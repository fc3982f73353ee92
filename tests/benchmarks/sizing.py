"""What records take of disk, memory and processor at several sizes, and how large machines must be.

    python -m tests.benchmarks.sizing --records 2000 8000 32000 --out sizes.json
    python -m tests.benchmarks.sizing --read sizes.json --core 20 --memory 3 --disk .1

The first measures: the same records go into SQLite and PostgreSQL, into tantivy's folder and a node
of OpenSearch, and a server of each kind answers the same questions. Then it cuts OpenSearch's index
into as many shards as the largest store needs, which is as far as one machine goes: what that costs
a question. The second reads what was measured. Both print the table for 1 to 250 million records:
bytes by what another record takes between the smallest and the largest size measured, the rest by
the power of the records that fits.
Prices are per month: of a core, and of a GB of memory and of disk; without them there is no cost.
Needs what `tests.benchmarks.engines` needs.
"""

import argparse
import json
import math
import multiprocessing
import operator
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

from bot.app.composition import build_router, opened, seeds_folder
from bot.app.startup import settle
from bot.index.opensearch.index import OpenSearchIndex
from bot.index.tantivy import TantivyIndex
from bot.settings import Settings
from bot.store import StateStore
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging import tagger_of
from handlers.router import Request, Surface
from tests.benchmarks.engines import folder_bytes, node_cpu, rss_mb
from tests.benchmarks.servers import cpu_seconds
from tests.cluster import opensearch, postgres

sys.path.insert(0, str(Path(__file__).parent))
from scale_data import Pool, records

SEED, BATCH, ASKED = 1, 500, 20
SIZES = (1_000_000, 10_000_000, 40_000_000, 250_000_000)
GB = 1e9
# What a shard should hold at most by OpenSearch's own advice (10 to 50 GB), and a node's halves:
# heap, and files that the kernel keeps.
SHARD, HALF = 45 * GB, 32 * GB
# From here on a database server, and an index that is shared; before, one machine does.
OVER_SQLITE, OVER_TANTIVY = 2_000_000, 20_000_000
# Room on a disk for merges, the log and the day after tomorrow.
ROOM = 1.5
UNITS = {
    "disk": "bytes a record", "filling": "processor ms a record",
    "asking": "processor ms a question", "memory": "MB",
}  # fmt: skip
CONTEXT = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Measured:
    """At one size: bytes a record, processor ms a record and a question, memory in MB."""

    records: int
    disk: dict[str, float]
    filling: dict[str, float]
    asking: dict[str, float]
    memory: dict[str, float]


def answer(settings: Settings, questions: Sequence[str], told: Any) -> None:
    """Answer as a server; tell processor ms a question and the memory of its own, in MB."""
    with opened(settings) as services:
        router = build_router(services)
        settle(services)
        router.answer(Request(questions[0], Surface.TERMINAL))
        began = time.process_time()
        for each in questions:
            router.answer(Request(each, Surface.TERMINAL))
        took = (time.process_time() - began) / len(questions) * 1000
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        own = next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024
        told.put((took, own))


@dataclass(slots=True)
class Bench:
    """Stores and indexes that are filled step by step."""

    home: Path
    server: postgres.Server
    node: opensearch.Cluster
    pool: Pool
    done: int = 0

    @property
    def database(self) -> str:
        return postgres.address("sizing", self.server.port)

    @property
    def node_pid(self) -> int:
        process = self.node.nodes[0].process
        assert process is not None
        return process.pid

    def index(self, shards: int) -> str:
        return f"{self.node.url}/tme{shards}?shards={shards}&replicas=0"

    def fill(self, count: int, here: StateStore, there: StateStore) -> dict[str, float]:
        """Store as an import does; processor ms a record."""
        tagger = tagger_of(Vocabulary.load(seeds_folder() / "taxonomy.yaml"))
        spent = dict.fromkeys(("tagging", "SQLite", "PostgreSQL, bot", "PostgreSQL"), 0.0)
        for first in range(self.done, count, BATCH):
            made = list(records(self.pool, SEED, first, min(first + BATCH, count)))
            began = time.process_time()
            made = [each.model_copy(update={"concepts": tagger.tag(each)}) for each in made]
            spent["tagging"] += time.process_time() - began
            for name, store in (("SQLite", here), ("PostgreSQL, bot", there)):
                began, before = time.process_time(), cpu_seconds(self.server.pid)
                store.upsert(made, lambda _stored, incoming: incoming)
                spent[name] += time.process_time() - began
                if name != "SQLite":
                    spent["PostgreSQL"] += cpu_seconds(self.server.pid) - before
        return {name: each / (count - self.done) * 1000 for name, each in spent.items()}

    def follow(self, index: TantivyIndex | OpenSearchIndex, store: StateStore) -> tuple[float, ...]:
        """Processor ms a change, of this process and of OpenSearch's."""
        began, before, taken = time.process_time(), node_cpu(self.node_pid), 0
        while step := index.follow(store):
            taken += step
        spent = time.process_time() - began, node_cpu(self.node_pid) - before
        return tuple(each / max(taken, 1) * 1000 for each in spent)

    def sizes(self, count: int) -> dict[str, float]:
        """Bytes a record."""
        with psycopg.connect(postgres.admin(self.server.port)) as db:
            row = db.execute("SELECT pg_database_size('sizing')").fetchone()
        self.node.get(self.node.nodes[0], "tme1/_flush", "POST")
        made: Any = self.node.get(self.node.nodes[0], "tme1/_stats/store")
        index = folder_bytes(self.home / "index")
        every = {
            "SQLite": folder_bytes(self.home) - index,
            "PostgreSQL": row[0] if row else 0,
            "tantivy": index,
            "OpenSearch": made["_all"]["primaries"]["store"]["size_in_bytes"],
        }
        return {name: size / count for name, size in every.items()}

    def ask(self, database: str | None, index: str | None) -> dict[str, float]:
        """Processor ms a question of the server, PostgreSQL and OpenSearch; the server's memory."""
        rng, told = random.Random(SEED), CONTEXT.Queue()
        asked = [" ".join(rng.sample(rng.choice(self.pool.works)[0].split(), 1)
                          + rng.sample(self.pool.common, 2)) for _ in range(ASKED)]  # fmt: skip
        settings = Settings(home=self.home, database_url=database, index_url=index, starter=False)
        before = cpu_seconds(self.server.pid), node_cpu(self.node_pid)
        process = CONTEXT.Process(target=answer, args=(settings, asked, told))
        process.start()
        took, own = told.get()
        process.join()
        after = cpu_seconds(self.server.pid), node_cpu(self.node_pid)
        theirs = [(b - a) / ASKED * 1000 for a, b in zip(before, after, strict=True)]
        return {"server": took, "PostgreSQL": theirs[0], "OpenSearch": theirs[1], "memory": own}

    def measure(self, count: int, here: StateStore, there: StateStore) -> Measured:
        """Fill up to so many records, and measure there."""
        filling = self.fill(count, here, there)
        with (
            closing(TantivyIndex(self.home / "index")) as near,
            closing(OpenSearchIndex(self.index(1))) as far,
        ):
            filling["tantivy"], _ = self.follow(near, here)
            filling["OpenSearch, bot"], filling["OpenSearch"] = self.follow(far, there)
        self.done = count
        file, shared, wide = (
            self.ask(database, index)
            for database, index in (
                (None, None), (self.database, None), (self.database, self.index(1))
            )
        )  # fmt: skip
        asking = {
            "SQLite and tantivy": file["server"],
            "PostgreSQL and tantivy": shared["server"],
            "its PostgreSQL": shared["PostgreSQL"],
            "PostgreSQL and OpenSearch": wide["server"],
            "its OpenSearch": wide["OpenSearch"],
        }
        memory = {
            "a server": file["memory"],
            "a server over OpenSearch": wide["memory"],
            "a node": float(rss_mb(self.node_pid)),
        }
        return Measured(count, self.sizes(count), filling, asking, memory)

    def cut(self, shards: int, store: StateStore) -> float:
        """OpenSearch's processor ms a question where the index is in so many shards."""
        with closing(OpenSearchIndex(self.index(shards))) as far:
            self.follow(far, store)
        return self.ask(self.database, self.index(shards))["OpenSearch"]


def run(counts: Sequence[int]) -> tuple[list[Measured], dict[int, float]]:
    """Measure everything, over servers of its own; a line for each size as it is known."""
    pool = Pool.load(seed=SEED)
    with (
        tempfile.TemporaryDirectory() as name,
        postgres.one() as server,
        opensearch.cluster(1) as node,
    ):
        postgres.create(server.port, "sizing")
        bench, found = Bench(Path(name), server, node, pool), list[Measured]()
        with (
            closing(StateStore.open(Path(name) / "tme.db")) as here,
            closing(StateStore.connect(bench.database)) as there,
        ):
            for count in sorted(counts):
                found.append(bench.measure(count, here, there))
                print(json.dumps(asdict(found[-1])), flush=True)
            shards = max(2, math.ceil(SIZES[-1] * bytes_each(found, "OpenSearch") / SHARD))
            cut = {1: found[-1].asking["its OpenSearch"], shards: bench.cut(shards, there)}
            return found, cut


def grown(found: Sequence[Measured], kind: str, name: str, count: int) -> float:
    """What is to be expected at a size: by the power of the records that fits best, 0 to 1."""
    last = found[-1]
    points = [(math.log(m.records), math.log(max(getattr(m, kind)[name], 1e-3))) for m in found]
    if len(points) < 2:
        return float(getattr(last, kind)[name])
    middle_x, middle_y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    over = sum((x - middle_x) ** 2 for x, _ in points)
    power = sum((x - middle_x) * (y - middle_y) for x, y in points) / over
    return float(getattr(last, kind)[name] * (count / last.records) ** min(max(power, 0.0), 1.0))


def bytes_each(found: Sequence[Measured], name: str) -> float:
    """Bytes that another record takes: what is there without any is left out."""
    first, last = found[0], found[-1]
    if first is last:
        return last.disk[name]
    whole = last.records * last.disk[name] - first.records * first.disk[name]
    return whole / (last.records - first.records)


def layout(
    found: Sequence[Measured], a_shard: float, count: int, given: argparse.Namespace
) -> dict[str, Any]:
    """What a store of so many records needs; `a_shard` is what another shard costs a question."""
    rate, kept = given.questions, given.kept
    is_file, is_wide = count < OVER_SQLITE, count >= OVER_TANTIVY
    servers, databases = (1, 0) if is_file else (given.servers, 2)
    index = count * bytes_each(found, "OpenSearch" if is_wide else "tantivy")
    state = count * bytes_each(found, "SQLite" if is_file else "PostgreSQL")
    way = f"{'SQLite' if is_file else 'PostgreSQL'} and {'OpenSearch' if is_wide else 'tantivy'}"
    asked = grown(found, "asking", way, count) / 1000 * rate * 2
    cores = servers * max(2, math.ceil(asked / servers))
    own = grown(found, "memory", "a server over OpenSearch" if is_wide else "a server", count) * 1e6
    memory = servers * max(2 * GB, 2 * own + (0 if is_wide else kept * index))
    disk = state * (1 if is_file else databases) + index * (2 if is_wide else servers)
    shards = nodes = 0
    if databases:
        cores += databases * max(2, math.ceil(grown(found, "asking", "its PostgreSQL", count)
                                              / 1000 * rate * 2))  # fmt: skip
        memory += databases * max(4 * GB, min(kept * state, 128 * GB))
    if is_wide:
        shards = math.ceil(index / SHARD)
        nodes = max(3, math.ceil(2 * index * kept / HALF))
        took = grown(found, "asking", "its OpenSearch", count) + a_shard * (shards - 1)
        cores += max(2 * nodes, math.ceil(took / 1000 * rate * 2))
        memory += 2 * max(nodes * 4 * GB, 2 * index * kept)
    ways = ("tagging", "SQLite", "tantivy") if is_file else (
        "tagging", "PostgreSQL, bot", "PostgreSQL",
        *(("OpenSearch, bot", "OpenSearch") if is_wide else ("tantivy",)),
    )  # fmt: skip
    filled = count * sum(found[-1].filling[name] for name in ways) / 3.6e6
    return {
        "records": count, "way": way, "state": state, "index": index, "servers": servers,
        "databases": databases, "shards": shards, "nodes": nodes, "cores": cores,
        "memory": memory, "disk": disk * ROOM, "filled": filled,
    }  # fmt: skip


def table(found: Sequence[Measured], a_shard: float, given: argparse.Namespace) -> None:
    """Print what stores of 1 to 250 million records need."""
    made = [layout(found, a_shard, count, given) for count in SIZES]
    rows = {
        "records": [f"{m['records'] / 1e6:.0f} million" for m in made],
        "---": ["---"] * len(made),
        "kept in": [m["way"] for m in made],
        "state, one copy, GB": [f"{m['state'] / GB:,.0f}" for m in made],
        "index, one copy, GB": [f"{m['index'] / GB:,.1f}" for m in made],
        "servers · databases · nodes (primary shards)": [
            f"{m['servers']} · {m['databases']} · {m['nodes']} ({m['shards']})" for m in made
        ],
        "disk in all, with room, GB": [f"{m['disk'] / GB:,.0f}" for m in made],
        "memory in all, GB": [f"{m['memory'] / GB:,.0f}" for m in made],
        "cores in all": [f"{m['cores']}" for m in made],
        "core-hours to fill once": [f"{m['filled']:,.0f}" for m in made],
    }
    prices = given.core, given.memory, given.disk
    if None not in prices:
        rows["cost a month, at the prices given"] = [
            f"{sum(map(operator.mul, prices, (m['cores'], m['memory'] / GB, m['disk'] / GB))):,.0f}"
            for m in made
        ]
    for name, cells in rows.items():
        print(f"| {name} | {' | '.join(cells)} |")


def main() -> None:
    """Measure, or read what was measured, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, nargs="+", default=[2_000, 8_000, 32_000])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--read", type=Path)
    parser.add_argument("--questions", type=float, default=5.0, help="a second, at the busiest")
    parser.add_argument("--servers", type=int, default=3, help="where there is more than one")
    parser.add_argument("--kept", type=float, default=0.25, help="part of the files in memory")
    for price in ("core", "memory", "disk"):
        parser.add_argument(f"--{price}", type=float, help="price a month, of one or of a GB")
    given = parser.parse_args()
    if given.read:
        kept = json.loads(given.read.read_text(encoding="utf-8"))
        found, cut = [Measured(**each) for each in kept["sizes"]], kept["shards"]
    else:
        found, cut = run(given.records)
        if given.out:
            sizes = {"sizes": [asdict(each) for each in found], "shards": cut}
            given.out.write_text(json.dumps(sizes, indent=1), encoding="utf-8")
    print("\n| at |", " | ".join(f"{each.records:,} records" for each in found), "|")
    print("| --- " * (len(found) + 1) + "|")
    for kind, unit in UNITS.items():
        for name in getattr(found[-1], kind):
            cells = " | ".join(f"{getattr(each, kind)[name]:,.4g}" for each in found)
            print(f"| {unit}: {name} | {cells} |")
    by_shards = ", ".join(f"{took:.1f} over {shards}" for shards, took in cut.items())
    print(f"\nOpenSearch's processor ms a question, by shards: {by_shards}\n")
    (few, one), (many, all_of_them) = sorted((int(n), took) for n, took in cut.items())
    table(found, max(0.0, (all_of_them - one) / (many - few)), given)


if __name__ == "__main__":
    main()
