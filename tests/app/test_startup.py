"""Getting ready: what is loaded once stays, and goes with the services it was loaded for."""

import gc
import weakref
from pathlib import Path

from bot.app.composition import build_router, opened
from bot.app.startup import prepare, settle
from bot.settings import Settings
from tests.own_records import NOW


def test_services_that_were_closed_can_be_let_go(tmp_path: Path, seeds: Path) -> None:
    """A process that opens many, one after the other, does not keep them all."""
    kept = []
    for number in range(3):
        settings = Settings(home=tmp_path / str(number), starter=False)
        with opened(settings, lambda: NOW) as services:
            prepare(services, seeds)
            settle(services)
            kept.append(weakref.ref(build_router(services)))
            kept.append(weakref.ref(services.search))
        del services
    gc.collect()
    assert [reference() for reference in kept] == [None] * len(kept)


def test_the_collector_leaves_a_process_that_answers_alone(tmp_path: Path, seeds: Path) -> None:
    usual = gc.get_threshold()
    with opened(Settings(home=tmp_path, starter=False), lambda: NOW) as services:
        # One answer, and it ends: what was loaded for it is not looked through.
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == usual
        prepare(services, seeds)
        settle(services)
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() > usual
    assert (gc.get_freeze_count(), gc.get_threshold()) == (0, usual)
