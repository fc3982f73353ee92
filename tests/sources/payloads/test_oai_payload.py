"""OAI-PMH answers: what becomes of Dublin Core, RIOXX, DataCite and arXiv's format."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formats import Parsed, Refusal
from bot.records.dates import PartialDate
from bot.records.models import Access, AccessStatus, Contribution, Known, Record, Scheme
from bot.sources.oai.arxiv import people as arxiv_people
from bot.sources.oai.reader import OaiPayload
from tests.sources.loopback import Entry, envelope
from tests.sources.payloads.any_json import QUIETLY

AT = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def load(*metadata: str, name: str = "1") -> Parsed:
    listed = "".join(Entry(name, each).xml() for each in metadata)
    data = envelope(f"<ListRecords>{listed}</ListRecords>").get_data()
    return Parsed.of(OaiPayload().loads(data, "", AT))


def one(metadata: str, name: str = "1") -> Record:
    parsed = load(metadata, name=name)
    assert parsed.refused == ()
    [record] = parsed.records
    return record


def dc(*elements: str, title: str = "Macrophages") -> Record:
    inside = f"<dc:title>{title}</dc:title>{''.join(elements)}"
    return one(f"<oai_dc:dc xmlns:oai_dc='x' {DC}>{inside}</oai_dc:dc>")


def all_of(name: str, *values: str) -> str:
    return "".join(f"<dc:{name}>{escape(value)}</dc:{name}>" for value in values)


# Dublin Core


def test_dublin_core_is_read_into_its_fields() -> None:
    record = dc(
        all_of("creator", "Müller, Anna", "Smith JA", "The TME Study Group"),
        all_of("contributor", "Zhou, Li"),
        all_of("description", "A note.", "Background: Hypoxia. Results: It falls."),
        all_of("publisher", "Wiley"),
        all_of("language", "en-GB"),
        all_of("subject", "TME; hypoxia", "hypoxia", "http://id.loc.gov/1"),
        all_of("type", "info:eu-repo/semantics/article", "PeerReviewed"),
    )
    assert (record.type, record.peer_reviewed) == ("Journal article", Known.YES)
    assert [p.display_name for p in record.contributors] == [
        "Müller Anna", "Smith JA", "The TME Study Group", "Zhou Li",
    ]  # fmt: skip
    assert record.contributors[3].roles == ("Contributor",)
    assert record.abstract == "Background: Hypoxia. Results: It falls."
    assert [s.label for s in record.sections] == ["Background", "Results"]
    assert (record.publisher, record.language) == ("Wiley", "en")
    assert record.keywords == ("TME", "hypoxia")


@pytest.mark.parametrize(
    ("given", "scheme", "value"),
    [
        ("https://doi.org/10.1002/CTD2.70098", Scheme.DOI, "10.1002/ctd2.70098"),
        ("doi:10.1002/ctd2.70098", Scheme.DOI, "10.1002/ctd2.70098"),
        ("10.1002/ctd2.70098", Scheme.DOI, "10.1002/ctd2.70098"),
        ("https://pubmed.ncbi.nlm.nih.gov/28187290/", Scheme.PMID, "28187290"),
        ("PMC5345678", Scheme.PMCID, "PMC5345678"),
    ],
)
def test_identifiers_are_known_in_any_form(given: str, scheme: Scheme, value: str) -> None:
    assert dc(all_of("identifier", given)).identifier(scheme) == value


def test_a_relation_names_the_work_only_where_it_says_so() -> None:
    other, same = (
        "https://doi.org/10.1000/other",
        "info:eu-repo/semantics/altIdentifier/doi/10.1000/x1",
    )
    assert dc(all_of("relation", other)).doi is None
    assert dc(all_of("relation", other, same)).doi == "10.1000/x1"


@pytest.mark.parametrize(
    ("dates", "published", "warnings"),
    [
        (["2024-05-03"], "2024-05-03", ()),
        (["2024-05-03T10:00:00Z", "2020-01-01T00:00:00Z", "2019-12"], "2019-12", ()),
        (["2024-05-03T10:00:00Z"], "2024-05-03", ()),
        (["info:eu-repo/date/embargoEnd/2027-01-01", "2024"], "2024", ()),
        (["n.d."], None, ("bad_date:n.d.",)),
        (["2024", "2021"], "2024", ("several_dates:2024 2021",)),
    ],
)
def test_of_several_dates_the_one_of_publication_is_taken(
    dates: list[str], published: str | None, warnings: tuple[str, ...]
) -> None:
    record = dc(all_of("date", *dates))
    assert record.published == (PartialDate.parse(published) if published else None)
    assert record.warnings == warnings


def test_rights_say_who_can_read_it_and_its_licence() -> None:
    rights = all_of("rights", "info:eu-repo/semantics/openAccess", "© 2024 The Authors",
                    "https://creativecommons.org/licenses/by-nc/4.0/legalcode")  # fmt: skip
    assert dc(rights).access == Access(status=AccessStatus.OPEN, licence="CC BY-NC 4.0")
    assert dc(all_of("rights", "embargoedAccess")).access.status is AccessStatus.EMBARGOED
    assert dc(all_of("rights", "All rights reserved")).access == Access()


def test_a_source_is_a_journal_a_citation_or_an_issn() -> None:
    article = all_of("type", "article")
    cited = dc(all_of("source", "Cancer Cell, 14(01), 1200-1208, (2026-06-09)"))
    assert cited.journal is not None
    assert (cited.journal.title, cited.volume, cited.issue, cited.pages) == (
        "Cancer Cell", "14", "01", "1200-1208",
    )  # fmt: skip
    named = dc(article, all_of("source", "2768-0622", "Cancer Cell"))
    assert named.journal is not None
    assert (named.journal.title, named.journal.issn) == ("Cancer Cell", "2768-0622")
    assert dc(all_of("source", "Cancer Cell")).journal is None
    assert dc(article, all_of("source", "Vol 4 of something")).journal is None


def test_names_that_come_with_the_header_are_kept() -> None:
    uuid = "6ed0b5bd-c459-4081-970f-c8a8f218c2c3"
    listed = Entry("x", f"<dc {DC}><dc:title>T</dc:title></dc>").xml()
    named = listed.replace("oai:archive.example:x", f"oai:ora.ox.ac.uk:uuid:{uuid}")
    data = envelope(f"<GetRecord>{named}</GetRecord>").get_data()
    [record] = OaiPayload().loads(data, "ora", AT)
    assert isinstance(record, Record)
    assert record.identifier(Scheme.ORA) == uuid
    assert record.provenance[0].source == "ora"


# RIOXX

RIOXX_2 = """<rioxx:rioxx xmlns:rioxx="http://www.rioxx.net/schema/v2.0/rioxx/" {dc}
  xmlns:dcterms="http://purl.org/dc/terms/" xmlns:ali="http://ali.niso.org/2014/ali/1.0"
  xmlns:rioxxterms="http://docs.rioxx.net/schema/v2.0/rioxxterms/">
  <dc:title>Macrophages</dc:title><dc:description>About them.</dc:description>
  <dc:identifier>https://archive.example/1.pdf</dc:identifier><dc:language>en</dc:language>
  <dc:publisher>Wiley</dc:publisher><dc:source>2768-0622</dc:source><dc:subject>TME</dc:subject>
  <dcterms:dateAccepted>2025-10-26</dcterms:dateAccepted>
  <rioxxterms:author id="https://orcid.org/0000-0002-1050-2771">Müller, Anna</rioxxterms:author>
  <rioxxterms:author>Smith, J.</rioxxterms:author>
  <rioxxterms:contributor>Zhou, Li</rioxxterms:contributor>
  <rioxxterms:publication_date>2025-11-09</rioxxterms:publication_date>
  <rioxxterms:type>Journal Article/Review</rioxxterms:type>
  <rioxxterms:version_of_record>https://doi.org/10.1002/ctd2.70098</rioxxterms:version_of_record>
  {access}</rioxx:rioxx>"""
NO_LICENCE = "http://www.rioxx.net/licenses/under-embargo-all-rights-reserved"
CC_BY = "http://creativecommons.org/licenses/by/4.0/"


def rioxx_2(access: str = "") -> Record:
    return one(RIOXX_2.format(dc=DC, access=access))


def test_rioxx_2_is_read_into_its_fields() -> None:
    record = rioxx_2()
    assert record.doi == "10.1002/ctd2.70098"
    assert (record.type, record.subtype, record.publisher) == ("Journal article", None, "Wiley")
    assert (str(record.published), str(record.accepted)) == ("2025-11-09", "2025-10-26")
    assert record.contributors == (
        Contribution(family="Müller", given="Anna", orcid="0000-0002-1050-2771"),
        Contribution(family="Smith", given="J."),
        Contribution(family="Zhou", given="Li", roles=("Contributor",)),
    )
    assert record.journal is not None
    assert record.journal.issn == "2768-0622"
    assert record.access == Access()
    assert record.warnings == ()


@pytest.mark.parametrize(
    ("access", "status", "licence"),
    [
        (f'<ali:license_ref ali:start_date="2025-11-09">{CC_BY}</ali:license_ref>',
         AccessStatus.OPEN, "CC BY 4.0"),
        (f'<ali:license_ref start_date="2026-11-09">{CC_BY}</ali:license_ref>',
         AccessStatus.EMBARGOED, None),
        ("<ali:free_to_read/>", AccessStatus.OPEN, None),
        ('<ali:free_to_read ali:start_date="2026-02-01"/>', AccessStatus.EMBARGOED, None),
        (f'<ali:license_ref start_date="2025-01-01">{NO_LICENCE}</ali:license_ref>',
         AccessStatus.UNKNOWN, None),
        ('<ali:license_ref start_date="soon">http://publisher.example/terms</ali:license_ref>',
         AccessStatus.UNKNOWN, "http://publisher.example/terms"),
    ],
)  # fmt: skip
def test_a_licence_counts_from_the_day_it_starts(
    access: str, status: AccessStatus, licence: str | None
) -> None:
    assert rioxx_2(access).access == Access(status=status, licence=licence)


RIOXX_3 = """<rioxx {dc} xmlns:dcterms="http://purl.org/dc/terms/"
  xmlns:rioxxterms="http://docs.rioxx.net/schema/v3.0/rioxxterms/">
  <dc:title>Macrophages</dc:title><dc:language>en</dc:language><dc:source>0196-2892</dc:source>
  <rioxxterms:publisher><rioxxterms:name>IEEE</rioxxterms:name></rioxxterms:publisher>
  <rioxxterms:creator first-named-author="true"><rioxxterms:name>Müller, Anna</rioxxterms:name>
    <rioxxterms:id>https://isni.org/isni/0000000124141121</rioxxterms:id>
    <rioxxterms:id>https://orcid.org/0000-0002-1050-2771</rioxxterms:id></rioxxterms:creator>
  <rioxxterms:publication_date>2021-12</rioxxterms:publication_date>
  <rioxxterms:record_public_release_date>2022-01-04</rioxxterms:record_public_release_date>
  <rioxxterms:type>https://purl.org/coar/resource_type/c_dcae04bc</rioxxterms:type>
  <dc:identifier>https://doi.org/10.17868/strath.00084907</dc:identifier>
  <rioxxterms:file access_rights="https://purl.org/coar/access_right/c_abf2"
    license_ref="https://creativecommons.org/licenses/by/4.0/" deposit_date="2021-11-01">
      https://archive.example/1.pdf </rioxxterms:file>
  <rioxxterms:relation coar_version="https://purl.org/coar/version/c_970fb48d4fbd8a85">
      https://doi.org/10.1109/TGRS.2023.3262412 </rioxxterms:relation>
  <rioxxterms:relation coar_type="https://purl.org/coar/resource_type/c_ddb1">
      https://doi.org/10.15129/a-data-set </rioxxterms:relation></rioxx>"""


