"""How two records that are one work become one record.

Which records are one work is `bot.identity`'s to say.
"""

from bot.models import Known, Record, unique


def combine(held: Record, incoming: Record) -> Record:
    """One record of two that are one work.

    A source may correct itself: what it says now replaces the record where it is the only source
    held. Another source only fills what is missing. No identifier and no provenance is lost.
    """
    sources_held = {p.source for p in held.provenance}
    sources_in = {p.source for p in incoming.provenance}
    newer = bool(sources_held) and sources_held == sources_in
    base, other = (incoming, held) if newer else (held, incoming)
    filled = {
        name: getattr(other, name)
        for name in Record.model_fields
        if _is_missing(getattr(base, name)) and not (newer and name in _REPLACED)
    }
    return base.model_copy(
        update=filled
        | {
            "id": held.id,
            "first_seen": held.first_seen,
            "identifiers": unique((*base.identifiers, *other.identifiers)),
            "provenance": incoming.provenance
            if newer
            else unique((*held.provenance, *incoming.provenance)),
            "integrity": unique((*base.integrity, *other.integrity)),
            "warnings": base.warnings if newer else unique((*base.warnings, *other.warnings)),
        }
    )


# Derived from the record's own text: never filled from another version of it.
_REPLACED = frozenset(("concepts", "warnings"))


def _is_missing(value: object) -> bool:
    return value in (None, "", (), Known.UNKNOWN) or value == Record.model_fields["access"].default
