"""Ways in: a socket that is opened again, and tokens and addresses that cannot work."""

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.app.bolt import build_bolt
from bot.app.serving import build_transport
from bot.errors import SettingsError, TmeError
from bot.settings import Settings
from handlers.router import Router
from handlers.transports import HttpTransport, SocketTransport
from tests.handlers.bodies import slash
from tests.handlers.standin import SlackStandIn
from tests.handlers.test_broken import BROKEN
from tests.handlers.wire import WebSocketServer
from tests.processes import PATIENCE_SECONDS, free_port


def test_a_socket_that_stays_silent_is_replaced(app: App, slack: SlackStandIn) -> None:
    with WebSocketServer(pongs=False) as silent:
        slack.socket_url = silent.url
        transport = SocketTransport(app, "xapp-test", slack.url)
        transport.start()
        assert silent.opened.acquire(timeout=PATIENCE_SECONDS)
        transport.check()
        assert not silent.opened.acquire(blocking=False), "one look is not enough to suspect it"
        transport.check()
        assert silent.opened.acquire(timeout=PATIENCE_SECONDS)
        transport.close()


def test_every_request_over_the_socket_is_acknowledged_however_broken(
    slack: SlackStandIn, router: Router
) -> None:
    """What Slack does not hear acknowledged it sends again and again."""
    client = WebClient(token="xoxb-test", base_url=slack.url)
    app = build_bolt(Settings(), router, client=client)
    bodies = [*BROKEN.values(), slash("glioma", slack.response_url)]
    with WebSocketServer() as server:
        slack.socket_url = server.url
        transport = SocketTransport(app, "xapp-test", slack.url)
        transport.start()
        assert server.opened.acquire(timeout=PATIENCE_SECONDS)
        for number, body in enumerate(bodies):
            server.send({"envelope_id": str(number), "type": "events_api", "payload": body})
        heard = [server.heard.get(timeout=PATIENCE_SECONDS) for _ in bodies]
        transport.close()
    assert sorted(int(ack["envelope_id"]) for ack in heard) == list(range(len(bodies)))
    assert all("payload" not in ack or not ack["payload"] for ack in heard)
    app.listener_runner.listener_executor.shutdown(wait=True)
    assert slack.said("response_url"), "and the last, which is whole, is answered"


def test_a_server_opens_as_many_sockets_as_it_is_set(app: App, slack: SlackStandIn) -> None:
    """Each by an address of its own; one that is lost is replaced, and the others stay."""
    settings = Settings(slack_bot_token="xoxb-test", slack_app_token="xapp-t",
                        slack_api_url=slack.url, sockets=10)  # fmt: skip
    with WebSocketServer(pongs=False) as server:
        slack.socket_url = server.url
        transport = build_transport(settings, app)
        transport.start()
        assert all(server.opened.acquire(timeout=PATIENCE_SECONDS) for _ in range(10))
        assert transport.is_connected()
        transport.close()
        assert not transport.is_connected()
    for wrong in ("0", "11", "many"):
        with pytest.raises(SettingsError, match="TME_SOCKETS"):
            Settings.load(TME_SOCKETS=wrong)


def test_a_refused_app_token_is_named(app: App, slack: SlackStandIn) -> None:
    slack.refuse("apps.connections.open", "invalid_auth")
    transport = SocketTransport(app, "xapp-wrong", slack.url)
    with pytest.raises(SettingsError, match="SLACK_APP_TOKEN: invalid_auth") as refused:
        transport.start()
    assert "xapp-wrong" not in str(refused.value)
    transport.close()


def test_a_refused_bot_token_is_named(router: Router, slack: SlackStandIn) -> None:
    slack.refuse("auth.test", "invalid_auth")
    settings = Settings(slack_bot_token="xoxb-wrong", slack_api_url=slack.url)
    with pytest.raises(SettingsError, match="SLACK_BOT_TOKEN: invalid_auth") as refused:
        build_bolt(settings, router)
    assert "xoxb-wrong" not in str(refused.value)


def test_a_slack_out_of_reach_is_said_to_be(router: Router) -> None:
    address = f"http://127.0.0.1:{free_port()}/api/"
    settings = Settings(slack_bot_token="xoxb-test", slack_api_url=address)
    with pytest.raises(TmeError, match="could not be reached"):
        build_bolt(settings, router)


def test_the_settings_choose_the_way_in(app: App) -> None:
    with_secret = Settings(slack_bot_token="xoxb", slack_signing_secret="s")
    with_both = Settings(slack_bot_token="xoxb", slack_signing_secret="s", slack_app_token="xapp")
    over_http = build_transport(with_secret, app)
    over_socket = build_transport(with_both, app)
    assert isinstance(over_http, HttpTransport)
    assert isinstance(over_socket, SocketTransport)
    over_socket.close()
