"""What Slack refuses in text, blocks and views, at least roughly: the one Block Kit check.

The playground refuses by it as Slack does, and every post of every test is checked by it. Numbers
as Slack documents them; `MESSAGE_CHARACTERS` is where messages were seen refused.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, TypeGuard

from bot.playground.workspace import Json

Surface = Literal["message", "view"]

MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "view": 100}
MESSAGE_TEXT = 40_000
MESSAGE_CHARACTERS = 13_000
_LONGEST_ID = 255
_BLOCK_TYPES = frozenset({
    "actions", "context", "context_actions", "data_table", "data_visualization", "divider",
    "header", "image", "input", "rich_text", "section", "table", "video",
})  # fmt: skip
_TEXT_TYPES = ("plain_text", "mrkdwn")
_INTERACTIVE = frozenset({
    "button", "channels_select", "checkboxes", "conversations_select", "datepicker",
    "datetimepicker", "external_select", "multi_channels_select", "multi_conversations_select",
    "multi_external_select", "multi_static_select", "multi_users_select", "overflow",
    "radio_buttons", "static_select", "timepicker", "users_select", "workflow_button",
})  # fmt: skip
_MOST_OF_A_KIND = {"table": 1, "data_visualization": 2}
_MOST_OPTIONS = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}


def blocks_problem(blocks: object, surface: Surface = "message") -> str | None:
    """Why Slack would refuse these blocks, in one line; None when it would take them."""
    return next(problems(blocks, surface), None)


def problems(blocks: object, surface: Surface) -> Iterator[str]:
    """Everything for which Slack would refuse these blocks, each with its place."""
    if not _are_objects(blocks):
        yield "blocks must be a list of objects [json-pointer:/blocks]"
        return
    if len(blocks) > MOST_BLOCKS[surface]:
        yield f"{len(blocks)} blocks, over {MOST_BLOCKS[surface]} [json-pointer:/blocks]"
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(ids) != len(set(map(str, ids))):
        yield "a block_id twice [json-pointer:/blocks]"
    for kind, most in _MOST_OF_A_KIND.items():
        if sum(block.get("type") == kind for block in blocks) > most:
            yield f"more than {most} {kind} [json-pointer:/blocks]"
    for position, block in enumerate(blocks):
        for problem in _block_problems(block):
            yield f"{problem} [json-pointer:/blocks/{position}]"


def is_too_long(blocks: Iterable[Json]) -> bool:
    """Whether the blocks hold more text than a message can carry (`msg_blocks_too_long`)."""
    return sum(len(text) for block in blocks for text in _texts(block)) > MESSAGE_CHARACTERS


def view_problem(view: object, kind: str) -> str | None:
    """Why Slack would refuse this view ("modal" or "home"), in one line, or None."""
    return next(view_problems(view, kind), None)


def view_problems(view: object, kind: str) -> Iterator[str]:
    """Everything for which Slack would refuse this view ("modal" or "home")."""
    if not isinstance(view, dict) or view.get("type") != kind:
        yield f"a view of type {kind} is needed [json-pointer:/view]"
        return
    if kind == "modal" and not view.get("title"):
        yield "a modal needs a title [json-pointer:/view/title]"
    for key in ("title", "submit", "close"):
        if view.get(key):
            for problem in _text_problems(key, view[key], 24, plain_only=True):
                yield f"{problem} [json-pointer:/view/{key}]"
    for key, most in (("private_metadata", 3000), ("callback_id", _LONGEST_ID)):
        if len(str(view.get(key) or "")) > most:
            yield f"{key} over {most} characters [json-pointer:/view/{key}]"
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )
    if kind == "modal" and has_input and not view.get("submit"):
        yield "a submit button is needed beside an input [json-pointer:/view/submit]"
    yield from problems(blocks, "view")


def with_ids(blocks: Iterable[Json]) -> tuple[Json, ...]:
    """The blocks with an id wherever the bot gave none, as Slack hands them back."""
    return tuple(_with_id(block) for block in blocks)


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements of a block: accessory, actions, the element of an input."""
    found = [block.get("accessory"), block.get("element")]
    if block.get("type") in {"actions", "context_actions"}:
        found += block.get("elements") or []
    return (element for element in found if isinstance(element, dict) and "action_id" in element)


def _with_id(block: Json) -> Json:
    copy: Json = json.loads(json.dumps(block))
    copy.setdefault("block_id", secrets.token_urlsafe(4))
    for element in (copy.get("accessory"), copy.get("element"), *(copy.get("elements") or [])):
        if isinstance(element, dict) and element.get("type") not in _WITHOUT_ACTION:
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return copy


