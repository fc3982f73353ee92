"""Meaning as a second source of candidates, an optional extra: what the search asks of it.

Nothing here imports what the extra installs; `bot.index.meaning.vectors` does, once it is used.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Protocol

from bot.records.answers import Correction
from bot.store import StateStore

_NEEDED = ("huggingface_hub", "numpy", "onnxruntime", "tokenizers", "usearch")


def missing() -> tuple[str, ...]:
    """The modules of the extra that are not installed."""
    return tuple(name for name in _NEEDED if find_spec(name) is None)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near records are in meaning to a text.

    `nearest` are the nearest of the whole store, best first; `values` says of these and of the
    records asked about how near they are: 1 is the nearest, 0 as far as the thousandth or further.
    Records that were not read yet are left out; both are empty where nothing can be told.
    """

    nearest: tuple[str, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)


class Meaning(Protocol):
    """Says how near records are in meaning to a question. Safe from any thread."""

    def likeness(
        self, text: str, record_ids: Sequence[str], nearest: int, like: Sequence[str] = ()
    ) -> Likeness:
        """The `nearest` records of the store, and how near they and these records are.

        `like` are records that a good answer is like: near is what is near the text and them.
        Never raises: where it cannot tell, it says nothing, and the ranking by words stands.
        """


class MeaningIndex(Meaning, Protocol):
    """Such a thing that reads a store's records, beside the search index."""

    @property
    def is_there(self) -> bool:
        """Whether the model's files are there."""

    def fetch(self, on_progress: Callable[[int], None]) -> None:
        """Fetch the model where it is not there yet; `on_progress` is given the bytes so far.

        Raises SemanticUnavailable when it cannot be fetched.
        """

    def follow(self, store: StateStore) -> int:
        """Read the next changed records; how many, 0 when up to date.

        Fetches the model first. Does nothing where another process reads them. Raises StoreError,
        SemanticUnavailable.
        """

    def state(self) -> str:
        """The model and whether it is there, as an operator reads it."""

    def counts(self) -> tuple[int, int]:
        """How many records were read, and how many changes of the store are still to be read."""

    def close(self) -> None:
        """Let go of its file."""


def as_meant(text: str, corrected: Sequence[Correction]) -> str:
    """A question with its misspelt words mended: vectors of misspelt words lead astray."""
    meant = {correction.typed: correction.used for correction in corrected}
    if not meant:
        return text
    words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, meant))})(?!\w)")
    return words.sub(lambda match: meant[match.group()], text)
