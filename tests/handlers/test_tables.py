"""A list of ten or more as a table that Slack draws, and as text where it does not."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import BoltResponse

from handlers.router import Request, Router, Surface
from handlers.views import buttons
from tests.block_check import check_message
from tests.handlers.bodies import controls_in, slash
from tests.handlers.standin import SlackStandIn

Send = Callable[[dict[str, Any]], BoltResponse]
QUESTION = "macrophage"


def table_of(router: Router, question: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The table of an answer, and the whole message."""
    reply = router.answer(Request(question, Surface.SLASH, **more))
    assert reply.error is None
    payload = reply.message.payload()
    check_message(payload)
    [table] = [block for block in payload["blocks"] if block["type"] == "data_table"]
    return table, payload


def names(table: dict[str, Any]) -> list[str]:
    return [cell["text"] for cell in table["rows"][0]]


def labels(payload: dict[str, Any]) -> list[str]:
    return [each["text"]["text"] for each in controls_in(payload)]


def test_a_list_of_ten_offers_its_table_and_the_table_its_cards(router: Router) -> None:
    cards = router.answer(Request(QUESTION, Surface.SLASH))
    assert cards.answer.ranked >= buttons.TABLE
    assert buttons.pack(q=f"{QUESTION} as table") in str(cards.message.payload()["blocks"])
    table, payload = table_of(router, f"{QUESTION} as table")
    assert len(table["rows"]) > buttons.TABLE
    assert {"Title", "Authors", "Published in", "Year"} <= set(names(table))
    assert "As cards" in labels(payload)


@pytest.mark.parametrize("text", ["as a table", "put them in a table", "show this as table"])
def test_under_a_list_it_is_that_list_as_a_table(router: Router, text: str) -> None:
    first = router.answer(Request(QUESTION, Surface.SLASH)).answer
    shown = router.conversation(first, None)
    reply = router.answer(Request(text, Surface.THREAD, shown=shown))
    assert any(block["type"] == "data_table" for block in reply.message.payload()["blocks"])
    assert [h.record.id for h in reply.answer.hits[:3]] == [h.record.id for h in first.hits[:3]]


@pytest.mark.parametrize(("ranked", "is_offered"), [(9, False), (10, True)])
def test_a_shorter_list_offers_none(ranked: int, is_offered: bool) -> None:
    assert (buttons.as_table("glioma", ranked) is not None) is is_offered


def test_its_rows_are_the_list_in_its_order_with_their_addresses(router: Router) -> None:
    table, payload = table_of(router, f"{QUESTION} as table")
    listed = router.answer(Request(QUESTION, Surface.SLASH, limit=40)).answer
    shown = [row[0]["elements"][0]["elements"][0] for row in table["rows"][1:]]
    assert shown[0]["url"] == f"https://doi.org/{listed.hits[0].record.doi}"
    assert all(run["text"][:30] == hit.record.title[:30]
               for run, hit in zip(shown, listed.hits, strict=False))  # fmt: skip
    assert f"1–{len(shown)} of {listed.ranked}" in str(payload["blocks"])


def test_the_rest_is_a_page_away(router: Router) -> None:
    table, payload = table_of(router, "tumour as table")
    rows = len(table["rows"]) - 1
    further = next(b for b in controls_in(payload) if b["text"]["text"] == "Next")
    value = buttons.unpack(further["value"])
    assert value["o"] == rows
    second, _ = table_of(router, value["q"], offset=value["o"])
    assert second["rows"][1] not in table["rows"]


def test_evidence_of_a_question_is_a_table_of_what_its_quotes_state(router: Router) -> None:
    table, _ = table_of(
        router, "ask do macrophages cause resistance to checkpoint blockade as table"
    )
    assert {"Direction", "Quote"} <= set(names(table))


@pytest.mark.parametrize(
    ("question", "rows"),
    [("evidence macrophages", "Reviews"), ("combine macrophages + checkpoint inhibition", "Both")],
)
def test_evidence_and_combinations_count_in_a_table(
    router: Router, question: str, rows: str
) -> None:
    table, _ = table_of(router, question)
    assert rows in str(table["rows"])


def test_where_slack_draws_none_it_is_text_with_links(send: Send, slack: SlackStandIn) -> None:
    slack.refuse_once("response_url", "invalid_blocks")
    send(slash(f"{QUESTION} as table", slack.response_url))
    _, second = slack.said("response_url")
    assert "data_table" not in str(second.body)
    assert "*<https://doi.org/" in str(second.body["blocks"])


def test_the_terminal_reads_it_out(router: Router) -> None:
    text = router.answer(Request(f"{QUESTION} as table", Surface.TERMINAL)).message.text
    assert "(https://doi.org/" in text
    assert "Published in " in text
