"""Buttons carry all they need, or are not there."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.views import buttons
from tests.block_check import check_message

# The router refuses longer questions.
LONGEST_QUERY = 1200


@given(st.text(max_size=LONGEST_QUERY), st.integers(0, 10**9))
def test_what_is_packed_is_unpacked(query: str, offset: int) -> None:
    """Any query and offset come back as they were, or are refused for their length."""
    try:
        value = buttons.pack(q=query, o=offset)
    except ValueError:
        return
    assert len(value) <= buttons.LONGEST_VALUE
    assert buttons.unpack(value) == {"q": query, "o": offset}


@pytest.mark.parametrize("character", ["é", "中", "🔓", "a", "’"])
def test_the_longest_question_fits(character: str) -> None:
    """Letters of any script are written as themselves, so 1,200 of them fit."""
    assert buttons.pack(q=character * LONGEST_QUERY, o=10**9)


@pytest.mark.parametrize("character", ['"', "\\", "\x00"])
def test_what_grows_beyond_the_limit_has_no_button(character: str) -> None:
    """1,200 quotation marks need 2,400 characters: there is no such button, and no failure."""
    with pytest.raises(ValueError, match="2000"):
        buttons.pack(q=character * LONGEST_QUERY)
    assert buttons.button("Next", buttons.NEXT, q=character * LONGEST_QUERY) is None


@pytest.mark.parametrize("value", ["", "[]", "1", "null", '"x"', "{", '{"q":'])
def test_a_value_that_is_no_object_is_refused(value: str) -> None:
    """A forged or damaged value is a ValueError, whatever is wrong with it."""
    with pytest.raises(ValueError, match="valid"):
        buttons.unpack(value)


@given(st.text())
@example("")
@example("\u200b")
@example("x" * 500)
@example("<!channel> :smile:")
def test_any_label_can_be_shown(label: str) -> None:
    """Labels are plain text on one line, never empty and never over 75 characters."""
    button = buttons.button(label, buttons.ASK, q="x")
    check_message({"text": "x", "blocks": buttons.actions("row", [button])})


def test_each_question_is_offered_once() -> None:
    """The same query under two labels is one button; six at most, with ids of their own."""
    offered = buttons.ask_buttons(
        [("a", "q"), ("b", "q"), ("", " "), *((str(n), str(n)) for n in range(9))]
    )
    shown = [button for button in offered if button is not None]
    assert [button.action_id for button in shown] == [f"ask:{n}" for n in range(6)]
    assert shown[0].to_dict()["text"]["text"] == "a"


def test_a_row_without_buttons_is_no_row() -> None:
    """Slack refuses empty rows."""
    assert buttons.actions("row", [None, buttons.link_button("x", "javascript:alert(1)")]) == []
