"""bioRxiv's and medRxiv's preprints, and Unpaywall's answers."""

from typing import Any

import pytest

from bot.records.models import AccessStatus, IntegrityKind, Known, Record
from bot.sources.biorxiv.reader import PAYLOAD as BIORXIV
from bot.sources.unpaywall.reader import PAYLOAD as UNPAYWALL

from .loading import load, one, reasons, related

PREPRINT: dict[str, Any] = {
    "title": "Macrophages in tumours",
    "authors": "Müller, A. B.; van der Berg, J.; The TME Group; ",
    "author_corresponding": "Anna  Müller",
    "author_corresponding_institution": "University of Oxford",
    "doi": "10.1101/2024.01.02.24300700",
    "date": "2024-01-03",
    "version": "2",
    "type": "new results",
    "license": "cc_by_nc_nd",
    "abstract": "Background: we looked. Results: we saw.",
    "published": "NA",
    "server": "medRxiv",
}


def preprint(**more: object) -> Record:
    return one(BIORXIV, {"messages": [], "collection": [{**PREPRINT, **more}]})


def test_a_preprint_becomes_a_record_that_nobody_has_reviewed() -> None:
    record = preprint()
    assert (record.type, record.publisher, str(record.published)) == (
        "Preprint", "medRxiv", "2024-01-03",
    )  # fmt: skip
    assert record.doi == "10.1101/2024.01.02.24300700"
    assert record.peer_reviewed is Known.NO
    assert [section.label for section in record.sections] == ["Background", "Results"]
    names = [(p.display_name, p.affiliation) for p in record.contributors]
    assert names == [
        ("Müller A. B.", "University of Oxford"),
        ("van der Berg J.", None),
        ("The TME Group", None),
    ]


def test_a_published_preprint_names_its_published_version_and_leaves_its_review_open() -> None:
    record = preprint(published="10.1162/IMAG.a.1103")
    assert record.doi == "10.1101/2024.01.02.24300700"
    assert related(record) == [("preprint-of", "10.1162/imag.a.1103")]
    assert record.peer_reviewed is Known.UNKNOWN


@pytest.mark.parametrize(
    ("given", "named"),
    [("cc_by_nc_nd", "CC BY-NC-ND"), ("cc0", "CC0"), ("cc_no", "No reuse licence"), ("", None)],
)
def test_every_preprint_can_be_read_and_its_licence_is_named(given: str, named: str | None) -> None:
    access = preprint(license=given).access
    assert (access.status, access.licence) == (AccessStatus.OPEN, named)


def test_a_withdrawn_preprint_says_so() -> None:
    for more in ({"type": "WITHDRAWN"}, {"title": "WITHDRAWN: Macrophages in tumours"}):
        [notice] = preprint(**more).integrity
        assert notice.kind is IntegrityKind.WITHDRAWAL
        assert (str(notice.date), notice.notice) == ("2024-01-03", "10.1101/2024.01.02.24300700")
        assert notice.source == "medRxiv"


def test_an_answer_without_preprints_is_refused() -> None:
    none = {"messages": [{"status": "no posts found"}], "collection": []}
    assert reasons(BIORXIV, none) == ["no posts found"]
    assert reasons(BIORXIV, {"collection": [{}]}) == ["no title"]


LOCATION = {"url": "https://example.org/a.pdf", "license": "cc-by"}
ANSWER: dict[str, Any] = {
    "doi": "10.1234/ABC",
    "title": "Macrophages in tumours",
    "genre": "journal-article",
    "published_date": "2024-03-07",
    "journal_name": "Cancer Cell",
    "journal_issn_l": "2768-0622",
    "is_oa": True,
    "best_oa_location": LOCATION,
    "z_authors": [{"raw_author_name": "A. Müller", "raw_affiliation_strings": ["Oxford"]}, {}],
}


def test_unpaywall_says_who_can_read_a_work_and_where() -> None:
    record = one(UNPAYWALL, ANSWER)
    assert (record.access.status, record.access.url, record.access.licence) == (
        AccessStatus.OPEN, "https://example.org/a.pdf", "CC BY",
    )  # fmt: skip
    assert (record.type, record.doi) == ("Journal article", "10.1234/abc")
    assert [p.display_name for p in record.contributors] == ["A. Müller", None]


@pytest.mark.parametrize(
    ("is_oa", "status"), [(False, AccessStatus.RESTRICTED), (None, AccessStatus.UNKNOWN)]
)
def test_a_closed_work_is_restricted_and_what_is_not_said_is_unknown(
    is_oa: bool | None, status: AccessStatus
) -> None:
    record = one(UNPAYWALL, {**ANSWER, "is_oa": is_oa, "best_oa_location": None})
    assert (record.access.status, record.access.url) == (status, None)


def test_an_answer_of_unpaywall_that_is_no_work_is_refused() -> None:
    error = {"HTTP_status_code": 404, "error": True, "message": "'10.1/x' isn't in Unpaywall"}
    assert reasons(UNPAYWALL, error) == [
        "Unpaywall refused the question: '10.1/x' isn't in Unpaywall"
    ]
    assert "paratext" in reasons(UNPAYWALL, {**ANSWER, "is_paratext": True})[0]
    assert load(UNPAYWALL, []).refused[0].reason == "not an object"
