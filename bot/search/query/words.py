"""The words of a search: phrases, fields, what is joined and what is excluded.

Reads the language of the README: words, "phrases", -not, OR, fields, and the plain ways of saying
the same ("since 2022", "open access only").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from bot.records.models import Correction
from bot.search.query.filters import EXAMPLES, Filters, Problem, read_field, read_phrases
from bot.search.query.mending import KnownWords, as_typed, joined, mend, nearest
from bot.search.query.model import IS_QUESTION, Part, Query
from bot.search.query.negation import leave_out
from bot.search.query.senses import action, doubt, senses, with_strategies
from bot.text.folding import Token, tokenise
from bot.text.greek import greek_forms
from bot.text.spelling import Spelling
from bot.text.stop_words import LIGHT, REQUEST, STOP, is_empty, is_generic
from bot.vocabulary import Recognised, Vocabulary

_MOST_PREFIXES = 3
# `-about:mice`: what plain words leave out ("not in mice"), in the query language.
_ABOUT = "about"
# More words than this, and no question, make a statement.
_STATEMENT = 8
# So many little words, and more than prepositions, make a sentence.
_SENTENCE = 2
_SHORTEST_PREFIX = 4
_COMBINATION = "combination-therapy"
_RESISTANCE, _RESISTING = "immunotherapy-resistance", ("resist", "refractor")
_ASKS_WHAT_IS_DONE = re.compile(
    r"\b(?:doing|done|do|strateg(?:y|ies)|ways?|how to (?:target|treat|block|deplete))\b"
    r".{0,30}\b(?:about|against|with|to|for|target)\b",
    re.IGNORECASE,
)

# How people ask each other: "can anyone point me to", "does anybody know of", "I'm looking for".
_ASKS_PEOPLE = re.compile(
    r"(?:(?:hi|hey|hello)\b[\s,]*(?:all|team|everyone|folks|bot)?[\s,!]*)?"
    r"(?:(?:can|could|would)\s+(?:any|some)?(?:one|body|you|u)\s+(?:please\s+|pls\s+)?"
    r"(?:point|direct|refer|send|link|help)\s+(?:me|us)(?:\s+(?:to|towards|with|find|on))?"
    r"|(?:do|does|has|have)\s+(?:(?:any|some)(?:one|body)|you|we)(?:\s+here)?"
    r"\s+(?:have|know(?:\s+(?:of|about))?|got|seen)"
    r"|any(?:one|body)(?:\s+here)?\s+(?:has|have|knows?(?:\s+of)?|got|seen)"
    r"|(?:i\s+am|i['’]?m|we\s+are|we['’]?re)\s+(?:looking\s+(?:for|into)|interested\s+in))"
    r"\s+(?:(?:some|any|a|good|more)\s+)*(?=\S)",
    re.IGNORECASE,
)
# Where it is looked for: nowhere else.
_IN_THE_STORE = re.compile(
    r"\s*\b(?:in|from|of)\s+(?:the|our|this|your)\s+(?:store|library|database|collection|records)\b",
    re.IGNORECASE,
)
# "Count melanoma trials" asks for them.
_COUNT = re.compile(
    r"(?:count|(?:the\s+)?(?:total\s+)?number\s+of)\s+"
    r"(?=.*\b(?:papers|articles|records|studies|trials|reviews|works)\b)",
    re.IGNORECASE,
)
# "Read about chordoma" asks for it as well.
_READ_ABOUT = re.compile(
    r"(?:read|learn|hear|know)(?:\s+(?:more|something|up))?\s+(?:about|on)\s+(?=\S)", re.IGNORECASE
)
# "Papers on" something: what is asked for is always papers.
_ASKS_FOR_PAPERS = re.compile(
    r"(?:(?:find|search|show|get|list|give|count)\s+)?(?:(?:for|me|us)\s+)*"
    r"(?:(?:the\s+)?(?:total\s+)?number\s+of\s+)?"
    r"(?:(?:the|some|any|all|more|your)\s+)*"
    r"(?P<kind>(?:(?:open[- ]access|free|peer[- ]reviewed|latest|recent|newest|new)\s+)*)"
    r"(?:papers?|articles?|publications?|records?|studies|literature|works?)\s+"
    r"(?:on|about|regarding|concerning)\s+(?=\S)",
    re.IGNORECASE,
)
_FREE = re.compile(r"\bfree\b", re.IGNORECASE)
# "Top 3 papers on", "the best five": how many is the list's matter.
_HOW_MANY = re.compile(
    r"(?:the\s+)?(?:top|best|first)\s+(?:\d{1,2}|two|three|five|ten)\s+(?:best\s+|newest\s+)?"
    r"(?:papers?|articles?|records?|studies|reviews?|trials|works?)\s+(?:on|about|of|for)\s+(?=\S)",
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
# What has a number or letter as part of its name, which is no little word then.
_NUMBERED = frozenset(
    ("class", "type", "stage", "grade", "vitamin", "factor", "group", "ifn", "interferon", "hla",
     "mhc", "collagen", "complex", "subtype")
)  # fmt: skip
_WITH_CLASSES = ("mhc", "hla")
_LETTER = re.compile(r"[A-Z]")
_CELLS = frozenset(("cell", "cells", "lymphocyte", "lymphocytes"))
_MARK = re.compile(r"[IV]{1,3}[AB]?|i{1,3}|iv|[A-HK]|[1-5]")
# A short form in trials, of no gene: intratumoural.
_SYMBOLS_TOO = frozenset(("it",))
_YEAR = re.compile(r"(?:19[5-9]|20\d)\d")


@dataclass(slots=True)
class _Reading:
    """What has been read so far of a search."""

    parts: list[Part] = field(default_factory=list)
    excluded: list[Part] = field(default_factory=list)
    filters: Filters = field(default_factory=Filters)
    corrected: list[Correction] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    generic: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    alternate: bool = False
    times: bool = True
    said_time: bool = False

    @property
    def joins_nothing(self) -> bool:
        """Whether something was to be joined, and there is nothing at all to look for."""
        return self.alternate and not (self.parts or self.excluded or self.filters.is_set)

    def add(self, parts: list[Part]) -> None:
        """Add parts; the first joins the last as an alternative after an OR."""
        if self.alternate and self.parts and parts:
            left = self.parts.pop()
            options = (*(left.any or (left,)), parts[0])
            self.parts.append(Part(" OR ".join(p.typed for p in options), any=options))
            parts = parts[1:]
        if parts:
            self.parts += parts
        self.alternate = False


def search(text: str, base: Query, known: KnownWords, today: date) -> Query:
    """`base` with what these words ask for."""
    reading = _Reading()
    if '"' not in text:
        text = _IN_THE_STORE.sub("", text).strip() or text
        text = _COUNT.sub("", text, count=1) if _COUNT.match(text) else text
    people = next((m for p in (_ASKS_PEOPLE, _READ_ABOUT, _HOW_MANY) if (m := p.match(text))), None)
    if people and people.end() < len(text):
        reading.ignored.append(people[0].strip())
        text = text[people.end() :]
    if asks := _ASKS_FOR_PAPERS.match(text):
        reading.ignored.append(text[asks.end("kind") : asks.end()].strip())
        kind = _FREE.sub("open access", asks["kind"])
        text = f"{kind}{text[asks.end() :]}"
    question = bool(people or asks or IS_QUESTION.match(text))
    remaining = leave_out(text, question=question, is_name=known.is_term)
    reading.times = question or len(text.split()) <= _STATEMENT
    plain, reading.filters = read_phrases(remaining.text, today, times=reading.times)
    reading.said_time = reading.filters.has_years
    _read_items(plain, reading, known, today, question=question)
    sentence = sum(word.lower() in STOP - LIGHT for word in text.split()) >= _SENTENCE
    # What ends with a full stop states something, and is ranked as a whole.
    states = text.rstrip().endswith(".")
    base = replace(base, asks=question or (sentence and not states))
    for name in remaining.left_out:
        _read_left_out(name, reading, known)
    return _finish(text, reading, base, known)


def _read_items(
    text: str, reading: _Reading, known: KnownWords, today: date, *, question: bool
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


def _read_left_out(name: str, reading: _Reading, known: KnownWords) -> None:
    """A thing that plain words leave out: one name, one synonym, or all its words together."""
    parts = _read_words(name, reading, known, question=True)
    if not parts:
        return
    whole = parts[0]
    if len(parts) > 1:
        whole = Part(name, tuple(token.text for token in tokenise(name)))
    reading.excluded.append(replace(whole, about=True))
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


def _read_field(item: re.Match[str], reading: _Reading, known: KnownWords, today: date) -> None:
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


def _read_phrase(item: re.Match[str], reading: _Reading) -> None:
    typed = item["phrase"].strip()
    words = tuple(token.text for token in tokenise(typed))
    if not words:
        return
    part = Part(typed, words, phrase=True)
    if item["not"]:
        reading.excluded.append(part)
    else:
        reading.add([part])


def _read_words(text: str, reading: _Reading, known: KnownWords, *, question: bool) -> list[Part]:
    """Plain words in a row: recognise terms, mend misspellings, drop what carries no subject."""
    tokens = joined(text, tokenise(text), known)
    mended, spellings = mend(text, tokens, known)
    named = _told_apart(known.vocabulary.recognise(mended, text), mended, known.vocabulary)
    spans = {t.start: t for t in named if not _is_only_filler(t, mended, question=question)}
    parts: list[Part] = []
    at = 0
    while at < len(mended):
        term = spans.get(at)
        end = term.end if term else at + 1
        typed = text[mended[at].start : mended[end - 1].end]
        for index in range(at, end):
            if index in spellings and mended[index].text != tokens[index].text:
                reading.corrected.append(
                    Correction(typed=as_typed(text, tokens[index]), used=mended[index].text)
                )
        if term is not None and term.only_imported:
            parts += _imported_words(text, tokens[at:end], mended[at:end], term, reading)
        elif term is not None:
            words = tuple(token.text for token in mended[at:end])
            symbol = _is_symbol(typed, text, known)
            parts.append(Part(typed, words, recognised=term, symbol=symbol))
        elif marked := _marked(text, tokens, at, spans, known):
            parts.append(marked[0])
            end = marked[1]
        elif is_empty(tokens[at].text, question=question):
            reading.ignored.append(typed)
        elif is_generic(mended[at].text) or (question and mended[at].text in known.everyday):
            reading.generic.append(mended[at].text)
        else:
            if meant := nearest(typed, tokens[at].text, known):
                reading.notes.append(f"“{typed}” is in no record. Did you mean “{meant.word}”?")
            parts += _word(text, tokens[at], mended[at], spellings.get(at, ()), reading)
        at = end
    return parts


def _told_apart(
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


def _marked(
    text: str,
    tokens: list[Token],
    at: int,
    spans: Mapping[int, Recognised],
    known: KnownWords,
) -> tuple[Part, int] | None:
    """A symbol, or a word with the number or letter that belongs to it, and where it ends."""
    if _is_symbol(as_typed(text, tokens[at]), text, known):
        return Part(as_typed(text, tokens[at]), (tokens[at].text,), symbol=True), at + 1
    return (
        _denied(text, tokens, at)
        or _numbered(text, tokens, at)
        or _lettered(text, tokens, at)
        or _with_greek(text, tokens, at, spans)
    )


def _denied(text: str, tokens: list[Token], at: int) -> tuple[Part, int] | None:
    """A word with the "non-" that belongs to it, and where it ends: non-invasive."""
    if tokens[at].text != "non" or at + 1 >= len(tokens):
        return None
    if text[tokens[at].end : tokens[at + 1].start] != "-":
        return None
    typed = text[tokens[at].start : tokens[at + 1].end]
    return Part(typed, ("non", tokens[at + 1].text)), at + 2


def _lettered(text: str, tokens: list[Token], at: int) -> tuple[Part, int] | None:
    """A letter with the cells that it names, and where they end: T cells, B lymphocytes."""
    if at + 1 >= len(tokens) or not _LETTER.fullmatch(as_typed(text, tokens[at])):
        return None
    if text[tokens[at].end : tokens[at + 1].start] not in " -" or tokens[at + 1].text not in _CELLS:
        return None
    typed = text[tokens[at].start : tokens[at + 1].end]
    return Part(typed, (tokens[at].text, tokens[at + 1].text)), at + 2


def _numbered(text: str, tokens: list[Token], at: int) -> tuple[Part, int] | None:
    """A word with the number that is part of its name, and where it ends; None where it is none.

    Class I, vitamin A, IGF-II; MHC class I is MHC-I.
    """
    words = [token.text for token in tokens[at : at + 2]]
    end = at + (3 if words[-1] == "class" and words[0] in _WITH_CLASSES else 2)
    if end > len(tokens) or not _MARK.fullmatch(as_typed(text, tokens[end - 1])):
        return None
    between = text[tokens[end - 2].end : tokens[end - 1].start]
    if between == "-" or (between == " " and tokens[end - 2].text in _NUMBERED):
        typed = text[tokens[at].start : tokens[end - 1].end]
        return Part(typed, (words[0], tokens[end - 1].text)), end
    return None


def _is_symbol(typed: str, text: str, known: KnownWords) -> bool:
    """Whether an English word is meant as a symbol: in capitals, in a question that is not."""
    word = typed.lower()
    may_be = word in known.vocabulary.everyday or word in _SYMBOLS_TOO
    may_be = may_be and not (word in REQUEST or is_generic(word))
    return may_be and typed.isupper() and not (text.isupper() and " " in text)


def _with_greek(
    text: str, tokens: list[Token], at: int, spans: Mapping[int, Recognised]
) -> tuple[Part, int] | None:
    """A symbol with its Greek letter written apart, and where it ends: NF kappa B."""
    if is_empty(tokens[at].text):
        return None
    for end in range(min(at + 3, len(tokens)), at + 1, -1):
        between = {text[a.end : b.start] for a, b in pairwise(tokens[at:end])}
        words = tuple(token.text for token in tokens[at:end])
        if between <= {" ", "-"} and spans.keys().isdisjoint(range(at, end)) and greek_forms(words):
            return Part(text[tokens[at].start : tokens[end - 1].end], words), end
    return None


def _is_only_filler(term: Recognised, tokens: list[Token], *, question: bool) -> bool:
    """Whether little words happen to be a heading: Work, Paper."""
    inside = tokens[term.start : term.end]
    return term.only_imported and all(is_empty(t.text, question=question) for t in inside)


def _imported_words(
    text: str, typed: list[Token], used: list[Token], term: Recognised, reading: _Reading
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
    text: str, typed: Token, used: Token, spellings: tuple[Spelling, ...], reading: _Reading
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


def _finish(text: str, reading: _Reading, base: Query, known: KnownWords) -> Query:
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
    _read_surname(reading, known)
    reading.parts = _without_joiner(reading, known.vocabulary)
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


def _without_joiner(reading: _Reading, vocabulary: Vocabulary) -> list[Part]:
    """The parts without "combined with" between two things: having both is what it asks for."""
    concepts = vocabulary.concepts
    named = [p for p in reading.parts if p.recognised and p.recognised.concepts]
    joiners = [p for p in named if p.recognised and p.recognised.concepts == (_COMBINATION,)]
    kinds = [concepts[p.recognised.concepts[0]].facet for p in named if p.recognised]
    if len(named) - len(joiners) - kinds.count("evidence") < 2:
        return reading.parts
    reading.generic += [word for part in joiners for word in part.words]
    return [part for part in reading.parts if part not in joiners]


def _read_surname(reading: _Reading, known: KnownWords) -> None:
    """`O'Connor 2024`: a lone name that no record uses as a word, beside a year, is an author."""
    if reading.filters.year is None or reading.filters.authors or not 1 <= len(reading.parts) <= 3:
        return
    names = [p for p in reading.parts if _is_plain(p) and not p.phrase and not p.any]
    if len(names) != len(reading.parts) or not all(p.typed[:1].isupper() for p in names):
        return
    if any(known.is_text_word(p.words[0]) for p in names if len(p.words[0]) > 1):
        return
    name = _joined_name(names)
    reading.filters = replace(reading.filters, authors=(name,))
    reading.parts = []
    reading.corrected = []


def _is_plain(part: Part) -> bool:
    """Whether a word may be somebody's name: not what a term of the field or a gene is called."""
    term = part.recognised
    return term is None or (term.only_imported and not term.genes)


def _joined_name(names: list[Part]) -> str:
    """`O` and `Connor` are one name: O'Connor."""
    joined = " ".join(p.typed for p in names)
    return re.sub(r"\b([OD]) (?=[A-Z])", r"\1'", joined)
