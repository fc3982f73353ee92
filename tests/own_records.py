"""A bot over a few records of a test's own, with their abstracts, tagged as an import tags them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.app.composition import build_router, opened
from bot.records.models import Identifier, Provenance, Record, Scheme
from bot.records.sections import split_sections
from bot.settings import Settings
from handlers.router import Router

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def work(number: int, title: str, abstract: str | None = None, **more: object) -> Record:
    """A record with a DOI of its own; its abstract is cut into its sections."""
    doi = Identifier(scheme=Scheme.DOI, value=f"10.1234/own.{number}")
    fields = {
        "title": title,
        "abstract": abstract,
        "sections": split_sections(abstract) if abstract else (),
        "identifiers": (doi,),
        "provenance": (Provenance(source="test"),),
        **more,
    }
    return Record.model_validate(fields)


@contextmanager
def router_over(home: Path, records: Iterable[Record], **more: Any) -> Iterator[Router]:
    """The whole bot over these records and no others, with `more` settings."""
    with opened(Settings(home=home, starter=False, **more), lambda: NOW) as services:
        services.harvester.take(records, "test")
        services.index.follow(services.store)
        yield build_router(services)
