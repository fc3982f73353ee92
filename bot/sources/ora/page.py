"""The record page of ORA, Oxford's research archive, saved as text: a file format."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime

from bot.errors import UnreadableFile
from bot.formats.base import Refusal
from bot.formats.decoding import decode
from bot.records.models import Record
from bot.sources.ora.fields import Reading
from bot.sources.ora.layout import layout


class OraPage:
    """The text of one ORA record page: one record."""

    name = "ora"
    summary = "the text of an ORA record page"
    suffixes = (".txt",)
    aliases: tuple[str, ...] = ("ora_page",)

    def recognises(self, data: bytes, file_name: str) -> bool:  # noqa: ARG002 - by content only
        """Three of ORA's labels, each at the start of a line; or the HTML of an ORA page."""
        try:
            text = decode(data[:200_000], errors="replace")
        except UnreadableFile:
            return False
        if _is_html(text):
            return "ora.ox.ac.uk" in text
        return not text.lstrip().startswith(("{", "[")) and len(layout(text).values) >= 3

    def loads(self, data: bytes, source: str, at: datetime) -> Iterator[Record | Refusal]:
        """The record of the page. Raises UnreadableFile when it is none, or has no title."""
        text = decode(data)
        if _is_html(text):
            raise UnreadableFile(
                "This is the HTML of a page, not its text.",
                "Open the page in a browser, select all, copy, and save that as a text file.",
            )
        digest = hashlib.sha256(data).hexdigest()
        yield Reading(layout(text)).record(source or self.name, at, digest)


def _is_html(text: str) -> bool:
    return re.match(r"\s{0,200}<(?:!doctype|html|head|\?xml|!--)", text, re.IGNORECASE) is not None
