"""Whether two records are one work: each rule, and what overrules it."""

from pathlib import Path

import pytest

from bot.merging.sameness import Says, judge
from bot.records.dates import PartialDate
from bot.records.models import (
    Contribution,
    Identifier,
    Journal,
    Known,
    Record,
    Relation,
    RelationKind,
    Scheme,
)

TITLE = "Reprogramming macrophages in the tumour microenvironment"


def doi(value: str) -> Identifier:
    return Identifier(scheme=Scheme.DOI, value=value)


def pmid(value: str) -> Identifier:
    return Identifier(scheme=Scheme.PMID, value=value)


def work(*identifiers: Identifier, **fields: object) -> Record:
    given = {
        "title": TITLE,
        "contributors": (Contribution(family="Müller", given="A"),),
        "published": "2024",
        "journal": Journal(title="J Clin Oncol"),
        **fields,
    }
    return Record(identifiers=identifiers, **given)


def verdict(one: Record, other: Record) -> Known:
    """The verdict, which does not depend on which record comes first."""
    forth, back = judge(one, other), judge(other, one)
    assert forth.one_work is back.one_work
    assert forth.rule == back.rule
    return forth.one_work


PREPRINT = doi("10.1101/2023.05.06.539712")
ARTICLE = doi("10.1000/article")


def declared(kind: RelationKind, identifier: Identifier) -> tuple[Relation, ...]:
    return (Relation(kind=kind, identifier=identifier, source="crossref"),)


def test_a_shared_identifier_makes_one_work() -> None:
    other = work(pmid("1"), ARTICLE, title="Another spelling", published="2021")
    assert verdict(work(ARTICLE), other) is Known.YES


def test_an_identifier_given_wrongly_does_not_when_nothing_else_agrees() -> None:
    other = work(
        pmid("1"), title="Something else", published="2001", contributors=(Contribution(name="Li"),)
    )
    assert verdict(work(pmid("1")), other) is Known.UNKNOWN


def test_a_notice_that_was_given_the_articles_doi_is_not_the_article() -> None:
    notice = work(ARTICLE, title=f"Retraction note to: {TITLE}")
    assert verdict(work(ARTICLE), notice) is Known.UNKNOWN


@pytest.mark.parametrize("holder", ["preprint", "article"])
def test_a_declared_preprint_is_its_article_whatever_its_title(holder: str) -> None:
    by_preprint = declared(RelationKind.PREPRINT_OF, ARTICLE) if holder == "preprint" else ()
    by_article = declared(RelationKind.HAS_PREPRINT, PREPRINT) if holder == "article" else ()
    preprint = work(PREPRINT, title="An early title", relations=by_preprint)
    assert verdict(preprint, work(ARTICLE, relations=by_article)) is Known.YES


def test_a_preprint_is_its_article_by_title_and_authors() -> None:
    preprint = work(PREPRINT, published="2023", journal=None)
    assert verdict(preprint, work(ARTICLE)) is Known.YES
    assert verdict(preprint, work(ARTICLE, title=f"{TITLE} II")) is Known.NO
    assert verdict(preprint, work(ARTICLE, published="2015")) is Known.NO
    someone = (Contribution(family="Garcia", given="M"),)
    assert verdict(preprint, work(ARTICLE, contributors=someone)) is Known.NO


@pytest.mark.parametrize(
    ("article", "one"),
    [("2021", Known.NO), ("2022", Known.YES), ("2027", Known.YES), ("2028", Known.NO)],
)
def test_a_preprint_is_published_at_most_four_years_later(article: str, one: Known) -> None:
    """A source may also give the article the year before, by the preprint's first version."""
    preprint = work(PREPRINT, published="2023", journal=None)
    assert verdict(preprint, work(ARTICLE, published=article)) is one


def people(*families: str) -> tuple[Contribution, ...]:
    return tuple(Contribution(family=family, given="A") for family in families)


@pytest.mark.parametrize(
    ("on_preprint", "on_article", "one"),
    [
        (("Müller", "Li", "Okoro", "Sato"), ("Müller", "Li", "Haas", "Kim"), Known.YES),
        (("Müller", "Li", "Okoro", "Sato"), ("Müller", "Roy", "Haas", "Kim"), Known.NO),
        (("Müller", "Li", "Okoro"), ("Müller", "Roy", "Haas", "Kim"), Known.NO),
        # Of the shorter list: an article may have gained many.
        (("Müller", "Li"), ("Müller", "Roy", "Haas", "Kim", "Sato", "Okoro"), Known.YES),
    ],
)
def test_half_of_the_other_authors_must_agree(
    on_preprint: tuple[str, ...], on_article: tuple[str, ...], one: Known
) -> None:
    preprint = work(PREPRINT, journal=None, contributors=people(*on_preprint))
    assert verdict(preprint, work(ARTICLE, contributors=people(*on_article))) is one


