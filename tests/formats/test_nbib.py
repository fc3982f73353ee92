"""nbib as PubMed writes it: sections, whose ORCID it is, groups, notices."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formats import Parsed, detect
from bot.formats.nbib import Nbib
from bot.records.dates import PartialDate
from bot.records.models import (
    Contribution,
    IntegrityKind,
    IntegrityNotice,
    Journal,
    Record,
    Scheme,
    Section,
)

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
ENTRY = """
PMID- 30776994
OWN - NLM
IS  - 1524-4628 (Electronic)
IS  - 0039-2499 (Print)
IS  - 0039-2499 (Linking)
VI  - 50
IP  - 3
DP  - 2019 Mar
TI  - Macrophages in
      tumours.
PG  - 697-704
LID - 10.1161/strokeaha.118.021126 [doi]
LID - e011091 [pii]
AB  - BACKGROUND AND AIMS: One: two. DATA SYNTHESIS: Three.
      CONCLUSIONS: Four.
FAU - Chen, Ruth
AU  - Chen R
AUID- ORCID: 0000-0002-1050-2771
AD  - Oxford.
AD  - London.
FAU - Doe, Jane
AU  - Doe J
CN  - The TME Group
FIR - Investigator, Only
IR  - Investigator O
LA  - eng
SI  - ClinicalTrials.gov/NCT02239640
PT  - Journal Article
PT  - Clinical Trial, Phase II
PT  - Research Support, Non-U.S. Gov't
PT  - Retracted Publication
JT  - Stroke
PMC - PMC6000001
OT  - CAF
RIN - Stroke. 2020 Feb 3;51(2):e1. doi: 10.1161/STR.1. PMID: 31999999
EIN - Stroke. 2019 Jul;50(7):e2. PMID: 31999998
ROF - Other. 2001. PMID: 1
PHST- 2013/04/09 00:00 [accepted]
SO  - Stroke. 2019 Mar;50(3):697-704.
"""


def load(text: str) -> Parsed:
    return Parsed.of(Nbib().loads(text.encode(), "", AT))


def load_one(text: str) -> Record:
    parsed = load(text)
    assert parsed.refused == ()
    [record] = parsed.records
    return record


def test_an_entry_is_read_field_by_field() -> None:
    record = load_one(ENTRY)
    assert record.title == "Macrophages in tumours."
    assert record.sections == (
        Section(label="Background and aims", text="One: two."),
        Section(label="Data synthesis", text="Three."),
        Section(label="Conclusions", text="Four."),
    )
    assert record.contributors == (
        Contribution(
            family="Chen", given="Ruth", orcid="0000-0002-1050-2771", affiliation="Oxford.; London."
        ),
        Contribution(family="Doe", given="Jane"),
        Contribution(name="The TME Group"),
    )
    assert record.journal == Journal(title="Stroke", issn="0039-2499", eissn="1524-4628")
    assert (record.volume, record.issue, record.pages) == ("50", "3", "697-704")
    assert (record.published, record.accepted) == (PartialDate(2019, 3), PartialDate(2013, 4, 9))
    assert (record.type, record.subtype) == ("Journal article", "Clinical Trial, Phase II")
    assert record.article_number == "e011091"
    assert [i.scheme for i in record.identifiers] == [
        Scheme.PMID, Scheme.DOI, Scheme.PMCID, Scheme.NCT]  # fmt: skip
    assert record.warnings == ()


def test_notices_on_the_work_are_kept_and_its_own_notices_on_others_are_not() -> None:
    assert load_one(ENTRY).integrity == (
        IntegrityNotice(
            kind=IntegrityKind.RETRACTION,
            date=PartialDate(2020, 2, 3),
            notice="10.1161/str.1",
            source="PubMed",
        ),
        IntegrityNotice(
            kind=IntegrityKind.CORRECTION,
            date=PartialDate(2019, 7),
            notice="PMID 31999998",
            source="PubMed",
        ),
    )


def test_a_round_trip_keeps_people_sections_and_notices() -> None:
    record = load_one(ENTRY)
    again = load_one(Nbib().dumps([record]))
    kept = ("sections", "contributors", "integrity", "accepted", "journal", "article_number")
    assert {name: getattr(again, name) for name in kept} == {
        name: getattr(record, name) for name in kept
    }


@pytest.mark.parametrize(
    ("rows", "date"),
    [
        ("DP  - 2020 Jul-Aug", "2020"),
        ("DP  - 2016\nDEP - 20160419", "2016-04-19"),
        ("DP  - 2016 May\nDEP - 20160419", "2016-05"),
        ("DP  - Winter", "None"),
        ("", "None"),
    ],
)
def test_a_date_is_as_precise_as_the_issue(rows: str, date: str) -> None:
    assert str(load_one(f"PMID- 1234\nTI  - A title\n{rows}\n").published) == date


def test_dashes_after_headings_are_headings() -> None:
    """As some journals send them."""
    record = load_one("PMID- 1234\nTI  - T\nAB  - Methods- We looked. Results- We saw.\n")
    assert [section.label for section in record.sections] == ["Methods", "Results"]


def test_a_broken_entry_costs_no_other() -> None:
    parsed = load("PMID- 1234\nTI  - One\n\nPMID- 1235\nAU  - Chen R\n\nPMID- 1236\nTI  - Two\n")
    assert [record.title for record in parsed.records] == ["One", "Two"]
    assert [(each.line, each.reason) for each in parsed.refused] == [(4, "no title")]


def test_stray_lines_are_no_trouble() -> None:
    parsed = load("      a margin before all\nPMID- 1234\nTI  - One\nnot a tag\n")
    assert [record.title for record in parsed.records] == ["One"]


def test_names_in_short_form_alone_are_the_authors() -> None:
    record = load_one("PMID- 1234\nTI  - One\nAU  - Chen R\nAU  - Doe J\n")
    assert [p.display_name for p in record.contributors] == ["Chen R", "Doe J"]


def test_it_is_told_by_its_content() -> None:
    assert detect(ENTRY.encode(), "pubmed.txt").name == "nbib"


@given(st.text(alphabet=st.sampled_from("PMIDTUAF -\n1x:[]"), max_size=200))
def test_nothing_makes_it_fail(text: str) -> None:
    load(text)


def test_a_short_form_is_the_name_above_it_once() -> None:
    record = load_one("PMID- 1234\nTI  - T\nFAU - Chen, Ruth\nAU  - Chen R\nAU  - Doe J\n")
    assert [p.display_name for p in record.contributors] == ["Chen Ruth", "Doe J"]
