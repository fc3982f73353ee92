"""Words to `Query`: one parser for every surface, and what it understood.

Reads the language of the README: words, "phrases", -not, OR, fields, pasted identifiers and the
plain ways of saying the same ("since 2022", "open access only"). Nothing is looked up in the
store here; misspelt words are mended against the vocabulary that the `KnownWords` bring.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rapidfuzz.distance import OSA

from bot import intents
from bot.filters import EXAMPLES, Filters, Problem, read_field, read_phrases
from bot.identifiers import Mention, find
from bot.mending import KnownWords, as_typed, is_filler, is_symbol, mend, near_abbreviations
from bot.models import Action, Correction, Scheme, Sense
from bot.spelling import Spelling
from bot.taxonomy import Recognised, Vocabulary
from bot.taxonomy.sources import source_name
from bot.taxonomy.terms import name_key
from bot.text import Token, clean, fold, join_broken_words, tokenise

# What a question may hold at most: a long citation fits, and a button can carry it back.
LONGEST = 1_200
_MOST_PREFIXES = 3
_TITLE_WORDS = 9
# More words than this, and no question, make a statement.
_STATEMENT = 8
_SHORTEST_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was asked: a word, a phrase, a recognised term, or any of several.

    `words` are folded; `spellings` are what a misspelt word may stand for, best first.
    """

    typed: str
    words: tuple[str, ...] = ()
    recognised: Recognised | None = None
    spellings: tuple[Spelling, ...] = ()
    phrase: bool = False
    prefix: bool = False
    any: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood. `text` is what was typed, repaired, and fit to show."""

    text: str
    action: Action = "search"
    subject: str = ""
    parts: tuple[Part, ...] = ()
    excluded: tuple[Part, ...] = ()
    filters: Filters = field(default_factory=Filters)
    identifiers: tuple[Mention, ...] = ()
    corrected: tuple[Correction, ...] = ()
    ignored: tuple[str, ...] = ()
    senses: tuple[Sense, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    ordinal: int | None = None
    format: str | None = None
    readings: tuple[str, ...] = ()
    points_at_shown: bool = False
    said_time: bool = False

    @property
    def is_like_title(self) -> bool:
        """Whether this reads like a pasted title: long, capitalised, plain words, no sentence."""
        plain_words = not (
            self.filters.is_set or self.excluded or any(p.phrase for p in self.parts)
        )
        words = self.text.split()
        return (
            plain_words
            and len(words) >= _TITLE_WORDS
            and self.text[:1].isupper()
            and self.text[-1:] not in ".?!"
            and not _IS_QUESTION.match(self.text)
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to search for."""
        return not (self.parts or self.excluded or self.filters.is_set or self.identifiers)


_IS_QUESTION = re.compile(
    r".*\?\s*$|(?:what|which|who|how|why|where|when|is|are|does|do|can|show me|tell me|find me"
    r"|give me|any|papers? (?:on|about)|i(?:'m| am) looking)\b",
    re.IGNORECASE | re.DOTALL,
)
_ASKS_WHAT_IS_DONE = re.compile(
    r"\b(?:doing|done|do|strateg(?:y|ies)|ways?|how to (?:target|treat|block|deplete))\b"
    r".{0,30}\b(?:about|against|with|to|for|target)\b",
    re.IGNORECASE,
)

# "Papers on" something: what is asked for is always papers.
_ASKS_FOR_PAPERS = re.compile(
    r"(?:(?:find|search|show|get|list|give)\s+)?(?:(?:for|me|us)\s+)*"
    r"(?:(?:the|some|any|all|more|your)\s+)*"
    r"(?P<kind>(?:(?:open[- ]access|free|peer[- ]reviewed|latest|recent|newest|new)\s+)*)"
    r"(?:papers?|articles?|publications?|records?|studies|literature|works?)\s+"
    r"(?:on|about|regarding|concerning)\s+(?=\S)",
    re.IGNORECASE,
)
# Commands whose names are easily mistyped, and long enough that nothing else is meant.
_COMMANDS = ("evidence", "combine", "define", "similar", "subscribe", "abstract", "export", "trend")
_SHORTEST_COMMAND = 5
# What needs something behind its colon, beside the filters: an identifier.
_IDENTIFIER_FIELDS = {
    "doi": "doi:10.1002/ctd2.70098", "pmid": "pmid:39809715", "pmcid": "pmcid:PMC11725047",
    "nct": "NCT02657889", "orcid": "orcid:0000-0002-1825-0097", "issn": "issn:2768-0622",
}  # fmt: skip
_SLACK_LINK = re.compile(r"<((?:https?|mailto):[^|>\s]{1,2000})(?:\|[^>]{0,2000})?>")
_SLACK_TOKEN = re.compile(r"<[@#!][^>\n]{0,200}>")
_EMPHASIS = re.compile(r"(?<![\w*])([*_~`]{1,3})(?=\S)([^*_~`\n]{1,300}?)(?<=\S)\1(?!\w)")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))

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
_BRACKETED = re.compile(r"\s*\([^)]*\)")
_DOI_PREFIX = re.compile(r"(?:doi:? ?)?10\.\d{4,9}/?", re.IGNORECASE | re.ASCII)


