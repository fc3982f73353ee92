"""When the library is synced, by one process at a time, and what is kept of the outcome."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from bot.app.zotero.connection import load, save
from bot.app.zotero.syncing import ZoteroSync
from bot.app.zotero.writing import Outcome
from bot.errors import SettingsError, TmeError
from bot.records.models import unique
from bot.settings import Settings
from bot.sources.base import Place
from bot.sources.http.client import PoliteClient, Time
from bot.sources.zotero.client import ZOTERO, Library, Zotero
from handlers.services import Services

# How long after one sync, or one that failed, the next is due beside a server.
EVERY = timedelta(minutes=15)
# So many lines of what was not done are kept to be shown.
_MOST_LINES = 50


@contextmanager
def opened_library(
    settings: Settings, address: str, library: Library, timing: Time | None = None
) -> Iterator[Zotero]:
    """The library, asked with the key. Raises SettingsError where there is none."""
    if settings.zotero_key is None:
        raise SettingsError(
            "ZOTERO_API_KEY is not set.", "Make a key at zotero.org/settings/keys and set it."
        )
    timing = timing or Time()
    place = Place(address, timing.now, {"library": str(library)})
    headers = {"Zotero-API-Key": settings.zotero_key.get_secret_value()}
    host = urlsplit(address).netloc.lower()
    client = PoliteClient({host: ZOTERO.interval}, settings.contact, headers=headers, timing=timing)
    try:
        yield Zotero(client, place)
    finally:
        client.close()


def sync(
    services: Services,
    *,
    remove: bool = False,
    due: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Outcome | None:
    """Bring the connected library and the store in step; None: it is not `due`.

    One process at a time; raises SettingsError where another is at it, where no library is
    connected or no key is set, and SourceUnavailable or SourceRefused.
    """
    settings, path, now = services.settings, services.settings.zotero_file, services.now()
    try:
        with FileLock(path.with_suffix(".lock"), timeout=0):
            connection = load(path)
            last = max(filter(None, (connection.synced, connection.tried)), default=None)
            if due and last is not None and last <= now < last + EVERY:
                return None
            connection.tried = now
            timing = Time(sleep=services.harvesting.pause, now=services.now)
            library = Library.parse(connection.library)
            parts = (services.store, services.harvester, services.library)
            try:
                with opened_library(settings, connection.address, library, timing) as opened:
                    run = ZoteroSync(opened, connection, parts, services.now, remove=remove)
                    done = run.run(progress)
            except TmeError as error:
                connection.trouble = error.message
                raise
            else:
                connection.trouble, connection.conflicts = None, done.conflicts[:_MOST_LINES]
                # What a person sees now has been shown; else it is kept until somebody looks.
                done.kept = list(unique((*connection.kept, *done.kept)))
                connection.kept = done.kept[-_MOST_LINES:] if due else []
                return done
            finally:
                save(path, connection)
    except Timeout:
        raise SettingsError(
            "Another process is syncing this library.", "Wait until it is done."
        ) from None
