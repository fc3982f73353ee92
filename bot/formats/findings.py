"""What records report on a question, as a CSV table: a row a record."""

from collections.abc import Sequence
from datetime import datetime

from bot.formats.csv_table import written
from bot.formats.export import Export
from bot.records.answers import Finding, Hit
from bot.text.markup import plain

COLUMNS = (
    "doi", "pmid", "title", "year", "kind", "direction", "stated", "quote", "section", "sentence",
    "n", "figures", "status", "checked", "missing", "background",
)  # fmt: skip


def findings_table(hits: Sequence[Hit], at: datetime) -> Export:
    """The rows of an answer whose hits have findings, as a file named by its day."""
    rows = [_row(hit, hit.finding) for hit in hits if hit.finding is not None]
    return Export(
        content=written((COLUMNS, *rows)).encode(),
        name=f"tme-evidence-{at:%Y-%m-%d}-{len(rows)}.csv",
        title=f"{len(rows):,} {'record' if len(rows) == 1 else 'records'} as CSV",
        count=len(rows),
    )


def _row(hit: Hit, finding: Finding) -> list[str]:
    record, sample = hit.record, finding.sample
    return [
        record.doi or "",
        record.pmid or "",
        plain(record.title),
        str(record.year or ""),
        finding.kind or "",
        finding.direction,
        finding.stated,
        plain(finding.quote.text),
        finding.quote.section or "",
        f"{finding.place} of {finding.sentences}" if finding.place else "",
        sample.value if sample else "",
        "; ".join(figure.words for figure in finding.figures),
        ", ".join(record.flags),
        f"{record.checked:%Y-%m-%d}" if record.checked else "not checked yet",
        ", ".join(hit.missing),
        "yes" if finding.is_background else "",
    ]
