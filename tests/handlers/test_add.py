"""`add` in Slack: previewed, added on a button, shown where it is held, unknown said plainly."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from slack_bolt import BoltRequest, BoltResponse

from bot.app.composition import opened
from bot.harvest.adding import Adder
from bot.records.models import Identifier, Scheme
from bot.settings import Settings
from handlers.commands import COMMANDS
from handlers.router import Request, Router, Surface
from handlers.services import Services
from handlers.views import buttons
from tests.block_check import check_message
from tests.handlers.bodies import controls_in, mention, press, slash
from tests.handlers.standin import SlackStandIn
from tests.handlers.visitor import waiting_app
from tests.own_records import work
from tests.sources.world import NOW, World, asking, crossref, pubmed

DOI = "10.5555/work.1"
OTHER = "10.5555/work.2"


@pytest.fixture
def world(httpserver: HTTPServer) -> World:
    world = World({"pubmed": pubmed})
    httpserver.expect_request(re.compile(".*")).respond_with_handler(world)
    return world


@pytest.fixture
def own(tmp_path: Path, httpserver: HTTPServer, world: World) -> Iterator[Services]:
    """Services of this test's own, whose `add` asks the loopback server."""
    with opened(Settings(home=tmp_path, starter=False), lambda: NOW) as built:
        built.harvester.take([work(1, "A record that is held", "It says so.")], "test")
        built.index.follow(built.store)
        adder = Adder(built.store, built.harvester.take, asking(httpserver))
        yield replace(built, adder=adder)


@pytest.fixture
def router(own: Services) -> Router:
    return Router(own, COMMANDS)


class Sent:
    """A Bolt app that hears payloads, and what it last said."""

    def __init__(self, slack: SlackStandIn, router: Router) -> None:
        self._slack = slack
        self._app = waiting_app(slack, router)

    def send(self, body: dict[str, Any]) -> BoltResponse:
        return self._app.dispatch(BoltRequest(mode="socket_mode", body=body))

    def slash(self, text: str) -> dict[str, Any]:
        self.send(slash(text, self._slack.response_url))
        return self._slack.said()[-1].body


@pytest.fixture
def sent(slack: SlackStandIn, router: Router) -> Sent:
    return Sent(slack, router)


def buttons_of(message: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["text"]["text"]: each for each in controls_in(message)}


def stored(own: Services, doi: str) -> bool:
    return bool(own.store.find(Identifier(scheme=Scheme.DOI, value=doi)))


def test_a_work_is_previewed_and_added_on_the_button(
    sent: Sent, slack: SlackStandIn, own: Services
) -> None:
    preview = sent.slash(f"add {DOI}")
    assert preview["text"].startswith("1 found")
    assert "From PubMed" in preview["text"]
    assert "Not in this store yet · Source: PubMed" in preview["text"]
    assert not stored(own, DOI)
    add = buttons_of(preview)["Add"]
    assert "Cite" not in buttons_of(preview)  # what is not stored cannot be cited from the store
    sent.send(press(add["action_id"], add["value"], slack.response_url, ephemeral=True))
    answer = slack.said()[-1].body
    assert answer["text"].startswith("1 added")
    assert answer["replace_original"] is True
    assert stored(own, DOI)
    assert "Cite" in buttons_of(answer)


def test_what_is_held_is_shown_and_what_nobody_knows_is_said_with_its_link(sent: Sent) -> None:
    answer = sent.slash("add 10.1234/own.1 10.5555/nobody.9 NCT00000001")
    assert answer["text"].startswith("1 already here · 2 unknown")
    assert "A record that is held" in answer["text"]
    drawn = str(answer["blocks"])
    assert "<https://doi.org/10.5555/nobody.9|10.5555/nobody.9>" in drawn
    assert "is not known to PubMed, Crossref, DataCite, Europe PMC or OpenAlex" in drawn
    assert "<https://clinicaltrials.gov/study/NCT00000001|NCT00000001>" in drawn
    assert "is not known to ClinicalTrials.gov" in drawn


def test_several_are_added_at_once(
    sent: Sent, slack: SlackStandIn, world: World, own: Services
) -> None:
    world.answers = {"crossref": crossref}
    preview = sent.slash(f"add {DOI}, {OTHER}")
    assert preview["text"].startswith("2 found")
    every = buttons_of(preview)["Add all 2"]
    sent.send(press(every["action_id"], every["value"], slack.response_url, ephemeral=True))
    assert slack.said()[-1].body["text"].startswith("2 added")
    assert stored(own, DOI)
    assert stored(own, OTHER)


