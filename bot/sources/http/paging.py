"""What sources with JSON answers share: asking, going from page to page, reading entries."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.errors import CursorLost, SourceRefused
from bot.formats import Refusal
from bot.records.models import Record
from bot.sources.base import Batch
from bot.sources.http.client import PoliteClient
from bot.sources.reading.record import each
from bot.sources.reading.values import Item

JSON = "application/json"
# What services answer to a cursor that they no longer know.
_FORGOTTEN = (400, 404, 409, 410, 422)


@dataclass(frozen=True, slots=True)
class Answered:
    """One page: its items, the token of the next (None: there is none), how many there are."""

    items: tuple[Record | Refusal, ...]
    following: str | None
    total: int | None = None


def pages(name: str, cursor: str | None, ask: Callable[[str | None], Answered]) -> Iterator[Batch]:
    """Page after page by the token that each gives for the next; the token is the cursor.

    A cursor of an earlier harvest that is refused begins the query again. Raises CursorLost where
    the list goes round in circles: more came than there is, or a token came twice in a row with
    the same records.
    """
    token, seen, last = cursor, 0, None
    while True:
        try:
            answer = ask(token)
        except SourceRefused as refused:
            if token is None or token != cursor or refused.status not in _FORGOTTEN:
                raise
            token = cursor = None
            continue
        seen += len(answer.items)
        page = (answer.following, answer.items)
        is_circle = answer.items and page == last
        if is_circle or (answer.total is not None and seen > 2 * answer.total + 1000):
            raise CursorLost(f"{name} goes round in circles: its list does not end.")
        last = page
        following = answer.following if answer.items else None
        yield Batch(answer.items, following, answer.total)
        if following is None:
            return
        token = following


def json_answer(
    client: PoliteClient, url: str, params: Mapping[str, str], *, post: bool = False
) -> Item:
    """The JSON object that a service answers with. Raises SourceUnavailable or SourceRefused.

    With `post` the parameters go in the body, for queries too long for an address.
    """
    send = client.post if post else client.get
    answer = send(url, params, accept=JSON).json()
    if not isinstance(answer, dict):
        raise another_shape(url)
    return answer


def another_shape(url: str) -> SourceRefused:
    """The error for an answer that is data, but not what is known of the service."""
    host = urlsplit(url).hostname
    return SourceRefused(f"{host} answered with JSON of another shape than known.")


def read_all(
    entries: Iterable[object], read: Callable[[Item], Record]
) -> tuple[Record | Refusal, ...]:
    """The records of a page's entries, and why one is none, each by its place from 1."""
    return tuple(each(enumerate(entries, start=1), read))


def count(value: object) -> int | None:
    """A number of records; None where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
