"""Tables and charts that Slack draws, within its limits, and what is read out of them."""

from typing import Any

import pytest

from bot.playground.limits import blocks_problem
from handlers.views import data
from handlers.views.message import Message, without_data
from handlers.views.parts import section
from tests.block_check import check_message


def chart(**changes: Any) -> dict[str, Any]:
    made = data.bars("Years", "Records", "Year", [("2024", 3), ("2025", 1200)]).to_dict()
    return made | changes


def plotted(**axis: Any) -> dict[str, Any]:
    return chart(chart=chart()["chart"] | {"axis_config": axis})


def grid(**changes: Any) -> dict[str, Any]:
    made = data.table("By strategy", ["Component", "CAR-T", "Vaccines"], [["TAM", 0, 7]]).to_dict()
    return made | changes


def test_they_pass_the_check_and_are_read_out() -> None:
    blocks = (section("Head"), data.DataBlock(grid()), data.DataBlock(chart()))
    message = Message(blocks)
    check_message(message.payload())
    assert "TAM: Vaccines 7" in message.text
    assert "Records by year: 2024: 3 · 2025: 1,200" in message.text


def test_as_text_they_say_the_same() -> None:
    plainly = without_data([section("Head").to_dict(), grid(), chart()])
    assert plainly is not None
    assert {block["type"] for block in plainly} == {"section"}
    assert "*TAM*: Vaccines 7" in str(plainly)
    assert "2025: 1,200" in str(plainly)
    assert without_data([section("Head").to_dict()]) is None


def test_of_a_row_the_fullest_cells_are_read_out() -> None:
    header = ["What", *(f"c{n}" for n in range(7))]
    [(about, _, said)] = data.read_out(data.table("T", header, [["r", *range(7)]]).to_dict())
    assert (about, said) == ("r", "c6 6 · c5 5 · c4 4 · c3 3 · c2 2 · +1 more")
    [(*_, none)] = data.read_out(data.table("T", ["What", "a"], [["r", 0]]).to_dict())
    assert none == "none"


@pytest.mark.parametrize(("counts", "kind"), [(20, "data_visualization"), (21, "data_table")])
def test_more_counts_than_an_axis_has_room_for_are_a_table(counts: int, kind: str) -> None:
    made = data.bars("Years", "Records", "Year", [(str(n), n) for n in range(counts)]).to_dict()
    assert made["type"] == kind
    assert blocks_problem([made]) is None


def test_a_cell_may_have_an_address_behind_it() -> None:
    rows = [[("A title", "https://doi.org/10.1/x"), 1], [("No address", ""), 2]]
    made = data.table("T", ["Title", "n"], rows).to_dict()
    check_message(Message((data.DataBlock(made),)).payload())
    assert [line[:2] for line in data.read_out(made)] == [
        ("A title", "https://doi.org/10.1/x"), ("No address", "")
    ]  # fmt: skip
    assert "*<https://doi.org/10.1/x|A title>*: n 1" in str(without_data([made]))


def test_no_more_rows_than_a_message_has_room_for() -> None:
    made = data.table("T", ["Title"], [["x" * 100]] * 90)
    assert made.rows == 64
    check_message(Message((made,)).payload())


def test_rows_and_columns_over_the_limit_are_cut() -> None:
    made = data.table("T", ["h"] * 30, [["r", *[1] * 29]] * 120).to_dict()
    assert (len(made["rows"]), len(made["rows"][0])) == (101, 20)
    assert blocks_problem([made]) is None


def test_labels_that_the_axis_cannot_tell_apart_make_a_table() -> None:
    """Slack wants each category once, and cuts none: 20 characters are all there is."""
    counts = [("tumour-associated macrophages", 3), ("tumour-associated neutrophils", 2)]
    assert data.bars("T", "records", "Component", counts).to_dict()["type"] == "data_table"
    assert data.bars("T", "records", "Year", [("2024", 3)]).type == "data_visualization"


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (grid(caption=" "), "no caption"),
        (grid(rows=grid()["rows"][:1]), "rows must be 2 to 101"),
        (grid(page_size=101), "page_size"),
        (grid(extra=1), "unknown key: extra"),
        (grid(rows=[grid()["rows"][0], grid()["rows"][1][:2]]), "another length"),
        (grid(rows=[grid()["rows"][0], [{"type": "raw_text", "text": ""}] * 3]), "an empty cell"),
        (grid(rows=[grid()["rows"][0], [{"type": "button"}] * 3]), "button is no cell"),
        (chart(title="x" * 51), "title not of 1 to 50"),
        (chart(chart={"type": "radar"}), "no known type"),
        (plotted(categories=["a"]), "each category"),
        (chart(chart={"type": "pie", "segments": [{"label": "x" * 21, "value": 1}]}), "a label"),
        (chart(chart={"type": "pie", "segments": []}), "0 points"),
        (chart(chart={"type": "pie", "segments": [{"label": "x", "value": 0}]}), "of nothing"),
        (grid(rows=[[{"type": "rich_text"}] * 3, grid()["rows"][1]]), "rich_text in the header"),
        (plotted(categories=["a"], x_label="x" * 51), "x_label over"),
        (plotted(categories=["a", "a"]), "twice"),
    ],
)  # fmt: skip
def test_what_slack_would_refuse_is_found(block: dict[str, Any], problem: str) -> None:
    assert problem in (blocks_problem([block]) or "")


def test_two_charts_a_message_and_no_more() -> None:
    assert blocks_problem([chart(), chart()]) is None
    assert "more than 2 data_visualization" in (blocks_problem([chart()] * 3) or "")
