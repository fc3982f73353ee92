"""Europe PMC's results: access, preprints, notices, and both shapes they are saved in."""

from typing import Any

import pytest

from bot.records.models import AccessStatus, IntegrityKind, Record
from bot.sources.europe_pmc.reader import PAYLOAD as EUROPE_PMC
from bot.text.markup import plain

from .loading import load, reasons, related
from .loading import one as read_one

PAYLOAD = EUROPE_PMC
RESULT: dict[str, Any] = {
    "id": "38000001",
    "source": "MED",
    "pmid": "38000001",
    "pmcid": "PMC1234567",
    "doi": "10.1234/ABC",
    "title": "Macrophages in <i>Kras</i> tumours.",
    "journalInfo": {
        "volume": "5",
        "dateOfPublication": "2024 Mar",
        "journal": {"title": "Cancer cell", "essn": "2768-0622"},
    },
    "pubYear": "2024",
    "electronicPublicationDate": "2024-03-07",
    "language": "eng",
}


def one(**more: object) -> Record:
    return read_one(PAYLOAD, {"resultList": {"result": [{**RESULT, **more}]}})


def linked(*links: dict[str, str]) -> dict[str, object]:
    return {"commentCorrectionList": {"commentCorrection": list(links)}}


def test_a_result_becomes_a_record() -> None:
    record = one()
    assert plain(record.title) == "Macrophages in Kras tumours"
    assert [i.value for i in record.identifiers] == ["10.1234/abc", "38000001", "PMC1234567"]
    assert record.journal is not None
    assert (record.journal.title, record.journal.eissn) == ("Cancer cell", "2768-0622")
    assert (str(record.published), record.type, record.language) == (
        "2024-03-07", "Journal article", "en",
    )  # fmt: skip


def test_headings_of_an_abstract_are_its_sections() -> None:
    record = one(abstractText="<h4>Background</h4>CD8<sup>+</sup> cells. <h4>Results</h4>None.")
    assert [(s.label, plain(s.text)) for s in record.sections] == [
        ("Background", "CD8⁺ cells."),
        ("Results", "None."),
    ]


def test_one_author_alone_and_xml_shaped_orcids_are_read() -> None:
    author = {
        "fullName": "Müller A",
        "firstName": "Anna",
        "lastName": "Müller",
        "authorId": {"@type": "ORCID", "#text": "0000-0002-1050-2771"},
        "authorAffiliationDetailsList": {"authorAffiliation": {"affiliation": "Oxford"}},
    }
    [person] = one(authorList={"author": author}).contributors
    assert (person.family, person.given, person.orcid, person.affiliation) == (
        "Müller", "Anna", "0000-0002-1050-2771", "Oxford",
    )  # fmt: skip
    [group] = one(authorList={"author": [{"collectiveName": "TME Group"}]}).contributors
    assert group.display_name == "TME Group"


FREE = {"availabilityCode": "F", "documentStyle": "html", "url": "https://europepmc.org/a"}
PAID = {"availabilityCode": "S", "documentStyle": "doi", "url": "https://doi.org/10.1234/abc"}


@pytest.mark.parametrize(
    ("more", "status", "url", "licence"),
    [
        ({"isOpenAccess": "Y", "license": "cc by"}, AccessStatus.OPEN, None, "CC BY"),
        (
            {"isOpenAccess": "N", "fullTextUrlList": {"fullTextUrl": [PAID, FREE]}},
            AccessStatus.OPEN,
            "https://europepmc.org/a",
            None,
        ),
        (
            {"isOpenAccess": "N", "fullTextUrlList": {"fullTextUrl": [PAID]}},
            AccessStatus.UNKNOWN,
            None,
            None,
        ),
        ({"embargoDate": "2027-01-01"}, AccessStatus.EMBARGOED, None, None),
        ({}, AccessStatus.UNKNOWN, None, None),
    ],
)
def test_access_is_what_europe_pmc_says_and_else_unknown(
    more: dict[str, object], status: AccessStatus, url: str | None, licence: str | None
) -> None:
    access = one(**more).access
    assert (access.status, access.url, access.licence) == (status, url, licence)


def test_a_preprint_names_its_published_version_and_the_version_its_preprint() -> None:
    preprint = one(
        source="PPR",
        id="PPR80320",
        pmid=None,
        pmcid=None,
        firstPublicationDate="2023-02-01",
        **linked({"type": "Preprint of", "id": "38000009", "source": "MED"}),
    )
    assert (preprint.type, str(preprint.published)) == ("Preprint", "2023-02-01")
    assert [i.value for i in preprint.identifiers] == ["10.1234/abc", "europe_pmc:PPR80320"]
    assert related(preprint) == [("preprint-of", "38000009")]
    declared = {"type": "Preprint in", "id": "PPR80320", "source": "PPR", "note": "CrossRef loader"}
    assert related(one(**linked(declared))) == [("has-preprint", "europe_pmc:PPR80320")]


def test_a_preprint_found_by_its_title_is_only_a_possible_one() -> None:
    guessed = {"type": "Preprint in", "id": "PPR1", "source": "PPR",
               "note": "Link created based on a title-first author match"}  # fmt: skip
    record = one(**linked(guessed))
    assert related(record) == []
    assert record.warnings == ("possible_preprint:europe_pmc:PPR1",)


def test_notices_are_told_from_what_they_are_about() -> None:
    link = {"id": "38000009", "source": "MED", "reference": "Nature. 2024 May 2;1(1):2"}
    record = one(**linked({**link, "type": "Retraction in"}, {**link, "type": "Comment in"}))
    [notice] = record.integrity
    assert (notice.kind, str(notice.date), notice.notice, notice.source) == (
        IntegrityKind.RETRACTION, "2024-05-02", "PMID 38000009", "Europe PMC",
    )  # fmt: skip
    about = one(**linked({**link, "type": "Retraction of"}))
    assert (about.integrity, about.subtype) == ((), "Retraction of Publication")
    assert related(about) == [("retraction-of", "38000009")]


def test_results_saved_under_their_pmcids_are_read() -> None:
    for saved in (
        {"PMC1": {"downloaded": True, "full": RESULT}, "PMC2": {"full": RESULT}},
        {"nextCursorMark": None, "papers": {"PMC1": RESULT, "PMC2": RESULT}},
    ):
        assert len(load(PAYLOAD, saved).records) == 2


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"resultList": {"result": []}}, "an answer without results"),
        ({"errCode": 404, "errMsg": "bad query"}, "Europe PMC refused the question: bad query"),
        ({"resultList": {"result": [{"pmid": "1", "title": ""}]}}, "1: no title"),
        ({"resultList": {"result": [{}]}}, "neither a title nor an identifier"),
    ],
)
def test_what_is_no_result_is_refused_with_the_reason(document: object, reason: str) -> None:
    assert reasons(PAYLOAD, document) == [reason]
