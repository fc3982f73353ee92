"""The figures of the scale benchmark as Markdown tables."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from typing import Any

from scale_data import CLEAN_KINDS, MISSPELT
from scale_growth import Results, medians, slope
from scale_load import THREADS

# What the project set itself: see SCALE.md.
_TIMES_FLOOR, _FOR_SPELLING, _SLOWEST = 3.0, 6.0, 25.0
_STAGES = ("interpret", "recognise", "spelling", "index.frequency", "index.search", "rank",
           "index.matching", "store.get_many", "explain", "run, the rest")  # fmt: skip
_PEERS = ("tantivy", "fts5", "bm25s", "rapidfuzz")


def report(results: Results, *, seed: int) -> str:
    """Every table, for people to read and to keep in the project."""
    parts = [f"# Scale: {', '.join(f'{size:,}' for size in results)} records", _machine(seed)]
    parts += [_building(results), _incremental(results)]
    for size, steps in results.items():
        if "queries" in steps:
            parts += [_questions(size, steps["queries"]), _stages(size, steps["queries"])]
        if "router" in steps:
            parts.append(_router(size, steps["router"]))
    parts += [_cold(results), _peers_built(results)]
    parts += [_peers_asked(size, steps) for size, steps in results.items()]
    parts += [_threads(results), _during_import(results), _spelling(results)]
    parts += [_grown(results)]
    parts += [_profile(size, steps) for size, steps in results.items()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    body = [f"| {' | '.join(map(str, row))} |" for row in rows]
    if not body:
        return ""
    lines = [f"| {' | '.join(header)} |", f"| {' | '.join('---' for _ in header)} |"]
    return "\n".join([f"## {title}", "", *lines, *body])


def _machine(seed: int) -> str:
    versions = (f"{name} {metadata.version(name)}" for name in ("tantivy", "rapidfuzz"))
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {_memory()}; "
        f"Python {platform.python_version()}, {', '.join(versions)}; seed {seed}; "
        f"load at the end {load} (1, 5, 15 minutes)."
    )


def _memory() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 2**30:.0f} GiB"


def _building(results: Results) -> str:
    rows = []
    for size, steps in results.items():
        store, index = steps.get("store"), steps.get("index")
        if store and index:
            rows.append((
                f"{size:,}", f"{store['per_second']:,}",
                f"{store['tagging_seconds']:.0f} s" if store["tagged"] else "not tagged",
                f"{index['per_second']:,}", f"{index['seconds']:.0f} s",
                f"{index['merging_seconds']:.1f} s", f"{index['index_mb']:,}", index["segments"],
                f"{store['store_mb'] if 'store_mb' in store else index['store_mb']:,}",
                f"{store['memory_before']['resident_mb']:,} → {store['peak_mb']:,}",
                f"{index['memory_before']['resident_mb']:,} → {index['peak_mb']:,}",
            ))  # fmt: skip
    header = ("records", "stored a second", "tagging", "indexed a second", "first build",
              "merges after it", "index MB", "segments", "store MB",
              "storing, MB before → peak", "indexing, MB before → peak")  # fmt: skip
    return _table("Building", header, rows)


def _incremental(results: Results) -> str:
    rows = []
    names = {"first": "1, first after a start", "many": "1,000", "one": "1"}
    for size, steps in results.items():
        for name, label in names.items():
            if "incremental" in steps:
                f = steps["incremental"][name]
                rows.append((
                    f"{size:,}", label, f["store_s"], f["index_s"], f["searchable_s"],
                    f["first_question_ms"], f["second_question_ms"],
                ))  # fmt: skip
    header = ("records held", "added", "store s", "index s", "searchable after s",
              "first question after it, ms", "second, ms")  # fmt: skip
    return _table("New records into a full index", header, rows)


# -- questions -------------------------------------------------------------------------------------


def _questions(size: int, figures: Mapping[str, Any]) -> str:
    rows = []
    for kind, each in figures["kinds"].items():
        service, floor = each["service"], each["floor"]
        allowed = _allowed(kind, floor)
        holds = service["p50"] <= allowed and service["p95"] <= _SLOWEST
        rows.append((
            kind, f"{service['p50']:.1f} / {service['p95']:.1f} / {service['max']:.0f}",
            f"{floor['p50']:.2f} / {floor['p95']:.2f}", f"{each['floor_counting']['p50']:.2f}",
            f"{service['p50'] / floor['p50']:.1f}", _processor(each),
            f"{allowed:.1f}", "yes" if holds else "**no**", f"{each['found']:.2f}",
        ))  # fmt: skip
    header = ("question", "service p50 / p95 / max ms", "floor p50 / p95 ms",
              "floor counting matches p50", "service ÷ floor",
              "processor p50 ms: service, floor, ÷", "allowed p50", "holds",
              "with a hit")  # fmt: skip
    n = next(iter(figures["kinds"].values()))["service"]["n"]
    stored = figures["memory"]
    note = (
        f"\n\nWarm, {n} questions of each kind, service and floor in turns of 20. Allowed: "
        f"{_TIMES_FLOOR:g} × the floor, misspelt + {_FOR_SPELLING:g} ms, p95 ≤ {_SLOWEST:g} ms. "
        "Processor time leaves out the waiting for other work on the machine. "
        f"Vocabulary {figures['vocabulary']:,} words; process {stored.get('resident_mb', 0):,} MB, "
        f"of which its own {stored.get('own_mb', 0):,} MB."
    )
    return _table(f"Questions, {size:,} records", header, rows) + note


def _router(size: int, figures: Mapping[str, Any]) -> str:
    """What a person waits for, p50/p95 in ms, beside the peers that were given the same words."""
    rows = []
    for kind, each in figures["kinds"].items():
        own, bare, fts5 = each["router"], each.get("tantivy"), each.get("fts5")
        used, floor = (each.get(f"{name}_processor") for name in ("router", "tantivy"))
        times = f"{used['p50'] / floor['p50']:.1f} ×" if used and floor else ""
        own_times = f"{own['p50']:.1f} / {own['p95']:.1f}"
        peers = (f"{peer['p50']:.1f} / {peer['p95']:.1f}" if peer else "" for peer in (bare, fts5))
        processor = f"{used['p50']:.1f}" if used else ""
        rows.append((kind, own_times, processor, *peers, times))
    header = (
        "kind",
        "router p50 / p95 ms",
        "processor p50 ms",
        "tantivy",
        "FTS5",
        "processor, of tantivy",
    )
    note = f"\n\nFrom a slash command's text to blocks, {figures['questions']} of each kind."
    return _table(f"From a command to its answer, {size:,} records", header, rows) + note


def ratios(figures: Mapping[str, Any]) -> str:
    """How many times bare tantivy's three words each kind takes, and whether that is too many.

    Processor time of both; a report, for machines that have other work as well.
    """
    floor = figures["kinds"]["3 words"]["tantivy_processor"]["p50"]
    rows = []
    for kind, each in figures["kinds"].items():
        times, most = each["router_processor"]["p50"] / floor, _MOST_TIMES.get(kind, _MOST_USUAL)
        rows.append((kind, f"{times:.1f}", most, "✓" if times <= most else "✗"))
    header = ("kind", "times tantivy's 3 words", "at most", "")
    return _table("What a person waits for, beside bare tantivy", header, rows)


# About three times what was measured at 20,000 records.
_MOST_USUAL = 60
_MOST_TIMES = {"map of a topic": 120, "help": 120}


def _processor(each: Mapping[str, Any]) -> str:
    service, floor = each["service_processor"]["p50"], each["floor_processor"]["p50"]
    return f"{service:.2f}, {floor:.2f}, {service / max(floor, 0.001):.1f}"


def _allowed(kind: str, floor: Mapping[str, float]) -> float:
    return _TIMES_FLOOR * floor["p50"] + (_FOR_SPELLING if kind.endswith(MISSPELT) else 0.0)


def _stages(size: int, figures: Mapping[str, Any]) -> str:
    rows = [
        (kind, *(f"{each[stage]['p50']:.2f} / {each[stage]['p95']:.2f}" for stage in _STAGES))
        for kind, each in figures["stages"].items()
    ]
    title = f"Stages, {size:,} records: p50 / p95 ms, each without the stages it calls"
    return _table(title, ("question", *_STAGES), rows)


def _cold(results: Results) -> str:
    rows = [
        (f"{size:,}", f["open_s"], f["first_ms"], f["second_ms"], f"{f['resident_mb']:,}",
         f"{f['own_mb']:,}", f"{f['peak_mb']:,}")
        for size, steps in results.items() if (f := steps.get("cold"))
    ]  # fmt: skip
    header = ("records", "opening s", "first question ms", "second ms",
              "resident after 40 questions MB", "its own MB", "peak MB")  # fmt: skip
    return _table("Cold start: a fresh process", header, rows)


# -- peers -----------------------------------------------------------------------------------------


def _peers_built(results: Results) -> str:
    rows = [
        (f"{size:,}", peer, f"{f['seconds']:.0f}", f"{f['mb']:,}", f"{f['peak_mb']:,}")
        for size, steps in results.items()
        for peer in _PEERS
        if (f := steps.get(f"build_{peer}")) and "seconds" in f
    ]
    header = ("records", "peer", "build s", "on disk MB", "peak memory MB")
    return _table("Peers, building (records read from the store)", header, rows)


def _peers_asked(size: int, steps: Mapping[str, Mapping[str, Any]]) -> str:
    own = steps.get("queries", {}).get("kinds", {})
    rows = []
    for peer in _PEERS:
        figures = steps.get(f"ask_{peer}")
        if figures and "kinds" in figures:
            asked = figures["kinds"]
            rows.append((peer, *(_cell(asked[kind], own.get(kind)) for kind in CLEAN_KINDS)))
    title = f"Peers, {size:,} records: p50 / p95 ms (times the service's p50; n)"
    return _table(title, ("peer", *CLEAN_KINDS), rows)


def _cell(times: Mapping[str, float], own: Mapping[str, Any] | None) -> str:
    ratio = f"{times['p50'] / own['service']['p50']:.1f}×; " if own else ""
    return f"{times['p50']:.1f} / {times['p95']:.1f} ({ratio}{times['n']})"


# -- load ------------------------------------------------------------------------------------------


def _threads(results: Results) -> str:
    rows = []
    for size, steps in results.items():
        if "threads" in steps:
            rates = steps["threads"]["rates"]
            ratio = rates["16"] / rates["2"]
            rows.append((f"{size:,}", *(rates[str(n)] for n in THREADS), f"{ratio:.2f}"))
    header = ("records", *(f"{n} at once" for n in THREADS), "16 ÷ 2")
    return _table("Questions a second, so many at once (median of 3 rounds)", header, rows)


def _during_import(results: Results) -> str:
    rows = []
    for size, steps in results.items():
        if f := steps.get("during_import"):
            quiet, busy, imported = f["quiet"], f["busy"], f["imported"]
            rows.append((
                f"{size:,}", f"{quiet['p50']:.1f} / {quiet['p95']:.1f}",
                f"{busy['p50']:.1f} / {busy['p95']:.1f} / {busy['max']:.0f}" if busy["n"] else "-",
                busy["n"], f"{busy['p95'] / quiet['p95']:.1f}" if busy["n"] else "-",
                f"{imported['records']:,} in {imported['seconds']} s",
            ))  # fmt: skip
    header = ("records", "quiet p50 / p95 ms", "during p50 / p95 / max ms", "asked", "p95 ÷ quiet",
              "imported meanwhile by another process")  # fmt: skip
    return _table("Questions during a bulk import", header, rows)


def _spelling(results: Results) -> str:
    rows = [
        (f"{f['words']:,}", f"{f['time']['p50']:.2f} / {f['time']['p95']:.2f}", f["time"]["n"],
         f["first"], f["among"], f["build_s"], f"{f['own_mb']:,}")
        for steps in results.values() if (f := steps.get("spelling"))
    ]  # fmt: skip
    header = ("words known", "a correction p50 / p95 ms", "asked", "right one first",
              "right one among", "made in s", "memory MB")  # fmt: skip
    return _table("Spelling", header, rows)


# -- growth ----------------------------------------------------------------------------------------


def _grown(results: Results) -> str:
    rows = []
    grown = medians(results)
    for kind, at in grown.items():
        exponent = f"{slope(list(at), list(at.values())):.2f}" if len(at) > 1 else "-"
        rows.append((kind, *(f"{at[size]:.2f}" for size in at), exponent))
    sizes = next(iter(grown.values()), {})
    header = ("question", *(f"{size:,}" for size in sizes), "exponent")
    return _table("Growth: p50 of processor time in ms, by number of records", header, rows)


def _profile(size: int, steps: Mapping[str, Mapping[str, Any]]) -> str:
    tables = steps.get("profile", {}).get("tables", {})
    return "\n\n".join(
        f"## Profile, {size:,} records, {kind}\n\n```\n{text.strip()}\n```"
        for kind, text in tables.items()
    )
