"""A white sheet for texts and boxes, in inches from its top left corner, saved as a small PNG.

Drawn with Pillow, which is imported when the first sheet is made: few people ask for a picture.
Letters are those of Source Sans Pro, which has Greek too. One that it lacks is drawn in its plain
form (a superscript plus as a plus), or else as a box.
"""

import io
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageFont

DOTS_PER_INCH = 200
INK, FAINT, GRID = "#1a1a1a", "#5f6368", "#d9dce1"
_COLOURS = 128
_POINTS_PER_INCH = 72
_LINE_HEIGHT = 1.2
# A letter that no font has, and a size at which its box is told from other letters.
_LACKING, _SAMPLE = "\uffff", 12.0

Point = tuple[float, float]


class Sheet:
    """A picture in the making. Safe in one thread; several may be drawn at once."""

    def __init__(self, width: float, height: float) -> None:
        """A white one of so many inches."""
        from PIL import Image, ImageDraw  # noqa: PLC0415 - slow, and few ask for a picture

        self._image = Image.new("RGB", (_dots(width), _dots(height)), "white")
        self._draw = ImageDraw.Draw(self._image)

    def box(self, start: Point, end: Point, colour: str) -> None:
        """A filled box from its top left to its bottom right corner."""
        (left, top), (right, bottom) = start, end
        # At least a dot wide and high; the last dot of a box belongs to it.
        corners = (_dots(left), _dots(top), _dots(right) - 1, _dots(bottom) - 1)
        self._draw.rectangle(
            (*corners[:2], max(corners[0], corners[2]), max(corners[1], corners[3])), fill=colour
        )

    def dot(self, middle: Point, radius: float, colour: str) -> None:
        """A filled circle."""
        x, y, reach = _dots(middle[0]), _dots(middle[1]), _dots(radius)
        self._draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)

    def bow(self, start: Point, end: Point, reach: float, colour: str) -> None:
        """A line from a point to one below it that bends to the right by so many inches."""
        corners = (start[0] - reach, start[1], start[0] + reach, end[1])
        self._draw.arc(tuple(map(_dots, corners)), -90, 90, colour, width=_dots(0.012))

    def text(
        self, at: Point, text: str, points: float, colour: str = INK, anchor: str = "ls"
    ) -> None:
        """A line of text. The anchor is Pillow's: l, m, r for the side; s is the base line."""
        place = (_dots(at[0]), _dots(at[1]))
        self._draw.text(place, _drawable(text), colour, _font(points), anchor)

    def heading(self, at: Point, text: str, points: float) -> None:
        """A line of bold text, by the left end of its base line."""
        font = _font(points, bold=True)
        self._draw.text((_dots(at[0]), _dots(at[1])), _drawable(text), INK, font, "ls")

    def slanted(self, at: Point, lines: list[str], points: float, degrees: float) -> None:
        """Lines of text that rise from this point to the right."""
        from PIL import Image, ImageDraw  # noqa: PLC0415

        # The point is the middle of a square, so that turning the square leaves it in its place.
        reach = _dots(max(width_of(line, points) for line in lines) + 0.2)
        mask = Image.new("L", (2 * reach, 2 * reach))
        draw = ImageDraw.Draw(mask)
        for at_line, line in enumerate(lines):
            down = (at_line - (len(lines) - 1) / 2) * line_height(points)
            draw.text((reach, reach + _dots(down)), _drawable(line), 255, _font(points), "lm")
        turned = mask.rotate(degrees, Image.Resampling.BICUBIC)
        self._image.paste(INK, (_dots(at[0]) - reach, _dots(at[1]) - reach), turned)

    def png(self) -> bytes:
        """The bytes of the file. So few colours need no more than a palette."""
        file = io.BytesIO()
        self._image.quantize(_COLOURS).save(
            file, format="PNG", optimize=True, dpi=(DOTS_PER_INCH, DOTS_PER_INCH)
        )
        return file.getvalue()


def width_of(text: str, points: float) -> float:
    """How many inches wide a line of text is."""
    return _font(points).getlength(_drawable(text)) / DOTS_PER_INCH


def line_height(points: float) -> float:
    """How many inches one line is below the other."""
    return points * _LINE_HEIGHT / _POINTS_PER_INCH


def _drawable(text: str) -> str:
    return "".join(map(_letter, text)) if not text.isascii() else text


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    """The letter, or its plain form where the font lacks it."""
    glyph, box = (_font(_SAMPLE).getmask(each) for each in (letter, _LACKING))
    lacks = glyph.size == box.size and bytes(glyph) == bytes(box)
    return unicodedata.normalize("NFKC", letter) if lacks else letter


def _dots(inches: float) -> int:
    return round(inches * DOTS_PER_INCH)


@cache
def _font(points: float, *, bold: bool = False) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont  # noqa: PLC0415

    spec = find_spec("font_source_sans_pro")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("font_source_sans_pro")
    name = f"SourceSansPro-{'Semibold' if bold else 'Regular'}.ttf"
    path = Path(spec.origin).parent / "files" / name
    size = points * DOTS_PER_INCH / _POINTS_PER_INCH
    # The plain layout: the same with and without the library for complex scripts.
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
