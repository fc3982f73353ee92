"""Bad days of the machine, what lies about on it, and what an operator can do."""

import re
import shutil
import subprocess

from tests.attempts.brought import output
from tests.attempts.files import ris
from tests.attempts.trying import TME, Checkout, attempt

CLOCK, QUIET, DISK, SUPPLY = "clock", "quiet", "disk", "supply"
FULL_DISK = 77


@attempt(CLOCK, "A clock that jumps four years ahead and back: the next daily digest")
def clock(bot: Checkout) -> str:
    """Silent for four years."""
    out = output(bot, """
from bot.schedule import Cadence, Schedule
from bot.store.subscriptions import NewSubscription
with services() as built:
    built.index.follow(built.store)
    watch = built.subscriptions.understand("macrophages")
    daily = Schedule(Cadence.DAILY, time(9), "UTC")
    new = NewSubscription("/T1", "C1", watch, daily)
    built.store.subscriptions.add(new, "U1", moment[0])
    start = moment[0]
    moment[0] = start + timedelta(days=4 * 365)
    built.digests.step()
    moment[0] = start
    built.digests.step()
    built.harvester.take([Record(title="Macrophages in glioma",
        identifiers=(Identifier(scheme=Scheme.DOI, value="10.1234/m"),),
        provenance=(Provenance(source="test"),))], "test")
    built.index.follow(built.store)
    for day in range(3):
        moment[0] = start + timedelta(days=day, hours=22)
        built.digests.step()
    print("DIGESTS", sum(bool(d.records) for d in built.store.deliveries.in_state("pending", 9)))
""")  # fmt: skip
    return "" if "DIGESTS 1" in out else "no digest in the three days after"


@attempt(DISK, "On a full disk: `tme ask` and `tme doctor`")
def full_disk(bot: Checkout) -> str:
    """A traceback, or nothing."""
    bot.reading("refs.ris", ris("Macrophages"))
    bot.tme("ask", "macrophages")
    disk, tme = bot.folder / "disk", f"{bot.python} -m {_package(bot)}"
    disk.mkdir()
    script = f"""
        mount -t tmpfs -o size=32m none {disk} || exit {FULL_DISK}
        cp -r {bot.home} {disk}/home
        dd if=/dev/zero of={disk}/ballast bs=4k 2>/dev/null
        cd {bot.root}
        for what in 'ask macrophages' doctor; do echo "== $what"; {tme} $what 2>&1; done
    """
    unshare = shutil.which("unshare")
    assert unshare, "not tried: unshare is not there"
    done = subprocess.run(
        [unshare, "-m", "sh", "-c", script], check=False, capture_output=True, text=True,
        env=bot.environment(TME_HOME=f"{disk}/home"), timeout=120,
    )  # fmt: skip
    assert done.returncode != FULL_DISK, "not tried: mount is not allowed here"
    ask, doctor = done.stdout.removeprefix("== ").split("\n== ")
    if "Macrophages" not in ask:
        return f"ask: {ask.splitlines()[-1][:120]}"
    return "" if "no room" in doctor else f"doctor: {doctor.splitlines()[-1][:120]}"


def _package(bot: Checkout) -> str:
    return "bot.app.cli" if (bot.root / "bot" / "app").is_dir() else "bot.cli"


@attempt(QUIET, "Modes of the data folder and database under umask 000")
def modes(bot: Checkout) -> str:
    """Everybody on the machine could read and write them."""
    bot.program(f"import os\nos.umask(0)\n{TME}", "import", str(bot.file("refs.ris", ris())))
    assert (bot.home / "tme.db").exists()
    found = {path: oct(path.stat().st_mode & 0o777) for path in (bot.home, bot.home / "tme.db")}
    bad = [f"{path.name} {mode}" for path, mode in found.items() if int(mode, 8) & 0o077]
    return ", ".join(bad)


@attempt(QUIET, "Who changed what: `tme audit`")
def audit(bot: Checkout) -> str:
    """There was no trail."""
    bot.reading("refs.ris", ris())
    done = bot.tme("audit", "--json")
    return "" if done.code == 0 and done.lines else "no such command"


@attempt(QUIET, "What is kept of a person, listed and deleted: `tme person`")
def person(bot: Checkout) -> str:
    """There was no way to know."""
    done = bot.tme("person", "U0ANN", "--delete", "--json")
    return "" if done.code == 0 and done.lines else "no such command"


@attempt(SUPPLY, "What is installed, by the sums of its files")
def sums(bot: Checkout) -> str:
    """By version alone."""
    hashes = bot.root / ".ci" / "hashes.txt"
    return "" if hashes.exists() and "--hash=sha256:" in hashes.read_text("utf-8") else "no sums"


@attempt(SUPPLY, "Actions of CI, pinned by commit")
def actions(bot: Checkout) -> str:
    """By a tag that its owner can move."""
    files = list((bot.root / ".github" / "workflows").glob("*.yml"))
    assert files, "no workflow"
    used = re.findall(r"uses:\s*(\S+)", "".join(each.read_text("utf-8") for each in files))
    loose = [each for each in used if not re.search(r"@[0-9a-f]{40}$", each)]
    return f"by tag: {', '.join(loose)}" if loose else ""
