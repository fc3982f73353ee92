"""Pictures of counts, as a lab would put them on a slide: labelled, colour-blind safe, on white.

Colours: one hue from light to dark (the "Blues" of ColorBrewer, safe for all kinds of colour
blindness), and the blue of Okabe and Ito for bars (https://jfly.uni-koeln.de/color/).
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.records.models import Record
from bot.search.citing import CitationGraph
from bot.search.landscape import NOT_THE_LITERATURE, Landscape, Trend
from bot.text.markup import plain
from handlers.views.drawing import FAINT, GRID, INK, Sheet, line_height, width_of

# Slack shows a picture 720 px wide or less: twice that, for sharp screens.
_WIDTH = 7.2
_BAR, _BAR_UNFINISHED = "#0072b2", "#9ecae1"
_LONGEST_TITLE = 90
# Sizes of letters, in points.
_TITLE, _SUBTITLE, _LABEL, _NOTE = 13.0, 9.5, 9.0, 8.5
_MARGIN = 0.12


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, the name it is saved under, its title, and what it shows for who cannot see it."""

    png: bytes
    name: str
    title: str
    alt_text: str

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.png


def heatmap(found: Landscape, on: date) -> Picture:
    """Rows against columns, each cell with its count. Raises ValueError without a record."""
    if not found.cells:
        raise ValueError("a map needs records")
    title = _map_title(found)
    png = _map(found, title, on).png()
    name = f"map-{_slug(found.rows.facet, found.columns.facet, found.topic)}.png"
    return Picture(png, name, title, _map_alt(found, title))


def bars(found: Trend) -> Picture:
    """Records by year. Raises ValueError without a year."""
    if not found.years:
        raise ValueError("a trend needs a year")
    title = f"Our records on {_topic(found.topic)}" if found.topic else "Our records"
    png = _trend(found, title).png()
    return Picture(png, f"trend-{_slug(found.topic)}.png", title, _trend_alt(found, title))


# -- the map -------------------------------------------------------------------------------------

# In inches: a row, what is above and below the cells, a letter of a heading.
_ROW, _ABOVE, _BELOW, _LETTER = 0.3, 0.56, 0.42, 0.0625
_GAP = 0.02
_ROW_LABEL, _COLUMN_LABEL = 34, 22
_MOST_LEVEL = 6
# Steep enough that headings of two lines do not run into each other.
_SLANT = 55
_UP, _ASIDE = 0.82, 0.57  # its sine and cosine
_BLUES = (
    "#f7fbff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c",
    "#08306b",
)  # fmt: skip


def _map(found: Landscape, title: str, on: date) -> Sheet:
    rows = [_wrapped(label, _ROW_LABEL, 1) for label in found.rows.labels]
    notes = _notes(found.remark, on)
    left = _MARGIN + max(width_of(row, _LABEL) for row in rows) + 0.08
    headings = _headings(found.columns.labels, _WIDTH - left - _MARGIN)
    top = _ABOVE + headings.height
    column = (_WIDTH - left - _MARGIN - headings.overhang) / len(headings.labels)
    below = _BELOW + line_height(_NOTE) * (len(notes) - 1)
    sheet = Sheet(_WIDTH, top + _ROW * len(rows) + below)
    for at, label in enumerate(headings.labels):
        lines = label.split("\n")
        middle = left + column * (at + 0.5)
        if headings.slanted:
            sheet.slanted((middle, top - 0.07), lines, _LABEL, _SLANT)
            continue
        for up, line in enumerate(reversed(lines)):
            place = (middle, top - 0.08 - up * line_height(_LABEL))
            sheet.text(place, line, _LABEL, anchor="ms")
    for at, label in enumerate(rows):
        sheet.text((left - 0.07, top + _ROW * (at + 0.5)), label, _LABEL, anchor="rm")
    counts = [[cell.count for cell in row] for row in found.cells]
    _cells(sheet, counts, (left, top), column)
    _titles(sheet, title, f"{found.total:,} records; a term includes its narrower terms")
    _write_notes(sheet, notes, top + _ROW * len(rows) + below)
    return sheet


@dataclass(frozen=True, slots=True)
class _Headings:
    """The labels of the columns, the inches they take above and at the right, and how they run."""

    labels: list[str]
    height: float
    overhang: float
    slanted: bool


def _headings(labels: Sequence[str], room: float) -> _Headings:
    """Level where the columns are wide enough for every word, else slanted."""
    column = int(room / len(labels) / _LETTER) - 1
    words = [word for label in labels for word in plain(label).split()]
    if len(labels) <= _MOST_LEVEL and max(map(len, words), default=0) <= column:
        level = [_wrapped(label, min(column, _COLUMN_LABEL), 3) for label in labels]
        lines = max(label.count("\n") + 1 for label in level)
        return _Headings(level, 0.2 + line_height(_LABEL) * lines, 0.0, slanted=False)
    slanted = [_wrapped(label, _COLUMN_LABEL, 2) for label in labels]
    longest = max(width_of(line, _LABEL) for label in slanted for line in label.split("\n"))
    return _Headings(slanted, _UP * longest + 0.3, max(0.3, _ASIDE * longest - 0.05), slanted=True)


