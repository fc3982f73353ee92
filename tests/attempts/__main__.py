"""Try what failed once and is written down: here, or on another checkout with a `.venv`.

    .venv/bin/python -m tests.attempts                          an exit code where one fails
    .venv/bin/python -m tests.attempts --at ../old --as before  write down what happened there

What is written down is a table of `.github/SECURITY.md`.
"""

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.attempts import ATTEMPTS
from tests.attempts.trying import RECORDED, recorded, tried
from tests.processes import ROOT


def main() -> int:
    """Try all, or the named ones; how many failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--at", type=Path, default=ROOT)
    parser.add_argument("--as", dest="column", choices=("before", "now"))
    given = parser.parse_args()
    names = given.names or list(ATTEMPTS if given.column else recorded())
    kept = {name: dict(row) for name, row in recorded().items()} if RECORDED.exists() else {}
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        runs = {pool.submit(tried, name, given.at): name for name in names}
        for run in as_completed(runs):
            name, happened = runs[run], run.result()
            # What this machine does not allow is printed, and is no failure of the bot.
            failed += bool(happened) and not happened.startswith("not tried")
            kept.setdefault(name, {})[given.column or "now"] = happened
            print(f"{ATTEMPTS[name].what}: {happened or 'passed'}", flush=True)
            if given.column:
                whole = {name: kept[name] for name in ATTEMPTS if name in kept}
                RECORDED.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{len(names)} tried, {len(names) - failed} passed, {failed} failed")
    return 0 if given.column == "before" else failed


if __name__ == "__main__":
    sys.exit(main())
