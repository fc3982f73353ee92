"""Checks for an operator: what is in order, and what to mend."""

import os
import platform
import shlex
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from bot.app.composition import opened, seeds_folder
from bot.app.manifest import manifest
from bot.app.serving import ask_slack
from bot.errors import SemanticUnavailable, SettingsError, StoreFull, TermsDamaged, TmeError
from bot.harvest.plan import load
from bot.index.meaning import missing
from bot.settings import Settings, SlackMode
from bot.sources import SOURCES
from bot.store.backup import age, last_backup
from bot.vocabulary import Vocabulary
from bot.vocabulary.imports.terms_file import TermFolder

# Below this the database and the index cannot grow by a day's records.
_LEAST_FREE = 64_000_000
_NO_CONTACT = "with TME_CONTACT (your e-mail address) `add` and `check` query more than Europe PMC"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing checked, and what was found, in a line."""

    what: str
    ok: bool
    says: str

    def as_json(self) -> dict[str, object]:
        """As scripts read it."""
        return asdict(self)


def diagnose(settings: Settings) -> list[Finding]:
    """Check the installation, the data folder, the store, the index, and what Slack says.

    Nothing is changed beyond creating the data folder and its database where there are none.
    """
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("Python", lambda _: platform.python_version()),
        ("Seeds", lambda _: str(seeds_folder())),
        ("Settings", lambda _: _settings()),
        ("Data folder", _data_folder),
        ("Vocabulary", _vocabulary),
        ("Store and index", _store),
        ("Backup", _backup),
        ("Sources", _sources),
        ("Completing", _completing),
        ("Meaning", _meaning),
        ("Slack", _slack),
        ("Subscriptions", _changers),
    )
    return [_finding(what, check, settings) for what, check in checks]


def _finding(what: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(what, True, check(settings))
    except TmeError as error:
        return Finding(what, False, error.as_line)


def _settings() -> str:
    if unknown := Settings.unknown():
        near = [
            each for name in unknown for each in get_close_matches(name, Settings.names(), 1, 0.8)
        ]
        hint = f"Did you mean {', '.join(near)}?" if near else SettingsError.hint
        raise SettingsError(f"No setting goes by {', '.join(unknown)}.", hint)
    return ", ".join(Settings.given()) or "none given: all are as they come"


def _data_folder(settings: Settings) -> str:
    home = settings.home
    if home.exists() and not home.is_dir():
        raise SettingsError(f"{home} is no folder.", "Set TME_HOME to one.")
    there = next(each for each in (home, *home.parents) if each.exists())
    if not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(
            f"{home} cannot be written by this user.",
            "Make it writable for this user, or set TME_HOME to a folder that is.",
        )
    if home.exists() and home.stat().st_mode & 0o007 and os.name == "posix":
        raise SettingsError(
            f"{home} can be read by every user of this machine.",
            f"Run: chmod o-rwx {shlex.quote(str(home))}",
        )
    free = shutil.disk_usage(there).free
    if free < _LEAST_FREE:
        raise StoreFull(
            f"There is no room on the disk of {home}: {free / 1e6:.0f} MB are free.",
            "Free some; until then the bot answers from what is stored and keeps nothing.",
        )
    return str(home)


def _vocabulary(settings: Settings) -> str:
    vocabulary = Vocabulary.load(seeds_folder() / "taxonomy.yaml", settings.vocabulary)
    own = f", with {settings.vocabulary}" if settings.vocabulary else ""
    imported = TermFolder(settings.vocabularies_folder).listed()
    if damaged := [each.name for each in imported if not each.usable]:
        raise TermsDamaged(f"Imported, but cannot be read: {', '.join(damaged)}.")
    names = "".join(f", {each.title} ({each.terms:,})" for each in imported)
    return f"{len(vocabulary.concepts)} concepts, {len(vocabulary.drugs)} drugs{own}{names}"


def _store(settings: Settings) -> str:
    with opened(settings) as services:
        problems = services.store.check()
        if problems:
            raise TmeError("; ".join(problems[:3]), "Restore a backup: `tme restore FILE`.")
        services.index.follow(services.store)
        stored, index = services.store.status(), services.index.status()
        return f"{stored.records} records, sound; index at {index.watermark} of {stored.sequence}"


def _backup(settings: Settings) -> str:
    made = last_backup(settings.database)
    if made is None:
        return "none yet: `tme backup FILE` makes one while the bot serves"
    return f"last made {age(made, datetime.now(UTC))}"


def _sources(settings: Settings) -> str:
    planned = load(settings.sources_file)
    if not planned:
        who = f"asked as {settings.contact}" if settings.contact else _NO_CONTACT
        return f"none planned (only `tme harvest` needs them); {who}"
    if settings.contact is None:
        raise TmeError("Sources are planned, but TME_CONTACT is not set.", "Set it to your e-mail.")
    return f"{', '.join(each.name for each in planned)}, asked as {settings.contact}"


def _completing(settings: Settings) -> str:
    if not settings.complete:
        return "switched off (TME_COMPLETE); `tme complete` does it once"
    able = [kind for kind in SOURCES if kind.completes]
    named = [kind.label for kind in able if kind.anonymous or settings.contact]
    others = [kind.label for kind in able if kind.label not in named]
    missing_contact = f"; with TME_CONTACT also {', '.join(others)}" if others else ""
    keyless = [kind.label for kind in able if kind.key and not settings.secret(kind.key)]
    missing_key = f"; without a key: {', '.join(keyless)}" if keyless else ""
    return f"stored records are completed from {', '.join(named)}{missing_contact}{missing_key}"


def _meaning(settings: Settings) -> str:
    if not settings.semantic:
        return "switched off (TME_SEMANTIC)"
    if absent := missing():
        if "semantic" in settings.model_fields_set:
            raise SemanticUnavailable(f"Not installed: {', '.join(absent)}.")
        return "words alone: the extra `semantic` is not installed"
    with opened(settings) as services:
        if services.semantic is None:
            return "words alone"
        read, left = services.semantic.counts()
        return f"{services.semantic.state()}: {read:,} records read, {left:,} changes to read"


# What is missed without a scope, where it is not the answers themselves.
_MISSED = {
    "channels:history": "a digest with a lost reply waits for a person's word",
    "channels:read": "a digest is set up in its channel alone",
    "files:read": "no file can be imported",
    "files:write": "no picture or file can be sent",
    "groups:history": "the same in private channels",
    "groups:read": "the same in private channels",
    "im:write": "a notice with a lost reply waits for a person's word",
    "links:read": "pasted links get no card",
    "links:write": "pasted links get no card",
    "users:read": "guests count as members, and only those in TME_ADMINS as admins",
}


def _slack(settings: Settings) -> str:
    """What Slack says of the tokens and their scopes."""
    if not any((settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)):
        return "not set up (only `tme serve` needs it)"
    mode = settings.slack_mode()
    settings.check_tokens()
    heard = ask_slack(settings)
    opens = " and opens a socket" if mode is SlackMode.SOCKET else ""
    said = f"ready for {mode.value} mode: Slack knows me as {heard.bot} in {heard.team}{opens}"
    if heard.scopes is None:
        return f"{said}; it does not say which scopes I have"
    asked = manifest(settings)["oauth_config"]["scopes"]["bot"]
    missing_scopes = [scope for scope in asked if scope not in heard.scopes]
    needed = [scope for scope in missing_scopes if scope not in _MISSED]
    if needed:
        raise TmeError(
            f"Slack knows me as {heard.bot} in {heard.team}, but I lack the scopes"
            f" {', '.join(needed)}.",
            "Add them under OAuth & Permissions and install the app again.",
        )
    missed = "; ".join(f"without {scope} {_MISSED[scope]}" for scope in missing_scopes)
    return f"{said}; {missed}" if missed else f"{said}, with every scope"


def _changers(settings: Settings) -> str:
    """Who may change subscriptions."""
    named = ", ".join(sorted(settings.admin_ids))
    also = f", and {named}" if named else ""
    return {
        "channel": "changed by anyone in their channel",
        "creator": "changed by who made them",
        "admins": f"changed by admins and owners of the workspace{also}",
    }[settings.subscription_changes]
