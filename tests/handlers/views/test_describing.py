"""How a question was read is said in the words of a person, never in names for scripts."""

import pytest

from bot.search.describing import describe_query as read
from handlers.services import Services
from handlers.views import describing


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("since:2017", ["since 2017"]),
        ("macrophage since 2020", ["since 2020"]),
        ("since:2022-03-01", ["since 2022-03-01"]),
        ("year:2020..2024", ["since 2020", "until 2024"]),
        ("year:2024", ["published 2024"]),
        # The bot's day is 15 Jan 2026.
        ("since:90d", ["since 2025-10-17"]),
        ("is:open is:reviewed", ["open access only", "peer reviewed only"]),
        ("is:retracted", ["retracted only"]),
        ("is:preprint", ["tagged preprint"]),
        ("has:pmid has:abstract", ["with a PMID, with an abstract"]),
        ("component:macrophages", ["tagged tumour associated macrophages"]),
        ("language:en", ["in language en"]),
    ],
)
def test_filters_are_said_once_and_in_words(
    services: Services, asked: str, said: list[str]
) -> None:
    query = services.search.interpret(asked)
    assert describing.filters(read(query, query.action)) == said


@pytest.mark.parametrize("asked", ["glioma -reviews", "glioma NOT reviews", "glioma not reviews"])
def test_what_was_left_out_is_said(services: Services, asked: str) -> None:
    query = services.search.interpret(asked)
    assert "without reviews" in describing.readings(read(query, query.action))
