"""Pictures of counts, as a lab would put them on a slide: labelled, colour-blind safe, on white.

Drawn with matplotlib on its Agg canvas, without pyplot and its global state, one at a time.
matplotlib is imported when the first picture is drawn: it takes a second or so. Colours: one hue
from light to dark (the "Blues" of ColorBrewer, safe for all kinds of colour blindness), and the
blue of Okabe and Ito for bars (https://jfly.uni-koeln.de/color/).
"""

import io
import re
import textwrap
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.search.landscape import NOT_THE_LITERATURE, Landscape, Trend
from bot.text.markup import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Slack shows a picture 720 px wide or less: twice that, for sharp screens.
_WIDTH_INCHES, _DOTS_PER_INCH = 7.2, 200
_INK, _FAINT, _GRID = "#1a1a1a", "#5f6368", "#d9dce1"
_BAR, _BAR_UNFINISHED = "#0072b2", "#9ecae1"
_LONGEST_TITLE = 90
_COLOURS = 128
_drawing = threading.Lock()


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
    png = _drawn(lambda figure: _draw_map(figure, found, title, on))
    name = f"map-{_slug(found.rows.facet, found.columns.facet, found.topic)}.png"
    return Picture(png, name, title, _map_alt(found, title))


def bars(found: Trend) -> Picture:
    """Records by year. Raises ValueError without a year."""
    if not found.years:
        raise ValueError("a trend needs a year")
    title = _trend_title(found)
    png = _drawn(lambda figure: _draw_trend(figure, found, title))
    return Picture(png, f"trend-{_slug(found.topic)}.png", title, _trend_alt(found, title))


def _drawn(draw: Callable[["Figure"], None]) -> bytes:
    """What `draw` puts on an empty figure, as PNG."""
    with _drawing:
        from matplotlib import rc_context  # noqa: PLC0415 - slow, and few ask for a picture
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
        from PIL import Image  # noqa: PLC0415

        # Text is text: a dollar in a topic begins no formula.
        plainly = rc_context({"font.family": "DejaVu Sans", "text.parse_math": False})
        with plainly, warnings.catch_warnings():
            # A topic may hold letters that no font here has; they become empty boxes.
            warnings.filterwarnings("ignore", message="Glyph")
            figure = Figure(figsize=(_WIDTH_INCHES, 4.0), dpi=_DOTS_PER_INCH, facecolor="white")
            FigureCanvasAgg(figure)
            draw(figure)
            drawn = io.BytesIO()
            figure.savefig(drawn, format="png")
        # So few colours need no more than a palette: a quarter of the bytes, and it looks the same.
        file = io.BytesIO()
        Image.open(drawn).convert("RGB").quantize(_COLOURS).save(file, format="PNG", optimize=True)
        return file.getvalue()


# -- the map -------------------------------------------------------------------------------------

# In inches: a row, what stands above and below the cells, a margin, a letter, a line of a note.
_ROW, _ABOVE, _BELOW, _MARGIN, _LETTER, _LINE = 0.3, 0.56, 0.42, 0.12, 0.0625, 0.135
_ROW_LABEL, _COLUMN_LABEL = 34, 22
_MOST_LEVEL = 6
# Steep enough that headings of two lines do not run into each other.
_SLANT = 55
_UP, _ASIDE = 0.82, 0.57  # its sine and cosine


def _draw_map(figure: "Figure", found: Landscape, title: str, on: date) -> None:
    rows = [_wrapped(label, _ROW_LABEL, 1) for label in found.rows.labels]
    notes = _notes(found.remark, on)
    left = _MARGIN + _LETTER * max(map(len, rows)) + 0.06
    headings = _headings(found.columns.labels, _WIDTH_INCHES - left - _MARGIN)
    below = _BELOW + _LINE * (len(notes) - 1)
    height = _ABOVE + headings.height + _ROW * len(rows) + below
    width = _WIDTH_INCHES - left - _MARGIN - headings.overhang
    figure.set_size_inches(_WIDTH_INCHES, height)
    axes = figure.add_axes(
        (left / _WIDTH_INCHES, below / height, width / _WIDTH_INCHES, _ROW * len(rows) / height)
    )
    _cells(axes, [[cell.count for cell in row] for row in found.cells])
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(headings.labels)), headings.labels, fontsize=8, **headings.style)
    axes.tick_params(length=0, pad=4, colors=_INK)
    axes.tick_params(axis="x", pad=7)
    for side in axes.spines.values():
        side.set_visible(False)
    _titles(figure, height, title, _map_subtitle(found), notes)


@dataclass(frozen=True, slots=True)
class _Headings:
    """The labels of the columns, the room they take above and at the right, and how they stand."""

    labels: list[str]
    height: float
    overhang: float
    style: dict[str, Any]


