"""The ORA record page: each of its 37 fields, its quirks, and pages that were damaged."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UnreadableFile
from bot.formats import Parsed, Refusal
from bot.records.models import Access, AccessStatus, Contribution, Known, Record, Scheme
from bot.sources import reader
from bot.sources.ora.layout import LABELS
from bot.sources.ora.page import OraPage

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
TITLE = (
    "Reprogramming the tumour microenvironment: Emerging strategies to overcome immunotherapy "
    "resistance"
)
SEED_WARNINGS = (
    "author_name_missing", "doi_label_empty", "issn_equals_eissn", "keywords_empty", "ark_empty",
    "licence_missing",
)  # fmt: skip


def read_page(text: str) -> Record:
    parsed = Parsed.of(OraPage().loads(text.encode(), "ora", AT))
    assert parsed.refused == ()
    [record] = parsed.records
    return record


@pytest.fixture(scope="module")
def page(seeds: Path) -> str:
    return (seeds / "ora_record.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def seed(page: str) -> Record:
    return read_page(page)


@pytest.fixture(scope="module")
def all_text(seed: Record) -> str:
    return seed.model_dump_json()


# --- the fields of the page, by their numbers -------------------------------------------------

FIELDS: list[tuple[int, Callable[[Record], object], object]] = [
    (2, lambda r: (r.type, r.subtype), ("Journal article", "Review")),
    (3, lambda r: r.title, TITLE),
    (4, lambda r: len(r.abstract or ""), 2081),
    (4, lambda r: [s.label for s in r.sections], ["Background", "Main body", "Conclusion"]),
    (5, lambda r: r.publication_status, "Published"),
    (6, lambda r: r.peer_reviewed, Known.YES),
    (8, lambda r: r.access, Access(status=AccessStatus.UNKNOWN)),
    (9, lambda r: r.doi, "10.1002/ctd2.70098"),
    (10, lambda r: len(r.contributors), 2),
    (12, lambda r: [c.roles for c in r.contributors], [("Author",), ("Author",)]),
    (13, lambda r: [c.orcid for c in r.contributors], ["0000-0002-1050-2771", None]),
    (14, lambda r: [c.affiliation for c in r.contributors], [None, "University of Oxford"]),
    (15, lambda r: r.publisher, "Wiley"),
    (16, lambda r: r.journal and r.journal.title, "Clinical and Translational Discovery"),
    (17, lambda r: r.volume, "5"),
    (18, lambda r: r.issue, "6"),
    (19, lambda r: r.article_number, "e70098"),
    (20, lambda r: str(r.published), "2025-11-09"),
    (21, lambda r: str(r.accepted), "2025-10-26"),
    (22, lambda r: "doi:publisher_copy" in r.provenance[0].fields, True),
    (23, lambda r: r.journal and r.journal.eissn, "2768-0622"),
    (24, lambda r: r.journal and r.journal.issn, "2768-0622"),
    (25, lambda r: r.language, "en"),
    (26, lambda r: r.keywords, ()),
    (27, lambda r: r.subtype, "Review"),
    (28, lambda r: r.identifier(Scheme.PUBS), "2342049"),
    (29, lambda r: [i.value for i in r.identifiers if i.scheme is Scheme.PUBS], ["2342049"]),
    (30, lambda r: r.identifier(Scheme.SOURCE), "3456848"),
    (31, lambda r: str(r.deposited), "2025-11-10"),
    (32, lambda r: r.identifier(Scheme.ARK), None),
    (33, lambda r: r.provenance[0].note, "external service metadata, not edited by ORA"),
    (34, lambda r: r.access.licence, None),
    (35, lambda r: r.usage, None),
]  # fmt: skip


@pytest.mark.parametrize(("number", "field", "value"), FIELDS)
def test_each_field_of_the_page_is_read(
    seed: Record, number: int, field: Callable[[Record], object], value: object
) -> None:
    assert field(seed) == value, f"field {number}"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "icon"),
        (7, "Actions"),
        (8, "Access Document"),
        (11, "More by this author"),
        (16, "More from this journal"),
        (34, "Terms of use"),
        (35, "Views and Downloads"),
        (36, "Report"),
        (37, "TO TOP"),
    ],
)
def test_what_belongs_to_the_page_is_in_no_field(all_text: str, number: int, words: str) -> None:
    assert words not in all_text, f"field {number}"


def test_the_warnings_are_those_of_the_specification(seed: Record) -> None:
    assert seed.warnings == SEED_WARNINGS


def test_what_the_page_does_not_say_stays_unknown(seed: Record) -> None:
    """Quirk 12, and no ORA address: nothing of it is on the page."""
    assert seed.identifier(Scheme.ORA) is None
    assert (seed.integrity, seed.checked, seed.pages, seed.id) == ((), None, None, "")


def test_provenance_says_where_when_and_from_what(seed: Record) -> None:
    [provenance] = seed.provenance
    assert (provenance.source, provenance.at) == ("ora", AT)
    assert provenance.payload_sha256 is not None
    assert len(provenance.payload_sha256) == 64
    assert {"title", "abstract", "published", "identifiers"} <= set(provenance.fields)
    assert not {"keywords", "usage", "access", "pages"} & set(provenance.fields)


def test_an_empty_source_takes_the_name_of_the_format(page: str) -> None:
    [record] = OraPage().loads(page.encode(), "", AT)
    assert isinstance(record, Record)
    assert record.provenance[0].source == "ora"


# --- its quirks, by their numbers -------------------------------------------------------------


def test_quirk_1_an_empty_label_never_takes_the_next_one(page: str) -> None:
    record = read_page(page.replace("Subtype:\nReview\n", "Subtype:\n"))
    assert record.subtype == "Review"  # from the type line
    assert record.keywords == ()
    assert record.identifier(Scheme.PUBS) == "2342049"


def test_quirk_2_equal_dois_are_one(page: str) -> None:
    record = read_page(page.replace("DOI:\n", "DOI:\nhttps://doi.org/10.1002/CTD2.70098\n"))
    assert [i.value for i in record.identifiers if i.scheme is Scheme.DOI] == ["10.1002/ctd2.70098"]
    assert not {"doi_label_empty", "doi_conflict"} & set(record.warnings)
    assert "doi:publisher_copy" not in record.provenance[0].fields


def test_quirk_2_different_dois_are_both_kept_with_a_warning(page: str) -> None:
    record = read_page(page.replace("DOI:\n", "DOI:\n10.1002/other.1\n"))
    dois = [i.value for i in record.identifiers if i.scheme is Scheme.DOI]
    assert dois == ["10.1002/other.1", "10.1002/ctd2.70098"]
    assert "doi_conflict" in record.warnings


def test_quirk_3_authors_without_a_name_stay_without_one(seed: Record) -> None:
    assert [c.display_name for c in seed.contributors] == [None, None]


@pytest.mark.parametrize(
    "block",
    [
        "Hulme, M\nMore by this author\nRole:\nAuthor\n",
        "Hulme, M More by this author\nRole:\nAuthor\n",
        "More by this author\nHulme, M\nRole:\nAuthor\n",
    ],
)
def test_quirk_3_a_name_is_kept_where_the_page_has_one(page: str, block: str) -> None:
    start, rest = page.split("Authors\n\n")
    record = read_page(f"{start}Authors\n\n{block}{rest}")
    assert record.contributors[0] == Contribution(family="Hulme", given="M", roles=("Author",))
    assert len(record.contributors) == 3


def test_quirk_3_an_author_may_have_several_roles_and_institutions(page: str) -> None:
    block = "Role:\nAuthor\nEditor\nInstitution:\nCERN\nInstitution:\nUniversity of Oxford"
    record = read_page(page.replace("Institution:\nUniversity of Oxford\nRole:\nAuthor", block))
    assert len(record.contributors) == 2
    assert record.contributors[1].roles == ("Author", "Editor")
    assert record.contributors[1].affiliation == "CERN; University of Oxford"


def test_quirk_4_one_number_for_print_and_online_is_kept_for_both(seed: Record) -> None:
    assert seed.journal is not None
    assert seed.journal.issn == seed.journal.eissn
    assert "issn_equals_eissn" in seed.warnings


def test_quirk_5_the_abstract_keeps_its_own_hyphens(seed: Record) -> None:
    assert seed.abstract is not None
    assert seed.abstract.count("\u2010") == 5


def test_quirk_6_the_sections_are_the_whole_abstract(seed: Record) -> None:
    joined = " ".join(f"{section.label}: {section.text}" for section in seed.sections)
    assert joined == seed.abstract


def test_quirk_7_action_text_is_cut_off_wherever_it_stands(page: str) -> None:
    record = read_page(page.replace("Discovery More from", "Discovery\nMore from"))
    assert record.journal is not None
    assert record.journal.title == "Clinical and Translational Discovery"


def test_quirk_8_where_type_and_subtype_differ_the_label_is_right(page: str) -> None:
    record = read_page(page.replace("Subtype:\nReview", "Subtype:\nEditorial"))
    assert record.subtype == "Editorial"
    assert "subtype_conflict" in record.warnings


def test_quirk_8_an_unknown_type_is_kept_as_written_with_a_warning(page: str) -> None:
    text = page.removeprefix("Journal article icon\n\n")
    record = read_page(text.replace("Journal article : Review", "Sonnet : Review"))
    assert (record.type, record.title[:13]) == ("Sonnet", "Reprogramming")
    assert "unknown_type:Sonnet" in record.warnings


def test_quirk_11_three_dates_mean_three_things(seed: Record) -> None:
    dates = (seed.accepted, seed.published, seed.deposited)
    assert [str(date) for date in dates] == ["2025-10-26", "2025-11-09", "2025-11-10"]


def test_a_padded_year_is_a_year(page: str) -> None:
    record = read_page(page.replace("2025-11-09", "2025-01-01"))
    assert str(record.published) == "2025"
    assert "published_day_unknown" in record.warnings
    assert "accepted_after_published" not in record.warnings


def test_acceptance_after_publication_is_a_warning(page: str) -> None:
    assert (
        "accepted_after_published" in read_page(page.replace("2025-10-26", "2025-12-01")).warnings
    )


@pytest.mark.parametrize(
    ("old", "new", "known"),
    [
        ("Peer reviewed", "Not peer reviewed", Known.NO),
        ("Peer reviewed", "Perhaps", Known.UNKNOWN),
        ("Peer review status:\nPeer reviewed\n", "", Known.UNKNOWN),
    ],
)
def test_quirk_13_peer_review_is_what_the_record_claims(
    page: str, old: str, new: str, known: Known
) -> None:
    assert read_page(page.replace(old, new)).peer_reviewed is known


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", "\n\n\n"),
        lambda text: text.replace("\n", " \t\n\u00a0"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace(":\n", " :\n"),
        lambda text: text.replace("Volume:\n", "Volume:\t").replace("Issue:\n", "Issue: "),
        lambda text: text.replace("Volume:\n5\nIssue:\n6\n", "Volume: 5 Issue: 6\n"),
        lambda text: text.replace("DOI:\nEISSN:\n", "DOI: EISSN: "),
        lambda text: text.replace("Publication date:", "PUBLICATION DATE:"),
        lambda text: text.replace("strategies to overcome", "strategies to\novercome"),
        lambda text: text.replace("TO TOP", "Terms of use\n"),
    ],
)
def test_quirk_14_spaces_and_line_ends_change_nothing(
    page: str, seed: Record, change: Callable[[str], str]
) -> None:
    assert without_digest(read_page(change(page))) == without_digest(seed)


def without_digest(record: Record) -> Record:
    [provenance] = record.provenance
    fields = tuple(sorted(provenance.fields))
    bare = provenance.model_copy(update={"payload_sha256": None, "fields": fields})
    return record.model_copy(update={"provenance": (bare,)})


@pytest.mark.parametrize(
    ("before", "encoding"), [(b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le")]
)
def test_a_byte_order_mark_is_understood(
    page: str, seed: Record, before: bytes, encoding: str
) -> None:
    [record] = OraPage().loads(before + page.encode(encoding), "ora", AT)
    assert isinstance(record, Record)
    assert record.abstract == seed.abstract


# --- values that other pages have -------------------------------------------------------------


def test_keywords_licence_pages_ark_and_pmid_are_read_where_they_are(page: str) -> None:
    text = (
        page.replace("Keywords:\n", "Keywords:\nT cells; CAR-T\nT cells\n")
        .replace("ARK identifier:\n", "ARK identifier:\nark:/12345/x-1\nLicence:\nCC BY 4.0\n")
        .replace("Article number:\ne70098", "Pages:\n1-9\nPMID:\n28187290")
        .replace(
            "Local pid:\npubs:2342049", "Local pid:\nuuid:6ed0b5bd-c459-4081-970f-c8a8f218c2c3"
        )
    )
    record = read_page(text)
    assert record.keywords == ("T cells", "CAR-T")
    assert record.identifier(Scheme.ARK) == "ark:/12345/x1"
    assert record.identifier(Scheme.ORA) == "6ed0b5bd-c459-4081-970f-c8a8f218c2c3"
    assert (record.access.licence, record.pages, record.pmid) == ("CC BY 4.0", "1-9", "28187290")
    assert record.access.status is AccessStatus.UNKNOWN


@pytest.mark.parametrize(
    ("shown", "usage"),
    [
        ("Views: 1,234\nDownloads: 56\n", {"views": 1234, "downloads": 56}),
        ("1,234 views\n", {"views": 1234}),
        ("Views:\nDownloads:\n", None),
        ("not counted\n", None),
    ],
)
def test_usage_is_there_only_with_numbers(
    page: str, shown: str, usage: dict[str, int] | None
) -> None:
    text = page.replace("Views and Downloads\n", f"Views and Downloads\n{shown}")
    assert read_page(text).usage == usage


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        ("2025-11-09", "9 November 2025", "bad_date:Publication date"),
        ("2025-11-09", "2025-02-30", "bad_date:Publication date"),
        ("0000-0002-1050-2771", "0000-0002-1050-2772", "bad_orcid:0000-0002-1050-2772"),
        ("EISSN:\n2768-0622", "EISSN:\n2768-0623", "bad_eissn:2768-0623"),
        ("10.1002/ctd2.70098", "n/a", "bad_publisher_copy:n/a"),
        ("pubs:2342049", "pubs:2342050", "pubs_id_conflict"),
        ("English", "Klingon", "unknown_language:Klingon"),
        ("Published\n", "Imagined\n", "unknown_publication_status:Imagined"),
        ("e70098", "e70099", "article_number_differs_from_doi"),
        ("Volume:\n5\n", "", "label_missing:Volume"),
        ("Abstract:\n", "", "label_missing:Abstract"),
        ("Publisher:\n", "Funder:\nWellcome\nPublisher:\n", "unknown_label:Funder"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_kept(
    page: str, old: str, new: str, warning: str
) -> None:
    record = read_page(page.replace(old, new))
    assert warning in record.warnings
    assert record.title.startswith("Reprogramming the tumour")
    assert record.identifier(Scheme.SOURCE) == "3456848"


def test_an_address_as_publisher_copy_is_where_the_text_is(page: str) -> None:
    record = read_page(page.replace("10.1002/ctd2.70098", "https://example.org/paper.pdf"))
    assert record.doi is None
    assert record.access.url == "https://example.org/paper.pdf"


def test_a_missing_abstract_label_does_not_lengthen_the_title(page: str, seed: Record) -> None:
    assert read_page(page.replace("Abstract:\n", "")).title == seed.title


def test_a_missing_label_never_gives_its_value_to_another_field(page: str, seed: Record) -> None:
    for label in LABELS:
        record = read_page(page.replace(f"\n{label}:\n", "\n"))
        for name in ("title", "publisher", "volume", "issue", "article_number", "subtype"):
            assert getattr(record, name) in (getattr(seed, name), None), (label, name)


# --- damaged pages ----------------------------------------------------------------------------

LABEL_TEXTS = (*(f"{label}:" for label in LABELS), "More from", "More by", "TO TOP", "This ORA")


def texts(record: Record) -> list[str]:
    """Every text a person would read in a record."""
    values = [record.type, record.subtype, record.title, record.abstract, record.volume]
    values += [record.issue, record.pages, record.article_number, record.publisher]
    values += [record.language, record.publication_status, record.access.licence, *record.keywords]
    values += [record.journal.title] if record.journal else []
    values += [identifier.value for identifier in record.identifiers]
    for person in record.contributors:
        values += [person.name, person.family, person.given, person.affiliation, *person.roles]
    return [value for value in values if value]


def test_a_page_broken_off_anywhere_gives_nothing_that_the_whole_page_does_not(
    page: str, seed: Record
) -> None:
    """Every text of the record is the beginning of one of the whole; no identifier is cut short."""
    whole = [*texts(seed), "English"]  # the name of the language, when it has lost its end
    dates = {"2025", "2025-10", "2025-11", "2025-10-26", "2025-11-09", "2025-11-10", "None"}
    readable = 0
    for end in range(len(page)):
        try:
            record = read_page(page[:end])
        except UnreadableFile:
            continue
        readable += 1
        for text in texts(record):
            assert any(full.startswith(text) for full in whole), (end, text)
        assert set(record.identifiers) <= set(seed.identifiers), end
        assert {str(record.published), str(record.accepted), str(record.deposited)} <= dates
        assert len(record.contributors) <= 2
    assert readable > 2900


def test_a_page_cut_by_bytes_is_read_up_to_the_cut(seeds: Path) -> None:
    data = (seeds / "ora_record.txt").read_bytes()
    middle_of_a_hyphen = data.index("\u2010".encode()) + 1
    [record] = OraPage().loads(data[:middle_of_a_hyphen], "ora", AT)
    assert isinstance(record, Record)
    assert record.abstract is not None
    assert record.abstract.endswith("effective anti")
    assert "page_incomplete" in record.warnings


def test_an_identifier_on_the_broken_line_is_not_trusted(page: str) -> None:
    record = read_page(page[: page.index("ctd2.70098") + 7])
    assert record.doi is None
    assert "value_cut_off:Publisher copy" in record.warnings


def test_labels_may_stand_in_any_order(page: str, seed: Record) -> None:
    head, rest = page.split("Publication status:")
    middle, foot = f"Publication status:{rest}".split("This ORA record was")
    publisher = middle.index("Publisher:\n")
    moved = f"{middle[publisher:]}\n{middle[:publisher]}"
    record = read_page(f"{head}{moved}This ORA record was{foot}")
    assert set(record.warnings) == set(seed.warnings)
    assert texts(record) == texts(seed)


@settings(max_examples=150)
@given(st.data())
def test_lines_lost_or_shuffled_never_raise_nor_leak_labels(
    seeds: Path, data: st.DataObject
) -> None:
    lines = (seeds / "ora_record.txt").read_text(encoding="utf-8").split("\n")
    kept = data.draw(st.lists(st.sampled_from(lines), max_size=len(lines)))
    text = "\n".join(["Journal article : Review", "A title", "", "Abstract:", *kept, ""])
    record = read_page(text)
    for value in texts(record):
        assert not any(label in value for label in LABEL_TEXTS), value


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(UnreadableFile):
        assert read_page(text).title


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    with contextlib.suppress(UnreadableFile):
        assert len(Parsed.of(OraPage().loads(data, "ora", AT)).records) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!DOCTYPE html><html><body>ora.ox.ac.uk</body></html>", "HTML of a page"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not text"),
        (b"Abstract:\ncaf\xe9 Volume:\n5\n", "byte 13 is wrong"),
        (b"Journal article : Review\n\nAbstract:\nText.\n", "No title"),
        (b"Dear colleague,\n\nhow are you?\n", "none of its labels"),
        (b"", "none of its labels"),
    ],
)
def test_what_is_no_page_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words) as caught:
        list(OraPage().loads(data, "ora", AT))
    assert caught.value.hint != UnreadableFile.hint


def test_a_page_without_line_breaks_is_refused(page: str) -> None:
    with pytest.raises(UnreadableFile):
        read_page(page.replace("\n", " "))


def test_the_page_is_recognised_by_its_labels(page: str) -> None:
    assert reader(page.encode(), "anything.bin").name == "ora"
    assert reader(b"<html><a href='https://ora.ox.ac.uk/objects/x'>", "a.html").name == "ora"
    assert not OraPage().recognises(b"Volume: 5", "ora.txt")


def test_a_page_gives_no_refusals(page: str) -> None:
    assert not any(isinstance(item, Refusal) for item in OraPage().loads(page.encode(), "ora", AT))
