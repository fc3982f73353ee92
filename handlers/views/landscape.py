"""A map or a trend in words: the table that its picture shows, and the way to the records."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.records.models import Answer
from bot.search.landscape import MOST_YEARS, NOT_THE_LITERATURE, Cell, Landscape, Trend
from handlers.views import buttons, describing
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, join_within, literal
from handlers.views.parts import context, lines, section, sections
from handlers.views.wording import count

_LONGEST_LINE = 300
_LONGEST_ROW = 330
_MOST_TOP = 6
# How many cells of a row are shown where the table stands in for the picture.
_MOST_CELLS = 5
# Slack shows a file to everyone in a channel or to nobody: there is no private one, as there are
# private messages. So a private answer has the table, and its picture goes where it is sent.
_WHERE = (
    "Slack has no pictures for one person in a channel: have it sent to you directly, or posted "
    "here for all."
)


@dataclass(frozen=True, slots=True)
class _Table:
    """What a picture shows, in words: rows of counts, what was left out, the fullest places."""

    head: str
    rows: Sequence[tuple[str, Sequence[tuple[str, int]]]]
    remark: str | None
    top: Sequence[tuple[str, str]]


def landscape(found: Landscape, audience: Audience) -> Message:
    """The table of a map, a line each row, and buttons that open its fullest cells."""
    what = f"{found.rows.name} by {found.columns.said}{_about(found)}"
    table = _Table(
        head=f"{what}: {count(found.total, 'record')}",
        rows=[(row[0].row, _fullest_first(row)) for row in found.cells],
        remark=found.remark,
        top=[(_cell(cell), cell.question) for cell in found.top(_MOST_TOP)],
    )
    return _message(found.answer, table, audience)


def trend(found: Trend, audience: Audience) -> Message:
    """The years of a trend with their counts, and buttons that open the fullest."""
    fullest = sorted(found.years, key=lambda each: (-each[1], -each[0]))[:_MOST_TOP]
    table = _Table(
        head=f"Years of publication{_about(found)}: {count(found.total, 'record')}",
        rows=[("By year", [(f"{year}:", number) for year, number in found.years])],
        remark=found.remark,
        top=[(f"{year} ({number:,})", found.question(year)) for year, number in fullest if number],
    )
    return _message(found.answer, table, audience)


def _about(found: Landscape | Trend) -> str:
    """Of which records: "on melanoma since 2020", but "since 2020" where nothing else is asked."""
    read = found.answer.understood
    asked_for = (read.terms, read.phrases, read.any, read.concepts, read.drugs, read.genes)
    limits = describing.filters(read)
    if limits and not any(asked_for):
        return f" {', '.join(limits)}"
    return f" on {describing.quoted(found.topic)}" if found.topic else ""


def _fullest_first(row: Sequence[Cell]) -> list[tuple[str, int]]:
    """What a row has, the most first: read as a line, it has no columns to keep to."""
    full = [(cell.column, cell.count) for cell in row if cell.count]
    return sorted(full, key=lambda cell: -cell[1])


def _cell(cell: Cell) -> str:
    """A button's label, in which the count has to fit."""
    return f"{fit(cell.row, 30)} × {fit(cell.column, 30)} ({cell.count:,})"


def _message(answer: Answer, table: _Table, audience: Audience) -> Message:
    read = describing.readings_line(answer.understood, _LONGEST_LINE)
    blocks: list[Block] = [section(lines((bold(literal(table.head)), read)))]
    if audience is Audience.PRIVATE:
        blocks += [*_pictures(answer.query), context(_WHERE)]
    # Also where a picture shows them: who cannot see it reads them here.
    most = _MOST_CELLS if len(table.rows) > 1 else MOST_YEARS
    blocks += sections(_row(name, cells, most) for name, cells in table.rows)
    blocks.append(context(lines((table.remark, NOT_THE_LITERATURE))))
    return Message((*blocks, *buttons.actions("top", buttons.ask_buttons(table.top))))


def _row(name: str, cells: Sequence[tuple[str, int]], most: int) -> str:
    """A row with its fullest cells, as mrkdwn; the whole of it is in the picture."""
    fullest = sorted(cells, key=lambda cell: -cell[1])[:most]
    shown = set(fullest)
    written = [f"{literal(fit(label, 60))} {n:,}" for label, n in cells if (label, n) in shown]
    said = join_within(written, _LONGEST_ROW, total=len(cells))
    return f"{bold(literal(fit(name, 80)))}: {said}"


def _pictures(query: str) -> list[Block]:
    """Where the picture of a private answer can go; where the table itself can."""
    row = [
        buttons.button("Send me the picture", f"{buttons.PICTURE}:0", q=query, here=False),
        buttons.button("Post the picture here", f"{buttons.PICTURE}:1", q=query, here=True),
        buttons.button("Share to channel", buttons.SHARE, q=query, o=0),
    ]
    return [*buttons.actions("paging", row)]
