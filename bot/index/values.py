"""The values that a field of the index has, with the number of records that have each."""

from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence, ValuesView
from functools import cached_property

from bot.index.documents import GAP


class Values(Mapping[str, int]):
    """The values of a field as an index has them at one moment.

    One of them is looked up where it is asked for; all are read when somebody first goes through
    them: most questions need a few words, and a large store has hundreds of thousands.
    """

    def __init__(
        self, count: Callable[[str], int], read: Callable[[], Sequence[tuple[str, int]]]
    ) -> None:
        """`count` gives the number of records that have a value, `read` all values with theirs."""
        self._count, self._read = count, read

    @cached_property
    def _all(self) -> dict[str, int]:
        return values_of(self._read())

    def __getitem__(self, value: str) -> int:
        if "_all" in self.__dict__:
            return self._all[value]
        if value != GAP and (found := self._count(value)):
            return found
        raise KeyError(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    # Quicker than one by one, which a mapping does by itself.
    def items(self) -> ItemsView[str, int]:
        """Every value with its number."""
        return self._all.items()

    def values(self) -> ValuesView[int]:
        """The numbers of all."""
        return self._all.values()


def values_of(terms: Sequence[tuple[str, int]]) -> dict[str, int]:
    """The values of a field by what it has, without what only stands between texts."""
    return {value: count for value, count in terms if value != GAP}
