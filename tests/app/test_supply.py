"""What the bot is made of: pinned by version and by sum, its licences known."""

import json
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
CI = ROOT / ".ci"


@pytest.fixture(scope="module")
def supply() -> ModuleType:
    spec = spec_from_file_location("supply", CI / "supply.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pinned() -> dict[str, str]:
    lines = (CI / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def test_every_file_of_the_default_install_has_its_sums(supply: ModuleType) -> None:
    """Of the very versions that are pinned; and no address of an index stands there."""
    sums = supply.hashes()
    assert set(supply.closure()) <= set(sums)
    for name, (version, found) in sums.items():
        assert pinned().get(name, version) == version, name
        assert found, name
    assert "://" not in (CI / "hashes.txt").read_text(encoding="utf-8")


def test_every_licence_is_known_and_listed(supply: ModuleType) -> None:
    assert supply.troubles() == []
    assert supply.missing() == []
    assert "pandoc" not in supply.table()


def test_a_licence_that_asks_for_more_is_not_passed_over(
    supply: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supply, "WEAK", {})
    assert [each.split(":")[0] for each in supply.troubles()] == ["python-stdnum"]


def test_the_bill_of_materials_names_every_package_with_its_sums() -> None:
    command = [sys.executable, str(CI / "supply.py"), "sbom"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    document = json.loads(done.stdout)
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.5")
    named = {each["name"]: each for each in document["components"]}
    assert "pydantic" in named
    assert named["pydantic"]["purl"].startswith("pkg:pypi/pydantic@")
    assert all(each["hashes"] for each in document["components"])


def test_actions_of_ci_are_pinned_by_commit() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        used = re.findall(r"uses:\s*(\S+)", path.read_text(encoding="utf-8"))
        assert used
        assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each) for each in used), used


def test_what_no_database_answers_is_said_to_be_unknown(
    supply: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One after the other is tried; what is known against a version fails, silence is no pass."""
    answers: dict[str, tuple[int, str]] = {}

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        code, said = answers[command[-1]]
        return subprocess.CompletedProcess(command, code, "", said)

    monkeypatch.setattr(supply.subprocess, "run", run)
    answers |= {"pypi": (1, "not found"), "osv": (1, "cannot be resolved")}
    assert supply.audit() == 3
    assert "pypi: not found\nosv: cannot be resolved\nNo database" in capsys.readouterr().out
    answers["osv"] = (1, "Found 1 known vulnerability in 1 package")
    assert supply.audit() == 1
    answers["osv"] = (0, "No known vulnerabilities found")
    assert supply.audit() == 0
