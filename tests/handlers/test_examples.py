"""The first questions follow what is stored."""

from pathlib import Path

from bot.app import composition as app
from bot.records.models import Record
from bot.settings import Settings
from handlers.examples import first_questions


def test_they_are_looked_for_anew_where_something_was_stored(tmp_path: Path) -> None:
    with app.opened(Settings(home=tmp_path, starter=False)) as services:
        services.index.follow(services.store)
        assert first_questions(services) == ("define MDSC",)
        title = "CAR-T cells in glioblastoma"
        services.harvester.take([Record(title=title)], "test")
        services.index.follow(services.store)
        found = first_questions(services)
        assert len(found) > 1
        with services.corrections.seen_by("/T1"):
            kept = first_questions(services)
        with services.corrections.seen_by("/T1"):
            assert first_questions(services) is kept
        assert first_questions(services, 1) == found[:1]
