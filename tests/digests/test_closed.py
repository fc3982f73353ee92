"""Channels that are closed to the bot: whose digests wait, who is notified, and when they go on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.digests.closed import CLOSED, NO_TOKEN
from bot.digests.presence import reconcile
from bot.vocabulary import Vocabulary
from handlers.commands.unsubscribe import OPERATOR
from tests.digests.test_digest import ALICE, CAF, NINE, Desk, desk_over
from tests.own_records import work


@pytest.fixture
def desk(tmp_path: Path, vocabulary: Vocabulary) -> Iterator[Desk]:
    with desk_over(tmp_path, vocabulary) as made:
        made.take(work(1, "Cancer-associated fibroblasts in melanoma, stored before"))
        yield made


@pytest.mark.parametrize("word", CLOSED)
def test_an_install_lets_go_on_what_waited_for_a_token_and_nothing_else(
    desk: Desk, word: str
) -> None:
    stored = desk.watch("CAF in melanoma")
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.at(NINE)
    desk.refuse(word)
    assert desk.stored(stored).trouble == word
    reconcile(desk.store, desk.digests, lambda _workspace: True, NINE)
    goes_on = word in {
        "account_inactive", "invalid_auth", "token_revoked", "token_expired", "not_installed",
    }  # fmt: skip
    assert (word in NO_TOKEN) is goes_on
    assert (desk.stored(stored).state == "active") is goes_on
    notices = [each.details for each in desk.waiting() if each.kind == "notice"]
    assert [list(each) for each in notices] == [["back_since"]] * goes_on


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(replace(OPERATOR, workspace="/T1", channel="C01GENERAL"), id="an operator"),
        pytest.param(replace(ALICE, channel="D01ALICE"), id="in the direct message itself"),
    ],
)
def test_who_cannot_be_written_to_is_sent_no_notice(desk: Desk, person: object) -> None:
    stored = desk.watch("CAF in melanoma", person)  # type: ignore[arg-type]
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.at(NINE)
    desk.refuse("is_archived")
    assert desk.stored(stored).state == "paused"
    written = (desk.store.deliveries.in_state(state, 9) for state in ("pending", "refused"))
    assert {each.kind for some in written for each in some} == {"digest"}


def test_only_a_refused_period_is_tried_again(desk: Desk) -> None:
    stored = desk.watch("CAF in melanoma")
    assert not desk.digests.try_again(stored)
    desk.take(work(2, f"{CAF} shield melanoma"))
    desk.at(NINE)
    assert not desk.digests.try_again(desk.stored(stored))
    desk.refuse("not_in_channel")
    desk.clock.moment = NINE + timedelta(minutes=1)
    assert desk.digests.try_again(desk.stored(stored))
    desk.post()
    assert not desk.digests.try_again(desk.stored(stored))