def test_rioxx_3_is_read_into_its_fields() -> None:
    record = one(RIOXX_3.format(dc=DC))
    assert (record.type, record.subtype, record.publisher) == ("Journal article", "Review", "IEEE")
    dois = [i.value for i in record.identifiers if i.scheme is Scheme.DOI]
    assert dois == ["10.1109/tgrs.2023.3262412", "10.17868/strath.00084907"]
    assert record.contributors[0].orcid == "0000-0002-1050-2771"
    assert (str(record.published), str(record.deposited)) == ("2021-12", "2022-01-04")
    assert record.access == Access(
        status=AccessStatus.OPEN, url="https://archive.example/1.pdf", licence="CC BY 4.0"
    )


def test_rioxx_without_an_abstract_is_a_record() -> None:
    """The CC0 variant of ORA gives titles only."""
    record = one(f"<rioxx {DC}><dc:title>Macrophages</dc:title></rioxx>")
    assert (record.abstract, record.sections) == (None, ())


def test_what_is_odd_in_rioxx_is_a_warning() -> None:
    record = one(
        f"<rioxx {DC}><dc:title>T</dc:title><type>Poem</type>"
        "<publication_date>Winter</publication_date></rioxx>"
    )
    assert record.warnings == ("unknown_type:Poem", "bad_date:publication_date:Winter")


