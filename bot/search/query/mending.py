"""The words of a question as they were meant: misspellings mended, little words told apart."""

from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bot.text.folding import Token
from bot.text.spelling import Speller, Spelling
from bot.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class KnownWords:
    """What the parser knows of the field's words and of the words in the store.

    `is_text_word` tells whether any record uses a folded word in its text; `uses` counts the
    records (and names of the vocabulary) that use it anywhere, as an author's name too; `stem`
    gives the form that the index compares.
    """

    vocabulary: Vocabulary
    speller: Speller
    is_text_word: Callable[[str], bool]
    uses: Callable[[str], int]
    stem: Callable[[str], str]


def mend(
    text: str, tokens: list[Token], known: KnownWords
) -> tuple[list[Token], dict[int, tuple[Spelling, ...]]]:
    """The tokens with misspelt ones replaced, and what each replaced one may stand for.

    A word that is used is mended only where a far commoner one is near ("hear" for "heart"), and
    stays one of the readings. Symbols (`MSDC`) and wildcards are never mended.
    """
    named = known.vocabulary.recognise(tokens, text)
    settled = {index for term in named for index in range(term.start, term.end)}
    mended, spellings = list(tokens), {}
    for index, token in enumerate(tokens):
        shown = as_typed(text, token)
        wildcard = text[token.end : token.end + 1] == "*"
        if index in settled or wildcard or is_symbol(shown):
            continue
        if candidates := _candidates(token.text, known):
            mended[index] = token._replace(text=candidates[0].word)
            spellings[index] = candidates
    return mended, spellings


def _candidates(word: str, known: KnownWords) -> tuple[Spelling, ...]:
    """What a word may stand for, best first; a word that is used stays among the others."""
    used = known.uses(word)
    if not used:
        return tuple(known.speller.candidates(word))
    doubted = [
        c for c in known.speller.doubted(word, used) if known.stem(c.word) != known.stem(word)
    ]
    return (*doubted, Spelling(word, 0, 0.0)) if doubted else ()


def as_typed(text: str, token: Token) -> str:
    """The token as it stands in the text."""
    return text[token.start : token.end]


def is_symbol(shown: str) -> bool:
    """Whether a word is typed as a symbol, which is never mended: MSDC, PPARy, eRNAs."""
    if shown.isupper():
        return len(shown) <= 5
    return not shown[1:].islower()


def near_abbreviations(typed: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The abbreviations and gene symbols one slip away, three at most."""
    short = (name.text for c in vocabulary.concepts.values() for name in c.abbreviations)
    known = dict.fromkeys((*short, *vocabulary.ambiguous, *vocabulary.genes))
    return tuple(name for name in known if OSA.distance(typed, name, score_cutoff=1) == 1)[:3]
