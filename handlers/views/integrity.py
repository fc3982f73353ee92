"""Retractions, corrections and expressions of concern in plain words."""

from bot.records import identifiers
from bot.records.models import IntegrityKind, IntegrityNotice, Record
from bot.text.markup import plain
from handlers.views.mrkdwn import fit
from handlers.views.wording import day

LONGEST_BANNER = 160
# Worst first: only the first that is stored is in the banner's headline.
_NOTICES = {
    IntegrityKind.RETRACTION: "RETRACTED",
    IntegrityKind.WITHDRAWAL: "WITHDRAWN",
    IntegrityKind.CONCERN: "EXPRESSION OF CONCERN",
    IntegrityKind.CORRECTION: "CORRECTED",
}


def retraction(record: Record) -> str:
    """What is known of its retraction, and since when it is known."""
    checked = f" (checked {day(record.checked)})" if record.checked else ""
    if record.is_retracted:
        return f"{notice_word(record).lower()}{checked}"
    return f"none known{checked}" if checked else "not checked yet"


def notice_word(record: Record) -> str:
    """The worst notice that is known in one word: "Retracted"; empty where there is none."""
    known = notices(record)
    return _NOTICES[known[0].kind].capitalize() if known else ""


def notices(record: Record) -> list[IntegrityNotice]:
    """The retractions, concerns and corrections stored, worst first."""
    order = list(_NOTICES)
    stored = [n for n in record.integrity if n.kind in _NOTICES]
    return sorted(stored, key=lambda n: order.index(n.kind))


def banner(record: Record) -> str | None:
    """What comes before the title when a notice is stored: "⚠ RETRACTED — 3 Mar 2024 …"."""
    stored = notices(record)
    if not stored:
        return None
    shown = [_notice(notice) for notice in stored if notice.kind is stored[0].kind]
    others = [_NOTICES[n.kind].lower() for n in stored if n.kind is not stored[0].kind]
    also = f"; also: {', '.join(dict.fromkeys(others))}" if others else ""
    headline = _NOTICES[stored[0].kind]
    first = f"⚠ {headline} — {'; '.join(dict.fromkeys(shown))}"
    return fit(first, LONGEST_BANNER - len(also)) + also


def _notice(notice: IntegrityNotice) -> str:
    date_known = day(notice.date) if notice.date else "date of the notice unknown"
    text = plain(notice.notice or "")
    said_by = f"says {plain(notice.source)}" if notice.source else ""
    return " · ".join(part for part in (date_known, text, said_by) if part)


def notice_links(record: Record) -> list[tuple[str, str]]:
    """(label, address) of each notice that names its own identifier or address."""
    found = []
    for notice in notices(record):
        text = (notice.notice or "").strip()
        identifier = identifiers.parse(text) if text else None
        address = identifiers.url(identifier) if identifier else None
        if address:
            found.append((f"Notice: {_NOTICES[notice.kind].lower()}", address))
    return found
