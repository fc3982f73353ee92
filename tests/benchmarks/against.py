"""How this checkout starts and reads files beside an older one, in alternating runs.

Run as `python tests/benchmarks/against.py OTHER_CHECKOUT OTHER_PYTHON`, where that Python has what
the other checkout needs; the records need the shared data folder beside this one. Each figure is
the least processor time of its runs, each in a process of its own, and the ratio to the other's.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.ris_import import write
from tests.benchmarks.scale_data import SHARED

HERE = Path(__file__).resolve().parents[2]
# So many records; of BibTeX fewer, because the older checkout reads a hundred a second.
_READ_OF = {"ris": 3_000, "bibtex": 300}
_READ = """
import io, sys, time
from datetime import UTC, datetime
from bot.formats import by_name
read = by_name(sys.argv[3]).load
data, at = open(sys.argv[1], "rb").read(), datetime(2026, 1, 15, tzinfo=UTC)
began = time.process_time()
count = sum(1 for _ in read(io.BytesIO(data), "", at))
print(time.process_time() - began if count == int(sys.argv[2]) else "not all were read")
"""


def started(checkout: Path, python: str, home: Path) -> float:
    """Processor seconds of a question to an empty store, from the start of Python to its end."""
    package = "bot.app.cli" if (checkout / "bot" / "app" / "cli").is_dir() else "bot.cli"
    environment = os.environ | {"TME_HOME": str(home), "TME_STARTER": "no"}
    process = subprocess.Popen(
        [python, "-m", package, "ask", "macrophage csf1r"], cwd=checkout,
        env=environment | {"PYTHONPATH": str(checkout)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the question ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


def read(checkout: Path, python: str, file: Path, form: str) -> float:
    """Processor seconds of reading a file, without what Python takes to start."""
    said = subprocess.run(
        [python, "-c", _READ, str(file), str(_READ_OF[form]), form], cwd=checkout, check=True,
        env=os.environ | {"PYTHONPATH": str(checkout)}, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return float(said)


def main() -> int:
    """Print a row a measure."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("checkout", type=Path)
    options.add_argument("python")
    options.add_argument("--runs", type=int, default=7)
    chosen = options.parse_args()
    if not SHARED.is_dir():
        print("the shared data folder (../shared) is not beside this checkout: nothing measured")
        return 0
    sides = ((chosen.checkout.resolve(), chosen.python), (HERE, sys.executable))
    starts: tuple[list[float], list[float]] = ([], [])
    reads: dict[str, tuple[list[float], list[float]]] = {form: ([], []) for form in _READ_OF}
    with tempfile.TemporaryDirectory() as folder:
        files = {form: Path(folder) / form for form in _READ_OF}
        for form, file in files.items():
            write(file, _READ_OF[form], form)
        for _ in range(chosen.runs + 1):
            for side, (checkout, python) in enumerate(sides):
                starts[side].append(started(checkout, python, Path(folder) / f"home{side}"))
                for form, file in files.items():
                    reads[form][side].append(read(checkout, python, file, form))
    print("| | other | here | ratio |\n| --- | --- | --- | --- |")
    # The first start makes the data folder.
    other, here = (min(each[1:]) for each in starts)
    print(f"| `tme ask`, CPU s | {other:.2f} | {here:.2f} | {here / other:.2f} |")
    for form, taken in reads.items():
        other, here = (_READ_OF[form] / min(each) for each in taken)
        print(f"| {form}, records a CPU s | {other:,.0f} | {here:,.0f} | {here / other:.1f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
