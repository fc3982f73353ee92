"""File formats. Adding one is one file, and one line in `bot.formats.listed`.

What services answer with is read too, by readers of the same form that `bot.sources` adds: those
who reads a file hands in all there are.
"""

import sys
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.errors import UnreadableFile
from bot.formats.base import Format, Parsed, Refusal, Writer

__all__ = [
    "FORMATS",
    "WRITERS",
    "Format",
    "Parsed",
    "Refusal",
    "Writer",
    "by_name",
    "detect",
    "writer",
]

if TYPE_CHECKING:
    from bot.formats.listed import FORMATS, WRITERS


def __getattr__(name: str) -> Any:
    """The formats that there are, loaded when somebody wants them: an answer needs none."""
    if name in ("FORMATS", "WRITERS"):
        return getattr(import_module("bot.formats.listed"), name)
    raise AttributeError(name)


def _listed(name: str) -> Any:
    return getattr(sys.modules[__name__], name)


def detect(data: bytes, file_name: str, readers: Iterable[Format] | None = None) -> Format:
    """The first of the readers (all formats, unless they are given) that recognises a file.

    Raises UnreadableFile naming the supported formats when there is none.
    """
    if not data.strip():
        raise UnreadableFile(f"{_shown(file_name)} is empty.", "Give a file with records in it.")
    for known in (supported := _readers(readers)):
        if known.recognises(data, file_name):
            return known
    listed = "; ".join(f"{known.name} ({known.summary})" for known in supported)
    raise UnreadableFile(
        f"{_shown(file_name)} is in none of the supported formats.", f"Supported formats: {listed}."
    )


def by_name(name: str, readers: Iterable[Format] | None = None) -> Format:
    """The reader of this name, of all formats unless they are given.

    Raises UnreadableFile naming those there are.
    """
    for known in (supported := _readers(readers)):
        if name.lower() in (known.name, *known.aliases):
            return known
    names = ", ".join(known.name for known in supported)
    raise UnreadableFile(f"There is no format {_shown(name)}.", f"The formats are: {names}.")


def _readers(given: Iterable[Format] | None) -> tuple[Format, ...]:
    return tuple(_listed("FORMATS") if given is None else given)


def writer(name: str) -> Writer:
    """The format of this name that can be written. Raises UnreadableFile naming those there are."""
    writers: tuple[Writer, ...] = _listed("WRITERS")
    for known in writers:
        if known.name == name.lower():
            return known
    names = ", ".join(known.name for known in writers)
    raise UnreadableFile(f"Nothing is written as {_shown(name)}.", f"Written are: {names}.")


def _shown(name: str) -> str:
    """A name that came from outside, on one line and not too long."""
    return " ".join(name.split())[:100] or "The file"
