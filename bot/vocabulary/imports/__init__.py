"""Vocabularies that an operator imports: MeSH and HGNC in the forms their makers publish.

Each reader turns an open file into terms and refuses a bad one with its line; `importing`
finds out which reader a file is for and puts the terms in the data folder.
"""

from bot.vocabulary.imports.importing import import_file

__all__ = ["import_file"]
