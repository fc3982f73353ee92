"""`/tme similar …`: records like one that is named or was shown."""

from collections.abc import Sequence

from bot.records.models import Answer, Record
from handlers.commands import find
from handlers.commands.about import not_clear, which
from handlers.commands.resolving import names_a_record
from handlers.router import Asked, Command, Reply
from handlers.views import results


def run(asked: Asked) -> Reply:
    """List what is most like the record that is meant, and why."""
    records = _meant(asked)
    if not records:
        return not_clear(asked)
    record, *others = records
    request = asked.request
    answer = asked.services.similar.to(
        record, asked.query, limit=request.limit, offset=request.offset
    )
    answer = _noted(answer, (*_unused(others), *asked.services.lookup.missing(asked.query)))
    if not answer.hits:
        return find.shown(answer, asked)
    return Reply(answer, results.results(answer, asked.audience))


def _meant(asked: Asked) -> Sequence[Record]:
    """The records that the words point at, each once."""
    meant = asked.services.lookup.meant(asked.query, asked.shown)
    return list({record.id: record for record in meant}.values())


def _unused(others: Sequence[Record]) -> tuple[str, ...]:
    """That of several records only the first is compared, and how to ask for the next."""
    if not others:
        return ()
    return (f"Only the first is compared; for the next: `similar {others[0].doi or others[0].id}`",)


def _noted(answer: Answer, notes: Sequence[str]) -> Answer:
    said = (*answer.understood.notes, *notes)
    return answer.model_copy(
        update={"understood": answer.understood.model_copy(update={"notes": said})}
    )


COMMAND = Command(
    run=run,
    words="similar DOI or title",
    summary="Records like it by shared concepts and words; in a thread, `similar to the first one`",
    example="similar 10.1002/ctd2.70098",
    aliases=("similar to", "more like", "related to", "papers like", "like"),
    takes_subject=True,
    remark=which,
    needs=lambda asked: (
        names_a_record(asked) or asked.services.store.get(asked.query.subject) is not None
    ),
    lists_records=True,
)
