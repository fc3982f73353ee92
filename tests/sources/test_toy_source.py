"""One `SourceKind` in `SOURCES` is all that a source needs: a toy of one works everywhere."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot import sources
from bot.app.cli.readme import sources_table
from bot.harvest.plan import parse
from bot.merging.choice import Trust, choose
from bot.records.identity import is_strong
from bot.records.models import Identifier, Provenance, Record, Scheme
from bot.sources import Batch, Place, SourceKind
from bot.sources.fetchers import Fetchers, hosts, usual_places
from bot.sources.http.client import PoliteClient
from bot.sources.reading.payload import JsonPayload
from bot.sources.reading.record import Origin, hashed, record
from bot.sources.reading.values import Item, identifier, item, items, source_id
from handlers.views import origins

NOW = datetime(2026, 1, 15, tzinfo=UTC)
HOME = Identifier(scheme=Scheme.DOI, value="10.5555/toy.1")
ELSEWHERE = Identifier(scheme=Scheme.DOI, value="10.1000/elsewhere")
ANSWER = json.dumps({"toys": [{"doi": HOME.value, "name": "A toy work", "id": "T1"}]}).encode()


def read(toy: Item, source: str, at: datetime) -> Record:
    named = identifier(Scheme.DOI, toy.get("doi")), source_id("toybox", toy.get("id"))
    fields = {"title": toy.get("name"), "identifiers": named}
    return record(fields, Origin(source or "toybox", at, hashed(toy)))


class ToyBox:
    name = "toybox"
    schemes = frozenset((Scheme.DOI,))

    def __init__(self, client: PoliteClient, place: Place) -> None:  # noqa: ARG002
        self.address = place.address

    def records(self, query: str, since: date | None, cursor: str | None) -> Iterator[Batch]:  # noqa: ARG002
        yield Batch((read({"name": query}, self.name, NOW),), None)

    def fetch(self, identifier: Identifier) -> Record | None:
        return read({"doi": identifier.value, "name": "A toy work"}, self.name, NOW)


TOY = SourceKind(
    name="toybox",
    label="The Toy Box",
    labels={"toychest": "The Toy Chest"},
    summary="Toys: works for tests",
    address="https://toys.example/",
    interval=7.0,
    query_means="words that toys know",
    make=ToyBox,
    readers=(
        JsonPayload(
            name="toybox",
            summary="toys as JSON",
            aliases=("toys",),
            looks=lambda data: b'"toys"' in data,
            works=lambda answer: items(item(answer).get("toys")),
            read=read,
        ),
    ),
    schemes=ToyBox.schemes,
    home=("doi:10.5555/toy.",),
    knows_notices=True,
    knows_access=True,
    trust=Trust(bibliographic=1000, access=1000),
    strong_ids=True,
    registers=Scheme.PUBS,
)


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> SourceKind:
    monkeypatch.setattr(sources, "SOURCES", (*sources.SOURCES, TOY))
    return TOY


@pytest.fixture
def fetchers() -> Iterator[Fetchers]:
    places = usual_places({}, lambda: NOW)
    client = PoliteClient(hosts(places))
    yield Fetchers(client, places)
    client.close()


def test_it_may_be_planned_and_harvested() -> None:
    [planned] = parse({"source": [{"kind": "toybox", "query": "A toy work"}]}, "sources.toml")
    assert (planned.kind, planned.address) == (TOY, TOY.address)
    assert hosts(usual_places({}, lambda: NOW))["toys.example"] == 7.0
    place = Place(planned.address, lambda: NOW)
    source = planned.kind.harvest(PoliteClient({}), place)
    [batch] = source.records(planned.query, None, None)
    assert [item.title for item in batch.items if isinstance(item, Record)] == ["A toy work"]


@pytest.mark.parametrize("name", [None, "toybox", "Toys"])
def test_its_saved_answers_are_recognised_and_read_by_name(name: str | None) -> None:
    [record] = sources.reader(ANSWER, "answer.txt", name).loads(ANSWER, "", NOW)
    assert isinstance(record, Record)
    assert (record.title, record.provenance[0].source) == ("A toy work", "toybox")


def test_it_is_asked_first_for_its_own_and_last_for_others(fetchers: Fetchers) -> None:
    assert fetchers.for_identifier(HOME)[0].name == "toybox"
    assert fetchers.for_identifier(ELSEWHERE)[-1].name == "toybox"
    assert fetchers.for_identifier(Identifier(scheme=Scheme.PMID, value="1"))[0].name == "pubmed"


def test_one_that_knows_only_its_own_is_not_asked_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sources, "SOURCES", (replace(TOY, home_only=True),))
    places = usual_places({}, lambda: NOW)
    fetchers = Fetchers(PoliteClient(hosts(places)), places)
    assert [each.name for each in fetchers.for_identifier(HOME)] == ["toybox"]
    assert fetchers.for_identifier(ELSEWHERE) == []


def test_it_is_asked_for_notices_and_access(fetchers: Fetchers) -> None:
    assert "toybox" in [each.name for each in fetchers.that_know_notices()]
    assert [each.name for each in fetchers.that_know_access()] == [
        "unpaywall", "europe_pmc", "openalex", "toybox",
    ]  # fmt: skip
    assert "toybox" not in [each.name for each in fetchers.that_know_only_access()]


@pytest.mark.parametrize("name", ["toybox", "toychest"])
def test_its_records_are_trusted_as_it_says(name: str) -> None:
    def version(source: str, title: str) -> Record:
        return Record(title=title, provenance=(Provenance(source=source, fields=("title",)),))

    both = version("crossref", "By Crossref"), version(name, "By the toys")
    assert choose(both, sources.trusts()).title == "By the toys"
    assert choose(both, {}).title == "By Crossref"


def test_its_own_numbers_name_works() -> None:
    own = Identifier(scheme=Scheme.SOURCE, value="toybox:T1")
    assert is_strong(own)
    assert not is_strong(Identifier(scheme=Scheme.SOURCE, value="another:T1"))
    assert sources.registered(Identifier(scheme=Scheme.PUBS, value="T1")) == own


def test_people_read_its_label() -> None:
    assert origins.source_name("toybox") == "The Toy Box"
    assert origins.source_name("toychest") == "The Toy Chest"
    assert "| `toybox` | Toys: works for tests | words that toys know |  |" in sources_table()


def test_what_cannot_be_harvested_is_not_planned_or_listed() -> None:
    assert "unpaywall" in [kind.name for kind in sources.SOURCES]
    assert "unpaywall" not in sources_table()
    assert "unpaywall" not in [kind.name for kind in sources.harvested()]


def test_no_two_sources_share_a_name_or_a_word_for_a_reader() -> None:
    names = [name for kind in sources.SOURCES for name in (kind.name, *kind.labels)]
    words = [word for known in sources.readers() for word in (known.name, *known.aliases)]
    assert len(names) == len(set(names))
    assert len(words) == len(set(words))
