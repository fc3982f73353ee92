"""How a question was understood, in words: readings, corrections, filters, order."""

import re
from collections.abc import Mapping

from bot.records.answers import Answer, Sense, Understood
from bot.text.folding import fold
from bot.text.stop_words import says_little
from handlers.views.mrkdwn import ELLIPSIS, bold, fit, join_within, literal
from handlers.views.plaintext import as_text
from handlers.views.wording import spoken

_MOST = 5
_LONGEST_PIECE, _LONGEST_WANTED = 150, 400
_ORDERS = {"date_desc": "newest first", "date_asc": "oldest first", "new": "newest first"}
_IS = {
    "open_access": "open access only",
    "peer_reviewed": "peer reviewed only",
    "retracted": "retracted only",
}
_HAS = {"abstract": "with an abstract", "doi": "with a DOI", "pmid": "with a PMID"}
_FILTERS = {
    "author": "by {}",
    "journal": "in {}",
    "year": "published {}",
    "since": "since {}",
    "until": "until {}",
    "concepts": "tagged {}",
    "type": "of type {}",
    "unknown": "{} not known",
    "language": "in language {}",
}
# The day with which a year begins, and that with which it ends.
_WHOLE_YEARS = {"since": "-01-01", "until": "-12-31"}
# Names for scripts of what `since` and `until` say already.
_SAID_OTHERWISE = frozenset(("year_from", "year_to", "relative"))


def readings(understood: Understood) -> list[str]:
    """What a reader must know to judge the answer, a piece of mrkdwn each."""
    read = [_sense(sense) for sense in understood.senses[:_MOST]]
    read += [_correction(c.typed, c.used) for c in understood.corrected[:_MOST]]
    plain = list(filters(understood)[:_MOST])
    plain += [f"without {word}" for word in understood.not_[:_MOST]]
    if understood.sort != "relevance":
        plain.append(_ORDERS.get(understood.sort, f"sorted by {understood.sort}"))
    # Nobody misses little words, nor how one asks: "top 3 papers".
    missed = [each for each in understood.ignored if not says_little(fold(each))]
    if missed:
        plain.append(f"Ignored: {', '.join(missed[:_MOST])}")
    return [*read, *(literal(fit(words, _LONGEST_PIECE)) for words in plain)]


def readings_line(understood: Understood, limit: int) -> str:
    """The pieces on one line of mrkdwn; empty when there is nothing to say."""
    return join_within(readings(understood), limit)


def subject(understood: Understood, labels: Mapping[str, str] | None) -> str:
    """Everything that was looked for, as mrkdwn: concepts, symbols, words."""
    wanted = [
        *(spoken(concept, labels) for concept in understood.concepts),
        *understood.drugs,
        *understood.genes,
        *(f"“{phrase}”" for phrase in understood.phrases),
        *understood.terms,
        *(f"not {word}" for word in understood.not_),
    ]
    named = ", ".join(fit(word, 60) for word in dict.fromkeys(wanted))
    return literal(fit(named, _LONGEST_WANTED))


def describe_query(understood: Understood, labels: Mapping[str, str] | None) -> str:
    """The whole reading on one line of plain text: what is looked for, and how it was read."""
    looked_for = subject(understood, labels)
    read = readings(understood)
    return as_text(join_within([looked_for, *read] if looked_for else read, _LONGEST_WANTED))


def filters(understood: Understood) -> list[str]:
    """Each filter in words: "by müller", "published 2020–2024", "open access only"."""
    return [
        _filter(name, value)
        for name, value in understood.filters.items()
        if name not in _SAID_OTHERWISE
    ]


def other_readings(answer: Answer) -> list[tuple[str, str]]:
    """(label, query) of each other reading: other senses, words exactly as typed, suggestions."""
    understood = answer.understood
    senses = [
        (f"I meant {label}", query)
        for sense in understood.senses
        for label, query in sense.alternatives
        if not sense.is_open
    ]
    exact = [
        (f"Exactly “{fit(correction.typed, 30)}” instead", query)
        for correction in understood.corrected
        if (query := exactly(answer.query, correction.typed))
    ]
    return [*understood.offers, *senses, *exact, *((query, query) for query in answer.suggestions)]


def exactly(query: str, typed: str) -> str | None:
    """The query with the word as typed in quotes, or None when it does not stand there.

    A word inside quotes already is left alone.
    """
    word = re.compile(rf"(?<!\w){re.escape(typed)}(?!\w)", re.IGNORECASE)
    parts = query.split('"')
    for at in range(0, len(parts), 2):
        if typed and word.search(parts[at]):
            parts[at] = word.sub(lambda match: f'"{match.group()}"', parts[at], count=1)
            return '"'.join(parts)
    return None


def _sense(sense: Sense) -> str:
    if sense.is_open:
        return literal(fit(f"{fit(sense.typed, 40)} can mean several things: which one?", 230))
    others = [fit(label, 40) for label, _ in sense.alternatives[:3]]
    more = ["…"] if len(sense.alternatives) > 3 else []
    rest = f" (not {', '.join([*others, *more])})" if others else ""
    return literal(fit(f"{fit(sense.typed, 40)} → {fit(sense.taken, 60)}{rest}", 230))


def _correction(typed: str, used: str) -> str:
    return f"“{literal(fit(typed, 40))}” read as {bold(literal(fit(used, 40)))}"


def _filter(name: str, value: str | int | bool | tuple[str, ...]) -> str:
    if value is True:
        return _IS.get(name, name.replace("_", " "))
    if value is False:
        return f"not {name.replace('_', ' ')}"
    values = value if isinstance(value, tuple) else (str(value),)
    if name == "has":
        return ", ".join(_HAS.get(v, f"with {v}") for v in values)
    shown = fit(", ".join(_value(name, v) for v in values), 80)
    return _FILTERS.get(name, f"{name.replace('_', ' ')}: {{}}").format(shown)


def _value(name: str, value: str) -> str:
    """A value as a person says it: a concept as words, a day that begins or ends a year as that."""
    if name == "concepts":
        return spoken(value)
    if name in _WHOLE_YEARS:
        return value.removesuffix(_WHOLE_YEARS[name])
    return value


def quoted(query: str, limit: int = 120) -> str:
    """The question on one line, shortened, as plain text."""
    return fit(" ".join(query.split()), limit) or ELLIPSIS
