"""The labels of an ORA record page as fields of a record.

`bot.sources.ora.layout` finds what is under which label; here each becomes a field, and what is
missing or wrong becomes a warning. Field by field this follows ORA data model 2.4; the comments
give its conventions where they are not plain.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from bot.records.dates import PartialDate, Precision
from bot.records.identifiers import read
from bot.records.models import (
    Access,
    Contribution,
    Identifier,
    Journal,
    Known,
    Provenance,
    Record,
    Scheme,
    unique,
)
from bot.records.names import contributor, language_code
from bot.records.sections import split_sections
from bot.sources.ora.head import read_head
from bot.sources.ora.layout import USAGE_HEADING, AuthorBlock, Page

UNEDITED = "external service metadata, not edited by ORA"
# In `Provenance.fields`: the DOI is under "Publisher copy" only.
DOI_FROM_PUBLISHER_COPY = "doi:publisher_copy"
_STATUSES = ("Published", "Accepted", "In press", "Submitted", "Unpublished")
_PEER_REVIEW = {
    "peer reviewed": Known.YES, "not peer reviewed": Known.NO, "non peer reviewed": Known.NO,
}  # fmt: skip
# ORA writes every label of a record, empty ones too; these are what a page should have.
_EXPECTED = (
    "Abstract", "Publication status", "Peer review status", "Publisher copy", "Publisher",
    "Publication date", "Acceptance date", "DOI", "Language", "Keywords", "Subtype", "Pubs id",
    "Local pid", "Source identifiers", "Deposit date", "ARK identifier",
)  # fmt: skip
_EXPECTED_OF_ARTICLES = ("Journal", "Volume", "Issue", "Article number", "EISSN", "ISSN")
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
_USAGE = re.compile(
    r"(?P<name>views|downloads)\W{0,3}(?P<n>\d[\d,]{0,12})"
    r"|(?P<n2>\d[\d,]{0,12})\s{1,3}(?P<name2>views|downloads)",
    re.IGNORECASE,
)


class Reading:
    """Turns one page into a record, collecting warnings in the order of the page's fields."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._warnings: list[str] = []

    def record(self, source: str, at: datetime, digest: str) -> Record:
        """The record. Raises UnreadableFile when the page has no title."""
        values, origin = self._values()
        provenance = Provenance(
            source=source,
            at=at,
            note=UNEDITED if self._page.unedited else None,
            fields=(*(name for name, value in values.items() if _is_given(value)), *origin),
            payload_sha256=digest,
        )
        values |= {"provenance": (provenance,), "warnings": unique(self._warnings)}
        return Record.model_validate(values)

    def _values(self) -> tuple[dict[str, object], tuple[str, ...]]:
        """The fields of the record, in the order of the page, and a word on the DOI's origin."""
        page = self._page
        work_type, subtype, title = read_head(page, self._warn)
        abstract = page.text("Abstract") or None
        values: dict[str, object] = {
            "type": work_type,
            "subtype": self._subtype(subtype),
            "title": title,
            "abstract": abstract,
            "sections": split_sections(abstract or ""),
            "publication_status": self._status(),
            "peer_reviewed": self._peer_reviewed(),
            "contributors": self._contributors(),
            "publisher": page.first("Publisher"),
            "volume": page.first("Volume"),
            "issue": page.first("Issue"),
            "pages": page.first("Pages"),
            "published": self._published(),
            "accepted": self._accepted(),
        }
        dois, origin = self._dois()
        values |= {
            "article_number": self._article_number(dois),
            "journal": self._journal(),
            "language": self._language(),
            "keywords": self._keywords(),
            "identifiers": unique((*dois, *self._other_identifiers())),
            "deposited": self._date("Deposit date"),
            "access": self._access(),
            "usage": self._usage(),
        }
        self._warn_of_the_page(work_type)
        return values, origin

    def _warn(self, warning: str) -> None:
        self._warnings.append(" ".join(warning.split())[:120])

    # Fields 1 to 3 are in `bot.sources.ora.head`, but for the subtype.

    def _subtype(self, in_head: str | None) -> str | None:
        """Given twice; where the two differ, the label is right."""
        labelled = self._page.first("Subtype")
        if labelled and in_head and labelled.casefold() != in_head.casefold():
            self._warn("subtype_conflict")
        return labelled or in_head

    # Fields 5 and 6: what the record says of itself.

    def _status(self) -> str | None:
        given = self._page.first("Publication status")
        status = next((s for s in _STATUSES if given and s.lower() == given.lower()), None)
        if given and status is None:
            self._warn(f"unknown_publication_status:{given}")
        return status

    def _peer_reviewed(self) -> Known:
        """Absence is unknown, never "no"."""
        given = self._page.first("Peer review status")
        known = _PEER_REVIEW.get((given or "").lower().replace("-", " "), Known.UNKNOWN)
        if given and known is Known.UNKNOWN:
            self._warn(f"unknown_peer_review_status:{given}")
        return known

    # Fields 10 to 14: authors.

    def _contributors(self) -> tuple[Contribution, ...]:
        found = tuple(self._contribution(block) for block in self._page.authors)
        if not found:
            self._warn("label_missing:Authors")
        if any(person.display_name is None for person in found):
            self._warn("author_name_missing")
        return found

    def _contribution(self, block: AuthorBlock) -> Contribution:
        """One author. A missing name stays missing; an affiliation is that author's alone."""
        given = block.first("ORCID")
        orcid = read(Scheme.ORCID, given) if given else None
        if given and (orcid is None or not orcid.valid):
            self._warn(f"bad_orcid:{given}")
        person = contributor(block.name or "")
        return person.model_copy(
            update={
                "orcid": orcid.value if orcid and orcid.valid else None,
                "affiliation": "; ".join(block.values.get("Institution", ())) or None,
                "roles": tuple(block.values.get("Role", ())),
            }
        )

    # Fields 15 to 24: where it appeared.

    def _journal(self) -> Journal | None:
        """EISSN and ISSN may be the same number: both are kept, and it is still one journal."""
        eissn, issn = self._issn("EISSN"), self._issn("ISSN")
        if eissn is not None and eissn == issn:
            self._warn("issn_equals_eissn")
        journal = Journal(title=self._page.first("Journal"), issn=issn, eissn=eissn)
        return journal if journal != Journal() else None

    def _issn(self, label: str) -> str | None:
        """The first good number of a label; a list of them keeps no more."""
        numbers = []
        for given in self._page.values.get(label, ()):
            number = read(Scheme.ISSN, given)
            if number is not None and number.valid:
                numbers.append(number.value)
            elif given:
                self._warn(f"bad_{label.lower()}:{given}")
        if len(set(numbers)) > 1:
            self._warn(f"several_{label.lower()}s:{' '.join(numbers[1:])}")
        return numbers[0] if numbers else None

    def _article_number(self, dois: tuple[Identifier, ...]) -> str | None:
        """Where a DOI ends in a number as long as the article's, the two should be the same."""
        number = self._page.first("Article number")
        digits = re.search(r"\d{4,}$", number or "")
        behind = re.search(r"\d{4,}$", dois[0].value) if dois else None
        if digits and behind and len(digits[0]) == len(behind[0]) and digits[0] != behind[0]:
            self._warn("article_number_differs_from_doi")
        return number

    def _date(self, label: str) -> PartialDate | None:
        given = self._page.first(label)
        if given is None:
            return None
        try:
            if _DATE.fullmatch(given):
                return PartialDate.parse(given)
        except ValueError:  # no such day
            pass
        self._warn(f"bad_date:{label}")
        return None

    def _published(self) -> PartialDate | None:
        """ORA pads a year to its first of January, so of such a date only the year is known.

        (ORA data model conventions 2.4: "the earliest legitimate value will be used".)
        """
        date = self._date("Publication date")
        if date and date.precision is Precision.DAY and (date.month, date.day) == (1, 1):
            self._warn("published_day_unknown")
            return PartialDate(date.year)
        return date

    def _accepted(self) -> PartialDate | None:
        """Acceptance comes before publication, as far as the two are known."""
        accepted, published = (
            self._date("Acceptance date"),
            str(self._published() or ""),
        )
        if accepted and published and str(accepted)[: len(published)] > published:
            self._warn("accepted_after_published")
        return accepted

    def _dois(self) -> tuple[tuple[Identifier, ...], tuple[str, ...]]:
        """The DOIs of the labels DOI and Publisher copy, and a word when only the latter has one.

        Equal ones are one; different ones are both kept, with a warning.
        """
        copy = tuple(self._identifiers("Publisher copy", Scheme.DOI, url_is_fine=True))
        own = tuple(self._identifiers("DOI", Scheme.DOI))
        if self._page.values.get("DOI") is not None and self._page.first("DOI") is None:
            self._warn("doi_label_empty")
        if own and copy and set(own) != set(copy):
            self._warn("doi_conflict")
        return unique((*own, *copy)), (DOI_FROM_PUBLISHER_COPY,) if copy and not own else ()

    def _identifiers(
        self, label: str, scheme: Scheme, *, url_is_fine: bool = False
    ) -> Iterator[Identifier]:
        """The good identifiers of a label; the bad ones are warnings.

        A value that the end of a broken-off page may have cut short names another work, or none.
        """
        if self._page.cut == label:
            if self._page.first(label) is not None:
                self._warn(f"value_cut_off:{label}")
            return
        for given in filter(None, self._page.values.get(label, ())):
            identifier = read(scheme, given)
            if identifier is not None and identifier.valid:
                yield identifier
            elif not (url_is_fine and _is_address(given)):
                self._warn(f"bad_{label.lower().replace(' ', '_')}:{given}")

    # Fields 25 to 32.

    def _language(self) -> str | None:
        given = self._page.first("Language")
        code = language_code(given) if given else None
        if given and code is None:
            self._warn(f"unknown_language:{given}")
        return code or given

    def _keywords(self) -> tuple[str, ...]:
        """An empty label gives no keywords, not an empty one."""
        lines = self._page.values.get("Keywords")
        words = [word.strip() for line in lines or () for word in line.split(";")]
        keywords = unique(word for word in words if word)
        if lines is not None and not keywords:
            self._warn("keywords_empty")
        return keywords

    def _other_identifiers(self) -> tuple[Identifier, ...]:
        """Those of the archive itself: pubs id, local pid, source identifiers, UUID, ARK."""
        pubs = tuple(self._identifiers("Pubs id", Scheme.PUBS))
        local = self._page.first("Local pid") or ""
        scheme = Scheme.ORA if local.lower().startswith("uuid:") else Scheme.PUBS
        pids = tuple(self._identifiers("Local pid", scheme))
        if pubs and pids and scheme is Scheme.PUBS and pubs != pids:
            self._warn("pubs_id_conflict")
        found = (
            *pubs,
            *pids,
            *self._identifiers("UUID", Scheme.ORA),
            *self._identifiers("PMID", Scheme.PMID),
            *self._identifiers("Source identifiers", Scheme.SOURCE),
            *self._identifiers("ARK identifier", Scheme.ARK),
        )
        if "ARK identifier" in self._page.values and not self._page.first("ARK identifier"):
            self._warn("ark_empty")
        return found

    # Fields 8, 34 and 35, and the page as a whole.

    def _access(self) -> Access:
        """The words "Access Document" prove nothing, so who can read the text stays unknown."""
        licence, copy = self._page.first("Licence"), self._page.first("Publisher copy") or ""
        if licence is None:
            self._warn("licence_missing")
        is_link = _is_address(copy) and read(Scheme.DOI, copy) is None
        return Access(licence=licence, url=copy if is_link else None)

    def _usage(self) -> dict[str, int] | None:
        """Views and downloads where the page has numbers; without one it is not zero."""
        text = " ".join(self._page.values.get(USAGE_HEADING, ()))
        for label in ("Views", "Downloads"):
            text += f" {label}: {self._page.first(label) or ''}"
        found = {
            (match["name"] or match["name2"]).lower(): (match["n"] or match["n2"]).replace(",", "")
            for match in _USAGE.finditer(text)
        }
        return {name: int(number) for name, number in found.items()} or None

    def _warn_of_the_page(self, work_type: str | None) -> None:
        """What the page should have and has not, has and should not, and whether it breaks off."""
        is_article = work_type in ("Journal article", None)
        for label in (*_EXPECTED, *(_EXPECTED_OF_ARTICLES if is_article else ())):
            if label not in self._page.values:
                self._warn(f"label_missing:{label}")
        for label in self._page.other_labels:
            self._warn(f"unknown_label:{label}")
        if not self._page.complete:
            self._warn("page_incomplete")


def _is_address(text: str) -> bool:
    return re.fullmatch(r"https?://[^\s<>|\"]{1,500}", text) is not None


def _is_given(value: object) -> bool:
    return value not in (None, (), Known.UNKNOWN, Access())
