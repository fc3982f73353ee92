"""A value of a field is looked up by itself; all are read when somebody goes through them."""

import pytest

from bot.index.documents import GAP
from bot.index.values import Values

STORED = {"hypoxia": 3, GAP: 9, "stroma": 1}


def test_a_word_is_looked_up_without_reading_all() -> None:
    reads: list[int] = []

    def read() -> list[tuple[str, int]]:
        reads.append(1)
        return list(STORED.items())

    values = Values(lambda value: STORED.get(value, 0), read)
    assert (values["hypoxia"], values.get("glioma"), "stroma" in values) == (3, None, True)
    assert reads == []
    assert dict(values.items()) == {"hypoxia": 3, "stroma": 1}
    assert (list(values), len(values), sorted(values.values())) == (
        ["hypoxia", "stroma"],
        2,
        [1, 3],
    )
    assert values["stroma"] == 1
    assert reads == [1]


@pytest.mark.parametrize("is_read", [False, True])
def test_what_only_stands_between_texts_is_no_value(is_read: bool) -> None:
    values = Values(lambda value: STORED.get(value, 0), lambda: list(STORED.items()))
    if is_read:
        assert len(values) == 2
    assert GAP not in values
    assert "glioma" not in values
