"""What is new for a subscription, when it is due, and what happens when it cannot be posted."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.curation.corrections import Corrections
from bot.digests.digest import SOON, Digests, _at_once
from bot.digests.feedback import Feedback
from bot.digests.people import Person, Policy
from bot.digests.subscriptions import Draft, Subscriptions
from bot.digests.watches import Batch, Matches, Watches
from bot.errors import StoreBusy, UsageError
from bot.harvest.harvester import Harvester
from bot.harvest.plan import Planned, Standing, sources_down
from bot.index.tantivy import TantivyIndex
from bot.records.models import (
    ConceptTag,
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Journal,
    Record,
    Scheme,
)
from bot.schedule import Cadence, Schedule
from bot.search.search import Search
from bot.sources import SOURCES
from bot.store import StateStore
from bot.store.corrections import Correcting
from bot.store.deliveries import Delivery, Pace, Posted
from bot.store.harvests import Harvest
from bot.store.subscriptions import (
    Decision,
    Form,
    Match,
    Opinion,
    Subscription,
    Watch,
    WhenEmpty,
    work_keys,
)
from bot.vocabulary import Vocabulary
from handlers.views.describing import describe_query
from tests.own_records import work
from tests.store.examples import Clock, doi, paper, pmid

NINE = datetime(2026, 1, 16, 9, 0, tzinfo=UTC)
DAILY = Schedule(Cadence.DAILY, time(9, 0), "UTC")
ALICE = Person("/T1", "C01GENERAL", "U01ALICE")
BOB = Person("/T1", "C02OTHER", "U02BOB")


@dataclass
class Desk:
    """The bot's services with a clock of the test's own."""

    store: StateStore
    index: TantivyIndex
    harvester: Harvester
    watches: Watches
    digests: Digests
    subscriptions: Subscriptions
    clock: Clock

    def take(self, *records: Record) -> None:
        self.harvester.take(records, "test")
        self.index.follow(self.store)

    def watch(
        self, words: str, person: Person = ALICE, form: Form = "message",
        when_empty: WhenEmpty = "quiet",
    ) -> Subscription:  # fmt: skip
        watch = self.subscriptions.understand(words)
        draft = Draft(person.channel, watch, DAILY, form, when_empty)
        return self.subscriptions.make(draft, person, is_seen=True)[0]

    def at(self, moment: datetime) -> None:
        self.clock.moment = moment
        self.digests.step()

    def waiting(self) -> list[Delivery]:
        return list(self.store.deliveries.in_state("pending", 99))

    def titles(self, delivery: Delivery) -> list[str]:
        return [record.title for record in self.store.get_many(delivery.records)]

    def post(self) -> None:
        """Slack takes everything that waits."""
        while claim := self.store.deliveries.claim("test", 100.0, 60.0, Pace(0.0, 0.0)):
            self.store.deliveries.confirm(claim, Posted(claim.delivery.channel, "1.0"), NINE)

    def refuse(self, reason: str) -> None:
        """Slack takes nothing, for this reason."""
        while claim := self.store.deliveries.claim("test", 100.0, 60.0, Pace(0.0, 0.0)):
            wait = self.digests.on_refused(claim.delivery, reason)
            if wait is None:
                self.store.deliveries.close(claim, "refused", reason)
            else:
                doubt = claim.delivery.uncertain
                self.store.deliveries.release(claim, 100.0, wait, reason, uncertain=doubt)

    def stored(self, subscription: Subscription) -> Subscription:
        found = self.store.subscriptions.get(subscription.id)
        assert found is not None
        return found


@contextmanager
def desk_over(home: Path, vocabulary: Vocabulary) -> Iterator[Desk]:
    """As `bot.app.composition` builds them; the vocabulary is read once for all tests."""
    clock, index = Clock(), TantivyIndex(home / "index")
    store = StateStore.open(home / "tme.db", now=clock)
    search = Search(store, index, vocabulary, clock)
    watches = Watches(store, search, index, lambda said: describe_query(said, None), clock)
    corrections = Corrections(store, vocabulary, clock)
    digests = Digests(store, watches, clock, seen_by=corrections.seen_by)
    yield Desk(
        store=store,
        index=index,
        harvester=Harvester(store, vocabulary, clock),
        watches=watches,
        digests=digests,
        subscriptions=Subscriptions(store, watches, digests, Policy(), clock),
        clock=clock,
    )
    index.close()
    store.close()


@pytest.fixture
def desk(tmp_path: Path, vocabulary: Vocabulary) -> Iterator[Desk]:
    with desk_over(tmp_path, vocabulary) as made:
        made.take(work(1, "Cancer-associated fibroblasts in melanoma, held before"))
        yield made


CAF = "Cancer-associated fibroblasts"
EPIGENETIC = "Epigenetic therapy sensitises melanoma to immunotherapy"


def test_a_digest_sees_tags_as_its_workspace_corrected_them(
    desk: Desk, vocabulary: Vocabulary
) -> None:
    stored = desk.watch("strategy:epigenetic")
    desk.take(work(5, f"{CAF} shield melanoma"), work(6, EPIGENETIC))
    other, epigenetic = (
        next(r for r in desk.store.newest(9) if r.title.startswith(title))
        for title in (f"{CAF} shield", EPIGENETIC)
    )
    corrections = Corrections(desk.store, vocabulary, desk.clock)
    concept = "epigenetic-reprogramming"
    for record, wrong, missing in ((epigenetic, (concept,), ()), (other, (), (concept,))):
        corrections.correct(Correcting(stored.workspace, record.id, "U01ALICE", wrong, missing))
    desk.at(NINE)
    (delivery,) = desk.waiting()
    assert desk.titles(delivery) == [f"{CAF} shield melanoma"]


def test_what_came_since_is_new_and_nothing_else(desk: Desk) -> None:
    """By arrival, not by date; strict matches; each once; a change to a record is not new."""
    stored = desk.watch("CAF in melanoma")
    desk.take(
        work(2, f"{CAF} shield melanoma", published="2019"),
        work(3, f"{CAF} in breast cancer"),
        work(4, "Macrophages in melanoma"),
        work(1, "Cancer-associated fibroblasts in melanoma, held before", volume="7"),
    )
    desk.at(NINE - timedelta(seconds=1))
    assert desk.waiting() == []
    desk.at(NINE)
    (delivery,) = desk.waiting()
    assert desk.titles(delivery) == [f"{CAF} shield melanoma"]
    assert (delivery.channel, delivery.due, delivery.subscription) == (
        "C01GENERAL",
        NINE,
        stored.id,
    )
    desk.post()
    desk.take(work(2, f"{CAF} shield melanoma", published="2019", volume="9"))
    desk.at(NINE + timedelta(days=1))
    assert desk.waiting() == []


def test_after_downtime_one_digest_covers_the_gap(desk: Desk) -> None:
    desk.watch("CAF in melanoma")
    for day in range(5):
        desk.clock.moment = NINE + timedelta(days=day, hours=1)
        desk.take(work(10 + day, f"{CAF} shield melanoma, part {day}"))
    desk.at(NINE + timedelta(days=6, hours=3))
    (delivery,) = desk.waiting()
    assert len(delivery.records) == 5
    assert delivery.due == NINE + timedelta(days=6)
    desk.post()
    desk.at(NINE + timedelta(days=6, hours=4))
    assert desk.waiting() == []


def test_two_servers_decide_a_period_once(desk: Desk) -> None:
    stored = desk.watch("CAF in melanoma")
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.clock.moment = NINE
    both = [list(desk.store.subscriptions.due(NINE, 9)) for _ in range(2)]
    written = [desk.digests.decide(due, NINE) for due in both]
    assert [len(each) for each in written] == [1, 0]
    assert len(desk.store.deliveries.of_subscription(stored.id, 9)) == 1


class OneByOne(Digests):
    at_once = 1


def test_two_servers_share_what_is_due(desk: Desk) -> None:
    """What another has decided meanwhile is not looked at again, and all is decided once."""
    looked_at: list[str] = []
    places: list[str] = []

    class Looking(Watches):
        def matches(self, watch: Watch, batch: Batch) -> Matches:
            looked_at.append(watch.query)
            return super().matches(watch, batch)

    @contextmanager
    def seen_by(workspace: str) -> Iterator[None]:
        places.append(workspace)
        # To read what arrived, for the first subscription, and now for the second.
        if len(places) == 3:
            other.step()
        yield

    search = desk.watches._search
    watches = Looking(
        desk.store, search, desk.index, lambda said: describe_query(said, None), desk.clock
    )
    other = OneByOne(desk.store, desk.watches, desk.clock)
    slower = OneByOne(desk.store, watches, desk.clock, seen_by=seen_by)
    for words in ("CAF in melanoma", "CAF", "melanoma"):
        desk.watch(words)
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.clock.moment = NINE
    slower.step()
    assert len(looked_at) == 2
    assert len(desk.waiting()) == 1  # the work is new once in the channel, whoever decides
    assert desk.store.subscriptions.due(NINE, 9) == []


class FewMatches(Digests):
    matches_at_once = 2


def test_what_is_written_at_once_is_little_and_what_was_written_counts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server whose turn to write does not come keeps what it wrote, and then does the rest."""
    digests = FewMatches(desk.store, desk.watches, desk.clock)
    for number in range(4):
        desk.watch(f"{CAF} melanoma", replace(ALICE, channel=f"C{number}"))
    desk.take(work(2, f"{CAF} shield melanoma"), work(3, f"{CAF} in melanoma"))
    desk.clock.moment = NINE
    decide, sizes = desk.store.subscriptions.decide, list[int]()

    def busy_at_last(some: Sequence[Decision], now: datetime) -> Sequence[Delivery]:
        sizes.append(len(some))
        if len(sizes) == 3:
            raise StoreBusy("The database is being written.")
        return decide(some, now)

    monkeypatch.setattr(desk.store.subscriptions, "decide", busy_at_last)
    with pytest.raises(StoreBusy):
        digests.step()
    # Four digests of two works each do not go into one transaction, and two were written.
    assert sizes == [1, 1, 1]
    assert [len(each.records) for each in desk.waiting()] == [2, 2]
    with desk.store._connections.reading() as db:
        assert db.execute("SELECT count(*) FROM used").fetchone() == (2,)
    assert digests.step()
    assert len({each.subscription for each in desk.waiting()}) == len(desk.waiting()) == 4
    assert not digests.step()


