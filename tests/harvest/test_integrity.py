"""Whether works can be relied on: who was asked, what they said, and what is kept of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app.worker import Worker
from bot.errors import SettingsError, TmeError
from bot.harvest.integrity import FRESH, LEAVE_ALONE, LEAVE_USED_ALONE, Checker, Checking, Outcome
from bot.harvest.merger import Merger
from bot.records.dates import PartialDate
from bot.records.models import (
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Provenance,
    Record,
    Relation,
    RelationKind,
    Scheme,
)
from bot.store import StateStore

START = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
TITLE = "Reprogramming macrophages in the tumour microenvironment"
DOI = Identifier(scheme=Scheme.DOI, value="10.1000/article")
PMID = Identifier(scheme=Scheme.PMID, value="38000001")
PREPRINT = Identifier(scheme=Scheme.DOI, value="10.1101/2023.05.06.539712")
RETRACTION = IntegrityNotice(
    kind=IntegrityKind.RETRACTION, date=PartialDate(2025, 3), notice="10.1000/notice",
    source="Crossref",
)  # fmt: skip


class Library:
    """A source of the outside world: works by identifier, and how often it was asked."""

    def __init__(self, name: str, *records: Record, schemes: Sequence[Scheme] = (Scheme.DOI,)):
        self.name = name
        self.schemes = frozenset(schemes)
        self.records = {i: record for record in records for i in record.identifiers}
        self.asked: list[Identifier] = []
        self.trouble: TmeError | None = None

    def fetch(self, identifier: Identifier) -> Record | None:
        self.asked.append(identifier)
        if self.trouble is not None:
            raise self.trouble
        return self.records.get(identifier)


class Clock:
    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> None:
        self.moment += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[StateStore]:
    opened = StateStore.open(tmp_path / "tme.db", now=clock)
    yield opened
    opened.close()


@pytest.fixture
def checking(store: StateStore, clock: Clock) -> Callable[..., Checking]:
    def with_checkers(*checkers: Checker) -> Checking:
        merger = Merger(store, lambda record: record)
        return Checking(store, merger, lambda: nullcontext(checkers), clock)

    return with_checkers


def work(*identifiers: Identifier, **fields: object) -> Record:
    given = {
        "title": TITLE,
        "contributors": (Contribution(family="Müller", given="A"),),
        "published": "2024",
        "provenance": (Provenance(source="file"),),
        **fields,
    }
    return Record(identifiers=identifiers, **given)


def stored(store: StateStore, record: Record) -> Record:
    done = store.upsert([record], lambda _, incoming: incoming)
    found = store.get(done[0].record_id)
    assert found is not None
    return found


def test_with_nobody_to_ask_nobody_looked(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    checked = checking().record(stored(store, work(DOI)))
    assert (checked.integrity, checked.looks, checked.at) == ((), (), None)
    assert checked.unasked == "no source that knows of retractions is set up for it"


def test_a_work_without_identifiers_says_why(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    library = Library("crossref")
    checked = checking(library).record(stored(store, work()))
    assert "no DOI, PMID" in checked.unasked
    assert library.asked == []


def test_none_known_is_kept_with_the_day_and_the_source(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    record = stored(store, work(DOI))
    checking(Library("crossref", work(DOI))).record(record)
    again = store.get(record.id)
    assert again is not None
    [looked] = again.integrity
    assert (looked.kind, looked.source, looked.checked) == ("checked", "crossref", START)
    assert not again.is_retracted


def test_a_retraction_is_kept_with_its_notice_and_has_happened(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    record = stored(store, work(DOI))
    checked = checking(Library("crossref", work(DOI, integrity=(RETRACTION,)))).record(record)
    assert checked.record is not None
    assert checked.record.is_retracted
    kept = checked.record.integrity[0]
    assert (kept.notice, str(kept.date), kept.source, kept.checked) == (
        "10.1000/notice", "2025-03", "Crossref", START
    )  # fmt: skip
    [told] = store.standing.changes_of_standing(0)
    assert (told.record_id, told.kind, told.notice) == (record.id, "retracted", "10.1000/notice")


def test_checking_changes_nothing_else_of_the_record(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    record = stored(store, work(DOI))
    other = work(DOI, title=f"{TITLE}.", volume="5", published="2023")
    checking(Library("crossref", other)).record(record)
    again = store.get(record.id)
    assert again is not None
    assert again.model_copy(update={"integrity": ()}) == record


def test_a_source_that_has_another_work_under_the_doi_is_not_believed(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    other = Record(
        title="Something else entirely here", identifiers=(DOI,), integrity=(RETRACTION,),
        contributors=(Contribution(family="Garcia", given="M"),), published="2001",
    )  # fmt: skip
    checked = checking(Library("crossref", other)).record(stored(store, work(DOI)))
    assert checked.integrity == ()
    assert checked.looks[0].outcome is Outcome.FAILED
    assert "another work" in checked.looks[0].reason


def test_the_notice_itself_is_not_retracted(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    """Asked about the notice, a source gives the notice, which says what it is about."""
    about = Relation(kind=RelationKind.RETRACTION_OF, identifier=DOI, source="Crossref")
    number = Identifier(scheme=Scheme.DOI, value="10.1000/notice")
    notice = work(number, title=f"Retraction note to: {TITLE}", relations=(about,))
    article = stored(store, work(DOI))
    kept = stored(store, work(number, title=f"Retraction note to: {TITLE}"))
    checked = checking(Library("crossref", notice)).record(kept)
    assert checked.record is not None
    assert not checked.record.is_retracted
    assert checked.record.relations == (about,)
    assert store.get(article.id) == article


def test_who_was_asked_today_is_not_asked_again(
    store: StateStore, checking: Callable[..., Checking], clock: Clock
) -> None:
    library, record = Library("crossref", work(DOI)), stored(store, work(DOI))
    service = checking(library)
    service.record(record)
    clock.move(FRESH / 2)
    now = store.get(record.id)
    assert now is not None
    again = service.record(now)
    assert (len(library.asked), again.looks[0].outcome) == (1, Outcome.FRESH)
    assert again.at == START
    clock.move(FRESH)
    service.record(now)
    assert len(library.asked) == 2


def test_one_source_down_does_not_silence_the_other(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    down = Library("crossref", work(DOI))
    down.trouble = TmeError("Crossref is down.")
    pubmed = Library("pubmed", work(DOI, PMID), schemes=(Scheme.PMID, Scheme.DOI))
    checked = checking(down, pubmed).record(stored(store, work(DOI)))
    assert [(look.source, look.outcome, look.reason) for look in checked.looks] == [
        ("crossref", Outcome.FAILED, "Crossref is down."), ("pubmed", Outcome.ANSWERED, ""),
    ]  # fmt: skip
    assert [notice.source for notice in checked.integrity] == ["pubmed"]


def test_without_a_contact_address_nobody_is_asked_and_it_says_so(
    store: StateStore, clock: Clock
) -> None:
    def refuse() -> AbstractContextManager[Sequence[Checker]]:
        raise SettingsError("TME_CONTACT is not set.", "Set it to your address.")

    service = Checking(store, Merger(store, lambda r: r), refuse, clock)
    checked = service.record(stored(store, work(DOI)))
    assert checked.unasked == "TME_CONTACT is not set. Set it to your address."
    assert service.step(5) == 0


def test_a_work_that_is_not_held_is_asked_about_too(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    library = Library("crossref", work(DOI, integrity=(RETRACTION,)))
    checked = checking(library).identifier(DOI)
    assert (checked.stored, checked.asked) == (False, DOI)
    assert checked.integrity[0].kind is IntegrityKind.RETRACTION
    assert store.newest(1) == []
    unknown = checking(library).identifier(Identifier(scheme=Scheme.DOI, value="10.1000/none"))
    assert (unknown.record, unknown.looks[0].outcome) == (None, Outcome.UNKNOWN)
    assert unknown.at is None


def test_a_preprint_learns_of_its_article(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    """It is noted as published; and where the article is held, the two become one."""
    record = stored(store, work(PREPRINT, title="An early title of it"))
    declared = Relation(kind=RelationKind.PREPRINT_OF, identifier=DOI, source="Crossref")
    library = Library("crossref", work(PREPRINT, title="An early title", relations=(declared,)))
    checking(library).record(record)
    [told] = store.standing.changes_of_standing(0)
    assert (told.kind, told.notice) == ("published", DOI.value)
    stored(store, work(DOI))
    [one, other] = store.newest(2)
    preprint = one if PREPRINT in one.identifiers else other
    assert Merger(store, lambda r: r).settle(preprint) == 1
    assert [h.kind for h in store.standing.changes_of_standing(0)] == ["published"]


def test_an_imported_list_answers_as_of_its_day(
    store: StateStore, checking: Callable[..., Checking], clock: Clock
) -> None:
    listed = RETRACTION.model_copy(update={"source": "Retraction Watch"})
    store.standing.replace_notices("Retraction Watch", [(DOI, listed)], START)
    record, other = stored(store, work(DOI)), stored(store, work(PMID, title="Another title of it"))
    clock.move(timedelta(days=3))
    service = checking()
    assert service.from_lists("Retraction Watch") == 1
    now = store.get(record.id)
    assert now is not None
    assert (now.flags, now.checked) == (("retracted",), START)
    assert [h.kind for h in store.standing.changes_of_standing(0)] == ["retracted"]
    checked = service.record(other)
    assert [(n.kind, n.source) for n in checked.integrity] == [("checked", "Retraction Watch")]


# The schedule


def test_records_in_use_have_their_turn_first_and_sooner(
    store: StateStore, checking: Callable[..., Checking], clock: Clock
) -> None:
    dois = [Identifier(scheme=Scheme.DOI, value=f"10.1000/{n}") for n in range(4)]
    records = [stored(store, work(doi, title=f"{TITLE} {n}")) for n, doi in enumerate(dois)]
    store.standing.mark_used([records[2].id], START)
    library = Library("crossref", *(work(d, title=f"{TITLE} {n}") for n, d in enumerate(dois)))
    service = checking(library)
    assert service.step(2) == 2
    assert library.asked[0] == dois[2]
    assert service.step(9) == 2
    assert service.step(9) == 0
    clock.move(LEAVE_USED_ALONE + timedelta(hours=1))
    assert service.step(9) == 1
    assert library.asked[-1] == dois[2]
    clock.move(LEAVE_ALONE)
    assert service.step(9) == 4


def test_a_source_that_is_down_is_given_time(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    for number in range(3):
        doi = Identifier(scheme=Scheme.DOI, value=f"10.1000/{number}")
        stored(store, work(doi, title=f"{TITLE} {number}"))
    library = Library("crossref")
    library.trouble = TmeError("Crossref is down.")
    service = checking(library)
    assert service.step(9) == 0
    assert len(library.asked) == 1
    library.trouble = None
    assert service.step(9) == 3


def test_what_cannot_be_looked_up_does_not_stop_the_others(
    store: StateStore, checking: Callable[..., Checking]
) -> None:
    stored(store, work(title="A title without any number"))
    stored(store, work(DOI))
    assert checking(Library("crossref", work(DOI))).step(9) == 2


def test_a_worker_checks_what_is_due(store: StateStore, checking: Callable[..., Checking]) -> None:
    record = stored(store, work(DOI))
    service = checking(Library("crossref", work(DOI)))
    worker = Worker("checks", lambda: service.step(10), every=3600)
    worker.step()
    now = store.get(record.id)
    assert now is not None
    assert now.checked == START


def test_a_fault_of_a_source_ends_no_checks(
    store: StateStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty(Library):
        def fetch(self, identifier: Identifier) -> Record | None:
            raise ZeroDivisionError(identifier.value)

    stored(store, work(DOI))
    checkers = (Faulty("crossref"),)
    service = Checking(store, Merger(store, lambda r: r), lambda: nullcontext(checkers), clock)
    worker = Worker("checks", lambda: service.step(10))
    worker.step()
    worker.step()
    assert caplog.text.count("ZeroDivisionError") == 1
    assert DOI.value not in caplog.text
