"""What became known of works that people saw: told once to each channel and person."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.digests.followups import FollowUps
from bot.digests.people import Person
from bot.records.models import (
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Provenance,
    Record,
    Relation,
    RelationKind,
    Scheme,
)
from bot.store.deliveries import Delivery
from bot.vocabulary import Vocabulary
from handlers.views import followup
from handlers.views.followup import News
from handlers.views.subscriptions import changed
from tests.digests.test_digest import ALICE, BOB, CAF, NINE, Desk, desk_over
from tests.own_records import work

TITLE = f"{CAF} shield melanoma"
PREPRINT = Identifier(scheme=Scheme.DOI, value="10.1101/2024.01.02.573912")
ARTICLE = Identifier(scheme=Scheme.DOI, value="10.1234/own.99")
ARTICLE_OF_IT = Relation(kind=RelationKind.PREPRINT_OF, identifier=ARTICLE, source="crossref")
PREPRINT_OF_IT = Relation(kind=RelationKind.HAS_PREPRINT, identifier=PREPRINT, source="crossref")
CROSSREF = (Provenance(source="crossref"),)


@pytest.fixture
def desk(tmp_path: Path, vocabulary: Vocabulary) -> Iterator[Desk]:
    with desk_over(tmp_path, vocabulary) as made:
        made.take(work(900, "Held before, so that there is something to ask"))
        yield made


def preprint(title: str = TITLE, **more: object) -> Record:
    return work(1, title, type="Preprint", identifiers=(PREPRINT,), **more)


def article(**more: object) -> Record:
    given = {"type": "journal-article", "provenance": CROSSREF, **more}
    return work(99, TITLE, **given)


def retracted(record: Record, notice: str = "10.1234/notice") -> Record:
    return noted(record, IntegrityKind.RETRACTION, notice)


def noted(record: Record, kind: IntegrityKind, notice: str) -> Record:
    told = IntegrityNotice(kind=kind, notice=notice, source="crossref")
    return record.model_copy(update={"integrity": (*record.integrity, told)})


def digest(desk: Desk, day: int) -> list[Delivery]:
    """What the digests of a day bring; it is posted."""
    desk.at(NINE + timedelta(days=day))
    brought = [delivery for delivery in desk.waiting() if delivery.kind == "digest"]
    desk.post()
    return brought


def told(desk: Desk) -> list[Delivery]:
    """What is told now, posted too."""
    follow_ups = FollowUps(desk.store, desk.clock)
    while follow_ups.step():
        pass
    said = [delivery for delivery in desk.waiting() if delivery.kind == "follow-up"]
    desk.post()
    return said


def save(desk: Desk, person: Person, record_id: str) -> None:
    lists = desk.store.lists
    mine = lists.make(person.workspace, person.user, "journal club", person.user, NINE)
    lists.add(mine, record_id, person.user, "", NINE)


def stored(desk: Desk, identifier: Identifier) -> Record:
    (found,) = desk.store.find(identifier)
    return found


def where(said: list[Delivery]) -> list[str]:
    return [delivery.channel for delivery in said]


def kinds(said: list[Delivery]) -> set[object]:
    return {delivery.details["happening"] for delivery in said}


# A preprint that is published


@pytest.mark.parametrize(
    "coming",
    [
        pytest.param([preprint(relations=(ARTICLE_OF_IT,))], id="the preprint names the article"),
        pytest.param([article(relations=(PREPRINT_OF_IT,))], id="the article names the preprint"),
        pytest.param(
            [preprint(relations=(ARTICLE_OF_IT,)), article(relations=(PREPRINT_OF_IT,))],
            id="both",
        ),
        pytest.param(
            [article(identifiers=(ARTICLE, PREPRINT))], id="the article has the preprint's DOI"
        ),
    ],
)
def test_a_preprint_that_was_posted_is_now_published(desk: Desk, coming: list[Record]) -> None:
    """Told once in its thread and to who saved it; the article is not new afterwards."""
    desk.watch("CAF in melanoma")
    desk.take(preprint())
    (posted,) = digest(desk, 0)
    save(desk, BOB, posted.records[0])
    for record in coming:
        desk.take(record)
        desk.take(record)
    said = told(desk)
    assert where(said) == [ALICE.channel, BOB.user]
    assert kinds(said) == {"published"}
    assert [delivery.details["answers"] for delivery in said] == [posted.id, None]
    assert {delivery.details["notice"] for delivery in said} == {ARTICLE.value}
    desk.take(article(relations=(PREPRINT_OF_IT,)))
    assert told(desk) == []
    desk.take(work(2, f"{CAF} and nothing else in melanoma"))
    (later,) = digest(desk, 1)
    assert desk.titles(later) == [f"{CAF} and nothing else in melanoma"]


def test_a_likely_article_that_a_person_joins_is_told(desk: Desk) -> None:
    """Both were posted; the merge says that the one is the other's published version."""
    desk.watch("CAF in melanoma")
    desk.take(preprint(title=f"{TITLE}: a first look"))
    (posted,) = digest(desk, 0)
    desk.take(article())
    (second,) = digest(desk, 1)
    join(desk, PREPRINT, ARTICLE)
    (said,) = told(desk)
    assert (said.channel, said.details["happening"]) == (ALICE.channel, "published")
    assert said.details["answers"] == posted.id != second.id
    assert digest(desk, 2) == []


