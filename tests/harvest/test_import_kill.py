"""An import that is killed leaves whole batches under its number: it is undone, or done again."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app.composition import opened
from bot.harvest.bringing import Bringer
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
RECORDS = 1_200
# Kills itself, as nothing can be kept from doing, once so many records were stored.
IMPORT = """
import os, sys
from pathlib import Path
from bot.app.composition import opened
from bot.settings import Settings
home, file, after = sys.argv[1:]
with opened(Settings(home=Path(home), starter=False)) as services:
    services.harvester.take_file(
        Path(file), progress=lambda read: read >= int(after) and os.kill(os.getpid(), 9)
    )
"""


@pytest.mark.parametrize(
    "after",
    [500, 501, *(pytest.param(n, marks=pytest.mark.kills) for n in (1, 1_000, RECORDS))],
)
def test_a_killed_import_is_undone_or_done_again(tmp_path: Path, after: int) -> None:
    home, file = tmp_path / "home", tmp_path / "refs.ris"
    one = "TY  - JOUR\nTI  - Macrophages of study {0}\nDO  - 10.1234/{0}\nER  - \n"
    file.write_text("".join(map(one.format, range(RECORDS))), encoding="utf-8")
    command = [sys.executable, "-c", IMPORT, str(home), str(file), str(after)]
    killed = subprocess.run(command, cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    with opened(Settings(home=home, starter=False), lambda: NOW) as services:
        stored = services.store.status().records
        assert stored == min(-(-after // 500) * 500, RECORDS)
        assert services.store.check() == []
        [cut_off] = services.imports.listed()
        assert (cut_off.counts, cut_off.records) == (None, stored)
        again = services.harvester.take_file(file, bringer=Bringer("operator"))
        assert (again.new, again.unchanged) == (RECORDS - stored, stored)
        services.imports.undo(cut_off.number, "op")
        assert services.store.status().records == RECORDS - stored
        if again.number is not None:
            services.imports.undo(again.number, "op")
        assert services.store.status().records == 0
        services.index.follow(services.store)
        assert services.index.status().records == 0
