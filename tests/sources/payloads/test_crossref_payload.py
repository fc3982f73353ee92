"""Crossref's JSON: what becomes of each field, and what is refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formats import Parsed
from bot.records.models import MOST_REFERENCES, AccessStatus, IntegrityKind, Record, Section
from bot.sources.crossref.reader import PAYLOAD as CROSSREF
from bot.text.markup import plain
from tests.sources.payloads.any_json import ANY_JSON, QUIETLY
from tests.sources.payloads.loading import related

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
CC_BY = "http://creativecommons.org/licenses/by/4.0/"
WORK: dict[str, Any] = {
    "DOI": "10.1234/ABC",
    "type": "journal-article",
    "title": ["Macrophages in tumours"],
    "issued": {"date-parts": [[2024, 3, 7]]},
}


def load(document: object) -> Parsed:
    return Parsed.of(CROSSREF.loads(json.dumps(document).encode(), "", AT))


def one(**more: object) -> Record:
    parsed = load({"status": "ok", "message": {**WORK, **more}})
    assert parsed.refused == ()
    [record] = parsed.records
    return record


def update(kind: str, doi: str, **more: object) -> dict[str, object]:
    when = {"date-parts": [[2022, 8, 1]]}
    return {"DOI": doi, "type": kind, "updated": when, "source": "publisher", **more}


def test_a_work_becomes_a_record_that_says_where_it_came_from() -> None:
    record = one(
        publisher="Wiley",
        volume="5",
        page="1-9",
        language="en",
        accepted={"date-parts": [[2024, 1]]},
        **{"container-title": ["Cancer Cell"], "article-number": "e70098"},
        **{"issn-type": [{"type": "electronic", "value": "2768-0622"}]},
    )
    assert (record.title, record.doi, record.type) == (
        "Macrophages in tumours", "10.1234/abc", "Journal article",
    )  # fmt: skip
    assert record.journal is not None
    assert (record.journal.title, record.journal.eissn) == ("Cancer Cell", "2768-0622")
    assert (record.volume, record.pages, record.article_number) == ("5", "1-9", "e70098")
    assert (str(record.published), str(record.accepted)) == ("2024-03-07", "2024-01")
    assert record.provenance[0].source == "crossref"
    assert record.provenance[0].payload_sha256 is not None


def test_counts_that_change_by_themselves_do_not_change_the_hash() -> None:
    hashes = {one(score=n, indexed={"n": n}).provenance[0].payload_sha256 for n in (1, 2)}
    assert len(hashes) == 1
    assert one(volume="6").provenance[0].payload_sha256 not in hashes


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        ([[2024, 3]], "2024-03"),
        ([[2024]], "2024"),
        ([[None]], "None"),
        ([["2024", "3"]], "2024-03"),
        ([[2024, 13, 40]], "2024"),
        ([], "None"),
        ("2024", "None"),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(parts: object, read: str) -> None:
    assert str(one(issued={"date-parts": parts}).published) == read


def test_titles_keep_italics_get_back_lost_spaces_and_take_their_subtitle() -> None:
    record = one(
        title=["Dynamics of<i>Burkholderia terrae</i>BS001 and p<i>K</i><sub>a</sub>"],
        subtitle=["A cohort study"],
    )
    assert plain(record.title) == "Dynamics of Burkholderia terrae BS001 and pKa: A cohort study"


def test_a_jats_abstract_is_cut_at_its_titles() -> None:
    record = one(
        abstract="<jats:title>Abstract</jats:title><jats:sec><jats:title>Background</jats:title>"
        "<jats:p>CD8<jats:sup>+</jats:sup> cells in <jats:italic>Kras</jats:italic> mice.</jats:p>"
        "</jats:sec><jats:sec><jats:title>RESULTS</jats:title><jats:p>p &lt;0.05.</jats:p>"
        "</jats:sec>"
    )
    assert record.sections == (
        Section(label="Background", text="CD8<sup>+</sup> cells in <i>Kras</i> mice."),
        Section(label="Results", text="p &lt;0.05."),
    )
    assert record.abstract is not None
    assert plain(record.abstract).endswith("Results: p <0.05.")


def test_emphasised_headings_of_an_abstract_count_and_other_emphasis_does_not() -> None:
    record = one(
        abstract="<jats:p><jats:italic>Objective</jats:italic>. To see. <jats:bold>Methods:"
        "</jats:bold> Mice. <jats:italic>Notch</jats:italic>. is a gene.</jats:p>"
    )
    assert [section.label for section in record.sections] == ["Objective", "Methods"]
    assert record.sections[1].text == "Mice. <i>Notch</i>. is a gene."


def test_people_groups_and_editors_are_kept_in_order_with_their_roles() -> None:
    record = one(
        author=[
            {
                "family": "Müller",
                "given": "Anna",
                "ORCID": "http://orcid.org/0000-0002-1050-2771",
                "affiliation": [{"name": "Oxford"}, {"name": "Kyoto"}],
            },
            {"name": "The TME Group"},
            {"family": "Socrates"},
            {},
        ],
        editor=[{"family": "Li", "given": "Bo"}],
    )
    names = [person.display_name for person in record.contributors]
    assert names == ["Müller Anna", "The TME Group", "Socrates", None, "Li Bo"]
    assert record.contributors[0].orcid == "0000-0002-1050-2771"
    assert record.contributors[0].affiliation == "Oxford; Kyoto"
    assert record.contributors[4].roles == ("Editor",)


def test_updates_to_a_work_are_notices_about_it_with_date_doi_and_source() -> None:
    updates = [
        update("retraction", "10.1234/abc.r1", source="retraction-watch"),
        update("withdrawal", "10.1234/abc.w1"),
        update("erratum", "10.1234/abc.e1"),
        update("expression_of_concern", "10.1234/abc.c1"),
        update("new_version", "10.1234/abc.v2"),
        update("addendum", "10.1234/abc.a1"),
    ]
    record = one(**{"updated-by": updates})
    assert [(n.kind, str(n.date), n.notice, n.source) for n in record.integrity] == [
        (IntegrityKind.RETRACTION, "2022-08-01", "10.1234/abc.r1", "Retraction Watch, by Crossref"),
        (IntegrityKind.WITHDRAWAL, "2022-08-01", "10.1234/abc.w1", "Crossref"),
        (IntegrityKind.CORRECTION, "2022-08-01", "10.1234/abc.e1", "Crossref"),
        (IntegrityKind.CONCERN, "2022-08-01", "10.1234/abc.c1", "Crossref"),
    ]
    assert [n.note for n in record.integrity] == [None, None, "erratum", "expression of concern"]
    assert record.warnings == ("updated_by:addendum 10.1234/abc.a1",)


def test_a_retraction_notice_is_not_retracted_and_an_erratum_is_neither() -> None:
    notice = one(**{"update-to": [update("retraction", "10.1234/other")]})
    assert (notice.integrity, notice.subtype) == ((), "Retraction")
    assert related(notice) == [("retraction-of", "10.1234/other")]
    assert [i.value for i in notice.identifiers] == ["10.1234/abc"]
    erratum = one(**{"update-to": [update("erratum", "10.1234/other")]})
    assert (erratum.integrity, erratum.subtype) == ((), "Erratum")
    assert related(erratum) == [("correction-of", "10.1234/other")]


def test_a_work_retracted_in_place_is_retracted() -> None:
    assert one(**{"update-to": [update("retraction", "10.1234/abc")]}).is_retracted


def test_a_partly_retracted_work_is_not_shown_as_retracted() -> None:
    record = one(**{"updated-by": [update("partial_retraction", "10.1234/abc.r1")]})
    assert record.flags == ("corrected",)


def test_a_preprint_and_its_published_version_know_each_other() -> None:
    relation = {"is-preprint-of": [{"id-type": "doi", "id": "10.1016/J.CCELL.1"}]}
    preprint = one(type="posted-content", subtype="preprint", relation=relation)
    assert preprint.type == "Preprint"
    assert related(preprint) == [("preprint-of", "10.1016/j.ccell.1")]
    assert [i.value for i in preprint.identifiers] == ["10.1234/abc"]
    published = one(relation={"has-preprint": [{"id-type": "doi", "id": "10.1101/1"}]})
    assert related(published) == [("has-preprint", "10.1101/1")]
    review = one(relation={"has-review": [{"id-type": "doi", "id": "10.1101/2"}]})
    assert related(review) == []


@pytest.mark.parametrize(
    ("url", "version", "start", "status", "named"),
    [
        (CC_BY, "vor", 2024, AccessStatus.OPEN, "CC BY 4.0"),
        (
            "https://creativecommons.org/licenses/by-nc-nd/3.0/igo",
            "unspecified", 2024, AccessStatus.OPEN, "CC BY-NC-ND 3.0",
        ),
        (
            "https://creativecommons.org/publicdomain/zero/1.0/",
            "vor", 2024, AccessStatus.OPEN, "CC0 1.0",
        ),
        (CC_BY, "vor", 2027, AccessStatus.EMBARGOED, "CC BY 4.0"),
        (CC_BY, "am", 2024, AccessStatus.UNKNOWN, None),
        ("http://example.org/tdm", "vor", 2024, AccessStatus.UNKNOWN, "http://example.org/tdm"),
    ],
)  # fmt: skip
def test_access_is_open_only_under_an_open_licence_of_the_article_in_force(
    url: str, version: str, start: int, status: AccessStatus, named: str | None
) -> None:
    entry = {"URL": url, "content-version": version, "start": {"date-parts": [[start]]}}
    access = one(license=[entry]).access
    assert (access.status, access.licence) == (status, named)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"message": {"items": []}}, "an answer without works"),
        ({"DOI": "10.1234/x", "type": "journal"}, "10.1234/x: not a work: journal"),
        ({"DOI": "10.1234/x", "type": "component"}, "10.1234/x: not a work: component"),
        ({"DOI": "10.1234/x", "title": []}, "10.1234/x: no title"),
        ({"title": [""]}, "no title"),
        ({"title": ["<i> </i>"]}, "no title"),
        ({"title": ["x" * 5001]}, "a title of 5,001 characters"),
        ([7], "not an object"),
        (
            {"status": "failed", "message": [{"message": "no such filter"}]},
            "Crossref refused the question: no such filter",
        ),
    ],
)
def test_what_is_no_work_is_refused_with_the_reason(document: object, reason: str) -> None:
    parsed = load(document)
    assert parsed.records == ()
    assert [refusal.reason for refusal in parsed.refused] == [reason]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Resource not found.", "not JSON: Resource not found."),
        (b"", "an empty answer"),
        (
            b"<html><head><title>504 Gateway Time-out</title></head></html>",
            "a web page instead of JSON: 504 Gateway Time-out",
        ),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_json_is_named(data: bytes, reason: str) -> None:
    [refused] = CROSSREF.loads(data, "", AT)
    assert refused.reason == reason  # type: ignore[union-attr]


def test_one_bad_line_of_a_dump_does_not_cost_the_others() -> None:
    lines = [json.dumps(WORK).encode(), b'{"DOI": ', json.dumps({**WORK, "DOI": "10.1/2"}).encode()]
    parsed = Parsed.of(CROSSREF.loads(b"\n".join(lines), "", AT))
    assert len(parsed.records) == 2
    assert [refusal.line for refusal in parsed.refused] == [2]


KEYS = (
    "DOI", "title", "author", "issued", "license", "update-to", "updated-by", "relation",
    "abstract", "ISSN", "issn-type", "container-title", "type", "language", "accepted",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), ANY_JSON, max_size=4))
@QUIETLY
def test_a_value_of_the_wrong_kind_is_missing_and_never_an_error(wrong: dict[str, Any]) -> None:
    for document in (wrong, {**WORK, **wrong}, {"message": {"items": [wrong]}}):
        parsed = load(document)
        for record in parsed.records:
            assert Record.model_validate_json(record.model_dump_json()) == record


def test_what_a_work_cites_is_named_by_doi() -> None:
    cited = [{"DOI": "10.1234/One"}, {"unstructured": "No DOI"}, {"DOI": "10.1234/one"}, "x", {}]
    assert [i.value for i in one(reference=cited).references] == ["10.1234/one"]
    assert one(reference="none").references == ()


def test_a_list_of_references_has_an_end() -> None:
    cited = [{"DOI": f"10.1234/{n}"} for n in range(MOST_REFERENCES + 1)]
    assert len(one(reference=cited).references) == MOST_REFERENCES
