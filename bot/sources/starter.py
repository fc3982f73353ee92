"""The starter collection, and the samples of the demo: the seeds that come with the bot."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import SeedsMissing
from bot.formats import Format, Refusal
from bot.formats.json_records import JsonRecords
from bot.records.dates import PartialDate
from bot.records.models import (
    Identifier,
    IntegrityKind,
    IntegrityNotice,
    Provenance,
    Record,
    Scheme,
)
from bot.sources.ora.page import OraPage

# The address of the seed record, which its saved page does not hold:
# https://ora.ox.ac.uk/objects/uuid:…
_SEED_UUID = "6ed0b5bd-c459-4081-970f-c8a8f218c2c3"
# What people call these sources.
LABELS = {"starter": "the starter set", "sample": "a sample written for the demo"}
_NOTICES = {"retracted": IntegrityKind.RETRACTION, "concern": IntegrityKind.CONCERN}


class StarterCollection:
    """The seed record and the starter references, read from the seeds folder."""

    name = "starter"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def records(self, at: datetime) -> Iterator[Record | Refusal]:
        """The ORA record first, then the references. Raises SeedsMissing naming the file."""
        for item in self._read("ora_record.txt", OraPage(), "ora", at):
            yield self._with_address(item, at) if isinstance(item, Record) else item
        for item in self._read("references.jsonl", JsonRecords(), self.name, at):
            yield _as_article(item) if isinstance(item, Record) else item

    def _read(
        self, file_name: str, file_format: Format, source: str, at: datetime
    ) -> Iterator[Record | Refusal]:
        path = self._folder / file_name
        try:
            data = path.read_bytes()
        except OSError:
            raise SeedsMissing(f"The seeds lack {file_name}.") from None
        return file_format.loads(data, source, at)

    def _with_address(self, record: Record, at: datetime) -> Record:
        address = Identifier(scheme=Scheme.ORA, value=_SEED_UUID)
        note = "the address of the record at ORA"
        added = Provenance(source=self.name, at=at, note=note, fields=("identifiers",))
        return record.model_copy(
            update={
                "identifiers": (*record.identifiers, address),
                "provenance": (*record.provenance, added),
            }
        )


def _as_article(record: Record) -> Record:
    """A reference as what it is: a citation of PubMed's, or one with a journal, is an article.

    The references name the kind of study alone, which is an article's subtype.
    """
    kind = record.type or ""
    is_article = kind != "preprint" and (record.pmid or record.journal)
    if not is_article:
        return record.model_copy(update={"type": kind.capitalize() or None})
    subtype = f"{kind[:1].upper()}{kind[1:]}" or None
    return record.model_copy(update={"type": "Journal article", "subtype": subtype})


class SampleWeeks:
    """Records written for the demo, by week: those that arrive, and what becomes of some.

    No such work exists: titles, abstracts and journals say "sample", and the DOIs begin with
    10.5555, the prefix that Crossref keeps for examples.
    """

    name = "sample"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "samples.jsonl"

    def arriving(self, week: int, at: datetime) -> list[Record]:
        """The records of a week (from 1); none after the last. Raises SeedsMissing."""
        return self._of(week, "arrives", at)

    def ending(self, week: int, at: datetime) -> list[Record]:
        """What the same week brings of its own records: a notice, a published version."""
        return self._of(week, "ends", at)

    def _of(self, week: int, when: str, at: datetime) -> list[Record]:
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except OSError:
            raise SeedsMissing(f"The seeds lack {self._path.name}.") from None
        entries = [entry for entry in map(json.loads, lines) if entry["week"] == week]
        return [self._read(entry, at) for entry in entries if entry["when"] == when]

    def _read(self, entry: dict[str, Any], at: datetime) -> Record:
        own = ("week", "when", *_NOTICES)
        kept = {key: value for key, value in entry.items() if key not in own}
        read = next(iter(JsonRecords().loads(json.dumps(kept).encode(), self.name, at)))
        assert isinstance(read, Record)  # noqa: S101 - the project's own file; for mypy
        notices = tuple(
            IntegrityNotice(
                kind=kind,
                date=PartialDate(at.year, at.month, at.day),
                notice=entry[key],
                source=LABELS[self.name],
                checked=at,
            )
            for key, kind in _NOTICES.items()
            if key in entry
        )
        return read.model_copy(update={"integrity": notices})
