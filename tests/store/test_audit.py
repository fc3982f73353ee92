"""Who changed what is kept for its time; what is kept of one person is listed, and goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.merging.choice import choose
from bot.merging.merge import combine
from bot.records.models import Provenance
from bot.store import Conversation, StateStore
from bot.store.audit import BOT, acting
from bot.store.corrections import Correcting
from bot.store.deliveries import NewDelivery, Pace, Posted
from bot.store.installations import Installation
from bot.store.migrations import MIGRATIONS
from bot.store.people import FORMER
from bot.store.postgres.schema import schema_of
from bot.store.reports import Reporting
from bot.store.statements.workspaces import DELETE
from bot.store.values import Retention

from .contract import StoreFactory
from .examples import START, Clock, doi, paper, pmid
from .subscriptions_contract import wanted

HERE, ANN = "/T1", "U0ANN7"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(store_factory: StoreFactory, clock: Clock) -> StateStore:
    return store_factory(now=clock)


def changed_lists(store: StateStore) -> None:
    on = store.lists.make(HERE, ANN, "Club", ANN, START)
    item, _ = store.lists.add(on, "w1", ANN, "first", START)
    store.lists.note(item.id, "second")
    store.lists.take_off(item.id, ANN, START)
    store.lists.put_back(item.id)
    store.lists.rename(HERE, on.id, "Circle")
    store.lists.drop(HERE, on.id, ANN, START)
    store.lists.restore(HERE, on.id)


def changed_subscriptions(store: StateStore) -> None:
    made = store.subscriptions.add(wanted("D1"), ANN, START)
    store.subscriptions.change(made, wanted("C2"), ANN, START)
    store.subscriptions.pause(made.id, ANN, START)
    store.subscriptions.resume(made.id, ANN, START)
    store.subscriptions.opine(made.id, "w1", ANN, "save", START)
    store.subscriptions.forget_opinions(made.id, ANN, START)
    store.subscriptions.stop(made.id, ANN, START)


def changed_corrections(store: StateStore) -> None:
    [made] = store.corrections.add(Correcting(HERE, "w1", ANN, wrong=("car-t",)), START)
    store.corrections.undo(made.id, HERE, ANN, START)


def changed_imports(store: StateStore) -> None:
    for number in (1, 2):
        imported = store.imports.begin("refs.ris", ANN, HERE)
        brought = Provenance(
            source="ris", file="refs.ris", by=ANN, imported=imported, workspace=HERE
        )
        store.upsert([paper(doi(number), provenance=(brought,))], combine)
        store.imports.finish(imported, {"read": 1})
    store.imports.share(imported, choose, ANN)
    store.imports.undo(imported, choose, ANN)


def changed_merges(store: StateStore) -> None:
    one, other = store.upsert([paper(doi(8)), paper(pmid(9), title="Other")], combine)
    store.merges.join(one.record_id, other.record_id, choose, author="tme merge", why="said so")
    store.merges.undo(one.record_id, choose, author="tme merge")
    store.merges.keep_apart(one.record_id, "w1", author="tme merge")


AREAS: dict[str, tuple[Callable[[StateStore], None], int]] = {
    "list": (changed_lists, 8), "subscription": (changed_subscriptions, 6),
    "correction": (changed_corrections, 2), "import": (changed_imports, 4),
    "merge": (changed_merges, 3),
}  # fmt: skip


@pytest.mark.parametrize("area", AREAS)
def test_every_change_is_noted_by_whom_and_when(store: StateStore, area: str) -> None:
    change, number = AREAS[area]
    with acting(ANN):
        change(store)
    noted = list(store.audit.all(area=area))
    assert len(noted) == number
    assert {(entry.who, entry.at) for entry in noted} == {(ANN, START)}
    assert all(entry.workspace in {HERE, None} for entry in noted)


def test_what_was_before_is_kept(store: StateStore) -> None:
    changed_lists(store)
    changed_subscriptions(store)
    before = {e.what: e.before for e in store.audit.all() if e.before}
    assert before["renamed: Circle"] == {"name": "Club"}
    assert before["note of record w1 changed"] == {"note": "first"}
    changed = next(was for what, was in before.items() if what.startswith("changed: "))
    assert changed is not None
    assert (changed["channel"], changed["state"]) == ("D1", "active")


def test_what_fails_is_not_noted(store: StateStore) -> None:
    assert not store.lists.rename(HERE, 7, "None")
    assert not store.corrections.undo(7, HERE, ANN, START)
    assert not store.subscriptions.stop("s7", ANN, START)
    assert list(store.audit.all()) == []


def test_what_nobody_asked_for_is_the_bots(store: StateStore) -> None:
    one, other = store.upsert([paper(doi(8)), paper(pmid(9), title="Other")], combine)
    with acting(ANN):
        store.merges.join(one.record_id, other.record_id, choose, author="harvest", why="doi")
    assert [entry.who for entry in store.audit.all()] == [BOT]


def test_roles_are_noted_when_they_change(store: StateStore) -> None:
    assert store.audit.note_roles("admins: none")
    assert not store.audit.note_roles("admins: none")
    assert store.audit.note_roles("admins: U1")
    assert [(e.what, e.before) for e in store.audit.all(area="role")] == [
        ("admins: none", None), ("admins: U1", {"was": "admins: none"}),
    ]  # fmt: skip


def test_it_is_kept_for_its_time_and_no_longer(store: StateStore, clock: Clock) -> None:
    changed_lists(store)
    number = len(list(store.audit.all()))
    kept = store.keep.audit
    store.forget_old(START + kept)
    assert len(list(store.audit.all())) == number
    store.forget_old(START + kept + timedelta(seconds=1))
    assert list(store.audit.all()) == []


def test_threads_and_deliveries_are_kept_for_their_time(store: StateStore) -> None:
    day = timedelta(days=1)
    store.keep = Retention(threads=day, audit=day, deliveries=2 * day)
    store.conversations.remember(HERE, "C1", "1.0", Conversation("CAF", 0, ("w1",), 1), START)
    made = NewDelivery(
        key="k", workspace=HERE, kind="notice", channel="C1", due=START, details={"trouble": "x"},
        records=("w1",),
    )  # fmt: skip
    store.deliveries.add(made, START)
    assert store.conversations.recall(HERE, "C1", "1.0", START + day) is not None
    assert store.conversations.recall(HERE, "C1", "1.0", START + day + timedelta(seconds=1)) is None

    def listed() -> tuple[str, ...]:
        [kept] = [*store.deliveries.in_state("pending", 5), *store.deliveries.in_state("posted", 5)]
        return tuple(kept.records)

    store.forget_old(START + 9 * day)
    assert listed() == ("w1",)  # it is not posted yet
    claim = store.deliveries.claim("one", 100.0, 60.0, Pace(0.0, 0.0))
    assert claim is not None
    store.deliveries.confirm(claim, Posted("C1", "1.0"), START)
    store.forget_old(START + 2 * day)
    assert listed() == ("w1",)
    store.forget_old(START + 2 * day + timedelta(seconds=1))
    assert listed() == ()


# -- a person ------------------------------------------------------------------------------


def everywhere(store: StateStore, word: str) -> list[str]:
    """Every table and column that has the word."""
    found = []
    with store._connections.reading() as db:
        for table in schema_of(MIGRATIONS).tables:
            for column in table.columns:
                having = f'instr(CAST("{column}" AS TEXT), ?) > 0'
                query = f"SELECT 1 FROM {table.name} WHERE {having} LIMIT 1"  # noqa: S608
                if db.execute(query, [word]).fetchone():
                    found.append(f"{table.name}.{column}")
    return found


def kept_of_ann(store: StateStore) -> None:
    with acting(ANN):
        for change, _ in AREAS.values():
            change(store)
    shared = store.lists.make(HERE, "C1", "Ours", ANN, START)
    item, _ = store.lists.add(shared, "w2", ANN, "my own words", START)
    store.lists.mark_read(item.id, ANN, START)
    store.reports.add(Reporting(HERE, "w1", "title", "my own words", ANN), START)
    store.corrections.add(Correcting(HERE, "w2", ANN, wrong=("car-t",), comment="own"), START)
    store.subscriptions.add(wanted("C1"), ANN, START)
    store.conversations.remember(HERE, "C1", f"@{ANN}", Conversation("CAF", 0, ("w1",), 1), START)
    store.deliveries.add(
        NewDelivery(key=f"n:{ANN}", workspace=HERE, kind="notice", channel=ANN, due=START), START
    )


def test_everything_that_names_a_person_is_listed_and_goes(store: StateStore) -> None:
    """Not a trace of the id in any column of any table; what the team works with stays."""
    kept_of_ann(store)
    assert len(everywhere(store, ANN)) > 12
    kinds = {kept.kind for kept in store.people.kept(ANN)}
    assert kinds == {"list", "saved", "read", "subscription", "change", "correction", "report",
                     "import", "thread", "message", "audit"}  # fmt: skip
    assert store.people.delete(ANN) > 20
    assert everywhere(store, ANN) == []
    assert everywhere(store, "my own words") == []
    assert store.people.kept(ANN) == []
    assert store.check() == []
    [shared] = store.lists.lists(HERE)
    assert (shared.name, shared.made_by) == ("Ours", FORMER)
    assert [item.record_id for item in store.lists.items(shared.id)] == ["w2"]
    assert [each.concept for each in store.corrections.applying(HERE)] == ["car-t"]
    [record] = store.find(doi(1))
    assert record.provenance[0].by == FORMER


def test_others_keep_theirs(store: StateStore) -> None:
    store.lists.make(HERE, "U0BEN", "Mine", "U0BEN", START)
    before = store.lists.lists(HERE)
    kept_of_ann(store)
    store.people.delete(ANN)
    assert [replace(each) for each in store.lists.lists(HERE) if each.name == "Mine"] == before
    assert store.people.delete("U0NOBODY") == 0


def test_all_that_is_kept_of_a_workspace_goes_and_nothing_of_another(store: StateStore) -> None:
    """Not a trace of it in any column of any table, but of what it had shared with everybody."""
    kept_of_ann(store)
    store.shares.note(HERE, "C1", "w1", ANN, "1.0", START)
    store.deeds.take(HERE, ANN, "report", START, START - timedelta(days=1), 9)
    store.installations.save(
        Installation(HERE, "Lab", ("commands",), "B1", "U0BOT", ANN, START, None, b"sealed")
    )
    store.lists.make("/T2", "C1", "Theirs", "U0BEN", START)
    store.imports.undo(1, choose, "operator")
    store.installations.forget(HERE)
    assert everywhere(store, HERE) == []
    assert store.check() == []
    assert [each.name for each in store.lists.lists("/T2")] == ["Theirs"]


def test_every_table_with_a_workspace_is_emptied() -> None:
    tables = schema_of(MIGRATIONS).tables
    having = {table.name for table in tables if "workspace" in table.columns}
    emptied = {table for table in having if any(f"FROM {table} " in each for each in DELETE)}
    assert emptied == having