def test_a_mention_previews_in_the_thread(sent: Sent, slack: SlackStandIn) -> None:
    sent.send(mention(f"add {DOI}", thread_ts="1700.0001"))
    answer = slack.said()[-1].body
    assert answer["text"].startswith("1 found")
    assert answer["thread_ts"] == "1700.0001"


def test_a_link_that_slack_made_is_read(sent: Sent) -> None:
    answer = sent.slash(f"add <https://doi.org/{DOI}|doi.org/{DOI}>")
    assert answer["text"].startswith("1 found")


def test_words_that_are_no_identifier_are_told_back_escaped(sent: Sent) -> None:
    answer = sent.slash(f"add {DOI} *foo* &lt;!channel&gt; 0000-0002-1050-2771")
    assert "Not read as a DOI, PMID, NCT number or the like" in answer["text"]
    assert "0000-0002-1050-2771" in answer["text"]
    check_message(answer)


def test_titles_from_a_source_cannot_speak_as_slack(sent: Sent, world: World) -> None:
    evil = {"DOI": DOI, "title": ["<!channel> *<https://evil.example|Click>*"]}
    world.answers = {"crossref": lambda _: {"message": evil}}
    answer = sent.slash(f"add {DOI}")
    check_message(answer)
    assert "<!channel>" not in str(answer["blocks"])


@pytest.mark.parametrize("text", ["add", "add now", "add https://example.org/12345"])
def test_nothing_to_add_is_one_line_that_says_what_to_type(sent: Sent, text: str) -> None:
    assert "Say what to add by its DOI" in sent.slash(text)["text"]


def test_too_many_are_cut_off_and_that_is_said(router: Router) -> None:
    dois = " ".join(f"10.5555/n.{n}" for n in range(10))
    reply = router.answer(Request(f"add {dois}", Surface.SLASH))
    assert "2 more than 8 at once" in reply.message.text
    assert reply.message.text.startswith("8 unknown")
    check_message(reply.message.payload())


def test_eight_long_records_fit_into_one_message(router: Router, world: World) -> None:
    def long(path: str) -> object:
        doi = path.partition("?")[0].removeprefix("works/")
        words = "A long sentence about macrophages in tumours that goes on and on. " * 60
        people = [{"family": f"Family{n}", "given": "Given"} for n in range(200)]
        return {"message": {"DOI": doi, "title": [words], "abstract": words, "author": people}}

    world.answers = {"crossref": long}
    dois = " ".join(f"10.5555/long.{n}" for n in range(8))
    reply = router.answer(Request(f"add {dois}", Surface.SLASH))
    assert reply.message.text.startswith("8 found")
    check_message(reply.message.payload())


def test_no_button_asks_more_than_a_question_can_hold(router: Router, world: World) -> None:
    world.answers = {"crossref": crossref}
    # With its kind before each, the button's question is longer than the one that was typed.
    dois = [f"10.5555/{'long.' * 27}abcd{n}" for n in range(8)]
    reply = router.answer(Request(f"add {' '.join(dois)}", Surface.SLASH))
    assert reply.message.text.startswith("8 found")
    drawn = buttons_of(reply.message.payload())
    assert "Add" in drawn
    assert not any(label.startswith("Add all") for label in drawn)


def test_what_was_found_is_not_remembered_as_a_list(router: Router) -> None:
    """A preview has no id: "cite the second one" must not point at it."""
    reply = router.answer(Request(f"add {DOI} 10.1234/own.1", Surface.DIRECT))
    assert [hit.record.title for hit in reply.answer.hits] == ["A record that is held"]
    assert reply.answer.understood.action == "add"
    assert f"{DOI}: found" in reply.answer.understood.notes


def test_the_terminal_says_what_to_type(router: Router) -> None:
    reply = router.answer(Request(f"add {DOI}", Surface.TERMINAL))
    assert reply.message.text.endswith(f"To add: add now {DOI}")


def test_the_action_of_the_button_is_one_that_is_listened_to(router: Router) -> None:
    reply = router.answer(Request(f"add {DOI}", Surface.SLASH))
    drawn = buttons_of(reply.message.payload())
    assert drawn["Add"]["action_id"].startswith(f"{buttons.ASK}:")
