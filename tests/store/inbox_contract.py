"""What every `InboxStore` promises: an implementation inherits `InboxContract`.

It gives one fixture, `store`: an empty store.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.store import StateStore
from bot.store.inbox import GIVEN_UP_AFTER, SHOWN_FOR, InboxStore, Taken, Unanswered

from .examples import START

LEASE = 20.0
BODY = {"text": "private words \ud83d", "user": {"id": "U1"}}
CALL = {"way": "respond", "arguments": {"text": "an answer"}}


class InboxContract:
    """The promises of the inbox's part of a store."""

    @pytest.fixture
    def inbox(self, store: StateStore) -> InboxStore:
        return store.inbox

    def taken(self, inbox: InboxStore, key: str = "Ev1", at: datetime = START) -> Taken:
        taken = inbox.take("/T1", key, BODY, "one", 100.0 + LEASE, at)
        assert taken is not None
        return taken

    def claimed(self, inbox: InboxStore, steady: float) -> Taken:
        claimed = inbox.claim("two", steady, LEASE)
        assert claimed is not None
        return claimed

    def row(self, store: StateStore, number: int) -> dict[str, Any] | None:
        with store._connections.reading() as db:
            rows = db.execute("SELECT * FROM inbox WHERE number = ?", [number])
            names = [column[0] for column in rows.description]
            found = rows.fetchone()
        return dict(zip(names, found, strict=True)) if found else None

    def test_a_request_is_leased_to_who_took_it(self, inbox: InboxStore) -> None:
        first = self.taken(inbox)
        assert inbox.take("/T1", "Ev1", BODY, "two", 900.0, START) is None
        assert inbox.claim("two", 100.0 + LEASE - 0.1, LEASE) is None
        second = self.claimed(inbox, 100.0 + LEASE)
        assert (second.number, second.body, second.attempt) == (first.number, BODY, 2)
        assert second.answer is None
        assert not inbox.sending(first, CALL), "it is another's now"
        assert inbox.sending(second, CALL)

    def test_a_lease_is_made_new_while_it_is_under_way(self, inbox: InboxStore) -> None:
        taken = self.taken(inbox)
        inbox.keep("another", [taken.number], 900.0)
        inbox.keep("one", [taken.number], 200.0)
        assert inbox.claim("two", 199.0, 200.0) is None
        assert inbox.claim("two", 200.0, LEASE) is not None
        inbox.keep("one", [taken.number], 900.0)
        assert inbox.claim("three", 221.0, LEASE) is not None

    def test_what_is_answered_is_not_kept(self, store: StateStore, inbox: InboxStore) -> None:
        taken = self.taken(inbox)
        assert inbox.sending(taken, CALL)
        inbox.answered(taken)
        assert self.row(store, taken.number) is None
        assert inbox.unanswered() == Unanswered(0, None, 0, 0)
        assert inbox.take("/T1", "Ev1", BODY, "one", 900.0, START) is None, "but it is known"

    def test_a_call_sent_again_in_doubt_is_counted(
        self, store: StateStore, inbox: InboxStore
    ) -> None:
        taken = self.taken(inbox)
        assert inbox.sending(taken, CALL)
        again = self.claimed(inbox, 300.0)
        assert (again.answer, again.uncertain, again.repeats) == (CALL, True, 0)
        assert inbox.sending(again, CALL)
        inbox.answered(again)
        row = self.row(store, taken.number)
        assert row is not None
        assert (row["state"], row["repeats"]) == ("repeated", 1)
        assert inbox.kept("/T1", taken.key) == CALL
        assert inbox.kept("/T2", taken.key) is None
        store.forget_old(START + GIVEN_UP_AFTER + timedelta(seconds=1))
        assert inbox.kept("/T1", taken.key) is None
        row = self.row(store, taken.number)
        assert row is not None
        assert (row["body"], row["answer"]) == (None, None)
        assert inbox.unanswered("/T1") == Unanswered(0, None, 1, 0)
        assert inbox.unanswered("/T2") == Unanswered(0, None, 0, 0)

    @pytest.mark.parametrize(("uncertain", "counted"), [(False, 0), (True, 1)])
    def test_only_what_may_have_arrived_is_in_doubt(
        self, inbox: InboxStore, uncertain: bool, counted: int
    ) -> None:
        taken = self.taken(inbox)
        assert inbox.sending(taken, CALL)
        inbox.put_off(taken, 100.0, 30.0, "ratelimited", uncertain=uncertain)
        assert inbox.claim("two", 129.9, LEASE) is None
        again = self.claimed(inbox, 130.0)
        assert again.uncertain is uncertain
        assert inbox.sending(again, CALL)
        inbox.answered(again)
        assert inbox.unanswered().repeats == counted

    def test_calls_that_are_accounted_for_are_known(self, inbox: InboxStore) -> None:
        taken = self.taken(inbox)
        assert inbox.sending(taken, None)
        inbox.accounted(taken, ["C1"])
        again = self.claimed(inbox, 300.0)
        assert (again.sent, again.uncertain, again.answer) == (("C1",), False, None)

    def test_what_waits_too_long_is_given_up_and_forgotten(
        self, store: StateStore, inbox: InboxStore
    ) -> None:
        assert (timedelta(days=1), timedelta(days=7)) == (GIVEN_UP_AFTER, SHOWN_FOR)
        taken = self.taken(inbox)
        assert inbox.unanswered() == Unanswered(0, None, 0, 0), "it is being answered"
        inbox.put_off(taken, 100.0, 1.0, "ratelimited", uncertain=False)
        store.forget_old(START + GIVEN_UP_AFTER)
        assert inbox.unanswered() == Unanswered(1, START, 0, 0)
        store.forget_old(START + GIVEN_UP_AFTER + timedelta(seconds=1))
        row = self.row(store, taken.number)
        assert row is not None
        assert (row["body"], row["answer"]) == (None, None)
        assert inbox.unanswered() == Unanswered(0, None, 0, 1)
        assert inbox.claim("two", 900.0, LEASE) is None
        store.forget_old(START + SHOWN_FOR + timedelta(seconds=1))
        assert inbox.unanswered() == Unanswered(0, None, 0, 0)

    def test_a_lease_from_before_a_restart_holds_nothing(self, inbox: InboxStore) -> None:
        """The machine's steady clock begins anew: a lease that ends far ahead is over."""
        inbox.take("/T1", "Ev1", BODY, "one", 100_000.0, START)
        assert inbox.claim("two", 5.0, LEASE) is not None
