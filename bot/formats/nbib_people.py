"""The people of an nbib entry: each with the affiliation and ORCID that stand below the name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.formats.draft import one_line
from bot.records.identifiers import read
from bot.records.models import Contribution, Scheme
from bot.records.names import contributor

# Full name, short name, role. Investigators stand behind a group and are not its authors.
_KINDS = {"FAU": "", "AU": "", "FED": "Editor", "ED": "Editor", "CN": ""}
_SHORT = frozenset(("AU", "ED"))
_ORCID = re.compile(r"\d{4}-?\d{4}-?\d{4}-?\d{3}[\dXx]")


@dataclass(slots=True)
class _Person:
    tag: str
    name: str
    affiliations: list[str] = field(default_factory=list)
    orcid: str | None = None
    has_short_form: bool = False

    def contribution(self) -> Contribution:
        roles = (_KINDS[self.tag],) if _KINDS[self.tag] else ()
        affiliation = "; ".join(self.affiliations) or None
        if self.tag == "CN" or not self.name:
            named = Contribution(name=self.name or None)
        elif self.name.endswith(",") and self.name.count(",") == 1:
            named = Contribution(family=self.name.rstrip(", "))
        else:
            named = contributor(self.name)
        return named.model_copy(
            update={"orcid": self.orcid, "affiliation": affiliation, "roles": roles}
        )


def people(rows: Sequence[tuple[str, str]], warnings: list[str]) -> Iterator[Contribution]:
    """The contributors in order. A full name replaces the short form next to it."""
    found: list[_Person] = []
    current: _Person | None = None
    for tag, value in rows:
        line = one_line(value)
        if tag in _KINDS:
            if (
                tag in _SHORT
                and current
                and current.tag == f"F{tag}"
                and not current.has_short_form
            ):
                current.has_short_form = True
                continue
            current = _Person(tag, line)
            found.append(current)
        elif tag in ("FIR", "IR"):  # an investigator: what follows is not the author's
            current = None
        elif tag == "AD" and current is not None and line:
            current.affiliations.append(line)
        elif tag == "AUID" and current is not None and line:
            _add_orcid(current, line, warnings)
    return (person.contribution() for person in found)


def _add_orcid(person: _Person, text: str, warnings: list[str]) -> None:
    match = _ORCID.search(text)
    if match is None:  # an identifier of another kind (ISNI, GRID, a local one)
        return
    orcid = read(Scheme.ORCID, match[0])
    if orcid is None or not orcid.valid:
        warnings.append(f"bad_identifier:orcid:{match[0]}")
    else:
        person.orcid = orcid.value
