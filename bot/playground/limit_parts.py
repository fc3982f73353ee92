"""What every block is checked for: texts, lists and their keys."""

from collections.abc import Iterator
from typing import TypeGuard

from bot.playground.workspace import Json

TEXT_TYPES = ("plain_text", "mrkdwn")


def key_problems(block: Json, *known: str) -> Iterator[str]:
    """The keys that the block does not have, by the `known` ones."""
    for key in sorted(set(block) - {"type", *known}):
        yield f"unknown key: {key}"


def count_problems(what: str, given: object, most: int) -> Iterator[str]:
    """What is wrong with how many there are: a list of 1 to `most`."""
    if not isinstance(given, list):
        yield f"{what} must be a list"
    elif not 1 <= len(given) <= most:
        yield f"{len(given)} {what}, not 1 to {most}"


def text_problems(
    what: str, given: object, most: int, *, plain_only: bool = False
) -> Iterator[str]:
    """What is wrong with a text object of at most so many characters."""
    if not isinstance(given, dict) or given.get("type") not in TEXT_TYPES:
        yield f"{what}: no text object"
        return
    if plain_only and given["type"] != "plain_text":
        yield f"{what}: must be plain_text"
    text = given.get("text")
    if not isinstance(text, str) or not text.strip():
        yield f"{what}: empty text"
    elif len(text) > most:
        yield f"{what}: {len(text)} characters, over {most}"


def are_objects(value: object) -> TypeGuard[list[Json]]:
    """Whether it is a list of JSON objects."""
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def texts_in(value: object) -> Iterator[str]:
    """Every displayed string inside a block, to any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in ("text", "alt_text"):
                    yield inner
            else:
                yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)
