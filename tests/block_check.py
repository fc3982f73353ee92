"""Every message and view posted in any test goes through here.

Slack's limits are the playground's (`bot.playground.limits`); beside them stand the project's own,
which are stricter, and what the SDK lets pass. All problems are reported at once, each with its
place.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.playground.limits import problems, view_problems

# Slack has refused messages near 13,200 characters; ours stay under this.
LONGEST_TOTAL = 10_000
LONGEST_URL = 3000

_URL_KEYS = frozenset(("url", "image_url", "title_url", "thumbnail_url", "video_url", "icon_url"))
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# A moment in the reader's zone, without an address behind it.
_MOMENT = re.compile(r"!date\^\d+\^[^^|]+\|[^^|]+")
_ANGLE = re.compile(r"<([^<>]*)>")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
_SPOKEN_MENTION = re.compile(r"(?<![\w.])@(?:channel|here|everyone)\b", re.IGNORECASE)


def check_message(payload: Mapping[str, Any], allowed: Collection[str] = ()) -> None:
    """Raise AssertionError with every problem of what is posted: `text` and `blocks`.

    `allowed` are the mentions that the test expects, as written: `<@U01ALICE>`.
    """
    text = str(payload.get("text") or "")
    found = [] if text.strip() else ["text: no fallback text"]
    found += _mrkdwn_problems("text", text, allowed)
    if len(text) >= LONGEST_TOTAL:
        found.append(f"text: {len(text)} characters, {LONGEST_TOTAL} or more")
    blocks = [_as_dict(block) for block in payload.get("blocks") or ()]
    _report([*found, *problems(blocks, "message"), *_own_problems(blocks, allowed)])


def check_view(view: View | Mapping[str, Any], allowed: Collection[str] = ()) -> None:
    """Raise AssertionError with every problem of a modal or App Home view."""
    given = _as_dict(view)
    blocks = list(given.get("blocks") or ())
    found = [] if _survives(View, given) else ["view: not what the SDK reads back"]
    found += view_problems({**given, "blocks": blocks}, str(given.get("type")))
    _report([*found, *_own_problems(blocks, allowed)])


def _report(found: list[str]) -> None:
    assert not found, "Block Kit problems:\n" + "\n".join(found)


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


def _own_problems(blocks: list[dict[str, Any]], allowed: Collection[str]) -> Iterator[str]:
    """What Slack would take and the project does not."""
    if not blocks:
        yield "no blocks"
    total = sum(len(text) for block in blocks for text in _shown(block))
    if total >= LONGEST_TOTAL:
        yield f"{total} characters of text, {LONGEST_TOTAL} or more"
    for at, block in enumerate(blocks):
        for problem in _block_problems(block, allowed):
            yield f"{problem} [block {at}, {block.get('type')}]"


def _block_problems(block: dict[str, Any], allowed: Collection[str]) -> Iterator[str]:
    if not _survives(Block, block):
        yield "not what the SDK reads back (unknown key, type or limit)"
    for where, text in _strings(block):
        if _INVISIBLE.search(text) or _CONTROL.search(text):
            yield f"invisible or control character in {where}"
    for where, url in _urls(block):
        if not _is_web_address(url):
            yield f"{where} is not an http(s) address: {url[:80]!r}"
    for node in _objects(block):
        if node.get("type") == "mrkdwn":
            text = str(node.get("text") or "")
            yield from _mrkdwn_problems("text", text, allowed)
            if not node.get("verbatim") and _SPOKEN_MENTION.search(text):
                yield "@channel, @here or @everyone without verbatim"
        elif node.get("type") == "button":
            yield from _button_problems(node)


def _button_problems(button: Mapping[str, Any]) -> Iterator[str]:
    # Slack would think of an id, which no listener knows.
    if not button.get("action_id"):
        yield "a button with no action_id"
    if button.get("value") == "":
        yield "empty value"


def _objects(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every object inside a block, itself included."""
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from _objects(item)


def _mrkdwn_problems(place: str, text: str, allowed: Collection[str]) -> Iterator[str]:
    """Whatever stands in angle brackets is a declared mention or a web link, nothing else."""
    if _INVISIBLE.search(text) or _CONTROL.search(text):
        yield f"{place}: invisible or control character"
    if _BARE_AMPERSAND.search(text):
        yield f"{place}: an unescaped ampersand"
    for match in _ANGLE.finditer(text):
        inside = match.group(1)
        if _MOMENT.fullmatch(inside):
            continue
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