def test_a_clock_that_jumps_loses_and_doubles_nothing(desk: Desk) -> None:
    desk.watch("CAF in melanoma")
    seen: list[str] = []
    hours = [0, 1, 0, -1, 0, 24, 25, 24, 23, 24, 48, 47, 49, 48]
    for number, hour in enumerate(hours):
        desk.clock.moment = NINE + timedelta(hours=hour)
        desk.take(work(20 + number, f"{CAF} shield melanoma, part {number}"))
        desk.digests.step()
        for delivery in desk.waiting():
            seen += desk.titles(delivery)
        desk.post()
    desk.at(NINE + timedelta(days=9))
    seen += [title for delivery in desk.waiting() for title in desk.titles(delivery)]
    assert sorted(seen) == sorted(f"{CAF} shield melanoma, part {n}" for n in range(len(hours)))


def test_nothing_new_can_say_why(desk: Desk) -> None:
    """A source that is down is told; an ordinary quiet day is not."""
    desk.watch("CAF in melanoma")
    down = "PubMed has not answered since Monday."
    digests = Digests(desk.store, desk.watches, desk.clock, lambda: down)
    desk.clock.moment = NINE
    digests.step()
    (delivery,) = desk.waiting()
    assert (delivery.records, delivery.details["reason"]) == ((), down)
    desk.post()
    desk.clock.move(days=1)
    digests.step()
    assert desk.waiting() == []  # said once


