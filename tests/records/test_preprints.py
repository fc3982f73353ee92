"""Telling a preprint from the published work."""

import pytest

from bot.records.models import Identifier, Journal, Record, Relation, RelationKind, Scheme
from bot.records.preprints import doi_stem, is_preprint, is_preprint_doi, published_doi


def doi(value: str) -> Identifier:
    return Identifier(scheme=Scheme.DOI, value=value)


PREPRINT, ARTICLE = doi("10.1101/2020.03.22.002386"), doi("10.1038/s41586-020-2286-9")


@pytest.mark.parametrize(
    "value",
    ["10.1101/2020.03.22.002386", "10.1101/123456", "10.1101/2020.03.22.002386v2",
     "10.48550/arxiv.2101.12345", "10.21203/rs.3.rs-12345/v1", "10.20944/preprints202001.0001.v1",
     "10.2139/ssrn.3550000", "10.26434/chemrxiv-2021-abcde-v2", "10.64898/2025.12.01.1"],
)  # fmt: skip
def test_a_preprint_server_is_known_by_its_dois(value: str) -> None:
    assert is_preprint_doi(value)


@pytest.mark.parametrize(
    "value",
    ["10.1101/gad.1234506", "10.1101/gr.214155.116", "10.1101/cshperspect.a000001",
     "10.1101/sqb.2016.81.030890", "10.1002/ctd2.70098", "10.12688/f1000research.7177.2"],
)  # fmt: skip
def test_a_journal_of_the_same_house_is_not_a_preprint_server(value: str) -> None:
    assert not is_preprint_doi(value)


@pytest.mark.parametrize(
    ("value", "stem"),
    [("10.21203/rs.3.rs-12345/v2", "10.21203/rs.3.rs-12345"),
     ("10.1101/123456v2", "10.1101/123456"),
     ("10.20944/preprints202001.0001.v1", "10.20944/preprints202001.0001"),
     ("10.12688/f1000research.7177.2", "10.12688/f1000research.7177"),
     ("10.1000/part-v2", "10.1000/part-v2"),
     ("10.1016/j.cell.2017.01.017", "10.1016/j.cell.2017.01.017")],
)  # fmt: skip
def test_a_version_number_is_cut_only_where_a_server_puts_one(value: str, stem: str) -> None:
    assert doi_stem(value) == stem


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record(title="A", identifiers=(PREPRINT,)), True),
        (Record(title="A", identifiers=(PREPRINT, ARTICLE)), False),
        (Record(title="A", identifiers=(ARTICLE,)), False),
        (Record(title="A", type="Preprint", identifiers=(doi("10.5281/zenodo.1"),)), True),
        (Record(title="A", type="posted-content"), True),
        (Record(title="A", journal=Journal(title="bioRxiv")), True),
        (Record(title="A", identifiers=(Identifier(scheme=Scheme.ARXIV, value="2101.1"),)), True),
        (Record(title="A"), False),
    ],
)
def test_a_record_is_a_preprint_until_something_says_that_it_was_published(
    record: Record, expected: bool
) -> None:
    assert is_preprint(record) is expected


def test_a_declared_preprint_does_not_hide_the_article() -> None:
    """A preprint at Zenodo is told by the article's own relation."""
    stored = Record(
        title="A",
        identifiers=(ARTICLE, doi("10.5281/zenodo.1")),
        relations=(Relation(kind=RelationKind.HAS_PREPRINT, identifier=doi("10.5281/zenodo.1")),),
    )
    assert not is_preprint(stored)
    assert published_doi(stored) == ARTICLE.value
