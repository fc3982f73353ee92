"""`/tme similar …`: records like one that is named or was shown."""

from collections.abc import Sequence

from bot.records.answers import Answer
from bot.records.models import Record
from handlers.command import Command, Context
from handlers.commands import find
from handlers.commands.about import not_clear, which
from handlers.commands.resolving import names_a_record
from handlers.router import Reply
from handlers.views import results


def run(context: Context) -> Reply:
    """List what is most like the record that is meant, and why."""
    records = _meant(context)
    if not records:
        return not_clear(context)
    record, *others = records
    request = context.request
    answer = context.services.similar.to(
        record, context.query, limit=request.limit, offset=request.offset
    )
    answer = _noted(answer, (*_unused(others), *context.services.lookup.missing(context.query)))
    if not answer.hits:
        return find.shown(answer, context)
    return Reply(answer, results.results(answer, context.audience))


def _meant(context: Context) -> Sequence[Record]:
    """The records that the words point at, each once."""
    resolved = context.services.lookup.resolve(context.query, context.shown)
    return list({record.id: record for record in resolved}.values())


def _unused(others: Sequence[Record]) -> tuple[str, ...]:
    """That of several records only the first is compared, and how to ask for the next."""
    if not others:
        return ()
    return (f"Only the first is compared; for the next: `similar {others[0].doi or others[0].id}`",)


def _noted(answer: Answer, notes: Sequence[str]) -> Answer:
    every_note = (*answer.understood.notes, *notes)
    return answer.model_copy(
        update={"understood": answer.understood.model_copy(update={"notes": every_note})}
    )


COMMAND = Command(
    run=run,
    words="similar DOI or title",
    summary="Records like it by shared concepts and words; in a thread, `similar to the first one`",
    example="similar 10.1002/ctd2.70098",
    aliases=("similar to", "more like", "related to", "papers like", "like"),
    patterns=(
        (
            r"(?:show|give|find|get)(?: me| us)? (?:more|others?|papers?|records?|ones|works)"
            r" (?:like|similar to|related to) (?P<subject>.{1,300})"
        ),
    ),
    takes_subject=True,
    remark=which,
    needs=lambda context: (
        names_a_record(context) or context.services.store.get(context.query.subject) is not None
    ),
    lists_records=True,
)
