"""The Retraction Watch CSV: which works it is about, and what it says of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnreadableFile
from bot.formats.base import Refusal
from bot.formats.retraction_watch import Entry, loads, notices
from bot.records.models import Identifier, IntegrityKind, IntegrityNotice, Scheme

HEADER = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,"
    "RetractionDate,RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,"
    "OriginalPaperPubMedID,RetractionNature,Reason,Paywalled,Notes"
)


def line(
    *, doi: str = "10.1000/Article", pmid: str = "0", nature: str = "Retraction",
    date: str = "3/8/2022 0:00", notice: str = "10.1000/notice", reason: str = "",
) -> str:  # fmt: skip
    return (
        f'1,"A title, with a comma",,,J,P,C,"A;B",,Article;,{date},{notice},0,1/1/2020 0:00,'
        f"{doi},{pmid},{nature},{reason},No,"
    )


def read(*lines: str) -> list[Entry | Refusal]:
    return list(loads("\r\n".join((HEADER, *lines)).encode()))


def said(*lines: str) -> list[tuple[Identifier, IntegrityNotice]]:
    return list(notices([item for item in read(*lines) if isinstance(item, Entry)]))


def test_a_retraction_is_about_the_work_by_doi_and_pmid() -> None:
    first, second = said(line(pmid="123456", reason="+Concerns/Issues About Data;+Error;"))
    assert first[0] == Identifier(scheme=Scheme.DOI, value="10.1000/article")
    assert second[0] == Identifier(scheme=Scheme.PMID, value="123456")
    notice = first[1]
    assert (notice.kind, str(notice.date), notice.notice, notice.source) == (
        IntegrityKind.RETRACTION, "2022-03-08", "10.1000/notice", "Retraction Watch"
    )  # fmt: skip
    assert notice.note == "Concerns/Issues About Data; Error"


@pytest.mark.parametrize(
    ("nature", "kind"),
    [("Correction", "correction"), ("Expression of concern", "expression-of-concern")],
)
def test_a_correction_is_no_retraction(nature: str, kind: str) -> None:
    assert [notice.kind for _, notice in said(line(nature=nature))] == [kind]


def test_a_reinstated_work_is_not_retracted_unless_it_is_again() -> None:
    back = line(nature="Reinstatement", date="5/1/2022 0:00")
    assert said(line(), back) == []
    assert len(said(line(), back, line(date="6/1/2022 0:00"))) == 1
    concern = line(nature="Expression of concern")
    assert [n.kind for _, n in said(line(), concern, back)] == ["expression-of-concern"]


def test_what_names_no_work_or_no_known_notice_is_refused_with_its_line() -> None:
    items = read(line(doi="unavailable"), line(nature="Gossip"), line())
    assert items[0] == Refusal(2, "neither DOI nor PMID of the work")
    assert items[1] == Refusal(3, "unknown RetractionNature 'gossip'")
    assert isinstance(items[2], Entry)


def test_a_date_that_is_none_is_unknown() -> None:
    [(_, notice)] = said(line(date="13/45/2022", notice="unavailable"))
    assert (notice.date, notice.notice) == (None, None)


def test_another_file_is_refused_in_one_line() -> None:
    with pytest.raises(UnreadableFile, match="no column OriginalPaperDOI"):
        list(loads(b"a,b\n1,2\n"))


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_header_are_read_or_refused(data: bytes) -> None:
    list(loads(HEADER.encode() + b"\n" + data))
