"""How fast a harvest is, and whether its memory stays flat: `python tests/benchmarks/harvest.py`.

A repository on loopback, in a process of its own, serves `--records` records in pages of 500: the
abstracts of SciFact, each as often as is needed, with a DOI of its own. The harvest is the bot's
own, tags and merging included, with the pauses between requests left out.
"""

import argparse
import logging
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from werkzeug.serving import make_server  # noqa: E402
from werkzeug.wrappers import Request  # noqa: E402

from bot.app.composition import opened  # noqa: E402
from bot.settings import Settings  # noqa: E402
from tests.benchmarks.beir import load  # noqa: E402
from tests.sources.loopback import Entry, Repository, dublin_core  # noqa: E402

PAGE = 500


def serve(count: int, ready: Connection) -> None:
    """Serve so many records until the process is ended; sends its port."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    texts = list(load(ROOT.parent / "shared" / "data" / "scifact", "train").corpus.values())
    listed = [
        Entry(
            str(n),
            dublin_core(
                texts[n % len(texts)][0],
                doi=f"10.5555/bench.{n}",
                more=f"<dc:description><![CDATA[{texts[n % len(texts)][1]}]]></dc:description>",
            ),
        )
        for n in range(count)
    ]
    server = make_server(
        "127.0.0.1", 0, Request.application(Repository(listed, page=PAGE)), threaded=True
    )
    ready.send(server.port)
    server.serve_forever()


def measure(count: int, port: int, home: Path) -> None:
    """Harvest everything into an empty data folder and print what it took."""
    (home / "sources.toml").write_text(
        f'[[source]]\nkind = "oai_pmh"\naddress = "http://127.0.0.1:{port}/oai"\n',
        encoding="utf-8",
    )
    settings = Settings(home=home, contact="bench@example.org", starter=False)
    marks: list[tuple[int, float]] = []

    def heard(_name: str, done: int, _of: int | None) -> None:
        marks.append((done, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))

    with opened(settings) as services:
        services.harvesting.pause = lambda _seconds: None  # type: ignore[method-assign]
        [standing] = services.harvesting.standings()
        for run in ("first harvest", "again, nothing changed"):
            start = time.perf_counter()
            outcome = services.harvesting.run(standing.planned, again=True, heard=heard)
            took = time.perf_counter() - start
            assert outcome.finished, outcome.error
            counts = outcome.counts
            print(
                f"{run}: {counts.read:,} read, {counts.new:,} new, {counts.unchanged:,} unchanged"
                f" in {took:.1f} s ({counts.read / took:,.0f} a second)"
            )
    for done, peak in (marks[1], marks[len(marks) // 4], marks[len(marks) // 2 - 1]):
        print(f"peak memory after {done:,} records: {peak:.0f} MiB")


def main(arguments: Sequence[str]) -> None:
    """Serve, harvest, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    given = parser.parse_args(arguments)
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(given.records, there), daemon=True)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as home:
            measure(given.records, here.recv(), Path(home))
    finally:
        server.terminate()


if __name__ == "__main__":
    main(sys.argv[1:])
