"""How long `tme import` takes over a file, new and again, and whether its memory grows with it.

Run as `python tests/benchmarks/ris_import.py`; needs the shared data folder beside the checkout.
Records with real titles, people, journals and abstracts (scale_data.py) are written as RIS (or
`--form`) by the bot's own writer, and each file is imported into an empty data folder by a process
of its own: read, tagged, compared with what is stored, stored. Then the same file is imported once
more, of which nothing is new.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.formats import writer
from tests.benchmarks.scale_data import SHARED, Pool, records

SIZES = (2_500, 5_000, 10_000, 20_000)
_SEED = 20240


def write(path: Path, count: int, form: str = "ris") -> int:
    """Write a file of so many records; returns its size in bytes."""
    made = records(Pool.load(), _SEED, 0, count)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(writer(form).pieces(made))
    return path.stat().st_size


@dataclass(frozen=True, slots=True)
class Import:
    """What an import by a process of its own reported, and what it took."""

    report: dict[str, Any]
    seconds: float
    cpu_seconds: float
    peak_mib: float


def imported(path: Path, home: Path) -> Import:
    """Import a file into a data folder."""
    environment = os.environ | {"TME_HOME": str(home), "TME_STARTER": "no"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.app.cli", "import", str(path), "--json"],
        stdout=subprocess.PIPE, env=environment,
    )  # fmt: skip
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise SystemExit(f"the import ended with {os.waitstatus_to_exitcode(status)}")
    cpu = usage.ru_utime + usage.ru_stime
    return Import(json.loads(output), seconds, cpu, usage.ru_maxrss / 1024)


def main() -> int:
    """Print a row a size."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--form", default="ris")
    given = options.parse_args()
    if not SHARED.is_dir():
        print("the shared data folder (../shared) is not beside this checkout: nothing measured")
        return 0
    print("| records | MB | seconds | of them CPU | peak MiB | new | refused | again: CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"records{writer(given.form).suffixes[0]}"
            megabytes = write(path, size, given.form) / 1e6
            done, again = (imported(path, Path(folder) / "home") for _ in range(2))
            assert again.report["unchanged"] == done.report["new"], again.report
        new, refused = done.report["new"], len(done.report["refused"])
        print(
            f"| {size:,} | {megabytes:.1f} | {done.seconds:.1f} | {done.cpu_seconds:.1f}"
            f" | {done.peak_mib:.0f} | {new:,} | {refused} | {again.cpu_seconds:.1f} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
