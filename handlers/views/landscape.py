"""A map or a trend in words: the table that its picture shows, and the way to the records."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.records.answers import Answer
from bot.search.landscape import NOT_THE_LITERATURE, Cell, Landscape, Trend
from handlers.views import buttons, data, describing
from handlers.views.data import DataBlock
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, literal
from handlers.views.parts import context, lines, section
from handlers.views.wording import count

_LONGEST_LINE = 300
_MOST_TOP = 6
# Slack shows a file to everyone in a channel or to nobody: there is no private one, as there are
# private messages. So a private answer has the table, and its picture goes where it is sent.
_WHERE = (
    "Slack has no pictures for one person in a channel: have it sent to you directly, or posted "
    "here for all."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a picture shows, as Slack draws it: with what was left out, and the fullest places."""

    head: str
    drawn: DataBlock
    remark: str | None
    top: Sequence[tuple[str, str]]


def landscape(found: Landscape, audience: Audience) -> Message:
    """The table of a map, and buttons that open its fullest cells."""
    what = f"{found.rows.name} by {found.columns.in_text}{_about(found)}"
    columns = [cell.column for cell in found.cells[0]] if found.cells else []
    shown = Shown(
        head=f"{what}: {count(found.total, 'record')}",
        drawn=data.table(
            what,
            [found.rows.name, *columns],
            [[row[0].row, *(cell.count for cell in row)] for row in found.cells],
        ),
        remark=found.remark,
        top=[(_cell(cell), cell.question) for cell in found.top(_MOST_TOP)],
    )
    return counted(found.answer, shown, audience)


def trend(found: Trend, audience: Audience) -> Message:
    """The years of a trend with their counts, and buttons that open the fullest."""
    fullest = sorted(found.years, key=lambda each: (-each[1], -each[0]))[:_MOST_TOP]
    what = f"Years of publication{_about(found)}"
    shown = Shown(
        head=f"{what}: {count(found.total, 'record')}",
        drawn=data.bars(what, "Records", "Year", [(str(year), n) for year, n in found.years]),
        remark=found.remark,
        top=[(f"{year} ({number:,})", found.question(year)) for year, number in fullest if number],
    )
    return counted(found.answer, shown, audience)


def _about(found: Landscape | Trend) -> str:
    """Of which records: "on melanoma since 2020", but "since 2020" where nothing else is asked."""
    read = found.answer.understood
    asked_for = (read.terms, read.phrases, read.any, read.concepts, read.drugs, read.genes)
    limits = describing.filters(read)
    if limits and not any(asked_for):
        return f" {', '.join(limits)}"
    return f" on {describing.quoted(found.topic)}" if found.topic else ""


def _cell(cell: Cell) -> str:
    """A button's label, in which the count has to fit."""
    return f"{fit(cell.row, 30)} × {fit(cell.column, 30)} ({cell.count:,})"


def counted(answer: Answer, shown: Shown, audience: Audience) -> Message:
    """A table, where its picture can go, and the ways on."""
    read = describing.readings_line(answer.understood, _LONGEST_LINE)
    blocks: list[Block] = [section(lines((bold(literal(shown.head)), read)))]
    if audience is Audience.PRIVATE:
        blocks += [*_pictures(answer.query), context(_WHERE)]
    # Also where a picture shows them: who cannot see it has them here.
    blocks += [shown.drawn, context(lines((shown.remark, NOT_THE_LITERATURE)))]
    return Message((*blocks, *buttons.actions("top", buttons.ask_buttons(shown.top))))


def _pictures(query: str) -> list[Block]:
    """Where the picture of a private answer can go; where the table itself can."""
    row = [
        buttons.button("Send me the picture", f"{buttons.PICTURE}:0", q=query, here=False),
        buttons.button("Post the picture here", f"{buttons.PICTURE}:1", q=query, here=True),
        buttons.button("Share to channel", buttons.SHARE, q=query, o=0),
    ]
    return [*buttons.actions("paging", row)]
