"""What matched, in words: the head of a list, the names of its parts, and a card's reasons.

Whatever is to be said of how well records match is said here, so that the head line, the parts
of the list and the reasons never contradict each other.
"""

from collections.abc import Sequence

from bot.records.answers import Answer, Hit, Why
from bot.text.folding import is_unspaced
from bot.text.markup import plain
from handlers.views.mrkdwn import fit
from handlers.views.wording import count, spoken

_LONGEST_REASONS = 180
_PARTLY = "These match partly"
# What a reason's field is called that is no field of the record: see `bot.search.explanation`.
_MEANING = "meaning"
# How fields are called where their own name is one for scripts.
_FIELDS = {"subtype": "type", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "issn": "ISSN",
           "orcid": "ORCID", "nct": "trial number", "mesh": "MeSH"}  # fmt: skip


def head(answer: Answer, hits: Sequence[Hit]) -> str:
    """How many records there are, and whether some of those shown match only partly.

    It does not say that they match everything: a note below it may say what was given up.
    """
    if all(hit.strict for hit in hits):
        return count(answer.total, "record")
    if not answer.total:
        return "No record matches everything; the nearest follow"
    verb = "matches" if answer.total == 1 else "match"
    return f"{count(answer.total, 'record')} {verb}; more that match partly follow"


def part(hit: Hit) -> str | None:
    """The part of the list that a record belongs to; None for those that match everything.

    Its name is shown above the first record of it.
    """
    return None if hit.strict else _PARTLY


def reasons(hit: Hit) -> str | None:
    """Why a record is in an answer: "Matches: TIGIT (title) · review (type)".

    Of one that matches only partly also what it lacks: "… · missing: CXCR2"; of one that its
    meaning alone found, that: "Similar in meaning · missing: heart".
    """
    by_words = [why for why in hit.why if why.field != _MEANING]
    pairs = [(words, _field(reason)) for reason in by_words if (words := _words(reason))]
    found = [f"{words} ({field})" for words, field in _joined(pairs)]
    text = [f"Matches: {' · '.join(dict.fromkeys(found))}"] if found else []
    text += [plain(why.words or "") for why in hit.why if why.field == _MEANING]
    if hit.missing:
        text.append(f"missing: {', '.join(map(plain, hit.missing))}")
    whole = " · ".join(text)
    return fit(whole[:1].upper() + whole[1:], _LONGEST_REASONS) or None


def _joined(reasons: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Reasons, with those made one that overlap in a script without spaces (肿瘤, 瘤微)."""
    joined: list[tuple[str, str]] = []
    for words, field in reasons:
        before = joined[-1] if joined else ("", "")
        if before[1] == field and is_unspaced(words[:1]) and before[0].endswith(words[:1]):
            joined[-1] = before[0] + words[1:], field
        else:
            joined.append((words, field))
    return joined


def _words(reason: Why) -> str:
    return plain(reason.words or "") or spoken(reason.concept or "")


def _field(reason: Why) -> str:
    return _FIELDS.get(reason.field, plain(reason.field))
