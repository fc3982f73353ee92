"""The store area of journal clubs: their order of papers and presenters, and what was thought."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Literal, TypeAlias

from bot.schedule import Cadence, Schedule
from bot.store import outbox
from bot.store.audit import AuditStore
from bot.store.connections import Connections, Database
from bot.store.deliveries import NewDelivery
from bot.store.moments import text_of
from bot.store.statements import subscriptions as subscription_sql
from bot.text.folding import fold

State: TypeAlias = Literal["active", "paused", "stopped"]


@dataclass(frozen=True, slots=True)
class Club:
    """A club of one channel. `presenters` (ids of people) take turns, the one at `turn` is next.

    What is read is on the list `list_id`, the first saved first. `due` is when the next paper is
    posted; `version` changes with every write.
    """

    id: str
    workspace: str
    channel: str
    name: str
    list_id: int
    presenters: tuple[str, ...]
    turn: int
    schedule: Schedule
    state: State
    due: datetime
    version: int
    created_by: str
    created_at: datetime

    def presenter(self, ahead: int = 0) -> str | None:
        """Who presents next, or so many turns after that; None: nobody is named."""
        count = len(self.presenters)
        return self.presenters[(self.turn + ahead) % count] if count else None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A paper that a club had, when, by whom, and how many found it worth reading or not."""

    record_id: str
    presenter: str | None
    due: datetime
    delivery: str
    worth: int
    not_worth: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What a club's day brings, as decided from the club as it was.

    `record_id` is None where nothing is left to read. `keys` are those of its work.
    """

    club: Club
    due: datetime
    next_due: datetime
    record_id: str | None
    keys: tuple[str, ...] = ()


_COLUMNS = """
id, workspace, channel, name, list_id, presenters, turn, cadence, at, zone, weekday, day, state,
due, version, created_by, created_at
"""
_SELECT = f"SELECT {_COLUMNS} FROM clubs"  # noqa: S608 - names of columns only
_INSERT = """
INSERT INTO clubs (id, workspace, channel, name, name_key, list_id, presenters, turn, cadence, at,
    zone, weekday, day, state, due, version, created_by, created_at)
VALUES (:id, :workspace, :channel, :name, :name_key, :list_id, :presenters, 0, :cadence, :at,
    :zone, :weekday, :day, 'active', :due, 1, :who, :now)
"""
_CHANGE = """
UPDATE clubs SET list_id = :list_id, presenters = :presenters, turn = :turn, cadence = :cadence,
    at = :at, zone = :zone, weekday = :weekday, day = :day, state = :state, due = :due,
    version = version + 1
WHERE id = :id AND version = :version AND state <> 'stopped'
"""
_MOVE_ON = """
UPDATE clubs SET due = :due, turn = turn + :moves, version = version + 1
WHERE id = :id AND version = :version AND state = 'active'
"""
_MEET = """
INSERT INTO club_meetings (club, record_id, presenter, due, delivery) VALUES (?, ?, ?, ?, ?)
"""
_MEETINGS = """
SELECT m.record_id, m.presenter, m.due, m.delivery,
    count(*) FILTER (WHERE v.value > 0), count(*) FILTER (WHERE v.value < 0)
