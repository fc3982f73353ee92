"""The words of a search: phrases, fields, what is joined and what is excluded.

Reads the language of the README: words, "phrases", -not, OR, fields, and the plain ways of saying
the same ("since 2022", "open access only").
"""

import re
from dataclasses import replace
from datetime import date

from bot.records.answers import Correction
from bot.search.query.asking import without_asking
from bot.search.query.filters import EXAMPLES, Problem, read_field, read_phrases
from bot.search.query.marks import is_capital_symbol, marked, outside_receptors
from bot.search.query.mending import (
    KnownWords,
    as_typed,
    joined,
    mend,
    nearest,
    says_little,
    telling,
)
from bot.search.query.model import Part, Query
from bot.search.query.naming import (
    acted_on,
    compounds,
    of_sites,
    told_apart,
    with_cancers,
)
from bot.search.query.negation import leave_out
from bot.search.query.organs import organs_themselves
from bot.search.query.reading import Reading, read_surname, settled
from bot.search.query.senses import action, doubt, senses, with_strategies
from bot.text.english import inflects
from bot.text.folding import Token, tokenise
from bot.text.spelling import Spelling
from bot.text.stop_words import DEGREES, LIGHT, REQUEST, STOP, is_empty
from bot.vocabulary import Recognised

_MOST_PREFIXES = 3
_NOT = re.compile(
    r"\b(?P<verb>do|does|did|is|are|was|were|ca|could|wo|would|should|has|have|had)n['’]t\b",
    re.IGNORECASE,
)
_SHORTENED = {"ca": "can", "wo": "will"}
# `-about:mice`: what plain words leave out ("not in mice"), in the query language.
_ABOUT = "about"
# More words than this, and no question, make a statement.
_STATEMENT = 8
# So many little words, and more than prepositions, make a sentence; letters before a *.
_SENTENCE, _SHORTEST_PREFIX = 2, 4
_ASKS_WHAT_IS_DONE = re.compile(
    r"\b(?:doing|done|do|strateg(?:y|ies)|ways?|how to (?:target|treat|block|deplete))\b"
    r".{0,30}\b(?:about|against|with|to|for|target)\b",
    re.IGNORECASE,
)

# What needs something behind its colon, beside the filters: an identifier.
_IDENTIFIER_FIELDS = {
    "doi": "doi:10.1002/ctd2.70098", "pmid": "pmid:39809715", "pmcid": "pmcid:PMC11725047",
    "nct": "NCT02657889", "orcid": "orcid:0000-0002-1825-0097", "issn": "issn:2768-0622",
}  # fmt: skip
_ITEM = re.compile(
    r"\s*(?:(?P<not>(?<![^\s(])-(?=[\w\"(])|NOT\s+(?=\S))?"
    r"(?:(?P<field>[A-Za-z][A-Za-z_-]{1,19}):(?P<value>\"[^\"]*\"?|[^\s\"()]+)"
    r"|\"(?P<phrase>[^\"]*)\"?"
    r"|(?P<word>[^\s\"()]+))"
    r"|(?P<paren>[()]))"
)
_JOINERS = frozenset(("AND", "+", "&", "&&"))
_ALTERNATORS = frozenset(("OR", "|", "||"))
_YEAR = re.compile(r"(?:19[5-9]|20\d)\d")


def search(text: str, base: Query, known: KnownWords, today: date) -> Query:
    """`base` with what these words ask for."""
    reading = Reading()
    asking = without_asking(text)
    text, question = _NOT.sub(_spelt_out, asking.text), asking.is_question
    reading.ignored, reading.generic = list(asking.ignored), list(asking.generic)
    reading.notes = list(asking.notes)
    remaining = leave_out(text, question=question, is_name=known.is_term, is_cancer=known.is_cancer)
    reading.times = question or len(text.split()) <= _STATEMENT
    # What ends with a full stop states something, and is ranked as a whole.
    states, plain = text.rstrip().endswith("."), remaining.text
    if reading.times or not states:
        plain, reading.filters = read_phrases(plain, today, times=reading.times)
    reading.said_time = reading.filters.has_years
    _read_items(plain, reading, known, today, question=question)
    sentence = sum(word.lower() in STOP - LIGHT for word in text.split()) >= _SENTENCE
    base = replace(base, most=asking.most, asks=question or (sentence and not states))
    for name in remaining.left_out:
        _read_left_out(name, reading, known)
    return _finish(text, reading, base, known)


def _spelt_out(shortened: re.Match[str]) -> str:
    return f"{_SHORTENED.get(shortened['verb'].lower(), shortened['verb'])} not"


