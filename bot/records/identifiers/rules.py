"""The rules that find identifiers in prepared text, in the order in which they apply."""

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote

from bot.records.identifiers.dois import doi_in_url, dois, has_doi, with_next_line
from bot.records.identifiers.forms import (
    ARXIV,
    SPACE_OR_QUOTE,
    UUID,
    WRAPPING,
    Hit,
    checked,
    identifier_of,
    trim,
)
from bot.records.models import Identifier, Scheme

_ARK = r"ark:\s?/?(?P<naan>[0-9a-z]{5,9})/(?P<name>[\w=~*+@$%./-]*[a-z0-9=~*+@$])"
_ORCID = r"(?:\d{4}[ -]?){3}\d{3}[\dx]"
_LINK_LABEL = r"(?:(?<![a-z0-9])(?:doi|pmid|pmcid|orcid(?:\s?id)?|arxiv|ark|ora|url)[\s:=]{1,3})?"
_SLACK_LINK = re.compile(
    rf"{_LINK_LABEL}<(?P<url>https?://[^\s<>|\x00]{{1,3000}})(?:\|[^<>\x00]{{0,3000}})?>",
    re.IGNORECASE,
)
_URL = re.compile(
    rf"{_LINK_LABEL}(?P<url>(?:https?://|(?<![\w@./-])(?:www\.|dx\.|m\.)?(?:doi\.org|orcid\.org|"
    r"arxiv\.org|n2t\.net|ora\.ox\.ac\.uk|clinicaltrials\.gov|europepmc\.org|portal\.issn\.org|"
    rf"(?:(?:pubmed|pmc)\.)?ncbi\.nlm\.nih\.gov)/)[^{SPACE_OR_QUOTE}]*)",
    re.IGNORECASE,
)
_PUBMED = r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed)/(?:\?term=)?"
_URL_RULES: tuple[tuple[Scheme, re.Pattern[str]], ...] = tuple(
    (scheme, re.compile(pattern, re.IGNORECASE))
    for scheme, pattern in (
        (Scheme.ORA, rf"ora\.ox\.ac\.uk/objects/(?:uuid:)?({UUID})"),
        (Scheme.PUBS, r"ora\.ox\.ac\.uk/objects/pubs:(\d{1,10})(?!\w)"),
        (Scheme.PMID, rf"(?:{_PUBMED}|europepmc\.org/(?:article|abstract)/med/)(\d{{1,8}})(?!\w)"),
        (Scheme.ORCID, rf"orcid\.org/({_ORCID})(?!\w)"),
        (Scheme.ISSN, r"issn\.org/resource/issn/(\d{4}-?\d{3}[\dx])(?!\w)"),
        (Scheme.ARXIV, rf"arxiv\.org/(?:abs|pdf|html|format)/({ARXIV})(?!\d)"),
        (Scheme.NCT, r"(?<![a-z0-9])(nct\d{8})(?!\w)"),
        (Scheme.PMCID, r"(?<![a-z0-9])(pmc\d{1,9})(?!\w)"),
    )
)
_ARK_IN_URL = re.compile(rf"(?<=/){_ARK}", re.IGNORECASE)


def _slack_links(text: str) -> Iterator[Hit]:
    """Slack's links as a whole, so that a label does not count again."""
    for match in _SLACK_LINK.finditer(text):
        identifier = _in_url(match["url"])
        # A link that names nothing leaves its label to be read.
        end = match.end() if identifier else match.end("url")
        yield Hit(match.start(), end, identifier)


def _urls(text: str) -> Iterator[Hit]:
    for match in _URL.finditer(text):
        run, end = match["url"], match.end()
        if has_doi(run):
            run, end = with_next_line(text, run, end)
        address = trim(run)
        yield Hit(match.start(), end - len(run) + len(address), _in_url(address))


def _in_url(address: str) -> Identifier | None:
    """What an address names. A DOI counts on any host: only the DOI is used, never the host."""
    address = unquote(unquote(address))
    doi = doi_in_url(address)
    if doi is not None:
        return doi
    ark = _ARK_IN_URL.search(address)
    if ark is not None:
        return _ark(ark)
    for scheme, pattern in _URL_RULES:
        match = pattern.search(address)
        if match is not None:
            return checked(scheme, match.group(1))
    return None


