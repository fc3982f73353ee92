"""Words to `Query`: a search, or the records whose identifiers were pasted.

What is a command is decided above, by forms that are handed in (`bot.search.query.forms`). Nothing
is looked up in the store here; misspelt words are mended against the vocabulary that the
`KnownWords` bring.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.records.identifiers import Mention, mentioned
from bot.records.models import Scheme
from bot.search.query.filters import Problem
from bot.search.query.journals import as_journals
from bot.search.query.mending import KnownWords
from bot.search.query.model import Query
from bot.search.query.references import as_fields
from bot.search.query.shorthand import taken_back, written_out
from bot.search.query.turns import in_the_words_of_the_field
from bot.search.query.words import search
from bot.text.folding import clean, fold, join_broken_words
from bot.text.stop_words import is_empty

# What a question may hold at most: a long citation fits, and a button can carry it back.
LONGEST = 1_200
_FORCED = re.compile(r"(?:find|search)(?: for)?\b:?\s*", re.IGNORECASE)
_SLACK_LINK = re.compile(r"<((?:https?|mailto):[^|>\s]{1,2000})(?:\|[^>]{0,2000})?>")
_SLACK_TOKEN = re.compile(r"<[@#!][^>\n]{0,200}>")
_EMPHASIS = re.compile(r"(?<![\w*])([*_~`]{1,3})(?=\S)([^*_~`\n]{1,300}?)(?<=\S)\1(?!\w)")
# French and Italian articles before a vowel (l'immunothérapie, d'IL-10) are no initials; O'Brien
# and D'Angelo are names, and so is what a field names (author:d'angelo).
_ELIDED = re.compile(
    r"(?<![\w:'’\"-])(?:[cdjlmnstCDJLMNST]|[Qq]u|[Dd]ell|[Nn]ell|[Ss]ull)['’]"
    r"(?=[^\W\d_A-Z][^\W_]|[A-Z][A-Z\d-])"
)
# "Chaperone(s)" is no chaperone and an s.
_MAYBE_PLURAL = re.compile(r"(?<=[a-z]{3})\((e?s)\)")
# What says before an ORCID iD that it is an author.
_AUTHOR = re.compile(r"\b(?:(?:authors?|au|by):\"?|by)\s*$", re.IGNORECASE)
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def unmark(text: str) -> str:
    """A question without Slack's markup: links as addresses, no mentions, no emphasis."""
    text = _SLACK_LINK.sub(r"\1 ", text)
    text = _SLACK_TOKEN.sub(" ", text)
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return _EMPHASIS.sub(r"\2", text)


def parse(text: str, known: KnownWords, today: date) -> Query:
    """Read a question of at most `LONGEST` characters; `bot.search.query.words` has the language.

    Never raises for bad input: what cannot be read becomes a `Problem` with one line that says
    what to type instead, and the rest is understood.
    """
    repaired, broken = join_broken_words(unmark(text))
    hyphenated = clean(repaired)
    shown = _mended_line_ends(hyphenated, broken, known)
    mentions = tuple(mentioned(unmark(text)))
    base = Query(shown, identifiers=mentions, readings=_readings(hyphenated, broken))
    if not re.search(r"\w", shown):
        return base
    forced = _FORCED.match(shown)
    if forced and forced.end() < len(shown):
        return _search(shown[forced.end() :], base, known, today)
    if mentions:
        return _with_identifiers(base, unmark(text), known, today)
    return _search(shown, base, known, today)


def _search(text: str, base: Query, known: KnownWords, today: date) -> Query:
    """A search, with the people, years and journals that it names set apart from its words."""
    text = written_out(taken_back(text) or text)
    text = _MAYBE_PLURAL.sub(r"\1", _ELIDED.sub("", text))
    text, unknown = known.elsewhere.in_english(text, known.is_nearly_used)
    named = as_journals(as_fields(text, known), known)
    read = search(in_the_words_of_the_field(named), base, known, today)
    if not unknown:
        return read
    return replace(read, notes=(*read.notes, f"Not understood: {', '.join(unknown)}."))


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


def _with_identifiers(base: Query, raw: str, known: KnownWords, today: date) -> Query:
    """Pasted identifiers win over the words around them (a citation carries its DOI).

    Not over those around an ORCID iD: somebody's works on a subject are wanted then.
    """
    bad = [m for m in base.identifiers if not m.identifier.valid]
    good = [m for m in base.identifiers if m.identifier.valid]
    if bad and not good:
        return replace(base, action="error_hint", problems=tuple(_bad_identifier(m) for m in bad))
    schemes = {m.identifier.scheme for m in good}
    works = {m.identifier for m in good if m.identifier.scheme not in (Scheme.ORCID, Scheme.ISSN)}
    if works:
        action = "lookup" if len(works) == 1 else "lookup_many"
    else:
        action = "author_lookup" if Scheme.ORCID in schemes else "journal_lookup"
        by_them = _by_them(base, raw, known, today) if schemes == {Scheme.ORCID} else None
        if by_them is not None:
            return by_them
    rest = search(_without(raw, base.identifiers), base, known, today)
    return replace(base, action=action, filters=rest.filters)


def _by_them(base: Query, raw: str, known: KnownWords, today: date) -> Query | None:
    """A search by ORCID iDs as authors; None where there is nothing else to look for."""
    is_filter = False
    for mention in reversed(base.identifiers):
        before = raw[: mention.start]
        is_filter |= before.rstrip(' "').endswith(":")
        behind = raw[mention.end :].removeprefix('"')
        raw = f"{_AUTHOR.sub('', before)} author:{mention.identifier.value} {behind}"
    read = _search(clean(raw), replace(base, identifiers=()), known, today)
    words = {word for part in read.parts for word in part.words}
    is_bare = all(is_empty(word, question=True) for word in words) and not read.excluded
    return None if is_bare and read.filters.only() == "authors" and not is_filter else read


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
