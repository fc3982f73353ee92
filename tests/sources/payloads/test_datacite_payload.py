"""DataCite's metadata: JSON of every shape and XML of every kernel give the same record."""

import io
import json
from typing import Any

import pytest

from bot.formats import Parsed
from bot.records.models import AccessStatus, Record, Section
from bot.sources.datacite.reader import DataCitePayload

from .loading import AT, load, reasons, related
from .loading import one as read_one

PAYLOAD = DataCitePayload()
ATTRIBUTES: dict[str, Any] = {
    "doi": "10.5061/DRYAD.ABC",
    "titles": [{"title": "Cells of tumours"}, {"title": "Zellen", "titleType": "TranslatedTitle"}],
    "creators": [
        {
            "name": "Müller, Anna",
            "nameType": "Personal",
            "affiliation": ["Oxford"],
            "nameIdentifiers": [
                {
                    "nameIdentifier": "https://orcid.org/0000-0002-1050-2771",
                    "nameIdentifierScheme": "ORCID",
                }
            ],
        },
        {"name": "TME Consortium, Europe", "nameType": "Organizational", "affiliation": []},
        {"name": "(:Unav)"},
    ],
    "publisher": "Dryad",
    "publicationYear": 2024,
    "dates": [{"date": "2024-03", "dateType": "Issued"}],
    "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"},
    "language": "eng",
}
XML = """<?xml version="1.0" encoding="UTF-8"?>
<resource xmlns="http://datacite.org/schema/kernel-{kernel}">
 <identifier identifierType="DOI">10.5061/DRYAD.ABC</identifier>
 <creators><creator><creatorName nameType="Personal">Müller, Anna</creatorName>
   <nameIdentifier nameIdentifierScheme="ORCID">0000-0002-1050-2771</nameIdentifier>
   <affiliation>Oxford</affiliation></creator>
   <creator><creatorName nameType="Organizational">TME Consortium, Europe</creatorName></creator>
   <creator><creatorName>(:Unav)</creatorName></creator></creators>
 <titles><title>Cells of tumours</title><title titleType="TranslatedTitle">Zellen</title></titles>
 <publisher>Dryad</publisher><publicationYear>2024</publicationYear>
 <dates><date dateType="Issued">2024-03</date></dates><language>eng</language>
 <resourceType resourceTypeGeneral="Dataset">Dataset</resourceType></resource>"""


def one(**more: object) -> Record:
    return read_one(PAYLOAD, {"data": {"id": "x", "attributes": {**ATTRIBUTES, **more}}})


def test_every_shape_gives_the_same_record() -> None:
    expected = one().model_copy(update={"provenance": ()})
    assert expected.type == "Dataset"
    assert [p.display_name for p in expected.contributors] == [
        "Müller Anna", "TME Consortium, Europe", None,
    ]  # fmt: skip
    assert (str(expected.published), expected.language) == ("2024-03", "en")
    shapes = (ATTRIBUTES, {"attributes": ATTRIBUTES}, {"data": [{"attributes": ATTRIBUTES}]})
    records = [read_one(PAYLOAD, shape) for shape in shapes]
    for kernel in ("2.2", "3", "4"):
        loaded = PAYLOAD.loads(XML.format(kernel=kernel).encode(), "", AT)
        records += Parsed.of(loaded).records
    assert len(records) == 6
    for record in records:
        assert record.model_copy(update={"provenance": ()}) == expected


def test_a_dump_has_a_record_a_line() -> None:
    lines = "\n".join([json.dumps({"attributes": ATTRIBUTES}), "{", json.dumps(ATTRIBUTES)])
    parsed = Parsed.of(PAYLOAD.loads(lines.encode(), "", AT))
    assert (len(parsed.records), [r.line for r in parsed.refused]) == (2, [2])


@pytest.mark.parametrize(
    ("general", "own", "read"),
    [
        ("Text", "Journal article", ("Journal article", None)),
        ("Text", "BlogPosting", ("Internet publication", "BlogPosting")),
        ("Text", None, (None, None)),
        ("Dissertation", "PhD thesis", ("Thesis", "PhD thesis")),
        ("DataPaper", None, ("Journal article", None)),
        ("JournalArticle", "JournalArticle", ("Journal article", None)),
        ("Image", "Photo", ("Image", "Photo")),
        (None, None, (None, None)),
    ],
)
def test_types_are_named_as_far_as_they_are_known(
    general: str | None, own: str | None, read: tuple[str | None, str | None]
) -> None:
    record = one(types={"resourceTypeGeneral": general, "resourceType": own})
    assert (record.type, record.subtype) == read