_WITHOUT_ACTION = frozenset({
    "image", "mrkdwn", "plain_text", "rich_text_list", "rich_text_preformatted",
    "rich_text_quote", "rich_text_section",
})  # fmt: skip


def _block_problems(block: Json) -> Iterator[str]:
    kind = str(block.get("type"))
    if kind not in _BLOCK_TYPES:
        yield f"unsupported type: {kind}"
        return
    if len(str(block.get("block_id") or "")) > _LONGEST_ID:
        yield f"block_id over {_LONGEST_ID} characters"
    if rule := _RULES.get(kind):
        yield from rule(block)


def _section_problems(block: Json) -> Iterator[str]:
    text, fields, accessory = (block.get(name) for name in ("text", "fields", "accessory"))
    if text is None and not fields:
        yield "neither text nor fields"
    if text is not None:
        yield from _text_problems("text", text, 3000)
    if fields is not None:
        yield from _count_problems("fields", fields, 10)
        for field in fields if isinstance(fields, list) else ():
            yield from _text_problems("field", field, 2000)
    if isinstance(accessory, dict):
        yield from _element_problems(accessory)


def _header_problems(block: Json) -> Iterator[str]:
    yield from _text_problems("text", block.get("text"), 150, plain_only=True)


def _context_problems(block: Json) -> Iterator[str]:
    elements = block.get("elements")
    yield from _count_problems("elements", elements, 10)
    for element in elements if _are_objects(elements) else ():
        if element.get("type") in _TEXT_TYPES:
            yield from _text_problems("element", element, 3000)
        elif element.get("type") == "image":
            yield from _image_problems(element)
        else:
            yield f"{element.get('type')} in a context, which holds text and images only"


def _actions_problems(block: Json) -> Iterator[str]:
    elements = block.get("elements")
    yield from _count_problems("elements", elements, 25)
    if not _are_objects(elements):
        return
    ids = [str(element["action_id"]) for element in elements if element.get("action_id")]
    if len(ids) != len(set(ids)):
        yield "an action_id twice"
    for element in elements:
        yield from _element_problems(element)


def _context_actions_problems(block: Json) -> Iterator[str]:
    elements = block.get("elements")
    yield from _count_problems("elements", elements, 5)
    for element in elements if _are_objects(elements) else ():
        if element.get("type") not in {"feedback_buttons", "icon_button"}:
            yield f"{element.get('type')} in context actions, which hold feedback and icon buttons"
        for name in ("positive_button", "negative_button"):
            if isinstance(button := element.get(name), dict):
                yield from _text_problems(name, button.get("text"), 75, plain_only=True)


def _input_problems(block: Json) -> Iterator[str]:
    yield from _text_problems("label", block.get("label"), 2000, plain_only=True)
    if block.get("hint"):
        yield from _text_problems("hint", block["hint"], 2000, plain_only=True)
    if isinstance(element := block.get("element"), dict):
        yield from _options_problems(element)


def _table_problems(block: Json) -> Iterator[str]:
    rows = block.get("rows")
    yield from _count_problems("rows", rows, 100)
    for row in rows if isinstance(rows, list) else ():
        yield from _count_problems("cells", row, 20)


def _data_table_problems(block: Json) -> Iterator[str]:
    yield from _key_problems(
        block, "caption", "rows", "page_size", "row_header_column_index", "block_id"
    )
    if not str(block.get("caption") or "").strip():
        yield "no caption"
    rows = block.get("rows")
    if not isinstance(rows, list) or not 2 <= len(rows) <= 101:
        yield "rows must be 2 to 101, the header with them"
        return
    for row in rows:
        yield from _count_problems("cells", row, 20)
        if isinstance(row, list) and isinstance(rows[0], list) and len(row) != len(rows[0]):
            yield "a row of another length"
        for cell in row if _are_objects(row) else ():
            yield from _cell_problems(cell)
    if any(cell.get("type") == "rich_text" for cell in rows[0] if isinstance(cell, dict)):
        yield "rich_text in the header"
    if sum(len(text) for text in _texts(block)) > 10_000:
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


def _chart_problems(block: Json) -> Iterator[str]:
    yield from _key_problems(block, "title", "chart", "block_id")
    if not 1 <= len(str(block.get("title") or "")) <= 50:
        yield "a chart's title not of 1 to 50 characters"
    chart = block.get("chart")
    if not isinstance(chart, dict) or chart.get("type") not in ("area", "bar", "line", "pie"):
        yield "a chart of no known type"
        return
    if chart["type"] == "pie":
        yield from _points_problems(chart.get("segments"), 6)
        segments = chart.get("segments")
        if _are_objects(segments) and any(each.get("value") in (0, 0.0) for each in segments):
            yield "a segment of nothing"
        return
    axis = chart.get("axis_config")
    axis = axis if isinstance(axis, dict) else {}
    categories = axis.get("categories")
    yield from _axis_problems(axis)
    yield from _count_problems("series", chart.get("series"), 6)
    for series in chart["series"] if _are_objects(chart.get("series")) else ():
        if not 1 <= len(str(series.get("name") or "")) <= 20:
            yield "a series' name not of 1 to 20 characters"
        yield from _points_problems(series.get("data"), 20)
        points = series.get("data")
        if _are_objects(points) and [each.get("label") for each in points] != categories:
            yield "a series that has not each category once"


