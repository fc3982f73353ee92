"""What older versions took from files is a file's from now on, and its notices go."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.merging.merge import combine
from bot.records.models import IntegrityKind, IntegrityNotice, Provenance, Record
from bot.store import StateStore
from bot.store.migrations import MIGRATIONS

from .examples import doi, paper

BEFORE = MIGRATIONS[: [step.__name__ for step in MIGRATIONS].index("m0015_imports")]


def notice(source: str, **more: object) -> IntegrityNotice:
    return IntegrityNotice(kind=IntegrityKind.RETRACTION, source=source, **more)  # type: ignore[arg-type]


def stated(number: int, source: str, *notices: IntegrityNotice) -> Record:
    provenance = (Provenance(source=source, fields=("title",)),)
    return paper(doi(number), provenance=provenance, integrity=notices)


def written_before(path: Path, *records: Record) -> None:
    """A store as the version before had it."""
    today = path.with_name("today.db")
    for file, steps in ((path, BEFORE), (today, MIGRATIONS)):
        store = StateStore.open(file, migrations=steps)
        if file is today:
            for record in records:
                store.upsert([record], combine)
        store.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("ATTACH ? AS today", [str(today)])
        db.execute("REPLACE INTO main.meta SELECT * FROM today.meta WHERE key = 'sequence'")
        for table in ("records", "versions", "identifiers", "counts"):
            db.execute(f"INSERT INTO main.{table} SELECT * FROM today.{table}")  # noqa: S608 - ours
    today.unlink()


def test_notices_of_files_go_and_those_of_services_and_lists_stay(tmp_path: Path) -> None:
    path = tmp_path / "tme.db"
    kept = notice("Retraction Watch")
    written_before(
        path,
        stated(1, "nbib", notice("pubmed"), kept),
        stated(2, "crossref", notice("crossref")), stated(2, "json", notice("pubmed")),
        stated(3, "pubmed", notice("pubmed")),
    )  # fmt: skip
    store = StateStore.open(path)
    try:
        alone, both, served = (store.find(doi(number))[0] for number in (1, 2, 3))
        assert (alone.integrity, alone.is_file) == ((kept,), True)
        assert (both.integrity, both.is_file) == ((notice("crossref"),), False)
        assert (served.integrity, served.is_file) == ((notice("pubmed"),), False)
        assert [p.file for p in alone.provenance] == [""]
        assert [v.is_file for v in store.merges.versions(both.id)] == [False, True]
        assert store.check() == []
        assert {name: n for name, n, _ in store.status().sources} == {
            "file": 2, "crossref": 1, "pubmed": 1,
        }  # fmt: skip
        assert {change.record_id for change in store.changes_since(4)} == {alone.id, both.id}
    finally:
        store.close()


def test_a_store_without_files_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "tme.db"
    written_before(path, stated(3, "pubmed", notice("pubmed")))
    with closing(sqlite3.connect(path)) as db:
        before = db.execute("SELECT * FROM records").fetchall()
    StateStore.open(path).close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT * FROM records").fetchall() == before
        assert json.loads(db.execute("SELECT facts FROM records").fetchone()[0])
