"""Terms of vocabularies that an operator imports (MeSH, HGNC): what is kept of each.

They are no records and nobody's own: a vocabulary is one file beside the store, made whole by an
import and replaced whole by the next (`bot.vocabulary.imports.terms_file`).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, TypeAlias

# `substance` is a MeSH supplementary concept, mostly a chemical.
TermKind: TypeAlias = Literal["gene", "heading", "substance"]


class Role(IntEnum):
    """What a name is to its term; where one name stands for several terms, the lowest wins."""

    LABEL = 0  # the approved symbol of a gene, the preferred name of a heading
    NAME = 1  # the approved name of a gene
    PREVIOUS = 2  # a symbol that a gene had
    ALIAS = 3  # a symbol that a gene is also called by
    OTHER = 4  # any further name in words: entry terms, earlier names


@dataclass(frozen=True, slots=True)
class TermName:
    """One name of a term; `shared` says that other terms of the vocabulary have it too."""

    text: str
    role: Role
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A term of an imported vocabulary.

    `code` is the vocabulary's own (`HGNC:8760`, `D009203`), `meaning` a gene's name or a heading's
    scope note (empty: none stored), `areas` the first letters of a heading's MeSH tree numbers,
    `vocabulary` the short name it was imported under.
    """

    code: str
    kind: TermKind
    label: str
    meaning: str = ""
    areas: str = ""
    names: tuple[TermName, ...] = ()
    vocabulary: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What is said of an imported vocabulary: where it came from and how much it holds."""

    name: str
    title: str
    file: str
    at: str
    terms: int
    names: int
    usable: bool = True
