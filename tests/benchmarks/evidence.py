"""How well a question is answered with an evidence table, over real records.

    .venv/bin/python tests/benchmarks/evidence.py --home FOLDER [--half unseen] [--failures]

The store is the starter set, `open_abstracts.jsonl` and `records_dev.jsonl` of the shared data; the
questions are `evidence_questions.jsonl` beside this file: one half to tune rules on, one to judge
them by. Printed: how often the record is among the first five; how often its direction is right
where one is given; how many of its figures that are shown are right; whether every quote stands in
the stored text.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from homes import ABSENT, NOW, SHARED

from bot.app import composition as app
from bot.app.startup import prepare
from bot.formats.json_records import JsonRecords
from bot.records.answers import Figure, Hit
from bot.records.models import Record
from bot.settings import Settings
from handlers.router import Router

QUESTIONS = Path(__file__).with_name("evidence_questions.jsonl")


def fill(home: Path) -> None:
    """A data folder with the starter set and the shared abstracts, unless it is filled."""
    with app.opened(Settings(home=home, semantic=""), lambda: NOW) as services:
        if services.store.status().records > 1_000:
            return
        prepare(services, app.seeds_folder())
        lines = "\n".join(json.dumps(each) for each in _shared())
        found = JsonRecords().loads(lines.encode(), "shared", NOW)
        services.harvester.take((each for each in found if isinstance(each, Record)), "shared")
        services.index.follow(services.store)


def _shared() -> Iterator[dict[str, Any]]:
    with (SHARED / "open_abstracts.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
    with (SHARED / "records_dev.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            kept = {
                key: row[key] for key in ("title", "doi", "pmid", "journal", "date") if row.get(key)
            }
            yield {**kept, "abstract": row["text"] or None}


def ask(router: Router, question: str) -> list[Hit]:
    """The first five rows of a question."""
    services = router.services
    return list(services.findings.on(services.search.interpret(question)).answer.hits)


def is_record(record: Record, wanted: str) -> bool:
    """Whether it is the record of a DOI or PMID."""
    return wanted in (record.pmid, (record.doi or "").split("'")[0])


def key(figure: Figure) -> str:
    """A figure as the questions' file writes it, its measure without what is said of it."""
    return _plain(f"{figure.measure} {figure.value}")


def _plain(figure: str) -> str:
    return re.sub(r"[^\w.%<>]", "", figure.replace("median", "")).lower()


def in_stored_text(hit: Hit) -> bool:
    """Whether a quote stands in the record's title or abstract, character by character."""
    quote = hit.finding.quote.text if hit.finding else None
    return quote is not None and quote in f"{hit.record.title}\n{hit.record.abstract}"


def main() -> None:
    """Print the bars of one half of the questions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--half", choices=("tuning", "unseen"), default="tuning")
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--failures", action="store_true")
    given = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(ABSENT)
    fill(given.home)
    cases = [json.loads(line) for line in given.questions.read_text(encoding="utf-8").splitlines()]
    with app.opened(Settings(home=given.home, semantic=""), lambda: NOW) as services:
        router = app.build_router(services)
        report(router, [case for case in cases if case["half"] == given.half], show=given.failures)


def report(router: Router, cases: Iterable[dict[str, Any]], *, show: bool) -> None:
    """Ask every question, and print what was right."""
    found = asked = directed = right = shown = correct = quotes = verbatim = 0
    for case in cases:
        asked += 1
        hits = ask(router, case["question"])
        quotes += len(hits)
        verbatim += sum(map(in_stored_text, hits))
        hit = next((hit for hit in hits if is_record(hit.record, case["record"])), None)
        if hit is None or hit.finding is None:
            _failed(
                show,
                case,
                "not in the first five: " + " | ".join(h.record.title[:60] for h in hits),
            )
            continue
        found += 1
        finding = hit.finding
        if case["direction"]:
            directed += 1
            right += finding.direction in case["direction"]
            if finding.direction not in case["direction"]:
                _failed(show, case, f"{finding.direction} ({finding.stated}): {finding.quote.text}")
        if case["figures"]:
            wanted = {_plain(figure) for figure in case["figures"]}
            shown += len(finding.figures)
            correct += sum(key(figure) in wanted for figure in finding.figures)
            wrong = [figure for figure in finding.figures if key(figure) not in wanted]
            if wrong:
                _failed(
                    show, case, f"not in gold: {[key(f) for f in wrong]} | {finding.quote.text}"
                )
    print(f"record in the first five  {found}/{asked} = {found / asked:.1%}")
    print(f"direction right           {right}/{directed} = {right / directed:.1%}")
    print(f"figures right             {correct}/{shown} = {correct / max(shown, 1):.1%}")
    print(f"quotes verbatim           {verbatim}/{quotes} = {verbatim / quotes:.1%}")


def _failed(show: bool, case: dict[str, Any], why: str) -> None:
    if show:
        print(f"- {case['question']} [{case['record']}] {case['direction']}\n    {why}")


if __name__ == "__main__":
    main()
