"""Real PostgreSQL servers on the loopback, in a folder of their own: one, or one with a standby.

`python -m tests.cluster.postgres [--standby]` starts them, prints an address for TME_DATABASE, and
stops them when it is interrupted.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.processes import free_port, wait_for

if TYPE_CHECKING or find_spec("psycopg"):
    import psycopg

USER = "tme"
# A test's databases need some tens of megabytes.
_LEAST_MEMORY = 500_000_000
# As whom PostgreSQL runs where the tests run as root, which it refuses.
_PLAIN_USERS = ("postgres", "nobody")
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = replica
hot_standby = on
max_wal_senders = 8
max_connections = 200
shared_buffers = 64MB
"""


def binaries() -> Path | None:
    """The folder of the machine's newest PostgreSQL server; None: there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found += [Path(each).resolve() for each in (shutil.which("initdb"),) if each]
    return found[0].parent if found else None


def missing() -> str:
    """Why no server can be started here; "" where one can."""
    if binaries() is None:
        return "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if os.name == "posix" and os.getuid() == 0 and shutil.which("setpriv") is None:
        return "PostgreSQL does not run as root, and setpriv is not there"
    return ""


@dataclass(slots=True)
class Server:
    """A server that runs, by its folder."""

    folder: Path
    port: int

    @property
    def pid(self) -> int:
        """The process of the postmaster, whose end takes all others with it."""
        return int((self.folder / "postmaster.pid").read_text(encoding="ascii").split("\n")[0])

    def kill(self) -> None:
        """`kill -9`, of the postmaster and of all its processes, as where power fails."""
        pid = self.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        others = children.read_text(encoding="ascii").split() if children.exists() else []
        for each in (pid, *map(int, others)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)

    def promote(self) -> None:
        """Make a standby the primary, which waits for no standby of its own."""
        _run("pg_ctl", "-D", str(self.folder), "-w", "promote")

    def stop(self) -> None:
        """An orderly end; nothing where it was killed."""
        with suppress(subprocess.CalledProcessError, FileNotFoundError):
            _run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "-w", "stop")


def _as_plain_user() -> list[str]:
    if os.getuid() != 0:
        return []
    user = _plain_user()
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


def _plain_user() -> str:
    known = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in _PLAIN_USERS if name in known)


def _run(command: str, *arguments: str, within: Sequence[str] = ()) -> None:
    folder = binaries()
    assert folder is not None
    subprocess.run(
        [*within, *_as_plain_user(), str(folder / command), *arguments],
        check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


def _start(folder: Path, port: int, within: Sequence[str] = ()) -> Server:
    log = folder.with_name(f"{folder.name}.log")
    _run("pg_ctl", "-D", str(folder), "-w", "-t", "60", "-l", str(log), "start", within=within)
    return Server(folder, port)


@contextmanager
def _folder(where: str | None = None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tme-postgres-", dir=where))
    if os.getuid() == 0:
        shutil.chown(folder, _plain_user())
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _primary(folder: Path, more: str, within: Sequence[str] = ()) -> Server:
    port = free_port()
    _run("initdb", "-D", str(folder / "a"), "-U", USER, "-A", "trust", "-E", "UTF8",
         "--locale=C.UTF-8", "--no-sync")  # fmt: skip
    with (folder / "a" / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"{_CONFIGURATION}port = {port}\n{more}\n")
    return _start(folder / "a", port, within)


@contextmanager
def apart(hosts: Sequence[str], within: Sequence[str]) -> Iterator[Server]:
    """One server at these addresses, begun by a command that takes it to another network."""
    with _folder() as folder:
        listens = f"listen_addresses = '127.0.0.1,{','.join(hosts)}'"
        server = _primary(folder, listens, within)
        try:
            with (folder / "a" / "pg_hba.conf").open("a", encoding="utf-8") as file:
                file.writelines(f"host all all {host}/24 trust\n" for host in hosts)
            _run("pg_ctl", "-D", str(folder / "a"), "reload")
            yield server
        finally:
            server.stop()


@contextmanager
def one() -> Iterator[Server]:
    """One server, in memory where that can be: for tests of what is stored, not what survives."""
    memory = "/dev/shm"  # noqa: S108 - where the kernel keeps files in memory
    has_room = Path(memory).is_dir() and shutil.disk_usage(memory).free > _LEAST_MEMORY
    with _folder(memory if has_room else None) as folder:
        server = _primary(folder, "fsync = off\nsynchronous_commit = off\nfull_page_writes = off")
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def pair() -> Iterator[tuple[Server, Server]]:
    """A primary whose commits wait for its standby, and that standby, in step."""
    with _folder() as folder:
        primary = _primary(
            folder, "synchronous_standby_names = 'ANY 1 (b)'\nsynchronous_commit = local"
        )
        servers = [primary]
        try:
            port = free_port()
            where = f"host=127.0.0.1 port={primary.port} user={USER}"
            _run("pg_basebackup", "-d", f"{where} application_name=b", "-D", str(folder / "b"),
                 "-X", "stream", "-c", "fast", "-R", "-C", "-S", "b_slot")  # fmt: skip
            with (folder / "b" / "postgresql.conf").open("a", encoding="utf-8") as file:
                # A promoted standby that named a standby itself would wait for it for ever.
                file.write(f"port = {port}\nsynchronous_standby_names = ''\n")
            standby = _start(folder / "b", port)
            servers.append(standby)
            _in_step(primary)
            yield primary, standby
        finally:
            for server in servers:
                server.stop()


def _in_step(primary: Server) -> None:
    """Wait until commits wait for the standby: for its first seconds it only follows."""
    with psycopg.connect(admin(primary.port), autocommit=True) as db:
        query = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'quorum'"
        wait_for("the standby to be in step", lambda: db.execute(query).fetchone())
        db.execute("ALTER SYSTEM SET synchronous_commit = on")
        db.execute("SELECT pg_reload_conf()")


def admin(port: int, host: str = "127.0.0.1") -> str:
    """The address of a server's own database."""
    return f"postgresql://{USER}@{host}:{port}/postgres"


def address(name: str, *ports: int) -> str:
    """The address of a database on one of these servers, whichever takes writes."""
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return f"postgresql://{USER}@{hosts}/{name}"


def create(port: int, name: str, template: str = "template0") -> None:
    """Make a database, empty or as another one is."""
    with psycopg.connect(admin(port), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def drop(port: int, name: str) -> None:
    """Take a database away, whoever is still connected."""
    with psycopg.connect(admin(port), autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main(standby: bool) -> None:
    """Serve until interrupted, or ended by SIGTERM."""
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, signal.default_int_handler)
    with suppress(KeyboardInterrupt), pair() if standby else one() as made:
        servers = made if isinstance(made, tuple) else (made,)
        print(f"TME_DATABASE={address('postgres', *(each.port for each in servers))}", flush=True)
        signal.pause()


if __name__ == "__main__":
    if reason := missing():
        sys.exit(reason)
    main("--standby" in sys.argv)
