"""The first questions follow what is stored."""

from pathlib import Path

from bot.app import composition as app
from bot.records.models import Record
from bot.settings import Settings


def test_they_are_looked_for_anew_where_something_was_stored(tmp_path: Path) -> None:
    with app.opened(Settings(home=tmp_path, starter=False)) as services:
        services.index.follow(services.store)
        assert services.examples.questions() == ("define MDSC",)
        title = "CAR-T cells in glioblastoma"
        services.harvester.take([Record(title=title)], "test")
        services.index.follow(services.store)
        found = services.examples.questions()
        assert len(found) > 1
        with services.corrections.seen_by("/T1"):
            kept = services.examples.questions()
        with services.corrections.seen_by("/T1"):
            assert services.examples.questions() is kept
        assert services.examples.questions(1) == found[:1]