def _axis_problems(axis: Json) -> Iterator[str]:
    categories = axis.get("categories")
    yield from _count_problems("categories", categories, 20)
    if isinstance(categories, list) and len(set(map(str, categories))) != len(categories):
        yield "a category twice"
    for name in ("x_label", "y_label"):
        if len(str(axis.get(name) or "")) > 50:
            yield f"{name} over 50 characters"


def _points_problems(points: object, most: int) -> Iterator[str]:
    yield from _count_problems("points", points, most)
    for each in points if _are_objects(points) else ():
        if not 1 <= len(str(each.get("label") or "")) <= 20:
            yield "a label not of 1 to 20 characters"
        if isinstance(each.get("value"), bool) or not isinstance(each.get("value"), int | float):
            yield "a point without a value"


def _key_problems(block: Json, *known: str) -> Iterator[str]:
    for key in sorted(set(block) - {"type", *known}):
        yield f"unknown key: {key}"


def _image_problems(image: Json) -> Iterator[str]:
    alt = str(image.get("alt_text") or "")
    if not alt.strip():
        yield "no alt text"
    if len(alt) > 2000:
        yield "alt text over 2000 characters"
    if not (image.get("image_url") or image.get("slack_file")):
        yield "an image needs an image_url"
    if image.get("title"):
        yield from _text_problems("title", image["title"], 2000, plain_only=True)


_RULES: Mapping[str, Callable[[Json], Iterator[str]]] = {
    "section": _section_problems,
    "header": _header_problems,
    "context": _context_problems,
    "actions": _actions_problems,
    "context_actions": _context_actions_problems,
    "input": _input_problems,
    "table": _table_problems,
    "data_table": _data_table_problems,
    "data_visualization": _chart_problems,
    "image": _image_problems,
}


def _element_problems(element: Json) -> Iterator[str]:
    kind = element.get("type")
    if kind == "image":
        yield from _image_problems(element)
        return
    if kind not in _INTERACTIVE:
        yield f"{kind} is not something to act on"
    if len(str(element.get("action_id") or "")) > _LONGEST_ID:
        yield f"action_id over {_LONGEST_ID} characters"
    if kind == "button":
        yield from _text_problems("a button's text", element.get("text"), 75, plain_only=True)
        for key, most in (("value", 2000), ("url", 3000)):
            if len(str(element.get(key) or "")) > most:
                yield f"a button's {key} over {most} characters"
    yield from _options_problems(element)


def _options_problems(element: Json) -> Iterator[str]:
    options, groups = element.get("options"), element.get("option_groups")
    if options is not None:
        yield from _count_problems("options", options, _MOST_OPTIONS.get(str(element["type"]), 100))
    if groups is not None:
        yield from _count_problems("option groups", groups, 100)
    listed = [options, *(g.get("options") for g in (groups if _are_objects(groups) else ()))]
    for option in (each for part in listed if _are_objects(part) for each in part):
        yield from _text_problems("an option's text", option.get("text"), 75)
        if not 1 <= len(str(option.get("value") or "")) <= 150:
            yield "an option's value not of 1 to 150 characters"


def _count_problems(what: str, given: object, most: int) -> Iterator[str]:
    if not isinstance(given, list):
        yield f"{what} must be a list"
    elif not 1 <= len(given) <= most:
        yield f"{len(given)} {what}, not 1 to {most}"


def _text_problems(
    what: str, given: object, most: int, *, plain_only: bool = False
) -> Iterator[str]:
    if not isinstance(given, dict) or given.get("type") not in _TEXT_TYPES:
        yield f"{what}: no text object"
        return
    if plain_only and given["type"] != "plain_text":
        yield f"{what}: must be plain_text"
    text = given.get("text")
    if not isinstance(text, str) or not text.strip():
        yield f"{what}: empty text"
    elif len(text) > most:
        yield f"{what}: {len(text)} characters, over {most}"


def _are_objects(value: object) -> TypeGuard[list[Json]]:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _texts(value: object) -> Iterator[str]:
    """Every displayed string inside a block, to any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in ("text", "alt_text"):
                    yield inner
            else:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