def _read_items(
    text: str, reading: Reading, known: KnownWords, today: date, *, question: bool
) -> None:
    """Words in a row, filters, phrases, and what joins or excludes them."""
    run: list[str] = []

    def flush() -> None:
        if run:
            reading.add(_read_words(" ".join(run), reading, known, question=question))
            run.clear()

    for item in _ITEM.finditer(text):
        if item["word"] and (problem := _unfinished(item["word"])):
            reading.problems.append(problem)
            continue
        if item["word"] and not item["not"] and item["word"] not in _JOINERS | _ALTERNATORS:
            run.append(item["word"])
            continue
        flush()
        if item["word"] in _ALTERNATORS:
            reading.alternate = True
        elif item["field"]:
            _read_field(item, reading, known, today)
        elif item["phrase"] is not None:
            _read_phrase(item, reading)
        elif item["not"]:
            reading.excluded += _read_words(item["word"], reading, known, question=False)
    flush()


def _read_left_out(name: str, reading: Reading, known: KnownWords) -> None:
    """A thing that plain words leave out: one name, one synonym, or all its words together."""
    parts = _read_words(name, reading, known, question=True)
    if not parts:
        return
    whole = parts[0]
    if len(parts) > 1:
        whole = Part(name, tuple(token.text for token in tokenise(name)))
    reading.excluded.append(replace(whole, about=True))
    kinds = whole.recognised.concepts if whole.recognised else ()
    if kinds and all(known.vocabulary.concepts[c].facet == "evidence" for c in kinds):
        return  # of their kind there is no mention
    reading.notes.append(
        f"Works about {whole.typed} are left out;"
        f" `-{_quoted(whole.typed)}` leaves out every mention."
    )


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


def _unfinished(word: str) -> Problem | None:
    """What to type where a filter has nothing behind its colon, or None."""
    name, colon, value = word.partition(":")
    example = {**EXAMPLES, **_IDENTIFIER_FIELDS}.get(name.lower())
    if not colon or value or example is None:
        return None
    return Problem(f"{name}: needs a value, for example {example}.", (example.split(" or ")[0],))


def _read_field(item: re.Match[str], reading: Reading, known: KnownWords, today: date) -> None:
    name, value = item["field"].lower(), item["value"].strip('"')
    if name == _ABOUT and item["not"]:
        _read_left_out(value, reading, known)
        return
    read = read_field(name, value, known.vocabulary, today, negated=bool(item["not"]))
    if read is None:  # not a filter of ours: somebody's plain words
        reading.add(_read_words(f"{name} {value}", reading, known, question=False))
        return
    reading.filters = reading.filters.merged(read.filters)
    reading.problems += read.problems


def _read_phrase(item: re.Match[str], reading: Reading) -> None:
    typed = item["phrase"].strip()
    words = tuple(token.text for token in tokenise(typed))
    if not words:
        return
    part = Part(typed, words, phrase=True)
    if item["not"]:
        reading.excluded.append(part)
    else:
        reading.add([part])


def _read_words(text: str, reading: Reading, known: KnownWords, *, question: bool) -> list[Part]:
    """Plain words in a row: recognise terms, mend misspellings, drop what carries no subject."""
    tokens = with_cancers(text, joined(text, tokenise(text), known), known)
    mended, spellings = mend(text, tokens, known)
    named = organs_themselves(known.vocabulary.recognise(mended, text), mended, known)
    named = of_sites(named, text, mended, known)
    named = compounds(named, text, mended, known.vocabulary)
    named = told_apart(named, mended, known.vocabulary)
    named = acted_on(named, mended, known.vocabulary)
    spans = {t.start: t for t in named if not _is_only_filler(t, mended, question=question)}
    spans = outside_receptors(text, mended, spans)
    parts: list[Part] = []
    at, either = 0, -1
    while at < len(mended):
        term = spans.get(at)
        end = term.end if term else at + 1
        typed = text[mended[at].start : mended[end - 1].end]
        following = mended[end].text if end < len(mended) else ""
        reading.corrected += [
            Correction(typed=as_typed(text, tokens[index]), used=mended[index].text)
            for index in range(at, end)
            if index in spellings
            and mended[index].text != tokens[index].text
            and not inflects(mended[index].text, tokens[index].text)
        ]
        if term is not None and term.only_imported:
            parts += _imported_words(text, tokens[at:end], mended[at:end], term, reading)
        elif term is not None:
            words = tuple(token.text for token in mended[at:end])
            symbol = is_capital_symbol(typed, text, known)
            part = Part(typed, words, recognised=term, symbol=symbol)
            more = _with_part(parts, part, known) if either == at else [*parts, part]
            if len(more) == len(parts):
                reading.ignored.pop()  # the "or", which was read
            parts = more
            either = _behind_or(mended, end)
        elif named_so := marked(text, mended, at, spans, known):
            parts.append(named_so[0])
            end = named_so[1]
        elif is_empty(tokens[at].text, question=question) or (
            is_empty(mended[at].text, question=question) and at in spellings
        ):
            reading.ignored.append(typed)
        elif (at + 1 in spans and mended[at].text in DEGREES) or (
            says_little(mended[at].text, known, question=question, following=following)
            and not telling(spellings.get(at, ()), known, question=question)
        ):
            reading.generic.append(mended[at].text)
        else:
            if meant := nearest(typed, tokens[at].text, known):
                reading.notes.append(f"“{typed}” is in no record. Did you mean “{meant.word}”?")
            meanings = spellings.get(at, ())
            if says_little(mended[at].text, known, question=question):
                meanings = telling(meanings, known, question=question)
            parts += _word(text, tokens[at], mended[at], meanings, reading)
        at = end
    return parts