def _ark(match: re.Match[str]) -> Identifier | None:
    """Hyphens are insignificant in an ARK, and its case counts (ARK specification)."""
    name = match["name"].replace("-", "").strip("./")
    value = f"ark:/{match['naan'].lower()}/{name}"
    return identifier_of(Scheme.ARK, value if name else None)


_ARK_IN_TEXT = re.compile(rf"(?<![a-z0-9]){_ARK}(?:\?info|\?{{1,2}})?", re.IGNORECASE)
_OAI_IN_TEXT = re.compile(
    r"(?<![a-z0-9/])oai:(?P<domain>[a-z][a-z0-9.-]{1,100}):"
    rf"(?P<local>[^{SPACE_OR_QUOTE}]*[a-z0-9])",
    re.IGNORECASE,
)


def _arks(text: str) -> Iterator[Hit]:
    for match in _ARK_IN_TEXT.finditer(text):
        yield Hit(match.start(), match.end(), _ark(match))


def _oais(text: str) -> Iterator[Hit]:
    for match in _OAI_IN_TEXT.finditer(text):
        domain = match["domain"].lower()
        # ORA's own names are UUIDs, whose case does not count; another archive's may.
        local = match["local"].lower() if domain == "ora.ox.ac.uk" else match["local"]
        yield Hit(match.start(), match.end(), identifier_of(Scheme.OAI, f"oai:{domain}:{local}"))


def _simple(scheme: Scheme, pattern: str, *, labelled: bool = True) -> Callable[[str], list[Hit]]:
    """A rule whose pattern says it all: the group `v` is the identifier as typed."""
    compiled = re.compile(pattern, re.IGNORECASE)

    def rule(text: str) -> list[Hit]:
        return [
            Hit(m.start(), m.end(), checked(scheme, m["v"]), labelled)
            for m in compiled.finditer(text)
        ]

    return rule


_PMID_LIST = re.compile(
    # "PubMed 2024" is a search; the number of a bare "PubMed" has six digits or more.
    r"(?<![a-z0-9])(?:pmids?[\s:=#]{0,3}|pubmed\s?id[\s:=#]{0,3}|pubmed[\s:=#]{1,3}(?=\d{6}))"
    r"(\d{1,12})(?!\w)",
    re.IGNORECASE,
)
_NEXT_PMID = re.compile(
    r"\s{0,2}(?:,|;|&|\band\b)\s{0,2}(?:and\s)?(\d{6,8})(?![\w-])", re.IGNORECASE
)


def _pmids(text: str) -> Iterator[Hit]:
    """A labelled PMID, and those listed behind it: "PMIDs 28187290, 35998300"."""
    for first in _PMID_LIST.finditer(text):
        match: re.Match[str] | None = first
        while match is not None:
            start = first.start() if match is first else match.start(1)
            yield Hit(start, match.end(), checked(Scheme.PMID, match.group(1)))
            match = _NEXT_PMID.match(text, match.end())


_BARE_ORCID = re.compile(
    # ORCID numbers are a block of ISNI numbers: 0000-000… and 0009-00….
    r"(?<![\w-])000[09](?P<gap>[ -]?)0\d{3}(?P=gap)\d{4}(?P=gap)\d{3}[\dx](?![\w-])",
    re.IGNORECASE,
)
_BARE_ISSN = re.compile(r"(?<![\w./:;+-])\d{4}-\d{3}[\dx](?![\w/-]|\.\d)", re.IGNORECASE)
# Words and numbers that make what follows a telephone number or pages.
_NOT_ISSN_BEFORE = re.compile(
    r"(?:\d|\b(?:tel|phone|fax|call|pp?|pages?|years?)\b)[.:]?\s?$", re.IGNORECASE
)


def _bare_orcids(text: str) -> Iterator[Hit]:
    for match in _BARE_ORCID.finditer(text):
        identifier = checked(Scheme.ORCID, match.group())
        # Hyphens make the claim; plain digits only when the check digit bears it out.
        if match["gap"] == "-" or (identifier is not None and identifier.valid):
            yield Hit(match.start(), match.end(), identifier, labelled=False)


