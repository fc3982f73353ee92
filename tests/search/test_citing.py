"""Who cites a work and what it cites, by the lists that sources send."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.records.models import Identifier, Provenance, Scheme
from bot.search.citing import DRAWN
from handlers.router import Request, Router, Surface
from handlers.views.charts import citation_graph
from tests.block_check import check_message
from tests.own_records import router_over, work

AT = datetime(2026, 1, 15, tzinfo=UTC)
CROSSREF = (Provenance(source="crossref", at=AT, fields=("references",)),)


def doi(value: str) -> Identifier:
    return Identifier(scheme=Scheme.DOI, value=value)


WANTED = doi("10.5555/wanted")
OWN = (
    *(
        work(number, f"Oncolytic viruses, part {number} of a series", provenance=CROSSREF,
             references=(WANTED, doi("10.1234/own.9")))
        for number in range(1, 6)
    ),
    work(9, "The first oncolytic virus"),
)  # fmt: skip


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with router_over(tmp_path_factory.mktemp("own"), OWN) as router:
        yield router


def answer(router: Router, text: str) -> str:
    reply = router.answer(Request(text, Surface.SLASH))
    check_message(reply.message.payload())
    return reply.message.text


@pytest.mark.parametrize(
    "words",
    ["cites 10.1234/own.9", "who cites 10.1234/own.9?", "How many papers cite 10.1234/own.9?",
     "which of our records cite 10.1234/own.9", "papers citing 10.1234/own.9"],
)  # fmt: skip
def test_the_records_that_cite_a_work_are_listed(own: Router, words: str) -> None:
    text = answer(own, words)
    assert "5 stored records cite “The first oncolytic virus”." in text
    assert "part 5 of a series" in text
    assert "By the reference lists that sources sent, of 5 records" in text


def test_a_work_that_is_not_stored_may_be_cited(own: Router) -> None:
    text = answer(own, "cites 10.5555/wanted")
    assert "5 stored records cite “10.5555/wanted”." in text
    assert "Add: add 10.5555/wanted" in text


def test_who_lists_references_is_a_service_or_the_file_that_a_person_brought(
    tmp_path: Path,
) -> None:
    brought = Provenance(source="crossref", at=AT, fields=("references",), file="a.json", by="ann")
    record = work(1, "Oncolytic viruses", provenance=(brought,), references=(WANTED,))
    with router_over(tmp_path, [record]) as router:
        assert "As listed by file a.json, 15 Jan 2026." in answer(
            router, "references of 10.1234/own.1"
        )


def test_a_record_cites_what_is_stored_and_what_can_be_added(own: Router) -> None:
    text = answer(own, "references of 10.1234/own.1")
    assert "It cites 2 works by an identifier; 1 of them are stored." in text
    assert "The first oncolytic virus" in text
    assert "Add: add 10.5555/wanted" in text
    assert "As listed by Crossref, 15 Jan 2026." in text


def test_no_list_is_not_no_reference(own: Router) -> None:
    assert "does not mean that it cites nothing" in answer(own, "references of 10.1234/own.9")


@pytest.mark.parametrize("words", ["cites", "which works do our records cite most?"])
def test_what_five_records_cite_is_offered(own: Router, words: str) -> None:
    text = answer(own, words)
    assert "10.5555/wanted" in text
    assert "5 records cite it" in text
    assert "Add: add 10.5555/wanted" in text
    assert "10.1234/own.9" not in text


def test_other_words_are_searched(own: Router) -> None:
    reply = own.answer(Request("cites oncolytic viruses of old", Surface.SLASH))
    assert reply.answer.understood.action == "search"


def test_references_are_imported_from_json(tmp_path: Path) -> None:
    line = {"title": "A title", "doi": "10.1234/a",
            "references": [{"scheme": "doi", "value": "10.1234/b"}]}  # fmt: skip
    (tmp_path / "one.jsonl").write_text(json.dumps(line))
    with router_over(tmp_path / "home", ()) as router:
        router.services.harvester.take_file(tmp_path / "one.jsonl")
        assert len(router.services.citing.citing([doi("10.1234/b")])) == 1


def test_who_cites_whom_on_a_topic_is_a_table_and_a_picture(own: Router) -> None:
    reply = own.answer(Request("citation graph of oncolytic", Surface.MENTION))
    check_message(reply.message.payload())
    assert reply.answer.understood.action == "citation-graph"
    assert "6 works, 5 citations" in reply.message.text
    assert "5 have a reference list" in reply.message.text
    assert reply.picture is not None
    drawn = reply.picture()
    assert drawn.png.startswith(b"\x89PNG")
    assert "6 works, 5 citations" in drawn.alt_text
    assert "cites The first oncolytic virus" in drawn.alt_text


def test_records_without_ties_have_no_graph(tmp_path: Path) -> None:
    with router_over(tmp_path, [work(9, "The first oncolytic virus")]) as router:
        reply = router.answer(Request("citation graph of oncolytic virus", Surface.SLASH))
        assert reply.picture is None
        assert "0 of 1 record read have a reference list" in reply.message.text


def test_a_graph_draws_those_with_most_ties(tmp_path: Path) -> None:
    many = DRAWN + 5
    records = [
        work(n, f"Oncolytic virus {n}", references=tuple(map(own_doi, range(max(1, n - 3), n))))
        for n in range(1, many + 1)
    ]  # fmt: skip
    with router_over(tmp_path, records) as router:
        found = router.services.citing.graph(router.services.search.interpret("oncolytic virus"))
        assert len(found.records) == DRAWN
        assert found.left_out == many - DRAWN
        assert len(citation_graph(found, AT.date()).png) < 256 * 1024
        assert all(a != b for a, b in found.edges)


def own_doi(number: int) -> Identifier:
    return doi(f"10.1234/own.{number}")
