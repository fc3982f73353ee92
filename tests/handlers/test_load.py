"""Many people ask at once."""

import time
from concurrent.futures import ThreadPoolExecutor

from slack_bolt import BoltRequest
from slack_sdk import WebClient

from bot.app.bolt import build_bolt
from bot.settings import Settings
from handlers.router import Router
from tests.handlers.bodies import slash
from tests.handlers.standin import SlackStandIn

QUESTIONS = (
    "macrophage csf1r", "CAF aquired resistence", "10.1002/ctd2.70098", "author:sharma since:2017",
    "oncolytic virus glioma", "help", "treg -melanoma", '"adaptive resistance"', "asdfgh", "new",
)  # fmt: skip

# Slack's promise to a person: after this it shows `operation_timeout`.
SLACK_WAITS_SECONDS = 3.0


def test_two_hundred_questions_from_eight_threads_are_all_acknowledged_and_answered(
    slack: SlackStandIn, router: Router
) -> None:
    client = WebClient(token="xoxb-test", base_url=slack.url)
    app = build_bolt(Settings(), router, client=client)

    def ask(number: int) -> tuple[int, float]:
        text = QUESTIONS[number % len(QUESTIONS)]
        body = slash(text, slack.response_url, user_id=f"U{number:03d}")
        began = time.monotonic()
        response = app.dispatch(BoltRequest(mode="socket_mode", body=body))
        return response.status, time.monotonic() - began

    with ThreadPoolExecutor(8) as people:
        acknowledged = list(people.map(ask, range(200)))
    app.listener_runner.listener_executor.shutdown(wait=True)
    assert {status for status, _ in acknowledged} == {200}
    assert max(seconds for _, seconds in acknowledged) < SLACK_WAITS_SECONDS
    assert len(slack.said("response_url")) == 200
    assert "went wrong" not in str(slack.calls)
