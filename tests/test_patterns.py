"""No pattern of the bot takes the cube of its text, let alone doubles with each letter.

Every compiled pattern of every module is found, and tried on runs of the characters and words that
it is made of: where two parts of it can match the same run, the time shows it. The square of a
line is let through, for lines and questions are bounded; whole files are read in proportion to
their length, which `tests/sources/test_hostile_text.py` holds every reader to.
"""

import importlib
import pkgutil
import re
import re._parser as parser  # type: ignore[import-not-found]
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import permutations

import pytest

import bot
import handlers

# Seconds of processor time for a line of `_LINE` characters: thousands of times what it takes.
_LONG, _LINE = 0.05, 400
_CATEGORIES = {
    parser.CATEGORY_DIGIT: "1", parser.CATEGORY_SPACE: " ", parser.CATEGORY_NOT_WORD: ".",
}  # fmt: skip


def modules() -> Iterator[str]:
    for package in (bot, handlers):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not each.name.endswith("__main__"):
                yield each.name


def patterns_in(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    """The patterns in a module's value: itself, or in what it holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 4 and not isinstance(value, str | int):
        inner: list[object] = []
        if isinstance(value, Mapping):
            inner = [*value.keys(), *value.values()]
        elif isinstance(value, (tuple, list, set, frozenset)):
            inner = list(value)
        elif is_dataclass(value) and not isinstance(value, type):
            inner = [getattr(value, field.name) for field in fields(value)]
        for each in inner:
            yield from patterns_in(each, depth + 1)


def found() -> dict[str, re.Pattern[str]]:
    """Every pattern once, by where it was met first."""
    known: dict[object, tuple[str, re.Pattern[str]]] = {}
    for module in modules():
        for name, value in vars(importlib.import_module(module)).items():
            for number, pattern in enumerate(patterns_in(value)):
                key = (pattern.pattern, pattern.flags)
                known.setdefault(key, (f"{module}.{name}.{number}", pattern))
    return dict(known.values())


PATTERNS = found()


def material(tree: object) -> Iterator[str]:
    """The characters that a pattern's classes have, and the words that it spells."""
    word = ""
    for operation, value in (*tree, (None, None)):  # type: ignore[misc]
        if operation is parser.LITERAL:
            word += chr(value)
            continue
        yield from filter(None, (word,))
        word = ""
        if operation is parser.IN:
            yield from characters(value)
        elif operation in {parser.ANY, parser.NOT_LITERAL}:
            yield "a"
        else:
            for part in parts(value):
                yield from material(part)


def parts(value: object) -> list[object]:
    """The parts of a pattern that stand in a part of it: of a group, a repeat, alternatives."""
    if isinstance(value, parser.SubPattern):
        return [value]
    if isinstance(value, (tuple, list)):
        return [each for inner in value for each in parts(inner)]
    return []


def characters(members: list[tuple[object, object]]) -> Iterator[str]:
    if members[0][0] is parser.NEGATE:
        yield "a"
        return
    for kind, value in members:
        if kind is parser.LITERAL:
            yield chr(value)  # type: ignore[arg-type]
        elif kind is parser.RANGE:
            yield chr(value[0])  # type: ignore[index]
        else:
            yield _CATEGORIES.get(value, "a")


def pumps(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """What is repeated: each character, a few words, and characters in turn."""
    made = dict.fromkeys(material(parser.parse(pattern.pattern, pattern.flags)))
    letters = list(dict.fromkeys(each for each in made if len(each) == 1))[:8]
    words = sorted((each for each in made if len(each) > 1), key=len)[:4]
    return (*letters, *words, *map("".join, permutations(letters[:5], 2)))


def seconds(pattern: re.Pattern[str], text: str) -> float:
    given = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
    start = time.process_time()
    pattern.search(given)  # type: ignore[arg-type]
    return time.process_time() - start


@pytest.fixture(autouse=True)
def _given_up() -> Iterator[None]:
    """A pattern that never ends is stopped: the engine looks for signals as it goes."""

    def stop(*_: object) -> None:
        raise AssertionError("it does not end")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def ends(pattern: re.Pattern[str]) -> str:
    """Characters of which at least one stands in no class that leaves out a few."""
    left_out = re.findall(
        r"\[\^\\?(.)", pattern.pattern if isinstance(pattern.pattern, str) else ""
    )
    return "".join(dict.fromkeys(("\x01", *left_out)))


def texts(pattern: re.Pattern[str]) -> Iterator[str]:
    """Runs of what it is made of, alone and behind a word of it; blanks on both sides of one."""
    pumped = pumps(pattern)
    words = [each for each in pumped if len(each) > 1 and not each.isspace()]
    for pump in pumped:
        for opening in ("", *words[:1]):
            yield f"{opening}{(pump * _LINE)[:_LINE]}\x01"
    if " " in pumped:
        run = " " * (_LINE // 4)
        yield from (f"x{run}{word}{run}{end}" for word in words[:4] for end in ends(pattern)[:3])


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_takes_the_cube_of_a_line(name: str) -> None:
    pattern = PATTERNS[name]
    for text in texts(pattern):
        # A busy machine can make one look long, not five.
        is_quick = any(seconds(pattern, text) < _LONG for _ in range(5))
        assert is_quick, (pattern.pattern, text)


def test_the_patterns_of_the_whole_bot_are_found() -> None:
    """A few that are met in every way: alone, in a tuple, in a mapping, in a dataclass."""
    rooms = {name.split(".")[1] for name in PATTERNS if name.startswith("bot.")}
    assert {"digests", "formats", "records", "search", "sources", "text",
            "vocabulary"} <= rooms  # fmt: skip
    assert any(name.startswith("handlers.commands.") for name in PATTERNS)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"\s*,?\s*,?\s*x",
        r"[^\s]*[./][^\s]*\d[^\s]*",
        r"(a|a)*b",
        r"^.*?\s+in\s+[^,]{2,80}?\s*$",
    ],
)
def test_patterns_that_do_are_seen(pattern: str) -> None:
    compiled = re.compile(pattern)
    shorter = [text[: 18 if pattern[0] == "(" else 200] + text[-1] for text in texts(compiled)]
    assert any(seconds(compiled, text) > _LONG / 10 for text in shorter)
