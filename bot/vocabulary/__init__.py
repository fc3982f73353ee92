"""The vocabulary of the field: concepts, drugs, genes and abbreviations, and finding them."""

from typing import TYPE_CHECKING

from bot.lazy import exports

if TYPE_CHECKING:
    from bot.vocabulary.imported import ImportedTerm
    from bot.vocabulary.model import (
        Abbreviation,
        AbbreviationSense,
        Concept,
        Definition,
        Drug,
        Facet,
        FacetEntry,
        Gene,
        Heading,
        Name,
        Target,
    )
    from bot.vocabulary.recognition import Recognised
    from bot.vocabulary.resolution import Resolution
    from bot.vocabulary.sources import Source
    from bot.vocabulary.vocabulary import Vocabulary

__getattr__ = exports(
    __name__,
    imported="ImportedTerm",
    model="Abbreviation AbbreviationSense Concept Definition Drug Facet FacetEntry Gene Heading"
    " Name Target",
    recognition="Recognised",
    resolution="Resolution",
    sources="Source",
    vocabulary="Vocabulary",
)

__all__ = [
    "Abbreviation",
    "AbbreviationSense",
    "Concept",
    "Definition",
    "Drug",
    "Facet",
    "FacetEntry",
    "Gene",
    "Heading",
    "ImportedTerm",
    "Name",
    "Recognised",
    "Resolution",
    "Source",
    "Target",
    "Vocabulary",
]
