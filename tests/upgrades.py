"""Every schema that there was, made by the code of its day, brought up to today's, and back again.

    .venv/bin/python -m tests.upgrades [--only 9] [--beside]

For each schema version the history of this checkout has the code of: that code imports records and
keeps what its people could keep (a list, a report, a subscription); today's finds all of it and has
every row that was there; the old code then refuses the newer database in a line, restores its
backup and answers. Packages that only older code needs are installed beside it for the while, as it
pinned them. With `--beside`, code of earlier schemas that knew PostgreSQL serves there while
today's brings the schema up to date: it goes on answering and writing, nothing of either is lost,
and started again it refuses. Versions that no code ever had alone are named: the tests of the store
make those step by step.
"""

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from bot.store import StateStore
from bot.store.migrations import MIGRATIONS
from tests.cluster import postgres
from tests.processes import PATIENCE_SECONDS, ROOT

RECORDS = 40
# Without what leads to the packages of this checkout: older code had them as folders alone.
START = """import sys
sys.meta_path = [each for each in sys.meta_path if "editable" not in str(each)]
sys.path = [{!r}, *(each for each in sys.path if each != {!r})]
from {} import {} as run
run()"""
LISTED = "bot/store/migrations/__init__.py"
# What is worked out from records, or says where the store is; and texts that a migration rewrites.
DERIVED = {"meta", "counts", "_sqlite_migrations", "sqlite_sequence"}
REWRITTEN = {"body", "facts", "content_hash", "content_key", "sequence", "title_key", "strong"}
# What people keep: each where the code of its day has it. Its rows are compared, whatever they are.
KEPT = ("save 10.1234/1 to club", "save 10.1234/2 to club", "report 10.1234/3 a wrong year",
        "subscribe macrophages weekly")  # fmt: skip


def git(*words: str, given: str = "") -> str:
    """What git says; nothing where there is no git, or no history."""
    done = subprocess.run(
        ["git", "-C", str(ROOT), *words], input=given.encode(), capture_output=True, check=False
    )
    return done.stdout.decode("utf-8", "replace")


def versions() -> dict[int, str]:
    """The last commit of each schema version that today's steps go on from, by the version."""
    commits = git("rev-list", "HEAD").split()
    named = "".join(f"{commit}:{LISTED}\n" for commit in commits)
    blobs = git("cat-file", "--batch-check=%(objectname)", given=named).splitlines()
    last: dict[str, str] = {}
    for commit, blob in zip(commits, blobs, strict=True):
        if "missing" not in blob and git("ls-tree", "--name-only", commit, "handlers"):
            last.setdefault(blob, commit)
    today, found = [step.__name__ for step in MIGRATIONS], dict[int, str]()
    for blob, commit in last.items():
        listed = git("cat-file", "blob", blob).partition("\nMIGRATIONS")[2].partition("\n)")[0]
        steps = re.findall(r"\bm\d{4}_\w+", listed)
        if steps and steps == today[: len(steps)]:
            found.setdefault(len(steps), commit)
    return dict(sorted(found.items()))


