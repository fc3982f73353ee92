"""The terms of a question, read with what stands beside them: resistance to, depletion of."""

from collections.abc import Iterator
from dataclasses import replace

from bot.search.query.mending import KnownWords, as_typed
from bot.text.folding import Token, fold
from bot.vocabulary import Recognised, Vocabulary

_OF_THE = frozenset(("of", "the"))
_RESISTANCE, _RESISTING = "immunotherapy-resistance", ("resist", "refractor")


def with_cancers(text: str, tokens: list[Token], known: KnownWords) -> list[Token]:
    """The tokens with the "ca" of clinicians as what it is behind a site: lung ca."""
    for at, token in enumerate(tokens):
        if token.text == "ca" and at and as_typed(text, token).islower():
            site = text[tokens[max(at - 3, 0)].start : token.start].split()
            if any(known.is_cancer(f"{' '.join(site[n:])} cancer") for n in range(len(site))):
                tokens[at] = token._replace(text="cancer")
    return tokens


def told_apart(
    named: list[Recognised], tokens: list[Token], vocabulary: Vocabulary
) -> list[Recognised]:
    """The terms, "resistance to anti-PD-1" as two: what resists, and what it resists.

    As one term either of them would satisfy it, or all immunotherapies would be PD-1. Resistance to
    other treatments is a concept of its own.
    """
    resistance = vocabulary.narrower(_RESISTANCE)
    found = []
    for term in named:
        inside = range(term.start, term.end)
        at = next((i for i in inside if tokens[i].text.startswith(_RESISTING)), None)
        if at is None or resistance.isdisjoint(term.concepts):
            found.append(term)
            continue
        to = at + 1 < term.end and tokens[at + 1].text == "to"
        # "Acquired resistance to" something, or something's resistance.
        pieces = (
            ((term.start, at + 1), (at + 2, term.end)) if to else ((term.start, at), (at, at + 1))
        )
        apart = [
            replace(part, start=part.start + start, end=part.end + start)
            for start, end in pieces
            for part in vocabulary.recognise(tokens[start:end], "")
        ]
        found += apart if len(apart) > 1 else [term]
    return found


def acted_on(
    named: list[Recognised], tokens: list[Token], vocabulary: Vocabulary
) -> list[Recognised]:
    """The terms, a component with what is done about it as that strategy, as tags are given.

    "Repolarisation of tumour-associated macrophages", "MDSC depletion"; but macrophages that
    target something are not targeted.
    """
    found: list[Recognised] = []
    for term in named:
        if found and term.start < found[-1].end:
            continue
        longer = next(
            (
                replace(
                    term, start=start, end=end, concepts=(verb.concept,), drugs=(), genes=(),
                    label=vocabulary.concepts[verb.concept].label, abbreviation=None, sense=None,
                    part_of=(), same_part=(),
                )
                for start, end, word in _verbs_beside(term, tokens)
                for verb in vocabulary.tagging.verbs
                if not {*term.concepts}.isdisjoint(verb.of)
                and any(word.startswith(fold(stem)) for stem in verb.stems)
            ),
            term,
        )  # fmt: skip
        while found and found[-1].end > longer.start:
            found.pop()
        found.append(longer)
    return found


def _verbs_beside(term: Recognised, tokens: list[Token]) -> Iterator[tuple[int, int, str]]:
    """The words beside a term that may say what is done about it, and where both stand."""
    at = term.start - 1
    while at > 0 and tokens[at].text in _OF_THE:
        at -= 1
    if at >= 0:
        yield at, term.end, tokens[at].text
    if term.end < len(tokens):
        behind, one = tokens[term.end].text, not tokens[term.end - 1].text.endswith("s")
        if behind.endswith(("ion", "ment")) or (behind.endswith("ing") and one):
            yield term.start, term.end + 1, behind
