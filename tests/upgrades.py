"""Every schema that there was, made by the code of its day, brought up to today's, and back again.

    .venv/bin/python -m tests.upgrades [--only 9]

For each schema version the history of this checkout has the code of: that code imports records and
backs them up; today's opens the data and finds them; the old code then refuses the newer database
in a line, restores its backup and answers. Packages that only older code needs are looked for in
the folder that OLD_PACKAGES names (`pip install --target`).
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bot.store import StateStore
from bot.store.migrations import MIGRATIONS
from tests.processes import PATIENCE_SECONDS, ROOT

RECORDS = 40
# A folder with packages that only older versions needed (`pip install --target`).
MORE = os.environ.get("OLD_PACKAGES", "")
# Without what leads to the packages of this checkout, where older code had them as folders alone.
START = """import sys
sys.meta_path = [each for each in sys.meta_path if "editable" not in str(each)]
from {} import {} as run
run()"""
LISTED = "bot/store/migrations/__init__.py"


def git(*words: str) -> str:
    """What git says; nothing where there is no git, or no history."""
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def versions() -> dict[int, str]:
    """The last commit of each schema version that today's steps go on from."""
    today, found = [step.__name__ for step in MIGRATIONS], dict[int, str]()
    for commit in git("log", "--format=%H", "--", LISTED).split():
        listed = git("show", f"{commit}:{LISTED}").partition("\nMIGRATIONS")[2].partition("\n)")[0]
        steps = re.findall(r"\bm\d{4}_\w+", listed)
        if steps and steps == today[: len(steps)]:
            found.setdefault(len(steps), commit)
    return dict(sorted(found.items()))


def tme(code: Path, home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """`tme` of a checkout."""
    project = (code / "pyproject.toml").read_text("utf-8")
    (place,) = re.findall(r'^tme = "(\S+):(\w+)"', project, re.MULTILINE)
    given = {"TME_HOME": str(home), "TME_STARTER": "no", "TME_SEMANTIC": "no", "TME_COMPLETE": "no"}
    return subprocess.run(
        [sys.executable, "-c", START.format(*place), *words],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{code}:{MORE}", **given}, cwd=home.parent,
        capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip


def tried(commit: str, folder: Path) -> None:
    """Up and back again. Raises AssertionError where something does not hold."""
    old, home, saved = folder / "old", folder / "home", folder / "saved.db"
    old.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", commit], capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(old)], input=archive.stdout, check=True)
    lines = (
        f'{{"title": "Macrophages of study {n}", "doi": "10.1234/{n}"}}\n' for n in range(RECORDS)
    )
    (folder / "refs.jsonl").write_text("".join(lines), encoding="utf-8")
    done = tme(old, home, "import", str(folder / "refs.jsonl"))
    assert done.returncode == 0, done.stderr[-500:]
    # The first versions had no backup: there the file of a bot that does not run is copied.
    can_back_up = "No such command" not in tme(old, home, "backup", str(saved)).stderr
    if not can_back_up:
        shutil.copy(home / "tme.db", saved)

    found = tme(ROOT, home, "ask", "macrophages", "--json", "--limit", "1")
    assert f'"total": {RECORDS}' in found.stdout, (found.stdout[-300:], found.stderr[-500:])
    with closing(StateStore.open(home / "tme.db")) as store:
        assert store.check() == []
        assert store.status().schema_version == len(MIGRATIONS)
    refused = tme(old, home, "status")
    assert refused.returncode != 0
    assert "newer version" in refused.stderr, refused.stderr[-500:]
    assert "Traceback" not in refused.stderr
    if can_back_up:
        restored = tme(old, home, "restore", str(saved), "--yes")
        assert restored.returncode == 0, restored.stderr[-500:]
    else:
        shutil.copy(saved, home / "tme.db")
    # What it finds hangs on the packages of its day; what it has does not.
    assert str(RECORDS) in tme(old, home, "status").stdout


def main() -> None:
    """Try each, or one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", type=int)
    only = parser.parse_args().only
    for version, commit in versions().items():
        if version == len(MIGRATIONS) or only not in {None, version}:
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                tried(commit, Path(folder))
                print(f"schema {version} ({commit[:7]}): up, refused, and back", flush=True)
            except AssertionError as error:
                print(f"schema {version} ({commit[:7]}): {error}", flush=True)


if __name__ == "__main__":
    main()
