"""A file is read, tagged and prepared in one process, and stored and indexed in another."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app.composition import opened
from bot.harvest.bringing import Bringer
from bot.harvest.harvester import Report
from bot.index import Group, IndexQuery, Key
from bot.index.documents import Prepared, fields
from bot.records.models import Record
from bot.settings import Settings
from bot.store import StateStore
from handlers.services import Services

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
ANN, BEN = Bringer("U0ANN", "/T1"), Bringer("U0BEN", "/T2")
MIB = 1024 * 1024

WORKS = """TY  - JOUR
TI  - Tumour-associated macrophages resist PD-1 blockade in melanoma
AU  - Müller, Anna
AB  - We deplete regulatory T cells. M2, not M1, macrophages (TAMs) were found.
KW  - immunotherapy
PY  - 2024/05/01
DO  - 10.1234/one
N1  - seen
ER  -
TY  - JOUR
TI  - HPV-positive and -negative tumours of the head and neck
JO  - Cancer Cell
DO  - 10.1234/two
ER  -
"""
# Makes a file so large that its reader tags it.
LONG = f"TY  - JOUR\nTI  - Long\nAB  - {'word ' * (MIB // 5 + 1)}\nDO  - 10.1234/long\nER  -\n"


def home(tmp_path: Path, name: str) -> Settings:
    return Settings(home=tmp_path / name, starter=False)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with opened(home(tmp_path, "home"), lambda: NOW) as services:
        yield services


def bring(services: Services, path: Path, text: str, by: Bringer = ANN) -> Report:
    path.write_text(text, encoding="utf-8")
    report = services.harvester.take_file(path, bringer=by)
    services.index.follow(services.store)
    return report


def carrying(services: Services, number: str) -> list[str]:
    key = Key("identifier", f"doi:10.1234/{number}")
    return list(services.index.everything(IndexQuery((Group((key,)),))))


def without_import(record: Record) -> Record:
    entries = tuple(entry.model_copy(update={"file": "-"}) for entry in record.provenance)
    return record.model_copy(update={"provenance": entries})


def test_a_large_file_gives_the_records_and_documents_that_a_small_one_gives(
    tmp_path: Path, services: Services
) -> None:
    with opened(home(tmp_path, "other"), lambda: NOW) as other:
        bring(services, tmp_path / "small.ris", WORKS)
        bring(other, tmp_path / "large.ris", WORKS + LONG)
        small = {record.id: record for record in services.store.each()}
        large = {record.id: record for record in other.store.each() if record.id in small}
        assert len(large) == 2
        assert any(record.concepts for record in large.values())
        for record_id, record in small.items():
            assert without_import(large[record_id]) == without_import(record)
            assert fields(large[record_id]) == fields(record)
        for number in ("one", "two"):
            assert len(carrying(services, number)) == 1
            assert carrying(services, number) == carrying(other, number)
        cancer_cell = IndexQuery((Group((Key("journal_key", "cancer cell"),)),))
        assert services.index.count(cancer_cell) == other.index.count(cancer_cell) == 1


def test_what_a_file_says_again_is_passed_over(tmp_path: Path, services: Services) -> None:
    first = bring(services, tmp_path / "refs.ris", WORKS)
    last = services.store.sequence()
    again = bring(services, tmp_path / "again.ris", WORKS)
    assert (first.new, again.read, again.unchanged) == (2, 2, 2)
    assert again.number is None
    assert services.store.sequence() == last
    changed = bring(services, tmp_path / "again.ris", WORKS.replace("KW  - ", "KW  - anti-"))
    assert (changed.changed + changed.merged, changed.unchanged) == (1, 1)


def test_what_one_workspace_brought_is_new_to_another(tmp_path: Path, services: Services) -> None:
    bring(services, tmp_path / "refs.ris", WORKS, by=ANN)
    assert bring(services, tmp_path / "refs.ris", WORKS, by=BEN).new == 2
    assert bring(services, tmp_path / "refs.ris", WORKS, by=BEN).unchanged == 2
    assert bring(services, tmp_path / "refs.ris", WORKS, by=Bringer("operator")).unchanged == 0


def test_what_was_undone_comes_in_anew(tmp_path: Path, services: Services) -> None:
    first = bring(services, tmp_path / "refs.ris", WORKS)
    assert first.number is not None
    services.imports.undo(first.number, "ann")
    services.index.follow(services.store)
    assert carrying(services, "one") == []
    assert bring(services, tmp_path / "refs.ris", WORKS).new == 2
    assert len(carrying(services, "one")) == 1


def test_a_prepared_document_is_of_one_place_in_the_sequence_and_given_once() -> None:
    prepared = Prepared(10)
    made = b'{"card":"[\\"\\"]"}'[:17]
    assert len(made) == 17
    prepared.put("w1", 1, made, None)
    assert prepared.take("w1", 1) is None  # more than it may keep
    roomy = Prepared(2 * len(made))
    roomy.put("w1", 1, made, "/T1")
    roomy.put("w2", 2, made, None)
    assert roomy.take("w1", 3) is None
    assert roomy.take("w1", 1) == {"id": "w1", "card": '["w1"]', "audience": ["/T1"]}
    assert roomy.take("w1", 1) is None
    roomy.put("w3", 3, made, None)
    roomy.put("w4", 4, made, None)  # the first one goes
    assert roomy.take("w2", 2) is None
    assert roomy.take("w4", 4) == {"id": "w4", "card": '["w4"]', "audience": []}


def test_a_store_of_an_older_version_knows_what_files_stated(tmp_path: Path) -> None:
    from bot.store.migrations import MIGRATIONS  # noqa: PLC0415

    settings = home(tmp_path, "home")
    with opened(settings, lambda: NOW) as services:
        bring(services, tmp_path / "refs.ris", WORKS)
    store = StateStore.open(settings.database)
    with store._connections.writing() as db:  # as it was before the last step
        db.execute("DROP TABLE stated")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm0022_stated'")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) - 1}")
    store.close()
    with opened(settings, lambda: NOW) as services:
        assert bring(services, tmp_path / "refs.ris", WORKS).unchanged == 2


def test_of_a_large_file_only_what_is_new_is_written_again(
    tmp_path: Path, services: Services
) -> None:
    bring(services, tmp_path / "large.ris", WORKS + LONG)
    again = bring(services, tmp_path / "large.ris", WORKS + LONG)
    assert (again.new, again.unchanged) == (0, 3)
    more = WORKS.replace("10.1234/", "10.1234/more.").replace("PD-1", "CTLA-4")
    grown = bring(services, tmp_path / "large.ris", WORKS + LONG + more)
    assert (grown.new, grown.unchanged) == (2, 3)
    [record_id] = carrying(services, "more.one")
    stored = services.store.get(record_id)
    assert stored is not None
    assert stored.concepts
