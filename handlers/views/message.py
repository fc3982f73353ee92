"""What a view gives back: blocks, from which the plain text is read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block, Option, SectionBlock, TextObject

from handlers.views.data import KINDS, read_out
from handlers.views.mrkdwn import bold, escape, link, literal
from handlers.views.parts import sections
from handlers.views.plaintext import Piece, plain_text

# What Slack would read as a mention, were it not escaped.
_PINGING = re.compile(r"<(?=[!@#])")


class Audience(StrEnum):
    """Who will read a message: it decides which buttons make sense."""

    PRIVATE = "private"
    PUBLIC = "public"
    DIRECT = "direct"
    TERMINAL = "terminal"


@dataclass(frozen=True)
class Message:
    """The blocks of an answer: the one document, from which its plain text is read."""

    blocks: tuple[Block, ...]

    @cached_property
    def text(self) -> str:
        """The whole answer as plain text, for people in a terminal, for pipes and scripts.

        It has no invisible character and nothing that could ping. Slack reads its own `text` as
        mrkdwn: what is sent there is `payload()`, never this.
        """
        return _PINGING.sub("< ", plain_text(self._written))

    def payload(self) -> dict[str, Any]:
        """The arguments `text` and `blocks` of a Web API call or of a `response_url` post.

        The text is for notifications and screen readers; who is mentioned in the blocks is
        mentioned in it.
        """
        return {"text": plain_text(self._written, _as_mrkdwn), "blocks": self._written}

    @cached_property
    def _written(self) -> list[dict[str, Any]]:
        return [written(block) for block in self.blocks]


def written(block: JsonObject) -> dict[str, Any]:
    """The same as `block.to_dict()`, with its checks looked up once for each kind of block.

    Looking through all attributes of every block for checks took a quarter of an answer's time.
    Raises SlackObjectFormationError.
    """
    kind = type(block)
    if isinstance(block, Option) and (words := _words_of(block)):
        _checked(block)
        return {"text": written(words), "value": block.value}
    if kind.to_dict is not JsonObject.to_dict or kind.__name__.startswith("RichText"):
        return block.to_dict()
    values = ((key, getattr(block, key, None)) for key in _checked(block).keys)
    return {key: _plain(value) for key, value in values if not _is_empty(value)}


def _words_of(option: Option) -> TextObject | None:
    """The words of a line of a menu that has only words and a value, as nearly all have."""
    is_usual = not (option.description or option.url)
    return option._text if is_usual else None  # noqa: SLF001 - its `text` is the words alone


class _Shape(NamedTuple):
    """Of a kind of block, the names of its checks and the keys that it is written with."""

    checks: tuple[str, ...]
    keys: tuple[str, ...]


_SHAPES: dict[type[JsonObject], _Shape] = {}


def _checked(block: JsonObject) -> _Shape:
    """The shape of a block that passes the checks of its kind."""
    kind = type(block)
    shape = _SHAPES.get(kind)
    if shape is None:
        checks = (name for name in dir(kind) if hasattr(getattr(kind, name, None), "validator"))
        shape = _SHAPES[kind] = _Shape(tuple(checks), tuple(sorted(block.attributes)))
    for check in shape.checks:
        getattr(block, check)()
    return shape


def _is_empty(value: Any) -> bool:
    if value is None or isinstance(value, str | bool):
        return not value and value is not False
    return hasattr(value, "__len__") and len(value) == 0


def _plain(value: Any) -> Any:
    if isinstance(value, str | bool):  # most are, and the question below is a slow one
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return written(value) if isinstance(value, JsonObject) else value


def without_data(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]] | None:
    """The blocks with tables and charts as text; None where there are none."""
    if not any(block["type"] in KINDS for block in blocks):
        return None
    written: list[dict[str, Any]] = []
    for block in blocks:
        if block["type"] not in KINDS:
            written.append(dict(block))
            continue
        written += [each.to_dict() for each in as_text(block)]
    return written


def as_text(block: Mapping[str, Any]) -> list[SectionBlock]:
    """A table or chart as text."""
    words = (
        f"{bold(link(line.url, line.about))}: {literal(line.whole)}" for line in read_out(block)
    )
    return sections(words)


def _as_mrkdwn(piece: Piece) -> str:
    return f"<{piece.mention}>" if piece.mention else escape(_PINGING.sub("< ", piece.text))