def _bare_issns(text: str) -> Iterator[Hit]:
    for match in _BARE_ISSN.finditer(text):
        identifier = checked(Scheme.ISSN, match.group())
        before = text[max(0, match.start() - 8) : match.start()]
        if identifier is None or not identifier.valid or _is_range(match.group()):
            continue
        if not _NOT_ISSN_BEFORE.search(before):
            yield Hit(match.start(), match.end(), identifier, labelled=False)


def _is_range(text: str) -> bool:
    """Whether `1234-1245` is a range: two years either way round, or pages close together."""
    if not text[-1].isdigit():
        return False
    first, last = int(text[:4]), int(text[5:])
    years = 1900 <= first <= 2100 and 1900 <= last <= 2100
    return years or 0 <= last - first < 200


_WHOLE = {
    Scheme.PMID: re.compile(r"\d{8}"),
    Scheme.ISSN: re.compile(r"\d{4}-\d{3}[\dx]", re.IGNORECASE),
    Scheme.ARXIV: re.compile(r"\d\d(?:0[1-9]|1[0-2])\.\d{4,5}(?:v\d{1,3})?"),
}


def _whole(text: str) -> Iterator[Hit]:
    """What is an identifier only because nothing else is there."""
    core = text.strip(WRAPPING)
    start = text.find(core)
    if len(core) > 20:
        return
    for scheme, pattern in _WHOLE.items():
        if pattern.fullmatch(core) and not (scheme is Scheme.ISSN and _is_years(core)):
            yield Hit(start, start + len(core), checked(scheme, core), labelled=False)
            return


def _is_years(text: str) -> bool:
    return all(1900 <= int(part) <= 2100 for part in text.split("-") if part.isdigit()) and (
        text[-1].isdigit()
    )


# In this order: what one rule takes, no later rule sees. The most specific come first.
RULES: tuple[Callable[[str], Iterable[Hit]], ...] = (
    _whole,
    _slack_links,
    _urls,
    _oais,
    dois,
    _arks,
    _simple(Scheme.ORA, rf"(?<![a-z0-9])(?:ora|uuid)[\s:=]{{1,3}}(?:uuid:)?(?P<v>{UUID})(?![\w-])"),
    _simple(Scheme.ORA, rf"(?<![\w-])(?P<v>{UUID})(?![\w-])", labelled=False),
    _simple(
        Scheme.ORCID,
        rf"(?<![a-z0-9])orcid(?:\s?id)?[\s:=#]{{0,3}}(?P<v>{_ORCID}|\d[\d-]{{7,22}}x?)(?![\w-])",
    ),
    _bare_orcids,
    _simple(Scheme.NCT, r"(?<![a-z0-9])(?:nct[\s:#-]{1,2})?nct[\s:#-]{0,3}(?P<v>\d{5,12})(?!\w)"),
    _simple(
        Scheme.PMCID,
        r"(?<![a-z0-9])(?:pmc\s?id[\s:=#]{0,3}(?:pmc)?|pmc(?=\d)|pmc\s(?=\d{5}))(?P<v>\d{1,9})(?!\w)",
    ),
    _pmids,
    _simple(
        Scheme.PUBS,
        r"(?<![a-z0-9])(?:local\s?pid[\s:=]{0,3})?"
        r"(?:pubs[ _-]?id[\s:=#]{0,3}(?:pubs:)?|pubs\s?:\s{0,2})(?P<v>\d{1,10})(?!\w)",
    ),
    _simple(Scheme.ARXIV, rf"(?<![a-z0-9])arxiv(?:\.org)?[\s:/=]{{0,3}}(?P<v>{ARXIV})(?!\w)"),
    _simple(
        Scheme.ISSN,
        r"(?<![a-z0-9])(?:[ep]-?)?issn(?:-l)?(?:\s?\((?:print|online|electronic|linking)\))?"
        r"[\s:=#]{0,3}(?P<v>\d{4}[- ]?\d{3}[\dx]|\d[\dx-]{5,10})(?!\w)",
    ),
    _bare_issns,
)
