"""Small mistakes put into the code one by one: which of them does no test notice?

    .venv/bin/python -m tests.benchmarks.mutants [--sample 200] [--seed 1] [GROUP ...]

A mutant is one change: a comparison turned or moved by one, `and` for `or`, a `not` dropped, a
number made larger or smaller, `+` for `-`, `min` for `max`, True for False. Each runs in a process
of its own, forked from one that has imported the libraries and none of the bot; the tests of its
group run until the first fails. Nothing is written to the checkout.

Why not a kept tool: mutmut 3 changes only what stands inside functions, and the thresholds are
constants of their modules; cosmic-ray rewrites the file in the checkout and starts an interpreter
for each mutant, which takes five times as long.
"""

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Each group: the files that are changed, and the tests that should notice.
GROUPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "merging": (
        ("bot/merging/*.py", "bot/records/titles.py", "bot/records/identity.py"),
        ("tests/merging", "tests/records/test_titles.py", "tests/records/test_identity.py",
         "tests/harvest/test_merger.py", "tests/harvest/test_harvest.py"),
    ),
    "ranking": (
        ("bot/search/ranking.py", "bot/search/plan.py", "bot/search/alternatives.py",
         "bot/records/negative.py", "bot/search/quotes.py"),
        ("tests/search", "tests/records/test_negative.py"),
    ),
    "digests": (
        ("bot/digests/digest.py", "bot/digests/feedback.py", "bot/digests/closed.py",
         "bot/digests/followups.py", "bot/digests/watches.py"),
        ("tests/digests/test_digest.py", "tests/digests/test_followups.py",
         "tests/digests/test_closed.py", "tests/digests/test_watches.py"),
    ),
    "outbox": (
        ("bot/digests/outbox.py", "bot/digests/second_posts.py"),
        ("tests/digests/test_outbox.py", "tests/digests/test_second_posts.py",
         "tests/store/test_contract_outbox.py"),
    ),
    "inbox": (
        ("handlers/inbox.py", "handlers/rights.py", "bot/store/inbox.py", "bot/rights.py"),
        ("tests/handlers/test_inbox.py", "tests/handlers/test_rights.py",
         "tests/store/test_contract.py"),
    ),
}  # fmt: skip

_TURNED = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
_SWAPPED = {
    "min": "max", "max": "min", "any": "all", "all": "any",
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.And: "or", ast.Or: "and",
}  # fmt: skip
_HUNG = -1
# Calls that decide nothing: a log line, a cache's size, how a class stores its fields.
_IDLE_CALLS = frozenset(("log", "dataclass", "lru_cache", "cache"))


@dataclass(frozen=True, slots=True)
class Mutant:
    """`old`, at these offsets of the file's text, becomes `new`."""

    path: Path
    start: int
    end: int
    line: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.old}  →  {self.new}"

    def source(self) -> str:
        """The whole file with the mistake in it."""
        text = self.path.read_text(encoding="utf-8")
        return text[: self.start] + self.new + text[self.end :]


