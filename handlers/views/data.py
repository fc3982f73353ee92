"""Tables and charts as Slack draws them itself: sorted, paged and read aloud there.

slack_sdk has no class for these blocks yet. Where a workspace refuses them, what they hold is sent
as text: see `handlers.calls`. Keys and limits as data-table-block and data-visualization-block
under https://docs.slack.dev/reference/block-kit/blocks have them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from slack_sdk.models.blocks import Block

from bot.text.markup import plain
from handlers.views.mrkdwn import shorten, web_address

KINDS = frozenset(("data_table", "data_visualization"))
MOST_COLUMNS, MOST_ROWS = 20, 100
# A chart has so many places on its axis, with labels so long.
MOST_CATEGORIES, LONGEST_LABEL, LONGEST_TITLE = 20, 20, 50
_LONGEST_CELL = 500
# Slack takes 10,000 in all the tables of a message, and a message of ours has no more text.
_MOST_CHARACTERS = 6_500
# How much of a row is read out where nobody sees the table.
_MOST_READ = 5
# A cell of which nothing is known; it is not read out.
_NONE = "–"


# A text, a number that is sorted as one, or a text with the address behind it ("": none).
Cell: TypeAlias = str | int | tuple[str, str]


class Line(NamedTuple):
    """A row or series read out: what it is about, the address behind that, and what it says."""

    about: str
    url: str
    whole: str


class DataBlock(Block):
    """A block that is posted as it is written here."""

    def __init__(self, written: dict[str, Any]) -> None:
        super().__init__(type=written["type"])
        self._written = written

    @property
    def rows(self) -> int:
        """How many rows of a table there was room for."""
        return len(self._written["rows"]) - 1

    def to_dict(self, *_: object) -> dict[str, Any]:
        """The block as JSON."""
        return self._written


def table(
    caption: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], page: int = 10
) -> DataBlock:
    """A table whose first column names its rows: of the rows given the first that have room.

    There is room for one, and for at most 100 of 20 columns.
    """
    cut: list[list[dict[str, Any]]] = []
    room = _MOST_CHARACTERS
    for row in (header, *rows[:MOST_ROWS]):
        cells = [_cell(each) for each in row[:MOST_COLUMNS]]
        room -= sum(len(_text(cell)) + len(_url(cell)) for cell in cells)
        if room < 0 and len(cut) > 1:
            break
        cut.append(cells)
    return DataBlock({
        "type": "data_table",
        "caption": shorten(plain(caption), 150),
        "page_size": page,
        "row_header_column_index": 0,
        "rows": cut,
    })  # fmt: skip


def bars(title: str, name: str, axis: str, counts: Sequence[tuple[str, int]]) -> DataBlock:
    """A bar chart of one series; a table where its axis has no room to tell all counts apart."""
    shown = [(shorten(label, LONGEST_LABEL), number) for label, number in counts]
    if len({label for label, _ in shown[:MOST_CATEGORIES]}) < len(counts):
        return table(title, [axis, name], counts, page=len(counts))
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


def read_out(block: Mapping[str, Any]) -> Iterator[Line]:
    """What a table or chart says, line by line."""
    if block["type"] == "data_visualization":
        chart = block["chart"]
        for series in chart["series"]:
            text = (f"{each['label']}: {each['value']:,}" for each in series["data"])
            about = f"{series['name']} by {chart['axis_config']['x_label'].lower()}"
            yield Line(about, "", " · ".join(text))
        return
    header, *rows = block["rows"]
    names = [_text(cell) for cell in header[1:]]
    for row in rows:
        yield Line(_text(row[0]), _url(row[0]), _row(names, row[1:]) or "none")


def _row(names: Sequence[str], cells: Sequence[Mapping[str, Any]]) -> str:
    """A row read out: of counts those that are not zero, the most first."""
    named = list(zip(names, cells, strict=True))
    if any(cell["type"] != "raw_number" for cell in cells):
        return " · ".join(f"{name} {_text(cell)}" for name, cell in named if _text(cell) != _NONE)
    full = sorted((each for each in named if each[1]["value"]), key=lambda e: -e[1]["value"])
    shown = [f"{name} {_text(cell)}" for name, cell in full[:_MOST_READ]]
    more = len(full) - len(shown)
    return " · ".join([*shown, *([f"+{more} more"] if more else [])])


def _cell(value: Cell) -> dict[str, Any]:
    if isinstance(value, int):
        return {"type": "raw_number", "value": value, "text": f"{value:,}"}
    text, url = value if isinstance(value, tuple) else (value, "")
    shown, address = shorten(plain(text), _LONGEST_CELL) or _NONE, web_address(url)
    if address is None:
        return {"type": "raw_text", "text": shown}
    run = {"type": "link", "url": address, "text": shown}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}


def _run(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one run of a cell with an address behind it; any other cell itself."""
    run: Mapping[str, Any] = cell["elements"][0]["elements"][0] if "elements" in cell else cell
    return run


def _text(cell: Mapping[str, Any]) -> str:
    return str(_run(cell)["text"])


def _url(cell: Mapping[str, Any]) -> str:
    return str(_run(cell).get("url") or "")