# DataCite and arXiv

DATACITE = """<resource xmlns="http://datacite.org/schema/kernel-4">
  <identifier identifierType="DOI">10.5281/ZENODO.1</identifier>
  <titles><title titleType="Subtitle">Part two</title><title>TCR data</title></titles>
  <creators><creator><creatorName nameType="Personal">Lin, Sam</creatorName>
    <nameIdentifier nameIdentifierScheme="ORCID">0000-0002-1050-2771</nameIdentifier>
    <affiliation>University of Oxford</affiliation></creator>
    <creator><creatorName nameType="Organizational">TME, Group</creatorName></creator></creators>
  <contributors><contributor contributorType="Editor"><contributorName>Zhou, Li</contributorName>
    </contributor></contributors>
  <publisher>Zenodo</publisher><publicationYear>2023</publicationYear>
  <dates><date dateType="Available">2024-01-01</date>
    <date dateType="Issued">2023-10-12</date></dates>
  <resourceType resourceTypeGeneral="Dataset"/><language>eng</language>
  <subjects><subject>hypoxia</subject></subjects>
  <descriptions><description descriptionType="Other">Note</description>
    <description descriptionType="Abstract">About &lt;i&gt;TCRs&lt;/i&gt;.</description>
  </descriptions>
  <relatedIdentifiers><relatedIdentifier relatedIdentifierType="DOI" relationType="IsPartOf">
    10.1000/whole</relatedIdentifier></relatedIdentifiers>
  <rightsList><rights rightsURI="info:eu-repo/semantics/openAccess">Open Access</rights>
    <rights rightsURI="https://creativecommons.org/licenses/by/4.0/legalcode">CC</rights></rightsList>
  </resource>"""


