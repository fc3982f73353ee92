"""An index in a folder that must not be written, such as a share: read through links to its files.

The engine makes a lock file beside what it reads, and opens nothing where it cannot.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

# A reader that is being closed may make its lock file while the folder is removed.
_TRIES = 5


class Links:
    """A temporary folder with a link to every file of an index, until `remove`."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError."""
        self._meta = folder / "meta.json"
        self._made = self._meta.stat().st_mtime_ns
        self._temporary = TemporaryDirectory(prefix="tme-index-", ignore_cleanup_errors=True)
        self.path = Path(self._temporary.name)
        for each in folder.iterdir():
            if each.suffix != ".lock":
                (self.path / each.name).symlink_to(each.resolve())

    @property
    def is_old(self) -> bool:
        """Whether the index was written since: its files are others now."""
        try:
            return self._meta.stat().st_mtime_ns != self._made
        except OSError:
            return True

    def remove(self) -> None:
        """Remove the links; what was opened through them stays readable. Never raises."""
        for _ in range(_TRIES):
            self._temporary.cleanup()
            if not self.path.exists():
                return
