"""The buttons of the bot: their action ids, and what their values carry.

All state of a button is in its value, a JSON object: nothing about it lives in the process.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    InteractiveElement,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    StaticSelectElement,
)

from bot.text.markup import visible
from handlers.views.mrkdwn import shorten, web_address

NEXT: Final = "next"
PREVIOUS: Final = "previous"
SHARE: Final = "share"
ABSTRACT: Final = "abstract"
CITE: Final = "cite"
# Runs the query in its value. Several in a block are `ask:0`, `ask:1` …
ASK: Final = "ask"
# Puts the picture of an answer into the channel or a direct message: `picture:0`, `picture:1`.
PICTURE: Final = "picture"
# Imports a file that was dropped on the bot: `import:0`, `import:1`.
IMPORT: Final = "import"
MORE_AUTHOR: Final = "more_author"
MORE_JOURNAL: Final = "more_journal"
SIMILAR: Final = "similar"
OPEN: Final = "open_record"
# Opens an address; Slack still tells the bot, which only acknowledges. Several: `link:0` …
LINK: Final = "link"
# The cards of a digest beyond those that were posted, and what a person thinks of one.
MORE: Final = "digest_more"
NOT_RELEVANT: Final = "not_relevant"
# Opens the search window.
SEARCH: Final = "search_window"
# What asks for a list as a table, which is offered from so many records on.
AS_TABLE: Final = "as table"
TABLE: Final = 10
TABLE_OF: Final = "as_table"
SUB_NEW: Final = "sub_new"
SUB_EDIT: Final = "sub_edit"
SUB_PAUSE: Final = "sub_pause"
SUB_RESUME: Final = "sub_resume"
SUB_PREVIEW: Final = "sub_preview"
SUB_RESET: Final = "sub_reset"
SUB_STOP: Final = "sub_stop"

# The ⋯ of a card: what is chosen there is a button, pressed.
MENU: Final = "menu"
WRONG_TAG: Final = "menu:wrong_tag"
REPORT: Final = "menu:report"
UNDO_CORRECTION: Final = "undo_correction"

# Ends cards for pasted links in a channel.
LINKS_OFF: Final = "links_off"

SAVE: Final = "save"
# Shows an answer of which it was not known whether it had arrived.
SHOW_KEPT: Final = "show_kept"
# Whether an answer was of use.
FEEDBACK: Final = "feedback"
# Back to the desk, from an answer on the Home tab.
HOME: Final = "home"
# What is done to a reading list or to what is on it: `list:read`, `list:remove` …
LIST: Final = "list"

LONGEST_VALUE: Final = 2000
LONGEST_CHOICE: Final = 150
# Controls of one answer, those of a card's row before its ⋯, and what a ⋯ can hold (Slack's limit).
MOST_CONTROLS: Final = 12
_IN_ROW: Final = 3
_IN_MENU: Final = 5
LONGEST_LABEL: Final = 75
MOST_ASKS: Final = 6

_VALUES = TypeAdapter(dict[str, Any])


def pack(**values: Any) -> str:
    """The value of a button: a JSON object. Raises ValueError over Slack's 2,000 characters."""
    value = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    if len(value) > LONGEST_VALUE:
        raise ValueError(f"a button holds {LONGEST_VALUE} characters, not {len(value)}")
    return value


def unpack(value: str) -> dict[str, Any]:
    """What `pack` packed. Raises ValueError when it is not a JSON object."""
    return _VALUES.validate_json(value)


def button(label: str, action_id: str, **values: Any) -> ButtonElement | None:
    """A button, or None when its value cannot be stored: then there is no button.

    A query of 1,200 characters fits, unless nearly all of them are quotation marks.
    """
    try:
        value = pack(**values)
    except ValueError:
        return None
    return ButtonElement(text=label_text(label), action_id=action_id, value=value)


def link_button(label: str, url: str | None, action_id: str = LINK) -> ButtonElement | None:
    """A button that opens an address, or None when the address cannot be used."""
    address = web_address(url)
    if address is None:
        return None
    return ButtonElement(text=label_text(label), action_id=action_id, url=address)


