"""How long `tme import` takes over RIS, and whether its memory grows with the file.

Run as `python tests/benchmarks/ris_import.py`; needs the shared data folder beside the checkout.
Records with real titles, people, journals and abstracts (scale_data.py) are written as RIS by the
bot's own writer, and each file is imported into an empty data folder by a process of its own:
read, tagged, compared with what is held, stored.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.formats import writer
from tests.benchmarks.scale_data import SHARED, Pool, records

SIZES = (2_500, 5_000, 10_000, 20_000)
_PIECE, _SEED = 1_000, 20240


def write(path: Path, count: int) -> int:
    """Write a file of so many records; returns its size in bytes."""
    made = records(Pool.load(), _SEED, 0, count)
    ris = writer("ris")
    with path.open("w", encoding="utf-8") as file:
        while piece := list(islice(made, _PIECE)):
            file.write(ris.dumps(piece) + "\n")
    return path.stat().st_size


def imported(path: Path, home: Path) -> tuple[dict[str, object], float, float]:
    """The report of an import by a process of its own, its seconds, its peak memory in MiB."""
    environment = os.environ | {"TME_HOME": str(home), "TME_STARTER": "no"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "import", str(path), "--json"],
        stdout=subprocess.PIPE, env=environment,
    )  # fmt: skip
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise SystemExit(f"the import ended with {os.waitstatus_to_exitcode(status)}")
    return json.loads(output), seconds, usage.ru_maxrss / 1024


def main() -> int:
    """Print a row a size."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = options.parse_args().sizes
    if not SHARED.is_dir():
        print("the shared data folder (../shared) is not beside this checkout: nothing measured")
        return 0
    print("| records | MB | seconds | records a second | peak MiB | new | refused |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "records.ris"
            megabytes = write(path, size) / 1e6
            report, seconds, peak = imported(path, Path(folder) / "home")
        refused = report["refused"]
        count = len(refused) if isinstance(refused, list) else refused
        print(
            f"| {size:,} | {megabytes:.1f} | {seconds:.1f} | {size / seconds:,.0f} | {peak:.0f}"
            f" | {report['new']:,} | {count} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
