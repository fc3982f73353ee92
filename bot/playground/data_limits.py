"""What Slack refuses in tables and charts."""

from collections.abc import Iterator

from bot.playground.limit_parts import are_objects, count_problems, key_problems, texts_in
from bot.playground.workspace import Json


def table_problems(block: Json) -> Iterator[str]:
    """A table's rows and cells."""
    rows = block.get("rows")
    yield from count_problems("rows", rows, 100)
    for row in rows if isinstance(rows, list) else ():
        yield from count_problems("cells", row, 20)


def data_table_problems(block: Json) -> Iterator[str]:
    """A data table: its caption, rows, cells and pages."""
    yield from key_problems(
        block, "caption", "rows", "page_size", "row_header_column_index", "block_id"
    )
    if not str(block.get("caption") or "").strip():
        yield "no caption"
    rows = block.get("rows")
    if not isinstance(rows, list) or not 2 <= len(rows) <= 101:
        yield "rows must be 2 to 101, the header with them"
        return
    for row in rows:
        yield from count_problems("cells", row, 20)
        if isinstance(row, list) and isinstance(rows[0], list) and len(row) != len(rows[0]):
            yield "a row of another length"
        for cell in row if are_objects(row) else ():
            yield from _cell_problems(cell)
    if any(cell.get("type") == "rich_text" for cell in rows[0] if isinstance(cell, dict)):
        yield "rich_text in the header"
    if sum(len(text) for text in texts_in(block)) > 10_000:
        yield "a table over 10000 characters"
    page = block.get("page_size", 5)
    if not isinstance(page, int) or not 1 <= page <= 100:
        yield "page_size not 1 to 100"


def _cell_problems(cell: Json) -> Iterator[str]:
    kind, value = cell.get("type"), cell.get("value")
    if kind not in ("raw_text", "raw_number", "rich_text"):
        yield f"{kind} is no cell"
    elif kind == "raw_text" and not str(cell.get("text") or "").strip():
        yield "an empty cell"
    elif kind == "raw_number" and (isinstance(value, bool) or not isinstance(value, int | float)):
        yield "a number without a value"


def chart_problems(block: Json) -> Iterator[str]:
    """A chart: its title, its kind, and its points."""
    yield from key_problems(block, "title", "chart", "block_id")
    if not 1 <= len(str(block.get("title") or "")) <= 50:
        yield "a chart's title not of 1 to 50 characters"
    chart = block.get("chart")
    if not isinstance(chart, dict) or chart.get("type") not in ("area", "bar", "line", "pie"):
        yield "a chart of no known type"
        return
    if chart["type"] == "pie":
        yield from _points_problems(chart.get("segments"), 6)
        segments = chart.get("segments")
        if are_objects(segments) and any(each.get("value") in (0, 0.0) for each in segments):
            yield "a segment of nothing"
        return
    axis = chart.get("axis_config")
    axis = axis if isinstance(axis, dict) else {}
    categories = axis.get("categories")
    yield from _axis_problems(axis)
    yield from count_problems("series", chart.get("series"), 6)
    for series in chart["series"] if are_objects(chart.get("series")) else ():
        if not 1 <= len(str(series.get("name") or "")) <= 20:
            yield "a series' name not of 1 to 20 characters"
        yield from _points_problems(series.get("data"), 20)
        points = series.get("data")
        if are_objects(points) and [each.get("label") for each in points] != categories:
            yield "a series that has not each category once"


def _axis_problems(axis: Json) -> Iterator[str]:
    categories = axis.get("categories")
    yield from count_problems("categories", categories, 20)
    if isinstance(categories, list) and len(set(map(str, categories))) != len(categories):
        yield "a category twice"
    for name in ("x_label", "y_label"):
        if len(str(axis.get(name) or "")) > 50:
            yield f"{name} over 50 characters"


def _points_problems(points: object, most: int) -> Iterator[str]:
    yield from count_problems("points", points, most)
    for each in points if are_objects(points) else ():
        if not 1 <= len(str(each.get("label") or "")) <= 20:
            yield "a label not of 1 to 20 characters"
        if isinstance(each.get("value"), bool) or not isinstance(each.get("value"), int | float):
            yield "a point without a value"
