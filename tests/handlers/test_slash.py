import threading
from collections.abc import Callable
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_sdk import WebClient

from bot.app.bolt import ANSWERERS, build_bolt
from bot.settings import Settings
from handlers.router import Reply, Request, Router
from tests.handlers.bodies import slash
from tests.handlers.standin import SlackStandIn

Send = Callable[[dict[str, Any]], BoltResponse]


def test_a_slash_command_is_answered_to_the_person_alone(send: Send, slack: SlackStandIn) -> None:
    send(slash("tumour microenvironment reprogramming", slack.response_url))
    answer = slack.only("response_url")
    assert answer["response_type"] == "ephemeral"
    assert answer["replace_original"] is False
    assert "10.1002/ctd2.70098" in str(answer["blocks"])


def test_the_acknowledgement_is_empty(send: Send, slack: SlackStandIn) -> None:
    """Slack shows what an acknowledgement holds, and shows it to all."""
    response = send(slash("glioma", slack.response_url))
    assert (response.status, response.body) == (200, "")


def test_a_command_without_words_says_what_can_be_asked(send: Send, slack: SlackStandIn) -> None:
    send(slash("", slack.response_url))
    assert "Ask in plain words" in slack.only("response_url")["text"]


def test_links_of_an_answer_are_not_unfurled(send: Send, slack: SlackStandIn) -> None:
    send(slash("10.1002/ctd2.70098", slack.response_url))
    answer = slack.only("response_url")
    assert answer["unfurl_links"] is False
    assert answer["unfurl_media"] is False


class HeldRouter(Router):
    """A router that answers only once it is let go."""

    def __init__(self, router: Router) -> None:
        super().__init__(router.services, router.commands)
        self.released = threading.Event()

    def answer(self, request: Request) -> Reply:
        self.released.wait()
        return super().answer(request)


def test_commands_are_acknowledged_while_every_worker_is_busy(
    slack: SlackStandIn, router: Router
) -> None:
    """Slack waits three seconds for an acknowledgement, however long the answers take."""
    stored = HeldRouter(router)
    client = WebClient(token="xoxb-test", base_url=slack.url)
    app = build_bolt(Settings(), stored, client=client)
    many = 2 * ANSWERERS
    bodies = [slash("macrophage", slack.response_url) for _ in range(many)]
    statuses = [app.dispatch(BoltRequest(mode="socket_mode", body=body)).status for body in bodies]
    assert statuses == [200] * many
    assert slack.said() == []
    stored.released.set()
    app.listener_runner.listener_executor.shutdown(wait=True)
    assert len(slack.said("response_url")) == many


def test_an_answer_whose_receipt_is_lost_is_not_sent_again(send: Send, slack: SlackStandIn) -> None:
    slack.drop("response_url")
    send(slash("10.1002/ctd2.70098", slack.response_url))
    answers = [call for call in slack.said() if "10.1002/ctd2.70098" in call.body["text"]]
    assert len(answers) == 1
