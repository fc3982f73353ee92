"""The state of the store and the index, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.index import IndexStatus
from bot.store import StoreStatus
from handlers.health import Check
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, join_within, literal
from handlers.views.parts import sections
from handlers.views.wording import count, day, source_name


def status(
    store: StoreStatus,
    index: IndexStatus,
    checks: Sequence[Check],
    audience: Audience = Audience.PUBLIC,
    changers: str | None = None,
) -> Message:
    """How much is stored, from where, and what the checks found.

    `changers` says who may change subscriptions. Where files are, and what only an operator can
    act on, is shown in a terminal only.
    """
    is_operator = audience is Audience.TERMINAL
    named = [
        ("Records", _records(store)),
        ("Newest", f"first seen {day(store.newest)}" if store.newest else "no record yet"),
        ("Sources", _sources(store)),
    ]
    found: dict[str, list[str]] = {}
    for check in checks:
        if is_operator or not check.for_operator:
            found.setdefault(check.what, []).append(check.says)
    named += [(what, join_within(says, 1100)) for what, says in found.items() if what != "Store"]
    if changers is not None:
        named.append(("Subscriptions", changers))
    if is_operator:
        named += [
            ("Database", f"{store.location} (schema {store.schema_version})"),
            ("Index folder", index.location),
        ]
    shown = [(name, fit(said, 1200)) for name, said in named]
    return Message(tuple(sections(f"{bold(name)}: {literal(said)}" for name, said in shown)))


def _records(store: StoreStatus) -> str:
    return (
        f"{store.records:,} ({store.with_abstract:,} with an abstract, "
        f"{store.with_doi:,} with a DOI)"
    )


def _sources(store: StoreStatus) -> str:
    said = [
        f"{fit(source_name(name), 60)} {count(stored, 'record')}, "
        + (f"last {day(last)}" if last else "date of harvest unknown")
        for name, stored, last in store.sources
    ]
    return join_within(said, 900) or "none yet"
