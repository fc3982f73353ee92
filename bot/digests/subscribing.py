"""The words of a subscription: what to watch, where, and when, read from the right, then the left.

In "CAF in melanoma weekly in Europe/London" the last "in" names a zone and is taken off, then
"weekly", and what is left is the question. Where the end tells no cadence, the beginning may:
"every Tuesday at 9 to NK cells". A word in quotes is never taken for a schedule; what looks like
one that cannot be kept ("twice a week") is a problem, not a word to search for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.digests.schedule_words import (
    END,
    EVERY,
    OF_MONTH,
    WEEKDAYS,
    Reading,
    read_cadence,
    read_time,
    read_zone,
    unkept,
)
from bot.schedule import Schedule

# Slack writes a channel in a slash command as <#C024BE7LR|general>, or without its name.
_CHANNEL = re.compile(
    END.format(
        r"(?:(?:[Ii][Nn]|[Tt][Oo])\s+)?(?:<#(?P<id>[CGD][A-Z0-9]{2,30})(?:\|[^>]*)?>|(?P<name>#[^\s<>#]{1,80}))"
    ),
)
# The name of a channel is never in capitals: this is an id whose link was taken apart.
_CHANNEL_ID = re.compile(r"#([CGD][A-Z0-9]{2,30})")
_HERE = re.compile(END.format(r"(?:in|to|into|for)\s+th(?:is|e)\s+channel|here"), re.IGNORECASE)
_PLEASE = re.compile(END.format(r"please|thanks|thank\s+you"), re.IGNORECASE)
# At the end or the beginning, unquoted: a schedule that was meant and cannot be kept.
_NO_SCHEDULE = re.compile(
    END.format(
        r"hourly|nightly|bi-?weekly|bi-?monthly|quarterly|yearly|annually|as soon as possible|asap"
        r"|immediately|right away|in real time|tonight|tomorrow"
        r"|(?:(?:on|at|every)\s+)?(?:the\s+)?weekends?"
        r"|(?:once|twice|thrice|\w+\s+times)\s+(?:a|an|per|each|every)\s+\w+"
        rf"|{EVERY}(?:\w+\s+){{0,2}}(?:hours?|days?|weeks?|months?|years?|fortnight|{WEEKDAYS})"
        rf"(?:\s+{OF_MONTH})?"
        r"|at\s+\d{1,2}(?:[:.]\d{2}\s*(?:[ap]\.?m\.?)?|\s*[ap]\.?m\.?)\s+[a-z]+"
    ),
    re.IGNORECASE,
)
# In front of another one: "biweekly on Monday" may be twice a week, or every two weeks.
_NO_CADENCE = re.compile(END.format(r"bi-?weekly|bi-?monthly|quarterly"), re.IGNORECASE)
# What comes between a schedule in front and its topic, and what means no more than "papers".
_JOINS = re.compile(r"(?:\s+(?:to|of|about|on|for|with|regarding)|\s*[,:])\s+(?=\S)", re.IGNORECASE)
_PAPERS = r"(?:papers?|articles?|publications?|literature|news|updates?|records?)"
_PAPERS_ON = re.compile(
    rf"(?:(?:all|any|the|new|latest|recent)\s+)*{_PAPERS}\s+(?:on|about|regarding|for)\s+(?=\S)",
    re.IGNORECASE,
)
_ONLY_PAPERS = re.compile(
    rf"^(?:(?:(?:all|any|the|some)\s+)*(?:new|latest|recent)\s+)?(?P<topic>.*\S)\s+{_PAPERS}$",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_FRONT = 12


# "author Sharma", "the journal Cancer Cell on macrophages": whom or what to follow, by name.
_NAMED = re.compile(
    r"(?:the\s+)?(?P<field>author|journal)\s+[\"“]?(?P<name>[^\W_][^\"“”:;?()|]{0,80}?)[\"”]?"
    r"(?:\s+(?:on|about)\s+(?P<topic>\S.*))?",
    re.IGNORECASE,
)
_MOST_WORDS = {"author": 3, "journal": 8}
# Of people and of what is printed; with these the words are a topic.
_NO_NAME = {
    "author": re.compile(
        r"\b(?:of|and|or|in|for|with|contributions?|corrections?|guidelines?|lists?|orders?)\b|\d",
        re.IGNORECASE,
    ),
    "journal": re.compile(r"(?:clubs?|impact|articles?|metrics|rank\w*|and|or)\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for digests. `channel` is an id, or None: where it was typed.

    `problems` are lines that say what to type instead; with any, nothing is to be made of it.
    `says_when`: something of the schedule was typed, not all is as usual.
    """

    query: str
    schedule: Schedule
    channel: str | None = None
    problems: tuple[str, ...] = ()
    says_when: bool = False


