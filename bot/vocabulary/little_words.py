"""Genes that are English words in small letters: "criteria were met", "met amplification"."""

from collections.abc import Container, Sequence

from bot.text.folding import Token
from bot.vocabulary.recognition import Recognised
from bot.vocabulary.terms import singular

# What tells that a little word is a gene: met amplification, inhibition of met, egfr and met.
_OF_GENES = (
    "activat", "addict", "alter", "amplif", "antibod", "copy", "deregulat", "driven", "exon",
    "express", "fusion", "gene", "inhib", "kinase", "mutan", "mutat", "oncogen", "overexpress",
    "pathway", "phosphor", "positiv", "rearrang", "receptor", "signal", "skipping", "target",
)  # fmt: skip
_BETWEEN_GENES = frozenset(("and", "or", "plus"))


def is_little_word(
    term: Recognised,
    named: Sequence[Recognised],
    words: Sequence[Token],
    text: str,
    everyday: Container[str],
) -> bool:
    """Whether a gene of a question is no more than an `everyday` word in small letters.

    It is a gene alone, beside what genes do or have, and in a list with another one; never in the
    plural: "mets". `named` are the terms of the question, `words` the tokens of its `text`.
    """
    word = words[term.start].text
    if not (term.genes and text and term.typed.islower()) or term.end - term.start > 1:
        return False
    if word in everyday:
        return len(words) > 1 and not _is_of_gene(term, named, words)
    return word.endswith("s") and singular(word) in everyday


def _is_of_gene(term: Recognised, named: Sequence[Recognised], words: Sequence[Token]) -> bool:
    """Whether what is beside a term tells that it is a gene."""
    after = [w.text for w in words[term.end : term.end + 2]]
    ahead = [w.text for w in words[max(0, term.start - 2) : term.start]]
    if after and after[0].startswith(_OF_GENES):
        return True
    if ahead[-1:] == ["of"] and ahead[0].startswith(_OF_GENES):
        return True
    if not {*ahead, *after} & _BETWEEN_GENES:
        return False
    genes = (each for each in named if each.genes and each is not term)
    return any(words[each.start].text in (*ahead, *after) for each in genes)
