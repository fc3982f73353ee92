"""Tables and charts as Slack draws them itself: sorted, paged and read aloud there.

slack_sdk has no class for these blocks yet. Where a workspace refuses them, what they hold is sent
as text: see `handlers.delivery`. Limits as https://docs.slack.dev/reference/block-kit/blocks.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from bot.text.markup import plain
from handlers.views.mrkdwn import shorten

KINDS = frozenset(("data_table", "data_visualization"))
MOST_COLUMNS, MOST_ROWS = 20, 100
# A chart has so many places on its axis, with labels so long.
MOST_CATEGORIES, LONGEST_LABEL, LONGEST_TITLE = 20, 20, 50
_LONGEST_CELL = 60
# How much of a row is read out where nobody sees the table.
_MOST_READ = 5


class DataBlock(Block):
    """A block that is posted as it is written here."""

    def __init__(self, written: dict[str, Any]) -> None:
        super().__init__(type=written["type"])
        self._written = written

    def to_dict(self, *_: object) -> dict[str, Any]:
        """The block as JSON."""
        return self._written


def table(
    caption: str, header: Sequence[str], rows: Sequence[Sequence[str | int]], page: int = 10
) -> DataBlock:
    """A table whose first column names its rows; at most 100 rows of 20 columns are shown."""
    cut = [list(row[:MOST_COLUMNS]) for row in (header, *rows[:MOST_ROWS])]
    return DataBlock({
        "type": "data_table",
        "caption": shorten(plain(caption), 150),
        "page_size": page,
        "row_header_column_index": 0,
        "rows": [[_cell(each) for each in row] for row in cut],
    })  # fmt: skip


def bars(title: str, name: str, axis: str, counts: Sequence[tuple[str, int]]) -> DataBlock:
    """A bar chart of one series; a table where its axis has no room for all the counts."""
    if len(counts) > MOST_CATEGORIES:
        return table(title, [axis, name], counts, page=len(counts))
    shown = [(shorten(label, LONGEST_LABEL), number) for label, number in counts]
    data = [{"label": label, "value": number} for label, number in shown]
    return DataBlock({
        "type": "data_visualization",
        "title": shorten(plain(title), LONGEST_TITLE),
        "chart": {
            "type": "bar",
            "series": [{"name": name, "data": data}],
            "axis_config": {
                "categories": [label for label, _ in shown], "x_label": axis, "y_label": name,
            },
        },
    })  # fmt: skip


def read_out(block: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a table or chart says, line by line, each with what the line is about."""
    if block["type"] == "data_visualization":
        chart = block["chart"]
        for series in chart["series"]:
            said = (f"{each['label']}: {each['value']:,}" for each in series["data"])
            yield f"{series['name']} by {chart['axis_config']['x_label'].lower()}", " · ".join(said)
        return
    header, *rows = block["rows"]
    names = [_said(cell) for cell in header[1:]]
    for row in rows:
        yield _said(row[0]), _row(names, row[1:]) or "none"


def _row(names: Sequence[str], cells: Sequence[Mapping[str, Any]]) -> str:
    """A row read out: of counts those that are not zero, the most first."""
    named = list(zip(names, cells, strict=True))
    if any(cell["type"] != "raw_number" for cell in cells):
        return " · ".join(f"{name} {_said(cell)}" for name, cell in named)
    full = sorted((each for each in named if each[1]["value"]), key=lambda e: -e[1]["value"])
    said = [f"{name} {_said(cell)}" for name, cell in full[:_MOST_READ]]
    more = len(full) - len(said)
    return " · ".join([*said, *([f"+{more} more"] if more else [])])


def _cell(value: str | int) -> dict[str, Any]:
    if isinstance(value, int):
        return {"type": "raw_number", "value": value, "text": f"{value:,}"}
    return {"type": "raw_text", "text": shorten(plain(value), _LONGEST_CELL) or "–"}


def _said(cell: Mapping[str, Any]) -> str:
    return str(cell.get("text") or cell.get("value") or "")
