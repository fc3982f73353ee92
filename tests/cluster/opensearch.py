"""Real OpenSearch nodes on the loopback, a process each, in a folder of their own.

`python -m tests.cluster.opensearch [NODES]` starts them (three without a number), prints an address
for TME_INDEX, and stops them when it is interrupted.

The distribution (160 MB) comes from Maven Central, once, into a folder below `/var/tmp`, as the
nodes of a root run as another user; OPENSEARCH_HOME names one that is there already. It needs Java
21 or newer (OPENSEARCH_JAVA, or an installed one).
"""

import json
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.processes import free_port, wait_for

VERSION = "3.8.0"
_GROUP = "org.opensearch.distribution.integ-test-zip"
_MODULES = ("analysis-common", "lang-painless", "transport-netty4", "reindex", "mapper-extras")
_HEAP_MB, _BESIDE_MB = 512, 250
_OLDEST_JAVA = 21
_LOGGING = """
rootLogger.level = warn
appender.c.type = Console
appender.c.name = c
appender.c.layout.type = PatternLayout
rootLogger.appenderRef.c.ref = c
"""


@cache
def java() -> str | None:
    """A Java that is new enough; None: there is none."""
    given = os.environ.get("OPENSEARCH_JAVA") or shutil.which("java")
    for each in (given, *map(str, sorted(Path("/usr/lib/jvm").glob("*/bin/java")))):
        if each is None:
            continue
        done = subprocess.run([each, "-version"], capture_output=True, text=True, check=False)
        found = re.search(r'version "(\d+)', done.stderr)
        if found and int(found[1]) >= _OLDEST_JAVA:
            return each
    return None


@cache
def distribution() -> Path | None:
    """The folder of OpenSearch, fetched where it is not there yet; None: it cannot be."""
    if given := os.environ.get("OPENSEARCH_HOME"):
        return Path(given)
    cached = Path(f"/var/tmp/tme-tests-{os.getuid()}")  # noqa: S108 - of this user alone
    home = cached / f"opensearch-{VERSION}"
    if home.is_dir():
        return home
    within = f"{_GROUP.replace('.', '/')}/opensearch/{VERSION}/opensearch-{VERSION}.zip"
    fetched = Path.home() / ".m2" / "repository" / within
    if not fetched.is_file():
        artifact = f"{_GROUP}:opensearch:{VERSION}:zip"
        with suppress(FileNotFoundError):
            subprocess.run(
                ["mvn", "-q", "-B", "dependency:get", "-Dtransitive=false",
                 f"-Dartifact={artifact}"],
                check=False, cwd=tempfile.gettempdir(), stdout=subprocess.DEVNULL, timeout=900,
            )  # fmt: skip
    if not fetched.is_file():
        return None
    cached.mkdir(mode=0o755, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cached) as folder:
        with zipfile.ZipFile(fetched) as file:
            file.extractall(folder)
        Path(folder).chmod(0o755)
        for each in (Path(folder) / home.name / "modules").iterdir():
            if each.name not in _MODULES:
                shutil.rmtree(each)
        with suppress(OSError):  # another process was first
            (Path(folder) / home.name).replace(home)
    return home


def missing(nodes: int = 1) -> str:
    """Why so many nodes cannot be started here; "" where they can."""
    if java() is None:
        return f"OpenSearch needs Java {_OLDEST_JAVA} or newer"
    available = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    if available and int(available[1]) < nodes * (_HEAP_MB + _BESIDE_MB) * 1024:
        return f"{nodes} nodes of OpenSearch need {nodes * (_HEAP_MB + _BESIDE_MB)} MB of memory"
    if distribution() is None:
        return f"OpenSearch {VERSION} could not be fetched by Maven from its central repository"
    return ""


