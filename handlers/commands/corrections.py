"""`/tme corrections`: what this workspace corrected of the tags of records."""

from bot.records.answers import Answer
from bot.search.describing import describe_query
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import correction


def run(context: Context) -> Reply:
    """List the corrections that apply here, newest first; a terminal sees those of everyone."""
    workspace = context.request.workspace
    listed = context.services.corrections.listed(workspace or None)
    answer = Answer(
        query=context.query.text,
        understood=describe_query(context.query, "corrections"),
        total=len(listed),
    )
    return Reply(answer, correction.listed(listed, context.labels, context.audience))


COMMAND = Command(
    run=run,
    words="corrections",
    summary="The tags your team corrected (in Slack: ⋯ → Wrong tag on a card), by whom and when,"
    " to undo",
    example="corrections",
    patterns=(
        r"(?:list |show )?(?:me )?(?:the |our |my )?(?:tag )?corrections|(?:corrected|wrong) tags",
    ),
)
