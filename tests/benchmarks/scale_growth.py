"""How the time of questions grows with the number of records: medians, exponents and the plot."""

import math
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from statistics import linear_regression
from typing import Any, TypeAlias

from scale_data import CLEAN_KINDS, MISSPELT

Results: TypeAlias = Mapping[int, Mapping[str, Mapping[str, Any]]]

# What is drawn of the router's two dozen kinds; the floor is drawn under the first.
_DRAWN = ("3 words", "8 words", "a concept", "filters", "a sentence", "evidence", "map", "similar",
          "trend")  # fmt: skip


def slope(sizes: Sequence[int], values: Sequence[float]) -> float:
    """The exponent: how the logarithm of a value grows with that of the size."""
    return linear_regression([math.log(s) for s in sizes], [math.log(v) for v in values]).slope


def medians(results: Results) -> dict[str, dict[int, float]]:
    """For each kind of question, and for the floor, the median of processor time at each size.

    In ms; those of the router begin so. Sizes are asked one after another, so that time by the
    clock would compare how busy the machine was as well.
    """
    found: dict[str, dict[int, float]] = {}
    for size, steps in results.items():
        for kind, each in steps.get("queries", {}).get("kinds", {}).items():
            found.setdefault(kind, {})[size] = each["service_processor"]["p50"]
            if kind in CLEAN_KINDS:
                found.setdefault(f"floor: {kind}", {})[size] = each["floor_processor"]["p50"]
        for kind, each in steps.get("router", {}).get("kinds", {}).items():
            found.setdefault(f"router: {kind}", {})[size] = each["router_processor"]["p50"]
            if kind == _DRAWN[0]:
                found.setdefault(f"bare: {kind}", {})[size] = each["tantivy_processor"]["p50"]
    return found


def plot(results: Results, file: Path) -> str:
    """Draw the growth of the medians, ours beside the floor; says where, or why not."""
    grown = medians(results)
    if len(next(iter(grown.values()), {})) < 2:
        return "No plot: fewer than two sizes were asked."
    try:
        matplotlib = import_module("matplotlib")
        matplotlib.use("Agg")
        pyplot = import_module("matplotlib.pyplot")
    except ImportError:
        return "No plot: matplotlib is not installed."
    figure, axes = pyplot.subplots(figsize=(11, 6))
    for number, names in enumerate(_lines(grown)):
        for name, style in zip(names, ("-o", "--o", ":x"), strict=False):
            at = grown[name]
            label = f"{name} ({slope(list(at), list(at.values())):.2f})"
            axes.plot(list(at), list(at.values()), style, color=f"C{number}", label=label)
    axes.set(xscale="log", yscale="log", xlabel="records", ylabel="median of processor time, ms",
             title="A question's time by number of records (exponent)")  # fmt: skip
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.01, 1.0))
    figure.tight_layout()
    figure.savefig(file, dpi=120)
    pyplot.close(figure)
    return f"Plot: {file.name}"


def _lines(grown: Mapping[str, object]) -> list[tuple[str, ...]]:
    """What is drawn in one colour: what was asked, misspelt, and the floor; as far as measured."""
    search = [(kind, kind + MISSPELT, f"floor: {kind}") for kind in CLEAN_KINDS]
    router = [(f"router: {kind}",) for kind in _DRAWN]
    router.append((f"bare: {_DRAWN[0]}",))
    drawn = (tuple(name for name in names if name in grown) for names in (*search, *router))
    return [names for names in drawn if names]