def menu(choices: Sequence[ButtonElement | None]) -> OverflowMenuElement | None:
    """The ⋯: buttons in a menu, at most five. To choose one is to press it; see `chosen`."""
    options = [
        Option(text=each.text, value=f"{each.action_id} {each.value}")
        for each in choices
        if each is not None
    ]
    options = [option for option in options if len(option.value or "") <= LONGEST_CHOICE]
    return OverflowMenuElement(action_id=MENU, options=options[:_IN_MENU]) if options else None


def chosen(value: str) -> tuple[str, str]:
    """The action id and the value of the button that was chosen in a ⋯.

    Menus of older messages hold a word and a record's id. Raises ValueError for anything else.
    """
    action_id, space, packed = value.partition(" ")
    if space:
        return action_id, packed
    what, colon, record_id = value.partition(":")
    if not colon or not record_id:
        raise ValueError("not what a menu holds")
    return f"{MENU}:{what}", pack(id=record_id)


@dataclass(frozen=True, slots=True)
class Controls:
    """What can be done with one thing, the most wanted first.

    In a row under it three are buttons and the others in a ⋯; else all are in a ⋯ beside it.
    """

    choices: Sequence[ButtonElement | None] = ()
    in_row: bool = False

    @property
    def beside(self) -> OverflowMenuElement | None:
        """What is beside it."""
        return None if self.in_row else menu(self.choices)

    def below(self, block_id: str) -> list[ActionsBlock]:
        """The row under it."""
        present = [each for each in self.choices if each is not None] if self.in_row else []
        return actions(block_id, [*present[:_IN_ROW], menu(present[_IN_ROW:])])


NO_CONTROLS: Final = Controls()


def full_rows(cards: int, others: int) -> int:
    """How many cards of an answer have a row of buttons; the ones after them have only a ⋯.

    `others` is how many controls stand outside the cards: in all there are a dozen.
    """
    return max(min((MOST_CONTROLS - others - cards) // _IN_ROW, cards), 0)


def choice(
    label: str, action_id: str, choices: Sequence[tuple[str, dict[str, Any]]]
) -> StaticSelectElement | None:
    """A menu that does what is chosen, from (label, values) pairs, each no longer than Slack takes.

    The values come back as a button's do. None where there is nothing to choose.
    """
    options = [Option(text=label_text(text), value=pack(**values)) for text, values in choices]
    if not options:
        return None
    return StaticSelectElement(action_id=action_id, placeholder=label_text(label), options=options)


def ask_buttons(choices: Sequence[tuple[str, str]]) -> list[ButtonElement | None]:
    """Buttons that ask another question, from (label, query) pairs; each query once."""
    distinct = {query: label for label, query in reversed(choices) if query.strip()}
    pairs = list(reversed(distinct.items()))[:MOST_ASKS]
    return [button(label, f"{ASK}:{n}", q=query) for n, (query, label) in enumerate(pairs)]


def ask_menu(label: str, choices: Sequence[tuple[str, str]]) -> StaticSelectElement | None:
    """A menu of other questions, from (label, query) pairs, where a query is not too long."""
    fitting = [
        (text, {"q": query}) for text, query in choices if len(pack(q=query)) <= LONGEST_CHOICE
    ]
    return choice(label, f"{ASK}:menu", fitting[:MOST_ASKS])


def how_many(block: Block) -> int:
    """How many controls a block has."""
    accessory = getattr(block, "accessory", None)
    return len(block.elements) if isinstance(block, ActionsBlock) else int(accessory is not None)


def as_table(query: str, ranked: int) -> ButtonElement | None:
    """The button for the table of a list; None for a list too short for one."""
    is_long = ranked >= TABLE
    return button("As a table", TABLE_OF, q=f"{query} {AS_TABLE}") if is_long else None


def actions(block_id: str, elements: Sequence[InteractiveElement | None]) -> list[ActionsBlock]:
    """One row of the buttons that are there, or nothing."""
    present = [element for element in elements if element is not None]
    return [ActionsBlock(block_id=block_id, elements=present)] if present else []


def label_text(label: str) -> PlainTextObject:
    """The words on a button, on one line; never empty."""
    words = " ".join(visible(label).split()) or "Open"
    return PlainTextObject(text=shorten(words, LONGEST_LABEL), emoji=False)