def test_the_abstract_is_the_description_that_says_so() -> None:
    record = one(
        descriptions=[
            {"descriptionType": "Methods", "description": "We counted."},
            {"descriptionType": "Abstract", "description": "<p>Cells, <em>all</em> of them.</p>"},
        ]
    )
    assert record.sections == (Section(label=None, text="Cells, <i>all</i> of them."),)
    assert one(descriptions=[{"descriptionType": "Abstract"}]).abstract is None


def test_a_range_of_dates_gives_the_year_it_begins_in() -> None:
    record = one(dates=[{"date": "2021-05-01/2022-12-31", "dateType": "Issued"}])
    assert str(record.published) == "2021"
    assert str(one(dates=[{"date": ":tba", "dateType": "Issued"}]).published) == "2024"


@pytest.mark.parametrize(
    ("rights", "status", "licence"),
    [
        (
            [{"rights": "CC", "rightsUri": "https://creativecommons.org/licenses/by/4.0"}],
            AccessStatus.OPEN,
            "CC BY 4.0",
        ),
        (
            [{"rightsUri": "info:eu-repo/semantics/closedAccess"}],
            AccessStatus.RESTRICTED,
            None,
        ),
        (
            [{"rights": "Open Access", "rightsUri": "info:eu-repo/semantics/openAccess"}],
            AccessStatus.OPEN,
            None,
        ),
        ([{"rights": "subscription resource"}], AccessStatus.UNKNOWN, "subscription resource"),
        ([], AccessStatus.UNKNOWN, None),
    ],
)
def test_access_is_what_the_rights_say(
    rights: object, status: AccessStatus, licence: str | None
) -> None:
    access = one(rightsList=rights).access
    assert (access.status, access.licence) == (status, licence)


def test_an_arxiv_doi_names_the_preprint_and_its_published_version() -> None:
    version = {
        "relationType": "IsVersionOf",
        "relatedIdentifierType": "DOI",
        "relatedIdentifier": "10.1234/abc",
    }
    record = one(doi="10.48550/arXiv.2101.12345", relatedIdentifiers=[version])
    assert [i.value for i in record.identifiers] == [
        "10.48550/arxiv.2101.12345", "2101.12345",
    ]  # fmt: skip
    assert related(record) == [("preprint-of", "10.1234/abc")]
    assert related(one(relatedIdentifiers=[version])) == [("version-of", "10.1234/abc")]


def test_who_only_gave_room_or_money_is_no_contributor() -> None:
    people = [
        {"name": "Dryad", "contributorType": "HostingInstitution"},
        {"name": "Li, Bo", "nameType": "Personal", "contributorType": "ProjectLeader"},
    ]
    *_, last = one(contributors=people).contributors
    assert (last.display_name, last.roles) == ("Li Bo", ("Project leader",))
    assert len(one(contributors=people).contributors) == 4


def test_what_is_no_work_is_refused_with_the_reason() -> None:
    assert reasons(PAYLOAD, {"errors": [{"status": "404", "title": "Not there."}]}) == [
        "DataCite: Not there."
    ]
    assert reasons(PAYLOAD, {"data": []}) == ["an answer without works"]
    unnamed = {**ATTRIBUTES, "titles": [{"title": ":unav"}]}
    assert reasons(PAYLOAD, unnamed) == ["10.5061/dryad.abc: no title"]
    entity = b'<!DOCTYPE x [<!ENTITY a "b">]><resource>&a;</resource>'
    refused = Parsed.of(PAYLOAD.loads(entity, "", AT)).refused
    assert [r.reason for r in refused] == ["XML that defines entities of its own"]
    assert load(PAYLOAD, [7]).refused[0].reason == "not an object"


def test_a_dump_is_read_as_it_comes() -> None:
    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size not in (None, -1), "the whole dump is read at once"
            return super().read(size)

    dump = Watched((json.dumps({"attributes": ATTRIBUTES}) + "\n").encode() * 9_000)
    records = PAYLOAD.load(dump, "", AT)
    assert isinstance(next(records), Record)
    assert dump.tell() < 5 * 1024 * 1024 < len(dump.getvalue())