@pytest.mark.parametrize(
    ("title", "one"),
    [
        ("Reprogramming macrophage in the tumor microenvironment", Known.YES),  # but for spelling
        (f"{TITLE}: a systematic review", Known.NO),  # a lost subtitle may have said "Part II"
    ],
)
def test_a_preprint_has_its_articles_whole_title(title: str, one: Known) -> None:
    assert verdict(work(PREPRINT, journal=None), work(ARTICLE, title=title)) is one


def test_a_preprint_whose_title_names_nothing_is_not_found_by_it() -> None:
    preprint = work(PREPRINT, journal=None, title="Reprogramming glioma macrophages")
    assert preprint.title
    assert verdict(preprint, work(ARTICLE, title=preprint.title)) is Known.NO


def test_an_article_that_has_another_preprint_is_not_this_ones() -> None:
    other = declared(RelationKind.HAS_PREPRINT, doi("10.1101/2020.01.01.111111"))
    assert verdict(work(PREPRINT, journal=None), work(ARTICLE, relations=other)) is Known.NO


@pytest.mark.parametrize(
    ("year", "one"), [("2024", Known.YES), ("2025", Known.YES), ("2026", Known.NO)]
)
def test_online_and_print_lie_at_most_a_year_apart(year: str, one: Known) -> None:
    here = {"volume": "5", "pages": "100"}
    assert verdict(work(ARTICLE, **here), work(published=year, **here)) is one


@pytest.mark.parametrize(
    ("place", "one"),
    [
        ({}, Known.UNKNOWN),
        ({"volume": "5"}, Known.UNKNOWN),
        ({"volume": "5", "pages": "100"}, Known.YES),
    ],
)
def test_a_marked_title_needs_volume_and_pages(place: dict[str, str], one: Known) -> None:
    """A publisher puts "RETRACTED:" before the title of the article and of its notice."""
    assert verdict(work(ARTICLE, **place), work(title=f"RETRACTED: {TITLE}", **place)) is one


@pytest.mark.parametrize(
    ("fields", "one"),
    [
        ({}, Known.UNKNOWN),  # a lost subtitle, by the same author in the same year
        ({"volume": "5"}, Known.YES),
        ({"pages": "100"}, Known.YES),
        ({"volume": "5", "journal": None}, Known.UNKNOWN),
        ({"volume": "5", "published": None}, Known.UNKNOWN),
        ({"volume": "5", "contributors": ()}, Known.UNKNOWN),
    ],
)
def test_a_lost_subtitle_needs_a_place_of_the_same(fields: dict[str, object], one: Known) -> None:
    longer = work(ARTICLE, title=f"{TITLE}: a systematic review", **fields)
    assert verdict(longer, work(**fields)) is one


def test_the_whole_place_stands_for_author_and_year_where_the_title_is_whole() -> None:
    bare = {"volume": "5", "pages": "100", "contributors": (), "published": None}
    assert verdict(work(ARTICLE, **bare), work(**bare)) is Known.YES
    longer = f"{TITLE}: a systematic review"
    assert verdict(work(ARTICLE, **bare), work(title=longer, **bare)) is Known.UNKNOWN


def test_a_preprint_that_declares_another_article_is_not_this_one() -> None:
    preprint = work(PREPRINT, relations=declared(RelationKind.PREPRINT_OF, doi("10.1000/other")))
    assert verdict(preprint, work(ARTICLE)) is Known.NO


def test_numbered_versions_of_one_preprint_are_one_work() -> None:
    one, other = doi("10.21203/rs.3.rs-12345/v1"), doi("10.21203/rs.3.rs-12345/v2")
    assert verdict(work(one), work(other)) is Known.YES


def test_a_declared_comment_is_another_work_though_everything_agrees() -> None:
    comment = work(doi("10.1000/c"), relations=declared(RelationKind.COMMENT_ON, ARTICLE))
    assert verdict(comment, work(ARTICLE)) is Known.NO


def test_title_first_author_and_year_make_one_work() -> None:
    spelt = work(
        pmid("1"),
        title=TITLE.upper(),
        contributors=(Contribution(name="Anna Mueller"),),
        journal=Journal(title="Journal of Clinical Oncology"),
    )
    assert verdict(work(ARTICLE), spelt) is Known.YES


@pytest.mark.parametrize(
    "other",
    [
        work(doi("10.1000/other")),
        work(title=f"{TITLE}: part II"),
        work(title=f"Reply to: {TITLE}"),
        work(title=f"Erratum: {TITLE}"),
        work(subtype="Published Erratum"),
        work(contributors=(Contribution(family="Garcia", given="M"),)),
        work(contributors=(Contribution(family="Müller", given="B"),)),
        work(published="2021"),
        work(journal=Journal(title="Blood")),
        work(volume="7"),
        work(pages="300-310"),
    ],
)
def test_one_contradiction_makes_two_works(other: Record) -> None:
    one = work(ARTICLE, volume="5", pages="100-9")
    assert verdict(one, other) is Known.NO


