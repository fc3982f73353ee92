"""JSON records: the shape scripts rely on, import shorthands, bad lines refused one by one."""

import contextlib
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UnreadableFile
from bot.formats import Parsed, Refusal, detect
from bot.formats.json_records import JsonRecords
from bot.records.dates import PartialDate
from bot.records.models import (
    Access,
    AccessStatus,
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Journal,
    Known,
    Record,
    Relation,
    RelationKind,
    Scheme,
    Section,
)

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def load(data: bytes) -> Parsed:
    return Parsed.of(JsonRecords().loads(data, "test", AT))


def load_lines(*values: object) -> Parsed:
    return load("\n".join(json.dumps(value) for value in values).encode())


def load_one(**values: object) -> Record:
    parsed = load_lines({"title": "A title", **values})
    assert parsed.refused == ()
    return parsed.records[0]


def refusal(**values: object) -> str:
    parsed = load_lines({"title": "A title", **values})
    assert parsed.records == ()
    [refused] = parsed.refused
    assert refused.line == 1
    assert "\n" not in refused.reason
    return refused.reason


def test_every_starter_reference_is_read_without_a_warning(seeds: Path) -> None:
    parsed = load((seeds / "references.jsonl").read_bytes())
    assert (len(parsed.records), parsed.refused) == (301, ())
    assert [record.warnings for record in parsed.records if record.warnings] == []
    assert all(record.doi or record.pmid for record in parsed.records)
    assert all(record.contributors and record.journal for record in parsed.records)


def test_a_reference_with_every_shorthand_is_read_field_by_field() -> None:
    record = load_one(
        title="Role of <i>CSF1R</i>  in tumours",
        authors=["Mäenpää J", "van der Heijden M", "Anderson LD Jr", "The CSF1R Group"],
        journal="Nat Commun",
        year=2025,
        date="2025-02",
        volume=16,
        issue="1",
        article_number="1381",
        doi="https://doi.org/10.1038/S41467-025-56482-W",
        pmid=39910037,
        pmcid="PMC11799410",
        type="review",
        type_from="title",
        source="PubMed citation",
        id="my-1",
    )
    assert record.title == "Role of <i>CSF1R</i> in tumours"
    assert record.contributors == (
        Contribution(family="Mäenpää", given="J"),
        Contribution(family="van der Heijden", given="M"),
        Contribution(family="Anderson", given="LD Jr"),
        Contribution(name="The CSF1R Group"),
    )
    assert record.journal == Journal(title="Nat Commun")
    assert (str(record.published), record.volume, record.issue) == ("2025-02", "16", "1")
    assert record.identifiers == (
        Identifier(scheme=Scheme.DOI, value="10.1038/s41467-025-56482-w"),
        Identifier(scheme=Scheme.PMID, value="39910037"),
        Identifier(scheme=Scheme.PMCID, value="PMC11799410"),
        Identifier(scheme=Scheme.LOCAL, value="my-1"),
    )
    [provenance] = record.provenance
    assert (provenance.source, provenance.at) == ("test", AT)
    assert provenance.note == "from PubMed citation; type from title"
    assert {"title", "contributors", "identifiers"} <= set(provenance.fields)
    assert provenance.payload_sha256 is not None
    assert record.warnings == ()


def test_full_names_are_preferred_to_initials() -> None:
    record = load_one(authors=["Block MS"], authors_full=["Block, Matthew S"])
    assert record.contributors == (Contribution(family="Block", given="Matthew S"),)


def test_what_the_bot_prints_it_reads_again() -> None:
    """A record's own JSON loses nothing on the way back but the id of the other store."""
    record = Record(
        title="A title",
        type="Journal article",
        subtype="Review",
        abstract="Background: One. Conclusion: Two.",
        sections=(
            Section(label="Background", text="One."),
            Section(label="Conclusion", text="Two."),
        ),
        contributors=(Contribution(family="Ø", orcid="0000-0002-1050-2771", roles=("Author",)),),
        journal=Journal(title="J", issn="2768-0622", eissn="2768-0622"),
        published=PartialDate(2025, 11),
        accepted=PartialDate(2025, 10, 26),
        deposited=PartialDate(2025),
        language="en",
        keywords=("a", "b"),
        identifiers=(Identifier(scheme=Scheme.DOI, value="10.1002/x1"),),
        publication_status="Published",
        peer_reviewed=Known.YES,
        access=Access(status=AccessStatus.OPEN, url="https://example.org/x", licence="CC BY"),
        integrity=(IntegrityNotice(kind=IntegrityKind.RETRACTION, date=PartialDate(2026)),),
        relations=(
            Relation(
                kind=RelationKind.HAS_PREPRINT,
                identifier=Identifier(scheme=Scheme.DOI, value="10.1101/2020.01.01.1"),
                source="crossref",
            ),
        ),
        references=(
            Identifier(scheme=Scheme.DOI, value="10.1002/x2"),
            Identifier(scheme=Scheme.PMID, value="38000002"),
        ),
        usage={"views": 3},
        warnings=("keywords_empty",),
    )
    [again] = load(record.model_dump_json().encode()).records
    assert again.model_copy(update={"provenance": ()}) == record


