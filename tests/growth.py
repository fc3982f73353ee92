"""Whether work grows in proportion to a text: by processor time, which other processes leave be."""

import gc
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
    once, twice, long = _fastest(run, given), _fastest(run, doubled), _fastest(run, much)
    assert twice < 5 * once + 0.01, (once, twice)
    assert long < 30 * once + 0.01, (once, long)


def _fastest(run: Callable[[T], object], given: T) -> float:
    times = []
    # The collector looks at whatever the process holds, which is not what is measured.
    collects = gc.isenabled()
    gc.disable()
    try:
        for _ in range(3):
            start = time.process_time()
            run(given)
            times.append(time.process_time() - start)
    finally:
        if collects:
            gc.enable()
    return min(times)