def unmark(text: str) -> str:
    """A question without Slack's markup: links as addresses, no mentions, no emphasis."""
    text = _SLACK_LINK.sub(r"\1 ", text)
    text = _SLACK_TOKEN.sub(" ", text)
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return _EMPHASIS.sub(r"\2", text)


def parse(text: str, known: KnownWords, today: date) -> Query:
    """Read a question of at most `LONGEST` characters; see the module for the language.

    Never raises for bad input: what cannot be read becomes a `Problem` with one line that says
    what to type instead, and the rest is understood.
    """
    repaired, broken = join_broken_words(unmark(text))
    hyphenated = clean(repaired)
    shown = _mended_line_ends(hyphenated, broken, known)
    mentions = tuple(find(unmark(text)))
    base = Query(shown, identifiers=mentions, readings=_readings(hyphenated, broken))
    if not re.search(r"\w", shown):
        return replace(base, action=_wordless(text, shown))
    intent = intents.recognise(shown)
    forced = re.match(r"(?:find|search)(?: for)?\b:?\s*", shown, re.IGNORECASE)
    by_author = intent is not None and intent.action == "author_lookup"
    if forced and forced.end() < len(shown) and not by_author:
        return _search(shown[forced.end() :], base, known, today)
    if intent is not None:
        return _with_intent(base, intent, known, today)
    if mentions:
        return _with_identifiers(base, unmark(text), known, today)
    return _with_command(_search(shown, base, known, today), known)


def _with_command(query: Query, known: KnownWords) -> Query:
    """Name the command that the first word may have been meant for: `evidnce oncolytic virus`."""
    first, _, rest = query.text.partition(" ")
    typed = fold(first)
    if not rest or known.uses(typed) or len(typed) < _SHORTEST_COMMAND:
        return query
    most = 2 if len(typed) > _SHORTEST_COMMAND + 1 else 1
    found = [c for c in _COMMANDS if OSA.distance(typed, c, score_cutoff=most) <= most]
    if not found:
        return query
    return replace(query, notes=(*query.notes, f"For the command, type: {found[0]} {rest}"))


