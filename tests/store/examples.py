"""Records and a clock for the store's tests."""

from datetime import UTC, datetime, timedelta

from bot.records.dates import PartialDate
from bot.records.models import Contribution, Identifier, Journal, Provenance, Record, Scheme
from bot.store import StateStore

START = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: int) -> None:
        self.moment += timedelta(**by)


def doi(number: int | str) -> Identifier:
    return Identifier(scheme=Scheme.DOI, value=f"10.1000/{number}")


def pmid(number: int) -> Identifier:
    return Identifier(scheme=Scheme.PMID, value=str(number))


def local(value: str) -> Identifier:
    return Identifier(scheme=Scheme.LOCAL, value=value)


def source(name: str = "file", at: datetime | None = START) -> tuple[Provenance, ...]:
    return (Provenance(source=name, at=at),)


def took(store: StateStore, workspace: str, key: str, at: datetime) -> bool:
    """Whether a request was taken: it had not arrived before."""
    return store.inbox.take(workspace, key, {"text": "glioma"}, "one", 120.0, at) is not None


def paper(*identifiers: Identifier, **fields: object) -> Record:
    """A record with what the tests need, and anything else they say."""
    values = {"title": "Macrophages in the tumour", "provenance": source(), **fields}
    return Record(identifiers=identifiers, **values)


def full_paper() -> Record:
    """A record whose every kind of field is filled."""
    return paper(
        doi("full"),
        Identifier(scheme=Scheme.ISSN, value="2768-0622", valid=False),
        abstract="Background: α-smooth muscle actin.\nConclusion: “normalisation” helps.",
        contributors=(
            Contribution(name="Müller A", orcid="0000-0002-1050-2771", roles=("Author",)),
            Contribution(affiliation="University of Oxford"),
        ),
        journal=Journal(title="Clin Transl Disc", issn="2768-0622", eissn="2768-0623"),
        published=PartialDate(2025, 11),
        keywords=("TME", "NUL \x00 and 𝛼"),
        usage={"views": 12},
    )
