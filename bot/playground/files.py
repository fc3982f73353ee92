"""Files the bot uploads, as Slack takes them: an address to upload to, then a message with it.

PNG is taken, which is what the bot draws and what the page may show without a second look; and
text under the name of an export, which the page only offers to save. The newest few are kept, in
memory.
"""

import secrets
import threading
from dataclasses import dataclass, field, replace

from bot.playground.workspace import Json

_KEPT = 20
_PNG = b"\x89PNG\r\n\x1a\n"
_EXPORTS = (".bib", ".ris", ".json", ".nbib", ".csv")


@dataclass(frozen=True, slots=True)
class File:
    """A picture or a text, uploaded to and had from `handle`, which no one can guess."""

    id: str
    handle: str
    name: str
    length: int
    alt_text: str = ""
    title: str = ""
    content: bytes = b""

    @property
    def is_picture(self) -> bool:
        """Whether the page shows it; everything else is saved."""
        return self.content.startswith(_PNG)

    def accepts(self, sent: bytes) -> bool:
        """Whether this is what was announced: its length, and its kind by its name."""
        if len(sent) != self.length or not sent:
            return False
        return sent.startswith(_PNG) or (self.name.endswith(_EXPORTS) and _is_text(sent))

    def for_slack(self, address: str = "") -> Json:
        """The file object as Slack's API gives it, as far as anybody here reads it.

        `address` is what its handle is put behind, for the bot to fetch it.
        """
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": "image/png" if self.is_picture else "text/plain",
            "alt_txt": self.alt_text,
            "size": self.length,
            "url_private_download": f"{address}{self.handle}",
        }

    def for_page(self) -> Json:
        """What the page draws."""
        return {
            "name": self.name,
            "title": self.title or self.name,
            "alt": self.alt_text or self.title or self.name,
            "url": f"/files/{self.handle}",
            "picture": self.is_picture,
        }


@dataclass(slots=True)
class Files:
    """The files of the workspace, by handle. Safe to use from several threads."""

    _stored: dict[str, File] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def announce(self, name: str, length: int, alt_text: str) -> File:
        """A file that is about to be uploaded; the oldest goes when there are too many."""
        file = File(
            f"F{secrets.token_hex(6).upper()}", secrets.token_urlsafe(24), name, length, alt_text
        )
        with self._lock:
            self._stored[file.handle] = file
            while len(self._stored) > _KEPT:
                self._stored.pop(next(iter(self._stored)))
        return file

    def drop(self, name: str, content: bytes) -> File:
        """A file that a person brings; the page only offers to save it."""
        file = self.announce(name, len(content), "")
        with self._lock:
            self._stored[file.handle] = replace(file, content=content)
            return self._stored[file.handle]

    def with_id(self, file_id: str) -> File | None:
        """A file by its id, or None."""
        with self._lock:
            return next((f for f in self._stored.values() if f.id == file_id and f.content), None)

    def fill(self, handle: str, sent: bytes) -> bool:
        """Take what was uploaded; False when nothing waits for it or it is not as announced."""
        with self._lock:
            file = self._stored.get(handle)
            if file is None or file.content or not file.accepts(sent):
                return False
            self._stored[handle] = replace(file, content=sent)
            return True

    def name(self, file_id: str, title: str) -> File | None:
        """Give an uploaded file its title; None when it was never uploaded."""
        with self._lock:
            file = next((f for f in self._stored.values() if f.id == file_id and f.content), None)
            if file is None:
                return None
            self._stored[file.handle] = replace(file, title=title)
            return self._stored[file.handle]

    def get(self, handle: str) -> File | None:
        """A file that was uploaded, or None."""
        with self._lock:
            file = self._stored.get(handle)
        return file if file and file.content else None


def _is_text(sent: bytes) -> bool:
    try:
        return "\x00" not in sent.decode()
    except UnicodeDecodeError:
        return False