def test_a_source_that_does_not_answer_is_named() -> None:
    kind = next(kind for kind in SOURCES if kind.name == "pubmed")
    planned = Planned("weekly", kind, "TME", None, timedelta(days=7), "https://example.org", {})
    well = Harvest("weekly", planned.asks, succeeded=NINE)
    assert sources_down([Standing(planned, None, NINE), Standing(planned, well, NINE)]) is None
    down = Standing(planned, replace(well, error="It does not answer."), NINE)
    said = sources_down([down])
    assert said is not None
    assert said.startswith("weekly has not been harvested since 2026-01-16")


def test_a_watch_means_what_it_meant_when_it_was_made(desk: Desk) -> None:
    """A word that was corrected stays corrected; a question that cannot be read is read anew."""
    stored = desk.watch("melanma")
    assert "melanoma" in stored.watch.described
    assert "melanoma" in stored.watch.wanted
    desk.take(work(2, f"{CAF} shield melanoma"))
    batch, watches = Batch(desk.store.newest(9)), desk.watches
    found = watches.matches(stored.watch, batch)
    assert len(found) == 2
    frozen = json.loads(stored.watch.wanted)
    frozen["groups"][0]["of"] = "another version"
    for other in ('{"of": "another version"}', "[]", "nothing", json.dumps(frozen)):
        assert watches.matches(replace(stored.watch, wanted=other), batch) == found


