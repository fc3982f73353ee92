"""The JSON that scripts rely on: stable keys, one object a line; more keys may come.

Documented in .github/OPERATING.md and checked by tests/app/test_cli.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.errors import TmeError
from bot.records.answers import Answer, Hit
from bot.records.models import ConceptTag, Record, Scheme
from bot.store import StoreStatus

if TYPE_CHECKING:
    from bot.formats import Refusal
    from bot.harvest.plan import Standing
    from bot.index import IndexStatus
    from handlers.health.checks import Check


def line(value: object) -> str:
    """One object as one line of UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, default=str)


def public_id(record: Record) -> str:
    """The id a script knows the record by: the importer's own where it gave one."""
    return record.identifier(Scheme.LOCAL) or record.id


def answer(given: Answer, text: str, error: TmeError | None = None) -> dict[str, Any]:
    """An answer as `tme ask --json` prints it; `text` is what a person would read."""
    return {
        "query": given.query,
        "understood": given.understood.model_dump(mode="json", by_alias=True),
        "total": given.total,
        "hits": [_hit(hit) for hit in given.hits],
        "text": text,
        "error": error_object(error) if error else None,
        "suggestions": list(given.suggestions),
        "narrower": [each.model_dump() for each in given.narrower],
        "broader": [each.model_dump() for each in given.broader],
        "meanings": [each.model_dump() for each in given.meanings],
        "offset": given.offset,
        "unsearchable": given.unsearchable,
    }


def _hit(hit: Hit) -> dict[str, Any]:
    record = hit.record
    shown: dict[str, Any] = {
        "id": public_id(record),
        "title": record.title,
        "doi": record.doi,
        "pmid": record.pmid,
        "year": record.year,
        "type": record.subtype or record.type,
        "score": hit.score,
        "strict": hit.strict,
        "why": [why.model_dump(exclude_none=True) for why in hit.why],
        "missing": list(hit.missing),
        "flags": list(record.flags),
        "key": record.id,
    }
    if hit.finding is not None:
        shown["finding"] = hit.finding.model_dump(mode="json")
    return {**shown, "arithmetic": hit.arithmetic} if hit.arithmetic else shown


def record(stored: Record) -> dict[str, Any]:
    """A record as `tme show --json` prints it and `tme import` reads it."""
    shown = stored.model_dump(mode="json")
    return {**shown, "id": public_id(stored), "key": stored.id}


def tags(stored: Record, concepts: Sequence[ConceptTag], number: int) -> dict[str, Any]:
    """The tags of a record as `tme tag --json` prints them; `number` names one without any id."""
    id_ = public_id(stored) or stored.doi or stored.pmid or str(number)
    return {"id": id_, "concepts": [tag.model_dump() for tag in concepts]}


def untagged(refusal: Refusal) -> dict[str, Any]:
    """The line of `tme tag --json` for what cannot be read, in its place among the others."""
    hint = "Mend the line, or leave it out."
    error = {"code": "refused", "message": refusal.reason, "hint": hint}
    return {"id": None, "line": refusal.line, "concepts": [], "error": error}


def error_object(error: TmeError) -> dict[str, str]:
    """What went wrong, as scripts read it."""
    return {"code": error.code, "message": error.message, "hint": error.hint}


def status(
    store: StoreStatus,
    index: IndexStatus,
    harvests: Sequence[Standing] = (),
    checks: Sequence[Check] = (),
) -> dict[str, Any]:
    """What `tme status --json` prints."""
    sources = [{"source": name, "records": n, "last": at} for name, n, at in store.sources]
    return {
        "store": {**asdict(store), "sources": sources},
        "index": asdict(index),
        "behind": store.sequence - index.watermark,
        "harvests": [harvest(standing) for standing in harvests],
        "checks": [check.as_json() for check in checks],
    }


def harvest(standing: Standing) -> dict[str, Any]:
    """How one harvest stands."""
    state = standing.state
    return {
        "source": standing.planned.name,
        "kind": standing.planned.kind.name,
        "place": standing.planned.place,
        "due": standing.is_due,
        "began": state and state.began,
        "succeeded": state and state.succeeded,
        "error": state and state.error,
        "not_before": state and state.not_before,
        "counts": asdict(state.counts) if state else None,
        "total": state and state.total,
    }
