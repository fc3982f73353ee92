"""Pieces of a reference put together: no stop is doubled where two of them meet."""

from collections.abc import Iterable

# Where two pieces meet, only the first or the second of these two characters is kept. Inside a
# piece nothing is changed: what a title says stays as it is.
_FIRST = frozenset(("!.", "!:", "!!", "?.", "?:", "??", "..", ":.", "::", ";:", ";;", ";.", ",,"))
_SECOND = frozenset((":!", ":?", ";!", ";?", "  ", " ,", " ."))
_CLOSING = "”’»“"


class Joiner:
    """Joins pieces by a locale's rule for stops beside quotation marks."""

    def __init__(self, opening: str, closing: str, *, stops_inside: bool) -> None:
        """The quotation marks, and whether stops and commas stand inside of them."""
        self._opening, self._closing = opening, closing
        self._stops_inside = stops_inside

    def quoted(self, text: str) -> str:
        """The text in quotation marks; those that it has itself become the inner ones."""
        inner = text.replace("“", "‘").replace("”", "’")
        return f"{self._opening}{inner}{self._closing}"

    def join(self, pieces: Iterable[str], delimiter: str = "") -> str:
        """The pieces that are not empty, with the delimiter between them."""
        whole = ""
        for piece in filter(None, pieces):
            whole = self._meet(self._meet(whole, delimiter), piece) if whole else piece
        return whole

    def _meet(self, left: str, right: str) -> str:
        if not left or not right:
            return left + right
        if self._stops_inside and right[0] in ".," and left.endswith(self._closing):
            inside = self._meet(left.removesuffix(self._closing), right[0])
            if inside[-2:] in {"?,", "!,"}:
                inside = inside[:-1]
            return f"{inside}{self._closing}{right[1:]}"
        # A quotation that ends with its own stop needs no other behind the mark.
        if right[0] == "." and left[-1] in _CLOSING and left[-2:-1] in (".", "?", "!"):
            return left + right[1:]
        pair = left[-1] + right[0]
        if pair in _FIRST:
            return left + right[1:]
        if pair in _SECOND:
            return self._meet(left[:-1], right)
        return left + right
