"""The starter collection: the seeds that come with the bot."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.errors import SeedsMissing
from bot.formats import Format, Refusal
from bot.formats.json_records import JsonRecords
from bot.records.models import Identifier, Provenance, Record, Scheme
from bot.sources.ora.page import OraPage

# The address of the seed record, which its saved page does not hold:
# https://ora.ox.ac.uk/objects/uuid:…
_SEED_UUID = "6ed0b5bd-c459-4081-970f-c8a8f218c2c3"


class StarterCollection:
    """The seed record and the starter references, read from the seeds folder."""

    name = "starter"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def records(self, at: datetime) -> Iterator[Record | Refusal]:
        """The ORA record first, then the references. Raises SeedsMissing naming the file."""
        for item in self._read("ora_record.txt", OraPage(), "ora", at):
            yield self._with_address(item, at) if isinstance(item, Record) else item
        yield from self._read("references.jsonl", JsonRecords(), self.name, at)

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
