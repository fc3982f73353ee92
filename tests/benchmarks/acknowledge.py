"""How soon commands are acknowledged that come all at once, in a first burst and in later ones.

A real Bolt app over the starter set hears `/tme …` from as many threads as the socket has
receivers; Slack is a stand-in in a process of its own. Counted is from the moment of the burst to
each acknowledgement, while the answers to those before are under way. With `--http` the requests
are signed and come over so many connections, opened before, from a process of its own that counts.
`--old FOLDER` is another checkout, measured in turns with this one; `--home FOLDER` a data folder
of which every run gets a copy.

    .venv/bin/python tests/benchmarks/acknowledge.py --old ../before
"""

import argparse
import hashlib
import hmac
import json
import os
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = (
    "macrophage csf1r", "CAF aquired resistence", "10.1002/ctd2.70098", "author:sharma since:2017",
    "oncolytic virus glioma", "help", "treg -melanoma", '"adaptive resistance"', "asdfgh", "new",
)  # fmt: skip
RECEIVERS, BURSTS, ROUNDS = 10, 10, 3
SECRET, PORT = "s" * 32, 8765


def call() -> None:
    """In a process of its own: send the bodies of standard input at once; when each was heard."""
    waiting, bodies = selectors.DefaultSelector(), json.load(sys.stdin)
    ready = []
    for body in bodies:
        at, text = str(int(time.time())), urlencode(body).encode()
        signed = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + text, hashlib.sha256).hexdigest()
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(text)}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nX-Slack-Signature: v0={signed}\r\n"
            f"X-Slack-Request-Timestamp: {at}\r\n\r\n"
        )
        ready.append((socket.create_connection(("127.0.0.1", PORT)), head.encode() + text))
    time.sleep(0.3)  # until the server has taken the connections
    began, heard = time.perf_counter(), []
    for peer, request in ready:
        peer.sendall(request)
        waiting.register(peer, selectors.EVENT_READ)
    while len(heard) < len(ready):
        for key, _ in waiting.select():
            peer = key.fileobj
            assert isinstance(peer, socket.socket)
            assert peer.recv(4096).startswith(b"HTTP/1.1 200")
            heard.append(time.perf_counter() - began)
            waiting.unregister(peer)
    print(json.dumps(heard))


def burst(url: str, home: str, count: int, bursts: int, *, over_http: bool) -> None:
    """In a process of its own: bursts of so many commands; the quantiles of each, as JSON."""
    from slack_bolt import BoltRequest  # noqa: PLC0415 - of the checkout that is measured

    from bot.app import serving  # noqa: PLC0415
    from bot.app.composition import build_router, opened, seeds_folder  # noqa: PLC0415
    from bot.app.startup import prepare, settle  # noqa: PLC0415
    from bot.settings import Settings  # noqa: PLC0415
    from handlers.transports import HttpTransport  # noqa: PLC0415
    from tests.handlers.bodies import slash  # noqa: PLC0415

    address = {"slack_bot_token": "xoxb-test", "slack_api_url": f"{url}/api/"}
    if over_http:
        address["slack_signing_secret"] = SECRET
    settings = Settings(home=Path(home), semantic="no", complete=False, **address)
    with opened(settings) as services:
        router = build_router(services)
        app = serving.build_bolt(settings, router)
        prepare(services, seeds_folder())
        # A checkout of before servers were warmed is measured too.
        getattr(serving, "warm", lambda *_: None)(router, app)
        settle(services)
        spent, took = [], []
        waiting = app.listener_runner.listener_executor._work_queue
        # A checkout of before there was an inbox is measured too.
        under_way = getattr(getattr(services, "inbox", None), "_under_way", ())
        door = HttpTransport(app, "127.0.0.1", PORT)
        door.start()
        for number in range(bursts):
            bodies = [
                slash(QUESTIONS[n % 10], f"{url}/response/1", user_id=f"U{number}{n:03d}")
                for n in range(count)
            ]
            began = time.perf_counter()
            if over_http:
                client = [sys.executable, __file__, "--call"]
                heard = subprocess.run(
                    client, input=json.dumps(bodies), stdout=subprocess.PIPE, text=True, check=True
                )
                acknowledged = sorted(json.loads(heard.stdout))
            else:
                with ThreadPoolExecutor(RECEIVERS) as receivers:
                    began = time.perf_counter()

                    def hear(body: dict[str, object], since: float = began) -> float:
                        app.dispatch(BoltRequest(mode="socket_mode", body=body))
                        return time.perf_counter() - since

                    acknowledged = sorted(receivers.map(hear, bodies))
            while waiting.qsize() or under_way:
                time.sleep(0.01)
            took.append(round(1000 * (time.perf_counter() - began)))
            spent.append([round(1000 * acknowledged[int(count * q)]) for q in (0.5, 0.95)])
        door.close()
        app.listener_runner.listener_executor.shutdown(wait=True)
    print(json.dumps({"bursts": spent, "answered": took}))


def measure(
    folder: Path, count: int, bursts: int, *, over_http: bool, stored: Path | None
) -> dict[str, list[list[int]]]:
    """Run the bursts over a checkout's code, in a fresh data folder or a copy of one."""
    from tests.handlers.standin import SlackStandIn  # noqa: PLC0415

    with SlackStandIn() as slack, tempfile.TemporaryDirectory() as home:
        if stored is not None:
            shutil.copytree(stored, home, dirs_exist_ok=True)
        done = subprocess.run(
            [
                sys.executable, __file__, *(["--http"] if over_http else []),
                "--in", slack.root, home, str(count), str(bursts),
            ],
            env={**os.environ, "PYTHONPATH": str(folder)}, cwd=folder, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
    found: dict[str, list[list[int]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure this checkout, and another in turns with it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--old", type=Path, action="append", default=[])
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--counts", type=int, nargs="+", default=[50, 200])
    options.add_argument("--bursts", type=int, default=BURSTS)
    options.add_argument("--http", action="store_true")
    options.add_argument("--home", type=Path)
    options.add_argument("--in", dest="within", nargs=4)
    options.add_argument("--call", action="store_true")
    given = options.parse_args()
    if given.call:
        call()
        return
    if given.within:
        url, home, count, bursts = given.within
        burst(url, home, int(count), int(bursts), over_http=given.http)
        return
    sys.path.insert(0, str(ROOT))
    folders = [ROOT, *(each.resolve() for each in given.old)]
    for count in given.counts:
        found: dict[Path, list[dict[str, list[list[int]]]]] = {each: [] for each in folders}
        for _ in range(given.rounds):
            for folder in folders:
                run = measure(folder, count, given.bursts, over_http=given.http, stored=given.home)
                found[folder].append(run)
        for folder, runs in found.items():
            first = [run["bursts"][0] for run in runs]
            later = [each for run in runs for each in run["bursts"][1:]]
            tenth = [run["bursts"][-1] for run in runs]
            shown = [
                f"{name} {statistics.median(e[0] for e in each):.0f}"
                f"/{statistics.median(e[1] for e in each):.0f} ms"
                for name, each in (("first", first), ("later", later), ("last", tenth))
            ]
            done = statistics.median(e for run in runs for e in run["answered"])
            print(f"{count} at once, {folder.name}: median/p95 {', '.join(shown)}; all answered"
                  f" in {done:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