def test_provenance_that_is_given_is_kept_before_our_own() -> None:
    record = load_one(provenance=[{"source": "ora", "at": "2026-01-01T00:00:00+00:00"}])
    assert [p.source for p in record.provenance] == ["ora", "test"]


@pytest.mark.parametrize(
    ("values", "warning"),
    [
        ({"doi": "n/a"}, "bad_identifier:doi:n/a"),
        ({"pmid": "PMC123"}, "bad_identifier:pmid:PMC123"),
        ({"identifiers": [{"scheme": "orcid", "value": "0000-0002-1050-2772"}]},
         "bad_identifier:orcid:0000-0002-1050-2772"),
        ({"identifiers": [{"scheme": "mag", "value": "1"}]}, "unknown_scheme:mag"),
        ({"journal": {"title": "J", "issn": "2768-0623"}}, "bad_identifier:issn:2768-0623"),
        ({"contributors": [{"name": "A", "orcid": "x"}]}, "bad_identifier:orcid:x"),
        ({"date": "soon"}, "bad_date:date"),
        ({"published": "2025-02-30"}, "bad_date:published"),
        ({"year": 2024, "date": "2025"}, "year_conflict"),
        ({"strict": True}, "unknown_field:strict"),
        ({"journal": {"title": "J", "iso": "J"}}, "unknown_field:journal.iso"),
        ({"access": {"url": "javascript:alert(1)"}}, "bad_url:access"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_record_is_left_out_and_named(
    values: dict[str, object], warning: str
) -> None:
    record = load_one(**values)
    assert record.warnings == (warning,)
    assert record.identifiers == ()
    assert record.access.url is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"title": None}, "no title"),
        ({"title": "  "}, "no title"),
        ({"title": ["A"]}, "title is not text"),
        ({"title": True}, "title is not text"),
        ({"volume": {}}, "volume is not text"),
        ({"authors": 5}, "authors is not a list"),
        ({"authors": [5.5]}, "an entry of authors is not text"),
        ({"keywords": {"a": 1}}, "keywords is not a list"),
        ({"contributors": ["Smith"]}, "an entry of contributors is not an object"),
        ({"journal": []}, "journal is not an object"),
        ({"abstract": 7}, "abstract is not text"),
        ({"peer_reviewed": "perhaps"}, "peer_reviewed: Input should be 'yes', 'no' or 'unknown'"),
        ({"access": {"status": "ajar"}}, "access.status: Input should be"),
        ({"integrity": [{"kind": "gossip"}]}, "integrity.kind: Input should be"),
        ({"relations": [{"kind": "cousin-of"}]}, "relations.kind: Input should be"),
        ({"identifiers": [{"scheme": "doi"}]}, "identifiers.value: Field required"),
        ({"usage": {"views": "many"}}, "usage.views: Input should be a valid integer"),
        ({"publisher": "a\x00b"}, "holds a NUL"),
        ({"publisher": "a\ud800b"}, "half of a character"),
        ({"a\ud800": 1}, "half of a character"),
    ],
)
def test_a_record_of_wrong_types_is_refused_in_one_line(
    values: dict[str, object], reason: str
) -> None:
    assert reason in refusal(**values)


GOOD = b'{"title": "Good"}'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{oops}", "not JSON: Expecting property name enclosed in double quotes at character 2"),
        (b"title", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'{"title": "caf\xe9"}', "not UTF-8 text"),
        (b'{"title": "a\x00b"}', "not UTF-8 text"),
        (b'{"title": "a", "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (b'{"title": "a", "x": ' + b"9" * 10_000 + b"}", "too many digits"),
        (b'{"title": "' + b"a" * 1_000_001 + b'"}', "longer than 1,000,000 characters"),
    ],
)
def test_a_bad_line_is_refused_by_its_number_and_the_rest_goes_on(line: bytes, reason: str) -> None:
    parsed = load(b"\n".join((GOOD, b"", line, GOOD)))
    assert [record.title for record in parsed.records] == ["Good", "Good"]
    [refused] = parsed.refused
    assert refused.line == 3
    assert reason in refused.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_with_their_mark_and_both_line_ends_are_read(encoding: str, end: str) -> None:
    text = end.join(('{"title": "Müller’s\u2028law"}', '{"title": "Two"}', ""))
    parsed = load(text.encode(encoding))
    assert ([r.title for r in parsed.records], parsed.refused) == (["Müller’s law", "Two"], ())


