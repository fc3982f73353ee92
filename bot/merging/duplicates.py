"""Finding the pairs of records that may be one work among very many, without comparing all.

Every record gets a few keys that two records of one work are likely to share: identifiers, the
beginning and the end of the title with the first author, the whole title, the place. Only records
that share a key are compared.
"""

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import lru_cache
from itertools import chain, combinations

from bot.records.identity import strong_identifiers
from bot.records.models import Record, Scheme
from bot.records.preprints import doi_stem, is_preprint
from bot.records.titles import read_title
from bot.text.folding import fold
from bot.text.stop_words import LIGHT

# A key that so many records share tells nothing ("Editorial" of one page); each pair of them would
# have to be compared.
_LARGEST_BLOCK = 60


class _Keys:
    """The keys of one kind, and the place of the record that each belongs to."""

    def __init__(self) -> None:
        self.keys, self.owners = array("q"), array("q")

    def add(self, place: int, keys: Iterable[Hashable]) -> None:
        """Note the keys of the record at this place."""
        for key in set(map(hash, keys)):
            self.keys.append(key)
            self.owners.append(place)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Each two places that share a key."""
        for block in _blocks(self.keys, self.owners):
            yield from combinations(block, 2)


def pairs(
    records: Iterable[Record], progress: Callable[[int], None] | None = None
) -> Iterator[tuple[str, str]]:
    """The ids of each two records that may be one work, every pair once.

    Two that are only described alike, and each have a PMID or DOI of their own, are left out unless
    one is a preprint. Keeps a few numbers for each record, not the records. `progress` gets how
    many were read.
    """
    ids: list[str] = []
    own: list[tuple[int, int, bool]] = []
    named, described = _Keys(), _Keys()
    for place, record in enumerate(records):
        ids.append(record.id)
        own.append(_own(record))
        named.add(place, _identifier_keys(record))
        described.add(place, _description_keys(record))
        if progress and place % 1000 == 999:
            progress(place + 1)
    alike = (pair for pair in described.pairs() if not _differ(own[pair[0]], own[pair[1]]))
    seen: set[tuple[int, int]] = set()
    for pair in chain(named.pairs(), alike):
        if pair not in seen:
            seen.add(pair)
            yield ids[pair[0]], ids[pair[1]]


def _own(record: Record) -> tuple[int, int, bool]:
    """What tells a record from others: its PMID and DOI (0: none), and whether it is a preprint."""
    pmid, doi = record.pmid, record.doi
    return hash(pmid) if pmid else 0, hash(doi) if doi else 0, is_preprint(record)


def _differ(one: tuple[int, int, bool], other: tuple[int, int, bool]) -> bool:
    """Whether both have an identifier of one kind and not the same, as `sameness` asks it."""
    if one[2] is not other[2]:
        return False
    return any(a and b and a != b for a, b in zip(one[:2], other[:2], strict=True))


def _blocks(keys: "array[int]", owners: "array[int]") -> Iterator[list[int]]:
    """The records of each key that two records or more share."""
    order = sorted(range(len(keys)), key=lambda at: (keys[at], owners[at]))
    start = 0
    for at in range(1, len(order) + 1):
        if at == len(order) or keys[order[at]] != keys[order[start]]:
            if 1 < at - start <= _LARGEST_BLOCK:
                yield [owners[place] for place in order[start:at]]
            start = at


def blocking_keys(record: Record) -> Iterator[tuple[str, ...]]:
    """The keys of one record; two records that share one are worth comparing."""
    yield from _identifier_keys(record)
    yield from _description_keys(record)


def _identifier_keys(record: Record) -> Iterator[tuple[str, ...]]:
    for identifier in strong_identifiers(record):
        value = identifier.value
        yield identifier.scheme, doi_stem(value) if identifier.scheme is Scheme.DOI else value
    for relation in record.relations:
        if relation.kind.same_work:
            yield relation.identifier.scheme, relation.identifier.value


def _description_keys(record: Record) -> Iterator[tuple[str, ...]]:
    title = read_title(record.title)
    place = (record.volume or "", (record.pages or record.article_number or "").split("-")[0])
    if title.names_nothing:
        yield ("bare", title.squeezed, str(record.year or ""), *place)
        return
    yield "title", title.squeezed
    if all(place) and record.year:
        yield ("place", *place, str(record.year), title.words[0])
    words = [word for word in title.words if word not in LIGHT]
    # In a short title one slip must not be in both the beginning and the end.
    cut = max(1, min(4, len(words) // 2))
    first = record.contributors[0] if record.contributors else None
    # Sources disagree which of the names is the family's.
    for name in _names(first.family or first.display_name or "") if first else ():
        if len(name) > 2:
            yield ("begins", name, *words[:cut])
            yield ("ends", name, *words[-cut:])


@lru_cache(maxsize=100_000)
def _names(text: str) -> tuple[str, ...]:
    return tuple(fold(text).split())
