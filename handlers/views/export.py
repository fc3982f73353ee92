"""A list of records as a file: what is in it, and where it can go."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.records.answers import Answer
from handlers.views import buttons, describing
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, literal, prose
from handlers.views.parts import context, lines, section

_LONGEST_LINE = 300
_LONGEST_QUESTION = 200
# Slack shows a file to everyone in a channel or to nobody.
_WHERE = (
    "Slack has no files for one person in a channel: have it sent to you directly, or posted here"
    " for all."
)


@dataclass(frozen=True, slots=True)
class Offered:
    """What an export holds: its title and file name, and remarks on what is in it or left out.

    `query` asks for the very same again, which is `question` in this `format`; `others` are the
    other formats, by (label, query). It may be `of_evidence`: the rows of a table, no records.
    """

    title: str
    name: str
    query: str
    question: str
    format: str
    remarks: Sequence[str]
    others: Mapping[str, str]
    of_evidence: bool = False


def offered(found: Offered, answer: Answer, audience: Audience) -> Message:
    """What the file holds. A private answer has buttons for where it goes; else it follows."""
    read = describing.readings_line(answer.understood, _LONGEST_LINE)
    head = bold(literal(f"{found.title}: {found.name}"))
    remarks = [prose(fit(remark, _LONGEST_LINE)) for remark in found.remarks]
    blocks: list[Block] = [section(lines((head, read, *remarks)))]
    if audience is Audience.PRIVATE:
        row = [
            buttons.button("Send me the file", f"{buttons.PICTURE}:0", q=found.query, here=False),
            buttons.button("Post the file here", f"{buttons.PICTURE}:1", q=found.query, here=True),
        ]
        blocks += [*buttons.actions("file", row), context(_WHERE)]
    elif audience is Audience.TERMINAL:
        blocks.append(context(prose(f"Write it with `{_command(found)}`.")))
    others = buttons.ask_buttons(list(found.others.items()))
    return Message((*blocks, *buttons.actions("formats", others)))


def _command(found: Offered) -> str:
    """What writes the file from a terminal, ready to be copied where it is short enough."""
    question = shlex.quote(found.question)
    if len(question) > _LONGEST_QUESTION or "`" in question:
        question = "QUERY"
    if found.of_evidence:
        return f"tme evidence --csv {question} > {found.name}"
    return f"tme export {question} --format {found.format} --out {found.name}"