def test_an_array_is_read_and_a_bad_element_refused_by_its_line() -> None:
    text = '[\n {"title": "One"},\n {"title": ""},\n {"title":\n "Three"}\n]\n'
    parsed = load(text.encode())
    assert [record.title for record in parsed.records] == ["One", "Three"]
    assert parsed.refused == (Refusal(3, "no title"),)


def test_a_broken_array_gives_what_stands_before_the_break() -> None:
    parsed = load(b'[{"title": "One"},\n{"title": "Tw')
    assert [record.title for record in parsed.records] == ["One"]
    [refused] = parsed.refused
    assert refused.line == 2
    assert refused.reason.endswith("the rest was not read")


def test_one_object_over_several_lines_is_read() -> None:
    parsed = load(json.dumps({"title": "One", "year": 2020}, indent=2).encode())
    assert [record.year for record in parsed.records] == [2020]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"[]", b"[\n]"])
def test_nothing_gives_nothing(data: bytes) -> None:
    assert load(data) == Parsed((), ())


def test_an_abstract_without_sections_is_cut_at_its_headings() -> None:
    record = load_one(abstract="Background: One. Results: Two.")
    assert [section.label for section in record.sections] == ["Background", "Results"]


def test_sections_without_an_abstract_give_one() -> None:
    record = load_one(sections=[{"label": "Aim", "text": "One."}, {"label": None, "text": "Two."}])
    assert record.abstract == "Aim: One. Two."


def test_json_is_recognised_by_its_start_or_its_name() -> None:
    assert detect(b' \n{"title": "x"}', "x").name == "json"
    assert detect("\ufeff[]".encode(), "x").name == "json"
    assert detect(b"broken first line\n", "x.JSONL").name == "json"
    assert not JsonRecords().recognises(b"TY  - JOUR", "x.ris")
    assert not JsonRecords().recognises(b"\x00\x01", "x")


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYS = st.sampled_from(
    ["title", "authors", "contributors", "journal", "year", "date", "doi", "pmid", "identifiers",
     "keywords", "access", "integrity", "relations", "provenance", "sections", "usage", "language",
     "warnings"]
)  # fmt: skip


@given(st.lists(st.dictionaries(KEYS, JSON, max_size=6), max_size=4))
@settings(max_examples=300)
def test_any_values_are_read_or_refused_and_none_is_lost(rows: list[dict[str, object]]) -> None:
    data = "\n".join(json.dumps(row) for row in rows).encode()
    items = list(JsonRecords().loads(data, "test", AT))
    assert len(items) == len(rows)
    assert_printable(items)


@given(st.binary(max_size=200), st.sampled_from([b"", b"[", b'{"title": "x"}\n', b"\xff\xfe"]))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(data: bytes, before: bytes) -> None:
    with contextlib.suppress(UnreadableFile):  # wrong UTF-16
        assert_printable(JsonRecords().loads(before + data, "test", AT))


def assert_printable(items: Iterable[Record | Refusal]) -> None:
    for item in items:
        if isinstance(item, Record):
            item.model_dump_json().encode()
        else:
            assert item.line >= 1
            assert item.reason
            assert "\n" not in item.reason


@pytest.mark.shared_data
def test_real_records_of_many_sources_are_all_read_or_refused(shared: Path) -> None:
    """2,592 records from 27 sets: those with a title are read, the others refused."""
    data = (shared / "data" / "records_dev.jsonl").read_bytes()
    parsed = load(data)
    rows = [json.loads(line) for line in data.splitlines() if line.strip()]
    titled = sum(bool(row.get("title") and row["title"].strip()) for row in rows)
    assert len(parsed.records) == titled
    assert len(parsed.records) + len(parsed.refused) == len(rows)
    assert {refused.reason for refused in parsed.refused} == {"no title"}


def test_lines_are_read_one_by_one() -> None:
    """A long file is not held whole; wrong bytes spoil their own line alone."""

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size not in (None, -1), "the whole file was asked for"
            return super().read(size)

    lines = b'{"title": "One"}\n\n{"title": "M\xfcller"}\n{"title": "Two"}\n'
    parsed = Parsed.of(JsonRecords().load(Watched(lines), "test", AT))
    assert [record.title for record in parsed.records] == ["One", "Two"]
    assert [(each.line, each.reason) for each in parsed.refused] == [(3, "not UTF-8 text")]