def test_datacite_is_read_into_its_fields() -> None:
    record = one(DATACITE)
    assert (record.title, record.type, record.doi) == ("TCR data", "Dataset", "10.5281/zenodo.1")
    assert record.contributors == (
        Contribution(family="Lin", given="Sam", orcid="0000-0002-1050-2771",
                     affiliation="University of Oxford"),
        Contribution(name="TME, Group"),
        Contribution(family="Zhou", given="Li", roles=("Editor",)),
    )  # fmt: skip
    assert str(record.published) == "2023-10-12"
    assert record.access == Access(status=AccessStatus.OPEN, licence="CC BY 4.0")
    assert [i.value for i in record.identifiers if i.scheme is Scheme.DOI] == ["10.5281/zenodo.1"]


OPENAIRE = """<oaire:resource xmlns:oaire="http://namespace.openaire.eu/schema/oaire/"
  xmlns:datacite="http://datacite.org/schema/kernel-4" {dc}>
  <datacite:titles><datacite:title xml:lang="en">Macrophages</datacite:title></datacite:titles>
  <datacite:creators><datacite:creator><datacite:creatorName>Müller, Anna</datacite:creatorName>
    <datacite:nameIdentifier nameIdentifierScheme="ORCID">0000-0002-1050-2771
    </datacite:nameIdentifier></datacite:creator></datacite:creators>
  <datacite:dates><datacite:date dateType="Issued">2024-03</datacite:date></datacite:dates>
  <dc:language>eng</dc:language><dc:publisher>Wiley</dc:publisher>
  <oaire:resourceType resourceTypeGeneral="literature"
    uri="http://purl.org/coar/resource_type/c_6501">journal article</oaire:resourceType>
  <dc:description>Note.</dc:description><dc:description>Background: Hypoxia.</dc:description>
  <datacite:identifier identifierType="DOI">10.1000/x1</datacite:identifier>
  <datacite:rights rightsURI="http://purl.org/coar/access_right/c_abf2">open access
  </datacite:rights>
  <datacite:subjects><datacite:subject>TME</datacite:subject></datacite:subjects>
  <oaire:licenseCondition uri="https://creativecommons.org/licenses/by/4.0/">CC BY
  </oaire:licenseCondition>
  <oaire:citationTitle>Cancer Cell</oaire:citationTitle>
  <oaire:citationVolume>5</oaire:citationVolume>
  <oaire:citationStartPage>12</oaire:citationStartPage>
  <oaire:citationEndPage>19</oaire:citationEndPage></oaire:resource>"""


def test_openaire_is_read_into_its_fields() -> None:
    record = one(OPENAIRE.format(dc=DC))
    assert (record.title, record.type, record.doi) == (
        "Macrophages", "Journal article", "10.1000/x1",
    )  # fmt: skip
    assert record.journal is not None
    assert (record.journal.title, record.volume, record.pages) == ("Cancer Cell", "5", "12-19")
    assert (record.abstract, str(record.published)) == ("Background: Hypoxia.", "2024-03")
    assert record.contributors[0].orcid == "0000-0002-1050-2771"
    assert record.access == Access(status=AccessStatus.OPEN, licence="CC BY 4.0")
    assert (record.keywords, record.language, record.publisher) == (("TME",), "en", "Wiley")


