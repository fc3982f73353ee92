"""What can be asked, with an example of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from handlers.views import buttons
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, code, literal, prose
from handlers.views.parts import lines, section, sections

_INTRODUCTION = (
    "I find papers on how the tumour microenvironment makes cancers resist immunotherapy, and "
    "how it can be reprogrammed. Ask in plain words, or paste a DOI, PMID or title."
)
_REST = "`help` lists everything that can be asked."


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """One thing that can be asked: the words to type, what they do, and an example."""

    words: str
    summary: str
    example: str


def one_command(entry: HelpEntry, audience: Audience) -> Message:
    """One command with its example, and where the others are."""
    blocks: list[Block] = [*sections(entry_lines([entry])), section(prose(_REST))]
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions("examples", buttons.ask_buttons(examples([entry])))
    said = f"{entry.words} — {entry.summary}."
    return Message(lines((said, f"For example: {entry.example}", _REST)), tuple(blocks))


def language(hints: Sequence[tuple[str, str]], audience: Audience) -> Message:
    """How something is typed: (what it finds, an example) a line, and where the rest is."""
    written = [f"• {literal(said)}: {code(typed)}" for said, typed in hints]
    blocks: list[Block] = [section(lines((*written, prose(_REST))))]
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions("examples", buttons.ask_buttons([(t, t) for _, t in hints]))
    return Message(lines((*(f"{said}: {typed}" for said, typed in hints), _REST)), tuple(blocks))


def help_message(commands: Sequence[HelpEntry], audience: Audience) -> Message:
    """Every command with its summary and example; the first examples as buttons."""
    blocks: list[Block] = [section(literal(_INTRODUCTION)), *sections(entry_lines(commands))]
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions("examples", buttons.ask_buttons(examples(commands)))
    text = [_INTRODUCTION]
    text += [f"{entry.words} — {entry.summary}. For example: {entry.example}" for entry in commands]
    return Message(lines(text), tuple(blocks))


def entry_lines(commands: Sequence[HelpEntry]) -> list[str]:
    """A line of mrkdwn for each command."""
    return [
        f"{bold(literal(entry.words))} — {prose(f'{entry.summary}.')} E.g. {code(entry.example)}"
        for entry in commands
    ]


def examples(commands: Sequence[HelpEntry]) -> list[tuple[str, str]]:
    """(label, query) of each example that there is."""
    return [(entry.example, entry.example) for entry in commands if entry.example]
