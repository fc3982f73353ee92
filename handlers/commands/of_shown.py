"""`what dose did they use?` under a list: what the records shown say of it, sentence by sentence.

A question whose only subject is "it" or "they" is about what was shown, and searches nothing else.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.records.answers import Answer, Hit
from bot.records.models import Record
from bot.search.describing import describe_query
from bot.search.query import Query
from handlers.command import Command, Context
from handlers.commands.resolving import flat
from handlers.router import Reply
from handlers.views import abstract, errors, results
from handlers.views.wording import count

_MOST_ASKED = 3


def run(context: Context) -> Reply:
    """The records shown, in their order, each with what it says of it; that none does, where so.

    Of a single one that does not say it, the abstract.
    """
    records, query = _records(context), context.searched().query
    query = replace(query, action="lookup", corrected=(), offers=())
    hits = context.services.search.explained(query, records)
    note = _note(query, records, [hit for hit in hits if hit.why])
    if any(hit.why for hit in hits):
        answer = context.services.lookup.answer(query, records)
        understood = describe_query(query, "lookup", (note,))
        answer = answer.model_copy(update={"hits": hits, "understood": understood})
        return Reply(answer, results.results(answer, context.audience))
    if len(records) == 1 and records[0].abstract:
        answer = context.services.lookup.answer(replace(query, action="abstract"), records)
        return Reply(answer, abstract.message(records[0], context.audience))
    understood = describe_query(replace(query, senses=()), "lookup", (note,))
    first = next((place for place, each in enumerate(records, 1) if each.abstract), 0)
    tries = (f"abstract {first}",) if first and len(records) > 1 else ()
    answer = Answer(query=query.text, understood=understood, suggestions=tries)
    return Reply(answer, errors.hint(answer, context.audience))


def _note(query: Query, records: Sequence[Record], saying: Sequence[Hit]) -> str:
    """How many of them say it, and of how many that is not known: they have no abstract here."""
    wanted = " or ".join(f"“{part.typed}”" for part in query.parts)
    number = len(saying) or "None"
    says = f"{number} of the {count(len(records), 'record')} shown here says {wanted}"
    if len(saying) > 1:
        says = says.replace(" says ", " say ")
    silent = [each for each in records if not each.abstract]
    silent = [each for each in silent if each.id not in {hit.record.id for hit in saying}]
    have = "has" if len(silent) == 1 else "have"
    lacking = f"; {len(silent)} {have} no abstract here" if silent else ""
    return f"{says}{lacking}. Nothing else was searched."


def _records(context: Context) -> list[Record]:
    """The record that was opened last, else those of the page shown."""
    it = replace(context.query, subject="it", points_at_shown=True, identifiers=(), ordinals=())
    return context.services.lookup.resolve(it, context.shown)


def _is_of_shown(context: Context) -> bool:
    """Under a list, a few plain words and no subject of their own."""
    if context.shown is None or not context.request.in_thread or not context.request.follows:
        return False
    query = context.searched().query
    parts = flat(query)
    if not 0 < len(parts) <= _MOST_ASKED or not all(part.is_plain for part in parts):
        return False
    if query.filters.is_set or query.excluded or query.identifiers:
        return False
    router, text = context.router, context.request.text
    listed = router.listed_for(context.request, context.shown)
    changed = router.refiner.refined(text, listed, in_thread=True) if listed is not None else None
    return changed is None  # "how many of them are trials?" changes the list


COMMAND = Command(
    run=run,
    action="of_shown",
    patterns=(
        (
            r"(?:and |so |but )?"
            r"(?:what|which|who|how|why|where|when|is|are|was|were|do|does|did|has|have|had|can|could)\b"
            r".{0,120}?\b(?:it|its|they|their|them|he|she|this|that|these|those)\b(?!['’])"
            r"(?! (?:time|year|month|week|way|case)\b).{0,80}\??"
        ),
    ),
    needs=_is_of_shown,
    opens_record=True,
    lists_records=True,
)
