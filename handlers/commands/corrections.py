"""`/tme corrections`: what this workspace corrected of the tags of records."""

from bot.records.models import Answer
from bot.search.search import understood
from handlers.router import Asked, Command, Reply
from handlers.views import correction


def run(asked: Asked) -> Reply:
    """List the corrections that apply here, newest first; a terminal sees those of everyone."""
    workspace = asked.request.workspace
    listed = asked.services.corrections.listed(workspace or None)
    answer = Answer(
        query=asked.query.text, understood=understood(asked.query, "corrections"), total=len(listed)
    )
    return Reply(answer, correction.listed(listed, asked.labels, asked.audience))


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
