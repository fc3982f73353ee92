"""What a source writes where others write a few words is stored and found, however long it is."""

import random
from collections.abc import Callable
from contextlib import closing

import pytest

from bot.errors import StoreError
from bot.merging.merge import combine
from bot.records.models import Contribution, Journal, Record
from bot.store import StateStore
from bot.text.folding import fold

from .contract import StoreFactory
from .examples import doi, local, paper


def text(size: int) -> str:
    """Words that no database can make shorter."""
    letters = random.Random(size)
    return " ".join(
        "".join(letters.choices("abcdefghijklmnopqrst", k=9)) for _ in range(size // 10)
    )


@pytest.mark.parametrize("size", [2_600, 3_400, 60_000])
def test_texts_as_long_as_a_book_are_stored_and_found(
    store_factory: StoreFactory, size: int
) -> None:
    """A citation of PubMed has a title of 3,300 letters; the rest of its batch comes with it."""
    store, title = store_factory(), text(size)
    long = Record(
        title=title,
        contributors=(Contribution(name=title, affiliation=title),),
        journal=Journal(title=title),
        volume=title,
        abstract=title,
        keywords=(title,),
        identifiers=(doi(2),),
    )
    unnamed = long.model_copy(update={"identifiers": (), "title": f"{title} again"})
    done = store.upsert([paper(doi(1)), long, unnamed, paper(doi(3))], combine)
    assert [each.outcome for each in done] == ["new"] * 4
    assert [each.id for each in store.find_title(fold(title))] == [done[1].record_id]
    assert [each.outcome for each in store.upsert([long, unnamed], combine)] == ["unchanged"] * 2
    assert store.check() == []


@pytest.mark.postgres
def test_an_identifier_that_is_too_long_is_no_database_that_is_away(
    databases: Callable[[], str],
) -> None:
    """PostgreSQL finds by 2,704 bytes at most: to try again, as after a failure, is in vain."""
    letters = random.Random(1)
    strange = "".join(chr(letters.randrange(0x4E00, 0x9000)) for _ in range(2_000))
    with closing(StateStore.connect(databases())) as store:
        with pytest.raises(StoreError, match="too long") as refused:
            store.upsert([paper(local(strange))], combine)
        assert refused.value.code == "store"
        assert store.sequence() == 0
