"""What happens to the ground beneath the bot: one clear line, nothing lost, still answering."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.app import composition as app
from bot.errors import StoreBusy, StoreReadOnly
from bot.harvest.harvester import Harvester
from bot.records.models import Identifier, Provenance, Record, Scheme
from bot.settings import Settings
from bot.store import StateStore
from handlers.router import Place, Request, Surface
from handlers.services import Services
from tests.block_check import check_message

PLACE = Place("T1", "C1", "1.0", "U1")
QUESTION = Request("macrophage", Surface.MENTION, PLACE)


@pytest.fixture
def opened(seeded_home: Path, now: datetime) -> Iterator[Services]:
    with app.opened(Settings(home=seeded_home), lambda: now) as services:
        yield services


def work(number: int) -> Record:
    doi = Identifier(scheme=Scheme.DOI, value=f"10.1/{number}")
    text = "word " * 2_000
    return Record(title=f"Work {number}", abstract=text, identifiers=(doi,),
                  provenance=(Provenance(source="t"),))  # fmt: skip


def harvest(services: Services, store: StateStore) -> object:
    harvester = Harvester(store, services.vocabulary, services.now)
    return harvester.take([work(n) for n in range(50)], "t")


def test_while_another_holds_the_database_questions_are_answered(
    opened: Services, seeded_home: Path
) -> None:
    other = sqlite3.connect(seeded_home / "tme.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    impatient = StateStore.open(seeded_home / "tme.db", busy_timeout=0.1)
    try:
        with pytest.raises(StoreBusy) as caught:
            harvest(opened, impatient)
        assert "\n" not in caught.value.message + caught.value.hint
        silent = Request("macrophage", Surface.SLASH)
        assert app.build_router(opened).answer(silent).answer.hits
    finally:
        impatient.close()
        other.execute("ROLLBACK")
        other.close()
    assert opened.store.status().records == 302


def test_a_read_only_database_answers_and_refuses_to_be_written(
    opened: Services, seeded_home: Path
) -> None:
    reading = StateStore.open(seeded_home / "tme.db", read_only=True)
    try:
        assert reading.status().records == 302
        with pytest.raises(StoreReadOnly) as caught:
            harvest(opened, reading)
        assert "TME_HOME" in caught.value.hint
    finally:
        reading.close()


def test_an_index_deleted_while_running_is_built_again(opened: Services, seeded_home: Path) -> None:
    router = app.build_router(opened)
    shutil.rmtree(seeded_home / "index")
    during = router.answer(QUESTION)
    check_message(during.message.payload())
    opened.index.follow(opened.store)
    after = router.answer(QUESTION)
    assert after.error is None
    assert after.answer.hits
    assert (seeded_home / "index" / "current").is_file()
