"""What is watched is what was understood when it was made."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.digests.watches import Batch, Watches, is_undecided
from bot.records.answers import Sense
from bot.vocabulary import Vocabulary
from tests.digests.test_digest import CAF, Desk, desk_over
from tests.own_records import work


@pytest.fixture
def desk(tmp_path: Path, vocabulary: Vocabulary) -> Iterator[Desk]:
    with desk_over(tmp_path, vocabulary) as made:
        made.take(
            work(1, f"{CAF} in melanoma"), work(2, "Macrophages in breast cancer"), work(3, "Bones")
        )
        yield made


def test_the_frozen_question_counts_and_its_words_only_where_it_cannot_be_read(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the words would mean today: a list that is longer, or a value, says otherwise."""
    fibroblasts = desk.subscriptions.understand("CAF")
    watch = replace(fibroblasts, query="macrophages")
    batch = Batch(desk.store.newest(9))

    def titles() -> list[str]:
        return [batch.records[name].title for name, _ in desk.watches.matches(watch, batch)]

    with caplog.at_level(logging.WARNING):
        assert titles() == [f"{CAF} in melanoma"]
    assert not caplog.records
    frozen = json.loads(fibroblasts.wanted)
    frozen["excluded"] = [{"field": "unknown to this version"}]
    for other in (frozen, {**json.loads(fibroblasts.wanted), "sort": "newest"}):
        watch = replace(watch, wanted=json.dumps(other))
        assert titles() == ["Macrophages in breast cancer"]


def test_an_abbreviation_is_undecided_where_several_senses_are_watched() -> None:
    several = Sense(typed="CR", taken="complement receptor, complete response", is_open=True)
    assert is_undecided(several)
    assert not is_undecided(several.model_copy(update={"taken": "complete response"}))
    assert not is_undecided(several.model_copy(update={"is_open": False}))


class FewAtOnce(Watches):
    counted_at_once = 2


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_a_preview_counts_each_record_once_however_many_shares_it_takes(
    desk: Desk, count: int
) -> None:
    watch = desk.subscriptions.understand("melanoma")
    few = FewAtOnce(
        desk.store, desk.watches._search, desk.index, desk.watches._in_words, desk.clock
    )
    desk.clock.move(days=40)
    desk.take(*(work(10 + number, f"Melanoma, part {number}") for number in range(count)))
    assert few.preview(watch).posted == count


def test_a_record_that_is_followed_alone_would_have_posted_nothing(desk: Desk) -> None:
    assert desk.subscriptions.preview(desk.subscriptions.understand("10.1234/own.1")).posted == 0
