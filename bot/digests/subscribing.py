"""The words of a subscription: what to watch, where, and when, read from the right.

In "CAF in melanoma weekly in Europe/London" the last "in" names a zone and is taken off, then
"weekly", and what is left is the question. A word in quotes is never taken for a schedule; what
looks like one that cannot be kept ("biweekly") is a problem, not a word to search for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import time

from rapidfuzz import fuzz, process

from bot.schedule import DAY_NAMES, Cadence, Schedule, zone_named, zones

# How alike a misspelt zone must be to be taken for one (rapidfuzz, 0 to 100).
_LIKE_A_ZONE = 85

_DAYS = {name[:3].lower(): number for number, name in enumerate(DAY_NAMES)}
_DAY = r"(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:days?)?"
_DAY_NAME = r"(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?days?"
_NUMBER = r"(?:\s+on\s+(?:the\s+|day\s+)?(?P<number>\d{1,2})(?:st|nd|rd|th)?)?"
_END = r"(?:^|\s+)(?:{})$"
# Slack writes a channel in a slash command as <#C024BE7LR|general>, or without its name.
_CHANNEL = re.compile(
    _END.format(
        r"[Ii][Nn]\s+(?:<#(?P<id>[CGD][A-Z0-9]{2,30})(?:\|[^>]*)?>|(?P<name>#[^\s<>#]{1,80}))"
    ),
)
# The name of a channel is never in capitals: this is an id whose link was taken apart.
_CHANNEL_ID = re.compile(r"#([CGD][A-Z0-9]{2,30})")
_HERE = re.compile(_END.format(r"(?:in|to|into|for)\s+th(?:is|e)\s+channel"), re.IGNORECASE)
_PLEASE = re.compile(_END.format(r"please|thanks|thank\s+you"), re.IGNORECASE)
_ZONE = re.compile(
    _END.format(r"in\s+(?P<zone>[a-z_]+(?:/[a-z0-9_+-]+){1,2}|utc|gmt)"), re.IGNORECASE
)
# Behind a time or a cadence only: "metastasis in Phoenix" is a question.
_CITY = re.compile(_END.format(r"in\s+(?P<city>[a-z]+(?:[ _][a-z]+){0,2})"), re.IGNORECASE)
_SHORT_ZONE = re.compile(_END.format(r"(?P<short>[a-z]{2,4})"), re.IGNORECASE)
_REGIONS = frozenset(
    ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)
# Those that stand for one zone; CST and IST, for example, stand for several.
_SHORT_ZONES = {
    "utc": "UTC", "gmt": "UTC", "bst": "Europe/London", "cet": "Europe/Paris",
    "cest": "Europe/Paris", "et": "America/New_York", "est": "America/New_York",
    "edt": "America/New_York", "pt": "America/Los_Angeles", "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
}  # fmt: skip
_TIME = re.compile(
    _END.format(r"at\s+(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?"),
    re.IGNORECASE,
)
_NAMED_TIME = re.compile(_END.format(r"at\s+(?P<name>noon|midday|midnight)"), re.IGNORECASE)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
# Behind a cadence only: "cortisol in the morning" is a question.
_PART_OF_DAY = re.compile(
    _END.format(r"(?:in\s+the\s+)?(?P<part>morning|afternoon|evening)s?"), re.IGNORECASE
)
_PARTS_OF_DAY = {"morning": time(9), "afternoon": time(14), "evening": time(18)}
_CADENCES = tuple(
    (cadence, re.compile(_END.format(pattern), re.IGNORECASE))
    for cadence, pattern in (
        (Cadence.DAILY, r"daily|every\s+day|each\s+day|once\s+(?:a|per)\s+day"),
        (Cadence.DAILY, r"(?:every|each)\s+(?P<part>morning|afternoon|evening)"),
        (Cadence.WEEKDAYS, r"(?:on\s+)?(?:every\s+)?(?:weekdays?|workdays?|working\s+days?)"),
        (Cadence.WEEKLY, rf"(?:weekly|(?:every|each)\s+week)(?:\s+on\s+{_DAY})?"),
        (Cadence.WEEKLY, r"once\s+(?:a|per)\s+week"),
        (Cadence.WEEKLY, rf"(?:every|each)\s+{_DAY}"),
        (Cadence.WEEKLY, rf"on\s+{_DAY_NAME}"),
        (
            Cadence.MONTHLY,
            r"(?:monthly|(?:every|each)\s+month|once\s+(?:a|per)\s+month)" + _NUMBER,
        ),
    )
)
# "notify me weekly about CAF"
_LEADING = re.compile(
    r"^(?P<cadence>daily|weekly|monthly|every\s+(?:day|week|month))\s+"
    r"(?:of|about|on|for|with)\s+(?=\S)",
    re.IGNORECASE,
)
_WEEKDAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
# At the end of a question, unquoted: a schedule that was meant and cannot be kept.
_NO_SCHEDULE = re.compile(
    _END.format(
        r"hourly|nightly|bi-?weekly|bi-?monthly|fortnightly|quarterly|yearly|annually"
        r"|(?:once|twice|thrice|\w+\s+times)\s+(?:a|an|per|each|every)\s+\w+"
        r"|(?:every|each)\s+(?:\w+\s+){0,2}(?:hours?|days?|weeks?|months?|years?|fortnight|"
        + _WEEKDAYS
        + r")(?:\s+of\s+(?:the|each|every)\s+month)?"
        r"|(?:weekly\s+|every\s+|each\s+)?(?:on\s+)?"
        + rf"{_WEEKDAYS}(?:(?:\s*,\s*|\s+)(?:and\s+|or\s+|&\s*)?{_WEEKDAYS})*"
        + r"|at\s+\d{1,2}(?:[:.]\d{2}\s*(?:[ap]\.?m\.?)?|\s*[ap]\.?m\.?)\s+[a-z]+"
    ),
    re.IGNORECASE,
)


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
    """What was asked for. `channel` is an id, or None: where it was asked.

    `problems` are lines that say what to type instead; with any, nothing is to be made of it.
    """

    query: str
    schedule: Schedule
    channel: str | None = None
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    text: str
    schedule: Schedule
    channel: str | None = None
    problems: list[str] = field(default_factory=list)
    said: set[str] = field(default_factory=set)


def read(text: str, usual: Schedule) -> Wish:
    """Read the words behind `subscribe`; what they do not say is as `usual`."""
    reading = _Reading(text.strip(), usual)
    readers: tuple[tuple[str, Callable[[_Reading], re.Match[str] | None]], ...] = (
        ("please", _read_please),
        ("channel", _read_channel),
        ("zone", _read_zone),
        ("time", _read_time),
        ("cadence", _read_cadence),
    )
    while True:
        for name, reader in readers:
            # Each is said once: an earlier "daily" belongs to the question.
            if name not in reading.said and (match := reader(reading)) is not None:
                reading.said.add(name)
                reading.text = reading.text[: match.start()].rstrip(" ,;")
                break
        else:
            break
    if "cadence" not in reading.said:
        _read_the_rest(reading)
    return Wish(reading.text, reading.schedule, reading.channel, tuple(reading.problems))


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


def _read_the_rest(reading: _Reading) -> None:
    """A cadence that stands in front, or one that cannot be kept."""
    if leading := _LEADING.match(reading.text):
        word = leading["cadence"].split()[-1].lower()
        cadence = {"day": "daily", "week": "weekly", "month": "monthly"}.get(word, word)
        reading.schedule = replace(reading.schedule, cadence=Cadence(cadence))
        reading.text = reading.text[leading.end() :]
    elif unknown := _NO_SCHEDULE.search(reading.text):
        reading.problems.append(
            f"I cannot keep to “{unknown[0].strip()}”: say `daily`, `weekdays`, `weekly on MON` or"
            " `monthly on 15`, `at 09:00` and `in Europe/London`; quote what belongs to the topic."
        )


def _read_please(reading: _Reading) -> re.Match[str] | None:
    return _PLEASE.search(reading.text)


def _has_schedule(text: str) -> bool:
    """Whether a text ends with a time of day or a cadence."""
    timed = _TIME.search(text) or _NAMED_TIME.search(text)
    return timed is not None or _has_cadence(text)


def _has_cadence(text: str) -> bool:
    return any(pattern.search(text) for _, pattern in _CADENCES)


def _read_channel(reading: _Reading) -> re.Match[str] | None:
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


def _read_zone(reading: _Reading) -> re.Match[str] | None:
    match = _ZONE.search(reading.text)
    if match is None:
        return _read_place(reading)
    zone = zone_named(match["zone"])
    if zone is not None:
        reading.schedule = replace(reading.schedule, zone=zone)
        return match
    near = process.extractOne(
        match["zone"], sorted(zones()), scorer=fuzz.ratio, processor=str.casefold
    )
    if near is None or near[1] < _LIKE_A_ZONE:
        return None  # "in lung/liver" is part of the question
    reading.problems.append(f"{match['zone']} is no time zone that I know; try `in {near[0]}`.")
    return match


def _read_place(reading: _Reading) -> re.Match[str] | None:
    """A zone by its city or its short name, where a schedule is being told."""
    for pattern, zone_of in ((_CITY, _zone_of_city), (_SHORT_ZONE, _SHORT_ZONES.get)):
        match = pattern.search(reading.text)
        if match is None or not (
            reading.said & {"time", "cadence"} or _has_schedule(reading.text[: match.start()])
        ):
            continue
        zone = zone_of(match[1].lower())
        if zone is not None:
            reading.schedule = replace(reading.schedule, zone=zone)
            return match
    return None


def _zone_of_city(city: str) -> str | None:
    """The one zone that is called by this city; None where there is none, or several."""
    named = city.replace(" ", "_")
    found = [
        zone for zone in zones() if zone.count("/") == 1 and zone.lower().endswith(f"/{named}")
    ]
    regions = [zone for zone in found if zone.split("/")[0] in _REGIONS]
    return regions[0] if len(regions) == 1 else None


def _read_time(reading: _Reading) -> re.Match[str] | None:
    match = _TIME.search(reading.text)
    if match is None:
        return _read_time_by_name(reading)
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        hour = 99
    elif half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        reading.schedule = replace(reading.schedule, at=time(hour, minute))
    except ValueError:
        said = match[0].strip()
        reading.problems.append(f"“{said}” is no time of day; write it like `at 09:00`.")
    return match


def _read_time_by_name(reading: _Reading) -> re.Match[str] | None:
    if match := _NAMED_TIME.search(reading.text):
        at = _NAMED_TIMES[match["name"].lower()]
    elif match := _PART_OF_DAY.search(reading.text):
        if not _has_cadence(reading.text[: match.start()]):
            return None
        at = _PARTS_OF_DAY[match["part"].lower()]
    else:
        return None
    reading.schedule = replace(reading.schedule, at=at)
    return match


def _read_cadence(reading: _Reading) -> re.Match[str] | None:
    for cadence, pattern in _CADENCES:
        match = pattern.search(reading.text)
        if match is None:
            continue
        groups = match.groupdict()
        schedule = replace(reading.schedule, cadence=cadence)
        if part := groups.get("part"):
            schedule = replace(schedule, at=_PARTS_OF_DAY[part.lower()])
        if day := groups.get("day"):
            schedule = replace(schedule, weekday=_DAYS[day.lower()])
        if number := groups.get("number"):
            if not 1 <= int(number) <= 31:
                reading.problems.append(f"No month has a day {number}; say `monthly on 15`.")
                return match
            schedule = replace(schedule, day=int(number))
        reading.schedule = schedule
        return match
    return None
