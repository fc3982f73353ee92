"""A store with a few records, and each kind of index over it."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from bot.index import SearchIndex
from bot.index.opensearch.index import OpenSearchIndex
from bot.index.tantivy import TantivyIndex
from bot.store import StateStore
from tests.cluster.opensearch import Cluster
from tests.index.works import COMBINE, WORKS, MakeIndex

EACH = ("tantivy", pytest.param("opensearch", marks=pytest.mark.opensearch))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    with closing(StateStore.open(tmp_path / "tme.db")) as opened:
        opened.upsert(WORKS, COMBINE)
        yield opened


@pytest.fixture(params=EACH)
def make_index(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeIndex]:
    """Makes an index of a kind, over data of this test's own."""
    if request.param == "tantivy":
        folder = tmp_path_factory.mktemp("index")
        yield lambda: TantivyIndex(folder / "index")
        return
    node: Cluster = request.getfixturevalue("opensearch_node")
    with node.index(shards=3) as url, ExitStack() as stack:
        yield lambda: stack.enter_context(closing(OpenSearchIndex(url)))


@pytest.fixture
def index(make_index: MakeIndex, store: StateStore) -> Iterator[SearchIndex]:
    with closing(make_index()) as opened:
        opened.follow(store)
        yield opened
