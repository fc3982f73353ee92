"""Who may do what: kinds of persons, deeds, and the least kind that each deed takes.

The defaults are those of a careful team: members of the workspace may change what it keeps, guests
and people from other organisations (Slack Connect) read answers.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class Kind(IntEnum):
    """What a person is to a workspace; a later kind may do all that an earlier one may."""

    EXTERNAL = 0
    GUEST = 1
    MEMBER = 2
    ADMIN = 3


class Deed(StrEnum):
    """What a person does, as settings name it."""

    READ = "read"
    SAVE = "save"
    REPORT = "report"
    CORRECT = "correct"
    SUBSCRIBE = "subscribe"
    ADD = "add"
    IMPORT = "import"


_KINDS = {kind.name.lower(): kind for kind in Kind}
# How often a person may do it in a day, unless a setting says otherwise.
DAILY: Mapping[Deed, int] = {Deed.SUBSCRIBE: 20, Deed.REPORT: 20, Deed.ADD: 50, Deed.IMPORT: 20}


def least_kinds(text: str) -> dict[Deed, Kind]:
    """The least kind of every deed: the defaults, and `save=guest,add=admin` in their place.

    Raises ValueError with what to write instead.
    """
    least = {deed: Kind.EXTERNAL if deed is Deed.READ else Kind.MEMBER for deed in Deed}
    for deed, word in _pairs(text):
        if word not in _KINDS:
            raise ValueError(f"“{word[:40]}” is no kind of person; write {_listed(_KINDS)}")
        least[deed] = _KINDS[word]
    return least


def daily_limits(text: str) -> dict[Deed, int]:
    """How often a person may do each in a day: the defaults, and `report=5` in their place.

    Raises ValueError with what to write instead.
    """
    limits = dict(DAILY)
    for deed, word in _pairs(text):
        if deed not in DAILY:
            raise ValueError(f"“{deed}” has no daily limit; write {_listed(DAILY)}")
        if not (word.isascii() and word.isdigit() and len(word) <= 6):
            raise ValueError(f"“{word[:40]}” is no number")
        limits[deed] = int(word)
    return limits


def _pairs(text: str) -> list[tuple[Deed, str]]:
    pairs = []
    for each in filter(None, map(str.strip, text.split(","))):
        name, equals, word = (part.strip().lower() for part in each.partition("="))
        if not equals or name not in tuple(Deed):
            raise ValueError(f"“{each[:40]}” is not understood; write e.g. {Deed.SUBSCRIBE}=…")
        pairs.append((Deed(name), word))
    return pairs


def _listed(words: Mapping[str, object] | Mapping[Deed, object]) -> str:
    return ", ".join(words)