def _cells(
    sheet: Sheet, counts: Sequence[Sequence[int]], start: tuple[float, float], column: float
) -> None:
    left, top = start
    most = max(max(row) for row in counts) or 1
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            # The square root keeps ones and twos apart beside a cell of hundreds; none stays white.
            level = (count / most) ** 0.5 * 0.86 + 0.06 if count else 0.0
            corner = left + column * x, top + _ROW * y
            end = corner[0] + column - _GAP, corner[1] + _ROW - _GAP
            sheet.box(corner, end, _shade(level))
            text, colour = (
                (f"{count:,}", "white" if level > 0.58 else INK) if count else ("·", FAINT)
            )
            middle = (corner[0] + end[0]) / 2, (corner[1] + end[1]) / 2
            sheet.text(middle, text, _SUBTITLE, colour, anchor="mm")


def _shade(level: float) -> str:
    """The blue of a level from 0 to 1, between the two nearest of ColorBrewer."""
    place = min(level, 1.0) * (len(_BLUES) - 1)
    at = min(int(place), len(_BLUES) - 2)
    light, dark = (bytes.fromhex(colour[1:]) for colour in _BLUES[at : at + 2])
    mixed = (round(a + (b - a) * (place - at)) for a, b in zip(light, dark, strict=True))
    return "#" + bytes(mixed).hex()


def _map_title(found: Landscape) -> str:
    about = f" on {_topic(found.topic)}" if found.topic else ""
    return f"Our records{about}: {found.rows.in_text} by {found.columns.in_text}"


def _map_alt(found: Landscape, title: str) -> str:
    top = "; ".join(f"{c.row} and {c.column}: {c.count:,}" for c in found.top(5))
    size = f"{len(found.rows.labels)} rows, {len(found.columns.labels)} columns"
    return f"{title}. A table of {size}. The most: {top}."


# -- the trend -----------------------------------------------------------------------------------

_TREND_HEIGHT = 3.7
_TREND_TOP = 0.72
_BAR_SHARE = 0.74
_MOST_TICKS, _SMALLEST = 5, 6.0


def _trend(found: Trend, title: str) -> Sheet:
    sheet = Sheet(_WIDTH, _TREND_HEIGHT)
    notes = _notes(found.remark, found.today)
    years, counts = zip(*found.years, strict=True)
    ticks = _ticks(max(*counts, 1))
    highest = max(*counts, 1) * 1.12
    bottom = _TREND_HEIGHT - 0.72 - line_height(_NOTE) * (len(notes) - 1)
    left = _MARGIN + max(width_of(f"{tick:,}", _LABEL) for tick in ticks) + 0.1
    right = _WIDTH - _MARGIN
    scale = (bottom - _TREND_TOP) / highest
    for tick in ticks:
        y = bottom - tick * scale
        sheet.box((left, y), (right, y + 0.006), GRID)
        sheet.text((left - 0.07, y), f"{tick:,}", _LABEL, anchor="rm")
    slot = (right - left) / max(len(years), 2)
    labels = [f"{count:,}" for count in counts]
    size = _fitting(labels, slot)
    step = 1 if len(years) <= 16 else 2
    # A single year is in the middle, no wider than one of two.
    start = (left + right - slot * len(years)) / 2
    for at, (year, count) in enumerate(found.years):
        middle, top = start + slot * (at + 0.5), bottom - count * scale
        half = slot * _BAR_SHARE / 2
        if count:
            colour = _BAR_UNFINISHED if year >= found.today.year else _BAR
            sheet.box((middle - half, top), (middle + half, bottom), colour)
        sheet.text((middle, top - 0.05), labels[at], size, anchor="ms")
        if (len(years) - 1 - at) % step == 0:
            sheet.text((middle, bottom + 0.16), str(year), _LABEL, anchor="ms")
    sheet.text(((left + right) / 2, bottom + 0.34), "Year of publication", _SUBTITLE, anchor="ms")
    _titles(sheet, title, f"{found.total:,} records by year of publication")
    _write_notes(sheet, notes, _TREND_HEIGHT)
    return sheet


