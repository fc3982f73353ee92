"""A server seen from outside: probes, metrics, alarms, its supervisor, and its logs."""

import http.client
import json
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from slack_sdk import WebClient

from bot.app.alarms import ALARM_AFTER, Alarms
from bot.app.composition import opened
from bot.app.logs import JsonLines
from bot.app.serving import health_door
from bot.app.supervised import notify
from bot.digests.outbox import Outbox, Timing
from bot.errors import SettingsError, StoreDamaged
from bot.settings import Settings
from handlers.digests import Drawer
from handlers.health.checks import Check, Measure
from handlers.health.metrics import web
from handlers.health.service import Health
from handlers.publisher import SlackPublisher
from handlers.services import Services
from handlers.transports import REQUEST_SECONDS, HttpServer
from tests.handlers.standin import SlackStandIn
from tests.handlers.wire import WebSocketServer
from tests.processes import PATIENCE_SECONDS, free_port, serving, wait_for

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CHANNEL = "C0OPERATORS"


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn() as standin:
        yield standin


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request("GET", path, headers={"Host": host})
        answer = line.getresponse()
        return answer.status, answer.read().decode()


class Door:
    """The two addresses over checks that a test chooses."""

    def __init__(self, look: Callable[[], list[Check]]) -> None:
        self._server = HttpServer(web(look, "127.0.0.1"), "127.0.0.1", 0, REQUEST_SECONDS, "X")

    def __enter__(self) -> int:
        self._server.start()
        return self._server.port

    def __exit__(self, *_: object) -> None:
        self._server.close()


CHECKS = [
    Check("Store", "ok", "fine", is_vital=True, measures=(Measure("store_records", 3),)),
    Check("Harvests", "bad", "down", part='a"b', measures=(Measure("source_failures", 4, 'a"b'),)),
    Check("Backup", "unknown", "none yet"),
]


def test_only_what_is_vital_makes_it_unwell() -> None:
    with Door(lambda: CHECKS) as port:
        status, body = get(port, "/healthz")
        assert (status, json.loads(body)["ok"]) == (200, True)
        assert [each["state"] for each in json.loads(body)["checks"]] == ["ok", "bad", "unknown"]
    damaged = StoreDamaged("The database is damaged.")
    broken = Check("Store", "bad", damaged.message, damaged.hint, is_vital=True)
    with Door(lambda: [broken, *CHECKS[1:]]) as port:
        status, body = get(port, "/healthz")
        assert (status, json.loads(body)["ok"]) == (503, False)
        assert "The database is damaged." in body


def test_metrics_are_read_by_prometheus_and_leave_out_what_is_not_known() -> None:
    with Door(lambda: CHECKS) as port:
        status, body = get(port, "/metrics")
    assert status == 200
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }
    assert found["tme_store_records",] == 3
    assert found["tme_source_failures", 'a"b'] == 4
    assert found["tme_check", "store"] == 1
    assert found["tme_check", 'harvests:a"b'] == 0
    assert ("tme_check", "backup") not in found
    assert ("process_resident_memory_bytes",) in found


def test_a_page_that_leads_its_own_name_here_is_refused() -> None:
    with Door(lambda: CHECKS) as port:
        assert get(port, "/metrics", "rebound.example")[0] == 400
        assert get(port, "/metrics", f"localhost:{port}")[0] == 200