@dataclass(slots=True)
class Node:
    """A node: a process of its own, which can be killed and started again."""

    folder: Path
    port: int
    transport: int
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        """Begin; see `Cluster.wait`."""
        home, account = self.folder / "home", _account()
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    str(java()), f"-Xms{_HEAP_MB}m", f"-Xmx{_HEAP_MB}m", "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "--add-opens=java.base/java.nio=ALL-UNNAMED",
                    "--enable-native-access=ALL-UNNAMED",
                    f"-javaagent:{home}/agent/opensearch-agent.jar",
                    f"-Djava.io.tmpdir={self.folder / 'tmp'}", "-Dlog4j2.disable.jmx=true",
                    "-Djava.awt.headless=true", f"-Dopensearch.path.home={home}",
                    f"-Dopensearch.path.conf={self.folder}/conf",
                    "-Dopensearch.distribution.type=zip", "-Dopensearch.bundled_jdk=false",
                    "-cp", f"{distribution()}/lib/*", "org.opensearch.bootstrap.OpenSearch",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env={"PATH": "/usr/bin:/bin"}, **(who if os.getuid() == 0 else {}),
            )  # type: ignore[call-overload]  # fmt: skip

    def end(self, how: int = signal.SIGKILL) -> None:
        """End the process and wait for it; nothing where it has ended."""
        if self.process is not None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """A block in which it keeps its connections and does nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@dataclass(slots=True)
class Cluster:
    """Nodes that know each other."""

    nodes: list[Node]

    @property
    def url(self) -> str:
        """An address for TME_INDEX, with all of them."""
        return f"opensearch+http://{','.join(f'127.0.0.1:{node.port}' for node in self.nodes)}"

    @contextmanager
    def index(self, shards: int = 1, replicas: int = 0) -> Iterator[str]:
        """An address of an index that is not there yet, and is removed in the end."""
        name = f"t{secrets.token_hex(4)}"
        try:
            yield f"{self.url}/{name}?shards={shards}&replicas={replicas}"
        finally:
            alive = next(node for node in self.nodes if node.process is not None)
            for each in self.get(alive, f"_cat/indices/{name}*?format=json"):
                self.get(alive, str(each["index"]), "DELETE")  # type: ignore[index]

    def wait(self, nodes: int) -> None:
        """Wait until so many are one cluster that has every copy of every shard."""
        query = f"wait_for_status=green&wait_for_nodes={nodes}&timeout=1s"

        def look() -> bool:
            for node in self.nodes:
                if node.process is None:
                    continue
                if node.process.poll() is not None:
                    log = (node.folder / "log").read_text(encoding="utf-8", errors="replace")
                    raise RuntimeError(f"a node of OpenSearch ended: {log[-1500:]}")
                with suppress(OSError):
                    health = self.get(node, f"_cluster/health?{query}")
                    if health["number_of_nodes"] == nodes and not health["timed_out"]:
                        return True
            return False

        wait_for("the nodes of OpenSearch to be one cluster", look)

    def get(self, node: Node, path: str, method: str = "GET") -> dict[str, object]:
        """What a node answers."""
        wanted = urllib.request.Request(f"http://127.0.0.1:{node.port}/{path}", method=method)
        with urllib.request.urlopen(wanted, timeout=30) as answer:  # noqa: S310 - loopback
            found: dict[str, object] = json.load(answer)
        return found

    def manager(self) -> Node:
        """The node that the others have elected."""
        for node in self.nodes:
            # One that was just started may be of the cluster before it listens.
            with suppress(OSError):
                (chosen,) = self.get(node, "_cat/cluster_manager?format=json")
                return self.nodes[int(chosen["node"].removeprefix("n"))]  # type: ignore[attr-defined]
        raise TimeoutError("no node of OpenSearch says which one was elected")


def _account() -> pwd.struct_passwd:
    """As whom it runs: it refuses root."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def _prepare(node: Node, number: int, seeds: list[int]) -> None:
    home, made = node.folder / "home", distribution()
    assert made is not None
    for name in ("conf", "data", "logs", "tmp", "home/bin", "home/plugins", "home/logs"):
        (node.folder / name).mkdir(parents=True)
    for name in ("lib", "modules", "agent"):
        (home / name).symlink_to(made / name)
    (node.folder / "conf/log4j2.properties").write_text(_LOGGING, encoding="utf-8")
    addresses = ", ".join(f'"127.0.0.1:{port}"' for port in seeds)
    names = ", ".join(f"n{at}" for at in range(len(seeds)))
    (node.folder / "conf/opensearch.yml").write_text(
        f"cluster.name: tme-tests\nnode.name: n{number}\nnetwork.host: 127.0.0.1\n"
        f"http.port: {node.port}\ntransport.port: {node.transport}\n"
        f"discovery.seed_hosts: [{addresses}]\ncluster.initial_cluster_manager_nodes: [{names}]\n"
        f"path.data: {node.folder}/data\npath.logs: {node.folder}/logs\nnode.processors: 2\n"
        "cluster.routing.allocation.disk.threshold_enabled: false\n",
        encoding="utf-8",
    )
    if os.getuid() == 0:
        for path in (node.folder, *node.folder.rglob("*")):
            os.chown(path, _account().pw_uid, _account().pw_gid, follow_symlinks=False)


@contextmanager
def cluster(nodes: int) -> Iterator[Cluster]:
    """So many nodes, ready."""
    folder = Path(tempfile.mkdtemp(prefix="tme-opensearch-"))
    folder.chmod(0o755)
    made = Cluster([Node(folder / f"n{at}", free_port(), free_port()) for at in range(nodes)])
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for number, node in enumerate(made.nodes):
            _prepare(node, number, [each.transport for each in made.nodes])
            stack.callback(node.end, signal.SIGTERM)
            node.start()
        made.wait(nodes)
        yield made


def main(nodes: int) -> None:
    """Serve until interrupted, or ended by SIGTERM."""
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, signal.default_int_handler)
    with suppress(KeyboardInterrupt), cluster(nodes) as made:
        print(f"TME_INDEX={made.url}", flush=True)
        signal.pause()


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if sys.argv[1:] else 3
    if reason := missing(wanted):
        sys.exit(reason)
    main(wanted)
