"""The state of the store and the index, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.index import IndexStatus
from bot.store import StoreStatus
from bot.store.uses import Use
from handlers.health.checks import Check
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, join_within, literal, zoned
from handlers.views.origins import source_name
from handlers.views.parts import sections
from handlers.views.wording import count, day


def status(  # noqa: PLR0913, PLR0917 - all of it is shown
    store: StoreStatus,
    index: IndexStatus,
    checks: Sequence[Check],
    audience: Audience = Audience.PUBLIC,
    changers: str | None = None,
    used: Mapping[Use, int] | None = None,
) -> Message:
    """How much is stored, from where, and what the checks found.

    `changers` says who may change subscriptions, `used` how often records were used and answers
    found useful. Where files are, and what only an operator acts on, is shown in a terminal only.
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
    if used:
        uses = [f"{used[kind]:,} {kind}" for kind in Use if kind in used]
        named.append(("Use", join_within(uses, 300)))
    if changers is not None:
        named.append(("Subscriptions", changers))
    if is_operator:
        named += [
            ("Database", f"{store.location} (schema {store.schema_version})"),
            ("Index folder", index.location),
        ]
    shown = [(name, fit(text, 1200)) for name, text in named]
    return Message(tuple(sections(f"{bold(name)}: {zoned(literal(text))}" for name, text in shown)))


def _records(store: StoreStatus) -> str:
    return (
        f"{store.records:,} ({store.with_abstract:,} with an abstract, "
        f"{store.with_doi:,} with a DOI)"
    )


def _sources(store: StoreStatus) -> str:
    text = [
        f"{fit(source_name(name), 60)} {count(stored, 'record')}, "
        + (f"last {day(last)}" if last else "date of harvest unknown")
        for name, stored, last in store.sources
    ]
    return join_within(text, 900) or "none yet"
