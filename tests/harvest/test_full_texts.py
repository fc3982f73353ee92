"""Open full texts: fetched once where the licence allows it, found apart, quoted with it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Asked
from werkzeug import Response

from bot.app.background import full_text_workers
from bot.app.composition import build_router
from bot.errors import SourceUnavailable
from bot.harvest.full_texts import AGAIN, is_open
from bot.records.models import Access, AccessStatus, Identifier, Record, Scheme
from bot.sources.europe_pmc.full_text import LONGEST, MOST_PASSAGES
from handlers.router import Request, Router, Surface
from handlers.services import Services
from tests.block_check import check_message
from tests.harvest.desk import Desk
from tests.own_records import work

BODY = """
<sec sec-type="intro"><title>Introduction</title><p>Macrophages were depleted elsewhere.</p></sec>
<sec><title>Materials and methods</title><sec><title>Cells</title>
<p>Macrophages were sorted by flow cytometry<xref rid="b1">1</xref>.</p></sec></sec>
<sec sec-type="results"><title>Results</title>
<p>CSF1R inhibition depleted macrophages. Zoledronate improved <italic>overall</italic> survival in
melanoma (HR 0.52, 95% CI 0.31-0.87).</p><fig><p>A caption.</p></fig>
<p><table-wrap><p>A table.</p></table-wrap></p></sec>
<sec><title>Conclusion</title><p>It is an option.</p></sec>
"""


def jats(body: str) -> str:
    front = "<front><p>Not this.</p></front>"
    return f'<?xml version="1.0"?><article>{front}<body>{body}</body></article>'


def open_work(number: int, licence: str | None = "CC BY 4.0") -> Record:
    numbers = (
        Identifier(scheme=Scheme.DOI, value=f"10.1234/own.{number}"),
        Identifier(scheme=Scheme.PMCID, value=f"PMC900000{number}"),
    )
    access = Access(status=AccessStatus.OPEN, licence=licence)
    return work(number, f"Zoledronate and macrophages in melanoma {number}",
                "Background: Zoledronate was given in melanoma.", identifiers=numbers,
                access=access)  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, httpserver: HTTPServer) -> Desk:
    return Desk(tmp_path / "home", httpserver)


@pytest.fixture
def services(desk: Desk) -> Iterator[Services]:
    with desk.bot(fulltext=True) as built:
        yield built


def serving(desk: Desk, answer: Callable[[str], Response]) -> list[str]:
    """Europe PMC with these texts by PMCID; what it was queried for."""
    asked: list[str] = []

    def respond(request: Asked) -> Response:
        number = request.path.strip("/").removesuffix("/fullTextXML")
        asked.append(number)
        return answer(number)

    desk.serve(respond)
    return asked


def xml(body: str) -> Callable[[str], Response]:
    return lambda _: Response(jats(body), content_type="application/xml")


def fetched(services: Services, *records: Record) -> int:
    services.harvester.take(records, "test")
    services.index.follow(services.store)
    looked = services.full_texts.step(10)
    services.full_text_index.follow()
    return looked


def answer(services: Services, text: str) -> str:
    router: Router = build_router(services)
    reply = router.answer(Request(text, Surface.SLASH))
    check_message(reply.message.payload())
    return reply.message.text


def test_a_text_is_cut_into_its_parts(desk: Desk, services: Services) -> None:
    asked = serving(desk, xml(BODY))
    assert fetched(services, open_work(1)) == 1
    assert asked == ["PMC9000001"]
    [text] = services.store.full_texts.since(0, 9)
    assert text.licence == "CC BY 4.0"
    assert [(part, heading) for part, heading, _ in text.passages] == [
        ("introduction", "Introduction"), ("methods", "Cells"), ("results", "Results"),
        ("discussion", "Conclusion"),
    ]  # fmt: skip
    assert text.passages[1][2] == "Macrophages were sorted by flow cytometry1."
    assert "caption" not in str(text.passages)
    assert "table" not in str(text.passages)
    assert services.full_texts.step(10) == 0, "nothing is fetched twice"


def test_only_what_may_be_kept_is_fetched(desk: Desk, services: Services) -> None:
    asked = serving(desk, xml(BODY))
    closed = [open_work(n, each) for n, each in enumerate(("CC BY-NC 4.0", None, "Own terms"), 2)]
    assert fetched(services, *closed, work(9, "Without a PMCID")) == 0
    assert asked == []


@pytest.mark.parametrize(
    ("licence", "open_"),
    [("CC BY", True), ("CC BY 4.0", True), ("CC BY-SA 4.0", True), ("CC0 1.0", True),
     ("Public domain mark", True), ("CC BY-NC 4.0", False), ("CC BY-ND 4.0", False),
     ("CC BY-NC-ND", False), ("", False), (None, False), ("All rights reserved", False)],
)  # fmt: skip
def test_which_licences_allow_it(licence: str | None, open_: bool) -> None:
    assert is_open(open_work(1, licence)) is open_


def test_parts_are_searched_apart(desk: Desk, services: Services) -> None:
    serving(desk, xml(BODY))
    fetched(services, open_work(1))
    said = answer(services, "in:methods sorted macrophages")
    assert "1 work with all these words in methods." in said
    assert "Macrophages were sorted by flow cytometry1. (Cells, full text, CC BY 4.0)" in said
    assert "1 stored work has its open text here" in said
    nowhere = answer(services, "in:results sorted")
    assert "0 works with all these words in results." in nowhere
    assert "1 work has them in another part: in:text sorted" in nowhere.replace("`", "")
    assert "1 work with" in answer(services, "in:text sorting macrophage")
    assert "no words to look for" in answer(services, "in:results")


def test_a_question_quotes_it_with_section_and_licence(desk: Desk, services: Services) -> None:
    serving(desk, xml(BODY))
    fetched(services, open_work(1))
    query = services.search.interpret("does zoledronate improve overall survival in melanoma?")
    [hit] = services.findings.on(query).answer.hits
    assert hit.finding is not None
    assert hit.finding.quote.section == "Results, full text, CC BY 4.0"
    [text] = services.store.full_texts.since(0, 9)
    assert hit.finding.quote.text in text.passages[2][2]
    assert hit.finding.direction == "improved"
    assert [figure.value for figure in hit.finding.figures] == ["0.52"]
    assert "(Results, full text, CC BY 4.0)" in answer(services, f"ask {query.text}")


def test_a_text_goes_with_its_record(desk: Desk, services: Services) -> None:
    serving(desk, xml(BODY))
    fetched(services, open_work(1))
    [text] = services.store.full_texts.since(0, 9)
    with services.store._connections.writing() as db:
        db.execute("DELETE FROM records WHERE id = ?", [text.record_id])
    assert services.store.full_texts.count() == (0, 0)
    assert services.full_text.find("sorted macrophages", None) == []


HOSTILE = {
    "entities": '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><body><p>&z;</p></body>',
    "from outside": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><body><p>&x;</p></body>',
    "cut off": "<article><body><sec><p>Half",
    "no XML": "{}",
    "no body": "<article><front/></article>",
    "an empty body": "<article><body/></article>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_left_out_and_looked_for_later(
    desk: Desk, services: Services, name: str
) -> None:
    asked = serving(desk, lambda _: Response(HOSTILE[name], content_type="application/xml"))
    assert fetched(services, open_work(1)) == 1
    assert services.store.full_texts.count() == (0, 0)
    assert services.full_texts.step(10) == 0
    desk.moment += AGAIN
    assert services.full_texts.step(10) == 0
    desk.moment += timedelta(seconds=1)
    assert services.full_texts.step(10) == 1
    assert len(asked) == 2


def test_a_huge_or_deep_text_is_bounded(desk: Desk, services: Services) -> None:
    many = f"<sec><title>Results</title>{'<p>Word.</p>' * (MOST_PASSAGES + 1)}</sec>"
    long = f"<p>{'x' * (LONGEST + 1)}</p>"
    deep = "<sec>" * 500 + "<p>Deep.</p>" + "</sec>" * 500
    bodies = {"PMC9000001": many, "PMC9000002": long, "PMC9000003": f"{deep}<p>Flat.</p>"}
    serving(desk, lambda n: Response(jats(bodies[n]), content_type="application/xml"))
    assert fetched(services, *map(open_work, (1, 2, 3))) == 3
    found = services.store.full_texts.since(0, 9)
    assert sorted(len(text.passages) for text in found) == [1, 1, MOST_PASSAGES]
    assert {len(text) for t in found for *_, text in t.passages} == {5, LONGEST}
    assert all("Deep" not in str(text.passages) for text in found)


def test_a_service_that_is_down_is_asked_again(desk: Desk, services: Services) -> None:
    serving(desk, lambda _: Response("busy", 503))
    services.harvester.take([open_work(1)], "test")
    with pytest.raises(SourceUnavailable):
        services.full_texts.step(10)
    asked = serving(desk, xml(BODY))
    assert services.full_texts.step(10) == 1
    assert asked == ["PMC9000001"]


def test_it_is_off_unless_it_is_set(desk: Desk, services: Services) -> None:
    [worker] = full_text_workers(services)
    assert worker.step() is False
    with desk.bot() as usual:
        assert full_text_workers(usual) == []
        assert "Full texts are not stored here" in answer(usual, "in:results macrophages")


def test_the_index_is_made_anew_where_it_is_damaged(desk: Desk, services: Services) -> None:
    serving(desk, xml(BODY))
    fetched(services, open_work(1))
    folder = services.settings.full_text_folder
    (folder / "place.json").write_text("[]", encoding="utf-8")
    services.full_text_index.follow()
    assert len(services.full_text.find("sorted macrophages", "methods")) == 1
