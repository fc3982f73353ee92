"""A bare organ in a question: the cancer there, or the organ itself.

"Lung" beside a drug is lung cancer to those who type in a hurry; lung toxicity, lung function and
the normal breast are of the organ.
"""

from bot.search.query.mending import KnownWords
from bot.text.folding import Token
from bot.vocabulary import Recognised

# What is the organ's own where it stands behind its name, by the beginnings of the words.
_OWN = (
    "abscess", "acid", "acin", "atrophy", "capacity", "damage", "densit", "development",
    "disease", "dysfunction", "edema", "emptying", "enzyme", "epithel", "failure", "fibrosis",
    "flora", "function", "health", "homeostasis", "implant", "infection", "inflammation", "injur",
    "insufficiency", "irritation", "islet", "juice", "metaplasia", "microbio", "milk", "mucosa",
    "oedema", "parenchyma", "polyp", "rash", "reflux", "regeneration", "reserve",
    "resident", "swab", "tissue", "toxic", "transplant", "ulcer", "volume",
)  # fmt: skip
_HEALTHY = frozenset(("adjacent", "healthy", "normal", "uninvolved"))


def organs_themselves(
    named: list[Recognised], tokens: list[Token], known: KnownWords
) -> list[Recognised]:
    """The terms without those organs that are no cancers here: they are words."""
    return [term for term in named if not _is_organ_itself(term, tokens, known)]


def _is_organ_itself(term: Recognised, tokens: list[Token], known: KnownWords) -> bool:
    if term.end - term.start != 1:
        return False
    behind = tokens[term.end].text if term.end < len(tokens) else ""
    before = tokens[term.start - 1].text if term.start else ""
    is_own = behind.startswith(_OWN) or before in _HEALTHY
    return is_own and known.is_cancer(f"{tokens[term.start].text} cancer")
