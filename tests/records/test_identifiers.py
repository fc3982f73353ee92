"""Identifiers: every pasted form is read, nothing else is, and nothing pasted can do harm."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records.identifiers import Mention, find, parse, read, url
from bot.records.models import Identifier, Scheme
from tests.growth import assert_in_proportion

SEED = "10.1002/ctd2.70098"
UUID = "6ed0b5bd-c459-4081-970f-c8a8f218c2c3"
LANCET = "10.1016/s1470-2045(21)00241-2"
SICI = "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"

CITATION = (
    "Sharma P, et al. Cell. 2017;168(4):707-723. doi:10.1016/j.cell.2017.01.017. "
    "PMID: 28187290; PMCID: PMC5391692."
)

WHOLE_TEXTS = [
    # DOI
    ("10.1002/ctd2.70098", "doi", SEED),
    ("DOI: 10.1002/CTD2.70098", "doi", SEED),
    ("doi:10.1002/ctd2.70098", "doi", SEED),
    ("doi 10.1002/ctd2.70098", "doi", SEED),
    ("DOI10.1002/ctd2.70098", "doi", SEED),
    ("https://doi.org/10.1002/ctd2.70098", "doi", SEED),
    ("doi: https://doi.org/10.1002/ctd2.70098", "doi", SEED),
    ("http://dx.doi.org/10.1002%2Fctd2.70098", "doi", SEED),
    ("10.1002%2fctd2.70098", "doi", SEED),
    ("doi.org/10.1002/ctd2.70098", "doi", SEED),
    ("https://onlinelibrary.wiley.com/doi/full/10.1002/ctd2.70098", "doi", SEED),
    ("https://onlinelibrary.wiley.com/doi/10.1002/ctd2.70098?af=R#section-2", "doi", SEED),
    ("https://www.example.org/articles/10.1002/ctd2.70098/full", "doi", SEED),
    ("https://link.springer.com/content/pdf/10.1002/ctd2.70098.pdf", "doi", SEED),
    ("https://evil.example/10.1002/ctd2.70098", "doi", SEED),
    ("https://go.example/?to=https%3A%2F%2Fdoi.org%2F10.1002%2Fctd2.70098", "doi", SEED),
    ("<https://doi.org/10.1002/ctd2.70098>", "doi", SEED),
    ("<https://doi.org/10.1002/ctd2.70098|10.1002/ctd2.70098>", "doi", SEED),
    ("&lt;https://doi.org/10.1002/ctd2.70098&gt;", "doi", SEED),
    ("10.1002/ctd2.\n70098", "doi", SEED),
    ("10.1002/\r\nctd2.70098", "doi", SEED),
    ("10.1002/ctd2\n.70098", "doi", SEED),
    ("https://doi.org/10.1002/ctd2.\n70098", "doi", SEED),
    ("10.1002/ctd2.70098.", "doi", SEED),
    ("“10.1002/ctd2.70098”", "doi", SEED),
    ("(10.1002/ctd2.70098),", "doi", SEED),
    ("*10.1002/ctd2.70098*", "doi", SEED),
    ("`10.1002/ctd2.70098`", "doi", SEED),
    ("10.1002/ct\u00add2.70098", "doi", SEED),
    ("10.1002/\u200bctd2.70098", "doi", SEED),
    ("１０.1002/ctd2.70098", "doi", SEED),
    ("10.1016/S1470-2045(21)00241-2", "doi", LANCET),
    ("(10.1016/S1470-2045(21)00241-2)", "doi", LANCET),
    ("https://doi.org/10.1016/S1470\u20102045(21)00241\u20112", "doi", LANCET),
    ("10.1016/j.cell.\n2017.01.017", "doi", "10.1016/j.cell.2017.01.017"),
    ("10.1038/s41586-\n019-1234-5", "doi", "10.1038/s41586-019-1234-5"),
    ("https://www.biorxiv.org/content/10.1101/2020.01.02.123456v2.full.pdf", "doi",
     "10.1101/2020.01.02.123456"),
    ("10.1002/(SICI)1097-0258(19980815/30)17:15/16&lt;1661::AID-SIM968&gt;3.0.CO;2-2", "doi", SICI),
    ("10.48550/arXiv.2101.12345", "doi", "10.48550/arxiv.2101.12345"),
    # PubMed
    ("PMID 28187290", "pmid", "28187290"),
    ("pmid:28187290", "pmid", "28187290"),
    ("PMID: 0028187290", "pmid", "28187290"),
    ("PubMed ID 123", "pmid", "123"),
    ("28187290", "pmid", "28187290"),
    ("27680622", "pmid", "27680622"),
    (" 28187290. ", "pmid", "28187290"),
    ("https://pubmed.ncbi.nlm.nih.gov/35998300/", "pmid", "35998300"),
    ("https://www.ncbi.nlm.nih.gov/pubmed/35998300", "pmid", "35998300"),
    ("www.ncbi.nlm.nih.gov/pubmed/?term=35998300", "pmid", "35998300"),
    ("https://europepmc.org/article/MED/35998300", "pmid", "35998300"),
    ("PMC5345678", "pmcid", "PMC5345678"),
    ("PMCID: PMC5345678", "pmcid", "PMC5345678"),
    ("pmc 5345678", "pmcid", "PMC5345678"),
    ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC5345678/", "pmcid", "PMC5345678"),
    ("https://pmc.ncbi.nlm.nih.gov/articles/PMC5345678/#abstract", "pmcid", "PMC5345678"),
    # ORCID
    ("0000-0002-1050-2771", "orcid", "0000-0002-1050-2771"),
    ("orcid:0000000210502771", "orcid", "0000-0002-1050-2771"),
    ("0000000210502771", "orcid", "0000-0002-1050-2771"),
    ("ORCID 0000\u20110002\u20111050\u20112771", "orcid", "0000-0002-1050-2771"),
    ("ORCID iD: 0000 0002 1050 2771", "orcid", "0000-0002-1050-2771"),
    ("https://orcid.org/0000-0002-1050-2771", "orcid", "0000-0002-1050-2771"),
    ("orcid.org/0000-0002-1694-233x", "orcid", "0000-0002-1694-233X"),
    # ISSN
    ("2768-0622", "issn", "2768-0622"),
    ("eissn 27680622", "issn", "2768-0622"),
    ("ISSN: 2768-0622", "issn", "2768-0622"),
    ("e-ISSN 2768\u20100622", "issn", "2768-0622"),
    ("ISSN (online): 2768-0622", "issn", "2768-0622"),
    ("issn 2434-561x", "issn", "2434-561X"),
    ("https://portal.issn.org/resource/ISSN/2768-0622", "issn", "2768-0622"),
    # ARK
    ("ark:/99999/fk4-test", "ark", "ark:/99999/fk4test"),
    ("ark:99999/fk4-test?", "ark", "ark:/99999/fk4test"),
    ("ARK:/99999/fk4TEST??", "ark", "ark:/99999/fk4TEST"),
    ("ark: 99999/fk4test.", "ark", "ark:/99999/fk4test"),
    ("https://n2t.net/ark:/99999/fk4-test", "ark", "ark:/99999/fk4test"),
    # ORA
    ("pubs id 2342049", "pubs", "2342049"),
    ("Pubs id: 2342049", "pubs", "2342049"),
    ("pubs:2342049", "pubs", "2342049"),
    ("Local pid: pubs:2342049", "pubs", "2342049"),
    (UUID, "ora", UUID),
    (f"uuid:{UUID.upper()}", "ora", UUID),
    (f"https://ora.ox.ac.uk/objects/uuid:{UUID}", "ora", UUID),
    (f"https://ora.ox.ac.uk/objects/uuid%3A{UUID}/files/r12", "ora", UUID),
    (f"oai:ora.ox.ac.uk:uuid:{UUID}", "oai", f"oai:ora.ox.ac.uk:uuid:{UUID}"),
    ("oai:pubmedcentral.nih.gov:5345678", "oai", "oai:pubmedcentral.nih.gov:5345678"),
    # trials, arXiv
    ("NCT02263508", "nct", "NCT02263508"),
    ("nct 02752074", "nct", "NCT02752074"),
    ("nct-02752074", "nct", "NCT02752074"),
    ("https://clinicaltrials.gov/ct2/show/NCT02263508", "nct", "NCT02263508"),
    ("arXiv:2101.12345v2", "arxiv", "2101.12345"),
    ("2101.12345", "arxiv", "2101.12345"),
    ("https://arxiv.org/pdf/2101.12345v2.pdf", "arxiv", "2101.12345"),
    ("arXiv:hep-th/9901001", "arxiv", "hep-th/9901001"),
    ("arxiv math.GT/0309136v1", "arxiv", "math/0309136"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "scheme", "value"), WHOLE_TEXTS)
def test_every_pasted_form_is_the_identifier(text: str, scheme: str, value: str) -> None:
    assert parse(text) == Identifier(scheme=Scheme(scheme), value=value)


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("0000-0002-1050-2772", "orcid"),
        ("ORCID 0000-0002-1050-277", "orcid"),
        ("2768-0623", "issn"),
        ("issn 2768062", "issn"),
        ("NCT0226350", "nct"),
        ("PMID 281872901234", "pmid"),
    ],
)
def test_a_mistyped_identifier_is_given_as_not_valid(text: str, scheme: str) -> None:
    identifier = parse(text)
    assert identifier is not None
    assert (identifier.scheme.value, identifier.valid) == (scheme, False)
    assert url(identifier) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "macrophage csf1r",
        "ctd2.70098",  # a DOI suffix alone
        "10.1002",
        "10.1002/",
        "doi:",
        "doi: n/a",
        "2020-2024",
        "2020\u20132024",
        "2024-2020",
        "2341234",  # seven digits can be too many things
        "281872901",
        "phone 020 7946-0958",
        "+44 20 7946-0958",
        "pages 1234-1245",
        "Cell. 2017;168(4):1707-1723",
        "PubMed 2024 reviews",
        "4111-1111-1111-1111",
        "PD-1 CD274 IL-10 PMC",
        "hep-th/9901001",
        "2113.12345",
        "a ratio of 10.25/12.5 mg",
        "https://example.org/2768-0622/0000-0002-1050-2771",
        "mailto:a@orcid.org",
        "park:12345/abcde",
    ],
)
def test_what_is_no_identifier_is_not_found(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            CITATION,
            ["doi:10.1016/j.cell.2017.01.017", "pmid:28187290", "pmcid:PMC5391692"],
        ),
        ("10.1002/a1;10.1002/b2, 10.1002/c3", [f"doi:10.1002/{x}" for x in ("a1", "b2", "c3")]),
        ("PMIDs 28187290, 35998300 & 123456", ["pmid:28187290", "pmid:35998300", "pmid:123456"]),
        ("1. Smith. 10.1002/ctd2.70098.\n2. Jones. 10.1002/x2", [f"doi:{SEED}", "doi:10.1002/x2"]),
        ("It is 10.1002/ctd2.70098.\n2024 was good", [f"doi:{SEED}"]),
        ("10.1002/ctd2.70098\n10.1002/x2", [f"doi:{SEED}", "doi:10.1002/x2"]),
        ("<https://example.org|10.1002/ctd2.70098>", [f"doi:{SEED}"]),
        ("has this been retracted? https://doi.org/10.1002/ctd2.70098", [f"doi:{SEED}"]),
        ("in 2768-0622 by 0000-0002-1050-2771", ["issn:2768-0622", "orcid:0000-0002-1050-2771"]),
        ("year 2768-0623 to 1234-5678", []),
        (f"oai:ora.ox.ac.uk:uuid:{UUID}", [f"oai:oai:ora.ox.ac.uk:uuid:{UUID}"]),
        ("eight digits 28187290 in a sentence", []),
        ("doi: 10.1002/x</doi>", ["doi:10.1002/x"]),
        ("url={https://doi.org/10.1002/x1}, year=2020", ["doi:10.1002/x1"]),
    ],
)  # fmt: skip
def test_identifiers_are_found_in_longer_texts(text: str, found: list[str]) -> None:
    assert [f"{m.identifier.scheme}:{m.identifier.value}" for m in find(text)] == found


def test_a_slack_link_counts_once_and_its_span_is_the_whole_link() -> None:
    link = "<https://doi.org/10.1002/ctd2.70098|doi.org/10.1002/ctd2.70098>"
    assert find(f"see {link}!") == [
        Mention(Identifier(scheme=Scheme.DOI, value=SEED), 4, 4 + len(link), labelled=True)
    ]


@pytest.mark.parametrize(
    ("text", "labelled"),
    [
        ("doi:10.1002/x1", True),
        ("10.1002/x1", False),
        ("https://evil.example/10.1002/x1", True),
        ("PMID 1", True),
        ("28187290", False),
        ("orcid:0000-0002-1050-2771", True),
        ("0000-0002-1050-2771", False),
        ("issn 2768-0622", True),
        ("2768-0622", False),
        (UUID, False),
        ("NCT02263508", True),
    ],
)
def test_a_mention_says_whether_the_text_named_the_kind(text: str, labelled: bool) -> None:
    assert [mention.labelled for mention in find(text)] == [labelled]


@pytest.mark.parametrize(
    ("scheme", "value", "address"),
    [
        ("doi", SEED, "https://doi.org/10.1002/ctd2.70098"),
        ("doi", "10.12/<x>|y z", "https://doi.org/10.12/%3Cx%3E%7Cy%20z"),
        ("doi", "10.1002/a?b#c%2F&d", "https://doi.org/10.1002/a%3Fb%23c%252F%26d"),
        ("doi", "javascript:alert(1)", None),
        ("pmid", "28187290", "https://pubmed.ncbi.nlm.nih.gov/28187290"),
        ("pmid", "../x", None),
        ("pmcid", "PMC5391692", "https://pmc.ncbi.nlm.nih.gov/articles/PMC5391692"),
        ("orcid", "0000-0002-1050-2771", "https://orcid.org/0000-0002-1050-2771"),
        ("issn", "2768-0622", "https://portal.issn.org/resource/ISSN/2768-0622"),
        ("nct", "NCT02263508", "https://clinicaltrials.gov/study/NCT02263508"),
        ("arxiv", "hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001"),
        ("ark", "ark:/99999/fk4test", "https://n2t.net/ark:/99999/fk4test"),
        ("ora", UUID, f"https://ora.ox.ac.uk/objects/uuid:{UUID}"),
        ("oai", f"oai:ora.ox.ac.uk:uuid:{UUID}", f"https://ora.ox.ac.uk/objects/uuid:{UUID}"),
        ("oai", "oai:example.org:1", None),
        ("pubs", "2342049", None),
        ("source", "3456848", None),
        ("local", "https://evil.example", None),
    ],
)
def test_an_address_is_https_and_quoted_or_there_is_none(
    scheme: str, value: str, address: str | None
) -> None:
    assert url(Identifier(scheme=Scheme(scheme), value=value)) == address


@pytest.mark.parametrize(
    ("scheme", "text", "value"),
    [
        (Scheme.DOI, "https://doi.org/10.1002/X1", "10.1002/x1"),
        (Scheme.DOI, "n/a", None),
        (Scheme.DOI, "pii: e011091. doi: 10.1136/jitc-2024-011091", "10.1136/jitc-2024-011091"),
        (Scheme.DOI, "10.1002/x1 10.1002/x2", None),
        (Scheme.PMID, "123", "123"),
        (Scheme.PMID, "10.1002/x1", None),
        (Scheme.PMCID, "5391692", "PMC5391692"),
        (Scheme.PUBS, "12345678", "12345678"),
        (Scheme.ISSN, "27680622", "2768-0622"),
        (Scheme.ARK, "99999/fk4-test", "ark:/99999/fk4test"),
        (Scheme.LOCAL, " my id ", "my id"),
        (Scheme.LOCAL, "", None),
        (Scheme.SOURCE, "x" * 201, None),
    ],
)
def test_a_field_that_says_its_scheme_is_read_as_that(
    scheme: Scheme, text: str, value: str | None
) -> None:
    identifier = read(scheme, text)
    assert (identifier.value if identifier else None) == value


@pytest.mark.shared_data
def test_the_identifiers_of_the_shared_questions_are_read(shared: Path) -> None:
    """Every question of an identifier category gives exactly the identifier it is about."""
    schemes = {"doi": "doi", "pmid": "pmid", "orcid": "orcid", "issn": "issn", "nct": "nct",
               "ark": "ark", "ora_uuid": "ora", "pubs_id": "pubs"}  # fmt: skip
    lines = (shared / "taxonomy" / "queries.dev.jsonl").read_text(encoding="utf-8").splitlines()
    seen = 0
    for case in map(json.loads, lines):
        if not case["category"].startswith(("identifier-", "hostile-url", "pasted-citation")):
            continue
        seen += 1
        [mention] = find(case["input"])
        wanted = [(schemes[k], v) for k, v in case["parsed"].items() if k in schemes]
        if wanted:
            assert [(mention.identifier.scheme.value, mention.identifier.value)] == wanted
        assert mention.identifier.valid is not case["category"].endswith("-bad"), case["id"]
    assert seen >= 20


# --- properties -------------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    ["10.1002/", "doi:", "https://", "<https://doi.org/", "|", ">", "&lt;", "PMID ", "PMC", "NCT",
     "orcid ", "issn ", "0000-0002-", "2768-0622", "ark:/12345/", "oai:a.b:", "uuid:", UUID, "\n",
     ".", "-", "(", ")", "%2F", "%00", "\u00ad", "\u2010", "\ud800", "\x00", "v2", "1", "70098"]
)  # fmt: skip
PASTED = st.lists(st.one_of(FRAGMENTS, st.text(max_size=6)), max_size=25).map("".join)


@given(PASTED)
@settings(max_examples=300)
def test_any_text_is_read_with_spans_inside_it_and_in_order(text: str) -> None:
    mentions = find(text)
    places = [place for m in mentions for place in (m.start, m.end)]
    assert places == sorted(places)
    assert all(m.start < m.end <= len(text) for m in mentions)
    parse(text)


@given(PASTED)
@settings(max_examples=300)
def test_what_was_found_is_in_its_normal_form(text: str) -> None:
    """Reading a normal form again gives the same identifier."""
    for mention in find(text):
        if mention.identifier.valid:
            assert read(mention.identifier.scheme, mention.identifier.value) == mention.identifier


@given(st.sampled_from(sorted(Scheme)), st.text(min_size=1, max_size=80))
def test_an_address_never_holds_what_could_break_out_of_a_link(scheme: Scheme, value: str) -> None:
    for hostile in (value, f"10.1000/{value}", f"ark:/99999/{value}"):
        address = url(Identifier(scheme=scheme, value=hostile))
        if address is not None:
            assert address.startswith("https://")
            assert set(address) <= set(string.ascii_letters + string.digits + "/:;()._-~=@+,%")


HOSTILE = [
    "10.1000/", "10.1000/ ", "10.", "(", ")]", "-", "1-", "0000-", "http://", "<http://a|",
    "oai:a.b:! ", "ark:99999/_ ", "10.1000/x.\n1", "PMID 123456, ", "\u00ad", "orcid 0", "issn 1",
    "10.1000/<1::ab-", "%2f10.1000%2f", "0000 0002 1050 277", "arxiv:a-", "2020-2024 ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_reading_takes_time_in_proportion_to_the_text(piece: str) -> None:
    assert_in_proportion(find, lambda size: (piece * size)[:size], 5_000)


@pytest.mark.parametrize(
    ("value", "doi"),
    [
        ("10.1000/a|b", "10.1000/a|b"),
        ("doi: 10.1000/a<b", "10.1000/a<b"),
        ("https://doi.org/10.1000/A%7Cb", "10.1000/a|b"),
        ("https://doi.org/10.1000/a%3C1%3E", "10.1000/a<1>"),
        ("10.1000/a|b.", "10.1000/a|b"),
        ("10.1000/a</a>", "10.1000/a"),
        ("10.1000/a|https://a.example", "10.1000/a"),
        ("<https://doi.org/10.1000/a|10.1000/a>", "10.1000/a"),
        ("10.1000/a|10.1000/b", None),
    ],
)
def test_a_doi_in_its_field_is_not_cut_at_what_ends_it_in_a_text(
    value: str, doi: str | None
) -> None:
    """Two DOIs that are alike up to a bar were one, and their works merged."""
    found = read(Scheme.DOI, value)
    assert (found and found.value) == doi
    if found is not None:
        assert parse(identifier_url := url(found) or "") == found, identifier_url


@pytest.mark.parametrize("slash", ["\u2044", "\u2215", "\uff0f"])
def test_a_doi_with_the_slash_of_a_fraction_is_read(slash: str) -> None:
    """Typesetters and PDFs put other slashes where a DOI has its own."""
    found = [mention.identifier.value for mention in find(f"10.1002{slash}ctd2.70098")]
    assert found == ["10.1002/ctd2.70098"]


_NORMAL_FORMS = {
    Scheme.DOI: st.from_regex(r"10\.[1-9][0-9]{3,5}/[a-z0-9v._()-]{1,14}", fullmatch=True),
    Scheme.PMID: st.from_regex(r"[0-9]{1,9}", fullmatch=True),
    Scheme.PMCID: st.from_regex(r"PMC[0-9]{1,10}", fullmatch=True),
}


@settings(max_examples=300)
@given(data=st.data(), scheme=st.sampled_from(list(_NORMAL_FORMS)))
def test_a_value_in_normal_form_is_read_as_in_a_sentence(
    data: st.DataObject, scheme: Scheme
) -> None:
    """Values of files are mostly in normal form, and read without a search: to the same end."""
    value = data.draw(_NORMAL_FORMS[scheme])
    searched = parse(f"{scheme}:{value}")
    assert read(scheme, value) == (searched if searched and searched.scheme is scheme else None)
    address = f"https://doi.org/{value}"
    assert find(address) == find(f"{address} ")
