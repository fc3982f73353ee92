"""An import that is killed is taken up by importing again: nothing lost, nothing twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.app.composition import opened
from bot.index import IndexQuery
from bot.settings import Settings
from tests.processes import ROOT, wait_for

pytestmark = pytest.mark.kills

RECORDS, KILLS = 2_600, 5
ABSTRACT = "Macrophages resist blockade of the checkpoint in some tumours. " * 6


def ris(number: int) -> str:
    title = f"TI  - Work {number} of many on the tumour\n"
    return f"TY  - JOUR\n{title}AB  - {ABSTRACT}\nDO  - 10.1234/{number}\nER  -\n"


def test_an_import_killed_at_five_points_ends_whole(tmp_path: Path) -> None:
    path, settings = tmp_path / "many.ris", Settings(home=tmp_path / "home", starter=False)
    path.write_text("".join(map(ris, range(RECORDS))))
    assert path.stat().st_size > 1024 * 1024  # so large that its reader tags it
    environment = os.environ | {"TME_HOME": str(settings.home), "TME_STARTER": "no"}
    command = [sys.executable, "-m", "bot.app.cli", "import", str(path)]
    with opened(settings) as services:
        for kill in range(KILLS):
            due = services.store.sequence() + (1 if kill % 2 else 0)
            with subprocess.Popen(command, cwd=ROOT, env=environment) as importer:
                wait_for("a batch", lambda due=due: services.store.sequence() >= due, importer)
                importer.send_signal(signal.SIGKILL)
        assert 0 < services.store.sequence() < RECORDS
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    with opened(settings) as services:
        services.index.follow(services.store)
        assert services.store.status().records == services.store.sequence() == RECORDS
        assert len(set(services.index.everything(IndexQuery()))) == RECORDS
        assert services.store.check() == []
        assert services.harvester.take_file(path).unchanged == RECORDS