def read(text: str, usual: Schedule) -> Wish:
    """Read the words behind `subscribe`; what they do not say is as `usual`."""
    reading = _peeled(text, usual)
    if "cadence" not in reading.kinds:
        _read_front(reading)
    elif unkept_too := _NO_CADENCE.search(reading.text):
        reading.problems.append(unkept(unkept_too[0]))
    query = _ONLY_PAPERS.sub(r"\g<topic>", reading.text[_end(_PAPERS_ON.match(reading.text)) :])
    says_when = bool(reading.kinds & {"cadence", "time", "zone"})
    return Wish(query, reading.schedule, reading.channel, tuple(reading.problems), says_when)


def _peeled(text: str, usual: Schedule) -> Reading:
    """What is left once everything at the end that tells where and when is taken off."""
    reading = Reading(text.strip(), usual)
    readers: tuple[tuple[str, Callable[[Reading], re.Match[str] | None]], ...] = (
        ("please", _read_please),
        ("channel", _read_channel),
        ("zone", read_zone),
        ("time", read_time),
        ("cadence", read_cadence),
    )
    while True:
        for name, reader in readers:
            # Each comes once: an earlier "daily" belongs to the question.
            if name not in reading.kinds and (match := reader(reading)) is not None:
                reading.kinds.add(name)
                reading.text = reading.text[: match.start()].rstrip(" ,;")
                break
        else:
            return reading


def _read_front(reading: Reading) -> None:
    """A schedule in front of the topic, the longest there is; or one that cannot be kept."""
    unknown = None
    for joint in reversed(list(_JOINS.finditer(reading.text))):
        front = reading.text[: joint.start()]
        if len(front.split()) > _LONGEST_FRONT:
            continue
        read_front = _peeled(front, reading.schedule)
        if not read_front.text and read_front.kinds & {"cadence", "channel"}:
            reading.text = reading.text[joint.end() :]
            reading.schedule = read_front.schedule
            reading.channel = read_front.channel or reading.channel
            reading.problems += read_front.problems
            reading.kinds |= read_front.kinds
            return
        unknown = unknown or _NO_SCHEDULE.fullmatch(front)
    if unknown := _NO_SCHEDULE.search(reading.text) or unknown:
        reading.problems.append(unkept(unknown[0]))


def _end(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def by_name(words: str) -> str:
    """The words, with an author or a journal that is named as a filter: `author:Sharma`."""
    match = _NAMED.fullmatch(words.strip())
    if match is None:
        return words
    field, name = match["field"].lower(), " ".join(match["name"].split())
    if field == "journal" and name.lower().startswith("of "):
        name = f"{match['field']} {name}"  # "the Journal of Immunology"
    if len(name.split()) > _MOST_WORDS[field] or _is_topic(field, name):
        return words
    value = f'"{name}"' if " " in name else name
    return f"{field}:{value} {match['topic'] or ''}".rstrip()


def _is_topic(field: str, name: str) -> bool:
    pattern = _NO_NAME[field]
    return (pattern.search if field == "author" else pattern.match)(name) is not None


def _read_please(reading: Reading) -> re.Match[str] | None:
    return _PLEASE.search(reading.text)


def _read_channel(reading: Reading) -> re.Match[str] | None:
    match = _CHANNEL.search(reading.text)
    if match is None:
        return _HERE.search(reading.text)
    bare = _CHANNEL_ID.fullmatch(match["name"] or "")
    if match["id"] or bare:
        reading.channel = match["id"] or (bare and bare[1])
    else:
        reading.problems.append(
            f"I cannot tell which channel {match['name']} is: pick it from Slack's list as you"
            " type, or type the command in that channel."
        )
    return match
