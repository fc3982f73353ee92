"""OpenAlex's works: inverted abstracts, padded dates, access, and what it calls retracted."""

from typing import Any

import pytest

from bot.records.models import AccessStatus, IntegrityKind, Record
from bot.sources.openalex.reader import PAYLOAD as OPENALEX

from .loading import load, reasons
from .loading import one as read_one

PAYLOAD = OPENALEX
WORK: dict[str, Any] = {
    "id": "https://openalex.org/W2157853701",
    "doi": "https://doi.org/10.1234/ABC",
    "title": "Macrophages in tumours",
    "publication_date": "2024-03-07",
    "type": "review",
    "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/38000001"},
}


def one(**more: object) -> Record:
    return read_one(PAYLOAD, {**WORK, **more})


def test_a_work_becomes_a_record() -> None:
    record = one(
        biblio={"volume": "5", "issue": None, "first_page": "12", "last_page": "19"},
        primary_location={
            "source": {"display_name": "Cancer Cell", "type": "journal", "issn_l": "2768-0622"}
        },
    )
    assert (record.type, record.subtype) == ("Journal article", "Review")
    assert [i.value for i in record.identifiers] == [
        "10.1234/abc", "38000001", "openalex:W2157853701",
    ]  # fmt: skip
    assert (record.volume, record.issue, record.pages) == ("5", None, "12-19")
    assert record.journal is not None
    assert (record.journal.title, record.journal.issn) == ("Cancer Cell", "2768-0622")


def test_an_inverted_abstract_is_put_in_order_and_cut_into_its_sections() -> None:
    inverted = {"Background:": [0], "we": [1, 4], "saw.": [2], "Results:": [3], "won.": [5]}
    record = one(abstract_inverted_index=inverted)
    assert record.abstract == "Background: we saw. Results: we won."
    assert [section.label for section in record.sections] == ["Background", "Results"]


def test_places_that_no_abstract_has_cost_nothing() -> None:
    record = one(abstract_inverted_index={"a": [10**18, -1, "1"], "b": [0]})
    assert record.abstract == "b"


@pytest.mark.parametrize(
    ("given", "read"),
    [("2024-03-07", "2024-03-07"), ("2024-03-01", "2024-03"), ("2024-01-01", "2024")],
)
def test_of_a_padded_date_only_what_is_known_is_kept(given: str, read: str) -> None:
    record = one(publication_date=given)
    assert str(record.published) == read
    assert ("published_day_unknown" in record.warnings) == (given != read)


@pytest.mark.parametrize(
    ("is_oa", "status"),
    [(True, AccessStatus.OPEN), (False, AccessStatus.RESTRICTED), (None, AccessStatus.UNKNOWN)],
)
def test_access_is_what_openalex_found(is_oa: bool | None, status: AccessStatus) -> None:
    access = one(
        open_access={"is_oa": is_oa, "oa_url": "https://example.org/a.pdf"},
        best_oa_location={"license": "cc-by"},
    ).access
    assert (access.status, access.licence) == (status, "CC BY")
    assert access.url == ("https://example.org/a.pdf" if is_oa else None)


def test_only_a_web_address_becomes_a_link() -> None:
    access = one(open_access={"is_oa": True, "oa_url": "javascript:alert(1)"}).access
    assert (access.status, access.url) == (AccessStatus.OPEN, None)


def test_authors_keep_the_name_of_the_paper_and_one_without_a_name_stays() -> None:
    named = {
        "raw_author_name": "Anna Müller",
        "author": {"display_name": "A. Muller", "orcid": "https://orcid.org/0000-0002-1050-2771"},
        "raw_affiliation_strings": ["Oxford", "Oxford", "Kyoto"],
    }
    first, second = one(authorships=[named, {}]).contributors
    assert (first.name, first.family, first.orcid) == ("Anna Müller", None, "0000-0002-1050-2771")
    assert first.affiliation == "Oxford; Kyoto"
    assert second.display_name is None


@pytest.mark.parametrize(
    ("title", "is_retracted"),
    [
        ("RETRACTED: Macrophages in tumours", True),
        ("Macrophages in tumours", True),
        ("Retraction: Macrophages in tumours", False),
        ("Retraction note to: Macrophages in tumours", False),
        ("Correction to: Macrophages in tumours", False),
        ("Notice of Retraction", False),
        ("Retraction of: Macrophages in tumours", False),
        ("Retraction of the cell membrane in migrating macrophages", True),
    ],
)
def test_a_notice_that_openalex_calls_retracted_is_not(title: str, is_retracted: bool) -> None:
    record = one(title=title, is_retracted=True)
    kinds = [notice.kind for notice in record.integrity]
    assert kinds == ([IntegrityKind.RETRACTION] if is_retracted else [])


def test_a_repository_that_holds_a_copy_is_no_journal() -> None:
    source = {"display_name": "Zenodo", "type": "repository"}
    assert one(primary_location={"source": source}).journal is None


def test_counts_that_change_by_themselves_do_not_change_the_hash() -> None:
    hashes = {one(cited_by_count=n).provenance[0].payload_sha256 for n in (1, 2)}
    assert len(hashes) == 1


def test_a_list_is_read_and_what_is_no_work_is_refused() -> None:
    assert len(load(PAYLOAD, {"results": [WORK, WORK]}).records) == 2
    assert reasons(PAYLOAD, {"results": []}) == ["an answer without works"]
    assert reasons(PAYLOAD, {"results": [{**WORK, "type": "paratext"}]}) == [
        "10.1234/abc: not a work: paratext"
    ]
    assert reasons(PAYLOAD, {"error": "Invalid query", "message": "no filter x"}) == [
        "OpenAlex refused the question: no filter x"
    ]