def add_packages(code: Path) -> None:
    """Put what a checkout needs and this environment has not into it, as it pinned that.

    Beside its own: the process that reads files is given no other place.
    """
    project = tomllib.loads((code / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = []
    for line in project["dependencies"]:
        try:
            distribution(Requirement(line).name)
        except PackageNotFoundError:
            wanted.append(line)
    if wanted:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        pinned = ["-c", str(code / ".ci" / "constraints.txt"), "--target", str(code)]
        subprocess.run([*pip, *pinned, *wanted], check=True)


def rows(database: Path) -> dict[str, list[Mapping[str, object]]]:
    """Every row of every table that is no shadow of another, by table."""
    with closing(sqlite3.connect(database)) as db:
        db.row_factory = sqlite3.Row
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: [dict(row) for row in db.execute(f'SELECT * FROM "{name}"')]  # noqa: S608
            for (name,) in names
            if name not in DERIVED
        }


def lost(before: Path, after: Path) -> list[str]:
    """The rows of before that are not there after, in the columns that both have, by table."""
    now, found = rows(after), []
    for table, old in rows(before).items():
        if old and table not in now:
            found.append(f"{table}: gone with {len(old)} rows")
            continue
        columns = {*(old[0] if old else ())} & {*(now[table][0] if now[table] else ())} - REWRITTEN
        kept = {tuple(row[each] for each in sorted(columns)) for row in now[table]}
        gone = [row for row in old if tuple(row[each] for each in sorted(columns)) not in kept]
        found += [f"{table}: {len(gone)} of {len(old)}, such as {gone[0]}"] if gone else []
    return found


# A server of its day in short: it answers, follows and writes until a file is there.
SERVER = """import sys, time
sys.meta_path = [each for each in sys.meta_path if "editable" not in str(each)]
sys.path = [{code!r}, *(each for each in sys.path if each != {root!r})]
import bot
from pathlib import Path
from bot.app.composition import build_router, opened
from bot.merging.merge import combine
from bot.records.models import Identifier, Record, Scheme
from bot.settings import Settings
from handlers.router import Request, Surface
assert bot.__file__.startswith({code!r}), bot.__file__
home, number = Path({home!r}), 0
with opened(Settings()) as services:
    router = build_router(services)
    while not (home / "stop").exists():
        number += 1
        doi = Identifier(scheme=Scheme.DOI, value=f"10.5555/{{number}}")
        record = Record(title=f"Macrophages beside {{number}}", identifiers=(doi,))
        services.store.upsert([record], combine)
        services.index.follow(services.store)
        said = router.answer(Request("macrophages", Surface.TERMINAL)).message.text
        assert "Macrophages" in said, said
        print(number, flush=True)
        time.sleep(0.1)
"""


def tried_beside(commit: str, folder: Path) -> str:
    """Code of an earlier schema and today's over one PostgreSQL; what was seen."""
    code, home, new = extracted(commit, folder), folder / "home", folder / "new"
    for each in (home, new):
        each.mkdir()
    with postgres.one() as server:
        postgres.create(server.port, "upgrade")
        url = {"TME_DATABASE": postgres.address("upgrade", server.port)}
        script = SERVER.format(code=str(code), root=str(ROOT), home=str(home))
        environment = {"PATH": os.environ["PATH"], "TME_HOME": str(home), "TME_STARTER": "no",
                       "TME_SEMANTIC": "no", **url}  # fmt: skip
        with subprocess.Popen(
            [sys.executable, "-c", script], env=environment, cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as old:  # fmt: skip
            assert old.stdout is not None
            assert old.stderr is not None
            try:
                assert old.stdout.readline() == "1\n", old.stderr.read()[-1500:]
                came = tme(ROOT, new, "status", **url)
                assert came.returncode == 0, came.stderr[-500:]
                for _ in range(3):
                    assert old.stdout.readline(), old.stderr.read()[-1500:]
                (new / "refs.jsonl").write_text(
                    '{"title": "Macrophages of today", "doi": "10.1234/1"}\n', encoding="utf-8"
                )
                brought = tme(ROOT, new, "import", str(new / "refs.jsonl"), **url)
                assert brought.returncode == 0, brought.stderr[-500:]
                for _ in range(5):
                    last = int(old.stdout.readline() or 0)
                    assert last, old.stderr.read()[-1500:]
            finally:
                (home / "stop").touch()
            last = int([str(last), *old.stdout.read().split()][-1])
            assert old.wait() == 0, old.stderr.read()[-1500:]
        found = tme(ROOT, new, "ask", "macrophages", "--json", "--limit", "1", **url)
        assert f'"total": {last + 1}' in found.stdout, (last, found.stdout[-300:])
        refused = tme(code, home, "status", **url)
        assert refused.returncode != 0, "the newer database was opened"
        assert "newer version" in refused.stderr, refused.stderr[-500:]
    return f"served beside today's, {last} records and answers of it, then refused"


def tme(code: Path, home: Path, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """`tme` of a checkout."""
    project = (code / "pyproject.toml").read_text("utf-8")
    (place,) = re.findall(r'^tme = "(\S+):(\w+)"', project, re.MULTILINE)
    given = {"TME_HOME": str(home), "TME_STARTER": "no", "TME_SEMANTIC": "no", "TME_COMPLETE": "no"}
    given |= settings
    return subprocess.run(
        [sys.executable, "-c", START.format(str(code), str(ROOT), *place), *words],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(code), **given},
        cwd=home.parent, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip


def extracted(commit: str, folder: Path) -> Path:
    """The code of a commit in a folder of its own, with the packages that only it needs."""
    code = folder / "old"
    code.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", commit], capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "-C", str(code)], input=archive.stdout, check=True)
    add_packages(code)
    return code


def tried(commit: str, folder: Path) -> str:
    """Up and back again; what was compared. Raises AssertionError where something does not hold."""
    code, home, saved = extracted(commit, folder), folder / "home", folder / "saved.db"
    old = partial(tme, code, home)
    lines = (
        f'{{"title": "Macrophages of study {n}", "doi": "10.1234/{n}"}}\n' for n in range(RECORDS)
    )
    (folder / "refs.jsonl").write_text("".join(lines), encoding="utf-8")
    done = old("import", str(folder / "refs.jsonl"))
    assert done.returncode == 0, done.stderr[-500:]
    for words in KEPT:
        old("ask", words)
    # The first versions had no backup: there the file of a bot that does not run is copied.
    can_back_up = "No such command" not in old("backup", str(saved)).stderr
    if not can_back_up:
        shutil.copy(home / "tme.db", saved)

    found = tme(ROOT, home, "ask", "macrophages", "--json", "--limit", "1")
    assert f'"total": {RECORDS}' in found.stdout, (found.stdout[-300:], found.stderr[-500:])
    with closing(StateStore.open(home / "tme.db")) as store:
        assert store.check() == [], "the store is not sound"
        assert store.status().schema_version == len(MIGRATIONS)
        titles = {(record.doi, record.title) for record in store.each()}
    assert titles == {(each["doi"], each["title"]) for each in map(json.loads, _lines(folder))}
    assert lost(saved, home / "tme.db") == []
    refused = old("status")
    assert refused.returncode != 0, "the newer database was opened"
    assert "newer version" in refused.stderr, refused.stderr[-500:]
    assert "Traceback" not in refused.stderr, refused.stderr[-500:]
    if can_back_up:
        restored = old("restore", str(saved), "--yes")
        assert restored.returncode == 0, restored.stderr[-500:]
    else:
        shutil.copy(saved, home / "tme.db")
    # What it finds hangs on the packages of its day; what it has does not.
    assert str(RECORDS) in old("status").stdout, "the old code does not find its records"
    full = {table: len(each) for table, each in rows(saved).items() if each}
    return f"{sum(full.values())} rows of {len(full)} tables"


def _lines(folder: Path) -> list[str]:
    return (folder / "refs.jsonl").read_text("utf-8").splitlines()


def main() -> None:
    """Try each, or one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", type=int)
    parser.add_argument("--beside", action="store_true")
    given = parser.parse_args()
    only = given.only
    there = versions()
    never = ", ".join(str(n) for n in range(1, len(MIGRATIONS)) if n not in there)
    print(f"no commit ever had just the steps of {never or 'none'}: not tried", flush=True)
    for version, commit in there.items():
        if version == len(MIGRATIONS) or only not in {None, version}:
            continue
        if given.beside and not git("ls-tree", "--name-only", commit, "bot/store/postgres"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                if given.beside:
                    seen = tried_beside(commit, Path(folder))
                    print(f"schema {version} ({commit[:7]}): {seen}", flush=True)
                    continue
                compared = tried(commit, Path(folder))
                print(
                    f"schema {version} ({commit[:7]}): up with {compared}, refused, and back",
                    flush=True,
                )
            except AssertionError as error:
                print(f"schema {version} ({commit[:7]}): {error}", flush=True)


if __name__ == "__main__":
    main()