def _behind_or(tokens: list[Token], at: int) -> int:
    """Where an alternative to what ends here begins: behind "or"; -1 where none does."""
    return at + 1 if at + 1 < len(tokens) and tokens[at].text == "or" else -1


def _with_part(parts: list[Part], part: Part, known: KnownWords) -> list[Part]:
    """The parts with one that stands behind "or": either, where it is of the last one's kind."""
    concepts = known.vocabulary.concepts

    def kinds(each: Recognised | None) -> set[str]:
        if each is None or each.only_imported:
            return set()
        found = {concepts[c].facet for c in each.concepts}
        return found | ({"drug"} if each.drugs else set()) | ({"gene"} if each.genes else set())

    left = parts[-1]
    options = left.any or (left,)
    if kinds(options[-1].recognised).isdisjoint(kinds(part.recognised)):
        return [*parts, part]
    return [*parts[:-1], Part(f"{left.typed} OR {part.typed}", any=(*options, part))]


def _is_only_filler(term: Recognised, tokens: list[Token], *, question: bool) -> bool:
    """Whether little words happen to be a heading: Work, Paper."""
    inside = tokens[term.start : term.end]
    return term.only_imported and all(is_empty(t.text, question=question) for t in inside)


def _imported_words(
    text: str, typed: list[Token], used: list[Token], term: Recognised, reading: Reading
) -> list[Part]:
    """A name that only an imported vocabulary knows: its words as they are, with its other names.

    Kept apart, they find whatever they found before; a record with another name has them all.
    """
    shown = text[typed[0].start : typed[-1].end]
    if len(used) == 1 or (" " not in shown and any(c.isdigit() for c in shown)):
        return [Part(shown, tuple(token.text for token in used), recognised=term)]
    parts = []
    for token, mended in zip(typed, used, strict=True):
        if is_empty(mended.text):
            reading.ignored.append(as_typed(text, token))
        else:
            parts.append(Part(as_typed(text, token), (mended.text,), recognised=term))
    return parts


def _word(
    text: str, typed: Token, used: Token, spellings: tuple[Spelling, ...], reading: Reading
) -> list[Part]:
    """One word that names nothing in the vocabulary."""
    shown = as_typed(text, typed)
    alone = not (text[: typed.start][-1:].strip() or text[typed.end :][:1].strip())
    if reading.times and alone and _YEAR.fullmatch(shown) and not reading.filters.has_years:
        reading.filters = replace(reading.filters, year=int(shown))
        reading.said_time = True
        return []
    prefix = text[typed.end : typed.end + 1] == "*"
    if prefix and len(used.text) < _SHORTEST_PREFIX:
        reading.problems.append(
            Problem(f"“{shown}*” is too short: give at least {_SHORTEST_PREFIX} letters before *.")
        )
        return []
    return [Part(shown, (used.text,), spellings=spellings, prefix=prefix)]


def _finish(text: str, reading: Reading, base: Query, known: KnownWords) -> Query:
    if not reading.parts and not reading.filters.is_set and (reading.generic or reading.ignored):
        # Only words that say little: better to search for them than for nothing.
        left = reading.generic or reading.ignored
        reading.parts = [Part(word, (tokenise(word)[0].text,)) for word in left]
        left.clear()
    if reading.joins_nothing:
        reading.problems.append(
            Problem("AND and OR stand between words: “macrophages OR fibroblasts”.",
                    ("macrophages OR fibroblasts",))
        )  # fmt: skip
    if sum(part.prefix for part in reading.parts) > _MOST_PREFIXES:
        reading.problems.append(Problem(f"Use at most {_MOST_PREFIXES} words with * at a time."))
    read_surname(reading, known)
    if reading.filters.is_set and all(p.is_plain and p.words[-1] in REQUEST for p in reading.parts):
        # "Published this month": how papers are asked for, where a filter says which.
        reading.ignored += [part.typed for part in reading.parts]
        reading.parts = []
    reading.parts = settled(reading, known.vocabulary)
    if _ASKS_WHAT_IS_DONE.search(text):
        reading.parts = [with_strategies(part, known.vocabulary) for part in reading.parts]
    query = replace(
        base,
        subject=text,
        parts=tuple(reading.parts),
        excluded=tuple(reading.excluded),
        filters=reading.filters,
        said_time=reading.said_time,
        corrected=tuple(reading.corrected),
        ignored=tuple(reading.ignored),
        generic=tuple(reading.generic),
        problems=tuple(reading.problems),
        notes=tuple(reading.notes),
        senses=tuple(senses(reading.parts, base.text, known.vocabulary)),
    )
    problem = doubt(query, known)
    if problem is not None:
        return replace(query, action="clarify", problems=(problem,))
    return replace(query, action=action(query))
