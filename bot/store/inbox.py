"""The inbox: requests of people that Slack heard acknowledged and that are not answered yet.

A request is written down before it is acknowledged, leased to the process that answers it, and
deleted once the answer is sent: what a person wrote is kept no longer. One whose process died, or
whose answer Slack did not take, is free again when its lease or its wait is over. A loss of power
can take the requests of its last moments with it: to sync the disk several times for each answer
would make all of them wait.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.store.connections import Connections, Database
from bot.store.deliveries import LONGEST_WAIT
from bot.store.leases import taking
from bot.store.moments import moment_of, text_of
from bot.store.statements import inbox as sql
from bot.store.together import Together

# An answer a day late helps nobody; that it was given up is shown for a week.
GIVEN_UP_AFTER = timedelta(days=1)
SHOWN_FOR = timedelta(days=7)
# Slack hears nothing of a request while it is written down, and waits three seconds.
PATIENCE = 2.5


@dataclass(frozen=True, slots=True)
class Taken:
    """A request that one owner answers, until its lease runs out.

    `body` is the request as Slack sent it. `answer` is the call to Slack that is all that is left
    to do, where it is known; `sent` is what earlier calls brought. `uncertain` says that a call
    may have reached Slack, `repeats` how often one was sent in spite of that.
    """

    number: int
    workspace: str
    key: str
    at: datetime
    owner: str
    attempt: int
    body: Mapping[str, Any]
    answer: Mapping[str, Any] | None
    sent: tuple[str, ...]
    uncertain: bool
    repeats: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """How many requests wait for a later try, since when, and what went otherwise in a week.

    `repeats` counts what was sent without knowing whether an earlier call had arrived.
    """

    waiting: int
    oldest: datetime | None
    repeats: int
    given_up: int


class InboxStore:
    """Requests, safe from any thread and any process; every write is one transaction.

    Moments named `steady` are seconds of the machine's steady clock. Methods raise the
    `StoreError` that says what is wrong. Those that take a Taken do nothing where it is lost.
    """

    def __init__(self, connections: Connections, patience: float = PATIENCE) -> None:
        """A request that cannot be written within `patience` seconds is not acknowledged."""
        self._connections = connections
        self._arriving = Together(connections, patience, "inbox")

    def take(  # noqa: PLR0913, PLR0917 - what arrived, and who answers it until when
        self,
        workspace: str,
        key: str,
        body: Mapping[str, Any],
        owner: str,
        until: float,
        now: datetime,
    ) -> Taken | None:
        """Write down what arrived, leased until then; None where it arrived before."""
        text = json.dumps(body)
        values = {"workspace": workspace, "key": key, "body": text, "owner": owner, "until": until}

        def write(db: Database) -> Taken | None:
            if db.execute(sql.SEE, [workspace, key, text_of(now)]).rowcount != 1:
                return None
            return _taken(db.execute(sql.TAKE, {**values, "now": text_of(now)}).fetchone(), owner)

        return self._arriving.write(write)

    def claim(self, owner: str, steady: float, lease: float) -> Taken | None:
        """Take over the request that waits longest and is free; None: there is none."""
        with taking(self._connections, sql.FREE, steady, "inbox") as found:
            if found is None:
                return None
            db, number = found
            values = {"owner": owner, "until": steady + lease, "number": int(number)}
            return _taken(db.execute(sql.CLAIM, values).fetchone(), owner)

    def keep(self, owner: str, numbers: Sequence[int], until: float) -> None:
        """Make the lease of these new, where the owner has them still."""
        values = {"owner": owner, "numbers": json.dumps(list(numbers)), "until": until}
        with self._connections.writing(is_synced=False, lane="inbox") as db:
            db.execute(sql.KEEP, values)

    def sending(self, taken: Taken, answer: Mapping[str, Any] | None) -> bool:
        """Write down that a call is about to be sent; False where another has taken it over.

        `answer` is that call, where nothing is left to do after it.
        """
        text = json.dumps(answer) if answer is not None else None
        with self._connections.writing(is_synced=False, lane="inbox") as db:
            return db.execute(sql.SENDING, {**_held(taken), "answer": text}).fetchone() is not None

    def accounted(self, taken: Taken, sent: Sequence[str]) -> None:
        """Write down what became of the calls so far: none is in doubt."""
        with self._connections.writing(is_synced=False, lane="inbox") as db:
            db.execute(sql.ACCOUNTED, {**_held(taken), "sent": json.dumps(list(sent))})

    def answered(self, taken: Taken) -> None:
        """Forget a request that is answered; one that was in doubt stays for a day: see `kept`."""
        with self._connections.writing(is_synced=False, lane="inbox") as db:
            if _repeats(db, taken.number):
                db.execute(sql.CLOSE, _held(taken))
            else:
                db.execute(sql.FORGET, _held(taken))

    def put_off(
        self, taken: Taken, steady: float, wait: float, reason: str, *, uncertain: bool
    ) -> None:
        """Give it back: it is free again after `wait` seconds.

        With `uncertain` the call that was sent may have arrived; else it certainly did not.
        """
        not_before = steady + min(wait, LONGEST_WAIT)
        values = {"not_before": not_before, "reason": reason, "uncertain": uncertain}
        with self._connections.writing(is_synced=False, lane="inbox") as db:
            db.execute(sql.PUT_OFF, {**_held(taken), **values})

    def kept(self, workspace: str, key: str) -> Mapping[str, Any] | None:
        """The call that answers a request of which it is not known whether it did; None: gone."""
        with self._connections.reading() as db:
            row = db.execute(sql.KEPT, [workspace, key]).fetchone()
        return json.loads(row[0]) if row else None

    def unanswered(self, workspace: str | None = None) -> Unanswered:
        """What waits and what went otherwise, in one workspace or in all."""
        with self._connections.reading() as db:
            waiting, oldest, repeats, given_up = db.execute(
                sql.STANDING, {"workspace": workspace}
            ).fetchone()
        return Unanswered(waiting, moment_of(oldest), repeats, given_up)


def forget_old(db: Database, now: datetime) -> None:
    """Give up what nobody waits for any more, in the caller's transaction."""
    for statement in (sql.GIVE_UP, sql.FORGET_ANSWERS):
        db.execute(statement, [text_of(now - GIVEN_UP_AFTER)])
    db.execute(sql.FORGET_CLOSED, [text_of(now - SHOWN_FOR)])


def _repeats(db: Database, number: int) -> int:
    row = db.execute("SELECT repeats FROM inbox WHERE number = ?", [number]).fetchone()
    return int(row[0]) if row else 0


def _held(taken: Taken) -> dict[str, Any]:
    """What a row must still say for it to be this owner's."""
    return {"number": taken.number, "owner": taken.owner, "attempt": taken.attempt}


def _taken(row: Sequence[Any], owner: str) -> Taken:
    number, workspace, key, at, body, answer, sent, uncertain, repeats, attempt = row
    return Taken(
        number=number,
        workspace=workspace,
        key=key,
        at=datetime.fromisoformat(at),
        owner=owner,
        attempt=attempt,
        body=json.loads(body),
        answer=json.loads(answer) if answer else None,
        sent=tuple(json.loads(sent)),
        uncertain=bool(uncertain),
        repeats=repeats,
    )