def _readings(shown: str, broken: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The texts a pasted title may be: words broken at a line end with and without hyphen."""
    joined = shown
    for hyphenated, whole in broken:
        joined = joined.replace(hyphenated, whole)
    return tuple(dict.fromkeys((shown, joined)))


def _mended_line_ends(shown: str, broken: tuple[tuple[str, str], ...], known: KnownWords) -> str:
    """The text with the words whole that were only broken at a line end: `mela-` `noma`.

    `tumour-` `associated` keeps its hyphen: both halves are words, and together they are none.
    """
    for hyphenated, whole in broken:
        halves_are_words = all(known.uses(fold(half)) for half in hyphenated.split("-"))
        if known.uses(fold(whole)) or not halves_are_words:
            shown = shown.replace(hyphenated, whole)
    return shown


def _wordless(text: str, shown: str) -> Action:
    """Emoji find nothing; brackets and blanks get help."""
    return "no_results" if any(ord(c) > 0x2000 for c in shown) or "�" in text else "help"


# What these commands are about is read as a search is.
_HAS_SUBJECT = frozenset(
    ("define", "abstract", "cite", "integrity", "access", "similar", "subscribe", "save",
     "evidence", "combine", "map", "trend")
)  # fmt: skip


def _with_intent(base: Query, intent: intents.Intent, known: KnownWords, today: date) -> Query:
    """A command or a plain way of saying it."""
    if intent.action == "new" and intent.subject:
        query = _search(intent.subject, base, known, today)
        return replace(query, filters=replace(query.filters, sort="date_desc"))
    if intent.action == "author_lookup" and not base.identifiers:
        return _search(f'author:"{intent.subject}"', base, known, today)
    if intent.action == "lookup" and not base.identifiers:
        query = _search(intent.subject, base, known, today)
        return replace(query, action="lookup", subject=intent.subject)
    query = base
    if intent.subject and intent.action in _HAS_SUBJECT:
        query = _search(intent.subject, base, known, today)
    return replace(
        query,
        action=intent.action,
        subject=intent.subject,
        ordinal=intents.ordinal(intent.subject),
        format=intents.named_format(base.text),
        points_at_shown=intents.points_at_shown(intent.subject),
    )


def _with_identifiers(base: Query, raw: str, known: KnownWords, today: date) -> Query:
    """Pasted identifiers win over the words around them (a citation carries its DOI)."""
    bad = [m for m in base.identifiers if not m.identifier.valid]
    good = [m for m in base.identifiers if m.identifier.valid]
    if bad and not good:
        return replace(base, action="error_hint", problems=tuple(_bad_identifier(m) for m in bad))
    schemes = {m.identifier.scheme for m in good}
    works = {m.identifier for m in good if m.identifier.scheme not in (Scheme.ORCID, Scheme.ISSN)}
    if works:
        action: Action = "lookup" if len(works) == 1 else "lookup_many"
    else:
        action = "author_lookup" if Scheme.ORCID in schemes else "journal_lookup"
    rest = _search(_without(raw, base.identifiers), base, known, today)
    return replace(base, action=action, filters=rest.filters)


def _without(raw: str, mentions: Sequence[Mention]) -> str:
    """The cleaned text around the identifiers."""
    for mention in reversed(mentions):
        raw = f"{raw[: mention.start]} {raw[mention.end :]}"
    return clean(raw)


def _bad_identifier(mention: Mention) -> Problem:
    value, scheme = mention.identifier.value, mention.identifier.scheme
    name = {Scheme.ORCID: "ORCID iD"}.get(scheme, scheme.value.upper())
    checked = scheme in (Scheme.ORCID, Scheme.ISSN) and len(value.replace("-", "")) in (8, 16)
    reason = "its check digit does not fit" if checked else "it has not the right form"
    return Problem(f"{value} is not a valid {name}: {reason}, so it looks mistyped.")


# -- searching ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reading:
    """What has been read so far of a search."""

    parts: list[Part] = field(default_factory=list)
    excluded: list[Part] = field(default_factory=list)
    filters: Filters = field(default_factory=Filters)
    corrected: list[Correction] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
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


def _search(text: str, base: Query, known: KnownWords, today: date) -> Query:
    reading = _Reading()
    if asks := _ASKS_FOR_PAPERS.match(text):
        reading.ignored.append(text[asks.end("kind") : asks.end()].strip())
        text = f"{asks['kind']}{text[asks.end() :]}"
    question = bool(asks or _IS_QUESTION.match(text))
    reading.times = question or len(text.split()) <= _STATEMENT
    plain, reading.filters = read_phrases(text, today, times=reading.times)
    reading.said_time = reading.filters.has_years
    _read_items(plain, reading, known, today, question=question)
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


def _unfinished(word: str) -> Problem | None:
    """What to type where a filter has nothing behind its colon, or None."""
    name, colon, value = word.partition(":")
    example = {**EXAMPLES, **_IDENTIFIER_FIELDS}.get(name.lower())
    if not colon or value or example is None:
        return None
    return Problem(f"{name}: needs a value, for example {example}.", (example.split(" or ")[0],))


def _read_field(item: re.Match[str], reading: _Reading, known: KnownWords, today: date) -> None:
    name, value = item["field"].lower(), item["value"].strip('"')
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
    tokens = tokenise(text)
    mended, spellings = mend(text, tokens, known)
    named = known.vocabulary.recognise(mended, text)
    spans = {t.start: t for t in named if not _is_only_filler(t, mended, question=question)}
    parts: list[Part] = []
    at = 0
    while at < len(mended):
        term = spans.get(at)
        end = term.end if term else at + 1
        typed = text[mended[at].start : mended[end - 1].end]
        for index in range(at, end):
            if index in spellings:
                reading.corrected.append(
                    Correction(typed=as_typed(text, tokens[index]), used=mended[index].text)
                )
        if term is not None and term.only_imported:
            parts += _imported_words(text, tokens[at:end], mended[at:end], term, reading)
        elif term is not None:
            words = tuple(token.text for token in mended[at:end])
            parts.append(Part(typed, words, recognised=term))
        elif is_filler(tokens[at].text, question=question):
            reading.ignored.append(typed)
        else:
            parts += _word(text, tokens[at], mended[at], spellings.get(at, ()), reading)
        at = end
    return parts


def _is_only_filler(term: Recognised, tokens: list[Token], *, question: bool) -> bool:
    """Whether little words happen to be a heading: Work, Paper."""
    inside = tokens[term.start : term.end]
    return term.only_imported and all(is_filler(t.text, question=question) for t in inside)


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
        if is_filler(mended.text, question=False):
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
    if not reading.parts and not reading.filters.is_set and reading.ignored:
        # Only little words: better to search for them than for nothing.
        reading.parts = [Part(word, (tokenise(word)[0].text,)) for word in reading.ignored]
        reading.ignored = []
    if reading.joins_nothing:
        reading.problems.append(
            Problem("AND and OR stand between words: “macrophages OR fibroblasts”.",
                    ("macrophages OR fibroblasts",))
        )  # fmt: skip
    if sum(part.prefix for part in reading.parts) > _MOST_PREFIXES:
        reading.problems.append(Problem(f"Use at most {_MOST_PREFIXES} words with * at a time."))
    _read_surname(reading, known)
    if _ASKS_WHAT_IS_DONE.search(text):
        reading.parts = [_with_strategies(part, known.vocabulary) for part in reading.parts]
    query = replace(
        base,
        subject=text,
        parts=tuple(reading.parts),
        excluded=tuple(reading.excluded),
        filters=reading.filters,
        said_time=reading.said_time,
        corrected=tuple(reading.corrected),
        ignored=tuple(reading.ignored),
        problems=tuple(reading.problems),
        notes=tuple(reading.notes),
        senses=tuple(_senses(reading.parts, base.text, known.vocabulary)),
    )
    doubt = _doubt(query, known)
    if doubt is not None:
        return replace(query, action="clarify", problems=(doubt,))
    return replace(query, action=_action(query))


def _doubt(query: Query, known: KnownWords) -> Problem | None:
    """What to ask back when a lone fragment could mean several things, or None."""
    if _DOI_PREFIX.fullmatch(query.text):
        return Problem("That is the beginning of a DOI. Paste all of it, or the title.")
    if len(query.parts) != 1 or query.filters.is_set or query.excluded or query.parts[0].any:
        return None
    part = query.parts[0]
    term = part.recognised
    if term is not None and term.abbreviation is not None:
        if term.concepts or term.drugs or term.genes:
            return None
        senses = tuple(s.label for s in term.abbreviation.senses if not s.denied)
        return Problem(f"{part.typed} alone can mean several things. Which one?", senses)
    if term is None and is_symbol(part.typed) and not known.uses(part.words[0]):
        near = near_abbreviations(part.typed, known.vocabulary)
        if near:
            return Problem(f"I know no {part.typed}. Did you mean {' or '.join(near)}?", near)
    return None


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


def _with_strategies(part: Part, vocabulary: Vocabulary) -> Part:
    """Asked what is done about a component, its strategies are asked for as well."""
    term = part.recognised
    if term is None:
        return part
    strategies = [
        concept.id
        for concept in vocabulary.concepts.values()
        if concept.facet == "strategy" and set(concept.related) & set(term.concepts)
    ]
    more = tuple(dict.fromkeys((*term.concepts, *strategies)))
    return replace(part, recognised=replace(term, concepts=more))


def _senses(parts: list[Part], text: str, vocabulary: Vocabulary) -> list[Sense]:
    """How abbreviations and everyday names were read, and what to ask for another sense."""
    senses = []
    for part in (p for each in parts for p in (each.any or (each,))):
        term = part.recognised
        if term is None:
            continue
        if term.only_imported:
            senses += _imported_sense(term)
            continue
        taken = reading_of(term, vocabulary)
        if fold(taken) == " ".join(part.words):
            continue
        offered = term.abbreviation.senses if term.abbreviation else ()
        labels = (
            _BRACKETED.sub("", sense.label)
            for sense in offered
            if sense is not term.sense and sense.label != taken and not sense.denied
        )
        others = tuple((label, text.replace(part.typed, label, 1)) for label in labels)
        concept = term.concepts[0] if term.concepts else None
        senses.append(Sense(typed=part.typed, taken=taken, concept=concept, alternatives=others))
    return list(dict.fromkeys(senses))


def _imported_sense(term: Recognised) -> list[Sense]:
    """What a name was read as that only imports know, and whose name that is: not a mere plural."""
    others = [each for each in term.imported if name_key(each.label) != name_key(term.typed)]
    taken = ", ".join(f"{each.label} ({source_name(each.term.vocabulary)})" for each in others)
    return [Sense(typed=term.typed, taken=taken)] if others else []


def reading_of(term: Recognised, vocabulary: Vocabulary) -> str:
    """What a recognised term was read as, in words: `cancer-associated fibroblasts`."""
    if term.sense is not None:
        return term.sense.label
    labels = [vocabulary.concepts[concept].label for concept in term.concepts]
    return ", ".join((*term.drugs, *term.genes, *labels)) or term.label


def _action(query: Query) -> Action:
    if query.problems:
        return "error_hint"
    if not query.parts and not query.excluded:
        only = query.filters.only()
        if only == "authors":
            return "author_lookup"
        if only == "journals":
            return "journal_lookup"
    if len(query.parts) == 1 and _is_open(query.parts[0].recognised):
        return "disambiguate"
    return "search"


def _is_open(term: Recognised | None) -> bool:
    """Whether an abbreviation is one whose senses the vocabulary leaves to the person."""
    return (
        term is not None
        and term.abbreviation is not None
        and term.abbreviation.default == "abstain"
    )
