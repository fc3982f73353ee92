"""The words that tell when: a time of day, a zone, how often; taken off the end of a text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time

from rapidfuzz import fuzz, process

from bot.schedule import DAY_NAMES, Cadence, Schedule, zone_named, zones
from bot.text.number_words import ONES

# How alike a misspelt zone must be to be taken for one (rapidfuzz, 0 to 100).
_LIKE_A_ZONE = 85

_DAYS = {name[:3].lower(): number for number, name in enumerate(DAY_NAMES)}
_DAY = r"(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:days?)?"
_DAY_NAME = r"(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?days?"
_NUMBER = r"(?:\s+on\s+(?:the\s+|day\s+)?(?P<number>\d{1,2})(?:st|nd|rd|th)?)?"
# From the head of a run of white space only: from each place in it takes the square of its length.
END = r"(?:^|(?<!\s)\s+)(?:{})$"
_ZONE = re.compile(
    END.format(r"(?P<in>in\s+)?(?P<zone>[a-z_]+(?:/[a-z0-9_+-]+){1,2}|utc|gmt)"), re.IGNORECASE
)
# "at 9 London time", "at noon New York time": the longest name first.
_PLACE_TIMES = tuple(
    re.compile(
        END.format(rf"(?:in\s+)?(?P<city>[a-z]+(?:[ _][a-z]+){{{more}}})\s+time(?:\s+zone)?"),
        re.IGNORECASE,
    )
    for more in (2, 1, 0)
)
# Behind a time or a cadence only: "metastasis in Phoenix" is a question.
_CITY = re.compile(END.format(r"in\s+(?P<city>[a-z]+(?:[ _][a-z]+){0,2})"), re.IGNORECASE)
_SHORT_ZONE = re.compile(END.format(r"(?P<short>[a-z]{2,4})"), re.IGNORECASE)
_REGIONS = frozenset(
    ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)
# Those that stand for one zone; CST and IST, for example, stand for several.
_SHORT_ZONES = {
    "utc": "UTC", "gmt": "UTC", "bst": "Europe/London", "cet": "Europe/Paris",
    "cest": "Europe/Paris", "et": "America/New_York", "est": "America/New_York",
    "edt": "America/New_York", "pt": "America/Los_Angeles", "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles", "uk": "Europe/London",
}  # fmt: skip
# What comes before "time" beside cities and short names.
_NAMED_ZONES = {
    "british": "Europe/London", "central european": "Europe/Paris", "eastern": "America/New_York",
    "us eastern": "America/New_York", "pacific": "America/Los_Angeles",
    "us pacific": "America/Los_Angeles", "german": "Europe/Berlin", "french": "Europe/Paris",
}  # fmt: skip
# "at 5pm London": a city right behind a time.
_BARE_CITY = re.compile(END.format(r"(?P<city>[A-Z][a-z]+(?:[ _][A-Z][a-z]+)?)"))
_HALF = r"\s*(?P<half>[ap]\.?m\.?)"
_TIME = re.compile(
    END.format(
        rf"(?:(?:at|by|around)\s+|@\s*)(?P<hour>\d{{1,2}})(?:[:.h](?P<minute>\d{{2}})|h)?(?:\s*o[’']?clock)?"
        rf"(?:{_HALF})?(?:\s+in\s+the\s+(?P<part>morning|afternoon|evening))?"
    ),
    re.IGNORECASE,
)
# Behind a cadence only.
_BARE_TIME = re.compile(
    END.format(
        rf"(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d{{2}}))?{_HALF}|(?P<hour24>\d{{1,2}}):(?P<minute24>\d{{2}})"
    ),
    re.IGNORECASE,
)
_HOURS = {name: hour for hour, name in enumerate(ONES[1:13], start=1)}
# Behind a cadence only: "at two sites" is a question.
_HOUR_IN_WORDS = re.compile(
    END.format(
        rf"at\s+(?P<word>{'|'.join(_HOURS)})(?:\s*o[’']?clock)?(?:{_HALF})?"
        r"(?:\s+in\s+the\s+(?P<part>morning|afternoon|evening))?"
    ),
    re.IGNORECASE,
)
_NAMED_TIME = re.compile(END.format(r"at\s+(?P<name>noon|midday|midnight)"), re.IGNORECASE)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
# Behind a cadence only: "cortisol in the morning" is a question.
_PART_OF_DAY = re.compile(
    END.format(r"(?:in\s+the\s+|at\s+)?(?P<part>morning|afternoon|evening|night)s?"), re.IGNORECASE
)
_PARTS_OF_DAY = {"morning": time(9), "afternoon": time(14), "evening": time(18), "night": time(21)}
_PART = r"(?P<part>morning|afternoon|evening|night)"
EVERY = r"(?:every|each)\s+"
OF_MONTH = r"(?:of|in)\s+(?:the|each|every)\s+month"
_DAY_OF_MONTH = r"(?:(?P<number>\d{1,2})(?:st|nd|rd|th)?|(?P<edge>first|last)(?:\s+day)?)"
_MON_TO_FRI = r"mon(?:day)?s?\s*(?:to|through|[-–])\s*fri(?:day)?s?"
_PLACE = r"(?P<place>first|1st|second|2nd|third|3rd|fourth|4th|last)"
_PLACES = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4,
           "4th": 4, "last": 5}  # fmt: skip
_DAY_NAME_TOO = _DAY_NAME.replace("<day>", "<day_too>")
WEEKDAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
# The longer ways of saying it first: each is looked for at the end.
_CADENCES = tuple(
    (cadence, re.compile(END.format(pattern), re.IGNORECASE))
    for cadence, pattern in (
        (
            Cadence.MONTHLY_WEEKDAY,
            rf"(?:(?:monthly|{EVERY}month)\s+)?(?:on\s+)?(?:the\s+|{EVERY})?{_PLACE}\s+{_DAY}\s+{OF_MONTH}",
        ),
        (
            Cadence.MONTHLY_WEEKDAY,
            rf"(?:monthly|{EVERY}month|once\s+(?:a|per)\s+month)\s+on\s+(?:the\s+)?{_PLACE}\s+{_DAY}",
        ),
        (
            Cadence.MONTHLY,
            rf"(?:on\s+)?(?:the\s+)?{_DAY_OF_MONTH}\s+{OF_MONTH}",
        ),
        (Cadence.MONTHLY, rf"at\s+the\s+(?P<edge>start|beginning|end)\s+{OF_MONTH}"),
        (Cadence.FORTNIGHTLY, rf"{EVERY}(?:14|fourteen)\s+days"),
        (Cadence.WEEKLY, rf"{EVERY}(?:7|seven)\s+days"),
        (Cadence.FORTNIGHTLY, rf"{EVERY}(?:two|2|second|2nd|other)\s+weeks?(?:\s+on\s+{_DAY})?"),
        (Cadence.FORTNIGHTLY, rf"(?:fortnightly|{EVERY}fortnight)(?:\s+on\s+{_DAY})?"),
        (Cadence.FORTNIGHTLY, rf"{EVERY}(?:second|2nd|other)\s+{_DAY}"),
        (Cadence.DAILY, rf"daily|{EVERY}(?:single\s+)?day|once\s+(?:a|per)\s+day"),
        (Cadence.DAILY, rf"{EVERY}{_PART}"),
        (
            Cadence.WEEKDAYS,
            rf"(?:on\s+)?(?:{EVERY})?(?:weekdays?|workdays?|work(?:ing)?\s+days?|{_MON_TO_FRI})(?:\s+{_PART}s?)?",
        ),
        (
            Cadence.WEEKLY,
            rf"(?:weekly|{EVERY}week|once\s+(?:a|per)\s+week)(?:\s+on\s+{_DAY}|\s+{_DAY_NAME_TOO})?",
        ),
        (Cadence.WEEKLY, rf"{EVERY}{_DAY}(?:\s+{_PART}s?)?"),
        (Cadence.WEEKLY, rf"on\s+{_DAY_NAME}"),
        (Cadence.WEEKLY, r"(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?days"),
        (
            Cadence.WEEKLY,
            rf"(?:on\s+)?{_DAY_NAME}\s+{_PART}s",
        ),
        (Cadence.MONTHLY, rf"(?:monthly|{EVERY}month|once\s+(?:a|per)\s+month){_NUMBER}"),
        (Cadence.MONTHLY, r"on\s+the\s+(?P<number>\d{1,2})(?:st|nd|rd|th)"),
        (Cadence.DAILY, r"mornings|evenings"),
    )
)  # fmt: skip
# "Tuesday 9:00": with a time behind it a day alone tells how often.
_DAY_ALONE = re.compile(END.format(_DAY_NAME), re.IGNORECASE)
_SHORT_DAYS = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?"
_SEVERAL_DAYS = re.compile(
    END.format(
        rf"(?:weekly\s+|{EVERY}(?:week\s+)?)?(?:on\s+)?"
        rf"{_SHORT_DAYS}(?:(?:\s*,\s*|\s+)(?:and\s+|or\s+|&\s*)?{_SHORT_DAYS})+"
    ),
    re.IGNORECASE,
)


@dataclass(slots=True)
class Reading:
    """What is left of a text, and what was read of it so far: `kinds` names what they are."""

    text: str
    schedule: Schedule
    channel: str | None = None
    problems: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)


def unkept(phrase: str) -> str:
    """The problem of a schedule that cannot be kept, with what can be typed instead."""
    return (
        f"I cannot keep to “{phrase.strip()}”, only to `daily`, `weekdays`, `weekly on MON`,"
        " `every two weeks`, `monthly on 15` or `first Monday of the month`, with `at 09:00` and"
        " `in Europe/London`; quote what belongs to the topic."
    )


def _has_schedule(text: str) -> bool:
    """Whether a text ends with a time of day or a cadence."""
    if _TIME.search(text) or _NAMED_TIME.search(text) or _has_cadence(text):
        return True
    loose = _BARE_TIME.search(text) or _PART_OF_DAY.search(text)
    return loose is not None and _has_day(text[: loose.start()])


def _has_day(text: str) -> bool:
    """Whether a text ends with a cadence, or the day that a time behind it makes one."""
    return _has_cadence(text) or _DAY_ALONE.search(text) is not None


def _has_cadence(text: str) -> bool:
    return any(pattern.search(text) for _, pattern in _CADENCES)


def read_zone(reading: Reading) -> re.Match[str] | None:
    """Take a zone off the end: "in Europe/London", "London time", "CET"; None where none is."""
    match = _ZONE.search(reading.text)
    if match is None or not (match["in"] or _tells_when(reading, match.start())):
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


def _read_place(reading: Reading) -> re.Match[str] | None:
    """A zone by its city or its short name, where it belongs to a schedule."""
    places: list[tuple[re.Pattern[str], Callable[[str], str | None]]]
    places = [(pattern, _zone_called) for pattern in _PLACE_TIMES]
    places += [(_CITY, _zone_of_city), (_SHORT_ZONE, _SHORT_ZONES.get), (_BARE_CITY, _zone_of_city)]
    for pattern, zone_of in places:
        match = pattern.search(reading.text)
        if match is None or not _tells_when(reading, match.start()):
            continue
        before = reading.text[: match.start()]
        if pattern is _BARE_CITY and not (_TIME.search(before) or _BARE_TIME.search(before)):
            continue
        zone = zone_of(match[1].lower())
        if zone is not None:
            reading.schedule = replace(reading.schedule, zone=zone)
            return match
    return None


def _tells_when(reading: Reading, end: int) -> bool:
    """Whether this place belongs to a schedule: one is read already, or comes right before it."""
    return bool(reading.kinds & {"time", "cadence"}) or _has_schedule(reading.text[:end])


def _zone_called(name: str) -> str | None:
    """The zone of "London time", "Eastern time", "CET time"."""
    return _NAMED_ZONES.get(name) or _SHORT_ZONES.get(name) or _zone_of_city(name)


def _zone_of_city(city: str) -> str | None:
    """The one zone that is called by this city; None where there is none, or several."""
    named = city.replace(" ", "_")
    found = [
        zone for zone in zones() if zone.count("/") == 1 and zone.lower().endswith(f"/{named}")
    ]
    regions = [zone for zone in found if zone.split("/")[0] in _REGIONS]
    return regions[0] if len(regions) == 1 else None


def read_time(reading: Reading) -> re.Match[str] | None:
    """Take a time of day off the end; None where none is."""
    match = _TIME.search(reading.text)
    if match is None:
        match = _BARE_TIME.search(reading.text)
        if match is None or not (
            "cadence" in reading.kinds or _has_day(reading.text[: match.start()])
        ):
            return _read_time_by_name(reading)
    return _taken(reading, match)


def _taken(reading: Reading, match: re.Match[str]) -> re.Match[str]:
    """Take an hour into the schedule, or say that it is none."""
    parts = {name: value for name, value in match.groupdict().items() if value}
    hour = int(parts.get("hour") or parts.get("hour24") or _HOURS[parts["word"].lower()])
    minute = int(parts.get("minute") or parts.get("minute24", 0))
    part = parts.get("part", "").lower()
    half = {"morning": "a", "": parts.get("half", "").lower()[:1]}.get(part, "p")
    if half and not 1 <= hour <= 12:
        hour = 99
    elif half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        reading.schedule = replace(reading.schedule, at=time(hour, minute))
    except ValueError:
        reading.problems.append(
            f"“{match[0].strip()}” is no time of day; write it like `at 09:00`."
        )
    return match


def _read_time_by_name(reading: Reading) -> re.Match[str] | None:
    """A time without figures: at nine, at noon, in the morning."""
    if match := _HOUR_IN_WORDS.search(reading.text):
        is_schedule = "cadence" in reading.kinds or _has_day(reading.text[: match.start()])
        return _taken(reading, match) if is_schedule else None
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


def read_cadence(reading: Reading) -> re.Match[str] | None:
    """Take how often off the end; None where it is not there."""
    if several := _SEVERAL_DAYS.search(reading.text):
        reading.problems.append(unkept(several[0]))
        return several
    for cadence, pattern in _CADENCES:
        if match := pattern.search(reading.text):
            parts = {k.removesuffix("_too"): v for k, v in match.groupdict().items() if v}
            _take(reading, cadence, {name: value.lower() for name, value in parts.items()})
            return match
    if "time" in reading.kinds and (match := _DAY_ALONE.search(reading.text)):
        _take(reading, Cadence.WEEKLY, {"day": match["day"].lower()})
        return match
    return None


def _take(reading: Reading, cadence: Cadence, parts: Mapping[str, str]) -> None:
    """A cadence with what came with it: a day, which one of the month, a part of the day."""
    schedule = replace(reading.schedule, cadence=cadence)
    if cadence is Cadence.MONTHLY_WEEKDAY:
        schedule = replace(schedule, day=_PLACES[parts["place"]])
    if "part" in parts:
        usual = _PARTS_OF_DAY[parts["part"]]
        at = schedule.at if "time" in reading.kinds else usual
        if usual.hour >= 12 > at.hour:  # "every Friday afternoon at 3"
            at = at.replace(hour=at.hour + 12)
        schedule = replace(schedule, at=at)
    if "day" in parts:
        schedule = replace(schedule, weekday=_DAYS[parts["day"]])
    edges = {"first": "1", "start": "1", "beginning": "1", "last": "31", "end": "31"}
    number = edges.get(parts.get("edge", ""), parts.get("number"))
    if number and not 1 <= int(number) <= 31:
        reading.problems.append(f"No month has a day {number}; say `monthly on 15`.")
    elif number:
        schedule = replace(schedule, day=int(number))
    reading.schedule = schedule
