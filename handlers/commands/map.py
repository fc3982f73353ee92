"""`/tme map` and `/tme trend`: the landscape of a topic, as a table and as a picture."""

import re
from dataclasses import replace

from bot.records.answers import Answer
from bot.search.landscape import Landscape, axes, trend_topic
from handlers.command import Command, Context
from handlers.commands import find
from handlers.commands.resolving import bare, known_topic, stored_topic
from handlers.router import Reply
from handlers.views import errors, landscape
from handlers.views.charts import bars, heatmap
from handlers.views.wording import count

_FACETS_NAMED = (
    "Two of component, strategy, resistance, evidence, biomarker and cancer can be counted against"
    " each other: `map cancer by strategy`."
)

# In a fullest cell with fewer, one abstract that names everything decides what the map shows.
_MANY = 5
_FEW = "Few records name both a component and a strategy: `map component by strategy` counts them."


def run(context: Context) -> Reply:
    """Count two facets against each other; a title that begins so opens its record instead."""
    if titled := find.titled(context):
        return titled
    found = _usual(context) if bare(context) else context.services.landscape.map(context.query)
    if not found.cells:
        what = f"tagged with both {found.rows.in_text} and {found.columns.in_text}"
        return _nothing(context, found.answer, found.topic, what, _FACETS_NAMED)
    today = context.services.now().date()
    message = landscape.landscape(found, context.audience)
    return Reply(found.answer, message, picture=lambda: heatmap(found, today))


def _usual(context: Context) -> Landscape:
    """Components by strategies, or cancers where few records name both: titles rarely do."""
    service, query = context.services.landscape, context.query
    found = service.map(query)
    if found.fullest >= _MANY:
        return found
    wider = service.map(replace(query, subject="cancer by strategy"))
    return replace(wider, note=_FEW) if wider.fullest > found.fullest else found


def run_trend(context: Context) -> Reply:
    """Count the records of a topic by year; a title that begins so opens its record instead."""
    if titled := find.titled(context):
        return titled
    found = context.services.landscape.trend(context.query)
    if not found.years:
        return _nothing(context, found.answer, found.topic, "with a known year of publication")
    message = landscape.trend(found, context.audience)
    return Reply(found.answer, message, picture=lambda: bars(found))


def _nothing(context: Context, answer: Answer, topic: str, what: str, also: str = "") -> Reply:
    """No record of the topic has what is to be counted: said, with how many there are."""
    stored = count(answer.total, "record") if answer.total else "no record"
    about = f" on “{topic[:60]}”" if topic else ""
    note = f"This store has {stored}{about}" + (f", but none {what}." if answer.total else ".")
    noted = answer.understood.model_copy(update={"notes": (note, also) if also else (note,)})
    without = answer.model_copy(update={"understood": noted, "suggestions": ("map", "trend")})
    return Reply(without, errors.hint(without, context.audience))


def _is_landscape(context: Context) -> bool:
    """Two facets, or a topic of the field, or nothing: a map of mutations is searched."""
    if bare(context):
        return True
    subject = context.query.subject
    topic = axes(subject)[1]
    led_to = topic != subject or re.search(r"\bby\b", subject, re.IGNORECASE) is not None
    return led_to or known_topic(context)


def _has_topic(context: Context) -> bool:
    """Nothing but years, or a topic that the field or the store knows."""
    topic = trend_topic(context.query.subject)
    about = context.about(topic)
    return not topic or known_topic(about) or stored_topic(about)


MAP = Command(
    run=run,
    words="map [TOPIC]",
    summary="A picture of components by strategies, or of two facets:"
    " `map resistance by strategy in melanoma`",
    example="map",
    aliases=("heatmap", "heat map", "landscape", "map of", "landscape of"),
    takes_subject=True,
    needs=_is_landscape,
)
TREND = Command(
    run=run_trend,
    words="trend TOPIC",
    summary="A picture of the records on a topic by year",
    example="trend oncolytic viruses",
    aliases=("timeline", "trend in", "trend of", "timeline of"),
    takes_subject=True,
    needs=_has_topic,
)
