"""What was stored under keys that were folded in another way is found afterwards."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bot.merging.merge import combine
from bot.store import StateStore
from bot.store.migrations import MIGRATIONS
from bot.text.folding import fold
from tests.own_records import NOW, work
from tests.store.conftest import DATABASES

TITLE, SAME = "腫瘤微環境", "肿瘤微环境"
# As it was folded before: each character as it stands.
OLD_KEY = "腫瘤 瘤微 微環 環境"
STEPS = [step.__name__ for step in MIGRATIONS]


@pytest.fixture(params=DATABASES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., StateStore]:
    """Opens one database of each kind."""
    if request.param == "postgres":
        return partial(StateStore.connect, request.getfixturevalue("databases")())
    return partial(StateStore.open, tmp_path / "tme.db")


def test_keys_of_titles_and_lists_are_folded_again(opened: Callable[..., StateStore]) -> None:
    before = MIGRATIONS[: STEPS.index("m0023_han_keys")]
    with closing(opened(migrations=before)) as store:
        store.upsert([work(1, TITLE), work(2, "Hypoxia")], combine)
        for owner, name in (("U2", "a"), ("U1", "b"), ("U1", SAME)):
            store.lists.make("/T1", owner, name, owner, NOW)
        with store._connections.writing() as db:
            db.execute("UPDATE records SET title_key = ? WHERE body LIKE '%own.1%'", [OLD_KEY])
            db.execute("UPDATE reading_lists SET name_key = ? WHERE name <> ?", [OLD_KEY, SAME])
    with closing(opened()) as store:
        assert [record.title for record in store.find_title(fold(SAME))] == [TITLE]
        assert [record.title for record in store.find_title("hypoxia")] == ["Hypoxia"]
        with store._connections.reading() as db:
            keys = dict(map(tuple, db.execute("SELECT name, name_key FROM reading_lists")))
    # Of the one the new key is another list's of its owner.
    assert keys == {"a": fold(SAME), "b": OLD_KEY, SAME: fold(SAME)}


@pytest.mark.parametrize(
    ("step", "title", "old", "name", "old_name"),
    [
        (
            "m0025_denied_names",
            "Angiogenesis in Non-Melanoma Skin Cancer",
            "angiogenesis in non melanoma skin cancer",
            "Non-melanoma",
            "non melanoma",
        ),
        (
            "m0026_joined_symbols",
            "The CD39-CD73 axis",
            "the cd39cd73 axis",
            "CD39-CD73",
            "cd39cd73",
        ),
    ],
)
def test_keys_of_names_that_are_read_otherwise_now_are_folded_again(  # noqa: PLR0917
    opened: Callable[..., StateStore], step: str, title: str, old: str, name: str, old_name: str
) -> None:
    with closing(opened(migrations=MIGRATIONS[: STEPS.index(step)])) as store:
        store.upsert([work(1, title), work(2, "Hypoxia")], combine)
        store.lists.make("/T1", "U1", name, "U1", NOW)
        with store._connections.writing() as db:
            change = "UPDATE records SET title_key = ?, content_key = ? WHERE body LIKE '%own.1%'"
            db.execute(change, [old, f"{old}|"])
            db.execute("UPDATE reading_lists SET name_key = ?", [old_name])
    with closing(opened()) as store:
        assert [record.title for record in store.find_title(fold(title))] == [title]
        assert [record.title for record in store.find_title("hypoxia")] == ["Hypoxia"]
        with store._connections.reading() as db:
            keys = dict(map(tuple, db.execute("SELECT name, name_key FROM reading_lists")))
        assert not store.check()
    assert keys == {name: fold(name)}
