"""Where a record came from, in words: a service, or a file that a person brought.

Plain text, but for `sources` and `file`, which are mrkdwn and mention people.
"""

from collections.abc import Iterable

from bot.records.models import Provenance, unique
from bot.sources import labels
from bot.text.markup import plain
from handlers.views.mrkdwn import fit, is_user, literal, person
from handlers.views.wording import day

_FIELD_ORIGINS = {"doi:publisher_copy": "DOI taken from the Publisher copy"}


def source_name(source: str) -> str:
    """A source as people know it."""
    return labels().get(source, plain(source))


def sources(entries: Iterable[Provenance], most: int) -> list[str]:
    """Where a record came from, each source once: a service may have been queried twice a day."""
    return list(unique(map(_source, entries))[:most])


def _source(provenance: Provenance) -> str:
    """One source, as mrkdwn: "Source: ORA · harvested 3 Dec 2025 · its note".

    What a person brought is that person's: "Source: file refs.bib by @Ann on 3 Dec 2025".
    """
    note = literal(fit(plain(provenance.note), 300)) if provenance.note else ""
    if provenance.file is not None:
        return " · ".join(filter(None, (f"Source: {file(provenance)}", note)))
    name = literal(fit(source_name(provenance.source), 80))
    when = f"harvested {day(provenance.at)}" if provenance.at else "harvest date unknown"
    return " · ".join(filter(None, (f"Source: {name}", when, note)))


def file(provenance: Provenance) -> str:
    """A file that a person brought, as mrkdwn: its name, by whom, when."""
    name = fit(plain(provenance.file or ""), 80)
    who = provenance.by or ""
    parts = [f"file {literal(name)}" if name else "a file whose name was not kept"]
    parts += [f"by {person(who) if is_user(who) else f'@{literal(fit(who, 40))}'}"] if who else []
    parts += [f"on {day(provenance.at)}"] if provenance.at else []
    return " ".join(parts)


def origin_name(provenance: Provenance) -> str:
    """Who stated something, in plain text: a service, or a file."""
    if provenance.file is None:
        return source_name(provenance.source)
    return f"file {plain(provenance.file)}".strip()


def field_origin(provenance: Provenance) -> list[str]:
    """What a reader should know of single fields: the DOI that the Publisher copy gave."""
    return [text for field, text in _FIELD_ORIGINS.items() if field in provenance.fields]