def _ticks(most: int) -> list[int]:
    """Round numbers from 0 to the highest count, a few of them."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if most / step <= _MOST_TICKS:
                return list(range(0, most + 1, step))
        power *= 10


def _fitting(labels: Sequence[str], room: float) -> float:
    """The size at which no label runs into the next one, as far as it can be read."""
    widest = max(width_of(label, _LABEL) for label in labels)
    return max(_SMALLEST, min(_LABEL, _LABEL * 0.94 * room / widest))


def _trend_alt(found: Trend, title: str) -> str:
    by_year = ", ".join(f"{year}: {count:,}" for year, count in found.years)
    return f"{title} by year of publication, as bars. {by_year}."


# -- who cites whom ------------------------------------------------------------------------------

_WORK, _LONGEST_WORK, _WORKS_TOP = 0.27, 78, 0.78
_LINE, _DOT = "#9aa0a6", 0.045
# The works cited most are distinguished, in colours of Okabe and Ito.
_CITED_MOST = ("#0072b2", "#d55e00", "#009e73")


def citation_graph(found: CitationGraph, on: date) -> Picture:
    """Works in rows, the newest first, with a bow from each to what it cites. Raises ValueError."""
    if not found.edges:
        raise ValueError("a graph needs ties")
    title = graph_title(found)
    png = _graph(found, title, on).png()
    ties = "; ".join(f"{_cited(found.records[a], 40)} cites {_cited(found.records[b], 40)}"
                     for a, b in found.edges[:10])  # fmt: skip
    more = f"; {len(found.edges) - 10} more" if len(found.edges) > 10 else ""
    alt = f"{title}. {len(found.records)} works, {len(found.edges)} citations. {ties}{more}."
    return Picture(png, f"citations-{_slug(found.topic)}.png", title, alt)


def graph_title(found: CitationGraph) -> str:
    """What a graph is of."""
    return f"Who cites whom in our records{f' on {_topic(found.topic)}' if found.topic else ''}"


def _graph(found: CitationGraph, title: str, on: date) -> Sheet:
    notes = _notes(
        "By the reference lists that sources sent; a bow leads down to what is cited.", on
    )
    labels = [_cited(record, _LONGEST_WORK) for record in found.records]
    bottom = _WORKS_TOP + _WORK * len(labels)
    sheet = Sheet(_WIDTH, bottom + _BELOW + line_height(_NOTE) * len(notes))
    x = _MARGIN + max(width_of(label, _LABEL) for label in labels) + 0.2
    places = [(x, _WORKS_TOP + _WORK * (at + 0.5)) for at in range(len(labels))]
    counts = [found.cited(at) for at in range(len(labels))]
    most = sorted((at for at, n in enumerate(counts) if n > 1), key=lambda at: -counts[at])
    colours = dict(zip(most, _CITED_MOST, strict=False))
    room = _WIDTH - _MARGIN - x
    for one, other in sorted(found.edges, key=lambda edge: edge[1] in colours):
        start, end = sorted((places[one], places[other]), key=lambda place: place[1])
        reach = room * (abs(one - other) / max(len(labels) - 1, 1)) ** 0.6
        sheet.bow(start, end, reach, colours.get(other, _LINE))
    for at, (place, label) in enumerate(zip(places, labels, strict=True)):
        sheet.text((x - 0.16, place[1]), label, _LABEL, anchor="rm")
        sheet.dot(place, _DOT + 0.012 * min(counts[at], 6), colours.get(at, _LINE))
    _titles(sheet, title, f"{len(labels)} works and {len(found.edges)} citations among them")
    _write_notes(sheet, notes, bottom + _BELOW + line_height(_NOTE) * len(notes))
    return sheet


def _cited(record: Record, longest: int) -> str:
    """`2017 Sharma: Primary, Adaptive, and …`."""
    names = (each.family or each.display_name for each in record.contributors)
    who = next((name for name in names if name), "")
    year = f"{record.published.year} " if record.published else ""
    return textwrap.shorten(f"{year}{who}{': ' if who else ''}{plain(record.title)}", longest,
                            placeholder="…")  # fmt: skip


# -- what all have -------------------------------------------------------------------------------


def _titles(sheet: Sheet, title: str, subtitle: str) -> None:
    sheet.heading((_MARGIN, 0.24), _short(title), _TITLE)
    sheet.text((_MARGIN, 0.43), subtitle, _SUBTITLE, FAINT)


def _write_notes(sheet: Sheet, notes: Sequence[str], bottom: float) -> None:
    for at, note in enumerate(reversed(notes)):
        sheet.text((_MARGIN, bottom - 0.12 - line_height(_NOTE) * at), note, _NOTE, FAINT)


def _notes(remark: str | None, on: date) -> list[str]:
    last = f"{NOT_THE_LITERATURE} {_day(on)}"
    return [remark, last] if remark else [last]


def _short(text: str, limit: int = _LONGEST_TITLE) -> str:
    return textwrap.shorten(text, limit, placeholder="…")


def _topic(topic: str) -> str:
    return f"“{textwrap.shorten(plain(topic), 50, placeholder='…')}”"


def _wrapped(label: str, width: int, most: int) -> str:
    """A label on at most so many lines, the last one cut with an ellipsis."""
    return "\n".join(textwrap.wrap(plain(label), width, max_lines=most, placeholder="…"))


def _slug(*parts: str) -> str:
    """A file name's words: letters, digits and hyphens."""
    words = re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")
    return words[:60].strip("-") or "all"


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