class _Finder(ast.NodeVisitor):
    """Collects the mutants of one file."""

    def __init__(self, path: Path) -> None:
        self.path, self.found = path, list[Mutant]()
        self.text = path.read_text(encoding="utf-8")
        starts = [0]
        for line in self.text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        self._starts, self._lines = starts, self.text.splitlines()

    def _at(self, line: int, column: int) -> int:
        """The offset of a place that `ast` counts in bytes of a line."""
        ahead = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(ahead)

    def _add(self, first: ast.AST, last: ast.AST, new: str) -> None:
        """From the start of one node to the end of another, written anew."""
        start = self._at(first.lineno, first.col_offset)  # type: ignore[attr-defined]
        end = self._at(last.end_lineno, last.end_col_offset)  # type: ignore[attr-defined]
        old = " ".join(self.text[start:end].split())
        line: int = first.lineno  # type: ignore[attr-defined]
        if new != old:
            self.found.append(Mutant(self.path, start, end, line, old, new))

    def _joined(self, left: ast.expr, sign: str, right: ast.expr) -> str:
        return f"({ast.unparse(left)} {sign} {ast.unparse(right)})"

    def visit_Compare(self, node: ast.Compare) -> None:
        if len(node.ops) == 1:
            new = self._joined(node.left, _TURNED[type(node.ops[0])], node.comparators[0])
            self._add(node, node, new)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        sign = f" {_SWAPPED[type(node.op)]} "
        self._add(node, node, f"({sign.join(f'({ast.unparse(v)})' for v in node.values)})")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if sign := _SWAPPED.get(type(node.op)):
            self._add(node, node, self._joined(node.left, sign, node.right))
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._add(node, node, f"({ast.unparse(node.operand)})")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        match node.value:
            case bool():
                self._add(node, node, str(not node.value))
            case int():
                self._add(node, node, str(node.value + 1))
                self._add(node, node, str(node.value - 1))
            case float():
                self._add(node, node, str(node.value * 2 + 0.1))
                self._add(node, node, str(node.value / 2))

    def visit_Call(self, node: ast.Call) -> None:
        root = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        name = root.id if isinstance(root, ast.Name) else ""
        if name in _IDLE_CALLS:
            return
        if isinstance(node.func, ast.Name) and name in ("min", "max", "any", "all"):
            self._add(node.func, node.func, _SWAPPED[name])
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arguments(self, node: ast.arguments) -> None:
        for default in (*node.defaults, *node.kw_defaults):
            if default is not None:
                self.visit(default)


def mutants(paths: Sequence[Path]) -> Iterator[Mutant]:
    """Every mutant of these files, in order."""
    for path in paths:
        finder = _Finder(path)
        finder.visit(ast.parse(finder.text))
        yield from finder.found


class _Changed(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Gives Python the mutant's text in place of the file's."""

    def __init__(self, mutant: Mutant) -> None:
        parts = mutant.path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        super().__init__(name, str(mutant.path))
        self._mutant = mutant

    def find_spec(self, name: str, *_: object) -> object:  # type: ignore[override]
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, _name: str) -> CodeType:
        return compile(self._mutant.source(), self.path, "exec")


def _run(mutant: Mutant | None, tests: Sequence[str], patience: float) -> int:
    """Run the tests in a child process over the code with the mutant in it.

    pytest's exit code, or `_HUNG` when it took longer than `patience` seconds and was ended.
    """
    child = os.fork()
    if child == 0:
        os.setsid()
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        if mutant is not None:
            sys.meta_path.insert(0, _Changed(mutant))
        code = pytest.main(
            ["-x", "-q", "-n0", "-p", "no:cacheprovider", "-m", "not faults", *tests]
        )
        os._exit(int(code))
    until = time.monotonic() + patience
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return _HUNG


def main() -> None:
    """Print the survivors of each group, and how many mutants there were."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("group", nargs="*", choices=[[], *GROUPS], help="all when none is named")
    parser.add_argument("--sample", type=int, help="only so many of each group, drawn by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    os.chdir(ROOT)
    # What every child would import anew (not what pytest has to see first, such as hypothesis).
    for library in ("lxml.etree", "pydantic", "rapidfuzz", "slack_bolt", "tantivy"):
        importlib.import_module(library)
    for name in given.group or GROUPS:
        patterns, tests = GROUPS[name]
        paths = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
        found = list(mutants(paths))
        if given.sample and given.sample < len(found):
            found = sorted(
                random.Random(given.seed).sample(found, given.sample),
                key=lambda m: (m.path, m.start),
            )
        began = time.monotonic()
        assert _run(None, tests, 3600) == 0, f"the tests of {name} fail without any mutant"
        # Tests that hang have noticed; a machine that is busy looks the same, so they are told.
        patience = 60 + 5 * (time.monotonic() - began)

        def told(mutant: Mutant, tests: Sequence[str] = tests, patience: float = patience) -> int:
            code = _run(mutant, tests, patience)
            if code in (0, _HUNG):
                print(f"  {'hung    ' if code else 'survived'}  {mutant}", flush=True)
            return code

        with ThreadPoolExecutor(given.jobs) as pool:
            codes = list(pool.map(told, found))
        left, hung = codes.count(0), codes.count(_HUNG)
        share = left / max(1, len(found))
        print(
            f"{name}: {len(found)} mutants, {left} survived ({share:.1%}), {hung} hung", flush=True
        )


if __name__ == "__main__":
    main()
