"""What can be asked, with an example of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from handlers.views import buttons
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, code, literal, prose
from handlers.views.parts import section, sections

_INTRODUCTION = (
    "I find papers on how the tumour microenvironment makes cancers resist immunotherapy, and "
    "how it can be reprogrammed. Ask in plain words, or paste a DOI, PMID or title."
)


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """One thing that can be asked: the words to type, what they do, and an example."""

    words: str
    summary: str
    example: str


def one_command(entry: HelpEntry, audience: Audience) -> Message:
    """One command with its example, and where the others are."""
    rest = "`help` lists everything that can be asked."
    blocks: list[Block] = [*sections(entry_lines([entry])), section(prose(rest))]
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions("examples", buttons.ask_buttons(examples([entry])))
    return Message(tuple(blocks))


def help_message(commands: Sequence[HelpEntry], audience: Audience) -> Message:
    """Every command with its summary and example; the first examples as buttons."""
    blocks: list[Block] = [section(literal(_INTRODUCTION)), *sections(entry_lines(commands))]
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions("examples", buttons.ask_buttons(examples(commands)))
    return Message(tuple(blocks))


def entry_lines(commands: Sequence[HelpEntry]) -> list[str]:
    """A line of mrkdwn for each command."""
    return [
        f"{bold(literal(entry.words))} — {prose(f'{entry.summary}.')} E.g. {code(entry.example)}"
        for entry in commands
    ]


def examples(commands: Sequence[HelpEntry]) -> list[tuple[str, str]]:
    """(label, query) of each example that there is."""
    return [(entry.example, entry.example) for entry in commands if entry.example]
