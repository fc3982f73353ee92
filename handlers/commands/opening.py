"""A record opened: all that is known of it, and what the workspace has done with it."""

from bot.records.answers import Answer
from handlers.command import Context
from handlers.commands.save import scope_of
from handlers.router import Reply
from handlers.views import records


def opened(context: Context, answer: Answer) -> Reply:
    """A record with all that is known of it, and what the workspace has done with it."""
    record_id, services, scope = answer.hits[0].record.id, context.services, scope_of(context)
    kept = records.Kept(
        uses=services.store.uses.of(scope.workspace, record_id),
        notes=tuple(
            (on.name, item.note)
            for on, item in services.library.holding(scope, record_id) if item.note
        ),
    )  # fmt: skip
    return Reply(answer, records.full(answer, context.audience, context.labels, kept))
