"""Names of tumours as people type them in a hurry: without the noun that says what they are."""

from collections.abc import Callable, Iterable, Iterator

from bot.text.folding import clean, fold
from bot.vocabulary.model import Concept

# What the name of a tumour ends with, as in "squamous cell carcinoma of the tongue".
TUMOURS = frozenset(
    ("cancer", "cancers", "carcinoma", "carcinomas", "adenocarcinoma", "adenocarcinomas", "tumor",
     "tumors", "tumour", "tumours", "neoplasm", "neoplasms", "malignancy", "malignancies",
     "sarcoma", "sarcomas", "lymphoma", "lymphomas", "melanoma", "melanomas", "scc")
)  # fmt: skip


def without_noun(
    concepts: Iterable[Concept], broader: Callable[[str], Iterable[str]]
) -> Iterator[tuple[str, str]]:
    """The ids of tumours with names that need no noun: small cell lung, papillary thyroid.

    Of those with the site of a broader one ("lung cancer"): "mantle cell" alone may be anything.
    `broader` gives the ids above a concept.
    """
    named = [
        (concept.id, clean(name).split())
        for concept in concepts
        for name in (*concept.names, *concept.in_questions)
        if concept.facet == "cancer"
    ]
    tumours = [(id_, name[:-1]) for id_, name in named if fold(name[-1]) in TUMOURS]
    sites: dict[str, set[str]] = {}
    for id_, words in tumours:
        if len(words) == 1:
            sites.setdefault(fold(words[0]), set()).add(id_)
    for id_, words in tumours:
        above = {*broader(id_)}
        if len(words) > 1 and any(above & sites.get(fold(word), set()) for word in words):
            yield id_, " ".join(words)
