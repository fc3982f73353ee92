"""The vocabulary of the field: concepts, drugs, genes and abbreviations, and finding them."""

from bot.taxonomy.imported import ImportedTerm
from bot.taxonomy.model import (
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
from bot.taxonomy.recognition import Recognised
from bot.taxonomy.resolution import Resolution
from bot.taxonomy.sources import Source
from bot.taxonomy.vocabulary import Vocabulary

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