# Records that were merged


def join(desk: Desk, one: Identifier, other: Identifier) -> None:
    merger = desk.harvester.merger
    merger.join(stored(desk, one), stored(desk, other), author="test", why="test")
    desk.index.follow(desk.store)


A, B = (Identifier(scheme=Scheme.DOI, value=f"10.1234/own.{n}") for n in (1, 2))


def two() -> tuple[Record, Record]:
    return (
        work(1, TITLE),
        work(2, f"{CAF} shield melanoma under hypoxia", provenance=CROSSREF),
    )


@pytest.mark.parametrize("days", [0, 1], ids=["in one digest", "in two digests"])
def test_a_merged_work_that_is_retracted_is_told_once(desk: Desk, days: int) -> None:
    desk.watch("CAF in melanoma")
    one, other = two()
    desk.take(one)
    first = digest(desk, 0) if days else []
    desk.take(other)
    (posted, *_) = first + digest(desk, days)
    for identifier in (A, B):
        save(desk, BOB, stored(desk, identifier).id)
    join(desk, A, B)
    desk.take(retracted(one))
    said = told(desk)
    assert where(said) == [ALICE.channel, BOB.user]
    # In the thread of the post that brought it first.
    assert said[0].details["answers"] == posted.id
    desk.take(retracted(other))
    assert told(desk) == []


def test_two_retracted_records_that_become_one_before_it_is_told(desk: Desk) -> None:
    desk.watch("CAF in melanoma")
    one, other = two()
    desk.take(one, other)
    digest(desk, 0)
    desk.take(retracted(one), retracted(other, "10.1234/other.notice"))
    join(desk, A, B)
    assert where(told(desk)) == [ALICE.channel]


def test_a_merge_tells_of_a_retraction_only_where_it_was_not_told(desk: Desk) -> None:
    """The one's readers have heard; the other's learn by the merge that theirs is retracted."""
    desk.watch("CAF in melanoma")
    desk.watch("hypoxia", BOB)
    one, other = two()
    desk.take(one)
    digest(desk, 0)
    desk.take(retracted(one))
    assert where(told(desk)) == [ALICE.channel]
    desk.take(other)
    assert sorted(delivery.channel for delivery in digest(desk, 1)) == [ALICE.channel, BOB.channel]
    join(desk, A, B)
    assert where(told(desk)) == [BOB.channel]