@pytest.mark.parametrize(
    "other",
    [
        work(contributors=()),
        work(published=None),
        work(published="2025"),
        work(title=f"RETRACTED: {TITLE}"),
    ],
)
def test_too_little_is_for_a_person_to_decide(other: Record) -> None:
    assert verdict(work(ARTICLE), other) is Known.UNKNOWN


def test_the_place_decides_where_the_year_is_near() -> None:
    """Online in December and in print in January is one work."""
    one = work(ARTICLE, volume="5", pages="100-109")
    assert verdict(one, work(published="2025", volume="5", pages="100-9")) is Known.YES


@pytest.mark.parametrize("title", ["Preface", "Reply to Smith", "Erratum", "Editorial"])
def test_a_title_that_names_nothing_needs_everything_else(title: str) -> None:
    one = work(title=title, volume="5", pages="100")
    assert verdict(one, work(title=title)) is Known.UNKNOWN
    assert verdict(one, work(title=title, volume="5", pages="104")) is Known.NO
    assert verdict(one, work(title=title, volume="5", pages="100-101")) is Known.YES


def test_an_article_number_is_the_same_in_either_field() -> None:
    one = work(ARTICLE, title="Preface", volume="5", article_number="e70098")
    assert verdict(one, work(title="Preface", volume="5", pages="e70098")) is Known.YES


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (Contribution(family="van der Berg", given="A"), Contribution(name="Berg A"), True),
        (Contribution(family="Berg", given="Anna"), Contribution(name="A. van der Berg"), True),
        (Contribution(family="Garcia Lopez", given="M"), Contribution(family="Lopez", given="M"),
         True),
        (Contribution(family="Ødegård", given="T"), Contribution(name="Odegard, T"), True),
        (Contribution(family="Berg", given="Ann"), Contribution(family="Berg", given="T"), False),
        (Contribution(name="The Group"), Contribution(name="Another Group"), False),
    ],
)  # fmt: skip
def test_names_of_one_person(one: Contribution, other: Contribution, agree: bool) -> None:
    heard = judge(work(contributors=(one,)), work(contributors=(other,)))
    says = {each.field: each.says for each in heard.evidence}
    assert says["first author"] is (Says.SAME if agree else Says.DIFFERENT)


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ({"pages": "100", "article_number": "e7"}, {"pages": "200"}, Says.UNKNOWN),
        ({"pages": "100"}, {"pages": "200"}, Says.DIFFERENT),
        ({"article_number": "e7"}, {"article_number": "e8"}, Says.DIFFERENT),
        ({"pages": "100–109"}, {"pages": "100"}, Says.SAME),
        ({"pages": "100"}, {}, Says.UNKNOWN),
    ],
)
def test_a_page_and_an_article_number_may_both_be_right(
    one: dict[str, str], other: dict[str, str], says: Says
) -> None:
    heard = judge(work(ARTICLE, **one), work(**other))
    assert {each.field: each.says for each in heard.evidence}["pages"] is says


def test_journals_are_one_by_either_number_whatever_their_names() -> None:
    one = work(ARTICLE, journal=Journal(title="Blood", issn="0006-4971"))
    other = work(journal=Journal(title="Anything", eissn="0006-4971"))
    says = {each.field: each.says for each in judge(one, other).evidence}
    assert says["journal"] is Says.SAME


def test_an_identifier_that_all_else_but_one_field_denies_still_decides() -> None:
    """Two sources may give a work two titles; only when everything differs is it an error."""
    for kept in ("title", "published", "contributors"):
        fields = {
            "title": "Something else entirely here", "published": "2001",
            "contributors": people("Garcia"),
        }  # fmt: skip
        del fields[kept]
        assert verdict(work(pmid("1")), work(pmid("1"), **fields)) is Known.YES, kept


def test_the_evidence_says_what_each_field_says() -> None:
    heard = judge(work(ARTICLE, volume="5"), work(volume="6"))
    assert [(each.field, str(each.says)) for each in heard.evidence] == [
        ("title", "same"), ("first author", "same"), ("year", "same"), ("journal", "same"),
        ("volume", "different"), ("pages", "unknown"),
    ]  # fmt: skip
    assert heard.evidence[4].words == "5; 6"


@pytest.mark.shared_data
def test_no_notice_of_the_sample_is_its_article(shared: Path) -> None:
    """Retractions, corrections and concerns beside their articles: never one work."""
    sample = (shared / "data" / "retractions_sample.tsv").read_text("utf-8").splitlines()
    heads = {"retraction": "Retraction note to: ", "correction": "Correction: ",
             "expression_of_concern": "Expression of concern: "}  # fmt: skip
    names = sample[0].split("\t")
    rows = [dict(zip(names, line.split("\t"), strict=False)) for line in sample[1:]]
    rows = [row for row in rows if row["article_title"]]
    assert len(rows) > 400
    for row in rows:
        journal = Journal(title=row["journal"])
        article = work(title=row["article_title"], journal=journal, published=None)
        title = heads[row["kind"]] + row["article_title"]
        notice = work(title=title, journal=journal, published=PartialDate(2024))
        assert verdict(article, notice) is Known.NO
