"""From the values of an answer to a record, with its provenance; and what sources share."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.formats import Refusal
from bot.formats.json_values import RefusedError, short, validated
from bot.records.models import (
    Access,
    Identifier,
    Journal,
    Known,
    Provenance,
    Record,
    Relation,
    RelationKind,
    Section,
    unique,
)
from bot.sources.reading.values import LONGEST_TITLE, Item, text
from bot.text.markup import plain

_MISSING = (None, "", (), Access(), Journal(), Known.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Origin:
    """Which source a record is from, when it was read, and the hash of what was read."""

    source: str
    at: datetime
    payload_sha256: str
    note: str | None = None


def hashed(entry: Item, changing: Iterable[str] = ()) -> str:
    """SHA-256 of an entry of an answer, regardless of the order of its keys.

    Leaves out the keys named in `changing`: counts and time stamps that change without the work.
    """
    left_out = frozenset(changing)
    kept = {key: value for key, value in entry.items() if key not in left_out}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def record(
    values: Mapping[str, object],
    origin: Origin,
    warnings: Iterable[str] = (),
) -> Record:
    """A record of these values. Raises RefusedError, naming what it cannot be without."""
    title = text(values.get("title"))
    identifiers = unique(i for i in _identifiers(values) if i is not None)
    name = f"{identifiers[0].value}: " if identifiers else ""
    if title is None or not plain(title):
        raise RefusedError(f"{short(name)} no title".strip())
    if len(title) > LONGEST_TITLE:
        raise RefusedError(f"{short(name)} a title of {len(title):,} characters".strip())
    given: dict[str, object] = {**values, "title": title, "identifiers": identifiers}
    if given.get("journal") == Journal():
        given["journal"] = None
    known = {key: value for key, value in given.items() if value is not None}
    own = Provenance(
        source=origin.source,
        at=origin.at,
        note=origin.note,
        fields=tuple(key for key, value in known.items() if value not in _MISSING),
        payload_sha256=origin.payload_sha256,
    )
    known["provenance"] = (own,)
    known["warnings"] = unique(warnings)
    return validated(Record, known, "record")


def _identifiers(values: Mapping[str, object]) -> tuple[Identifier | None, ...]:
    given = values.get("identifiers", ())
    return tuple(given) if isinstance(given, (tuple, list)) else ()


def each(
    entries: Iterable[tuple[int, object]], read: Callable[[Item], Record]
) -> Iterator[Record | Refusal]:
    """Read each entry of an answer, by its place in it; one that is no record is a Refusal."""
    for place, entry in entries:
        if isinstance(entry, Refusal):
            yield entry
        elif not isinstance(entry, dict):
            yield Refusal(place, "not an object")
        else:
            try:
                yield read(entry)
            except RefusedError as refused:
                yield Refusal(place, str(refused))


def abstract_of(sections: Iterable[Section]) -> str | None:
    """The whole abstract of its sections, each label before its text."""
    value = (f"{s.label}: {s.text}" if s.label else s.text for s in sections)
    return " ".join(value).strip() or None


def names(family: object, given: object, name: object = None) -> dict[str, str | None]:
    """The names of a `Contribution`: in two parts where both are given, else whole.

    A name in one part is never cut: which of its words is the family's is not known.
    """
    last, first = text(family), text(given)
    if last and first:
        return {"family": last, "given": first}
    return {"name": text(name) or last or first}


def affiliations(values: Iterable[object]) -> str | None:
    """Several affiliations of one person as one text."""
    return "; ".join(unique(found for value in values if (found := text(value)))) or None


_CREATIVE = re.compile(
    r"(?:creativecommons\.org/(?:licenses|publicdomain)/|\bcc[-_ ]?)"
    r"(?P<terms>by(?:[-_ ](?:nc|nd|sa))*|zero|0|mark)(?![a-z])(?:[-_/ ](?P<version>\d\.\d))?",
    re.IGNORECASE,
)


def licence(value: object) -> str | None:
    """A licence as people write it (`CC BY-NC 4.0`, `CC0 1.0`); others as the source gives them."""
    given = text(value)
    found = _CREATIVE.search(given) if given else None
    if given is None or found is None:
        return given
    terms = found["terms"].upper().replace("_", "-").replace(" ", "-")
    named = {"ZERO": "CC0", "0": "CC0", "MARK": "Public domain mark"}.get(terms, f"CC {terms}")
    return f"{named} {found['version']}" if found["version"] else named


def is_creative(name: str | None) -> bool:
    """Whether a licence, as `licence` writes it, lets everybody read the work."""
    return name is not None and name.startswith(("CC ", "CC0"))


def relations(
    kind: RelationKind, identifiers: Iterable[Identifier | None], source: str
) -> tuple[Relation, ...]:
    """What a work is to each of the works that these identifiers name, as a source says it."""
    return tuple(
        Relation(kind=kind, identifier=identifier, source=source)
        for identifier in identifiers
        if identifier is not None
    )
