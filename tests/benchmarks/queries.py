"""The share of the query cases that hold, by the scoring rule of the interfaces.

Run as `python tests/benchmarks/queries.py`; needs the shared data folder beside the checkout.
A case holds when the answer's action is the case's (or one of its list), every concept, drug,
gene, identifier, phrase, negation and filter of `parsed` is in `understood`, nothing of
`must_not` is in the text, and a lookup's first hit is that record.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.app import composition as app
from bot.app.cli import json_lines as interface
from bot.app.startup import prepare
from bot.settings import Settings
from bot.text.folding import fold
from handlers.commands import COMMANDS
from handlers.router import Request, Router, Surface

CASES = Path(__file__).resolve().parents[3] / "shared" / "taxonomy" / "queries.dev.jsonl"
_IDENTIFIERS = {"doi": "doi", "pmid": "pmid", "nct": "nct", "orcid": "orcid", "issn": "issn",
                "ark": "ark", "ora_uuid": "ora", "pubs_id": "pubs"}  # fmt: skip
_FILTERS = ("year", "year_from", "open_access", "peer_reviewed", "author", "relative")
# Prose for people, or said in another way by a case that also names the concepts.
_NOT_SCORED = {"text", "operator"}


def misses(case: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """Everything in which an answer falls short of its case; empty when the case holds."""
    understood, parsed = answer["understood"], case["parsed"]
    wanted = case["action"] if isinstance(case["action"], list) else [case["action"]]
    found = [] if understood["action"] in wanted else [f"action {understood['action']}"]
    for name, value in parsed.items():
        if name not in _NOT_SCORED and not _holds(name, value, understood):
            found.append(f"{name} {value}")
    text = answer["text"].casefold()
    found += [f"must not: {words}" for words in case["must_not"] if words.casefold() in text]
    if understood["action"] == "lookup" and "doi" in parsed:
        first = answer["hits"][0]["doi"] if answer["hits"] else None
        if first != parsed["doi"]:
            found.append(f"first hit {first}")
    return found


def _holds(name: str, value: Any, understood: dict[str, Any]) -> bool:
    if name in _IDENTIFIERS:
        stored = {(i["scheme"], fold(i["value"])) for i in understood["identifiers"]}
        # A record named by its title has no identifier in the question: the hit is checked.
        return (_IDENTIFIERS[name], fold(value)) in stored or (name == "doi" and not stored)
    if name in ("concepts", "drugs", "genes"):
        return set(value) <= set(understood[name])
    if name in _FILTERS:
        return bool(understood["filters"].get(name) == value)
    said = {
        "phrase": lambda: fold(value) in map(fold, understood["phrases"]),
        "exclude": lambda: set(map(fold, value)) <= set(map(fold, understood["not"])),
        "sort": lambda: understood["sort"] == value,
        "corrected": lambda: bool(understood["corrected"]),
        "orcid_valid": lambda: [i["valid"] for i in understood["identifiers"]] == [value],
    }
    return said[name]()


def main() -> int:
    """Print every miss and the share that holds; the exit code is 0 from three quarters on."""
    if not CASES.exists():
        print("the shared data folder (../shared) is not beside this checkout: nothing measured")
        return 0
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    stored = 0
    with (
        tempfile.TemporaryDirectory() as home,
        app.opened(Settings.load(home=Path(home))) as services,
    ):
        prepare(services, app.seeds_folder())
        router = Router(services, COMMANDS)
        for case in cases:
            reply = router.answer(Request(case["input"], Surface(case["surface"])))
            answer = interface.answer(reply.answer, reply.message.text, reply.error)
            short = misses(case, answer)
            stored += not short
            if short:
                print(f"{case['id']} {case['input'][:50]!r}: {'; '.join(short)}")
    print(f"held: {stored} of {len(cases)} ({stored / len(cases):.1%})")
    return 0 if stored >= 0.75 * len(cases) else 1


if __name__ == "__main__":
    raise SystemExit(main())
