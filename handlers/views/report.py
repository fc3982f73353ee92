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
from handlers.views import buttons, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, link, literal
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
    sources = [literal(wording.source(each)) for each in record.provenance[:3]]
    blocks: list[Block] = [
        section(bold(link(wording.home(record), wording.title(record)))),
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
    written = _thanks(reported)
    elsewhere = _elsewhere(reported.record)
    plain = [_head(reported), f"{elsewhere[0]}: {elsewhere[1]}" if elsewhere else None]
    return Message(lines(plain), tuple(section(line) for line in written))


def offered(record: Record, audience: Audience) -> Message:
    """What can be done about an error in a record: correct a tag, report the rest."""
    title = wording.title(record)
    how = "Correct a tag, or report what else is wrong."
    elsewhere = _elsewhere(record)
    blocks: list[Block] = [
        section(lines((bold(link(wording.home(record), title)), how))),
        *(section(f"{elsewhere[0]}: {link(elsewhere[1], elsewhere[1])}") for _ in elsewhere[:1]),
    ]
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions(
            "report",
            [
                buttons.button("Wrong tag", f"{buttons.MENU}:{buttons.WRONG_TAG}", id=record.id),
                buttons.button("Report an error", f"{buttons.MENU}:{buttons.REPORT}", id=record.id),
            ],
        )
    said = f"{elsewhere[0]}: {elsewhere[1]}" if elsewhere else None
    in_words = f"In words: report error {record.doi or record.id}: what is wrong"
    if audience is Audience.TERMINAL:
        how = f"{how} `tme corrections add --help` is for tags."
        blocks = [section(lines((bold(link(wording.home(record), title)), how))), *blocks[1:]]
        blocks.append(section(literal(in_words)))
    return Message(lines((title, how, said, in_words)), tuple(blocks))


def _thanks(reported: Reported) -> list[str]:
    elsewhere = _elsewhere(reported.record)
    beside = [f"{elsewhere[0]}: {link(elsewhere[1], elsewhere[1])}"] if elsewhere else []
    return [literal(_head(reported)), *beside]


def _head(reported: Reported) -> str:
    number, record = reported.report.id, reported.record
    about = f" about “{wording.title(record, 120)}”" if record else ""
    return f"Thank you: report {number}{about} is kept for whoever runs this bot."


def _elsewhere(record: Record | None) -> tuple[str, ...]:
    """Where the error can be mended at its source: a line and an address, or nothing."""
    found = source_of_truth(record) if record else None
    return (
        (f"Records say what their sources say; it can be mended on {found[0]}", found[1])
        if (found)
        else ()
    )
