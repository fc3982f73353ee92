"""How two records that are one work become one record.

Which records are one work is `bot.merging.sameness`' to say, which version a field is taken from
`bot.merging.choice`'s.
"""

from collections.abc import Sequence

from bot.merging.choice import EVEN, Trusts, choose, gathered, is_given
from bot.records.identity import same_version
from bot.records.models import Record, unique


def combine(stored: Record, incoming: Record, trusts: Trusts = EVEN) -> Record:
    """One record of two that are one work.

    A source may correct itself: what it says now replaces what it stated. Another source's version
    is kept next to it, and each field is taken from the better one. No identifier and no provenance
    is lost.
    """
    if same_version(stored, incoming):
        both = corrected(stored, incoming)
    else:
        both = choose((stored, incoming), trusts)
    return both.model_copy(update={"id": stored.id, "first_seen": stored.first_seen})


def combine_versions(
    stored: Record, versions: Sequence[Record], incoming: Record, trusts: Trusts = EVEN
) -> Record:
    """`combine`, where the versions of the stored record are known (two or more).

    Notices are kept although no version has them any more: they came by a check or a list.
    """
    chosen = choose(with_version(versions, incoming), trusts)
    return chosen.model_copy(
        update={
            "id": stored.id,
            "first_seen": stored.first_seen,
            "integrity": gathered((*stored.integrity, *chosen.integrity)),
        }
    )


def with_version(versions: Sequence[Record], incoming: Record) -> list[Record]:
    """The versions with this one in place of what its source stated before, or behind them."""
    found = list(versions)
    for place, version in enumerate(found):
        if same_version(version, incoming):
            found[place] = corrected(version, incoming)
            return found
    return [*found, incoming]


def corrected(before: Record, now: Record) -> Record:
    """What a source says now, with the identifiers and notices that it gave before."""
    kept = {
        name: getattr(before, name)
        for name in Record.model_fields
        if name not in _MADE_ANEW and not is_given(now, name)
    }
    return now.model_copy(
        update=kept
        | {
            "identifiers": unique((*now.identifiers, *before.identifiers)),
            "relations": unique((*now.relations, *before.relations)),
            "integrity": gathered((*before.integrity, *now.integrity)),
        }
    )


# Derived from the record's own text: never filled from another version of it.
_MADE_ANEW = frozenset(("concepts", "warnings"))
