"""Pictures the bot uploads, as Slack takes them: an address to upload to, then a message with it.

Only PNG is taken: that is what the bot draws, and what the page may show without a second look.
Kept in memory, the newest few.
"""

import secrets
import threading
from dataclasses import dataclass, field, replace

from bot.playground.workspace import Json

_KEPT = 20
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class File:
    """A picture. `handle` is where it is uploaded to and shown from: nobody can guess it."""

    id: str
    handle: str
    name: str
    length: int
    alt_text: str = ""
    title: str = ""
    png: bytes = b""

    def for_slack(self) -> Json:
        """The file object as Slack's API gives it, as far as anybody here reads it."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": "image/png",
            "alt_txt": self.alt_text,
        }

    def for_page(self) -> Json:
        """What the page draws."""
        return {
            "name": self.name,
            "title": self.title or self.name,
            "alt": self.alt_text or self.title or self.name,
            "url": f"/files/{self.handle}",
        }


@dataclass(slots=True)
class Files:
    """The files of the workspace, by handle. Safe to use from several threads."""

    _held: dict[str, File] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def announce(self, name: str, length: int, alt_text: str) -> File:
        """A file that is about to be uploaded; the oldest goes when there are too many."""
        file = File(_id(), secrets.token_urlsafe(24), name, length, alt_text)
        with self._lock:
            self._held[file.handle] = file
            while len(self._held) > _KEPT:
                self._held.pop(next(iter(self._held)))
        return file

    def fill(self, handle: str, sent: bytes) -> bool:
        """Take what was uploaded; False when nothing waits for it or it is not as announced."""
        with self._lock:
            file = self._held.get(handle)
            if file is None or file.png or len(sent) != file.length or not sent.startswith(_PNG):
                return False
            self._held[handle] = replace(file, png=sent)
            return True

    def name(self, file_id: str, title: str) -> File | None:
        """Give an uploaded file its title; None when it was never uploaded."""
        with self._lock:
            file = next((f for f in self._held.values() if f.id == file_id and f.png), None)
            if file is None:
                return None
            self._held[file.handle] = replace(file, title=title)
            return self._held[file.handle]

    def png(self, handle: str) -> bytes | None:
        """An uploaded picture, or None."""
        with self._lock:
            file = self._held.get(handle)
        return file.png or None if file else None


def _id() -> str:
    return f"F{secrets.token_hex(6).upper()}"
