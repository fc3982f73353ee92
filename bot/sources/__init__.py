"""Where records come from. A source yields records; what becomes of them is decided elsewhere.

`bot.sources.base` says what a source is, `bot.sources.http` how it asks. A source is one folder,
whose `SourceKind` says everything about it, and one line in `bot.sources.listed`.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot import formats
from bot.formats import Format, by_name, detect
from bot.merging.choice import Trusts
from bot.records.models import Identifier, Scheme
from bot.sources.base import Batch, Deleted, Fetcher, Place, Rechecked, Source, SourceKind

if TYPE_CHECKING:
    from bot.sources.listed import SOURCES


def __getattr__(name: str) -> Any:
    """The sources that there are, loaded when somebody wants them: an answer needs none."""
    if name == "SOURCES":
        return import_module("bot.sources.listed").SOURCES
    raise AttributeError(name)


def _sources() -> tuple[SourceKind, ...]:
    found: tuple[SourceKind, ...] = sys.modules[__name__].SOURCES
    return found


def harvested() -> tuple[SourceKind, ...]:
    """The kinds that a sources file may name."""
    return tuple(kind for kind in _sources() if kind.harvested)


def readers() -> tuple[Format, ...]:
    """Everything that a file can be read as: the answers of sources first, then file formats."""
    return (*(reader for kind in _sources() for reader in kind.readers), *formats.FORMATS)


def reader(data: bytes, file_name: str, name: str | None = None) -> Format:
    """What reads a file: by name, else by what it looks like.

    Raises UnreadableFile when there is none.
    """
    return by_name(name, readers()) if name is not None else detect(data, file_name, readers())


def trusts() -> Trusts:
    """How far each source is trusted, by its name in provenance."""
    return {name: kind.trust for kind in _sources() for name in (kind.name, *kind.labels)}


def labels() -> dict[str, str]:
    """What people call the sources and files that records are from, by the name in provenance."""
    from bot.sources.starter import LABELS  # noqa: PLC0415 - it brings the reader of ORA's pages

    found = {name: label for known in formats.FORMATS for name, label in known.labels}
    found["file"] = "files that people brought"
    found |= LABELS
    for kind in _sources():
        found |= {kind.name: kind.label, **kind.labels}
    return found


def fetchable() -> frozenset[Scheme]:
    """The schemes of which some source can be queried for a single work."""
    return frozenset(scheme for kind in _sources() if kind.finds_works for scheme in kind.schemes)


def registered(identifier: Identifier) -> Identifier:
    """What names the work that a registry's number represents: papers may name a trial too."""
    for kind in _sources():
        if kind.registers is identifier.scheme:
            return Identifier(scheme=Scheme.SOURCE, value=f"{kind.name}:{identifier.value}")
    return identifier


__all__ = [
    "SOURCES",
    "Batch",
    "Deleted",
    "Fetcher",
    "Place",
    "Rechecked",
    "Source",
    "SourceKind",
    "fetchable",
    "harvested",
    "labels",
    "reader",
    "readers",
    "registered",
    "trusts",
]
