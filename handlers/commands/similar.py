"""`/tme similar …`: records like one that is named or was shown."""

from bot.models import Record
from bot.views import results
from handlers.commands import find
from handlers.commands.about import not_clear
from handlers.router import Asked, Command, Reply


def run(asked: Asked) -> Reply:
    """List what is most like the record that is meant, and why."""
    record = _meant(asked)
    if record is None:
        return not_clear(asked)
    request = asked.request
    answer = asked.services.similar.to(
        record, asked.query, limit=request.limit, offset=request.offset
    )
    if not answer.hits:
        return find.shown(answer, asked)
    return Reply(answer, results.results(answer, asked.audience))


def _meant(asked: Asked) -> Record | None:
    """The record of a button (its id), else the one that the words point at."""
    held = asked.services.store.get(asked.query.subject)
    if held is not None:
        return held
    return next(iter(asked.services.lookup.meant(asked.query, asked.shown)), None)


COMMAND = Command(
    actions=("similar",),
    run=run,
    words="similar DOI or title",
    summary="Records like it by shared concepts and words; in a thread, `similar to the first one`",
    example="similar 10.1002/ctd2.70098",
)
