"""CSV: the tables of others, and ours, which no spreadsheet runs."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnreadableFile
from bot.formats import Parsed, detect
from bot.formats.csv_table import CsvTable
from bot.records.models import Contribution, Identifier, Journal, Record, Scheme

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def load(text: str) -> Parsed:
    return Parsed.of(CsvTable().loads(text.encode(), "", AT))


@pytest.mark.parametrize(
    "text",
    [
        (
            "PMID,Title,Authors,Citation,Journal/Book,Publication Year,DOI\n"
            '12345678,A title,"Chen R, Doe J.",x,Cell,2020,10.1/x\n'
        ),
        (
            "Authors;Title;Year;Source title;PubMed ID;DOI\n"
            "Chen, R.; Doe, J.;A title;2020;Cell;12345678;10.1/x\n"
        ).replace("Chen, R.; Doe, J.", '"Chen R; Doe J"'),
        (
            "Key\tItem Type\tPublication Year\tAuthor\tTitle\tPublication Title\tPMID\n"
            "AB12\tjournalArticle\t2020\tChen R; Doe J\tA title\tCell\t12345678\n"
        ),
    ],
)
def test_tables_of_pubmed_scopus_and_zotero(text: str) -> None:
    assert detect(text.encode(), "export.txt").name == "csv"
    [record] = load(text).records
    assert (record.title, record.year, record.pmid) == ("A title", 2020, "12345678")
    assert record.journal == Journal(title="Cell")
    assert [p.family for p in record.contributors] == ["Chen", "Doe"]


def test_a_formula_is_text_in_every_spreadsheet() -> None:
    titles = ("=HYPERLINK(1)", "+1", "-1 x", "@x y", "'=already", "'quoted'")
    written = CsvTable().dumps([Record(title=title) for title in titles])
    cells = [line.split(",")[1] for line in written.splitlines()[1:]]
    assert cells == ["'=HYPERLINK(1)", "'+1", "'-1 x", "'@x y", "''=already", "'quoted'"]
    assert [record.title for record in load(written).records] == list(titles)


def test_people_and_other_numbers_come_back() -> None:
    record = Record(
        title="T",
        contributors=(
            Contribution(family="Chen", given="Ruth", orcid="0000-0002-1050-2771"),
            Contribution(name="Group AB"),
            Contribution(family="Doe", given="J", roles=("Editor",)),
        ),
        identifiers=(
            Identifier(scheme=Scheme.LOCAL, value="k1"),
            Identifier(scheme=Scheme.NCT, value="NCT02263508"),
        ),
    )
    [again] = load(CsvTable().dumps([record])).records
    assert again.contributors == record.contributors
    assert set(again.identifiers) == set(record.identifiers)


def test_bad_rows_are_refused_with_their_line() -> None:
    parsed = load('title,doi\n"One\nover two lines",10.1/a\n,10.1/b\n\nTwo,\n')
    assert [record.title for record in parsed.records] == ["One over two lines", "Two"]
    assert [(each.line, each.reason) for each in parsed.refused] == [(4, "no title")]


def test_a_line_that_is_too_long_is_refused_and_no_part_of_it_is_a_row() -> None:
    parsed = load("title,doi\nOne,\n" + "A title,10.1000/a," * 60_000 + "\nTwo,\n")
    assert [record.title for record in parsed.records] == ["One", "Two"]
    assert [(each.line, each.reason) for each in parsed.refused] == [
        (3, "not a row: a line of more than 1,000,000 characters")
    ]


def test_a_table_without_titles_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="no column called title") as caught:
        load("a,b\n1,2\n")
    assert "id, title" in caught.value.hint


@given(st.text(alphabet=st.sampled_from('title,doi;"\t\n\r=x'), max_size=80))
def test_nothing_makes_it_fail(text: str) -> None:
    load(f"title,doi\n{text}")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_tab_delimited_file_of_web_of_science(encoding: str) -> None:
    """Its columns are the tags of the tagged text, people of one cell parted by semicolons."""
    columns = {
        "PT": "J", "AU": "Chen, R; Doe, J", "BA": "", "AF": "Chen, Ruth; Doe, Jane",
        "CA": "TME Grp", "TI": "A title", "SO": "NATURE CANCER", "JI": "Nat. Cancer",
        "PD": "JUN 8", "PY": "2004", "DI": "10.1000/x", "UT": "WOS:1",
    }  # fmt: skip
    data = "".join("\t".join(row) + "\t\r\n" for row in (columns, columns.values())).encode(
        encoding
    )
    assert detect(data, "savedrecs.txt").name == "csv"
    [record] = Parsed.of(CsvTable().loads(data, "", AT)).records
    assert record.contributors == (
        Contribution(family="Chen", given="Ruth"),
        Contribution(family="Doe", given="Jane"),
        Contribution(name="TME Grp"),
    )
    assert (record.title, str(record.published), record.doi) == (
        "A title",
        "2004-06-08",
        "10.1000/x",
    )
    assert record.journal == Journal(title="NATURE CANCER", abbreviation="Nat. Cancer")
