"""Where records come from. A source yields records; what becomes of them is decided elsewhere.

`bot.sources.base` says what a source is, `bot.sources.http` how it asks. `SOURCES` is an explicit
tuple: a source is one new file and one line here.
"""

from bot.sources.base import Batch, Deleted, Place, Rechecked, Source, SourceKind
from bot.sources.oai_pmh import OAI_PMH
from bot.sources.ora import ORA, ORA_SEARCH

SOURCES: tuple[SourceKind, ...] = (OAI_PMH, ORA, ORA_SEARCH)

__all__ = ["SOURCES", "Batch", "Deleted", "Place", "Rechecked", "Source", "SourceKind"]
