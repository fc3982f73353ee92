"""Checks for an operator: what is in order, and what to mend."""

import os
import platform
import shlex
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from functools import partial

from bot.app.bolt import ask_slack
from bot.app.composition import opened, seeds_folder
from bot.app.manifest import manifest
from bot.errors import IndexAway, SemanticUnavailable, SettingsError, TermsDamaged, TmeError
from bot.harvest.plan import load
from bot.index.meaning import missing
from bot.settings import Settings
from bot.settings.slack import SlackMode, check_tokens, slack_mode
from bot.vocabulary import Vocabulary
from bot.vocabulary.imports.terms_file import TermFolder
from handlers.health.checks import Check, found, room
from handlers.health.service import Health

_NO_CONTACT = "with TME_CONTACT (your e-mail address) `add` and `check` query more than Europe PMC"


def diagnose(settings: Settings) -> list[Check]:
    """Check the installation, the data folder, the settings and what Slack says, then the rest.

    Nothing is changed beyond creating the data folder and its database where there are none.
    """
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("Python", lambda _: platform.python_version()),
        ("Seeds", lambda _: str(seeds_folder())),
        ("Settings", lambda _: _settings()),
        ("Data folder", _data_folder),
        ("Vocabulary", _vocabulary),
        ("Sources", _sources),
        ("Finding by meaning", _meaning),
        ("Slack", _slack),
        ("Subscriptions", _changers),
    )
    before = [found(what, partial(look, settings)) for what, look in checks]
    return [*before, *_stored(settings)]


def _stored(settings: Settings) -> list[Check]:
    """The store read through, then what a server would find of it."""
    try:
        with opened(settings) as services:
            problems = services.store.check()
            with suppress(IndexAway):  # the checks say so
                services.index.follow(services.store)
            rest = Health(services).checks()
    except TmeError as error:
        return [Check("Store", "bad", error.message, error.hint, is_vital=True)]
    if problems:
        todo = "Restore a backup: `tme restore FILE`."
        rest.insert(0, Check("Store", "bad", "; ".join(problems[:3]), todo, is_vital=True))
    return rest


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
    room(shutil.disk_usage(there).free, str(home))
    return str(home)


def _vocabulary(settings: Settings) -> str:
    vocabulary = Vocabulary.load(seeds_folder() / "taxonomy.yaml", settings.vocabulary)
    own = f", with {settings.vocabulary}" if settings.vocabulary else ""
    imported = TermFolder(settings.vocabularies_folder).listed()
    if damaged := [each.name for each in imported if not each.usable]:
        raise TermsDamaged(f"Imported, but cannot be read: {', '.join(damaged)}.")
    names = "".join(f", {each.title} ({each.terms:,})" for each in imported)
    return f"{len(vocabulary.concepts)} concepts, {len(vocabulary.drugs)} drugs{own}{names}"


def _sources(settings: Settings) -> str:
    planned = load(settings.sources_file)
    if not planned:
        who = f"asked as {settings.contact}" if settings.contact else _NO_CONTACT
        return f"none planned (only `tme harvest` needs them); {who}"
    if settings.contact is None:
        raise TmeError("Sources are planned, but TME_CONTACT is not set.", "Set it to your e-mail.")
    return f"{', '.join(each.name for each in planned)}, asked as {settings.contact}"


def _meaning(settings: Settings) -> str:
    if not settings.semantic:
        return "switched off (TME_SEMANTIC)"
    if absent := missing():
        if "semantic" in settings.model_fields_set:
            raise SemanticUnavailable(f"Not installed: {', '.join(absent)}.")
        return "words alone: the extra `semantic` is not installed"
    here = "; OpenSearch keeps the words, this server the vectors" if settings.index_url else ""
    return f"{settings.semantic}{here}"


# What is missed without a scope, where it is not the answers themselves.
MISSED = {
    "assistant:write": "direct messages show no questions to begin with",
    "channels:history": "a digest with a lost reply waits for a person's word",
    "channels:read": "a digest is set up in its channel alone",
    "files:read": "no file can be imported",
    "files:write": "no picture or file can be sent",
    "groups:history": "the same in private channels",
    "groups:read": "the same in private channels",
    "im:write": "a notice with a lost reply waits for a person's word",
    "links:read": "pasted links get no card",
    "links:write": "pasted links get no card",
    "reactions:read": "votes in journal clubs are not counted",
    "users:read": "guests count as members, and only those in TME_ADMINS as admins",
}


def _slack(settings: Settings) -> str:
    """What Slack says of the tokens and their scopes."""
    given = (
        settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret,
        settings.slack_client_id,
    )  # fmt: skip
    if not any(given):
        return "not set up (only `tme serve` needs it)"
    mode = slack_mode(settings)
    check_tokens(settings)
    if settings.serves_many:
        return _installed(settings)
    identity = ask_slack(settings)
    opens = " and opens a socket" if mode is SlackMode.SOCKET else ""
    ready = (
        f"ready for {mode.value} mode: Slack knows me as {identity.bot} in {identity.team}{opens}"
    )
    if identity.scopes is None:
        return f"{ready}; it does not say which scopes I have"
    wanted = manifest(settings)["oauth_config"]["scopes"]["bot"]
    missing_scopes = [scope for scope in wanted if scope not in identity.scopes]
    needed = [scope for scope in missing_scopes if scope not in MISSED]
    if needed:
        raise TmeError(
            f"Slack knows me as {identity.bot} in {identity.team}, but I lack the scopes"
            f" {', '.join(needed)}.",
            "Add them under OAuth & Permissions and install the app again.",
        )
    if not missing_scopes:
        return f"{ready}, with every scope"
    return f"{ready}; {missed(missing_scopes)}. Install the app again to add them"


def missed(scopes: Sequence[str]) -> str:
    """What cannot be done without scopes that an admin has refused, in words."""
    return "; ".join(f"without {scope} {MISSED.get(scope, 'I do not work')}" for scope in scopes)


def _installed(settings: Settings) -> str:
    """How many workspaces installed the bot, and that each token can be opened and made new."""
    with opened(settings) as services:
        standing = [each for each in services.store.installations.all() if each.sealed is not None]
        dead = [e.name for e in standing if services.workspaces.token(e.workspace) is None]
    if dead:
        raise TmeError(
            f"The token of {', '.join(dead)} has expired and could not be made new.",
            "Check SLACK_CLIENT_SECRET, or have the app installed there again.",
        )
    return f"ready for workspaces that install the bot: {len(standing)} now"


def _changers(settings: Settings) -> str:
    """Who may change subscriptions."""
    named = ", ".join(sorted(settings.admin_ids))
    also = f", and {named}" if named else ""
    return {
        "channel": "changed by anyone in their channel",
        "creator": "changed by who made them",
        "admins": f"changed by admins and owners of the workspace{also}",
    }[settings.subscription_changes]
