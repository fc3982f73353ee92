"""The window in which a search is put together: words, filters, and where its answer goes."""

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    ConversationFilter,
    ConversationSelectElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.search.facets import Choices
from handlers.views.buttons import LONGEST_CHOICE, label_text

CALLBACK, TITLE = "search", "Search"
# The inputs.
WORDS, CANCER, KIND, JOURNAL = "words", "cancer", "kind", "journal"
FIRST, LAST, ACCESS, PLACE = "first", "last", "access", "place"
_LONGEST_WORDS, _MOST_OPTIONS = 400, 100


def window(choices: Choices) -> View:
    """The window; a filter that no record could meet is not in it."""
    years = [(str(year), str(year)) for year in choices.years]
    words = PlainTextInputElement(
        action_id=WORDS, max_length=_LONGEST_WORDS, placeholder="macrophage csf1r"
    )
    menus = (
        ("Cancer", CANCER, choices.cancers),
        ("Kind of work", KIND, choices.kinds),
        ("From year", FIRST, years),
        ("To year", LAST, years),
        ("Journal", JOURNAL, choices.journals),
    )
    access = CheckboxesElement(action_id=ACCESS, options=_options(choices.access))
    place = ConversationSelectElement(
        action_id=PLACE,
        filter=ConversationFilter(include=["public", "private"]),
        # With it Slack lets us answer where we are no member.
        response_url_enabled=True,
    )
    blocks: list[Block] = [
        _input("Words", WORDS, words),
        *(
            _input(label, name, StaticSelectElement(action_id=name, options=_options(given)))
            for label, name, given in menus
            if given
        ),
        *([_input("Only", ACCESS, access)] if choices.access else []),
        _input("Post the answer in", PLACE, place, "Left empty, I send it to you alone."),
    ]
    return View(
        type="modal", callback_id=CALLBACK, title=TITLE, submit="Search", close="Cancel",
        blocks=blocks,
    )  # fmt: skip


def _options(given: Sequence[tuple[str, str]]) -> list[Option]:
    fitting: Iterable[tuple[str, str]] = (e for e in given if len(e[1]) <= LONGEST_CHOICE)
    return [Option(text=label_text(label), value=value) for label, value in fitting][:_MOST_OPTIONS]


def _input(
    label: str, name: str, element: InputInteractiveElement, hint: str | None = None
) -> InputBlock:
    return InputBlock(
        block_id=name, label=label_text(label), element=element, hint=hint, optional=True
    )
