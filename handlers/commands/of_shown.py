"""`what dose did they use?` under a list: what the records shown say of it, sentence by sentence.

A question whose only subject is "it" or "they" is about what was shown, and searches nothing else.
"""

from dataclasses import replace

from bot.records.models import Hit, Record
from bot.search.query import Query
from bot.search.search import describe_query
from handlers.commands.resolving import flat
from handlers.router import Command, Context, Reply
from handlers.views import abstract, results
from handlers.views.wording import count

_MOST_ASKED = 3


def run(context: Context) -> Reply:
    """The records shown that say it, each with its sentence; or the abstract of a single one."""
    records, query = _records(context), context.searched().query
    query = replace(query, action="lookup", corrected=(), offers=())
    asked = " · ".join(f"“{part.typed}”" for part in query.parts)
    hits = context.services.search.explained(query, records)
    saying = [hit for hit in hits if hit.why]
    if saying:
        listed = count(len(records), "record")
        says = f"{len(saying)} {_say(saying)} {asked}"
        note = f"Of the {listed} shown here, {says}; nothing else was searched."
        return _listed(context, query, sorted(saying, key=lambda hit: -len(hit.why)), note)
    if len(records) == 1:
        answer = context.services.lookup.answer(replace(query, action="abstract"), records)
        return Reply(answer, abstract.message(records[0], context.audience))
    note = f"None of the {len(records)} records shown here says {asked} in its title or abstract."
    answer = context.services.lookup.answer(query, records)
    return _listed(context, query, list(answer.hits), note)


def _say(saying: list[Hit]) -> str:
    return "says" if len(saying) == 1 else "say"


def _listed(context: Context, query: Query, hits: list[Hit], note: str) -> Reply:
    answer = context.services.lookup.answer(query, [hit.record for hit in hits])
    understood = describe_query(query, "lookup", (note,))
    answer = answer.model_copy(update={"hits": tuple(hits), "understood": understood})
    return Reply(answer, results.results(answer, context.audience))


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