def test_a_work_followed_under_both_its_ids_is_told_once(desk: Desk) -> None:
    """Also where it was posted and is followed: the thread of the post comes first."""
    desk.watch("CAF in melanoma")
    one, other = two()
    desk.take(one, other)
    (posted,) = digest(desk, 0)
    for identifier in (A, B):
        desk.watch(identifier.value)
        desk.watch(identifier.value, BOB)
    join(desk, A, B)
    desk.take(retracted(one))
    said = told(desk)
    assert where(said) == [ALICE.channel, BOB.channel]
    assert [delivery.details["answers"] for delivery in said] == [posted.id, None]


def test_who_follows_a_work_alone_and_saved_it_is_told_once(desk: Desk) -> None:
    """A direct message is a person's, whether it was asked for or comes of a saved record."""
    alone = Person(BOB.workspace, "D02BOB", BOB.user)
    desk.take(work(1, TITLE))
    desk.watch(A.value, alone)
    save(desk, BOB, stored(desk, A).id)
    desk.take(retracted(work(1, TITLE)))
    assert where(told(desk)) == ["D02BOB"]


def test_who_got_a_work_in_a_direct_digest_and_saved_it_is_told_once(desk: Desk) -> None:
    alone = Person(BOB.workspace, "D02BOB", BOB.user)
    desk.watch("CAF in melanoma", alone)
    desk.take(work(1, TITLE))
    (posted,) = digest(desk, 0)
    save(desk, BOB, posted.records[0])
    desk.take(retracted(work(1, TITLE)))
    said = told(desk)
    assert [(each.channel, each.details["answers"]) for each in said] == [("D02BOB", posted.id)]


@pytest.mark.parametrize("first", ["paused", "active"])
def test_of_two_followings_of_one_work_the_one_that_is_not_paused_tells(
    desk: Desk, first: str
) -> None:
    one, other = two()
    desk.take(one, other)
    paused, active = (A, B) if first == "paused" else (B, A)
    for identifier in (A, B):
        stored_one = desk.watch(identifier.value)
        if identifier == paused:
            desk.subscriptions.pause(stored_one.id, ALICE)
    join(desk, A, B)
    desk.take(retracted(one))
    (said,) = told(desk)
    following = desk.store.subscriptions.get(said.subscription or "")
    assert following is not None
    assert (following.watch.query, following.state) == (active.value, "active")


def test_a_paused_following_of_a_work_waits_and_then_catches_up(desk: Desk) -> None:
    desk.take(work(1, TITLE))
    until = NINE + timedelta(days=7)
    paused = desk.subscriptions.pause(desk.watch(A.value).id, ALICE, until)
    assert "Paused until 23 Jan 2026" in changed(paused, "paused").text
    desk.watch(A.value, BOB)
    desk.take(retracted(work(1, TITLE)))
    follow_ups = FollowUps(desk.store, desk.clock)
    follow_ups.step()
    desk.post()
    assert where(list(desk.store.deliveries.in_state("posted", 9))) == [BOB.channel]
    assert where(desk.waiting()) == [ALICE.channel]
    assert desk.store.deliveries.outstanding().pending == 0
    desk.at(until)
    assert desk.stored(paused).state == "active"
    desk.post()
    assert len(desk.store.deliveries.in_state("posted", 9)) == 2
    assert desk.waiting() == []


def test_what_a_paused_following_held_is_not_told_once_it_is_stopped(desk: Desk) -> None:
    desk.take(work(1, TITLE))
    paused = desk.subscriptions.pause(desk.watch(A.value).id, ALICE)
    desk.take(retracted(work(1, TITLE)))
    FollowUps(desk.store, desk.clock).step()
    desk.subscriptions.stop(paused.id, ALICE)
    desk.post()
    assert desk.waiting() == []
    assert desk.store.deliveries.in_state("posted", 9) == []


