# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme check …`: can these works be relied on, asked of those who would know."""

from bot.harvest.integrity import Checked
from bot.records.models import Answer, Identifier, Scheme
from bot.search.search import understood
from handlers.commands.about import not_clear, which
from handlers.commands.resolving import names_a_record
from handlers.router import Asked, Command, Reply
from handlers.views import standing

# A notice is about one work: what names a journal, a person or a trial is looked up otherwise.
_WORKS = frozenset((Scheme.DOI, Scheme.PMID, Scheme.PMCID, Scheme.ARXIV))


def run(asked: Asked) -> Reply:
    """Ask about each work that is named, held or not; else about the record that is meant."""
    checking = asked.services.checking
    named = _named(asked)
    if named:
        checked = [checking.identifier(identifier) for identifier in named[: standing.MOST]]
        left = len(named) - len(checked)
        notes = (f"{left} more were left out: ask again with those.",) if left > 0 else ()
    else:
        meant = asked.services.lookup.meant(asked.query, asked.shown)
        if not meant:
            return not_clear(asked)
        checked = [checking.record(record) for record in meant[: standing.MOST]]
        notes = ()
    return Reply(_answer(asked, checked, notes), standing.message(checked, asked.audience))


def _named(asked: Asked) -> list[Identifier]:
    mentioned = (mention.identifier for mention in asked.query.identifiers)
    return list(dict.fromkeys(i for i in mentioned if i.valid and i.scheme in _WORKS))


def _answer(asked: Asked, checked: list[Checked], notes: tuple[str, ...]) -> Answer:
    held = [each.record for each in checked if each.held and each.record is not None]
    answer = asked.services.lookup.answer(asked.query, held)
    said = understood(asked.query, asked.query.action, notes)
    return answer.model_copy(update={"understood": said})


COMMAND = Command(
    action="integrity",
    run=run,
    words="check DOI …",
    summary="Retractions, corrections and concerns: each with date, notice and who says so",
    example="check 10.1002/ctd2.70098",
    aliases=("retraction status", "retraction status of", "retractions of"),
    patterns=(
        (
            r"(?:has|have|was|were|is|are)\b(?!:)(?P<subject>.{0,300}?)\b(?:been )?(?:retract(?:ed|ion)|corrected"
            r"|withdrawn)\b.{0,300}"
        ),
        r"can (?:i|we) (?:trust|rely on)(?P<subject>.{0,300})",
    ),
    takes_subject=True,
    remark=which,
    needs=names_a_record,
    opens_record=True,
)
