"""What is kept of a connected library of Zotero: `zotero.json` in the data folder."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.curation.lists import Scope
from bot.errors import SettingsError, TmeError
from bot.settings import Settings
from bot.sources.reading.values import Item, text

Write = Literal["lists", "notes", "retractions"]


class Note(BaseModel):
    """A note below an item, as it was last read or written."""

    model_config = ConfigDict(extra="ignore")

    version: int
    text: str


class Filed(BaseModel):
    """An item as it was last read in Zotero: its version, its record here, where it is filed.

    `listed` are the collections whose reading list it was put on; `note` is what both sides had
    beside it the last time.
    """

    model_config = ConfigDict(extra="ignore")

    version: int
    record: str
    collections: list[str] = []
    listed: list[str] = []
    tags: list[str] = []
    notes: dict[str, Note] = {}
    note: str = ""


class Connection(BaseModel):
    """The library that is kept in step, whose lists its collections are, and how far it is.

    `tried` is when it was last begun; of that time are the lines of `conflicts`, `kept` and
    `trouble`.
    """

    model_config = ConfigDict(extra="ignore")

    library: str
    address: str
    name: str = ""
    workspace: str
    owner: str
    write: list[Write] = []
    version: int = 0
    synced: datetime | None = None
    tried: datetime | None = None
    trouble: str | None = None
    conflicts: list[str] = []
    kept: list[str] = []
    collections: dict[str, Item] = {}
    items: dict[str, Filed] = {}

    @property
    def scope(self) -> Scope:
        """Whose lists the collections are."""
        return Scope(self.workspace, self.owner)

    def standing(self) -> str:
        """How far it is and what asks for a person, in a line without titles: lists are private."""
        at = f"last in step {self.synced:%Y-%m-%d %H:%M} UTC" if self.synced else "not read yet"
        shown = [f"{self.library}, {at}"]
        if self.trouble:
            shown.append(f"the last try failed: {self.trouble}")
        if self.conflicts:
            shown.append(f"{len(self.conflicts)} differ on both sides (`tme zotero status`)")
        if self.kept:
            shown.append(f"{len(self.kept)} left Zotero and are here still (`tme zotero status`)")
        return "; ".join(shown)

    def list_name(self, key: str) -> str:
        """A collection by its name, with those that it is in: `Reviews / Macrophages`."""
        names: list[str] = []
        above: str | None = key
        while above in self.collections and len(names) < 10:
            collection = self.collections[above]
            names.append(text(collection.get("name")) or "Zotero")
            above = text(collection.get("parentCollection"))
        return " / ".join(reversed(names))[:80]


def load(path: Path) -> Connection:
    """The library that is connected. Raises SettingsError where none is."""
    try:
        return Connection.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise SettingsError(
            "No library of Zotero is connected.",
            "Connect one: ZOTERO_API_KEY=… tme zotero connect groups/NUMBER",
        ) from None
    except (OSError, ValidationError, ValueError):
        raise SettingsError(
            f"{path.name} cannot be read.", "Connect the library again with `tme zotero connect`."
        ) from None


def save(path: Path, connection: Connection) -> None:
    """Keep what is known of the library; whole, or as it was. Raises SettingsError."""
    unfinished = path.with_suffix(".part")
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)  # as the database beside it
        unfinished.write_text(connection.model_dump_json(), encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None


def standing(settings: Settings) -> str | None:
    """How the connected library stands, in a line; None: none is connected.

    Raises TmeError where it asks for a person: the key is not set, the last try failed, or the two
    sides differ; SettingsError where what is known of it cannot be read.
    """
    if not settings.zotero_file.exists():
        return None
    connection = load(settings.zotero_file)
    if settings.zotero_key is None:
        raise SettingsError(
            f"{connection.library} is connected, but ZOTERO_API_KEY is not set.",
            "Make a key at zotero.org/settings/keys and set it.",
        )
    if connection.trouble or connection.conflicts:
        raise TmeError(f"{connection.standing()}.", "See `tme zotero status`.")
    return connection.standing()
