"""A page that a source answered with, and the last of them that can be requested again."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml import DefusedXmlException

from bot.errors import SourceRefused
from bot.lazy import lazy

if TYPE_CHECKING:
    import httpx2
else:
    httpx2 = lazy("httpx2")

# XHTML may begin with a declaration of XML.
_HTML = re.compile(rb"(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+)?html\b")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: `url` is where it came from in the end, `content` its body, unpacked.

    `headers` are by lower-case name.
    """

    status: int
    url: str
    content: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The host that answered."""
        return host_of(httpx2.URL(self.url))

    def json(self) -> Any:
        """The body read as JSON. Raises SourceRefused."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            raise SourceRefused(f"{self.host} answered with something that is not JSON.") from None

    def xml(self) -> Element:
        """The body read as XML. Raises SourceRefused.

        Entities that the answer defines itself are refused; a DOCTYPE that only names its DTD, as
        PubMed's does, is passed over and never fetched.
        """
        try:
            root: Element = defusedxml.ElementTree.fromstring(self.content)
        except DefusedXmlException:
            raise SourceRefused(f"{self.host} answered with XML that defines entities.") from None
        except (ParseError, ValueError, LookupError) as error:
            where = getattr(error, "position", None)
            at = f" (line {where[0]})" if where else ""
            raise SourceRefused(f"{self.host} answered with malformed XML{at}.") from None
        return root


def host_of(url: httpx2.URL) -> str:
    """The host of an address, with its port where that is not the usual one."""
    return url.netloc.decode("ascii").rpartition("@")[2].lower()


def looks_like_html(page: Page) -> bool:
    """Whether a page is for people: by how it begins, else by what it says it is.

    Some services call their JSON or XML a web page; that is no reason to refuse it.
    """
    start = page.content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_data = start.startswith((b"{", b"[", b"<?xml", b"<oai-pmh"))
    says_so = "html" in page.content_type.lower()
    return _HTML.match(start) is not None or (says_so and not is_data)


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that can be requested again, and the headers to ask with."""

    page: Page
    asking: dict[str, str]


@dataclass(slots=True)
class Shelf:
    """The last pages with a validator, the oldest given up for the newest."""

    most_bytes: int
    pages: OrderedDict[tuple[str, str], Kept] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: tuple[str, str]) -> Kept | None:
        """The page kept of an address and media type, or None."""
        with self.lock:
            if key in self.pages:
                self.pages.move_to_end(key)
            return self.pages.get(key)

    def put(self, key: tuple[str, str], kept: Kept) -> None:
        """Keep a page, and give up the oldest where there is no more room."""
        with self.lock:
            self.pages[key] = kept
            self.pages.move_to_end(key)
            while sum(len(k.page.content) for k in self.pages.values()) > self.most_bytes:
                self.pages.popitem(last=False)
