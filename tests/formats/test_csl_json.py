"""CSL-JSON from Zotero, from a DOI, and back, with what CSL has no word for."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formats import Parsed, detect
from bot.formats.csl_json import CslJson
from bot.formats.rich import rich
from bot.records.dates import PartialDate
from bot.records.models import (
    Access,
    Contribution,
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Journal,
    Record,
    Scheme,
    Section,
)

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def load_one(**item: object) -> Record:
    data = json.dumps([{"type": "article-journal", "title": "A title", **item}]).encode()
    parsed = Parsed.of(CslJson().loads(data, "", AT))
    assert parsed.refused == ()
    return parsed.records[0]


def test_names_of_every_shape() -> None:
    """Particles, groups, nobody's names, and Crossref's affiliations."""
    record = load_one(
        author=[
            {"family": "Heijden", "non-dropping-particle": "van der", "given": "Ruth"},
            {"family": "Doe", "given": "Jo", "suffix": "Jr", "affiliation": [{"name": "Oxford"}]},
            {"literal": "The TME Group"},
            {"ORCID": "https://orcid.org/0000-0002-1050-2771"},
            {},
        ],
        editor=[{"family": "Chen"}],
    )
    assert record.contributors == (
        Contribution(family="van der Heijden", given="Ruth"),
        Contribution(family="Doe", given="Jo Jr", affiliation="Oxford"),
        Contribution(name="The TME Group"),
        Contribution(orcid="0000-0002-1050-2771"),
        Contribution(),
        Contribution(family="Chen", roles=("Editor",)),
    )


@pytest.mark.parametrize(
    ("issued", "date"),
    [
        ({"date-parts": [[2020, 7, 15]]}, "2020-07-15"),
        ({"date-parts": [["2020", "7"]]}, "2020-07"),
        ({"date-parts": [[2020, 13]]}, "2020"),
        ({"date-parts": [[2020], [2021]]}, "2020"),
        ({"date-parts": [[None]]}, "None"),
        ({"raw": "2020-07-15/2020-08"}, "2020-07-15"),
        ({"literal": "in press"}, "None"),
    ],
)
def test_a_date_is_as_precise_as_it_is_given(issued: object, date: str) -> None:
    assert str(load_one(issued=issued).published) == date


def test_the_answer_of_a_doi_is_read() -> None:
    """Crossref's own way of writing CSL: lists, its types, both ISSNs with their kind."""
    record = load_one(
        type="journal-article",
        title=["A title"],
        publisher={"name": "Wiley"},
        ISSN=["1111-1111", "2768-0622"],
        **{"container-title": ["Cell"], "article-number": "e7",
           "issn-type": [{"type": "electronic", "value": "2768-0622"}]},
        DOI="10.1002/CTD2.70098",
        URL="http://dx.doi.org/10.1002/ctd2.70098",
    )  # fmt: skip
    assert (record.type, record.publisher, record.article_number) == (
        "Journal article", "Wiley", "e7")  # fmt: skip
    assert record.journal == Journal(title="Cell", eissn="2768-0622")
    assert record.identifiers == (Identifier(scheme=Scheme.DOI, value="10.1002/ctd2.70098"),)


def test_a_round_trip_keeps_what_csl_has_no_word_for() -> None:
    record = Record(
        type="review protocol",
        title="Role of <i>CSF1R</i> in CD8<sup>+</sup> cells",
        abstract="Aims: One. Methods: Two.",
        sections=(Section(label="Aims", text="One."), Section(label="Methods", text="Two.")),
        contributors=(
            Contribution(family="Chen", given="R", orcid="0000-0002-1050-2771"),
            Contribution(affiliation="Oxford", roles=("Author",)),
        ),
        journal=Journal(title="Cell", eissn="2768-0622"),
        accepted=PartialDate(2020, 1),
        identifiers=(
            Identifier(scheme=Scheme.NCT, value="NCT02263508"),
            Identifier(scheme=Scheme.LOCAL, value="chen2020"),
        ),
        access=Access(licence="CC BY 4.0", url="https://example.org/x"),
        integrity=(IntegrityNotice(kind=IntegrityKind.RETRACTION, notice="10.1/x"),),
    )
    [again] = Parsed.of(CslJson().loads(CslJson().dumps([record]).encode(), "", AT)).records
    kept = set(Record.model_fields) - {"provenance", "warnings"}
    assert again.model_dump(include=kept) == record.model_dump(include=kept)


def test_what_is_written_is_csl() -> None:
    """Only italics and their like are left of markup; the id is the team's own key."""
    record = Record(
        title="<jats:italic>In vivo</jats:italic> &amp; <scr>x, p <0.05",
        identifiers=(Identifier(scheme=Scheme.LOCAL, value="k1"),),
    )
    [item] = json.loads(CslJson().dumps([record]))
    assert item == {"id": "k1", "type": "document", "title": "<i>In vivo</i> & x, p <0.05"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<em>a</em> <b>b</b>", "<i>a</i> <b>b</b>"),
        ("<i>never closed", "never closed"),
        ("<i>a<b>b</i></b>", "ab"),
        ("p <0.05", "p <0.05"),
    ],
)
def test_markup_is_closed_or_gone(text: str, wanted: str) -> None:
    assert rich(text) == wanted


def test_bad_items_are_refused_one_by_one() -> None:
    data = b'[{"title": "One", "issued": {}},\n 7,\n{"type": "book"},\n{"title": "Two"}, {"tit'
    parsed = Parsed.of(CslJson().loads(data, "", AT))
    assert [record.title for record in parsed.records] == ["One", "Two"]
    assert [each.line for each in parsed.refused] == [2, 3, 4]
    assert parsed.refused[1].reason == "no title"


def test_it_is_told_from_our_own_json() -> None:
    assert detect(b'[{"title": "T", "issued": {"date-parts": [[2020]]}}]', "x").name == "csl"
    assert detect(b'{"title": "T", "authors": ["Chen R"]}', "x.json").name == "json"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["family", "given", "date-parts", "name", "tme", "contributors"]),
                inner,
                max_size=2,
            )
        ),
        max_leaves=6,
    ),
    st.sampled_from(["author", "issued", "ISSN", "title", "custom", "keyword", "URL", "id"]),
)
def test_nothing_makes_it_fail(value: object, key: str) -> None:
    data = json.dumps([{"title": "T", key: value}]).encode()
    list(CslJson().loads(data, "", AT))
