"""Nodes of OpenSearch are killed, the elected manager included, while people ask and records come.

`TME_TEST_QUESTIONS=2000` is the long form.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.errors import IndexAway
from bot.index import Group, IndexQuery, Words
from bot.index.opensearch.index import OpenSearchIndex
from bot.merging.merge import combine
from bot.records.models import Identifier, Record, Scheme
from bot.store import StateStore
from tests.cluster import opensearch
from tests.faults.answers import is_short, run
from tests.faults.slack import FaultySlack
from tests.processes import wait_for

pytestmark = pytest.mark.opensearch

QUESTIONS = int(os.environ.get("TME_TEST_QUESTIONS", "200"))
FEW = 20
WANTED = IndexQuery(groups=(Group((Words(("macrophage",)),)),))


def record(number: int) -> Record:
    doi = Identifier(scheme=Scheme.DOI, value=f"10.1000/{number}")
    return Record(title=f"Macrophages in tumour {number}", identifiers=(doi,))


@pytest.fixture
def nodes() -> Iterator[opensearch.Cluster]:
    if reason := opensearch.missing(3):
        pytest.skip(reason)
    with opensearch.cluster(3) as made:
        yield made


@dataclass
class Asking:
    """Asks on and on, and notes what was found, what was not answered, and how long it took."""

    index: OpenSearchIndex
    found: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    slowest: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.done.is_set():
            began = time.monotonic()
            try:
                self.found.append(self.index.search(WANTED, 10).strict_total)
            except IndexAway as error:
                self.refused.append(error.as_line)
            self.slowest = max(self.slowest, time.monotonic() - began)


def test_nodes_are_killed_while_people_ask_and_records_come(
    nodes: opensearch.Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Searches go on or are one honest line; nothing acknowledged is lost, nothing stands twice.

    In the end the manager is frozen: the others answer without it.
    """
    url = f"{nodes.url}/tme?shards=2&replicas=1"
    with (
        closing(StateStore.open(tmp_path / "tme.db")) as store,
        closing(OpenSearchIndex(url)) as index,
        closing(OpenSearchIndex(url)) as reader,
    ):
        store.upsert([record(0)], combine)
        index.follow(store)
        nodes.wait(3)
        asking, number = Asking(reader), 1
        thread = threading.Thread(target=asking.run)
        thread.start()
        try:
            for victim in (nodes.manager(), None):
                answered = len(asking.found)
                node = victim or next(each for each in nodes.nodes if each is not nodes.manager())
                node.end()
                while len(asking.found) < answered + QUESTIONS // 2:
                    store.upsert([record(number)], combine)
                    number += 1
                    try:
                        index.follow(store)
                    except IndexAway as error:
                        asking.refused.append(error.as_line)
                node.start()
                nodes.wait(3)
            with nodes.manager().frozen():
                answered = len(asking.found)
                wait_for("answers of the others", lambda: len(asking.found) > answered + FEW)
        finally:
            asking.done.set()
            thread.join()
        wait_for("the index", lambda: not index.follow(store) or None)
        assert index.watermark == store.sequence()
        assert index.search(WANTED, 10).strict_total == number
        assert sorted(index.everything(WANTED)) == sorted(each.id for each in store.each())
        # What was found once is never missing later, whichever copy of a shard answers.
        assert asking.found == sorted(asking.found)
        assert all("Try again in a moment" in line for line in asking.refused)
    with capsys.disabled():
        print(f"\n{len(asking.found)} questions, {number} records, two nodes killed, one frozen:"
              f" {len(asking.refused)} not answered, slowest {asking.slowest:.1f} s")  # fmt: skip


def test_nodes_are_killed_while_servers_answer(
    nodes: opensearch.Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each question is answered once; where a search cannot be, the answer is one line of why."""
    once = [threading.Lock(), threading.Lock()]

    def kept(slack: FaultySlack) -> None:
        for turn, lock in enumerate(once, start=1):
            if len(slack.posts) >= QUESTIONS * turn // 3 and lock.acquire(blocking=False):
                node = nodes.manager()
                node.end()
                node.start()

    outcome = run(
        tmp_path / "home", QUESTIONS, kills=0, index=f"{nodes.url}/tme?shards=2&replicas=1",
        kept=kept, is_slack_well=True,
    )  # fmt: skip
    with capsys.disabled():
        print(f"\n{outcome}")
    assert all(lock.locked() for lock in once)
    assert len(outcome.acknowledged) == QUESTIONS
    assert (outcome.lost, outcome.given_up, outcome.doubles) == ([], 0, 0)
    assert all(is_short(said) for said in outcome.troubles), outcome.troubles


def test_without_any_node_there_is_one_line_and_then_it_goes_on(
    opensearch_node: opensearch.Cluster, tmp_path: Path
) -> None:
    """Cut off is what is killed for who asks; the node itself is left to the other tests."""
    with (
        opensearch_node.index() as url,
        closing(StateStore.open(tmp_path / "tme.db")) as store,
        closing(OpenSearchIndex(url)) as index,
    ):
        store.upsert([record(0)], combine)
        index.follow(store)
        here = index._client.address
        index._client.address = here.__class__.read("opensearch+http://127.0.0.1:1/tme")
        with pytest.raises(IndexAway, match="cannot be reached"):
            index.follow(store)
        index._client.address = here
        assert index.search(WANTED, 10).strict_total == 1