def test_people_and_journals_are_followed_by_what_names_them(desk: Desk) -> None:
    desk.watch("0000-0002-1825-0097")
    desk.watch("issn 2768-0622", BOB)
    person = Contribution(name="Carberry J", orcid="0000-0002-1825-0097")
    desk.take(
        work(2, "One", contributors=(person,)),
        work(3, "Two", journal=Journal(title="Clin Transl Disc", issn="2768-0622")),
        work(4, "Three"),
    )
    desk.at(NINE)
    told = {delivery.channel: desk.titles(delivery) for delivery in desk.waiting()}
    assert told == {"C01GENERAL": ["One"], "C02OTHER": ["Two"]}


@pytest.mark.parametrize("words", ["citing 10.1234/own.1", "papers that cite 10.1234/own.1"])
def test_new_works_that_cite_one_are_brought(desk: Desk, words: str) -> None:
    """By any number that the cited work has; it need not be stored."""
    pmid = Identifier(scheme=Scheme.PMID, value="123")
    own = Identifier(scheme=Scheme.DOI, value="10.1234/own.1")
    desk.take(work(1, "CAFs, held before", identifiers=(own, pmid)))
    watched = desk.watch(words)
    assert "works that cite “CAFs, held before”" in watched.watch.described
    assert (
        "works that cite 10.5555/none"
        in desk.subscriptions.understand("citing 10.5555/none").described
    )
    desk.take(
        work(2, "By DOI", references=(own,)),
        work(3, "By PMID", references=(pmid,)),
        work(4, "Neither", references=(Identifier(scheme=Scheme.PMID, value="124"),)),
    )
    assert desk.subscriptions.preview(watched.watch).posted == 2
    desk.at(NINE)
    (told,) = desk.waiting()
    assert sorted(desk.titles(told)) == ["By DOI", "By PMID"]