ARXIV = r"""<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>1810.09584</id>
  <version version="v1"><date>Mon, 22 Oct 2018 22:41:50 GMT</date></version>
  <version version="v2"><date>Sun, 13 Jan 2019 11:17:09 GMT</date></version>
  <title>Cells at 50% oxygen</title><authors>\'Edgar Rold\'an and Li Zhou (Oxford)</authors>
  <journal-ref>EPL 124,60006 (2018)</journal-ref><doi>10.1209/0295-5075/124/60006</doi>
  <license>http://creativecommons.org/licenses/by/4.0/</license>
  <abstract>  About 50% of cells.</abstract></arXivRaw>"""


def test_arxiv_is_read_into_its_fields() -> None:
    record = one(ARXIV)
    assert (record.type, record.identifier(Scheme.ARXIV)) == ("Preprint", "1810.09584")
    assert record.doi == "10.1209/0295-5075/124/60006"
    assert [p.name for p in record.contributors] == ["Édgar Roldán", "Li Zhou"]
    assert (str(record.published), record.abstract) == ("2018-10-22", "About 50% of cells.")
    assert record.access == Access(status=AccessStatus.OPEN, licence="CC BY 4.0")


def test_authors_of_arxiv_are_told_apart() -> None:
    given = "A. Bell, B. C. Dee (Leeds), E. Foe, and F. Gee and 3% Group"
    assert [p.display_name for p in arxiv_people(given)] == [
        "A. Bell", "B. C. Dee", "E. Foe", "F. Gee", "3% Group",
    ]  # fmt: skip


# Whole answers


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"broken xml", "not well-formed XML"),
        (b"<rss/>", "not OAI-PMH: its root is rss"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "defines entities"),
        (envelope('<error code="badVerb">what?</error>').get_data(), "badVerb: what?"),
        (envelope("<Identify><x/></Identify>").get_data(), "not a list of records: Identify"),
        (envelope(f"<ListRecords>{Entry('7', None).xml()}</ListRecords>").get_data(), "deleted"),
        (envelope("<ListRecords><record/></ListRecords>").get_data(), "no identifier"),
    ],
)
def test_what_holds_no_record_says_why(data: bytes, reason: str) -> None:
    [refused] = OaiPayload().loads(data, "", AT)
    assert isinstance(refused, Refusal)
    assert reason in refused.reason


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40)
_ELEMENTS = st.sampled_from(
    ["title", "creator", "date", "type", "identifier", "relation", "rights", "source", "language",
     "publication_date", "license_ref", "file", "author", "authors", "id", "version", "x"]
)  # fmt: skip


@QUIETLY
@given(
    root=st.sampled_from(["dc", "rioxx", "resource", "arXivRaw", "other"]),
    children=st.lists(st.tuples(_ELEMENTS, _TEXT), max_size=6),
)
def test_whatever_stands_in_the_elements_no_answer_makes_it_fail(
    root: str, children: list[tuple[str, str]]
) -> None:
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in children)
    parsed = load(f"<{root}><title>T</title>{inside}</{root}>")
    assert len(parsed.records) + len(parsed.refused) == 1


@pytest.mark.shared_data
def test_every_real_answer_is_read_or_says_why_not(shared: Path) -> None:
    """203 records of Zenodo, 50 of them in DataCite's XML; arXiv's; and those of a test server."""
    folder = shared / "data" / "payloads" / "oai_pmh"
    parsed = {
        path.name: Parsed.of(OaiPayload().loads(path.read_bytes(), "", AT))
        for path in sorted(folder.glob("*.xml"))
    }
    assert all(each.records or each.refused for each in parsed.values())
    assert {name: len(each.records) for name, each in parsed.items() if "ist_records" in name} == {
        "scythe__list_records__0.xml": 50,
        "scythe__list_records__1.xml": 50,
        "scythe__list_records__10.xml": 0,
        "scythe__list_records__2.xml": 0,
        "scythe__list_records__4.xml": 50,
        "scythe__list_records__5.xml": 3,
        "scythe__list_records__7.xml": 50,
        "scythe__list_records__8.xml": 3,
    }
    assert len(parsed["fatcat__arxivraw_1810.09584.xml"].records) == 1
    assert all(
        record.identifier(Scheme.OAI) and record.provenance[0].payload_sha256
        for each in parsed.values()
        for record in each.records
    )
