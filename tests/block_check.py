"""The Block Kit check: every message and view posted in any test goes through it.

It holds Slack's limits, the project's own stricter ones, and what the SDK lets pass. All
problems are reported at once, each with its place.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

MOST_BLOCKS = {"message": 50, "view": 100}
# Slack has refused messages near 13,200 characters; ours stay under this.
LONGEST_TOTAL = 10_000
LONGEST_TEXT = 3000
LONGEST_FIELD = 2000
LONGEST_LABEL = 75
LONGEST_VALUE = 2000
LONGEST_ID = 255
LONGEST_URL = 3000

_TEXT_TYPES = ("plain_text", "mrkdwn")
_INTERACTIVE = frozenset(
    ("button", "checkboxes", "datepicker", "datetimepicker", "timepicker", "overflow",
     "radio_buttons", "workflow_button", "static_select", "external_select", "users_select",
     "conversations_select", "channels_select", "multi_static_select", "multi_external_select",
     "multi_users_select", "multi_conversations_select", "multi_channels_select")
)  # fmt: skip
_MOST_OPTIONS = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}
_NOT_IN_MESSAGES = frozenset(("alert",))
_URL_KEYS = frozenset(("url", "image_url", "title_url", "thumbnail_url", "video_url", "icon_url"))
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ANGLE = re.compile(r"<([^<>]*)>")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_SPOKEN_MENTION = re.compile(r"(?<![\w.])@(?:channel|here|everyone)\b", re.IGNORECASE)


def check_message(payload: Mapping[str, Any], allowed: Collection[str] = ()) -> None:
    """Raise AssertionError with every problem of what is posted: `text` and `blocks`.

    `allowed` are the mentions that the test expects, as written: `<@U01ALICE>`.
    """
    problems = [] if str(payload.get("text") or "").strip() else ["text: no fallback text"]
    text = str(payload.get("text") or "")
    problems += _mrkdwn_problems("text", text, allowed)
    if len(text) >= LONGEST_TOTAL:
        problems.append(f"text: {len(text)} characters, {LONGEST_TOTAL} or more")
    blocks = [_as_dict(block) for block in payload.get("blocks") or ()]
    problems += _blocks_problems(blocks, "message", allowed)
    _report(problems)


def check_view(view: View | Mapping[str, Any], allowed: Collection[str] = ()) -> None:
    """Raise AssertionError with every problem of a modal or App Home view."""
    given = _as_dict(view)
    problems = [] if _survives(View, given) else ["view: not what the SDK reads back"]
    if given.get("type") == "modal" and not given.get("title"):
        problems.append("view: a modal needs a title")
    for key in ("title", "submit", "close"):
        if key in given:
            problems += _text_problems(key, given[key], 24, allowed, plain_only=True)
    if len(given.get("private_metadata") or "") > 3000:
        problems.append("private_metadata: over 3,000 characters")
    if len(given.get("callback_id") or "") > LONGEST_ID:
        problems.append("callback_id: over 255 characters")
    problems += _blocks_problems(list(given.get("blocks") or ()), "view", allowed)
    _report(problems)


def _report(problems: list[str]) -> None:
    assert not problems, "Block Kit problems:\n" + "\n".join(problems)


def _as_dict(thing: Any) -> dict[str, Any]:
    """As it is posted; when the SDK refuses to write it, still as a dict, to name the problem."""
    return dict(thing) if isinstance(thing, Mapping) else thing.get_non_null_attributes()


def _survives(kind: type[Block] | type[View], given: dict[str, Any]) -> bool:
    """Whether the SDK reads it and writes the same: unknown keys do not come back."""
    try:
        parsed = kind.parse(dict(given)) if issubclass(kind, Block) else kind(**given)
        return parsed is not None and parsed.to_dict() == given
    except Exception:  # whatever the SDK objects to is the problem being looked for
        return False


def _blocks_problems(
    blocks: list[dict[str, Any]], surface: str, allowed: Collection[str]
) -> Iterator[str]:
    if not blocks:
        yield f"{surface}: no blocks"
    if len(blocks) > MOST_BLOCKS[surface]:
        yield f"{surface}: {len(blocks)} blocks, over {MOST_BLOCKS[surface]}"
    total = sum(len(text) for block in blocks for text in _shown(block))
    if total >= LONGEST_TOTAL:
        yield f"{surface}: {total} characters of text, {LONGEST_TOTAL} or more"
    if sum(block.get("type") == "table" for block in blocks) > 1:
        yield f"{surface}: more than one table"
    if sum(len(b.get("text") or "") for b in blocks if b.get("type") == "markdown") > 12_000:
        yield f"{surface}: markdown blocks over 12,000 characters in all"
    named = [block["block_id"] for block in blocks if "block_id" in block]
    if len(named) != len(set(named)):
        yield f"{surface}: a block_id twice"
    for at, block in enumerate(blocks):
        place = f"block {at} ({block.get('type')})"
        if surface == "message" and block.get("type") in _NOT_IN_MESSAGES:
            yield f"{place}: not allowed in a message"
        yield from _block_problems(place, block, allowed)


def _block_problems(place: str, block: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    if not _survives(Block, block):
        yield f"{place}: not what the SDK reads back (unknown key, type or limit)"
    if len(str(block.get("block_id") or "")) > LONGEST_ID:
        yield f"{place}: block_id over {LONGEST_ID} characters"
    for where, text in _strings(block):
        if _INVISIBLE.search(text) or _CONTROL.search(text):
            yield f"{place}: invisible or control character in {where}"
    for where, url in _urls(block):
        if not _is_web_address(url):
            yield f"{place}: {where} is not an http(s) address: {url[:80]!r}"
    rule = _RULES.get(str(block.get("type")))
    if rule is not None:
        yield from rule(place, block, allowed)


def _section(place: str, block: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    fields = block.get("fields") or []
    if "text" not in block and not fields:
        yield f"{place}: neither text nor fields"
    if "text" in block:
        yield from _text_problems(place, block["text"], LONGEST_TEXT, allowed)
    if len(fields) > 10:
        yield f"{place}: {len(fields)} fields, over 10"
    for at, field in enumerate(fields):
        yield from _text_problems(f"{place} field {at}", field, LONGEST_FIELD, allowed)
    if "accessory" in block:
        yield from _element_problems(f"{place} accessory", block["accessory"], allowed)


def _header(place: str, block: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    yield from _text_problems(place, block.get("text"), 150, allowed, plain_only=True)


def _context(place: str, block: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 10:
        yield f"{place}: {len(elements)} elements, not 1 to 10"
    for at, element in enumerate(elements):
        where = f"{place} element {at}"
        if element.get("type") in _TEXT_TYPES:
            yield from _text_problems(where, element, LONGEST_TEXT, allowed)
        elif element.get("type") == "image":
            yield from _image(where, element, allowed)
        else:
            yield f"{where}: {element.get('type')} in a context"


def _actions(place: str, block: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    elements = block.get("elements") or []
    if not 1 <= len(elements) <= 25:
        yield f"{place}: {len(elements)} elements, not 1 to 25"
    ids = [element["action_id"] for element in elements if "action_id" in element]
    if len(ids) != len(set(ids)):
        yield f"{place}: an action_id twice"
    for at, element in enumerate(elements):
        yield from _element_problems(f"{place} element {at}", element, allowed)


def _image(place: str, block: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    alt = block.get("alt_text") or ""
    if not alt.strip():
        yield f"{place}: no alt text"
    if len(alt) > 2000:
        yield f"{place}: alt text over 2,000 characters"
    if "title" in block:
        yield from _text_problems(f"{place} title", block["title"], 2000, allowed, plain_only=True)


def _input(place: str, block: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    yield from _text_problems(f"{place} label", block.get("label"), 2000, allowed, plain_only=True)
    if "hint" in block:
        yield from _text_problems(f"{place} hint", block["hint"], 2000, allowed, plain_only=True)
    yield from _options_problems(place, block.get("element") or {}, allowed)


def _markdown(place: str, block: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    del allowed
    if not str(block.get("text") or "").strip():
        yield f"{place}: empty text"


def _table(place: str, block: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    del allowed
    rows = block.get("rows") or []
    if not 1 <= len(rows) <= 100:
        yield f"{place}: {len(rows)} rows, not 1 to 100"
    if any(not 1 <= len(row) <= 20 for row in rows):
        yield f"{place}: a row with none or more than 20 cells"


_RULES = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "table": _table,
}


def _element_problems(
    place: str, element: dict[str, Any], allowed: Collection[str]
) -> Iterator[str]:
    kind = element.get("type")
    if kind == "image":
        yield from _image(place, element, allowed)
        return
    if kind not in _INTERACTIVE:
        yield f"{place}: {kind} is not something to act on"
    if not 1 <= len(str(element.get("action_id") or "")) <= LONGEST_ID:
        yield f"{place}: action_id not of 1 to {LONGEST_ID} characters"
    if kind == "button":
        label = element.get("text")
        yield from _text_problems(place, label, LONGEST_LABEL, allowed, plain_only=True)
        if len(element.get("value") or "") > LONGEST_VALUE:
            yield f"{place}: value over {LONGEST_VALUE} characters"
        if "value" in element and not element["value"]:
            yield f"{place}: empty value"
    yield from _options_problems(place, element, allowed)


def _options_problems(
    place: str, element: dict[str, Any], allowed: Collection[str]
) -> Iterator[str]:
    options = element.get("options") or []
    most = _MOST_OPTIONS.get(str(element.get("type")), 100)
    if len(options) > most:
        yield f"{place}: {len(options)} options, over {most}"
    if len(element.get("option_groups") or []) > 100:
        yield f"{place}: over 100 option groups"
    grouped = [
        o for group in element.get("option_groups") or [] for o in group.get("options") or []
    ]
    for at, option in enumerate([*options, *grouped]):
        where = f"{place} option {at}"
        yield from _text_problems(where, option.get("text"), LONGEST_LABEL, allowed)
        if not 1 <= len(str(option.get("value") or "")) <= 150:
            yield f"{where}: value not of 1 to 150 characters"


def _text_problems(
    place: str, given: Any, limit: int, allowed: Collection[str], *, plain_only: bool = False
) -> Iterator[str]:
    if not isinstance(given, Mapping) or given.get("type") not in _TEXT_TYPES:
        yield f"{place}: no text object"
        return
    text = str(given.get("text") or "")
    if plain_only and given["type"] != "plain_text":
        yield f"{place}: must be plain_text"
    if not text.strip():
        yield f"{place}: empty text"
    if len(text) > limit:
        yield f"{place}: {len(text)} characters, over {limit}"
    if given["type"] == "mrkdwn":
        yield from _mrkdwn_problems(place, text, allowed)
        if not given.get("verbatim") and _SPOKEN_MENTION.search(text):
            yield f"{place}: @channel, @here or @everyone without verbatim"


def _mrkdwn_problems(place: str, text: str, allowed: Collection[str]) -> Iterator[str]:
    """Whatever stands in angle brackets is a declared mention or a web link, nothing else."""
    if _INVISIBLE.search(text) or _CONTROL.search(text):
        yield f"{place}: invisible or control character"
    if _BARE_AMPERSAND.search(text):
        yield f"{place}: an unescaped ampersand"
    for match in _ANGLE.finditer(text):
        inside = match.group(1)
        if inside[:1] in ("!", "@", "#"):
            if match.group() not in allowed:
                yield f"{place}: an undeclared mention {match.group()[:60]!r}"
        elif not _is_web_address(inside.split("|", 1)[0]):
            yield f"{place}: {match.group()[:80]!r} is not an http(s) link"
    if "<" in (rest := _ANGLE.sub("", text)) or ">" in rest:
        yield f"{place}: an unescaped angle bracket"


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    has_host = parts.scheme in ("http", "https") and bool(parts.netloc)
    return has_host and len(url) <= LONGEST_URL and not re.search(r"[\s<>|]", url)


def _shown(node: Any) -> Iterator[str]:
    """Every text that a reader sees: of text objects, alt texts and rich text."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in ("text", "alt_text") and isinstance(value, str):
                yield value
            else:
                yield from _shown(value)
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from _shown(item)


def _strings(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every string that is shown, with its key. Values of buttons are data and may hold any."""
    if isinstance(node, str):
        if key not in ("value", "private_metadata"):
            yield key, node
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _strings(value, str(name))
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from _strings(item, key)


def _urls(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in _URL_KEYS and isinstance(value, str):
                yield key, value
            else:
                yield from _urls(value)
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from _urls(item)
