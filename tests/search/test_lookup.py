"""Naming a record: by identifier, by place in a list, by pointing, or in a few words."""

import pytest

from bot.records.answers import Answer
from bot.store import Conversation
from handlers.router import Request, Router, Surface
from handlers.services import Services

SEED = "10.1002/ctd2.70098"
SHARMA = "10.1016/j.cell.2017.01.017"


def by_identifiers(services: Services, text: str) -> Answer:
    return services.lookup.by_identifiers(services.search.interpret(text))


@pytest.mark.parametrize(
    "text",
    [SEED, f"https://doi.org/{SEED}", "10.1002/ctd2.\n70098", f"<https://doi.org/{SEED}|paper>",
     "pubs id 2342049", "uuid:6ed0b5bd-c459-4081-970f-c8a8f218c2c3",
     "oai:ora.ox.ac.uk:uuid:6ed0b5bd-c459-4081-970f-c8a8f218c2c3", "0000-0002-1050-2771",
     "2768-0622", f"https://evil.example/{SEED}"],
)  # fmt: skip
def test_every_way_to_name_the_seed_record_opens_it(services: Services, text: str) -> None:
    answer = by_identifiers(services, text)
    assert [hit.record.doi for hit in answer.hits] == [SEED]
    assert answer.hits[0].why


def test_several_identifiers_give_several_records_in_order(services: Services) -> None:
    answer = by_identifiers(services, f"{SHARMA} and PMID 39999999 and {SEED}")
    assert answer.understood.action == "lookup_many"
    assert [hit.record.doi for hit in answer.hits] == [SHARMA, SEED]
    assert answer.understood.notes == ("Not in our records: 39999999",)


def test_an_identifier_that_is_not_held_is_not_found(services: Services) -> None:
    answer = by_identifiers(services, "10.9999/does.not.exist")
    assert (answer.understood.action, answer.hits) == ("not_found", ())


def shown(services: Services, text: str) -> Conversation:
    answer = services.search.run(services.search.interpret(text))
    ids = tuple(hit.record.id for hit in answer.hits)
    return Conversation(text, 0, ids, answer.ranked)


@pytest.mark.parametrize(
    ("text", "places"),
    [("cite the second one in bibtex", [1]), ("cite the last one", [4]), ("abstract #3", [2]),
     ("cite it", [0, 1, 2, 3, 4]), ("export these to RIS", [0, 1, 2, 3, 4]),
     ("cite the 4th", [3])],
)  # fmt: skip
def test_a_place_in_the_list_names_its_record(router: Router, text: str, places: list[int]) -> None:
    listed = shown(router.services, "macrophage")
    query = router.read(Request(text, Surface.THREAD), listed).query
    meant = router.services.lookup.resolve(query, listed)
    assert [r.id for r in meant] == [listed.record_ids[place] for place in places]


@pytest.mark.parametrize(
    "text", ["who wrote ctd2.70098", "summarise the Oxford TME review", f"cite {SEED}"]
)
def test_a_few_words_name_a_record(router: Router, text: str) -> None:
    query = router.read(Request(text, Surface.SLASH), None).query
    meant = router.services.lookup.resolve(query, None)
    assert [record.doi for record in meant] == [SEED]


def test_nothing_named_is_nothing_meant(router: Router) -> None:
    query = router.read(Request("cite it", Surface.SLASH), None).query
    assert router.services.lookup.resolve(query, None) == []


def test_show_takes_the_stores_id_and_any_identifier(services: Services) -> None:
    record = services.lookup.one(SEED)
    assert record is not None
    assert services.lookup.one(record.id) == record
    assert services.lookup.one("no such thing") is None
