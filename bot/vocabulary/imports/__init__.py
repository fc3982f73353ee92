"""Vocabularies that an operator imports: MeSH and HGNC in the forms their makers publish.

Each reader turns an open file into terms and refuses a bad one with its line; `importing`
finds out which reader a file is for and puts the terms in the data folder.
"""

from typing import TYPE_CHECKING

from bot.lazy import exports

if TYPE_CHECKING:
    from bot.vocabulary.imports.importing import import_file

# Imported vocabularies are looked up in far more often than read.
__getattr__ = exports(__name__, importing="import_file")

__all__ = ["import_file"]