def test_two_corrections_are_two_things_to_tell(desk: Desk) -> None:
    desk.watch("CAF in melanoma")
    desk.take(work(1, TITLE))
    digest(desk, 0)
    corrected = noted(work(1, TITLE), IntegrityKind.CORRECTION, "10.1234/c1")
    desk.take(corrected)
    assert len(told(desk)) == 1
    desk.take(noted(corrected, IntegrityKind.CORRECTION, "10.1234/c2"))
    assert len(told(desk)) == 1
    desk.take(noted(corrected, IntegrityKind.CONCERN, "10.1234/e1"))
    assert kinds(told(desk)) == {"concern"}


# A merge that is undone


def undo(desk: Desk, identifier: Identifier) -> None:
    desk.harvester.merger.undo(stored(desk, identifier).id, author="test")
    desk.index.follow(desk.store)


def test_an_undone_merge_tells_nothing_again(desk: Desk) -> None:
    """Told while they were one, and after that of two: each has heard."""
    desk.watch("CAF in melanoma")
    one, other = two()
    desk.take(one)
    digest(desk, 0)
    desk.take(other)
    digest(desk, 1)
    join(desk, A, B)
    desk.take(retracted(other))
    assert where(told(desk)) == [ALICE.channel]
    undo(desk, A)
    assert told(desk) == []
    assert digest(desk, 2) == []


def test_after_an_undone_merge_each_work_has_its_own_readers(desk: Desk) -> None:
    desk.watch("CAF in melanoma")
    desk.watch("hypoxia", BOB)
    one, other = two()
    desk.take(one)
    digest(desk, 0)
    desk.take(other)
    digest(desk, 1)
    join(desk, A, B)
    undo(desk, A)
    assert told(desk) == []
    desk.take(retracted(other))
    assert sorted(where(told(desk))) == [ALICE.channel, BOB.channel]
    desk.take(retracted(one))
    assert where(told(desk)) == [ALICE.channel]


def test_what_an_undone_merge_told_of_the_wrong_work_can_be_told_of_it(desk: Desk) -> None:
    desk.watch("hypoxia", BOB)
    one, other = two()
    desk.take(retracted(one), other)
    digest(desk, 0)
    join(desk, A, B)
    assert where(told(desk)) == [BOB.channel]
    undo(desk, A)
    assert told(desk) == []
    desk.take(retracted(other, "10.1234/other.notice"))
    assert where(told(desk)) == [BOB.channel]


def test_who_saved_a_work_that_cites_a_retracted_one_is_told(desk: Desk) -> None:
    """Once to each person, naming what they saved; not to who saved the retracted one too."""
    desk.take(work(1, "The first"), work(2, "Cites it", references=(A,)))
    desk.take(work(3, "Cites it as well", references=(A,)), work(4, "Cites another"))
    for number in (2, 3, 4):
        save(desk, BOB, stored(desk, doi(number)).id)
    for number in (1, 2):
        save(desk, ALICE, stored(desk, doi(number)).id)
    desk.take(noted(work(1, "The first"), IntegrityKind.CORRECTION, "10.1234/erratum"))
    assert where(told(desk)) == [ALICE.user]
    desk.take(retracted(work(1, "The first")))
    said = told(desk)
    assert where(said) == [ALICE.user, BOB.user]
    cited_by = [delivery.details.get("cited_by") or [] for delivery in said]
    assert [len(each) for each in cited_by] == [0, 2]
    assert set(cited_by[1]) == {stored(desk, doi(n)).id for n in (2, 3)}
    news = News("retracted", NINE, "10.1234/notice", "crossref")
    citing = [stored(desk, doi(n)) for n in (2, 3)]
    text = followup.told(stored(desk, A), news, in_thread=False, cited_by=citing).text
    assert "A work cited by what you saved was retracted: The first" in text
    assert "“Cites it”; “Cites it as well”" in text
    desk.take(retracted(work(1, "The first"), "10.1234/another.notice"))
    assert told(desk) == []


def doi(number: int) -> Identifier:
    return Identifier(scheme=Scheme.DOI, value=f"10.1234/own.{number}")
