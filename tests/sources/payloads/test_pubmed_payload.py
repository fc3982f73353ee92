"""PubMed's XML: what becomes of each element, and what is refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formats import Parsed
from bot.records.models import IntegrityKind, Record, Scheme, Section
from bot.sources.pubmed.reader import PubMedPayload
from bot.text.markup import plain
from tests.sources.payloads.any_json import QUIETLY
from tests.sources.payloads.loading import related

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
DOCTYPE = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">'
)
ISSUE = "<JournalIssue><Volume>5</Volume><Issue>6</Issue><PubDate>{}</PubDate></JournalIssue>"
DAY = "<Year>2024</Year><Month>Mar</Month><Day>07</Day>"


def article(
    inside: str = "",
    *,
    title: str = "<ArticleTitle>Macrophages in tumours.</ArticleTitle>",
    date: str = DAY,
    links: str = "",
    types: tuple[str, ...] = ("Journal Article",),
    ids: str = "",
    behind: str = "",
    cited: str = "",
) -> str:
    named = "".join(f"<PublicationType>{name}</PublicationType>" for name in types)
    linked = f"<CommentsCorrectionsList>{links}</CommentsCorrectionsList>" if links else ""
    return f"""<PubmedArticle><MedlineCitation><PMID Version="1">38000001</PMID>
      <Article><Journal><ISSN IssnType="Electronic">2768-0622</ISSN>{ISSUE.format(date)}
      <Title>Cancer cell</Title></Journal>{title}{inside}
      <Language>eng</Language><PublicationTypeList>{named}</PublicationTypeList></Article>
      {linked}{behind}</MedlineCitation>
      <PubmedData><ArticleIdList>{ids}</ArticleIdList>{cited}</PubmedData></PubmedArticle>"""


def load(*articles: str) -> Parsed:
    body = f"<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>"
    data = f'<?xml version="1.0"?>\n{DOCTYPE}\n{body}'.encode()
    return Parsed.of(PubMedPayload().loads(data, "", AT))


def one(inside: str = "", **more: object) -> Record:
    parsed = load(article(inside, **more))  # type: ignore[arg-type]
    assert parsed.refused == ()
    [record] = parsed.records
    return record


def link(kind: str, source: str, pmid: str = "") -> str:
    number = f'<PMID Version="1">{pmid}</PMID>' if pmid else ""
    return (
        f'<CommentsCorrections RefType="{kind}"><RefSource>{source}</RefSource>{number}'
        "</CommentsCorrections>"
    )


def test_an_article_becomes_a_record_that_says_where_it_came_from() -> None:
    record = one(ids='<ArticleId IdType="doi">10.1234/ABC</ArticleId>')
    assert (record.title, record.type) == ("Macrophages in tumours", "Journal article")
    assert (record.volume, record.issue, record.language) == ("5", "6", "en")
    assert record.journal is not None
    assert (record.journal.title, record.journal.eissn) == ("Cancer cell", "2768-0622")
    assert (record.doi, record.pmid) == ("10.1234/abc", "38000001")
    assert str(record.published) == "2024-03-07"
    [origin] = record.provenance
    assert (origin.source, origin.at) == ("pubmed", AT)
    assert origin.payload_sha256 is not None
    assert "title" in origin.fields
    assert "abstract" not in origin.fields


def test_the_same_article_has_the_same_hash_and_another_one_another() -> None:
    hashes = {r.provenance[0].payload_sha256 for r in load(article(), article()).records}
    assert len(hashes) == 1
    assert one(date="<Year>2023</Year>").provenance[0].payload_sha256 not in hashes


@pytest.mark.parametrize(
    ("date", "read"),
    [
        ("<Year>2024</Year><Month>3</Month>", "2024-03"),
        ("<Year>2024</Year><Season>Spring</Season>", "2024"),
        ("<MedlineDate>2016 Jul-Sep</MedlineDate>", "2016"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998"),
        ("<MedlineDate>1999 Spring</MedlineDate>", "1999"),
        ("<MedlineDate>1947-1948</MedlineDate>", "1947"),
        ("<MedlineDate>2019 Oct</MedlineDate>", "2019-10"),
        ("<Year>2024</Year><Month>Feb</Month><Day>31</Day>", "2024-02"),
        ("<MedlineDate>undated</MedlineDate>", "None"),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(date: str, read: str) -> None:
    assert str(one(date=date).published) == read


def test_the_electronic_date_says_the_day_only_within_the_month_of_the_issue() -> None:
    online = "<ArticleDate><Year>2023</Year><Month>12</Month><Day>20</Day></ArticleDate>"
    assert str(one(online, date="<Year>2023</Year>").published) == "2023-12-20"
    later = one(online, date="<Year>2024</Year><Month>Feb</Month>")
    assert str(later.published) == "2024-02"


def test_a_structured_abstract_keeps_its_sections_and_its_markup() -> None:
    record = one(
        '<Abstract><AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">CD8<sup>+</sup> T'
        " cells &amp; <i>Kras</i>.</AbstractText>"
        '<AbstractText Label="RESULTS">p &lt;0.05.</AbstractText>'
        "<CopyrightInformation>©</CopyrightInformation></Abstract>"
    )
    assert record.sections == (
        Section(label="Background", text="CD8<sup>+</sup> T cells & <i>Kras</i>."),
        Section(label="Results", text="p <0.05."),
    )
    assert record.abstract is not None
    assert plain(record.abstract) == "Background: CD8⁺ T cells & Kras. Results: p <0.05."


def test_a_title_keeps_italics_and_formulas() -> None:
    formula = (
        '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:msup><mml:mi>x</mml:mi>'
        "<mml:mn>2</mml:mn></mml:msup></mml:math>"
    )
    record = one(title=f"<ArticleTitle>The <i>APOE</i> locus and {formula}.</ArticleTitle>")
    assert plain(record.title) == "The APOE locus and x²"


def test_a_translated_title_stands_without_its_brackets_and_an_own_one_replaces_none() -> None:
    assert one(title="<ArticleTitle>[On tumours].</ArticleTitle>").title == "On tumours"
    own = "<ArticleTitle>[Not Available].</ArticleTitle>"
    record = one("<VernacularTitle>Über Tumoren.</VernacularTitle>", title=own)
    assert record.title == "Über Tumoren"


def test_groups_and_authors_without_a_name_stay_and_withdrawn_spellings_do_not() -> None:
    record = one(
        "<AuthorList><Author><LastName>Müller</LastName><ForeName>Anna</ForeName>"
        '<Identifier Source="ORCID">https://orcid.org/0000-0002-1050-2771</Identifier>'
        "<AffiliationInfo><Affiliation>Oxford</Affiliation></AffiliationInfo></Author>"
        "<Author><CollectiveName>The TME Group</CollectiveName></Author>"
        '<Author ValidYN="N"><LastName>Muler</LastName></Author>'
        "<Author><AffiliationInfo><Affiliation>Kyoto</Affiliation></AffiliationInfo></Author>"
        "</AuthorList>"
    )
    first, group, nameless = record.contributors
    assert (first.family, first.given, first.orcid) == ("Müller", "Anna", "0000-0002-1050-2771")
    assert group.display_name == "The TME Group"
    assert (nameless.display_name, nameless.affiliation) == (None, "Kyoto")


def test_a_retracted_article_names_its_notice_and_the_notice_is_not_retracted() -> None:
    source = "Ginekol Pol. 1998 Jul;69(7):559-60"
    retracted = one(
        links=link("RetractionIn", source, "9867474"),
        types=("Journal Article", "Retracted Publication"),
    )
    [notice] = retracted.integrity
    assert notice.kind is IntegrityKind.RETRACTION
    assert (str(notice.date), notice.notice, notice.source) == ("1998-07", "PMID 9867474", "PubMed")
    about = one(
        links=link("RetractionOf", source, "11543891"), types=("Retraction of Publication",)
    )
    assert not about.is_retracted
    assert about.subtype == "Retraction of Publication"
    assert related(about) == [("retraction-of", "11543891")]
    assert about.pmid == "38000001"


def test_a_retracted_article_without_a_link_is_retracted_all_the_same() -> None:
    [notice] = one(types=("Journal Article", "Retracted Publication")).integrity
    assert (notice.kind, notice.date, notice.notice) == (IntegrityKind.RETRACTION, None, None)


def test_an_erratum_is_a_correction_and_a_comment_is_nothing() -> None:
    record = one(
        links=link("ErratumIn", "Nature. 2001 Jun 7;411:720. doi: 10.1038/35081111")
        + link("CommentIn", "Nature. 2001;1", "11")
        + link("ExpressionOfConcernIn", "Nature. 2002;2", "12")
    )
    assert [(n.kind, str(n.date), n.notice) for n in record.integrity] == [
        (IntegrityKind.CORRECTION, "2001-06-07", "10.1038/35081111"),
        (IntegrityKind.CONCERN, "2002", "PMID 12"),
    ]
    assert not record.is_retracted
    erratum = one(links=link("ErratumFor", "X. 2020;1", "5"), types=("Published Erratum",))
    assert (erratum.integrity, erratum.subtype) == ((), "Published Erratum")
    assert related(erratum) == [("correction-of", "5")]
    assert related(one(links=link("CommentOn", "X. 2020;1", "5"))) == [("comment-on", "5")]


def test_a_preprint_and_its_published_version_know_each_other_but_versions_of_a_review_do_not() -> (
    None
):
    source = "Cancer Cell. 2024 May 1;1(1):1. doi: 10.1016/j.ccell.2024.01.001"
    preprint = one(links=link("UpdateIn", source, "38999999"), types=("Preprint",))
    assert preprint.type == "Preprint"
    assert related(preprint) == [
        ("preprint-of", "10.1016/j.ccell.2024.01.001"), ("preprint-of", "38999999"),
    ]  # fmt: skip
    published = one(links=link("UpdateOf", "bioRxiv. 2023 Feb 1;: doi: 10.1101/2023.01.01", "7"))
    assert related(published) == [
        ("has-preprint", "10.1101/2023.01.01"), ("has-preprint", "7"),
    ]  # fmt: skip
    review = one(links=link("UpdateOf", "Cochrane Database Syst Rev. 2000;(2):CD000078", "8"))
    assert related(review) == []
    assert [i.value for i in (*preprint.identifiers, *published.identifiers)] == ["38000001"] * 2


def test_trials_and_keywords_are_kept_and_check_tags_are_not() -> None:
    record = one(
        "<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName>"
        "<AccessionNumberList><AccessionNumber>NCT02263508</AccessionNumber>"
        "</AccessionNumberList></DataBank></DataBankList>",
        behind="<MeshHeadingList><MeshHeading><DescriptorName>Humans</DescriptorName>"
        "</MeshHeading><MeshHeading><DescriptorName>Tumor Microenvironment</DescriptorName>"
        "</MeshHeading></MeshHeadingList><KeywordList><Keyword>TAM</Keyword></KeywordList>",
    )
    assert record.identifier(Scheme.NCT) == "NCT02263508"
    assert record.keywords == ("TAM", "Tumor Microenvironment")


def test_a_book_and_its_chapter_are_told_apart() -> None:
    book = (
        "<PubmedBookArticle><BookDocument><PMID>21413195</PMID><Book><Publisher><PublisherName>"
        "RCP</PublisherName></Publisher><BookTitle>A guideline</BookTitle><PubDate><Year>2009"
        "</Year></PubDate></Book>{}<Language>eng</Language></BookDocument></PubmedBookArticle>"
    )
    whole = load(book.format("")).records[0]
    assert (whole.type, whole.title, whole.publisher) == ("Book", "A guideline", "RCP")
    chapter = load(book.format("<ArticleTitle>Probe ML199.</ArticleTitle>")).records[0]
    assert chapter.journal is not None
    assert (chapter.type, chapter.title) == ("Book section", "Probe ML199")
    assert chapter.journal.title == "A guideline"


def test_what_is_whole_of_a_broken_answer_is_kept_and_the_break_is_named() -> None:
    data = f"<PubmedArticleSet>{article()}{article()[:300]}".encode()
    parsed = Parsed.of(PubMedPayload().loads(data, "", AT))
    assert len(parsed.records) == 1
    [refused] = parsed.refused
    assert refused.line == 2
    assert refused.reason.startswith("not well-formed XML: ")


def test_two_answers_one_behind_the_other_are_both_read() -> None:
    answer = f'<?xml version="1.0" ?>{DOCTYPE}<PubmedArticleSet>{article()}</PubmedArticleSet>'
    parsed = Parsed.of(PubMedPayload().loads((answer + answer).encode(), "", AT))
    assert (len(parsed.records), parsed.refused) == (2, ())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no article in it"),
        (b"<PubmedArticleSet/>", "no article in it"),
        (b"<eSearchResult><IdList/></eSearchResult>", "not a work: a list of PubMed ids"),
        (b'{"header": {}, "esearchresult": {}}', "not a work: a list of PubMed ids"),
        (b"<eFetchResult><ERROR>Empty id list</ERROR></eFetchResult>", "(Empty id list)"),
        (b"<PubmedArticle>wrong format</PubmedArticle>", "a PubmedArticle without its Article"),
        (b"<PubmedBookArticle/>", "a PubmedBookArticle without its Book"),
        (
            b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><PubmedArticle>&c;</PubmedArticle>',
            "XML that defines entities of its own",
        ),
        (
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///a">]><PubmedArticle>&a;</PubmedArticle>',
            "XML that defines entities of its own",
        ),
        (b"<PubmedArticle>" + b"<a>" * 600 + b"</a>" * 600, "nested too deeply"),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    parsed = Parsed.of(PubMedPayload().loads(data, "", AT))
    assert parsed.records == ()
    assert reason in parsed.refused[0].reason
    assert "\n" not in parsed.refused[0].reason


def test_an_article_without_a_title_is_refused_by_its_number() -> None:
    parsed = load(article(title=""))
    assert [refusal.reason for refusal in parsed.refused] == ["38000001: no title"]


@given(st.binary(max_size=300))
@QUIETLY
def test_no_bytes_make_it_fail(data: bytes) -> None:
    wrapped = b"<PubmedArticleSet><PubmedArticle>" + data
    for given_data in (data, wrapped):
        assert Parsed.of(PubMedPayload().loads(given_data, "", AT)).refused


def test_what_an_article_cites_is_named_by_pmid_or_doi() -> None:
    """Its own numbers stay its own; lists of references may be nested."""
    named = (
        '<ArticleId IdType="pubmed">11</ArticleId><ArticleId IdType="doi">10.1/a</ArticleId>',
        '<ArticleId IdType="doi">10.1234/b</ArticleId>',
        "",
    )
    entries = "".join(
        f"<Reference><Citation>C.</Citation><ArticleIdList>{ids}</ArticleIdList></Reference>"
        for ids in named
    )
    nested = f"<ReferenceList><ReferenceList>{entries}</ReferenceList></ReferenceList>"
    own = '<ArticleId IdType="doi">10.1234/own</ArticleId>'
    [record] = load(article(ids=own, cited=nested)).records
    assert [(i.scheme, i.value) for i in record.references] == [
        (Scheme.PMID, "11"), (Scheme.DOI, "10.1234/b"),
    ]  # fmt: skip
    assert (record.doi, record.pmid) == ("10.1234/own", "38000001")
