"""The data folder: where it is, what is where in it, and that it is the user's alone."""

from pathlib import Path

import platformdirs
from pydantic import Field

from bot.settings.environment import Environment


def make_private_folder(folder: Path) -> None:
    """Make a data folder, and those above it, for this user alone, regardless of the umask.

    One that is there keeps its permissions. Raises OSError.
    """
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _usual_home() -> Path:
    """The platform's folder for data; where 0.1.0 put it, if it did: in the person's own folder."""
    usual = Path(platformdirs.user_data_dir("tme-bot", appauthor=False))
    before = Path.home()
    was_used = (before / "tme.db").is_file() and not (usual / "tme.db").exists()
    return before if was_used else usual


class DataFolder(Environment):
    """Where the bot keeps what it stores, by the environment."""

    home: Path = Field(
        default_factory=_usual_home,
        description="The data folder: database and search index (default: the platform's own).",
    )

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.home / "tme.db"

    @property
    def zotero_file(self) -> Path:
        """Where it is kept which library of Zotero is connected, and how far it was read."""
        return self.home / "zotero.json"

    @property
    def index_folder(self) -> Path:
        """The folder of the search index."""
        return self.home / "index"

    @property
    def full_text_folder(self) -> Path:
        """The folder of the index of full texts; may be deleted."""
        return self.home / "fulltext"

    @property
    def kept_folder(self) -> Path:
        """Where forms of the vocabulary are kept that are read faster; may be deleted."""
        return self.home / "compiled"

    @property
    def vocabularies_folder(self) -> Path:
        """The folder of imported vocabularies."""
        return self.home / "vocabularies"

    @property
    def semantic_folder(self) -> Path:
        """The folder of the vectors of meaning-based ranking, and of its model."""
        return self.home / "semantic"
