"""`/tme add DOI…`: a work that is not stored, fetched, shown, and added on a button."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.lazy import lazy
from bot.records.answers import Answer, Hit, Why
from bot.records.models import Identifier
from bot.rights import Deed
from bot.search.describing import describe_query
from bot.search.query import unmark
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import errors

if TYPE_CHECKING:
    from bot.harvest import adding
    from bot.harvest.adding import Sought
    from handlers.views import adding as views
else:
    adding, views = lazy("bot.harvest.adding"), lazy("handlers.views.adding")

_NUMBER = re.compile(r"10\.\d{4}|\d{5}|https?:", re.IGNORECASE)
_TO_A_LIST = re.compile(r"\bto (?:my|the|our|this|a|reading|list)\b", re.IGNORECASE)
_COMMAND = re.compile(r"\s*(?:/tme\s+)?add\b(?P<now>\s+now\b)?", re.IGNORECASE)


def run(context: Context) -> Reply:
    """Show what is known of each work; with `now`, which the button says, put it into the store."""
    raw = unmark(context.request.text)
    command = _COMMAND.match(raw)
    wanted = adding.read(raw[command.end() :] if command else raw)
    if not wanted.identifiers:
        return _hint(context, wanted.others)
    chosen = wanted.identifiers[: adding.MOST]
    adder = context.services.adder
    sought = _add(context, chosen) if command and command["now"] else adder.look(chosen)
    left_out = len(wanted.identifiers) - len(chosen)
    notes = _too_many(left_out) if left_out else ()
    cards = [(each, _hit(context, each)) for each in sought]
    kept = [
        hit for each, hit in cards if hit is not None and each.outcome is not adding.Outcome.FOUND
    ]
    answer = Answer(
        query=context.query.text,
        understood=describe_query(context.query, "add", (*notes, *map(_line, sought))),
        total=len(kept),
        ranked=len(kept),
        hits=tuple(kept),
    )
    return Reply(answer, views.added(cards, wanted.others, notes, context.audience))


def _add(context: Context, chosen: Sequence[Identifier]) -> list[Sought]:
    """Put works into the store, for who may and as often as a day allows."""
    context.must(Deed.ADD)
    with context.services.gate.counted(Deed.ADD):
        return list(context.services.adder.add(chosen))


def _names_works(context: Context) -> bool:
    """Numbers of works behind it, and no list to put them on; "add chemotherapy" is searched."""
    subject = context.query.subject
    if not subject or subject.lower() == "now":
        return True
    return bool(_NUMBER.search(subject)) and not _TO_A_LIST.search(subject)


def _too_many(left_out: int) -> tuple[str, ...]:
    looked = f"That is {left_out} more than {adding.MOST} at once: these were not looked at."
    return (f"{looked} Import longer lists with `tme import FILE`.",)


def _hit(context: Context, sought: Sought) -> Hit | None:
    if sought.record is None:
        return None
    why = Why(field=sought.identifier.scheme.value, words=sought.identifier.value)
    return context.services.lookup.answer(context.query, [sought.record], why).hits[0]


def _line(sought: Sought) -> str:
    """The outcome as one line, for scripts."""
    line = f"{sought.identifier.value}: {sought.outcome.value}"
    return f"{line} ({sought.reason})" if sought.reason else line


def _hint(context: Context, others: tuple[str, ...]) -> Reply:
    """Nothing to look for: said in one line."""
    what = f"“{others[0][:60]}” is none I can fetch by. " if others else ""
    note = f"{what}Say what to add by its DOI, PMID, PMCID, NCT or arXiv number, or its address."
    answer = Answer(
        query=context.query.text,
        understood=describe_query(context.query, "add", (note,)),
        suggestions=("add 10.1002/ctd2.70098",),
    )
    return Reply(answer, errors.hint(answer, context.audience))


COMMAND = Command(
    action="add",
    run=run,
    words="add DOI, PMID, NCT or URL",
    summary="Fetch works that are not stored yet from PubMed, Crossref and others, and add them",
    example="add 10.1002/ctd2.70098",
    takes_subject=True,
    needs=_names_works,
)
