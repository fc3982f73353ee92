"""Words to `Query`: what was asked, on every surface, in one place."""

from bot.search.query.model import Part, Query
from bot.search.query.parsing import LONGEST, parse, unmark

__all__ = ["LONGEST", "Part", "Query", "parse", "unmark"]
