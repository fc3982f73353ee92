"""Service: joining records that are one work, saying why, finding more of them, and undoing it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.errors import UnknownRecord
from bot.merging.choice import choose
from bot.merging.duplicates import pairs
from bot.merging.merge import combine, combine_versions
from bot.merging.sameness import Verdict, judge
from bot.records.models import Known, Record
from bot.records.titles import read_title
from bot.sources import trusts
from bot.store import StateStore
from bot.store.merges import Merge
from bot.store.overlay import NONE, seen

# So many works of one title are not one work under many names.
_MOST_NAMESAKES = 20


@dataclass(frozen=True, slots=True)
class Likely:
    """Two stored records that are, or may be, one work; the longest stored first."""

    one: Record
    other: Record
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Explained:
    """A record with what each source stated about it, and the merges that made it."""

    record: Record
    versions: tuple[Record, ...]
    merges: tuple[Merge, ...]


class Merger:
    """Joins stored records. `tagged` gives a record the tags of its text."""

    def __init__(
        self,
        store: StateStore,
        tagged: Callable[[Record], Record],
    ) -> None:
        self._store = store
        self._tagged = tagged

    def combine(self, stored: Record, incoming: Record) -> Record:
        """What `StateStore.upsert` writes of two: chosen from every version there is, and tagged.

        Called inside the store's transaction.
        """
        versions = self._store.merges.versions(stored.id)
        if len(versions) > 1:
            return self._tagged(combine_versions(stored, versions, incoming, trusts()))
        return self._tagged(combine(stored, incoming, trusts()))

    def settle(self, record: Record) -> int:
        """Join a record that has come in with the stored ones that it turns out to be; how many.

        Looks where one would: the same identifiers, declared versions, the same title. What one
        workspace brought is joined with what everybody sees, never with another workspace's.
        """
        with seen(NONE):
            return self._settled(record)

    def _settled(self, record: Record) -> int:
        joined = 0
        ids = self._store.merges.relatives(record)
        if not (title := read_title(record.title)).names_nothing and len(title.words) > 3:
            namesakes = self._store.merges.namesakes(record, _MOST_NAMESAKES + 1)
            ids += namesakes if len(namesakes) <= _MOST_NAMESAKES else []
        for other_id in dict.fromkeys(ids):
            stored, other = self._store.get(record.id), self._store.get(other_id)
            if stored is None or other is None or stored.id == other.id:
                continue
            if not _may_join(stored, other):
                continue
            verdict = judge(stored, other)
            if verdict.same:
                verdict = judge(self._as_served(stored), self._as_served(other))
            if verdict.same and not self._store.merges.are_apart(stored.id, other.id):
                self.join(other, stored, author="harvest", why=verdict.rule)
                joined += 1
        return joined

    def _as_served(self, record: Record) -> Record:
        """A record as services state it: no file makes one work of two that they know.

        Of a work that no service knows, as files state it.
        """
        versions = self._store.merges.versions(record.id)
        served = [version for version in versions if not version.is_file]
        if not served or len(served) == len(versions):
            return record
        chosen = choose(served, trusts())
        return chosen.model_copy(update={"id": record.id, "first_seen": record.first_seen})

    def join(self, one: Record, other: Record, *, author: str, why: str) -> Merge:
        """Make one record of two; the one that was stored first (or `one`) keeps its id.

        One that everybody sees keeps it before one that a single workspace sees.
        """
        first, second = sorted(
            (one, other), key=lambda record: (record.audience is not None, _age(record)[0])
        )
        return self._store.merges.join(first.id, second.id, self.chosen, author=author, why=why)

    def undo(self, record_id: str, *, author: str) -> Merge | None:
        """Undo the last merge of a record, and note that the two are two works; None without one.

        Takes the id of either, though it may have gone into the other.
        """
        return self._store.merges.undo(record_id, self.chosen, author=author)

    def verdict(self, one: Record, other: Record) -> Verdict:
        """Whether two records are one work, and why; what a person has decided comes first."""
        verdict = judge(one, other)
        if self._store.merges.are_apart(one.id, other.id):
            return Verdict(Known.NO, "somebody said that they are two works", verdict.evidence)
        return verdict

    def explain(self, record_id: str) -> Explained:
        """What a record is made of. Raises UnknownRecord."""
        record = self._store.get(record_id)
        if record is None:
            raise UnknownRecord(f"No record {record_id[:80]} is stored.")
        merges = self._store.merges.history(record.id, 100)
        return Explained(record, tuple(self._store.merges.versions(record.id)), tuple(merges))

    def candidates(self, progress: Callable[[int], None] | None = None) -> list[tuple[str, str]]:
        """The ids of each two stored records that are alike enough to be compared.

        Reads every record; `progress` gets how many were read.
        """
        return list(pairs(self._store.each(), progress))

    def likely(self, candidates: Iterable[tuple[str, str]]) -> Iterator[Likely]:
        """Of these pairs those that are one work, and those that a person has to look at.

        Pairs that a person keeps apart are left out, and records that were joined meanwhile.
        """
        for one_id, other_id in candidates:
            records = self._store.get_many((one_id, other_id))
            if len(records) < 2:
                continue
            one, other = sorted(records, key=_age)
            verdict = judge(one, other)
            if not _may_join(one, other):
                continue
            if verdict.one_work is not Known.NO and not self._store.merges.are_apart(
                one.id, other.id
            ):
                yield Likely(one, other, verdict)

    def chosen(self, versions: Sequence[Record]) -> Record:
        """What becomes of these versions of one work: the best of each, tagged."""
        return self._tagged(choose(versions, trusts()))


def _may_join(one: Record, other: Record) -> bool:
    """Whether two records are seen by the same people, or one of them by all."""
    return one.audience == other.audience or None in {one.audience, other.audience}


def _age(record: Record) -> tuple[datetime, str]:
    return record.first_seen or datetime.max.replace(tzinfo=UTC), record.id
