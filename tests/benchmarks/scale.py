"""Speed and size from ten thousand records up, beside peers, in one run.

    python tests/benchmarks/scale.py --records 10000 100000 1000000 --home DIR --peers --out DIR

Needs the shared data folder beside the checkout. Each step runs in a fresh process. `--home` keeps
what was built, in a folder for each size; a run that was stopped goes on from there, and a later
run only asks anew. What is measured, and how, is in SCALE.md.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import scale_growth  # noqa: E402
import scale_tables  # noqa: E402
from scale_data import ABSTRACTS, CITATIONS, SHARED  # noqa: E402
from scale_job import Figures, Job  # noqa: E402

# Built once and kept; everything else is measured anew in each run.
_KEPT = ("store", "build_tantivy", "build_fts5", "build_bm25s")
_NEEDED = ("questions", "store", "build_tantivy")
_BOT = ("questions", "store", "index", "build_tantivy", "queries", "router", "cold", "incremental",
        "threads", "during_import")  # fmt: skip
_SMALL, _FEW = ("questions", "store", "index", "build_tantivy", "router"), 12
_PEERS = ("build_fts5", "ask_fts5", "build_bm25s", "ask_bm25s", "ask_rapidfuzz")


def main() -> int:
    """Run the steps asked for at every size, and print the tables."""
    given = _arguments()
    if given.small:
        given.records, given.questions, given.steps = [20_000], _FEW, list(_SMALL)
    if not ((SHARED / CITATIONS).exists() and (SHARED / ABSTRACTS).exists()):
        print("the shared data folder (../shared) is not beside this checkout: nothing measured")
        return 0
    with tempfile.TemporaryDirectory(prefix="scale-") as temporary:
        home = Path(given.home or temporary)
        out = Path(given.out) if given.out else home
        out.mkdir(parents=True, exist_ok=True)
        results: dict[int, dict[str, Figures]] = {}
        for size in sorted(given.records):
            results[size] = _measure(size, home, given)
        if given.small:
            print(scale_tables.ratios(results[20_000]["router"]))
            return 0
        report = scale_tables.report(results, seed=given.seed)
        print(report)
        (out / "scale.md").write_text(report, encoding="utf-8")
        (out / "scale.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
        print(scale_growth.plot(results, out / "growth.png"))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, nargs="+", default=[10_000], metavar="N")
    parser.add_argument("--small", action="store_true", help="20,000 records, and only ratios")
    parser.add_argument("--home", help="keep what is built in this folder, and use what is there")
    parser.add_argument("--out", help="where scale.md, scale.json and growth.png go (or --home)")
    parser.add_argument("--peers", action="store_true", help="FTS5, bm25s and rapidfuzz as well")
    parser.add_argument("--untagged", action="store_true", help="leave out the tagging of records")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--questions", type=int, default=200, help="of every kind")
    parser.add_argument("--steps", nargs="+", metavar="STEP", help="only these, e.g. queries cold")
    parser.add_argument("--profile", action="store_true", help="print where warm questions spend")
    return parser.parse_args()


def _measure(size: int, home: Path, given: argparse.Namespace) -> dict[str, Figures]:
    folder = home / str(size)
    folder.mkdir(parents=True, exist_ok=True)
    job = Job(str(folder), size, given.seed, given.questions, not given.untagged)
    steps = [*_BOT, *(_PEERS if given.peers else ()), *(["profile"] if given.profile else ())]
    # The size of its vocabulary does not depend on the records: once is enough.
    steps += ["spelling"] if size == min(given.records) else []
    if given.steps:
        steps = [step for step in (*steps, "profile") if step in given.steps or step in _NEEDED]
    return {step: _run(step, job) for step in dict.fromkeys(steps)}


def _run(step: str, job: Job) -> Figures:
    """The figures of a step: those kept, or of a fresh process. Raises CalledProcessError."""
    file = job.path / f"{step}.json"
    if step in _KEPT and file.exists():
        return dict(json.loads(file.read_text(encoding="utf-8")))
    print(f"{job.records:,}: {step} …", file=sys.stderr, end=" ", flush=True)
    start = time.perf_counter()
    command = [sys.executable, str(Path(__file__).with_name("scale_step.py")), step, job.as_json()]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    if step == "index" and not figures["built"] and file.exists():
        # Brought up to date only: the time and the memory of the first build stay.
        return dict(json.loads(file.read_text(encoding="utf-8")))
    file.write_text(json.dumps(figures), encoding="utf-8")
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
