"""Reporting an error in a record: the window, and what it leads to."""

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
)
from slack_sdk.models.views import View

from bot.curation.reports import KINDS, LONGEST, Reported, source_of_truth
from bot.records.models import Record
from handlers.views import buttons, origins, records, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import link, literal
from handlers.views.parts import context, lines, section

TITLE = "Report an error"
CALLBACK = "report"
KIND, TEXT = "kind", "text"
_READ_BY = "Whoever runs this bot reads it. A wrong tag is corrected at once: ⋯ → Wrong tag."


def modal(record: Record) -> View:
    """The window that asks what is wrong with a record."""
    options = [Option(value=kind, text=buttons.label_text(KINDS[kind])) for kind in KINDS]
    text = PlainTextInputElement(
        action_id=TEXT,
        multiline=True,
        max_length=LONGEST,
        placeholder=buttons.label_text("What it says, and what it should say"),
    )
    sources = origins.sources(record.provenance, 3)
    blocks: list[Block] = [
        section(records.title_line(record)),
        InputBlock(
            block_id=KIND,
            label=buttons.label_text("What is wrong?"),
            element=RadioButtonsElement(action_id=KIND, options=options, initial_option=options[0]),
        ),
        InputBlock(block_id=TEXT, label=buttons.label_text("In your words"), element=text),
        context(lines((*sources, _READ_BY))),
    ]
    return View(
        type="modal",
        callback_id=CALLBACK,
        title=TITLE,
        submit="Report",
        close="Cancel",
        private_metadata=buttons.pack(id=record.id),
        blocks=blocks,
    )


def done(reported: Reported) -> View:
    """What the window becomes once the report is kept."""
    return View(
        type="modal",
        title=TITLE,
        close="Close",
        blocks=[section(line) for line in _thanks(reported)],
    )


def kept(reported: Reported) -> Message:
    """The same in the conversation."""
    return Message(tuple(section(line) for line in _thanks(reported)))


def offered(record: Record, audience: Audience) -> Message:
    """What can be done about an error in a record: correct a tag, report the rest."""
    how = "Correct a tag, or report what else is wrong."
    if audience is Audience.TERMINAL:
        how = f"{how} `tme corrections add --help` is for tags."
    blocks: list[Block] = [section(lines((records.title_line(record), how, *_elsewhere(record))))]
    if audience is not Audience.TERMINAL:
        row = [
            buttons.button("Wrong tag", buttons.WRONG_TAG, id=record.id),
            buttons.button("Report an error", buttons.REPORT, id=record.id),
        ]
        blocks += buttons.actions("report", row)
    in_words = f"In words: report error {record.doi or record.id}: what is wrong"
    return Message((*blocks, context(literal(in_words))))


def _thanks(reported: Reported) -> list[str]:
    number, record = reported.report.id, reported.record
    about = f" about “{wording.title(record, 120)}”" if record else ""
    head = f"Thank you: report {number}{about} is kept for whoever runs this bot."
    return [literal(head), *_elsewhere(record)]


def _elsewhere(record: Record | None) -> list[str]:
    """Where the error can be mended at its source, as a line of mrkdwn, where that is known."""
    found = source_of_truth(record) if record else None
    if not found:
        return []
    name, address = found
    where = f"A record repeats its source; it can be corrected on {name}"
    return [f"{literal(where)}: {link(address, address)}"]
