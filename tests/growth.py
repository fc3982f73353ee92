"""Whether work grows in proportion to a text: by processor time, which other processes leave be."""

import gc
import math
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def assert_in_proportion(
    run: Callable[[T], object], make: Callable[[int], T], size: int = 1_000
) -> None:
    """Run what is made at a size, at twice and at eight times it.

    Eight times the size takes nowhere near the 64 times of a quadratic rule.
    """
    given, doubled, much = make(size), make(2 * size), make(8 * size)
    once = _fastest(run, given)
    twice = _fastest(run, doubled, most := 5 * once + 0.01)
    assert twice < most, (once, twice)
    long = _fastest(run, much, most := 30 * once + 0.01)
    assert long < most, (once, long)


def _fastest(run: Callable[[T], object], given: T, enough: float = 0.0) -> float:
    """The shortest of three runs, or of those until one is shorter than what is enough."""
    fastest = math.inf
    # The collector looks at whatever the process holds, which is not what is measured.
    collects = gc.isenabled()
    gc.disable()
    try:
        for _ in range(3):
            start = time.process_time()
            run(given)
            fastest = min(fastest, time.process_time() - start)
            if fastest < enough:
                break
    finally:
        if collects:
            gc.enable()
    return fastest
