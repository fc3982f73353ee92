"""The little markup that citation formats know: italic, bold, raised and lowered."""

import re

from bot.text.markup import plain

# Private characters stand for the tags that stay while the rest is made plain.
_KEPT = {"i": "\ue000", "b": "\ue002", "sup": "\ue004", "sub": "\ue006"}
_ALSO = {"em": "i", "italic": "i", "strong": "b", "bold": "b"}
_TAG = re.compile(
    r"<(?P<close>/)?(?:jats:)?(?P<name>i|em|italic|b|strong|bold|sup|sub)\s*>", re.IGNORECASE
)
_PRIVATE = re.compile("[\ue000-\ue007]")
_TAGS = {mark: f"<{name}>" for name, mark in _KEPT.items()} | {
    chr(ord(mark) + 1): f"</{name}>" for name, mark in _KEPT.items()
}


def rich(text: str) -> str:
    """One line in which only `<i>`, `<b>`, `<sup>` and `<sub>` are left, each of them closed.

    https://docs.citationstyles.org/en/stable/specification.html#appendix-iv-variables
    """
    marked = _TAG.sub(_mark, _PRIVATE.sub("", text))
    if not _PRIVATE.search(marked):
        return plain(text)
    line = plain(marked)
    return _PRIVATE.sub(lambda m: _TAGS[m[0]], line) if _is_nested(line) else plain(text)


def _mark(match: re.Match[str]) -> str:
    name = match["name"].lower()
    mark = _KEPT[_ALSO.get(name, name)]
    return chr(ord(mark) + 1) if match["close"] else mark


def _is_nested(line: str) -> bool:
    """Whether every tag that opens is closed, in order."""
    waiting: list[str] = []
    for mark in _PRIVATE.findall(line):
        if mark in _KEPT.values():
            waiting.append(mark)
        elif not waiting or ord(waiting.pop()) + 1 != ord(mark):
            return False
    return not waiting
