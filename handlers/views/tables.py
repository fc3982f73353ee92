"""A list as a table that Slack draws: a row a record, or a row a finding."""

import re
from collections.abc import Callable, Mapping

from bot.records.answers import Answer, Hit
from handlers.views import buttons, data, describing, integrity, matches, wording
from handlers.views.data import Cell
from handlers.views.findings import SIGNS
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, literal, prose
from handlers.views.parts import context, lines, section

# So many rows at most, and so many of them at once.
MOST, _PAGE = 40, 10
_AS_TABLE = re.compile(r"[\s,]+as (?:a )?table\s*$", re.IGNORECASE)
_THESE_AS_TABLE = re.compile(
    r"\s*(?:(?:can you |please )?(?:show|put|give|list|make)(?: me| us)?\s+)?"
    r"(?:(?:it|them|these|those|this|that|the list|the results|all)\s+)?"
    r"(?:as|in(?:to)?) (?:a )?table\W*",
    re.IGNORECASE,
)

_Columns = Mapping[str, Callable[[Hit], Cell]]
_TITLE: _Columns = {
    "Title": lambda hit: (wording.title(hit.record), wording.home(hit.record) or "")
}
_STATUS: _Columns = {"Status": lambda hit: integrity.banner(hit.record) or ""}
_OF_RECORDS: _Columns = {
    **_TITLE,
    **_STATUS,
    "Authors": lambda hit: wording.byline(hit.record) or "",
    "Published in": lambda hit: wording.place(hit.record) or "",
    "Year": lambda hit: str(hit.record.year or ""),
    "Kind": lambda hit: wording.kind(hit.record) or "",
    "Access": lambda hit: wording.access(hit.record) or "",
    "Missing": lambda hit: ", ".join(hit.missing),
}
_OF_FINDINGS: _Columns = {
    **_TITLE,
    **_STATUS,
    "Direction": lambda hit: (
        SIGNS[hit.finding.direction] + " (background)" * hit.finding.is_background
        if hit.finding
        else ""
    ),
    "Quote": lambda hit: hit.finding.quote.text if hit.finding else "",
    "Kind": lambda hit: wording.spoken(hit.finding.kind or "") if hit.finding else "",
    "n": lambda hit: hit.finding.sample.value if hit.finding and hit.finding.sample else "",
    "Figures": lambda hit: "; ".join(f.words for f in hit.finding.figures) if hit.finding else "",
    "Missing": lambda hit: ", ".join(hit.missing),
}


def plain_question(question: str) -> str | None:
    """The question whose list is asked for as a table, "" for that shown; None where none is."""
    if _THESE_AS_TABLE.fullmatch(question):
        return ""
    match = _AS_TABLE.search(question)
    return question[: match.start()] if match and match.start() else None


def listed(answer: Answer, audience: Audience) -> Message:
    """The records of an answer from its offset on, as many as there is room for."""
    columns = _OF_FINDINGS if any(hit.finding for hit in answer.hits) else _OF_RECORDS
    cells = {name: [cell(hit) for hit in answer.hits] for name, cell in columns.items()}
    # A column of which nothing is known says nothing.
    cells = {name: column for name, column in cells.items() if any(column)}
    query = describing.quoted(answer.query)
    drawn = data.table(query, list(cells), list(zip(*cells.values(), strict=True)), page=_PAGE)
    counted = f"“{literal(query)}”: {bold(matches.head(answer, answer.hits))}"
    notes = (prose(fit(note, 200)) for note in answer.understood.notes[:3])
    head = lines((counted, *notes))
    first, last = answer.offset + 1, answer.offset + drawn.rows
    shown = context(f"{first:,}–{last:,} of {max(answer.ranked, last):,}")
    as_table, back = f"{answer.query} {buttons.AS_TABLE}", max(0, answer.offset - MOST)
    row = [
        buttons.button("Previous", buttons.PREVIOUS, q=as_table, o=back) if answer.offset else None,
        buttons.button("Next", buttons.NEXT, q=as_table, o=last) if last < answer.ranked else None,
        buttons.button("Share to channel", buttons.SHARE, q=as_table, o=answer.offset)
        if audience is Audience.PRIVATE
        else None,
        *buttons.ask_buttons([("As cards", answer.query)]),
    ]
    below = buttons.actions("paging", row) if audience is not Audience.TERMINAL else []
    return Message((section(head), drawn, shown, *below))
