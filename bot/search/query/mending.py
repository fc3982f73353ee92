"""The words of a question as they were meant: misspellings mended, little words told apart."""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from bot.records.journals import JournalNames
from bot.search.query.elsewhere import Elsewhere
from bot.text.english import inflects, is_made_of, is_prefix
from bot.text.folding import Token, fold_word, tokenise
from bot.text.spelling import Speller, Spelling, mendable
from bot.text.stop_words import is_empty, is_generic
from bot.vocabulary import Recognised, Vocabulary

_COMMON = 20
# Shorter ones are symbols, which names hold in every form: CAR T, IL 10.
_SHORTEST_JOINED = 7
_LIKE_ELSEWHERE = 8
# What is so much less likely than the best reading of a misspelt word (in nats) only misleads.
_FAR = 4.0
# A reading of a misspelt word so much less likely than the first (in nats) may be what was meant.
_NEARLY = 2.0


@dataclass(frozen=True, slots=True)
class KnownWords:
    """What the parser knows of the field's words and of the words in the store.

    `is_text_word` tells whether any record uses a folded word in its text; `uses` counts the
    records (and names of the vocabulary) that use it anywhere, as an author's name too; `stem`
    gives the form that the index compares. `journals` are those of the store; `everyday` are
    folded words that make a sentence and name nothing, `elsewhere` has names in other languages,
    `otherwise` the other names of an everyday thing (tongue, lingual).
    """

    vocabulary: Vocabulary
    speller: Speller
    is_text_word: Callable[[str], bool]
    uses: Callable[[str], int]
    stem: Callable[[str], str]
    journals: Callable[[], JournalNames] = JournalNames
    everyday: Container[str] = frozenset()
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    otherwise: Callable[[str], tuple[tuple[str, ...], ...]] = lambda _word: ()

    def is_nearly_used(self, word: str) -> bool:
        """Whether any record uses a folded word, or a long one that is a letter away from one.

        Many words of other languages are: the mending of spelling puts them right.
        """
        if self.is_text_word(word):
            return True
        if len(word) < _LIKE_ELSEWHERE:
            return False
        return any(each.slips == 1 for each in self.speller.candidates(word, limit=1))

    def term(self, words: str) -> Recognised | None:
        """What all of these words together name in the vocabulary, if anything."""
        tokens = tokenise(words)
        named = self.vocabulary.recognise(tokens, words)
        return next((term for term in named if term.end - term.start == len(tokens)), None)

    def is_term(self, words: str) -> bool:
        """Whether all of these words together name something in the vocabulary."""
        return self.term(words) is not None

    def is_cancer(self, words: str) -> bool:
        """Whether all of these words together name a cancer."""
        term = self.term(words)
        return term is not None and any(
            self.vocabulary.concepts[c].facet == "cancer" for c in term.concepts
        )


def mend(
    text: str, tokens: list[Token], known: KnownWords
) -> tuple[list[Token], dict[int, tuple[Spelling, ...]]]:
    """The tokens with misspelt ones replaced, and what each may stand for, best first.

    A correction needs a reason: the word is neither one of the language nor one of the vocabulary,
    and no record uses it, or a far commoner one is near ("recieve"), when it stays one of the
    readings. Symbols (`MSDC`), little words and wildcards are never mended. The first reading of a
    right word is itself; forms of it that the records use instead stand behind it.
    """
    named = known.vocabulary.recognise(tokens, text)
    settled = {index for term in named for index in range(term.start, term.end)}
    mended, spellings = list(tokens), {}
    for index, token in enumerate(tokens):
        shown = as_typed(text, token)
        wildcard = text[token.end : token.end + 1] == "*"
        if index in settled or wildcard or is_symbol(shown) or is_empty(token.text):
            continue
        if candidates := _candidates(token.text, known):
            mended[index] = token._replace(text=candidates[0].word)
            spellings[index] = candidates
    return mended, spellings


