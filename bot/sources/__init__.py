"""Where records come from. A source yields records; what becomes of them is decided elsewhere.

`bot.sources.base` says what a source is, `bot.sources.http` how it asks. `SOURCES` is an explicit
tuple: a source is one new file and one line here.
"""

from bot.sources.base import Batch, Deleted, Place, Source, SourceKind

SOURCES: tuple[SourceKind, ...] = ()

__all__ = ["SOURCES", "Batch", "Deleted", "Place", "Source", "SourceKind"]
