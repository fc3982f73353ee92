"""Fixtures that every room's tests may use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import composition as app
from bot.app.startup import prepare
from bot.settings import Settings
from handlers.router import Router
from handlers.services import Services

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The seeds that the project carries."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data beside the project; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared data folder (../shared) is not beside this checkout")
    return folder


@pytest.fixture
def now() -> datetime:
    """A fixed moment, so that no test depends on the day it runs."""
    return datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The bot's services over the seeds, on a fixed day. For tests that only read."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with app.opened(settings, lambda: datetime(2026, 1, 15, 12, 0, tzinfo=UTC)) as opened:
        prepare(opened, app.seeds_folder())
        yield opened


@pytest.fixture(scope="session")
def router(services: Services) -> Router:
    """The router over the seeds, with every command."""
    return app.build_router(services)