def joined(text: str, tokens: list[Token], known: KnownWords) -> list[Token]:
    """The tokens, with words that were written apart as one: check point, micro environment.

    Where the whole is a word of the vocabulary; or one that records use, made with a usual prefix.
    """
    whole: list[Token] = []
    for token in tokens:
        before = whole[-1] if whole else None
        between = text[before.end : token.start] if before is not None else ""
        if before is not None and between in {" ", "-"}:
            word = fold_word(before.text + token.text)
            is_term = len(word) >= _SHORTEST_JOINED and word in known.vocabulary.vocabulary_words()
            is_made = between == " " and is_prefix(before.text) and known.is_text_word(word)
            is_gene = between == "-" and word.upper() in known.vocabulary.genes  # K-ras
            if is_term or is_made or is_gene:
                whole[-1] = Token(word, before.start, token.end)
                continue
        whole.append(token)
    return whole


def _candidates(word: str, known: KnownWords) -> tuple[Spelling, ...]:
    """What a word may stand for, best first; a word that is right stays the first."""
    if not mendable(word):
        return ()
    speller, used, itself = known.speller, known.uses(word), Spelling(word, 0, 0.0)
    if used:
        if speller.is_word(word):
            return ()
        doubted = [
            c for c in speller.doubted(word, used)
            if known.stem(c.word) != known.stem(word) and not inflects(c.word, word)
        ]  # fmt: skip
        return (*doubted, itself) if doubted else ()
    # A short form is nobody's slip of the pen: peads is not PAADs.
    near = [c for c in speller.candidates(word) if c.word not in known.vocabulary.short_forms]
    forms = tuple(c for c in near if inflects(c.word, word))
    # What looks like a made word and is a letter from a common one is that: inhibiters.
    common = next((c for c in near if c.slips == 1 and known.uses(c.word) >= _COMMON), None)
    made = common is None and is_made_of(word, speller.is_word)
    if speller.is_word(word) or made:
        return (itself, *forms) if forms else ()
    if forms[:1] == tuple(near[:1]) != ():
        return (*forms, itself)
    return tuple(c for c in near if c.likelihood > near[0].likelihood - _FAR)


def says_little(word: str, known: KnownWords, *, question: bool, following: str = "") -> bool:
    """Whether a word may set the order of a list, and is never needed for a match."""
    return is_generic(word, following) or (question and word in known.everyday)


def telling(
    spellings: tuple[Spelling, ...], known: KnownWords, *, question: bool
) -> tuple[Spelling, ...]:
    """Of what a misspelt word may be, nearly as likely as the first, what says something."""
    return tuple(
        each
        for each in spellings[1:]
        if each.likelihood > spellings[0].likelihood - _NEARLY
        and not is_empty(each.word, question=question)
        and not says_little(each.word, known, question=question)
    )


def nearest(shown: str, word: str, known: KnownWords) -> Spelling | None:
    """What to ask whether it was meant, of a word too short to be mended that is nowhere known."""
    if mendable(word) or is_symbol(shown) or known.uses(word) or known.speller.is_word(word):
        return None
    near = known.speller.candidates(word, limit=1)
    return near[0] if near and known.stem(near[0].word) != known.stem(word) else None


def as_typed(text: str, token: Token) -> str:
    """The token as it stands in the text."""
    return text[token.start : token.end]


def is_symbol(shown: str) -> bool:
    """Whether a word is typed as a symbol, which is never mended: MSDC, PPARy, eRNAs."""
    if shown.isupper():
        return len(shown) <= 5
    if any("\u0370" <= letter <= "\u03ff" for letter in shown):  # Greek: Qβ
        return True
    return not shown[1:].islower()


def near_abbreviations(typed: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The abbreviations and gene symbols one slip away, three at most.

    Not those with another number: CXCL9 is no slip for CXCL7.
    """
    short = (name.text for c in vocabulary.concepts.values() for name in c.abbreviations)
    known = dict.fromkeys((*short, *vocabulary.ambiguous, *vocabulary.genes))
    number = re.sub(r"\D", "", typed)
    like = (name for name in known if re.sub(r"\D", "", name) == number)
    return tuple(name for name in like if OSA.distance(typed, name, score_cutoff=1) == 1)[:3]
