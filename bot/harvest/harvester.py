"""Service: bring records in: source or file → tag → merge → store."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from itertools import islice
from pathlib import Path

from bot.formats import Parsed, Refusal
from bot.harvest.bringing import OPERATOR, Bringer, Stamp
from bot.harvest.merger import Merger
from bot.harvest.reading import Brought, read_brought, read_records
from bot.index.documents import Prepared
from bot.records.models import Record, Shelf
from bot.store import Outcome, StateStore, Upserted
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging import Tagger, tagger_of

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Retagged:
    """What became of the tags: records read, and those whose tags were written again."""

    read: int
    changed: int


@dataclass(slots=True)
class Report:
    """What became of the records of one file or source. `refused` keeps line and reason.

    `number` is that of the import, by which it can be undone; None where nothing was brought.
    `shelved` is what the file keeps beside works, by the id of the record stored.
    """

    file: str
    read: int = 0
    new: int = 0
    changed: int = 0
    merged: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    number: int | None = None
    shelved: list[tuple[str, Shelf]] = field(default_factory=list)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many records became what."""
        return {name: getattr(self, name) for name in _OUTCOMES}

    def count(self, outcome: Outcome) -> None:
        """Count one record by what became of it."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def as_json(self) -> dict[str, object]:
        """The report as scripts read it."""
        refused = [{"line": each.line, "reason": each.reason} for each in self.refused]
        counts = {"read": self.read, **self.outcomes}
        return {"file": self.file, "import": self.number, **counts, "refused": refused}


_OUTCOMES = ("new", "changed", "merged", "unchanged")


class Harvester:
    """Brings records into the store, tagged and merged, a batch in a transaction."""

    def __init__(
        self,
        store: StateStore,
        vocabulary: Vocabulary,
        now: Callable[[], datetime],
        prepared: Prepared | None = None,
    ) -> None:
        """`prepared` takes what the readers of files made for the index."""
        self._prepared = prepared or Prepared(0)
        self._store = store
        self._vocabulary = vocabulary
        self._now = now
        self.merger = Merger(store, self._tagged)

    def take_file(
        self,
        path: Path,
        format_name: str | None = None,
        progress: Callable[[int], None] | None = None,
        bringer: Bringer = OPERATOR,
    ) -> Report:
        """Import one file. Raises UnreadableFile when it cannot be read as any known format.

        What was stored before an error stays, as an import that can be undone; importing again
        changes nothing twice.
        """
        at = self._now()
        stamp = Stamp(self._store, path.name, bringer, at)
        counts: dict[str, int] = {}
        kept = False
        try:
            known = partial(self._store.imports.all_stated, bringer.workspace)
            items = read_brought(path, format_name, at, self._vocabulary.base.files, known)
            report = self.take(items, path.name, progress, stamp)
            counts = {"read": report.read, **report.outcomes}
        finally:
            if stamp.number is not None:
                kept = self._store.imports.finish(stamp.number, counts)
        report.number = stamp.number if kept else None
        return report

    def take(
        self,
        items: Iterable[Record | Refusal | Brought],
        name: str,
        progress: Callable[[int], None] | None = None,
        stamp: Stamp | None = None,
    ) -> Report:
        """Store every record that a source yields; `progress` gets how many were read so far.

        `stamp` goes on each that a file brings; what a file has stated before is passed over.
        """
        report = Report(name)
        for batch in _batches(items):
            report.refused += [item for item in batch if isinstance(item, Refusal)]
            report.read += sum(not isinstance(item, Refusal) for item in batch)
            news = [item for item in batch if isinstance(item, Record)]
            coming = [(self._tagged(record), b"") for record in news]
            if stamp:
                brought = [item for item in batch if isinstance(item, Brought)]
                coming += [
                    self._read(each, stamp) for each in self._unstated(brought, stamp, report)
                ]
            self._store_all(coming, report)
            if progress:
                progress(report.read + len(report.refused))
        return report

    def _unstated(
        self, brought: Sequence[Brought], stamp: Stamp, report: Report
    ) -> Iterator[Brought]:
        """What no file has stated to the same people before; the rest is reported as unchanged."""
        hashes = [each.stated for each in brought]
        known = self._store.imports.stated(hashes, stamp.workspace)
        for each in brought:
            record_id = known.get(each.stated)
            if record_id is None:
                yield each
                continue
            report.count("unchanged")
            if each.has_shelf and (shelf := each.record().shelf):
                report.shelved.append((record_id, shelf))

    def _read(self, brought: Brought, stamp: Stamp) -> tuple[Record, bytes]:
        """The record, stamped and tagged, with what was made of it for the index."""
        record = stamp.put_on(brought.record())
        return (record if brought.made else self._tagged(record)), brought.made

    def _store_all(self, coming: Sequence[tuple[Record, bytes]], report: Report) -> None:
        """Write a batch, and join what turns out to be one work."""
        done = self._store.upsert((record for record, _ in coming), self.merger.combine)
        new = [each.record_id for each in done if each.outcome == "new"]
        alone = set(new) - self._store.merges.with_relatives(new)
        for (record, made), upserted in zip(coming, done, strict=True):
            if upserted.record_id in alone and not record.relations:
                report.count("new")
                if made:
                    place = upserted.record_id, upserted.sequence
                    self._prepared.put(*place, made, record.audience)
            else:
                report.count(self._settled(record, upserted))
            if record.shelf:
                report.shelved.append((upserted.record_id, record.shelf))

    def retag(self, progress: Callable[[int], None] | None = None) -> Retagged:
        """Tag every record again, after the vocabulary has changed; `progress` gets how many.

        Only records whose tags change are written, a batch in a transaction. What was done before
        an error stays, and another run does the rest. Records that come in meanwhile are tagged
        as they come.
        """
        read = changed = sequence = 0
        last = self._store.sequence()
        while sequence < last and (changes := self._store.changes_since(sequence, _BATCH)):
            sequence = changes[-1].sequence
            stored = [c.record for c in changes if c.sequence <= last and not c.gone]
            other = [record for record in stored if self._tagger.tag(record) != record.concepts]
            # Combined with what is stored by then: nothing that came in between is lost.
            written = self._store.upsert(other, lambda record, _: self._tagged(record))
            changed += sum(done.outcome != "unchanged" for done in written)
            read += len(stored)
            if progress:
                progress(read)
        return Retagged(read, changed)

    @cached_property
    def _tagger(self) -> Tagger:
        """Made when the first record comes in: it takes a moment, and asking needs none."""
        return tagger_of(self._vocabulary.base)

    def _tagged(self, record: Record) -> Record:
        return record.model_copy(update={"concepts": self._tagger.tag(record)})

    def _settled(self, record: Record, upserted: Upserted) -> Outcome:
        """The outcome, once a record has been joined with others that it turns out to be."""
        if upserted.outcome == "unchanged":
            return upserted.outcome
        joined = self.merger.settle(record.model_copy(update={"id": upserted.record_id}))
        return "merged" if joined else upserted.outcome


def parse_file(path: Path, format_name: str | None, at: datetime) -> Parsed:
    """The records a file yields, and what of it was refused. Raises UnreadableFile."""
    return Parsed.of(read_records(path, format_name, at))


def _batches(
    items: Iterable[Record | Refusal | Brought],
) -> Iterator[list[Record | Refusal | Brought]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
