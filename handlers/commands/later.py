"""What is understood but cannot be done yet: said plainly, with what can be done today."""

from bot.models import Action, Answer
from bot.search import understood
from bot.views import errors
from handlers.router import Asked, Command, Reply

_TODAY: dict[Action, str] = {
    "export": "I cannot export lists yet. `cite` gives BibTeX for one record at a time.",
}


def run(asked: Asked) -> Reply:
    """Say what cannot be done yet, and offer what can."""
    query = asked.query
    meant = asked.services.lookup.meant(query, asked.shown) if query.identifiers else []
    tries = [f"cite {r.doi}" for r in meant if r.doi and query.action == "export"]
    answer = Answer(
        query=query.text,
        understood=understood(query, query.action, (_TODAY[query.action],)),
        suggestions=tuple(tries)[:3],
    )
    return Reply(answer, errors.hint(answer, asked.audience))


COMMAND = Command(actions=tuple(_TODAY), run=run)
