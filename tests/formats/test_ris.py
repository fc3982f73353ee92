"""RIS as tools write it: every flavour, every broken entry by itself, memory flat."""

import io
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnreadableFile
from bot.formats import Parsed, detect
from bot.formats.ris import Ris
from bot.records.dates import PartialDate
from bot.records.models import AccessStatus, Contribution, Identifier, Journal, Record, Scheme

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Chen, R
   Doe, J
AF Chen, Ruth
   Doe, Jane
TI Tumour-associated
   macrophages
SO NATURE CANCER
DT Review
DE CAF; PD-1
OI Chen, Ruth/0000-0002-1050-2771
PD JUN 8
PY 2004
BP 7017
EP 7027
DI 10.1021/bi0497291
PM 15170339
UT WOS:000221807500020
ER

EF
"""


def load(text: str | bytes) -> Parsed:
    data = text.encode() if isinstance(text, str) else text
    return Parsed.of(Ris().loads(data, "", AT))


def load_one(*rows: str) -> Record:
    parsed = load("\n".join(("TY  - JOUR", "TI  - A title", *rows, "ER  - ", "")))
    assert parsed.refused == ()
    [record] = parsed.records
    return record


def test_an_entry_is_read_field_by_field() -> None:
    record = load_one(
        "ID  - chen2020",
        "AU  - Chen, Ruth",
        "AU  - The CAF Group AB,",
        "A2  - Doe, Jane",
        "JO  - Nat. Cancer",
        "JF  - Nature Cancer",
        "PY  - 2020",
        "DA  - 2020/07/15",
        "VL  - 1",
        "IS  - 2",
        "SP  - 10",
        "EP  - 20",
        "SN  - 2662-1347 (Electronic)",
        "DO  - https://doi.org/10.1038/S43018-020-0001-1",
        "DB  - PubMed",
        "AN  - 32123456",
        "C2  - PMC7123456",
        "UR  - https://clinicaltrials.gov/study/NCT02263508",
        "KW  - CAF",
        "KW  - PD-1; TGF-β",
        "LA  - eng",
        "M3  - Review",
        "AB  - Background: One. Conclusion: Two.",
    )
    assert record.contributors == (
        Contribution(family="Chen", given="Ruth"),
        Contribution(name="The CAF Group AB"),
        Contribution(family="Doe", given="Jane", roles=("Editor",)),
    )
    assert record.journal == Journal(
        title="Nature Cancer", abbreviation="Nat. Cancer", eissn="2662-1347"
    )
    assert (record.type, record.subtype, record.language) == ("Journal article", "Review", "en")
    assert (record.volume, record.issue, record.pages) == ("1", "2", "10-20")
    assert record.published == PartialDate(2020, 7, 15)
    assert record.keywords == ("CAF", "PD-1", "TGF-β")
    assert [section.label for section in record.sections] == ["Background", "Conclusion"]
    assert set(record.identifiers) == {
        Identifier(scheme=Scheme.DOI, value="10.1038/s43018-020-0001-1"),
        Identifier(scheme=Scheme.PMID, value="32123456"),
        Identifier(scheme=Scheme.PMCID, value="PMC7123456"),
        Identifier(scheme=Scheme.LOCAL, value="chen2020"),
    }
    assert record.access.url == "https://clinicaltrials.gov/study/NCT02263508"
    assert record.warnings == ()


@pytest.mark.parametrize(
    ("rows", "date"),
    [
        (["PY  - 2001/09/01/"], "2001-09-01"),
        (["PY  - 2016/12//"], "2016-12"),
        (["Y1  - 2020///"], "2020"),
        (["PY  - 2001/00/00/"], "2001"),
        (["Y1  - 2015/october"], "2015-10"),
        (["PY  - 2004", "DA  - 2004/06/08"], "2004-06-08"),
        (["PY  - 2004", "DA  - 2005/06"], "2004"),
        (["PY  - 2001/02/31/"], "2001-02"),
        (["DA  - Dec 2019"], "2019"),
        (["PY  - in press"], "None"),
        (["PY  - ///"], "None"),
        ([], "None"),
    ],
)
def test_a_date_is_as_precise_as_it_is_given(rows: list[str], date: str) -> None:
    assert str(load_one(*rows).published) == date


def test_a_broken_entry_costs_no_other() -> None:
    """Each is refused with its line and a reason; what is there is read."""
    parsed = load(
        "AU  - Nobody\nER  - \n\nTY  - JOUR\nTI  - One\nER  - \n1.\nTY  - JOUR\nAU  - No Title\n"
        "ER  - \nTY  - JOUR\nTI  - Two\nTY  - BOOK\nTI  - Three\nER  -\nTY  - JOUR\nER  - "
    )
    assert [record.title for record in parsed.records] == ["One", "Two", "Three"]
    assert parsed.records[1].warnings == ("end_of_entry_missing",)
    assert [(each.line, each.reason) for each in parsed.refused] == [
        (1, "starts with AU, not with TY: the type of reference is missing"),
        (8, "no title"),
        (16, "nothing but a type of reference (TY)"),
    ]


def test_lines_go_on_and_blanks_vary() -> None:
    record = load_one("AB  - One", "two", "KW  - CAF", "PD-1", "VL - 7", "IS  -")
    assert record.abstract == "One two"
    assert record.keywords == ("CAF", "PD-1")
    assert (record.volume, record.issue) == ("7", None)


@pytest.mark.parametrize(
    ("encoding", "mark", "guessed"),
    [
        ("utf-8", b"", None),
        ("utf-8", b"\xef\xbb\xbf", None),
        ("utf-16", b"", None),
        ("utf-16-le", b"", None),
        ("utf-32", b"", None),
        ("utf-32-be", b"\x00\x00\xfe\xff", None),
        ("utf-32-le", b"", None),
        ("windows-1252", b"", "windows-1252"),
    ],
)
def test_encodings(encoding: str, mark: bytes, guessed: str | None) -> None:
    text = "TY  - JOUR\r\nTI  - Müller’s rôle\r\nER  - \r\n"
    [record] = load(mark + text.encode(encoding)).records
    assert record.title == "Müller’s rôle"
    assert record.warnings == ((f"encoding_guessed:{guessed}",) if guessed else ())


def test_another_script_is_told_by_its_letters() -> None:
    text = "TY  - JOUR\nTI  - Состояние рецепторного аппарата и метаболизм опухоли\nER  - \n"
    [record] = load(text.encode("cp1251")).records
    assert record.title == "Состояние рецепторного аппарата и метаболизм опухоли"


def test_a_line_in_another_encoding_leaves_the_rest_alone() -> None:
    """Files are pasted together from several."""
    data = "TY  - JOUR\nTI  - β-catenin\nAU  - ".encode() + b"M\xfcller, J\nER  - \n"
    [record] = load(data).records
    assert (record.title, record.contributors[0].family) == ("β-catenin", "Müller")


def test_old_line_ends_are_line_ends() -> None:
    [record] = load("TY  - JOUR\rTI  - A title\rER  - \r").records
    assert record.title == "A title"


def test_web_of_science() -> None:
    """Its own tagged text, full names with their ORCID."""
    assert detect(WOS.encode(), "savedrecs.txt").name == "ris"
    [record] = load(WOS).records
    assert record.title == "Tumour-associated macrophages"
    assert record.contributors == (
        Contribution(family="Chen", given="Ruth", orcid="0000-0002-1050-2771"),
        Contribution(family="Doe", given="Jane"),
    )
    assert (str(record.published), record.pages) == ("2004-06-08", "7017-7027")
    assert (record.type, record.subtype, record.keywords) == (
        "Journal article", "Review", ("CAF", "PD-1"))  # fmt: skip
    assert record.identifiers == (
        Identifier(scheme=Scheme.DOI, value="10.1021/bi0497291"),
        Identifier(scheme=Scheme.PMID, value="15170339"),
        Identifier(scheme=Scheme.SOURCE, value="WOS:000221807500020"),
    )


def test_web_of_science_as_exported_today() -> None:
    """A work before its issue: when it came online, who can read it, the short title; no `PY`."""
    rows = "DT Article; Early Access\nJI Nat. Cancer\nEA NOV 2025\nOA Gold, Green Published\nER\n"
    text = re.sub(r"\n(DT|PD|PY) .*", "", WOS).replace("\nER\n", f"\n{rows}")
    [record] = load(text).records
    assert (record.subtype, str(record.published)) == (None, "2025-11")
    assert record.access.status is AccessStatus.OPEN
    assert record.journal == Journal(title="NATURE CANCER", abbreviation="Nat. Cancer")
    [retracted] = load(WOS.replace("DT Review", "DT Review; Retracted Publication")).records
    assert (retracted.is_retracted, retracted.subtype) == (True, "Review")


@pytest.mark.parametrize(
    "rows",
    [
        "C3 University of Oxford; Ludwig\nWE Science Citation Index Expanded (SCI-EXPANDED)\n",
        "WE One\n   and more\n",
        "C3\n   alone\n",
        "TI Another title\n   that goes on\n",
    ],
)
def test_tags_that_are_not_known_cost_no_entry(rows: str) -> None:
    """Every export since 2022 has the affiliations and the edition: C3 and WE."""
    [record] = load(WOS.replace("\nER\n", f"\n{rows}ER\n")).records
    assert record == load(WOS).records[0].model_copy(update={"provenance": record.provenance})


def test_binary_data_is_no_ris() -> None:
    with pytest.raises(UnreadableFile, match="binary"):
        load(b"TY  - JOUR\x00\x00\x01")


def test_a_file_is_read_piece_by_piece() -> None:
    """Little more is read than what was taken: memory does not grow with the file."""

    class Watched(io.BytesIO):
        asked = 0

        def read1(self, size: int | None = -1) -> bytes:
            part = super().read1(size if size is not None else -1)
            self.asked += len(part)
            return part

        def read(self, size: int | None = -1) -> bytes:
            assert size not in (None, -1), "the whole file was asked for"
            return super().read(size)

    entry = b"TY  - JOUR\nTI  - A title\nAB  - " + b"word " * 500 + b"\nER  - \n"
    file = Watched(entry * 1000)
    items = Ris().load(file, "", AT)
    assert isinstance(next(items), Record)
    assert file.asked < 20 * len(entry)
    assert sum(1 for _ in items) == 999


@given(st.text(alphabet=st.sampled_from("TYERAUTI -\n1x\ufeff,;[]/\\"), max_size=200))
def test_nothing_makes_it_fail(text: str) -> None:
    load(text)


def test_a_text_over_very_many_lines_is_joined_once() -> None:
    """Hostile files cost no more than their size."""
    lines = "word\n" * 200_000
    [record] = load(f"TY  - JOUR\nTI  - A title\nAB  - {lines}ER  - \n").records
    assert record.abstract is not None
    assert record.abstract.count("word") == 200_000


def test_a_web_of_science_entry_that_never_ends_is_refused() -> None:
    parsed = load("FN x\nVR 1.0\nPT J\nTI One\n" + "   more\n" * 6000 + "ER\n\nPT J\nTI Two\nER\n")
    assert [record.title for record in parsed.records] == ["Two"]
    assert [(each.line, each.reason) for each in parsed.refused] == [
        (3, "longer than 5,000 lines or 1,000,000 characters")
    ]
