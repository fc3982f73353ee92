"""The words of a subscription: what to watch, where, and when, read from the right.

In "CAF in melanoma weekly in Europe/London" the last "in" names a zone and is taken off, then
"weekly", and what is left is the question. A word in quotes is never taken for a schedule.
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
_ZONE = re.compile(
    _END.format(r"in\s+(?P<zone>[a-z_]+(?:/[a-z0-9_+-]+){1,2}|utc|gmt)"), re.IGNORECASE
)
_TIME = re.compile(
    _END.format(r"at\s+(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?"),
    re.IGNORECASE,
)
_CADENCES = tuple(
    (cadence, re.compile(_END.format(pattern), re.IGNORECASE))
    for cadence, pattern in (
        (Cadence.DAILY, r"daily|every\s+day|each\s+day"),
        (Cadence.WEEKDAYS, r"(?:on\s+)?(?:every\s+)?(?:weekdays?|workdays?|working\s+days?)"),
        (Cadence.WEEKLY, rf"(?:weekly|(?:every|each)\s+week)(?:\s+on\s+{_DAY})?"),
        (Cadence.WEEKLY, rf"(?:every|each)\s+{_DAY}"),
        (
            Cadence.MONTHLY,
            r"(?:monthly|(?:every|each)\s+month)" + _NUMBER,
        ),
    )
)


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
    return Wish(reading.text, reading.schedule, reading.channel, tuple(reading.problems))


def _read_channel(reading: _Reading) -> re.Match[str] | None:
    match = _CHANNEL.search(reading.text)
    if match is None:
        return None
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
        return None
    zone = zone_named(match["zone"])
    if zone is not None:
        reading.schedule = replace(reading.schedule, zone=zone)
        return match
    near = process.extractOne(match["zone"], sorted(zones()), scorer=fuzz.ratio)
    if near is None or near[1] < _LIKE_A_ZONE:
        return None  # "in lung/liver" is part of the question
    reading.problems.append(f"{match['zone']} is no time zone that I know; try `in {near[0]}`.")
    return match


def _read_time(reading: _Reading) -> re.Match[str] | None:
    match = _TIME.search(reading.text)
    if match is None:
        return None
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


def _read_cadence(reading: _Reading) -> re.Match[str] | None:
    for cadence, pattern in _CADENCES:
        match = pattern.search(reading.text)
        if match is None:
            continue
        groups = match.groupdict()
        schedule = replace(reading.schedule, cadence=cadence)
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
