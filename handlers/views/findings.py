"""What stored records report on a question: a line that counts, then a quote a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.records.answers import Direction, Figure, Finding, Hit
from bot.records.models import unique
from bot.search.findings import READ, Findings
from handlers.views import buttons, describing, integrity, records, wording
from handlers.views.buttons import Controls
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, join_within, literal, marked, prose
from handlers.views.parts import PAGE, context, divider, lines, section

if TYPE_CHECKING:
    from bot.search.worded import Summary

LONGEST_QUOTE = 600
_LONGEST_SMALL, _LONGEST_WORDS = 500, 110
_MOST_STRUCK = 8
_ABOUT = (
    "Counts of what these records state in the sentence quoted, found by rule; no judgement of the"
    " evidence. What is not stored is not counted."
)
# What a record reports, in a sentence that counts: "3 report improvement".
_REPORTS: dict[Direction, tuple[str, str]] = {
    "improved": ("reports improvement", "report improvement"),
    "no difference": ("no difference", "no difference"),
    "worse": ("worse", "worse"),
    "unclear": ("unclear", "unclear"),
}
SIGNS: dict[Direction, str] = {
    "improved": "↑ improved",
    "no difference": "= no difference",
    "worse": "↓ worse",
    "unclear": "? unclear",
}
_KINDS = {
    "clinical-trial": ("trial", "trials"),
    "systematic-review": ("systematic review", "systematic reviews"),
    "preclinical-study": ("preclinical study", "preclinical studies"),
    "review": ("review", "reviews"),
}


def summary(found: Findings) -> str:
    """One line, by counting only: "5 records: 3 report improvement, 1 no difference; 2 trials"."""
    if not found.full:
        return "Nothing stored says this."
    directions = [
        f"{count:,} {_REPORTS[each][count > 1]}"
        for each in _REPORTS
        if (count := found.directions.get(each, 0))
    ]
    kinds = [wording.count(n, *names) for k, names in _KINDS.items() if (n := found.kinds.get(k))]
    counted = f"{wording.count(found.full, 'record')}: {', '.join(directions)}"
    nearest = f" (of the {READ} nearest)" if found.full == READ else ""
    return "; ".join(filter(None, (counted, ", ".join(kinds)))) + nearest


def missing(found: Findings) -> tuple[str, ...]:
    """A line for what no stored record speaks of: "… of CSF1R and melanoma together"."""
    return tuple(
        f"No stored record speaks of {_joined(things)}{' together' if len(things) > 1 else ''}."
        for things in found.missing
    )


def findings(
    found: Findings,
    audience: Audience,
    labels: Mapping[str, str],
    summary: Summary | None = None,
    *,
    is_offered: bool = False,
) -> Message:
    """The counts, then five records: quote, direction, kind, number of people and figures.

    Beneath them a model's `summary` of these quotes, or the button for one where it `is_offered`.
    """
    answer = found.answer
    hits = answer.hits if audience is Audience.TERMINAL else answer.hits[:PAGE]
    query = literal(describing.quoted(answer.query.removeprefix("ask ")))
    notes = [prose(fit(note, 200)) for note in answer.understood.notes[:4]]
    read = describing.readings_line(answer.understood, 300)
    blocks: list[Block] = [section(lines((f"“{query}”", *map(bold, notes[:1]), *notes[1:], read)))]
    partly = False
    for at, hit in enumerate(hits, start=answer.offset + 1):
        if not hit.strict and not partly:
            partly = True
            blocks += [divider(), context("These match partly; they are not counted.")]
        controls = records.controls(hit.record, audience)
        blocks += _row(hit, at, controls, labels)
    blocks.append(context(_ABOUT))
    blocks += _worded(summary) if summary else []
    below = _below(found, audience)
    if is_offered and below:
        query = f"{answer.query} as summary"
        below.append(buttons.button("Worded summary", f"{buttons.ASK}:summary", q=query))
    return Message((*blocks, *buttons.actions("paging", below)))


def _worded(summary: Summary) -> list[Block]:
    """A model's sentences with the rows that they rest on; those that were struck out, and why."""
    model = literal(fit(summary.model, 60))
    if summary.wrong:
        return [divider(), context(literal(f"No summary of {model}: {fit(summary.wrong, 200)}"))]
    kept = [each for each in summary.lines if each.struck is None]
    struck = [each for each in summary.lines if each.struck is not None]
    rows = "".join(
        f"{literal(each.text)} {literal(' '.join(f'[{n}]' for n in each.quotes))}\n"
        for each in kept
    )
    head = bold(f"Worded by {model} from the quotes above, not from the papers")
    blocks: list[Block] = [divider(), section(lines((head, rows.strip() or "No sentence stood.")))]
    if struck:
        shown = [
            literal(f"✗ “{fit(each.text, 160)}”: {each.struck}") for each in struck[:_MOST_STRUCK]
        ]
        counted = f"{len(struck)} of {wording.count(len(summary.lines), 'sentence')} struck out:"
        blocks.append(context(lines((literal(counted), *shown))))
    return blocks


