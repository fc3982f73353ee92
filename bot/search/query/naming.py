"""The terms of a question, read with what stands beside them: resistance to, depletion of."""

from collections.abc import Iterator
from dataclasses import replace

from bot.search.query.mending import KnownWords, as_typed
from bot.text.folding import Token, fold, tokenise
from bot.vocabulary import Recognised, Vocabulary
from bot.vocabulary.tumours import TUMOURS

_OF_THE = frozenset(("of", "the"))
# "Metastasis to bone", "metastases in the liver".
_SPREAD, _TO = frozenset(("metastasis", "metastases", "mets")), ("of", "to", "in")
_SQUAMOUS = tuple(tokenise("squamous cell carcinoma"))
_LONGEST_SITE, _LONGEST_HISTOLOGY = 3, 5
# Inside the name of a treatment they add nothing: neoantigen (cancer) vaccine, TIL-based therapy.
_ADDED = frozenset(
    ("cancer", "tumor", "tumour", "antitumor", "antitumour", "anticancer", "based", "directed")
)
_RESISTANCE, _RESISTING = "immunotherapy-resistance", ("resist", "refractor")


def with_cancers(text: str, tokens: list[Token], known: KnownWords) -> list[Token]:
    """The tokens with the "ca" of clinicians as what it is behind a site: lung ca."""
    for at, token in enumerate(tokens):
        if token.text == "ca" and at and as_typed(text, token).islower():
            site = text[tokens[max(at - 3, 0)].start : token.start].split()
            if any(known.is_cancer(f"{' '.join(site[n:])} cancer") for n in range(len(site))):
                tokens[at] = token._replace(text="cancer")
    return tokens


def of_sites(
    named: list[Recognised], text: str, tokens: list[Token], known: KnownWords
) -> list[Recognised]:
    """The terms, a tumour with its site as one: squamous cell carcinoma of the tongue.

    Where that has no name of its own, the site stands for the cancers there.
    """
    for at, token in enumerate(tokens):
        before = tokens[at - 1].text if at else ""
        joins = (token.text == "of" and before in TUMOURS) or (
            token.text in _TO and before in _SPREAD
        )
        if joins and not any(term.start <= at < term.end for term in named):
            for whole in _of_site(named, tokens, at, known):
                typed = text[tokens[whole.start].start : tokens[whole.end - 1].end]
                apart = (t for t in named if t.end <= whole.start or whole.end <= t.start)
                whole_typed = replace(whole, typed=typed)
                named = sorted((*apart, whole_typed), key=lambda term: term.start)
    return named


def _of_site(
    named: list[Recognised], tokens: list[Token], at: int, known: KnownWords
) -> list[Recognised]:
    """What stands around an "of": a tumour of a site, or else the site's cancers."""
    first = at + 1 + (tokens[at + 1 : at + 2] != [] and tokens[at + 1].text == "the")
    sites = {
        end: [tokens[first:end], *([_token(w) for w in words] for words in known.otherwise(site))]
        for end in range(min(len(tokens), first + _LONGEST_SITE), first, -1)
        for site in (" ".join(token.text for token in tokens[first:end]),)
    }
    for end, forms in sites.items():
        for start in range(max(0, at - _LONGEST_HISTOLOGY), at):
            if start and tokens[start - 1].text in ("cell", "non"):
                continue  # of small cell carcinoma, "carcinoma" is another
            histology = [each for token in tokens[start:at] for each in _written_out(token)]
            for site in forms:
                if term := _tumour([*site, *histology], known):
                    return [replace(term, start=start, end=end)]
    for end, forms in sites.items() if tokens[at - 1].text not in _SPREAD else ():
        for site in forms:
            if term := _tumour([*site, _token("cancer")], known):
                kinds = (t for t in named if t.end == at and t.concepts)
                above = (set(known.vocabulary.broader(t.concepts[0])) for t in kinds)
                if any(not each.isdisjoint(term.concepts) for each in above):
                    return []  # basal cell carcinoma is of the skin
                return [replace(term, start=first, end=end)]
    return []


def _token(word: str) -> Token:
    return Token(word, 0, 0)


def _written_out(token: Token) -> tuple[Token, ...]:
    return _SQUAMOUS if token.text == "scc" else (token,)


def _tumour(tokens: list[Token], known: KnownWords) -> Recognised | None:
    """The cancer that all of these words together name, if they do."""
    term = _whole(tokens, known.vocabulary)
    facets = {known.vocabulary.concepts[c].facet for c in term.concepts} if term else set()
    return term if facets == {"cancer"} else None


def _whole(tokens: list[Token], vocabulary: Vocabulary) -> Recognised | None:
    """What all of these words together name, if anything of the vocabulary's own."""
    named = vocabulary.recognise(tokens, "")
    whole = next((t for t in named if t.end - t.start == len(tokens)), None)
    return None if whole is None or whole.only_imported else whole


def compounds(
    named: list[Recognised], text: str, tokens: list[Token], vocabulary: Vocabulary
) -> list[Recognised]:
    """The terms, a treatment as one where a word that adds nothing stands in its name.

    Neoantigen (cancer) vaccine, TIL-based therapy. Of tumours it would tell another one: brain
    cancer metastases are not brain metastases.
    """
    for at, token in enumerate(tokens):
        of_cancer = (
            {vocabulary.concepts[c].facet for c in t.concepts} == {"cancer"}
            for t in named
            if t.start <= at < t.end
        )
        if token.text not in _ADDED or any(of_cancer):
            continue
        spans = (
            (start, end)
            for start in range(max(0, at - 2), at)
            for end in range(min(len(tokens), at + 3), at + 1, -1)
        )
        for start, end in spans:
            if any(t.start <= start and end <= t.end for t in named):
                break
            if any(t.start < start < t.end or t.start < end < t.end for t in named):
                continue
            inside = [t for t in tokens[start:end] if t.text not in _ADDED]
            term = _whole(inside, vocabulary) if len(inside) > 1 else None
            facets = {vocabulary.concepts[c].facet for c in term.concepts} if term else set()
            if term is not None and facets and facets <= {"strategy", "biomarker", "component"}:
                typed = text[tokens[start].start : tokens[end - 1].end]
                apart = (t for t in named if t.end <= start or end <= t.start)
                whole = replace(term, start=start, end=end, typed=typed)
                named = sorted((*apart, whole), key=lambda each: each.start)
                break
    return named


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