def _headings(labels: Sequence[str], room: float) -> _Headings:
    """Level where the columns are wide enough for every word, else slanted."""
    column = int(room / len(labels) / _LETTER) - 1
    words = [word for label in labels for word in plain(label).split()]
    if len(labels) <= _MOST_LEVEL and max(map(len, words), default=0) <= column:
        level = [_wrapped(label, min(column, _COLUMN_LABEL), 3) for label in labels]
        lines = max(label.count("\n") + 1 for label in level)
        style: dict[str, Any] = {"ha": "center", "va": "bottom", "linespacing": 1.05}
        return _Headings(level, 0.25 + _LINE * lines, 0.0, style)
    slanted = [_wrapped(label, _COLUMN_LABEL, 2) for label in labels]
    longest = _LETTER * max(len(line) for label in slanted for line in label.split("\n"))
    style = {"rotation": _SLANT, "rotation_mode": "anchor", "ha": "left", "va": "center"}
    overhang = max(0.3, _ASIDE * longest - 0.05)
    return _Headings(slanted, _UP * longest + 0.3, overhang, {**style, "linespacing": 1.0})


def _cells(axes: "Axes", counts: Sequence[Sequence[int]]) -> None:
    from matplotlib import colormaps  # noqa: PLC0415

    most = max(max(row) for row in counts) or 1
    shades = colormaps["Blues"]
    # The square root keeps ones and twos apart beside a cell of hundreds; none stays white.
    levels = [
        [(count / most) ** 0.5 * 0.86 + 0.06 if count else 0.0 for count in r] for r in counts
    ]
    axes.imshow(levels, cmap=shades, vmin=0.0, vmax=1.0, aspect="auto")
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            dark = levels[y][x] > 0.58
            said, colour = (f"{count:,}", "white" if dark else _INK) if count else ("·", _FAINT)
            axes.text(x, y, said, ha="center", va="center", fontsize=8.5, color=colour)
    for at in range(1, len(counts)):
        axes.axhline(at - 0.5, color="white", linewidth=1.4)
    for at in range(1, len(counts[0])):
        axes.axvline(at - 0.5, color="white", linewidth=1.4)


def _map_title(found: Landscape) -> str:
    about = f" on {_topic(found.topic)}" if found.topic else ""
    return f"Our records{about}: {found.rows.said} by {found.columns.said}"


def _map_subtitle(found: Landscape) -> str:
    return f"{found.total:,} records; a term includes its narrower terms"


def _map_alt(found: Landscape, title: str) -> str:
    top = "; ".join(f"{c.row} and {c.column}: {c.count:,}" for c in found.top(5))
    size = f"{len(found.rows.labels)} rows, {len(found.columns.labels)} columns"
    return f"{title}. A table of {size}. The most: {top}."


# -- the trend -----------------------------------------------------------------------------------

_TREND_HEIGHT = 3.7


def _draw_trend(figure: "Figure", found: Trend, title: str) -> None:
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter  # noqa: PLC0415

    figure.set_size_inches(_WIDTH_INCHES, _TREND_HEIGHT)
    notes = _notes(found.remark, found.today)
    below = (0.72 + _LINE * (len(notes) - 1)) / _TREND_HEIGHT
    axes = figure.add_axes((0.075, below, 0.905, 1 - below - 0.72 / _TREND_HEIGHT))
    years, counts = zip(*found.years, strict=True)
    colours = [_BAR_UNFINISHED if year >= found.today.year else _BAR for year in years]
    drawn = axes.bar(range(len(years)), counts, width=0.74, color=colours)
    axes.bar_label(
        drawn, [f"{c:,}" if c else "0" for c in counts], padding=2, fontsize=8, color=_INK
    )
    step = 1 if len(years) <= 16 else 2
    shown = [at for at in range(len(years)) if (len(years) - 1 - at) % step == 0]
    axes.set_xticks(shown, [str(years[at]) for at in shown], fontsize=8)
    axes.set_xlim(-0.7, len(years) - 0.3)
    axes.set_ylim(0, max(*counts, 1) * 1.12)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.tick_params(length=0, colors=_INK, labelsize=8)
    axes.grid(axis="y", color=_GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    for name, side in axes.spines.items():
        side.set_visible(name == "bottom")
        side.set_color(_GRID)
    axes.set_xlabel("Year of publication", fontsize=8.5, color=_INK, labelpad=4)
    subtitle = f"{found.total:,} records by year of publication"
    _titles(figure, _TREND_HEIGHT, title, subtitle, notes)


def _trend_title(found: Trend) -> str:
    return f"Our records on {_topic(found.topic)}" if found.topic else "Our records"


def _trend_alt(found: Trend, title: str) -> str:
    by_year = ", ".join(f"{year}: {count:,}" for year, count in found.years)
    return f"{title} by year of publication, as bars. {by_year}."


# -- what both have ------------------------------------------------------------------------------


def _titles(
    figure: "Figure", height: float, title: str, subtitle: str, notes: Sequence[str]
) -> None:
    left = _MARGIN / _WIDTH_INCHES
    figure.text(
        left, 1 - 0.12 / height, _short(title), fontsize=11.5, fontweight="bold",
        color=_INK, va="top",
    )  # fmt: skip
    figure.text(left, 1 - 0.36 / height, subtitle, fontsize=8.5, color=_FAINT, va="top")
    for at, note in enumerate(reversed(notes)):
        y = (0.1 + _LINE * at) / height
        figure.text(left, y, note, fontsize=7.5, color=_FAINT, va="bottom")


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