def _row(hit: Hit, number: int, controls: Controls, labels: Mapping[str, str]) -> list[Block]:
    finding = hit.finding
    if finding is None:
        return []
    banner = integrity.banner(hit.record)
    title = f"{number}. {records.title_line(hit.record)}"
    quoted = marked(finding.quote.text, finding.quote.marks, LONGEST_QUOTE)
    where = wording.sentence_of(finding.quote, finding.place, finding.sentences)
    quote = f"{quoted} {literal(where)}"
    shown = bold(literal(banner)) if banner else None
    head = lines((shown, title, records.facts(hit.record), quote))
    return records.named(
        f"row:{number}:",
        [section(head, accessory=controls.beside), context(_small(hit, finding, labels))],
    )


def _small(hit: Hit, finding: Finding, labels: Mapping[str, str]) -> str:
    """What the sentence states, the kind of evidence, how many took part, and the figures."""
    direction = SIGNS[finding.direction]
    pieces = [f"{direction} (“{fit(finding.stated, 80)}”)" if finding.stated else direction]
    pieces += ["background: no result of this record"] if finding.is_background else []
    pieces += [wording.spoken(finding.kind, labels)] if finding.kind else []
    pieces += [f"n: {fit(finding.sample.words, 60)}"] if finding.sample else []
    pieces += unique(map(_figure, finding.figures))
    pieces += [f"missing: {', '.join(hit.missing)}"] if hit.missing else []
    return join_within([literal(piece) for piece in pieces], _LONGEST_SMALL)


def _figure(figure: Figure) -> str:
    """The record's own words; what is measured too, where they do not say it or are many."""
    if figure.words[:1].isdigit():
        return f"{figure.measure}: {figure.words}"
    if len(figure.words) <= _LONGEST_WORDS:
        return figure.words
    interval = f" ({figure.interval})" if figure.interval else ""
    return f"{figure.measure}: {figure.value}{interval}"


def _below(found: Findings, audience: Audience) -> list[InteractiveElement | None]:
    answer = found.answer
    query, last = answer.query, answer.offset + len(answer.hits)
    back = max(0, answer.offset - PAGE)
    if audience is Audience.TERMINAL or not answer.hits:
        return []
    return [
        buttons.button("Previous", buttons.PREVIOUS, q=query, o=back) if answer.offset else None,
        buttons.button("Next", buttons.NEXT, q=query, o=last) if last < answer.ranked else None,
        buttons.button("Share to channel", buttons.SHARE, q=query, o=answer.offset)
        if audience is Audience.PRIVATE
        else None,
        buttons.button("As CSV", f"{buttons.ASK}:csv", q=f"{query} as csv")
        if answer.hits
        else None,
        buttons.as_table(query, answer.ranked),
    ]


def _joined(things: tuple[str, ...]) -> str:
    return " and ".join((", ".join(things[:-1]), things[-1])) if len(things) > 1 else things[0]
