"""Identifiers in pasted text: found, checked, brought to one normal form, printed as addresses.

Normal forms:

    doi    10.1002/ctd2.70098               issn   2768-0622
    pmid   28187290                         ark    ark:/99999/fk4test
    pmcid  PMC5345678                       pubs   2342049
    orcid  0000-0002-1050-2771              ora    6ed0b5bd-c459-4081-970f-c8a8f218c2c3
    nct    NCT02263508                      oai    oai:ora.ox.ac.uk:uuid:6ed0b5bd-…
    arxiv  2101.12345 (no version: one work)

Reading is linear in the length of the text: every rule is one pass, and each of its parts is
either bounded or a single run of characters with nothing after it to go back for.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from bot.records.identifiers.dois import doi_alone
from bot.records.identifiers.forms import ARXIV, TAKEN, UUID, WRAPPING, Hit
from bot.records.identifiers.rules import RULES
from bot.records.models import Identifier, Scheme

__all__ = ["Mention", "find", "mentioned", "parse", "read", "url"]


@dataclass(frozen=True, slots=True)
class Mention:
    """An identifier found in text, and the span [start, end) of that text it was read from.

    The span covers its label, its address, and the whole of a Slack link. `labelled` is True
    when the text says what it is: "PMID 123", "doi:…", "NCT…", a URL.
    """

    identifier: Identifier
    start: int
    end: int
    labelled: bool


def find(text: str) -> list[Mention]:
    """Every identifier in pasted text, in order, none overlapping another.

    Takes what people paste: line breaks inside a DOI, typographic hyphens and quotes, percent
    escapes, Slack's `<https://…|label>` and `&lt;`. An identifier whose check digit fails is
    given with `valid=False` when the text claims it to be one: by a label, or by being all there
    is. Bare eight digits are a PMID only when they are the whole text.
    """
    if at_doi_org := _AT_DOI_ORG.fullmatch(text):  # the address that most files have
        doi = Identifier(scheme=Scheme.DOI, value=at_doi_org[1])
        return [Mention(doi, 0, len(text), labelled=True)]
    plain, places = _prepare(text)
    hits: list[Hit] = []
    for rule in RULES:
        if found := list(rule(plain)):
            hits += found
            plain = _mask(plain, found)
    return [
        Mention(hit.identifier, places[hit.start], places[hit.end], hit.labelled)
        for hit in sorted(hits, key=lambda hit: hit.start)
        if hit.identifier is not None
    ]


def mentioned(text: str) -> list[Mention]:
    """As `find`; where several are listed and nothing else is, a bare number among them is a PMID.

    `37365438, 37726418`, `doi:10.1126/sciadv.adu1727 and 27381735`: any separator will do.
    """
    mentions = find(text)
    named = {at for mention in mentions for at in range(mention.start, mention.end)}
    numbers = []
    for word in _LISTED.finditer(text):
        if word.start() in named or word.group().lower() in _JOINING:
            continue
        if not _BARE_PMID.fullmatch(word.group()):
            return mentions
        pmid = Identifier(scheme=Scheme.PMID, value=word.group())
        numbers.append(Mention(pmid, word.start(), word.end(), labelled=False))
    if len(mentions) + len(numbers) < 2:
        return mentions
    return sorted((*mentions, *numbers), key=lambda mention: mention.start)


def parse(text: str) -> Identifier | None:
    """The identifier that the whole text is, in any pasted form; None when it is not just one.

    Quotes, brackets and punctuation around it do not count.
    """
    if any(c in text for c in "|<>") and (alone := doi_alone(text)):
        return alone
    mentions = find(text)
    if len(mentions) != 1:
        return None
    around = text[: mentions[0].start] + text[mentions[0].end :]
    return None if _prepare(around)[0].strip(WRAPPING) else mentions[0].identifier


def read(scheme: Scheme, value: str) -> Identifier | None:
    """The identifier in a value whose field says its scheme; None when there is not just one.

    `SOURCE` and `LOCAL` have no form of their own: any text of up to 200 characters will do.
    """
    value = value.strip()
    if (shape := _NORMAL.get(scheme)) and shape.fullmatch(value):
        return Identifier(scheme=scheme, value=value)
    if scheme in (Scheme.SOURCE, Scheme.LOCAL):
        return Identifier(scheme=scheme, value=value) if 0 < len(value) <= 200 else None
    if scheme is Scheme.DOI and any(c in value for c in "|<>") and (alone := doi_alone(value)):
        return alone
    # PubMed's DOI fields can read "pii: e011091. doi: 10.1136/jitc-2024-011091".
    found = {m.identifier for m in find(value) if m.identifier.scheme is scheme}
    if len(found) == 1:
        return found.pop()
    identifier = parse(f"{scheme}:{value}")
    return identifier if identifier is not None and identifier.scheme is scheme else None


def url(identifier: Identifier) -> str | None:
    """The https address of an identifier, safe in a Slack link; None where there is none.

    None also when it is not valid or not in its normal form: no address is made up.
    """
    shape, address = _ADDRESSES.get(identifier.scheme, (None, ""))
    match = shape.fullmatch(identifier.value) if shape else None
    if match is None or not identifier.valid:
        return None
    return address + quote(match.group(1), safe="/:;()._-=@+,", errors="replace")


# What is in its normal form already, and could be nothing else: not looked at any further.
_NORMAL = {
    Scheme.DOI: re.compile(r"10\.(?!1101/)\d{4,9}/[a-z0-9]+(?:[._()-][a-z0-9]+){0,40}", re.ASCII),
    Scheme.PMID: re.compile(r"[1-9]\d{0,7}", re.ASCII),
    Scheme.PMCID: re.compile(r"PMC\d{1,9}", re.ASCII),
}
_AT_DOI_ORG = re.compile(rf"https://doi\.org/({_NORMAL[Scheme.DOI].pattern})", re.ASCII)
_LISTED = re.compile(r"\w+")
_BARE_PMID = re.compile(r"[1-9]\d{4,7}", re.ASCII)
_JOINING = frozenset(("and", "or", "doi", "dois", "pmid", "pmids"))
_PIECE = re.compile("&(?:amp|lt|gt);|.", re.DOTALL)
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_LOOKALIKES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‘’‚‛′", "'")
    | dict.fromkeys("\u2044\u2215", "/")  # the slashes of fractions and of division
)


@lru_cache(maxsize=4096)
def _plain(piece: str) -> str:
    """One character as the rules see it: "" when it is invisible, a space for what is no text."""
    if len(piece) > 1:
        return _ENTITIES[piece]
    category = unicodedata.category(piece)
    if category == "Cf":  # soft hyphens, zero-width characters, bidirectional controls
        return ""
    if category in ("Cs", "Zs") or (category == "Cc" and piece not in "\t\r\n"):
        return " "
    piece = piece.translate(_LOOKALIKES)
    folded = unicodedata.normalize("NFKC", piece)
    return folded if len(folded) == 1 else piece


def _prepare(text: str) -> tuple[str, Sequence[int]]:
    """The text for the rules, and for each place in it (and its end) the place in `text`."""
    if text.isascii() and text.isprintable() and "&" not in text:  # as nearly every value is
        return text, range(len(text) + 1)
    characters: list[str] = []
    places: list[int] = []
    for piece in _PIECE.finditer(text):
        character = _plain(piece.group())
        if character:
            characters.append(character)
            places.append(piece.start())
    return "".join(characters), [*places, len(text)]


def _mask(text: str, hits: Iterable[Hit]) -> str:
    parts, at = [], 0
    for hit in hits:
        parts += [text[at : hit.start], TAKEN * (hit.end - hit.start)]
        at = hit.end
    return "".join([*parts, text[at:]])


# The normal form of each scheme that has an address, and what comes before its group 1.
_ADDRESSES: dict[Scheme, tuple[re.Pattern[str], str]] = {
    Scheme.DOI: (re.compile(r"(10\.\d{2,9}(?:\.\d{1,9})*/.+)", re.DOTALL), "https://doi.org/"),
    Scheme.PMID: (re.compile(r"([1-9]\d{0,7})"), "https://pubmed.ncbi.nlm.nih.gov/"),
    Scheme.PMCID: (re.compile(r"(PMC\d{1,9})"), "https://pmc.ncbi.nlm.nih.gov/articles/"),
    Scheme.ORCID: (re.compile(r"(\d{4}-\d{4}-\d{4}-\d{3}[\dX])"), "https://orcid.org/"),
    Scheme.ISSN: (re.compile(r"(\d{4}-\d{3}[\dX])"), "https://portal.issn.org/resource/ISSN/"),
    Scheme.NCT: (re.compile(r"(NCT\d{8})"), "https://clinicaltrials.gov/study/"),
    Scheme.ARXIV: (re.compile(ARXIV), "https://arxiv.org/abs/"),
    Scheme.ARK: (re.compile(r"(ark:/[0-9a-z]{5,9}/.+)", re.DOTALL), "https://n2t.net/"),
    Scheme.ORA: (re.compile(rf"({UUID})"), "https://ora.ox.ac.uk/objects/uuid:"),
    Scheme.OAI: (
        re.compile(rf"oai:ora\.ox\.ac\.uk:uuid:({UUID})"),
        "https://ora.ox.ac.uk/objects/uuid:",
    ),
}
