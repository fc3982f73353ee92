"""A pasted text beside the records that it cites."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.search.claims import Claim
from handlers.views import details, integrity, records, wording
from handlers.views.message import Message
from handlers.views.mrkdwn import bold, fit, literal
from handlers.views.parts import context, divider, lines, section
from handlers.views.wording import count

MOST_SHOWN = 8
_LONGEST_CLAIM, _LONGEST_QUOTE = 300, 500
_NOT_JUDGED = (
    "By words alone, in titles and abstracts that are stored: whether a record bears out a sentence"
    " is for you to judge."
)


def message(found: Sequence[Claim]) -> Message:
    """Each sentence with what it cites; at most eight, then how many more."""
    blocks: list[Block] = []
    for claim in found[:MOST_SHOWN]:
        cited = bold(literal(f"{fit(claim.cited, 80)}: {_outcome(claim)}"))
        named = records.title_line(claim.record) if claim.record else _named(claim)
        sentence = literal(f"“{fit(claim.text, _LONGEST_CLAIM)}”")
        blocks += [section(lines((sentence, cited, named, *_compared(claim)))), divider()]
    rest = len(found) - MOST_SHOWN
    more = f"+{count(rest, 'more citation')}. " if rest > 0 else ""
    return Message((*blocks[:-1], context(literal(f"{more}{_NOT_JUDGED}"))))


def line(claim: Claim) -> str:
    """The outcome of a citation as one line, for scripts."""
    return f"{fit(claim.cited, 60)}: {_outcome(claim)}"


def _outcome(claim: Claim) -> str:
    if not claim.is_listed:
        return "no reference of this number is under the text"
    if claim.record is None:
        return f"{claim.fitting} stored records fit" if claim.fitting > 1 else "not stored"
    checked = "" if claim.record.checked else ", retraction not checked yet"
    return f"stored{f', {chr(44).join(claim.record.flags)}' if claim.record.flags else checked}"


def _named(claim: Claim) -> str | None:
    return details.identifier(claim.identifier) if claim.identifier else None


def _compared(claim: Claim) -> list[str | None]:
    """The record's nearest sentence, how near it is, and the numbers that it lacks."""
    record = claim.record
    if record is None:
        return []
    banner = integrity.banner(record)
    shown = [bold(literal(banner))] if banner else []
    if claim.quote is None:
        shown.append(literal("No sentence of it has a third of these words."))
    else:
        where = wording.sentence_of(claim.quote, claim.place, claim.sentences)
        shown.append(literal(f"Nearest: “{fit(claim.quote.text, _LONGEST_QUOTE)}” {where}"))
        shown.append(literal(f"It has {claim.shared} of the {claim.words} words of the sentence."))
    if claim.unfound:
        numbers = ", ".join(claim.unfound[:8])
        shown.append(literal(f"Numbers that are not in what is stored of it: {numbers}."))
    return [*shown]
