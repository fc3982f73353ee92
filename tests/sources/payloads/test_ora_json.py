"""ORA's own JSON, with its traps: null types, stray blanks, people in one text, padded dates."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given

from bot.formats import Parsed
from bot.records.models import Contribution, Journal, Known, Record, Scheme
from bot.sources.ora.json import PAYLOAD as ORA_JSON
from bot.sources.ora.json import people
from tests.sources.payloads.any_json import ANY_JSON, QUIETLY

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
UUID = "6ed0b5bd-c459-4081-970f-c8a8f218c2c3"


def value(*values: object) -> dict[str, object]:
    return {"id": "x", "type": "document_value", "attributes": {"value": list(values)}}


def one(attributes: Mapping[str, object]) -> Record:
    answer = {"data": {"id": f"uuid:{UUID}", "type": None, "attributes": attributes}}
    parsed = Parsed.of(ORA_JSON.loads(json.dumps(answer).encode(), "", AT))
    assert parsed.refused == ()
    [record] = parsed.records
    return record


def test_an_object_is_read_into_its_fields() -> None:
    record = one(
        {
            "title": " Macrophages\n",
            "type_of_work": value("Journal article"),
            "sub_type_of_work": value("Review "),
            "abstract": value(" Background: Hypoxia. Conclusion: Less."),
            "index_authors": value("Hulme, M, Jenkins, G"),
            "publisher_name": value("Wiley"),
            "journal_title": value("Cancer Cell\n"),
            "identifier_issn": value("2768-0622"),
            "identifier_doi": value("10.1002/ctd2.70098"),
            "identifier_pubs_identifier": value("2342049"),
            "volume": value(5),
            "citation_publication_date": value("2025-11-09"),
            "acceptance_date": value("2025-10-26"),
            "host_peer_review_status": value("Peer reviewed"),
            "host_publication_status": value("published"),
            "language": value("English"),
            "keyword": value("TME", " ", "TME"),
        }
    )
    assert (record.title, record.type, record.subtype) == (
        "Macrophages", "Journal article", "Review",
    )  # fmt: skip
    assert [s.label for s in record.sections] == ["Background", "Conclusion"]
    assert record.journal == Journal(title="Cancer Cell", issn="2768-0622")
    assert (record.doi, record.volume, record.language) == ("10.1002/ctd2.70098", "5", "en")
    assert record.identifier(Scheme.ORA) == UUID
    assert (record.peer_reviewed, record.publication_status) == (Known.YES, "Published")
    assert (str(record.published), str(record.accepted)) == ("2025-11-09", "2025-10-26")
    assert record.keywords == ("TME",)


def test_what_is_not_said_is_unknown() -> None:
    record = one({"title": "Macrophages"})
    assert record.peer_reviewed is Known.UNKNOWN
    assert (record.type, record.published, record.contributors, record.abstract) == (
        None, None, (), None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("dates", "published", "warnings"),
    [
        ({"citation_publication_date": value("1998-01-01")}, "1998", ("published_day_unknown",)),
        ({"rights_copyright_date": value(2021)}, "2021", ()),
        ({"citation_publication_date": value("soon")}, "None", ()),
    ],
)
def test_a_padded_date_is_its_year(
    dates: dict[str, object], published: str, warnings: tuple[str, ...]
) -> None:
    record = one({"title": "T", **dates})
    assert (str(record.published), record.warnings) == (published, warnings)


def test_people_in_one_text_are_told_apart_where_they_can_be() -> None:
    warnings: list[str] = []
    assert people("Hopkins, DM, Markowitz, E.M.", warnings) == (
        Contribution(family="Hopkins", given="DM"),
        Contribution(family="Markowitz", given="E.M."),
    )
    assert people("Thalheimer, Lisa", warnings) == (
        Contribution(family="Thalheimer", given="Lisa"),
    )
    assert people(" ", warnings) == ()
    assert warnings == []
    whole = "Hulme, Mike, The Met Office, Jenkins, G"
    assert people(whole, warnings) == (Contribution(name=whole),)
    assert warnings == ["authors_not_told_apart"]


@QUIETLY
@given(ANY_JSON)
def test_no_json_makes_it_fail(anything: object) -> None:
    for answer in (anything, {"data": anything}, {"data": [{"attributes": anything}]}):
        list(ORA_JSON.loads(json.dumps(answer).encode(), "", AT))


@pytest.mark.shared_data
def test_the_captured_answers_are_read(shared: Path) -> None:
    folder = shared / "data" / "payloads" / "oai_pmh"
    found = {}
    for path in sorted(folder.glob("ora__*.json")):
        data = path.read_bytes()
        assert ORA_JSON.recognises(data, path.name)
        found[path.name] = Parsed.of(ORA_JSON.loads(data, "", AT))
    [report] = found["ora__object.json"].records
    assert report.type == "Report"
    assert report.abstract is not None
    searched = found["ora__search.data-part.json"].records
    assert [len(r.contributors) for r in searched] == [2, 2, 1]
    assert [str(r.published) for r in searched] == ["1998", "2018-04-05", "2021"]
