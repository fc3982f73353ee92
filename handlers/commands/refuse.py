"""What the bot does not do: advice on a patient, ranking people, and other subjects."""

from bot.records.models import Answer
from bot.search.search import understood
from handlers.router import Asked, Command, Reply
from handlers.views import errors

_ADVICE = (
    "I cannot advise on anyone's treatment or rank people; a clinician who knows the case can."
    " I can search the literature for you."
)
_ELSEWHERE = (
    "That is outside my field: papers on reprogramming the tumour microenvironment and"
    " resistance to immunotherapy."
)


def run(asked: Asked) -> Reply:
    """Decline in one polite sentence, and offer what can be searched instead."""
    query = asked.query
    about = asked.services.search.interpret(f"find {query.text}")
    named = understood(about, query.action)
    tries = (*named.drugs, *(part.typed for part in about.parts if part.recognised))
    note = _ELSEWHERE if query.action == "out_of_scope" else _ADVICE
    answer = Answer(
        query=query.text,
        understood=understood(query, query.action, (note,)),
        suggestions=tuple(dict.fromkeys(tries))[:3] or ("CAF acquired resistance", "help"),
    )
    return Reply(answer, errors.hint(answer, asked.audience))


COMMAND = Command(actions=("refuse", "out_of_scope"), run=run)