def test_the_usual_port_may_be_anothers_but_not_one_that_was_set(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        usual = Settings.model_construct(_fields_set=set(), health=address)
        with opened(Settings(home=tmp_path, starter=False)) as services:
            health = Health(services)
            with health_door(usual, health):
                pass
            chosen = Settings(home=tmp_path, health=address)
            with pytest.raises(SettingsError, match="Cannot listen"), health_door(chosen, health):
                pass


class Bad:
    """Checks of which a test says what is bad."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __call__(self) -> list[Check]:
        said = {True: ("bad", "late"), False: ("ok", "in time")}
        return [
            Check(what, state, says, "See `tme status`.")  # type: ignore[arg-type]
            for what in ("Digests", "Answers")
            for state, says in [said[what in self.names]]
        ]


@pytest.fixture
def moment() -> list[datetime]:
    return [NOW]


@pytest.fixture
def services(tmp_path: Path, moment: list[datetime]) -> Iterator[Services]:
    settings = Settings(home=tmp_path / "home", starter=False, alarm_channel=CHANNEL)
    with opened(settings, lambda: moment[0]) as built:
        yield built


def posted(services: Services, slack: SlackStandIn) -> list[str]:
    """What stands in the channel once the outbox is empty."""
    client = WebClient(token="xoxb-test", base_url=slack.url, retry_handlers=[])
    steady, deliveries = [1_000.0], services.store.deliveries
    outbox = Outbox(
        deliveries,
        SlackPublisher(client, Drawer(services)),
        services.now,
        timing=Timing(steady=lambda: steady[0]),
    )
    while deliveries.outstanding().pending:
        outbox.step()
        steady[0] += 10.0
    calls = slack.said("chat.postMessage")
    assert {call.body["channel"] for call in calls} <= {CHANNEL}
    return [call.body["text"] for call in calls]


def test_an_episode_is_announced_once_and_once_when_it_is_over(
    services: Services, slack: SlackStandIn, moment: list[datetime]
) -> None:
    """By two servers that look in turn; at the boundary of ten minutes."""
    bad = Bad()
    both = [Alarms(services, bad, lambda: "/T1") for _ in range(2)]

    def look(after: timedelta) -> list[str]:
        moment[0] += after
        for alarms in both:
            alarms.step()
        return posted(services, slack)

    bad.names = {"Digests"}
    assert look(timedelta()) == []
    assert look(ALARM_AFTER - SECOND) == []
    (line,) = look(SECOND)
    assert line == "⚠ Digests: late. See `tme status`. (bad since 2026-01-15 12:00 UTC)"
    assert len(look(timedelta(hours=20))) == 1
    bad.names = set()
    _, over = look(SECOND)
    assert over.startswith("✓ Digests in order again: in time (it was bad since 2026-01-15 12:00")
    bad.names = {"Digests"}
    assert len(look(ALARM_AFTER)) == 2
    assert len(look(ALARM_AFTER)) == 3, "another episode"


def test_what_heals_in_time_is_not_announced(
    services: Services, slack: SlackStandIn, moment: list[datetime]
) -> None:
    """Nor is what a clock that was ahead made look old."""
    bad = Bad()
    alarms = Alarms(services, bad, lambda: "/T1")
    for names, after in (
        ({"Answers"}, timedelta()),
        (set(), ALARM_AFTER - SECOND),
        ({"Answers"}, ALARM_AFTER),
        ({"Answers"}, -timedelta(days=400)),
        ({"Answers"}, ALARM_AFTER - SECOND),
    ):
        bad.names, moment[0] = names, moment[0] + after
        alarms.step()
    assert posted(services, slack) == []


def test_a_restart_after_a_kill_is_announced_once(services: Services, slack: SlackStandIn) -> None:
    alarms = Alarms(services, Bad(), lambda: "/T1", was_killed=True)
    alarms.step()
    alarms.step()
    (line,) = posted(services, slack)
    assert "ended without warning" in line


def test_without_a_channel_it_is_in_the_log(
    tmp_path: Path, moment: list[datetime], caplog: pytest.LogCaptureFixture
) -> None:
    bad = Bad()
    bad.names = {"Digests"}
    with opened(Settings(home=tmp_path, starter=False), lambda: moment[0]) as services:
        alarms = Alarms(services, bad, lambda: pytest.fail("Slack is not asked"))
        alarms.step()
        moment[0] += ALARM_AFTER
        alarms.step()
        assert services.store.deliveries.outstanding().pending == 0
    assert "Bad for long: Digests: late." in caplog.text


def test_a_log_line_as_json_is_one_object_whatever_is_in_it() -> None:
    record = logging.LogRecord("tme", logging.WARNING, "x", 1, "a\n%s", ("“b”",), None)
    line = JsonLines().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == ("WARNING", "tme", "a\n“b”")
    assert datetime.fromisoformat(said["time"]).tzinfo is not None


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, socket.socket]]:
    """What listens as systemd does; an abstract socket, whose name has no length to speak of."""
    name = f"tme-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name)
        listener.settimeout(PATIENCE_SECONDS)
        yield f"@{name}", listener


def test_a_supervisor_is_told_and_one_that_is_gone_does_no_harm(
    supervisor: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", supervisor[0])
    notify("READY=1", "STATUS=Serving")
    assert supervisor[1].recv(4096) == b"READY=1\nSTATUS=Serving"
    monkeypatch.setenv("NOTIFY_SOCKET", "@nobody-listens-here")
    notify("WATCHDOG=1")


def test_a_server_in_socket_mode_is_probed_fed_and_ends_in_order(
    slack: SlackStandIn, tmp_path: Path, supervisor: tuple[str, socket.socket], seeded_home: Path
) -> None:
    """`tme serve` with a health port, JSON logs and a supervisor, as the unit runs it."""
    assert seeded_home == tmp_path / "home"
    port = free_port()
    name, listener = supervisor
    with WebSocketServer() as wire:
        slack.socket_url = wire.url
        settings = {
            "SLACK_BOT_TOKEN": "xoxb-test", "SLACK_APP_TOKEN": "xapp-test",
            "TME_HEALTH": f"127.0.0.1:{port}", "TME_LOG_FORMAT": "json", "NOTIFY_SOCKET": name,
        }  # fmt: skip
        with serving(slack.url, tmp_path, **settings) as process:
            on_progress = []
            while "WATCHDOG=1" not in on_progress:
                on_progress += listener.recv(4096).decode().split("\n")
            assert on_progress.index("READY=1") < on_progress.index("WATCHDOG=1")
            status, body = get(port, "/healthz")
            checks = {each["what"]: each for each in json.loads(body)["checks"]}
            assert (status, checks["Slack"]["says"]) == (200, "connected")
            assert "tme_slack_connected 1.0" in get(port, "/metrics")[1]
            process.send_signal(signal.SIGTERM)
            wait_for("its end", lambda: process.poll() is not None)
            while "STOPPING=1" not in on_progress:
                on_progress += listener.recv(4096).decode().split("\n")
    log = (tmp_path / "serve.log").read_text(encoding="utf-8").splitlines()
    assert "Health at http://127.0.0.1" in " ".join(json.loads(line)["message"] for line in log)
