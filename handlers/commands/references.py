"""A pasted list of references: which are stored, which are not, and the way to add those."""

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.lazy import lazy
from bot.records.answers import Answer
from bot.records.identifiers import mentioned
from bot.records.models import Identifier
from bot.search.bibliography import Entry, Outcome, is_list, split
from bot.search.describing import describe_query
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import references

if TYPE_CHECKING:
    from bot.harvest import adding
else:
    adding = lazy("bot.harvest.adding")


def run(context: Context) -> Reply:
    """Say of every entry whether it is stored."""
    entries = context.services.bibliography.read(context.request.text)
    left_out = len(split(context.request.text)) - len(entries)
    records = list({e.record.id: e.record for e in entries if e.record is not None}.values())
    query = replace(context.query, identifiers=tuple(mentioned(context.request.text)))
    answer = context.services.lookup.answer(query, records)
    notes = tuple(map(_line, entries))
    answer = answer.model_copy(
        update={
            # What was pasted may be too long to be asked again: the records stand for it.
            "query": " ".join(r.doi or r.title for r in records) or query.text,
            "understood": describe_query(query, "lookup_many", notes),
        }
    )
    missing = [e.identifier for e in entries if e.outcome is Outcome.NOT_STORED and e.identifier]
    message = references.message(entries, left_out, _adding(missing))
    return Reply(_limited(answer, context.request.limit), message)


def _limited(answer: Answer, limit: int) -> Answer:
    return answer.model_copy(update={"hits": answer.hits[: max(limit, references.MOST_SHOWN)]})


def _line(entry: Entry) -> str:
    """The outcome of an entry as one line, for scripts."""
    named = entry.record.title if entry.record else entry.text
    return f"{entry.outcome}: {named[:80]}"


def _adding(missing: list[Identifier]) -> str | None:
    """The question that adds what is not stored, as many as can be added at once."""
    fetched = adding.read(" ".join(f"{i.scheme}:{i.value}" for i in missing)).identifiers
    return f"add {' '.join(i.value for i in fetched[: adding.MOST])}" if fetched else None


COMMAND = Command(run=run, action="references", takes_text=is_list)
