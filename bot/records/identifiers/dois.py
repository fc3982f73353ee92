"""DOIs in text and in addresses."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from bot.records.identifiers.forms import SPACE_OR_QUOTE, Hit, identifier_of, trim
from bot.records.models import Identifier, Scheme

_DOI = re.compile(
    # A label; or nothing that could make the 10 part of a longer word or number.
    r"(?:(?P<label>(?<![a-z0-9])(?:(?:dx\.)?doi\.org/|doi[\s:=.]{0,4}(?=10\.)))"
    r"|(?<![a-z0-9.])|(?<=%2f))"
    r"10\.(?P<registrant>\d{2,9}(?:\.\d{1,9}){0,3})(?P<slash>/|%2f)"
    # SICI names hold <…>; an address, or a comma before the next DOI, ends this one.
    r"(?P<suffix>(?:<\d{1,6}::[a-z]{2,4}-[a-z0-9]{1,12}>"
    rf"|(?!https?://|[,;][ ]?(?:10\.\d{{4,9}}/|doi))[^{SPACE_OR_QUOTE}])*)",
    re.IGNORECASE,
)
# Alone in its field, or without the escapes of an address, a DOI may hold "|", "<" and ">" too:
# nothing else is there that these could belong to, but the tags of a markup.
_ALONE = re.compile(
    r"(?P<label>doi\.org/)?10\.(?P<registrant>\d{2,9}(?:\.\d{1,9}){0,3})/"
    r"(?P<suffix>(?:<\d{1,6}::[a-z]{2,4}-[a-z0-9]{1,12}>"
    r"|(?!</?[a-z][^<>]{0,200}>|[,;|]10\.\d{4,9}/|[|<]?https?://)[^\s\"\x00-\x1f\x7f])*)",
    re.IGNORECASE,
)
_FIELD_LABEL = re.compile(r"\s*(?:doi\s?[:=]?\s?)?(?=10\.)", re.IGNORECASE)
_NEXT_LINE = re.compile(
    rf"[ \t]{{0,4}}\r?\n[ \t]{{0,8}}(?!10\.\d{{4}})(?P<more>[^{SPACE_OR_QUOTE}]{{1,200}})"
)
# What publishers' addresses put behind the DOI.
_URL_TAIL = re.compile(
    r"(?:/(?:full|fulltext|abstract|summary|pdf|epdf|epub|meta|html|references|related)"
    r"|\.(?:full\.pdf|full-text|full|abstract|pdf))$",
    re.IGNORECASE,
)
_BIORXIV_VERSION = re.compile(r"(?<=\d)v\d{1,2}$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")


def dois(text: str) -> Iterator[Hit]:
    """Every DOI in prepared text: bare, labelled, percent-escaped, broken by a line end."""
    for match in _DOI.finditer(text):
        labelled = match["label"] is not None
        # Registrants have four digits or more; fewer are believed only behind a label.
        if not labelled and len(match["registrant"]) < 4:
            continue
        run, end = with_next_line(text, match["suffix"], match.end())
        suffix = trim(run)
        end -= len(run) - len(suffix)
        if match["slash"] == "/":
            identifier = _doi(match["registrant"], suffix)
        else:  # percent escapes may hide anything: look again once they are gone
            identifier = doi_in_url(unquote(f"10.{match['registrant']}/{suffix}"))
        if identifier is not None:
            yield Hit(match.start(), end, identifier, labelled)


def with_next_line(text: str, run: str, end: int) -> tuple[str, int]:
    """The suffix with what a line end broke off it, and where that ends."""
    following = _NEXT_LINE.match(text, end)
    if following is None or not _continues(run, following["more"]):
        return run, end
    return run + following["more"], following.end()


def _continues(run: str, more: str) -> bool:
    """Whether a DOI suffix goes on in the next line: `ctd2.`, `70098`; but not `70098.`, `2.`.

    A suffix that ends in a full stop and five digits or so looks complete; the number of the next
    reference in a list is no part of it.
    """
    if not run:
        return more[0].isalnum()
    if not any(c.isdigit() for c in more) or re.fullmatch(r"\d{1,3}[.)]", more):
        return False
    if more[0] == ".":
        return run[-1].isalnum() and len(more) > 1
    if not more[0].isalnum():
        return False
    if run[-1] == ".":
        last = re.split(r"[./_-]", run[:-1])[-1]
        return len(last) < 3 or not last.isdigit() or _YEAR.fullmatch(last) is not None
    return run[-1] in "-_/"


def _doi(registrant: str, suffix: str) -> Identifier | None:
    # A question mark in a DOI is a query pasted along; none is known to hold one.
    suffix = trim(suffix.partition("?")[0])
    if registrant == "1101":  # bioRxiv, medRxiv: all versions of a preprint have one DOI
        suffix = _BIORXIV_VERSION.sub("", suffix)
    return identifier_of(Scheme.DOI, f"10.{registrant}/{suffix}".lower() if suffix else None)


def has_doi(address: str) -> bool:
    """Whether an address holds what looks like a DOI."""
    return _DOI.search(address) is not None


def doi_alone(value: str) -> Identifier | None:
    """The DOI that a whole value is, with a label or without; None where it is not just one."""
    label = _FIELD_LABEL.match(value)
    match = _ALONE.fullmatch(value.rstrip(), label.end()) if label else None
    return _doi(match["registrant"], trim(match["suffix"])) if match else None


def doi_in_url(address: str) -> Identifier | None:
    """The DOI in an address without escapes, regardless of its host; None when it has none."""
    found = _DOI.search(address)
    match = _ALONE.match(address, found.start("registrant") - 3) if found else None
    if found is None or match is None:
        return None
    suffix = trim(re.split(r"[?#&]", match["suffix"])[0])
    if found["label"] is None:  # a publisher's address, not doi.org: its own words go
        suffix = _URL_TAIL.sub("", suffix)
    return _doi(match["registrant"], suffix)
