"""The words of a subscription are read from the right, and nothing of the question is lost."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.subscribing import by_name, read
from bot.schedule import Cadence, Schedule

PARIS, LONDON = "Europe/Paris", "Europe/London"
USUAL = Schedule(zone=PARIS)


@pytest.mark.parametrize(
    ("said", "query", "schedule"),
    [
        ("CAF in melanoma", "CAF in melanoma", USUAL),
        (
            "CAF in melanoma weekly in Europe/London",
            "CAF in melanoma",
            Schedule(zone="Europe/London"),
        ),
        (
            "weekly paclitaxel daily",
            "weekly paclitaxel",
            Schedule(Cadence.DAILY, zone="Europe/Paris"),
        ),
        ("hypoxia daily at 9", "hypoxia", Schedule(Cadence.DAILY, zone="Europe/Paris")),
        (
            "hypoxia at 5:30pm on weekdays",
            "hypoxia",
            Schedule(Cadence.WEEKDAYS, time(17, 30), "Europe/Paris"),
        ),
        ("x every Tuesday", "x", Schedule(weekday=1, zone="Europe/Paris")),
        (
            "every Friday afternoon at 3 about new x papers",
            "x",
            Schedule(weekday=4, at=time(15), zone="Europe/Paris"),
        ),
        ("x weekly on MON at 12am", "x", Schedule(at=time(0, 0), zone="Europe/Paris")),
        ("x every week on saturdays", "x", Schedule(weekday=5, zone="Europe/Paris")),
        (
            "x monthly on the 31st at 07.15 in america/new_york",
            "x",
            Schedule(Cadence.MONTHLY, time(7, 15), "America/New_York", day=31),
        ),
        ("metastasis in lung/liver", "metastasis in lung/liver", USUAL),
        ('"weekly"', '"weekly"', USUAL),
        ("immunity at 37 degrees", "immunity at 37 degrees", USUAL),
        ("author:sharma in UTC", "author:sharma", Schedule(zone="UTC")),
        ("weekly", "", USUAL),
        ("x, every monday morning", "x", Schedule(at=time(9, 0), zone="Europe/Paris")),
        ("x every friday afternoon", "x", Schedule(at=time(14), zone="Europe/Paris", weekday=4)),
        ("x every evening", "x", Schedule(Cadence.DAILY, time(18, 0), "Europe/Paris")),
        ("cortisol in the morning", "cortisol in the morning", USUAL),
        ("x on tuesdays at noon", "x", Schedule(at=time(12), zone="Europe/Paris", weekday=1)),
        ("sunscreen on sun", "sunscreen on sun", USUAL),
        ("x once a day", "x", Schedule(Cadence.DAILY, zone="Europe/Paris")),
        ("x at 9 in London", "x", Schedule(zone="Europe/London")),
        ("x daily in New York", "x", Schedule(Cadence.DAILY, zone="America/New_York")),
        ("trials in London", "trials in London", USUAL),
        ("x at 8am EST", "x", Schedule(at=time(8, 0), zone="America/New_York")),
        ("x daily in mice", "x daily in mice", USUAL),
        ("x weekly to this channel please", "x", USUAL),
        (
            "daily of CSF1R inhibitors",
            "CSF1R inhibitors",
            Schedule(Cadence.DAILY, zone="Europe/Paris"),
        ),
        ('pembrolizumab "every 6 weeks"', 'pembrolizumab "every 6 weeks"', USUAL),
        ("aspirin twice a day weekly", "aspirin twice a day", USUAL),
        ("paclitaxel every 3 weeks weekly", "paclitaxel every 3 weeks", USUAL),
        ("weekly paclitaxel with carboplatin", "weekly paclitaxel with carboplatin", USUAL),
        ("x every 2 weeks on Friday", "x", Schedule(Cadence.FORTNIGHTLY, zone=PARIS, weekday=4)),
        ("x every 14 days", "x", Schedule(Cadence.FORTNIGHTLY, zone=PARIS)),
        ("x every 7 days", "x", Schedule(zone=PARIS)),
        ("x weekday mornings at 8", "x", Schedule(Cadence.WEEKDAYS, time(8), PARIS)),
        ("x each morning at 7:30", "x", Schedule(Cadence.DAILY, time(7, 30), PARIS)),
        ("x every Sunday night", "x", Schedule(at=time(21), zone=PARIS, weekday=6)),
        ("x every Monday morning London time", "x", Schedule(at=time(9), zone=LONDON)),
        ("x daily at noon Paris time", "x", Schedule(Cadence.DAILY, time(12), PARIS)),
        ("x every day at nine in the evening", "x", Schedule(Cadence.DAILY, time(21), PARIS)),
        ("x every day at 17h", "x", Schedule(Cadence.DAILY, time(17), PARIS)),
        ("x daily @ 9am", "x", Schedule(Cadence.DAILY, time(9), PARIS)),
        ("x every day at 5 pm London", "x", Schedule(Cadence.DAILY, time(17), LONDON)),
        ("x weekly Monday", "x", Schedule(zone=PARIS)),
        ("x Tuesday 9:30 CET", "x", Schedule(at=time(9, 30), zone=PARIS, weekday=1)),
        ("x 1st of the month", "x", Schedule(Cadence.MONTHLY, zone=PARIS, day=1)),
        ("x at the end of the month", "x", Schedule(Cadence.MONTHLY, zone=PARIS, day=31)),
        ("x on the 15th", "x", Schedule(Cadence.MONTHLY, zone=PARIS, day=15)),
        ("expression at two sites", "expression at two sites", USUAL),
        ("cells at night", "cells at night", USUAL),
        ("trials by Boston", "trials by Boston", USUAL),
        ("x every Thursday at 7am London time", "x", Schedule(weekday=3, at=time(7), zone=LONDON)),
        ("x papers on weekdays at 8", "x", Schedule(Cadence.WEEKDAYS, time(8), PARIS)),
        ("new papers about x daily", "x", Schedule(Cadence.DAILY, zone=PARIS)),
        ("every friday at 4pm to x y", "x y", Schedule(weekday=4, at=time(16), zone=PARIS)),
        ("every week on Monday: x", "x", Schedule(zone=PARIS)),
        (
            "on the last Friday of every month about x",
            "x",
            Schedule(Cadence.MONTHLY_WEEKDAY, zone=PARIS, weekday=4, day=5),
        ),
        ("x first Monday of the month", "x", Schedule(Cadence.MONTHLY_WEEKDAY, zone=PARIS)),
        (
            "x every second Tuesday of the month at noon",
            "x",
            Schedule(Cadence.MONTHLY_WEEKDAY, time(12), PARIS, weekday=1, day=2),
        ),
        ("x every two weeks", "x", Schedule(Cadence.FORTNIGHTLY, zone=PARIS)),
        ("x every other Tuesday", "x", Schedule(Cadence.FORTNIGHTLY, zone=PARIS, weekday=1)),
        ("x fortnightly on wed", "x", Schedule(Cadence.FORTNIGHTLY, zone=PARIS, weekday=2)),
        ("x on the 15th of each month", "x", Schedule(Cadence.MONTHLY, zone=PARIS, day=15)),
        ("x on the last day of the month", "x", Schedule(Cadence.MONTHLY, zone=PARIS, day=31)),
        ("x monday to friday 9:30", "x", Schedule(Cadence.WEEKDAYS, time(9, 30), PARIS)),
        ("x thursdays", "x", Schedule(zone=PARIS, weekday=3)),
        ("x at 8 in the evening every day", "x", Schedule(Cadence.DAILY, time(20), PARIS)),
        (
            "x at noon New York time every day",
            "x",
            Schedule(Cadence.DAILY, time(12), "America/New_York"),
        ),
        (
            "x weekdays at 7:30 Eastern time",
            "x",
            Schedule(Cadence.WEEKDAYS, time(7, 30), "America/New_York"),
        ),
        ("x, daily at 10:00 Europe/London", "x", Schedule(Cadence.DAILY, time(10), LONDON)),
        ("time to progression daily", "time to progression", Schedule(Cadence.DAILY, zone=PARIS)),
        ("hypoxia in Tokyo time", "hypoxia in Tokyo time", USUAL),
    ],
)
def test_schedule_words_are_taken_off_the_right(said: str, query: str, schedule: Schedule) -> None:
    wish = read(said, USUAL)
    assert (wish.query, wish.schedule, wish.problems) == (query, schedule, ())


@pytest.mark.parametrize(
    "said",
    ["in <#C024BE7LR|general>", "in #C024BE7LR", "in <#C024BE7LR>", "to #C024BE7LR", "#C024BE7LR"],
)
def test_a_channel_is_one_that_slack_wrote(said: str) -> None:
    wish = read(f"CAF {said} daily", USUAL)
    assert (wish.query, wish.channel) == ("CAF", "C024BE7LR")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("x at 25:00", "“at 25:00” is no time of day"),
        ("x at 13pm", "is no time of day"),
        ("x monthly on 32", "No month has a day 32"),
        ("x in Europe/Londn", "try `in Europe/London`"),
        ("x in #general", "I cannot tell which channel #general is"),
        ("x daily in europe/londn", "try `in Europe/London`"),
        ("x hourly", "I cannot keep to “hourly”"),
        ("x biweekly", "I cannot keep to “biweekly”"),
        ("x twice a week", "I cannot keep to “twice a week”"),
        ("x weekly on monday and thursday", "I cannot keep to “weekly on monday and thursday”"),
        ("x mondays and thursdays at 10:00", "only to `daily`"),
        ("twice a week on CAR-T", "I cannot keep to “twice a week”"),
        ("every 6 hours about x", "I cannot keep to “every 6 hours”"),
        ("pembrolizumab every 6 weeks", "quote what belongs to the topic"),
        ("x at 8am IST", "I cannot keep to “at 8am IST”"),
    ],
)
def test_what_cannot_be_kept_is_one_clear_line(said: str, problem: str) -> None:
    (line,) = read(said, USUAL).problems
    assert problem in line


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("author Sharma", "author:Sharma"),
        ("the author Padmanee Sharma", 'author:"Padmanee Sharma"'),
        ("author “Sharma P” on CAF in melanoma", 'author:"Sharma P" CAF in melanoma'),
        ("Journal Nature", "journal:Nature"),
        ("the journal Cancer Cell about macrophages", 'journal:"Cancer Cell" macrophages'),
        ("the Journal of Immunology", 'journal:"Journal of Immunology"'),
        ("author:Sharma", "author:Sharma"),
        ("author of CAF papers", "author of CAF papers"),
        ("author contributions", "author contributions"),
        ("journal club", "journal club"),
        ("journal impact factor", "journal impact factor"),
        ("authors", "authors"),
        ("journal", "journal"),
    ],
)
def test_who_is_named_is_followed_by_name(said: str, read_as: str) -> None:
    """An author or a journal is a filter and not a word; a topic that begins so stays one."""
    assert by_name(said) == read_as


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    """Never raises, and what is left is a part of what was said."""
    wish = read(text, USUAL)
    assert wish.query in text
