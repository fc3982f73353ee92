"""What was tried against the bot, by area: the scripts of each, and how to try for longer.

The table of SECURITY.md is written from it, and a run of the tests ends with how many of each
area were tried, passed and failed.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Area:
    """One area: its scripts, folders or files under `tests`, and the command of the long run."""

    what: str
    scripts: tuple[str, ...]
    longer: str = ""


_LONG = ".venv/bin/pytest -n 0 --hypothesis-profile long {}"
AREAS = (
    Area(
        "Files that freeze, swell, grow superlinearly or are read wrongly",
        ("sources/test_any_file.py", "harvest/test_reading.py", "test_patterns.py",
         "sources/payloads", "sources/test_hostile_text.py",
         "vocabulary/test_vocabulary_imports.py"),
        _LONG.format("tests/sources/test_any_file.py"),
    ),
    Area(
        "What files say, other workspaces' files and their words, imports undone",
        ("harvest/test_brought_files.py", "store/test_imports_migration.py",
         "handlers/test_files.py", "merging/test_choice.py"),
    ),
    Area("Clocks that jump, both ways and by years",
         ("digests/test_clock.py", "faults/test_faults.py")),
    Area("Digests and deeds aimed at others; rights; one workspace against another",
         ("handlers/test_rights.py", "handlers/test_workspaces_apart.py", "app/test_mcp.py")),
    Area("The doors of MCP and OAuth", ("app/test_doors.py", "handlers/test_installing.py"),
         _LONG.format("tests/app/test_doors.py")),
    Area(
        "Slow, hostile and repeating peers; payloads that are none",
        ("sources/test_http.py", "handlers/test_http.py", "handlers/test_broken.py",
         "handlers/test_inbox.py", "handlers/test_transports.py"),
    ),
    Area("Quiet files and logs; the audit trail; one person's data; how long what is kept",
         ("handlers/test_quiet_logs.py", "store/test_audit.py", "store/test_kept.py",
          "store/test_sqlite_file.py")),
    Area("Probes, alarms, watchdog, unit and container",
         ("app/test_operating.py", "app/test_worker.py", "handlers/test_health.py",
          "app/test_deploy.py", "faults/test_supervised.py")),
    Area("Upgrades from every schema, and downgrades",
         ("store/test_sqlite_file.py", "app/test_cli_backup.py", "store/test_backup.py"),
         ".venv/bin/python -m tests.upgrades"),
    Area(
        "Kills at writes: import, harvest, migration, index, vectors, vocabulary, backup, restore;"
        " two servers on one folder",
        ("faults/test_kills.py", "harvest/test_harvest_kill.py", "harvest/test_import_kill.py",
         "index/test_meaning.py"),
        ".venv/bin/python -m tests.faults.kills",
    ),
    Area("Answers and posts while processes are killed and frozen",
         ("faults/test_answers.py", "faults/test_faults.py"),
         ".venv/bin/python -m tests.faults.answers"),
    Area("Disks that are full or slow, and too little memory",
         ("faults/test_faults.py", "faults/test_memory.py", "harvest/test_reading.py")),
    Area("Supply: sums, licences, bill of materials", ("app/test_supply.py",),
         "python .ci/supply.py audit"),
)  # fmt: skip


def table() -> str:
    """The areas as Markdown."""
    head = "| area | scripts | for longer |\n| --- | --- | --- |\n"
    rows = (
        f"| {area.what} | {', '.join(f'`tests/{each}`' for each in area.scripts)} |"
        f" {f'`{area.longer}`' if area.longer else ''} |"
        for area in AREAS
    )
    return head + "\n".join(rows) + "\n"


def found_once() -> str:
    """What failed once, and what happens when it is tried now, as Markdown."""
    # Not needed where a run of the tests is only counted.
    from tests.attempts import ATTEMPTS  # noqa: PLC0415
    from tests.attempts.trying import RECORDED  # noqa: PLC0415

    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    rows = (
        f"| {each.what} | {_cell(recorded[name]['before'])} | {_cell(recorded[name]['now'])} |"
        for name, each in ATTEMPTS.items()
        if len(recorded.get(name, ())) == 2
    )
    return "| tried | before | now |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


def _cell(happened: str) -> str:
    return happened.replace("|", "\\|").replace("<", "&lt;") or "passed"


def counted(stats: Mapping[str, Iterable[Any]]) -> list[str]:
    """A line for each area of which anything ran, from the outcomes of a run."""
    lines = []
    for area in AREAS:
        places = tuple(f"tests/{each}" for each in area.scripts)
        tried = {
            outcome: sum(_is_of(report, places) for report in stats.get(outcome, ()))
            for outcome in ("passed", "failed", "error", "skipped")
        }
        found = Counter(tried)
        if total := found.total():
            bad = found["failed"] + found["error"]
            lines.append(
                f"{area.what}: {total} tried, {found['passed']} passed, {bad} failed,"
                f" {found['skipped']} skipped"
            )
    return lines


def _is_of(report: Any, places: tuple[str, ...]) -> bool:
    return str(getattr(report, "nodeid", "")).startswith(places)