def test_a_single_record_has_no_digests(desk: Desk) -> None:
    stored = desk.watch("10.1234/own.1")
    assert stored.watch.kind == "record"
    assert "held before" in stored.watch.described
    desk.at(NINE + timedelta(days=400))
    assert desk.store.deliveries.of_subscription(stored.id, 9) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Say what to watch for"),
        ("10.9999/not.held", "is not stored"),
        ("10.1234/own.1 and 10.1234/own.2", "names several things"),
        ("CAF year:soon", "year"),
    ],
)
def test_what_cannot_be_watched_is_one_clear_line(desk: Desk, words: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        desk.subscriptions.understand(words)


def test_an_author_who_is_named_is_watched_as_an_author(desk: Desk) -> None:
    for words in ("author Sharma", "author:Sharma"):
        watch = desk.subscriptions.understand(words)
        assert (watch.query, watch.described) == ("author:Sharma", "by Sharma")
    assert "in Nature" in desk.subscriptions.understand("journal Nature").described


def test_the_preview_counts_what_would_have_come(desk: Desk) -> None:
    desk.clock.move(days=-60)
    desk.take(work(2, f"{CAF} shield melanoma, long ago"))
    desk.clock.move(days=60)
    desk.take(work(3, f"{CAF} shield melanoma, lately"), work(4, "Macrophages"))
    watch = desk.subscriptions.understand("CAF in melanoma")
    seen = desk.subscriptions.preview(watch)
    assert (seen.posted, seen.arrived, seen.since) == (2, 3, None)
    assert round(seen.weekly, 2) == 0.47


class InThrees(Watches):
    counted_at_once = 3


def test_the_preview_reads_no_record(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands may have come: they are counted by the index, not loaded and indexed again."""
    search = desk.watches._search
    watches = InThrees(desk.store, search, desk.index, lambda _: "", desk.clock)
    subscriptions = Subscriptions(desk.store, watches, desk.digests, Policy(), desk.clock)
    desk.clock.move(days=60)
    mine = Contribution(name="Own A", orcid="0000-0002-1825-0097")
    came = [work(n, f"{CAF} shield melanoma") for n in range(10, 17)]
    desk.take(came[0].model_copy(update={"contributors": (mine,)}), *came[1:], work(17, "Mice"))
    for name in ("newest", "get_many", "get", "find"):
        monkeypatch.delattr(StateStore, name)
    counted = {
        words: subscriptions.preview(subscriptions.understand(words))
        for words in ("CAF in melanoma", "CAF -melanoma", "0000-0002-1825-0097")
    }
    assert [seen.posted for seen in counted.values()] == [7, 0, 1]
    assert {seen.arrived for seen in counted.values()} == {8}


def test_the_preview_says_when_the_store_is_young(desk: Desk) -> None:
    watch = desk.subscriptions.understand("CAF in melanoma")
    seen = desk.subscriptions.preview(watch)
    assert (seen.posted, seen.arrived, seen.since) == (1, 1, desk.clock.moment)


# Who may


def test_the_same_is_not_watched_twice_in_a_channel(desk: Desk) -> None:
    first = desk.watch("CAF in melanoma")
    assert desk.watch("CAF in melanoma").id == first.id
    assert desk.watch("CAF in melanoma", BOB).id != first.id


@pytest.mark.parametrize(
    ("changers", "may"),
    [
        ("channel", {"creator", "neighbour", "admin"}),
        ("creator", {"creator", "admin"}),
        ("admins", {"admin"}),
    ],
)
def test_who_may_change_is_a_setting(desk: Desk, changers: str, may: set[str]) -> None:
    stored = desk.watch("CAF in melanoma")
    policy = Policy(changers, frozenset({"U09ADMIN"}))  # type: ignore[arg-type]
    people = {
        "creator": replace(ALICE, channel="D01ALICE"),
        "neighbour": replace(ALICE, user="U02BOB"),
        "stranger": BOB,
        "admin": replace(BOB, user="U09ADMIN"),
    }
    subscriptions = Subscriptions(desk.store, desk.watches, desk.digests, policy, desk.clock)
    for name, person in people.items():
        if name in may:
            assert subscriptions.changeable(stored.id, person).id == stored.id
        else:
            is_known = person.channel == stored.channel or person.user == stored.created_by
            why = "can change it" if is_known else "not there any more"
            with pytest.raises(UsageError, match=why):
                subscriptions.changeable(stored.id, person)


def test_another_workspace_sees_nothing(desk: Desk) -> None:
    stored = desk.watch("CAF in melanoma")
    stranger = replace(ALICE, workspace="/T2")
    assert desk.subscriptions.listed(stranger) == []
    for act in (desk.subscriptions.stop, desk.subscriptions.resume):
        with pytest.raises(UsageError, match="not there any more"):
            act(stored.id, stranger)


def test_stopped_it_takes_what_waits_with_it(desk: Desk) -> None:
    stored = desk.watch("CAF in melanoma")
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.at(NINE)
    desk.subscriptions.stop(stored.id, ALICE)
    assert desk.waiting() == []
    desk.at(NINE + timedelta(days=1))
    assert desk.waiting() == []


def test_a_pause_misses_nothing(desk: Desk) -> None:
    stored = desk.watch("CAF in melanoma")
    until = NINE + timedelta(days=3, hours=-1)
    desk.subscriptions.pause(stored.id, ALICE, until)
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.at(NINE + timedelta(days=2))
    assert desk.waiting() == []
    desk.at(until)
    (delivery,) = desk.waiting()
    assert len(delivery.records) == 1
    with pytest.raises(UsageError, match="has passed"):
        desk.subscriptions.pause(stored.id, ALICE, until)


# Channels that went away


def test_a_closed_channel_pauses_and_its_owner_is_told_once(desk: Desk) -> None:
    """Then it is tried less and less often, and goes on with everything that came meanwhile."""
    stored = desk.watch("CAF in melanoma")
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.at(NINE)
    desk.refuse("is_archived")
    paused = desk.stored(stored)
    assert (paused.state, paused.trouble) == ("paused", "is_archived")
    (notice,) = [d for d in desk.store.deliveries.in_state("refused", 9) if d.kind == "notice"]
    assert (notice.channel, notice.details) == ("U01ALICE", {"trouble": "is_archived"})
    tries = []
    for minute in range(0, 12 * 60, 5):
        desk.clock.moment = NINE + timedelta(minutes=minute)
        if minute == 60:
            desk.take(work(3, f"{CAF} shield melanoma again"))
        desk.digests.step()
        if desk.waiting():
            tries.append(minute)
            desk.refuse("is_archived")
    assert 4 <= len(tries) <= 8
    refused = desk.store.deliveries.in_state("refused", 99)
    assert [d.id for d in refused if d.kind == "notice"] == [notice.id]
    desk.at(NINE + timedelta(days=2))
    (delivery,) = desk.waiting()
    assert len(delivery.records) == 2
    desk.post()
    desk.at(NINE + timedelta(days=2, minutes=1))
    back = desk.stored(stored)
    assert (back.state, back.trouble) == ("active", None)
    assert back.due == NINE + timedelta(days=3)
    assert desk.waiting() == []


def test_a_digest_in_doubt_is_not_decided_anew_where_its_channel_was_closed(desk: Desk) -> None:
    """An earlier attempt may be posted late: under another key its works would stand twice."""
    stored = desk.watch("CAF in melanoma")
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.at(NINE)
    claim = desk.store.deliveries.claim("lost", 100.0, 60.0, Pace(0.0, 0.0))
    assert claim is not None
    started = desk.store.deliveries.start(claim, 100.0, 60.0, NINE)
    assert started is not None
    desk.store.deliveries.release(started, 100.0, 0.0, "no reply", uncertain=True)
    desk.refuse("not_in_channel")
    assert desk.stored(stored).trouble == "not_in_channel"
    desk.at(NINE + timedelta(days=2))
    desk.subscriptions.resume(stored.id, ALICE)
    desk.at(NINE + timedelta(days=3))
    (waiting,) = [each for each in desk.waiting() if each.kind == "digest"]
    assert (waiting.key, waiting.uncertain) == (claim.delivery.key, True)


def test_a_person_can_have_it_tried_now(desk: Desk) -> None:
    stored = desk.watch("CAF in melanoma")
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.at(NINE)
    desk.refuse("not_in_channel")
    assert desk.subscriptions.resume(stored.id, ALICE).state == "active"
    (delivery,) = desk.waiting()
    assert len(delivery.records) == 1


def test_what_is_no_closed_channel_pauses_nothing(desk: Desk) -> None:
    stored = desk.watch("CAF in melanoma")
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.at(NINE)
    desk.refuse("invalid_blocks")
    assert desk.stored(stored).state == "active"


# Learning


def tagged(*concepts: str) -> Record:
    tags = tuple(ConceptTag(concept=c, field="title", words=c) for c in concepts)
    return paper(doi("x"), concepts=tags)


def test_opinions_move_records_by_the_concepts_they_share() -> None:
    learnt = Feedback.of_opinions([(tagged("a", "b"), "save"), (tagged("b"), "not_relevant")])
    assert learnt.of(tagged("a")) == 0.5
    assert learnt.of(tagged("b")) == 0.0
    assert learnt.of(tagged("c")) == learnt.of(tagged()) == 0.0
    assert learnt.moved() == (("a",), ())
    more = Feedback.of_opinions([(tagged("b"), "not_relevant")] * 9)
    assert more.of(tagged("b", "c")) == pytest.approx(-0.45)


def test_a_record_is_not_moved_without_an_opinion_or_a_concept() -> None:
    assert Feedback({}, {}).of(tagged("a")) == Feedback({"a": 3}, {}).of(tagged()) == 0.0


def test_what_is_not_relevant_comes_last_and_is_not_left_out(desk: Desk) -> None:
    stored = desk.watch("melanoma")
    (before,) = desk.store.newest(1)
    assert {tag.concept for tag in before.concepts}
    desk.take(
        work(2, f"{CAF} in melanoma"), work(3, "Macrophages in melanoma, with more words in it")
    )
    (plain,) = desk.digests.found([desk.stored(stored)], NINE)
    desk.store.subscriptions.opine(stored.id, before.id, "U1", "not_relevant", NINE)
    (lowered,) = desk.digests.found([desk.stored(stored)], NINE)
    order = [match.record_id for match in plain.matches]
    assert [match.record_id for match in lowered.matches] == order[::-1]


def test_opinions_move_a_record_by_at_most_half_its_score(desk: Desk) -> None:
    """Saved without end, it passes those up to half better, and no others; lowered as much too."""
    # A word that is no concept: tags would bring the scores together.
    stored = desk.watch("sunflower")
    (before,) = desk.store.newest(1)
    titles = [
        "Sunflower " * often + "and words on it " * length
        for often in (1, 2, 4, 8)
        for length in (0, 2, 6, 20, 60, 150)
    ]
    # The word only in the abstract, among others, is worth a fraction of a title of nothing else.
    texts = [
        "Sunflower " + "and words on it " * length for length in (20, 60, 400, 900, 2000, 5000)
    ]
    desk.take(
        work(2, "A title", f"{CAF} in a sunflower " + "and more words " * 300),
        *(work(number, title) for number, title in enumerate(titles, 3)),
        *(work(number, "A title too", text) for number, text in enumerate(texts, 100)),
    )
    records = desk.store.newest(1 + len(titles) + len(texts))
    scores = dict(desk.watches.matches(stored.watch, Batch(records)))
    (subject,) = (record.id for record in records if record.title == "A title")
    others = [record_id for record_id in scores if record_id != subject]

    def ahead_of_it(opinion: Opinion | None) -> set[str]:
        for user in range(400) if opinion else ():
            desk.store.subscriptions.opine(stored.id, before.id, f"U{user}", opinion, NINE)
        (due,) = desk.digests.found([desk.stored(stored)], NINE)
        order = [match.record_id for match in due.matches]
        return set(order[: order.index(subject)])

    def better_than(share: float) -> set[str]:
        return {other for other in others if scores[other] > share * scores[subject]}

    shares = (1.75, 1.5, 1.25, 1.0, 0.7, 0.5, 0.2)
    assert all(better_than(more) < better_than(less) for more, less in pairwise(shares))
    assert ahead_of_it(None) == better_than(1.0)
    weight = Feedback.of_opinions([(before, "save")] * 400).of(before)
    assert weight > 0.99
    assert ahead_of_it("save") == better_than(1.5)
    for user in range(400):
        desk.store.subscriptions.opine(stored.id, before.id, f"U{user}", "not_relevant", NINE)
    assert ahead_of_it("not_relevant") == better_than(0.5)


def test_what_came_is_read_once_for_so_long_while_it_is_only_looked_at(desk: Desk) -> None:
    """A new arrival shows at once; what becomes of a record that came, when that time is over."""
    stored = desk.watch("sunflower")
    begin = NINE.replace(minute=0)

    def seen(at: datetime) -> list[str]:
        (due,) = desk.digests.found([desk.stored(stored)], at)
        return [record.title for record in desk.store.get_many([m.record_id for m in due.matches])]

    desk.take(work(2, "A sunflower"))
    assert seen(begin) == ["A sunflower"]
    (changed,) = desk.store.newest(1)
    desk.store.upsert([changed.model_copy(update={"title": "A rose"})], lambda _, new: new)
    assert seen(begin + SOON - timedelta(seconds=1)) == ["A rose"]
    assert seen(begin + SOON) == []
    desk.take(work(3, "Another sunflower"))
    assert seen(begin + SOON) == ["Another sunflower"]


def test_what_was_looked_at_is_read_again_before_it_is_posted(desk: Desk) -> None:
    """A desk may show what was read minutes ago; a digest may not."""
    stored = desk.watch("CAF in melanoma")
    best, other = f"{CAF} in melanoma", f"{CAF} shield melanoma, among much else that it says"
    desk.take(work(2, best), work(3, other))
    desk.clock.moment = NINE
    (shown,) = desk.digests.found([desk.stored(stored)], NINE)
    assert desk.store.get(shown.matches[0].record_id).title == best  # type: ignore[union-attr]
    notice = IntegrityNotice(kind=IntegrityKind.RETRACTION, source="crossref")
    desk.take(work(2, best, integrity=(notice,)))
    desk.digests.step()
    (delivery,) = desk.waiting()
    assert desk.titles(delivery) == [other, best]


def test_so_many_matches_are_written_at_once(desk: Desk) -> None:
    """As many as are allowed, not one fewer; one alone however many it has."""
    stored = desk.watch("CAF in melanoma")

    def sizes(*matches: int) -> list[int]:
        decisions = (
            Decision(stored, NINE, NINE, 0, tuple(Match(str(n), ()) for n in range(count)), None)
            for count in matches
        )
        return [len(some) for some in _at_once(decisions, 3, 2)]

    assert sizes(1, 1, 1) == [2, 1]
    assert sizes(2, 0, 0, 0) == [3, 1]
    assert sizes(5, 1, 1) == [1, 2]
    assert sizes() == []


def test_a_retracted_work_comes_last_however_good(desk: Desk) -> None:
    stored = desk.watch("melanoma")
    notice = IntegrityNotice(kind=IntegrityKind.RETRACTION, source="crossref")
    best = work(2, "Melanoma", integrity=(notice,))
    desk.take(best, work(3, "Melanoma" + " and many more words of no weight" * 9))
    (due,) = desk.digests.found([desk.stored(stored)], NINE)
    first, last = desk.store.get_many([match.record_id for match in due.matches])
    assert (first.is_retracted, last.is_retracted) == (False, True)


@pytest.mark.parametrize(("minutes", "tried"), [(9, False), (10, True)])
def test_a_closed_channel_is_tried_again_after_ten_minutes(
    desk: Desk, minutes: int, tried: bool
) -> None:
    desk.watch("melanoma")
    desk.take(work(2, f"{CAF} in melanoma"))
    desk.at(NINE)
    desk.refuse("not_in_channel")
    desk.post()
    desk.at(NINE + timedelta(minutes=minutes))
    assert bool([d for d in desk.waiting() if d.kind == "digest"]) is tried


def test_a_closed_channel_is_tried_less_and_less_often_and_once_a_day_at_least(
    desk: Desk,
) -> None:
    """After as long as it has been closed already, until that is a day."""
    desk.watch("melanoma")
    desk.take(work(2, f"{CAF} in melanoma"))
    moment, closed, waits = NINE, NINE, list[timedelta]()
    desk.at(NINE)
    desk.refuse("not_in_channel")
    for _ in range(12):
        desk.post()
        last = moment
        while not any(d.kind == "digest" for d in desk.waiting()):
            moment += timedelta(minutes=5)
            desk.at(moment)
        waits.append(moment - last)
        desk.refuse("not_in_channel")
    assert waits[0] == timedelta(minutes=10)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(days=1)
    assert closed < moment


def test_a_work_is_known_by_its_id_and_what_names_it() -> None:
    record = paper(doi(1), pmid(7)).model_copy(update={"id": "w1"})
    assert work_keys(record) == ("id:w1", "doi:10.1000/1", "pmid:7")


def test_subscribing_again_changes_only_a_schedule_that_was_named(desk: Desk) -> None:
    usual = Schedule()
    made = [
        desk.subscriptions.make(desk.subscriptions.draft(words, ALICE, usual), ALICE, is_seen=True)
        for words in ("macrophages daily", "macrophages", "macrophages every other friday at 8")
    ]
    assert [outcome for _, outcome in made] == ["new", "same", "changed"]
    assert len({subscription.id for subscription, _ in made}) == 1
    assert made[1][0].schedule.words == "daily at 09:00 (UTC)"
    (stored,) = desk.subscriptions.listed(ALICE)
    assert stored.schedule.words == "every two weeks on Friday at 08:00 (UTC)"