FROM club_meetings AS m LEFT JOIN club_votes AS v ON v.delivery = m.delivery
"""
_VOTE = "INSERT INTO club_votes VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_UNVOTE = "DELETE FROM club_votes WHERE delivery = ? AND user = ? AND reaction = ?"


class ClubStore:
    """Journal clubs. Errors and transactions as for `StateStore`."""

    def __init__(self, connections: Connections, audit: AuditStore) -> None:
        self._connections = connections
        self._audit = audit

    def add(self, new: Club, who: str, now: datetime) -> Club:
        """Begin a club; its id, turn, state and version are given here."""
        club_id = f"c{secrets.token_hex(5)}"
        values = {
            **_values(new), "id": club_id, "workspace": new.workspace, "channel": new.channel,
            "name": new.name, "name_key": fold(new.name), "who": who, "now": text_of(now),
        }  # fmt: skip
        with self._connections.writing() as db:
            db.execute(_INSERT, values)
            self._note(db, _stored(db, club_id), f"made: {new.name}, {new.schedule.words}", who)
            return _stored(db, club_id)

    def change(self, wanted: Club, what: str, who: str) -> Club | None:
        """Write a club as it is wanted; None where it was changed or moved on meanwhile."""
        with self._connections.writing() as db:
            was = db.execute(f"{_SELECT} WHERE id = ?", [wanted.id]).fetchone()
            values = {**_values(wanted), "id": wanted.id, "version": wanted.version}
            if was is None or db.execute(_CHANGE, values).rowcount != 1:
                return None
            club = _club(was)
            before = {"presenters": list(club.presenters), "schedule": club.schedule.words,
                      "state": club.state, "due": text_of(club.due)}  # fmt: skip
            self._note(db, club, what, who, before)
            return _stored(db, wanted.id)

    def get(self, club_id: str) -> Club | None:
        """The club of this id, stopped or not."""
        found = self._all(f"{_SELECT} WHERE id = ?", [club_id])
        return found[0] if found else None

    def of(self, workspace: str, channel: str) -> list[Club]:
        """The clubs of a channel that are not stopped, oldest first."""
        where = "WHERE workspace = ? AND channel = ? AND state <> 'stopped' ORDER BY created_at, id"
        return self._all(f"{_SELECT} {where}", [workspace, channel])

    def of_person(self, workspace: str, user: str) -> list[Club]:
        """The clubs that a person presents in or has set up, the next due first."""
        where = "WHERE workspace = ? AND state <> 'stopped' ORDER BY due, id"
        found = self._all(f"{_SELECT} {where}", [workspace])
        return [each for each in found if user in (*each.presenters, each.created_by)]

    def everything(self, workspace: str | None = None) -> list[Club]:
        """Every club that is not stopped, of one workspace or of all."""
        where = "WHERE workspace = coalesce(?, workspace) AND state <> 'stopped' ORDER BY due, id"
        return self._all(f"{_SELECT} {where}", [workspace])

    def due(self, now: datetime, limit: int) -> list[Club]:
        """Those whose day has come, the longest due first."""
        where = "WHERE state = 'active' AND due <= ? ORDER BY due, id LIMIT ?"
        return self._all(f"{_SELECT} {where}", [text_of(now), limit])

    def decide(self, turn: Turn, now: datetime) -> bool:
        """Write a day's post and move the club on, once; False where that was done already."""
        club = turn.club
        with self._connections.writing() as db:
            moves = {"id": club.id, "version": club.version, "due": text_of(turn.next_due),
                     "moves": int(turn.record_id is not None)}  # fmt: skip
            if db.execute(_MOVE_ON, moves).rowcount != 1:
                return False
            happened = db.execute(subscription_sql.LAST_HAPPENING).fetchone()[0]
            new = NewDelivery(
                key=f"{club.id}:{text_of(turn.due)}:{club.version}",
                workspace=club.workspace,
                kind="notice",
                channel=club.channel,
                due=turn.due,
                records=(turn.record_id,) if turn.record_id else (),
                details={"club": club.id, "happened": happened},
            )
            delivery = outbox.insert(db, new, now)
            if turn.record_id is not None and delivery is not None:
                met = [club.id, turn.record_id, club.presenter(), text_of(turn.due), delivery]
                db.execute(_MEET, met)
                place = (club.workspace, club.channel)
                rows = [(*place, key, turn.record_id, delivery) for key in turn.keys]
                db.conn.executemany(subscription_sql.POST_WORK, rows)
            return True

    def meetings(self, club_id: str) -> list[Meeting]:
        """What a club has had, the last first."""
        where = "WHERE m.club = ? GROUP BY m.club, m.record_id ORDER BY m.due DESC, m.record_id"
        with self._connections.reading() as db:
            return [_meeting(row) for row in db.execute(f"{_MEETINGS} {where}", [club_id])]

    def meeting(self, delivery: str) -> tuple[Club, Meeting] | None:
        """The meeting that a delivery announced, with its club; None where it is of none."""
        where = "WHERE m.delivery = ? GROUP BY m.club, m.record_id"
        with self._connections.reading() as db:
            row = db.execute(f"{_MEETINGS} {where}", [delivery]).fetchone()
            if row is None:
                return None
            of = db.execute("SELECT club FROM club_meetings WHERE delivery = ?", [delivery])
            return _stored(db, of.fetchone()[0]), _meeting(row)

    def unmeet(self, delivery: str) -> None:
        """Let a paper be read after all, whose post was never posted."""
        with self._connections.writing() as db:
            db.execute("DELETE FROM club_meetings WHERE delivery = ?", [delivery])
            db.execute("DELETE FROM works_posted WHERE delivery = ?", [delivery])

    def vote(self, delivery: str, user: str, reaction: str, value: int) -> None:
        """Keep what a person's reaction says of a paper: 1 worth reading, -1 not, 0 no more."""
        with self._connections.writing() as db:
            if value:
                db.execute(_VOTE, [delivery, user, reaction, value])
            else:
                db.execute(_UNVOTE, [delivery, user, reaction])

    def _all(self, statement: str, values: Sequence[object]) -> list[Club]:
        with self._connections.reading() as db:
            return [_club(row) for row in db.execute(statement, values).fetchall()]

    def _note(
        self, db: Database, club: Club, what: str, who: str, before: dict[str, Any] | None = None
    ) -> None:
        self._audit.note(
            db, "club", club.id, what, workspace=club.workspace, who=who, before=before
        )


def _values(club: Club) -> dict[str, Any]:
    schedule = club.schedule
    return {
        "list_id": club.list_id, "presenters": json.dumps(club.presenters), "turn": club.turn,
        "cadence": schedule.cadence.value, "at": f"{schedule.at:%H:%M}", "zone": schedule.zone,
        "weekday": schedule.weekday, "day": schedule.day, "state": club.state,
        "due": text_of(club.due),
    }  # fmt: skip


def _stored(db: Database, club_id: str) -> Club:
    return _club(db.execute(f"{_SELECT} WHERE id = ?", [club_id]).fetchone())


def _club(row: Sequence[Any]) -> Club:
    (club_id, workspace, channel, name, list_id, presenters, turn, cadence, at, zone, weekday, day,
     state, due, version, created_by, created_at) = row  # fmt: skip
    return Club(
        id=club_id,
        workspace=workspace,
        channel=channel,
        name=name,
        list_id=list_id,
        presenters=tuple(json.loads(presenters)),
        turn=turn,
        schedule=Schedule(Cadence(cadence), time.fromisoformat(at), zone, weekday, day),
        state=state,
        due=datetime.fromisoformat(due),
        version=version,
        created_by=created_by,
        created_at=datetime.fromisoformat(created_at),
    )


def _meeting(row: Sequence[Any]) -> Meeting:
    record_id, presenter, due, delivery, worth, not_worth = row
    return Meeting(
        record_id, presenter, datetime.fromisoformat(due), delivery, int(worth), int(not_worth)
    )
