"""What services with JSON answers share: where they are queried, and how one work is fetched."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, final
from urllib.parse import urljoin

from bot.errors import SourceRefused
from bot.formats import Refusal
from bot.records.models import Identifier, Record, Scheme
from bot.sources.base import Place, is_unknown, same
from bot.sources.http.client import PoliteClient
from bot.sources.http.paging import another_shape, json_answer, read_all
from bot.sources.reading.values import Item


class JsonSource(ABC):
    """A `Fetcher` over JSON: a subclass says where a work is found and how an entry is read.

    `reader` makes a record of an entry, the name for its provenance and the moment of reading; it
    raises RefusedError for what is none.
    """

    name: ClassVar[str]
    schemes: ClassVar[frozenset[Scheme]]
    reader: "ClassVar[staticmethod[[Item, str, datetime], Record]]"

    def __init__(self, client: PoliteClient, place: Place) -> None:
        self._client = client
        self._address = place.address
        self._now = place.now
        self._options = place.options

    @abstractmethod
    def _entries(self, identifier: Identifier) -> list[Item]:
        """What the service has under an identifier. Raises SourceUnavailable or SourceRefused."""

    @final
    def fetch(self, identifier: Identifier) -> Record | None:
        """The work of an identifier. See `bot.sources.base.Fetcher.fetch`."""
        if identifier.scheme not in self.schemes:
            raise ValueError(identifier.scheme)
        try:
            found = self._read(self._entries(identifier))
        except SourceRefused as refused:
            if is_unknown(refused):
                return None
            raise
        wanted = (same(each, identifier) for each in found if isinstance(each, Record))
        return next((each for each in wanted if each is not None), None)

    def _params(self) -> Mapping[str, str]:
        """What every request says, such as who sends it."""
        return {}

    @final
    def _answer(self, path: str, params: Mapping[str, str], *, post: bool = False) -> Item:
        """The object that a path answers with. Raises SourceUnavailable or SourceRefused."""
        url = urljoin(self._address, path)
        return json_answer(self._client, url, {**params, **self._params()}, post=post)

    @final
    def _read(self, entries: object) -> tuple[Record | Refusal, ...]:
        """The records of a list of entries. Raises SourceRefused where it is no list."""
        if not isinstance(entries, list):
            raise another_shape(self._address)
        reader = type(self).reader
        return read_all(entries, lambda entry: reader(entry, self.name, self._now()))
