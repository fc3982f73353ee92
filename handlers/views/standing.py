"""What is known of a work's standing: each notice with its date and source, and who was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Block

from bot.lazy import lazy
from bot.records import identifiers
from bot.records.models import IntegrityKind, IntegrityNotice, RelationKind, unique
from bot.records.preprints import is_preprint
from bot.records.titles import read_title
from bot.text.markup import plain
from handlers.views import buttons, details, origins, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, link, literal
from handlers.views.parts import context, lines, section

if TYPE_CHECKING:
    from bot.harvest import integrity
    from bot.harvest.integrity import Checked, Look
else:
    integrity = lazy("bot.harvest.integrity")

# As many works as a message has room for, each with its notices.
MOST = 5
_MOST_NOTICES = 3
_LONGEST_NOTE = 120
_LONGEST_NAME = 80
_LONGEST_REASON = 100
_HEADLINES = {
    IntegrityKind.RETRACTION: "Retracted",
    IntegrityKind.WITHDRAWAL: "Withdrawn",
    IntegrityKind.CONCERN: "Expression of concern",
    IntegrityKind.CORRECTION: "Corrected",
}
_NOTICES = {
    RelationKind.RETRACTION_OF: "a retraction notice",
    RelationKind.WITHDRAWAL_OF: "a withdrawal notice",
    RelationKind.CORRECTION_OF: "a correction",
    RelationKind.CONCERN_OF: "an expression of concern",
}


def message(checked: Sequence[Checked], audience: Audience) -> Message:
    """The standing of some works, worst news first within each."""
    blocks: list[Block] = []
    for number, each in enumerate(checked[:MOST]):
        blocks.append(section(lines((_heading(each), *_findings(each)))))
        blocks.append(context(lines(literal(line) for line in _sources(each))))
        if each.stored and each.record is not None and audience is not Audience.TERMINAL:
            show = buttons.button("Open record", buttons.OPEN, q=f"show {each.record.id}")
            blocks += buttons.actions(f"standing:{number}", [show])
    return Message(tuple(blocks))


def _heading(checked: Checked) -> str:
    """The work's name: its title, or else the identifier that was given."""
    if checked.record is not None:
        return bold(link(wording.home(checked.record), wording.title(checked.record)))
    return details.identifier(checked.asked) if checked.asked is not None else "Unknown work"


def _findings(checked: Checked) -> Iterator[str]:
    """A line of mrkdwn for each thing that is known."""
    notices = sorted(
        (n for n in checked.integrity if n.kind in _HEADLINES),
        key=lambda n: list(_HEADLINES).index(n.kind),
    )
    yield from (_notice(notice) for notice in notices[:_MOST_NOTICES])
    if len(notices) > _MOST_NOTICES:
        yield literal(f"and {len(notices) - _MOST_NOTICES} more notices")
    if not notices:
        yield bold(literal(_none_known(checked)))
    yield from (literal(remark) for remark in _remarks(checked))


def _notice(notice: IntegrityNotice) -> str:
    """One notice: "⚠ Retracted · 3 Mar 2024 · notice 10.1/x · says PubMed (checked 3 Dec 2025)"."""
    headline = bold(literal(f"⚠ {_HEADLINES[notice.kind]}"))
    dated = wording.day(notice.date) if notice.date else "date not given"
    by = f"says {origins.source_name(notice.source)}" if notice.source else "source not recorded"
    if notice.checked:
        by = f"{by} (checked {wording.day(notice.checked)})"
    note = fit(plain(notice.note), _LONGEST_NOTE) if notice.note else ""
    name = fit(plain(notice.notice or ""), _LONGEST_NAME)
    identifier = identifiers.parse(name) if name else None
    address = identifiers.url(identifier) if identifier else None
    named = f"notice {link(address, name)}" if name else ""
    written = (headline, literal(dated), named, literal(by), literal(note))
    return " · ".join(part for part in written if part)


def _none_known(checked: Checked) -> str:
    """That none is known, with the day and who was asked; or that it was not checked yet."""
    what = "No retraction, withdrawal, correction or concern known"
    looked = [n for n in checked.integrity if n.kind is IntegrityKind.CHECKED and n.checked]
    if not looked or checked.at is None:
        return "Retraction: not checked yet"
    by = unique(origins.source_name(notice.source) for notice in looked if notice.source)
    named = f", by {', '.join(by)}" if by else ""
    return f"{what} (checked {wording.day(checked.at)}{named})"


def _remarks(checked: Checked) -> Iterator[str]:
    """What a reader should know besides: it is itself a notice, or a preprint."""
    record = checked.record
    if record is None:
        return
    about = next((r for r in record.relations if r.kind in _NOTICES), None)
    kind = about.kind if about else read_title(record.title).about
    if kind in _NOTICES:
        of = f" of {about.identifier.value}" if about else ""
        yield f"This is itself {_NOTICES[kind]}{of}, not the article."
    published = [r for r in record.relations if r.kind is RelationKind.PREPRINT_OF]
    if published:
        yield f"A preprint; published as {published[0].identifier.value}"
    elif is_preprint(record):
        yield "A preprint: not peer reviewed as far as is known."


def _sources(checked: Checked) -> list[str]:
    """Which sources were queried and what came of it; and that a work is not stored."""
    looks = [_look(look) for look in checked.looks]
    found = [f"Checked at: {' · '.join(looks)}"] if looks else []
    if checked.unasked:
        found.append(f"No source was queried: {fit(checked.unasked, 250)}")
    if not checked.stored:
        found.append("Not in this store.")
    return found or ["No source was queried."]


def _look(look: Look) -> str:
    name = origins.source_name(look.source)
    when = f" {wording.day(look.at)}" if look.at else ""
    if look.listed:
        return f"{name} (list of{when})"
    return {
        integrity.Outcome.ANSWERED: f"{name}{when}",
        integrity.Outcome.FRESH: f"{name}{when}",
        integrity.Outcome.UNKNOWN: f"{name} does not have it",
        integrity.Outcome.FAILED: f"{name} did not answer: {fit(look.reason, _LONGEST_REASON)}",
    }[look.outcome]
