"""What is known of a work's standing: each notice with its date and source, and who was asked."""

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import Block

from bot.harvest.integrity import Checked, Look, Outcome
from bot.records import identifiers
from bot.records.models import IntegrityKind, IntegrityNotice, RelationKind, unique
from bot.records.preprints import is_preprint
from bot.records.titles import read_title
from bot.text.markup import plain
from handlers.views import buttons, details, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, link, literal
from handlers.views.parts import context, lines, section

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
    texts: list[str] = []
    for number, each in enumerate(checked[:MOST]):
        said = list(_said(each))
        heading, plain_heading = _heading(each)
        blocks.append(section(lines((heading, *(written for written, _ in said)))))
        asked = _asked(each)
        blocks.append(context(lines(literal(line) for line in asked)))
        texts.append(lines((plain_heading, *(text for _, text in said), *asked)))
        if each.held and each.record is not None and audience is not Audience.TERMINAL:
            show = buttons.button("Full record", buttons.ASK, q=f"show {each.record.id}")
            blocks += buttons.actions(f"standing:{number}", [show])
    return Message("\n\n".join(texts), tuple(blocks))


def _heading(checked: Checked) -> tuple[str, str]:
    """The work's name as (mrkdwn, plain text): its title, or else the identifier asked about."""
    if checked.record is not None:
        home = wording.home(checked.record)
        title = wording.title(checked.record)
        return bold(link(home, title)), lines((title, home))
    if checked.asked is not None:
        return details.identifier(checked.asked), details.identifier_text(checked.asked)
    return "Unknown work", "Unknown work"


def _said(checked: Checked) -> Iterator[tuple[str, str]]:
    """A line for each thing that is known, as (mrkdwn, plain text)."""
    notices = sorted(
        (n for n in checked.integrity if n.kind in _HEADLINES),
        key=lambda n: list(_HEADLINES).index(n.kind),
    )
    for notice in notices[:_MOST_NOTICES]:
        yield _notice(notice)
    if len(notices) > _MOST_NOTICES:
        more = f"and {len(notices) - _MOST_NOTICES} more notices"
        yield literal(more), more
    if not notices:
        none = _none_known(checked)
        yield bold(literal(none)), none
    for remark in _remarks(checked):
        yield literal(remark), remark


def _notice(notice: IntegrityNotice) -> tuple[str, str]:
    """One notice: "⚠ Retracted · 3 Mar 2024 · notice 10.1/x · says PubMed (asked 3 Dec 2025)"."""
    headline = f"⚠ {_HEADLINES[notice.kind]}"
    dated = wording.day(notice.date) if notice.date else "date not given"
    by = f"says {wording.source_name(notice.source)}" if notice.source else "source not recorded"
    if notice.checked:
        by = f"{by} (asked {wording.day(notice.checked)})"
    note = fit(plain(notice.note), _LONGEST_NOTE) if notice.note else ""
    name = fit(plain(notice.notice or ""), _LONGEST_NAME)
    identifier = identifiers.parse(name) if name else None
    address = identifiers.url(identifier) if identifier else None
    named = (
        link(address, f"notice {name}") if address else literal(f"notice {name}" if name else "")
    )
    written = [bold(literal(headline)), literal(dated), named, literal(by), literal(note)]
    said = [headline, dated, f"notice {name}" if name else "", by, note]
    return tuple(" · ".join(part for part in parts if part) for parts in (written, said))  # type: ignore[return-value]


def _none_known(checked: Checked) -> str:
    """That none is known, with the day and who was asked; or that nobody looked."""
    what = "No retraction, withdrawal, correction or concern known"
    looked = [n for n in checked.integrity if n.kind is IntegrityKind.CHECKED and n.checked]
    if not looked or checked.at is None:
        return "No retraction or correction known (nobody looked)"
    by = unique(wording.source_name(notice.source) for notice in looked if notice.source)
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


def _asked(checked: Checked) -> list[str]:
    """Who was asked and what came of it; and that a work is not held."""
    said = [_look(look) for look in checked.looks]
    found = [f"Asked: {' · '.join(said)}"] if said else []
    if checked.unasked:
        found.append(f"No source was asked: {fit(checked.unasked, 250)}")
    if not checked.held:
        found.append("Not in this store.")
    return found or ["Nobody was asked."]


def _look(look: Look) -> str:
    name = wording.source_name(look.source)
    when = f" {wording.day(look.at)}" if look.at else ""
    if look.listed:
        return f"{name} (list of{when})"
    return {
        Outcome.ANSWERED: f"{name}{when}",
        Outcome.FRESH: f"{name}{when}",
        Outcome.UNKNOWN: f"{name} does not have it",
        Outcome.FAILED: f"{name} did not answer: {fit(look.reason, _LONGEST_REASON)}",
    }[look.outcome]
