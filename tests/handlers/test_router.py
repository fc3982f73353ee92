"""The walk: every question is answered, by one command, whatever comes."""

import logging
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.commands import COMMANDS
from handlers.router import Place, Request, Router, Surface
from tests.block_check import check_message

PLACE = Place("T1", "C1", "1.0", "U1")

QUESTIONS = (
    "CAF aquired resistence", "10.1002/ctd2.70098", "10.9999/none", "PD", "MSDC", "help", "new",
    "new CAR-T", "status", "sources", "stats", "define MDSC", "define xyzzy", "define",
    "cite 10.1016/j.cell.2017.01.017", "cite it", "abstract 10.1002/ctd2.70098", "abstract it",
    "abstract 10.1136/bmjonc-2024-000566", "check 10.1002/ctd2.70098", "next", "export these",
    "save it", "subscribe CAF", "stop alerts", "similar to it", "report wrong tag",
    "should my patient get Keytruda?", "tell me a joke", "year:20255", "strategy:magic",
    "asdfghjkl",
    "author:sharma", "0000-0002-1050-2771", "2768-0622", "0000-0002-1050-2772", "🦠", "",
    "is the Oxford one open access?", "who wrote ctd2.70098", "more by this author", "<!channel>",
    "肿瘤微环境", "mdsc open access only", "macrophage -review", "'; DROP TABLE records;--",
)  # fmt: skip


@pytest.mark.parametrize("surface", list(Surface))
@pytest.mark.parametrize("text", QUESTIONS)
def test_every_answer_can_be_posted(router: Router, text: str, surface: Surface) -> None:
    reply = router.answer(Request(text, surface))
    assert reply.error is None
    check_message(reply.message.payload())


def test_every_action_has_one_command() -> None:
    answered = [action for command in COMMANDS for action in command.actions]
    assert sorted(answered) == sorted(set(answered))
    assert {"search", "lookup", "define", "help", "cite", "smalltalk"} < set(answered)


def test_every_listed_command_has_an_example_that_works(router: Router) -> None:
    for command in COMMANDS:
        if command.words:
            answer = router.answer(Request(command.example, Surface.DIRECT)).answer
            assert answer.understood.action in (*command.actions, "search")


def test_too_long_a_question_is_one_line(router: Router) -> None:
    reply = router.answer(Request("x" * 40_000, Surface.SLASH))
    assert reply.error is not None
    assert reply.error.code == "query_too_long"
    check_message(reply.message.payload())


def test_a_thread_remembers_its_list(router: Router) -> None:
    first = router.answer(Request("macrophage", Surface.MENTION, PLACE)).answer
    after = router.answer(Request("next", Surface.THREAD, PLACE)).answer
    assert after.offset == 5
    assert {h.record.id for h in first.hits} & {h.record.id for h in after.hits} == set()
    cited = router.answer(Request("cite the second one", Surface.THREAD, PLACE)).answer
    assert cited.hits[0].record.id == after.hits[1].record.id


def test_threads_do_not_share_their_lists(router: Router) -> None:
    router.answer(Request("macrophage", Surface.MENTION, PLACE))
    for other in (Place("T2", "C1", "1.0", "U1"), Place("T1", "C2", "1.0", "U1"),
                  Place("T1", "C1", "2.0", "U1"), Place("T1", "C1", "", "U2")):  # fmt: skip
        answer = router.answer(Request("next", Surface.THREAD, other)).answer
        assert answer.hits == ()


def test_a_list_is_forgotten_after_a_week(router: Router) -> None:
    place = Place("T9", "C9", "9.0", "U9")
    router.answer(Request("macrophage", Surface.MENTION, place))
    later = router.services.now() + timedelta(days=8)
    assert router.services.store.conversations.recall("T9", "C9", "9.0", later) is None


def test_what_goes_wrong_is_one_line_and_a_log_entry(
    router: Router, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Router(router.services, [])
    with caplog.at_level(logging.ERROR):
        reply = broken.answer(Request("macrophage", Surface.SLASH))
    assert reply.error is not None
    assert "KeyError" not in reply.message.text
    assert len(caplog.records) == 1
    check_message(reply.message.payload())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_whatever_is_typed_can_be_answered(router: Router, text: str) -> None:
    reply = router.answer(Request(text, Surface.SLASH))
    assert reply.error is None
    check_message(reply.message.payload())
