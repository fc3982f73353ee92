"""What was stored under traditional Chinese keys is found by either script afterwards."""

from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from bot.merging.merge import combine
from bot.store import StateStore
from bot.store.migrations import MIGRATIONS
from bot.text.folding import fold
from tests.own_records import NOW, work

TITLE, SAME = "腫瘤微環境", "肿瘤微环境"
# As it was folded before: each character as it stands.
OLD_KEY = "腫瘤 瘤微 微環 環境"
STEPS = [step.__name__ for step in MIGRATIONS]


def test_keys_of_titles_and_lists_are_folded_again(tmp_path: Path) -> None:
    path = tmp_path / "tme.db"
    before = MIGRATIONS[: STEPS.index("m0025_han_keys")]
    with closing(StateStore.open(path, migrations=before)) as store:
        store.upsert([work(1, TITLE), work(2, "Hypoxia")], combine)
        for name in ("a", "b", SAME):
            store.lists.make("/T1", "U1" if name != "a" else "U2", name, "U1", NOW)
    with closing(Database(path).conn) as raw, raw:
        raw.execute("UPDATE records SET title_key = ? WHERE body LIKE '%own.1%'", [OLD_KEY])
        raw.execute("UPDATE reading_lists SET name_key = ? WHERE name IN ('a', 'b')", [OLD_KEY])
    with closing(StateStore.open(path)) as store:
        assert [record.title for record in store.find_title(fold(SAME))] == [TITLE]
        assert [record.title for record in store.find_title("hypoxia")] == ["Hypoxia"]
    with closing(Database(path).conn) as raw:
        keys = dict(raw.execute("SELECT name, name_key FROM reading_lists").fetchall())
    # Of the one the new key is another list's of its owner.
    assert keys == {"a": fold(SAME), "b": OLD_KEY, SAME: fold(SAME)}
