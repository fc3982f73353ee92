"""Errors and hints: what happened and what to type instead, in one line."""

import re

from slack_sdk.models.blocks import Block

from bot.errors import TmeError
from bot.records.answers import Answer
from handlers.views import buttons, describing, results
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import fit, prose
from handlers.views.parts import lines, section

_LONGEST = 400
_MOST_NOTES = 5
_SETTING = re.compile(r"\b(?:TME|SLACK)_[A-Z]")
_OPERATORS = "Ask my operator: it takes a change of my settings."


def error(failure: TmeError, audience: Audience = Audience.PUBLIC) -> Message:
    """What failed and what to do about it; never a stack trace.

    Settings are the operator's: only the terminal names one to change.
    """
    hint = failure.hint
    if audience is not Audience.TERMINAL and _SETTING.search(hint):
        hint = _OPERATORS
    happened, hint = fit(failure.sentence, _LONGEST), fit(hint, _LONGEST)
    return Message((section(f"⚠ {prose(happened)} {prose(hint)}"),))


def in_doubt(key: str) -> Message:
    """In place of an answer of which it is not known whether it is there already."""
    line = "I may have answered this already: Slack did not confirm it. If you see no answer, press"
    block = buttons.actions("in_doubt", [buttons.button("Show it", buttons.SHOW_KEPT, k=key)])
    return Message((section(f"{line} *Show it*."), *block))


def hint(answer: Answer, audience: Audience) -> Message:
    """An answer without records: its notes as lines, what to try as buttons.

    For hints, questions back, refusals and what is outside the subject.
    """
    query = describing.quoted(answer.query)
    notes = [fit(note, _LONGEST) for note in answer.understood.notes[:_MOST_NOTES]]
    notes = notes or [f"I cannot tell what “{query}” asks for. Type `help` for what can be asked."]
    choices = results.with_counts(answer.meanings) or describing.other_readings(answer)
    blocks: list[Block] = [section(lines(prose(note) for note in notes))]
    blocks += buttons.actions("suggestions", buttons.ask_buttons(choices))
    del audience  # the same for all
    return Message(tuple(blocks))
