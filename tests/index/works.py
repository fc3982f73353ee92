"""Records to be found, and how they are looked for."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from bot.index import Group, IndexQuery, SearchIndex, Words
from bot.merging.merge import combine as combine_with
from bot.records.models import (
    ConceptTag,
    Contribution,
    Identifier,
    Journal,
    Provenance,
    Record,
    Scheme,
)
from bot.sources import trusts
from bot.store import StateStore

COMBINE = partial(combine_with, trusts=trusts())
# Makes an index; what is made a second time is over the same data.
MakeIndex: TypeAlias = Callable[[], SearchIndex]


def work(number: int, title: str, **more: object) -> Record:
    """A record with a DOI of its own."""
    doi = Identifier(scheme=Scheme.DOI, value=f"10.1/{number}")
    fields = {"identifiers": (doi,), "provenance": (Provenance(source="test"),), **more}
    return Record.model_validate({"title": title, **fields})


WORKS = (
    work(1, "Macrophages in glioma", abstract="They resist CD47 blockade.", published="2024-05-01"),
    work(2, "Tumour-associated fibroblasts", published="2020",
         concepts=(ConceptTag(concept="cancer-associated-fibroblasts", field="title", words="x"),)),
    work(3, "Acquired resistance to PD-1 blockade", published="2022-03",
         contributors=(Contribution(name="Müller A"),), journal=Journal(title="Cancer Cell")),
    work(4, "CD4 T cells", keywords=("adaptive resistance",)),
)  # fmt: skip


def titles(
    index: SearchIndex, store: StateStore, query: IndexQuery, sort: str = "relevance"
) -> list[str]:
    found = index.search(query, 10, sort)
    return [r.title for r in store.get_many([c.record_id for c in found.candidates])]


def ask(*words: str, **more: object) -> IndexQuery:
    return IndexQuery(groups=tuple(Group((Words((word,)),)) for word in words), **more)
