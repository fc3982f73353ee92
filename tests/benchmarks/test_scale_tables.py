"""The scale benchmark's tables say what was measured."""

import pytest
import scale_tables
from scale_growth import slope


def _figures(service: float, floor: float) -> dict[str, object]:
    def times(p50: float) -> dict[str, float]:
        return {"n": 5, "p50": p50, "p95": 2 * p50, "max": 3 * p50}

    return {
        "service": times(service),
        "floor": times(floor),
        "service_processor": times(service),
        "floor_processor": times(floor),
        "floor_counting": times(floor),
        "found": 1.0,
    }


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_the_exponent_of_a_power_law_is_found(exponent: float) -> None:
    sizes = [10_000, 100_000, 1_000_000]
    assert slope(sizes, [3 * size**exponent for size in sizes]) == pytest.approx(exponent)


@pytest.mark.parametrize(
    ("kind", "service", "holds"),
    [
        ("3 words", 2.9, "yes"),
        ("3 words", 3.1, "**no**"),
        ("3 words, misspelt", 8.9, "yes"),
        ("3 words, misspelt", 9.1, "**no**"),
    ],
)
def test_a_kind_holds_within_three_floors_and_six_ms_more_for_slips(
    kind: str, service: float, holds: str
) -> None:
    queries = {
        "kinds": {kind: _figures(service, 1.0)},
        "stages": {},
        "memory": {},
        "vocabulary": 10,
    }
    report = scale_tables.report({1_000: {"queries": queries}}, seed=1)
    row = next(line for line in report.splitlines() if line.startswith(f"| {kind} |"))
    assert f"| {holds} |" in row


def test_a_peer_that_is_absent_leaves_no_row() -> None:
    report = scale_tables.report({1_000: {"ask_bm25s": {"absent": "not installed"}}}, seed=1)
    assert "bm25s" not in report


@pytest.mark.parametrize(("times", "mark"), [(60.0, "✓"), (60.1, "✗")])
def test_a_kind_that_takes_too_many_times_the_floor_is_marked(times: float, mark: str) -> None:
    kinds = {"3 words": {"tantivy_processor": {"p50": 1.0}, "router_processor": {"p50": times}}}
    assert f"| 3 words | {times:.1f} | 60 | {mark} |" in scale_tables.ratios({"kinds": kinds})
