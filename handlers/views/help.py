"""Help: ten lines where it is asked, one command at a time, and all of them behind a button."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, ButtonElement

from handlers.views import buttons
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, code, literal, prose
from handlers.views.parts import lines, section, sections

MOST_EXAMPLES = 5
ALL_COMMANDS = "help commands"
WHAT = (
    "I find papers on how the tumour microenvironment makes cancers resist immunotherapy, and"
    " how it can be reprogrammed. Ask in plain words, or paste a DOI, PMID, title or citation."
)
_WHERE = {
    Audience.PRIVATE: "Only you see my answers to `/tme`; [Share to channel] posts one for all.",
    Audience.PUBLIC: "Everyone sees my answers in this thread; `/tme WORDS` answers you alone.",
    Audience.DIRECT: "To me alone, just write. In a channel, type `/tme WORDS` or mention me.",
    Audience.TERMINAL: "`tme ask WORDS` asks the same as in Slack; `tme --help` has the rest.",
}
_NARROWER = (
    'Narrower: `-melanoma` `"exact phrase"` `author:sharma` `year:2020..2024` `type:review`'
    " `is:open`"
)
_AFTER = "Under an answer: `next`, `cite the second one`, `save it to journal club`."
_WATCH = "To be told of new papers: `subscribe CAF weekly on MON at 09:00`."
_REST = "`help cite` explains one command; `help commands` lists them all."


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """One thing that can be asked: the words to type, what they do, and an example."""

    words: str
    summary: str
    example: str


def help_message(examples: Sequence[str], audience: Audience) -> Message:
    """The help in ten lines: what to ask, with examples of this store, and where the rest is."""
    tries = buttons.ask_buttons([(each, each) for each in examples[:MOST_EXAMPLES]])
    return Message(
        (
            section(prose(WHAT)),
            *buttons.actions("examples", tries),
            section(lines(map(prose, (_WHERE[audience], _NARROWER, _AFTER, _WATCH)))),
            *buttons.actions("all", [all_commands_button()]),
        )
    )


def one_command(entry: HelpEntry, audience: Audience) -> Message:
    """One command with its example, and where the others are."""
    blocks: list[Block] = [*sections(_entry_lines([entry])), section(prose(_REST))]
    if audience is not Audience.TERMINAL and entry.example:
        blocks += buttons.actions("examples", buttons.ask_buttons([(entry.example,) * 2]))
    return Message(tuple(blocks))


def language(hints: Sequence[tuple[str, str]], audience: Audience) -> Message:
    """How something is typed: (what it finds, an example) a line, and where the rest is."""
    written = [f"• {literal(what)}: {code(typed)}" for what, typed in hints]
    blocks: list[Block] = [section(lines((*written, prose(_REST))))]
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions("examples", buttons.ask_buttons([(t, t) for _, t in hints]))
    return Message(tuple(blocks))


def all_commands(entries: Sequence[HelpEntry]) -> Message:
    """Every command with its summary and example."""
    return Message((section(prose(WHAT)), *sections(_entry_lines(entries))))


def all_commands_button() -> ButtonElement | None:
    """The way to everything else."""
    return buttons.button("All commands", f"{buttons.ASK}:all", q=ALL_COMMANDS)


def _entry_lines(entries: Sequence[HelpEntry]) -> list[str]:
    """A line of mrkdwn for each command."""
    return [
        f"{bold(literal(entry.words))} — {prose(f'{entry.summary}.')} E.g. {code(entry.example)}"
        for entry in entries
    ]
