"""How a question was understood, in words: readings, corrections, filters, order."""

import re
from collections.abc import Mapping

from bot.records.models import Answer, Sense, Understood
from handlers.views.mrkdwn import ELLIPSIS, bold, fit, join_within, literal
from handlers.views.wording import spoken

_MOST = 5
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
    "language": "in language {}",
}
# The day with which a year begins, and that with which it ends.
_WHOLE_YEARS = {"since": "-01-01", "until": "-12-31"}
# Names for scripts of what `since` and `until` say already.
_SAID_OTHERWISE = frozenset(("year_from", "year_to", "relative"))


def pieces(understood: Understood) -> list[tuple[str, str]]:
    """What a reader must know to judge the answer, as (mrkdwn, plain text) pairs."""
    said = [_sense(sense) for sense in understood.senses[:_MOST]]
    said += [_correction(c.typed, c.used) for c in understood.corrected[:_MOST]]
    said += [_both(words) for words in filters(understood)[:_MOST]]
    said += [_both(f"without {word}") for word in understood.not_[:_MOST]]
    if understood.sort != "relevance":
        said.append(_both(_ORDERS.get(understood.sort, f"sorted by {understood.sort}")))
    if understood.ignored:
        said.append(_both(f"Ignored: {', '.join(understood.ignored[:_MOST])}"))
    return said


def line(understood: Understood, limit: int) -> tuple[str, str]:
    """The pieces on one line, as (mrkdwn, plain text); empty when there is nothing to say."""
    said = pieces(understood)
    return (
        join_within([written for written, _ in said], limit),
        join_within([text for _, text in said], limit),
    )


def concepts(understood: Understood, labels: Mapping[str, str] | None) -> tuple[str, str]:
    """Everything that was looked for, as (mrkdwn, plain text): concepts, symbols, words."""
    wanted = [
        *(spoken(concept, labels) for concept in understood.concepts),
        *understood.drugs,
        *understood.genes,
        *(f"“{phrase}”" for phrase in understood.phrases),
        *understood.terms,
        *(f"not {word}" for word in understood.not_),
    ]
    said = ", ".join(fit(word, 60) for word in dict.fromkeys(wanted))
    return _both(said, 400)


def in_words(understood: Understood, labels: Mapping[str, str] | None) -> str:
    """The whole reading on one line of plain text: what is looked for, and how it was read."""
    wanted = concepts(understood, labels)[1]
    said = [text for _, text in pieces(understood)]
    return join_within([wanted, *said] if wanted else said, 400)


def filters(understood: Understood) -> list[str]:
    """Each filter in words: "by müller", "published 2020–2024", "open access only"."""
    return [
        _filter(name, value)
        for name, value in understood.filters.items()
        if name not in _SAID_OTHERWISE
    ]


def choices(answer: Answer) -> list[tuple[str, str]]:
    """(label, query) of each other reading: other senses, words exactly as typed, suggestions."""
    understood = answer.understood
    senses = [
        (f"I meant {label}", query)
        for sense in understood.senses
        for label, query in sense.alternatives
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


def _sense(sense: Sense) -> tuple[str, str]:
    others = [fit(label, 40) for label, _ in sense.alternatives[:3]]
    more = ["…"] if len(sense.alternatives) > 3 else []
    rest = f" (not {', '.join([*others, *more])})" if others else ""
    return _both(f"{fit(sense.typed, 40)} → {fit(sense.taken, 60)}{rest}", 230)


def _correction(typed: str, used: str) -> tuple[str, str]:
    typed, used = fit(typed, 40), fit(used, 40)
    written = f"“{literal(typed)}” read as {bold(literal(used))}"
    return written, f"“{typed}” read as {used}"


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


def _both(text: str, limit: int = 150) -> tuple[str, str]:
    text = fit(text, limit)
    return literal(text), text


def asked(query: str, limit: int = 120) -> str:
    """The question on one line, shortened, as plain text."""
    return fit(" ".join(query.split()), limit) or ELLIPSIS
