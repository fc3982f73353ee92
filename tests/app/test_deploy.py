"""The unit and the container recipe, checked by systemd and hadolint, and tried where it can be."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.index.opensearch.client import Address
from bot.settings import Settings
from tests.processes import PATIENCE_SECONDS, ROOT

DEPLOY = ROOT / ".github" / "deploy"
UNIT, RECIPE = DEPLOY / "tme.service", DEPLOY / "Containerfile"
# Of 100: systemd calls less than 20 fine, and an unprotected service has 96.
MOST_EXPOSED = 20


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there."""
    there = tmp_path / "tme.service"
    there.write_text(UNIT.read_text("utf-8").replace("/opt/tme/bin/tme", "/bin/true"), "utf-8")
    return there


def analyze(*command: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    return subprocess.run([program, *command], capture_output=True, text=True, check=False)


def test_systemd_reads_the_unit_without_a_complaint(unit: Path) -> None:
    done = analyze("verify", str(unit))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_service_is_exposed_to_little(unit: Path) -> None:
    done = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit))
    assert done.returncode == 0, done.stdout[-300:]


def test_the_recipe_has_no_lint() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([hadolint, RECIPE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_recipe_runs_as_nobody_special_and_asks_the_health_port() -> None:
    text = RECIPE.read_text("utf-8")
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE) == ["10001"]
    host, port = Settings().health_address or ("", 0)
    (check,) = re.findall(r"HEALTHCHECK(?:.|\n)*?^ENTRYPOINT", text, re.MULTILINE)
    assert f"http://{host}:{port}/healthz" in check
    let_in = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    assert let_in[0] == "*", "no token or data that lies about gets in"
    for name in re.findall(r"^!(\S+)$", "\n".join(let_in), re.MULTILINE):
        assert (ROOT / name).exists()
    assert {f"!{name}" for name in re.findall(r"\.ci/[\w.]+", text)} <= {*let_in}


def test_nothing_is_written_beside_the_data_folder(tmp_path: Path) -> None:
    """On a machine of which only the data folder may be written, as in the container."""
    unshare = shutil.which("unshare")
    how = ["-m"] if os.getuid() == 0 else ["-rm"]
    (tmp_path / "refs.ris").write_text("TY  - JOUR\nTI  - A title\nER  - \n")
    tme = f"{sys.executable} -m bot.app.cli"
    script = f"""
        mkdir -m 700 {tmp_path}/home && mount --bind {tmp_path}/home {tmp_path}/home || exit 77
        mount -o remount,bind,ro / && ! touch {ROOT}/written 2>/dev/null || exit 77
        {tme} import {tmp_path}/refs.ris && {tme} ask title && {tme} doctor
    """
    if unshare is None:
        pytest.skip("unshare is not there")
    done = subprocess.run(
        [unshare, *how, "sh", "-c", script], cwd=ROOT, check=False, capture_output=True, text=True,
        timeout=PATIENCE_SECONDS,
        env={**os.environ, "TME_HOME": str(tmp_path / "home"), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("nothing can be mounted here")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 record" in done.stdout


def test_the_compose_file_names_what_there_is() -> None:
    """Every volume and service that it speaks of, and only settings that the bot reads."""
    given = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    services = given["services"]
    volumes = [v.split(":")[0] for each in services.values() for v in each["volumes"]]
    assert {v for v in volumes if not v.startswith(".")} == set(given["volumes"])
    assert {name for each in services.values() for name in each.get("depends_on", {})} <= {
        *services
    }
    servers = [services[f"server{n}"]["environment"] for n in (1, 2, 3)]
    for each in servers:
        assert {name for name in each if name.startswith("TME_")} <= {*Settings.names()}
        nodes = Address.read(each["TME_INDEX"]).nodes
        assert [node.partition("://")[2].partition(":")[0] for node in nodes] == [
            name for name in services if name.startswith("search")
        ]
