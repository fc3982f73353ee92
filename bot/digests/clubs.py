"""Service: journal clubs of channels, and posting the next paper on its day.

What is read is a reading list, the first saved first; presenters take turns. A day is decided once,
whatever number of servers try, and posted by the outbox.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.curation.lists import Library, Scope
from bot.digests.closed import CLOSED
from bot.digests.people import Person, Policy
from bot.errors import UsageError
from bot.records.models import Record
from bot.schedule import Schedule
from bot.store import StateStore
from bot.store.audit import BOT
from bot.store.clubs import Club, Meeting, Turn
from bot.store.deliveries import Delivery, NewDelivery
from bot.store.lists import ReadingList
from bot.store.subscriptions import work_keys
from bot.text.folding import fold

# How many clubs are decided at a time.
AT_A_TIME = 10_000
MOST_PRESENTERS, _MOST_NOTE = 50, 1_000
# What a reaction under a club's post says; others say nothing.
REACTIONS = {
    "+1": 1, "thumbsup": 1, "heart": 1, "star": 1, "star2": 1, "tada": 1, "fire": 1, "100": 1,
    "-1": -1, "thumbsdown": -1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What is typed of a club: whom, when and from which list; None is as it is, or as usual."""

    presenters: tuple[str, ...] | None = None
    schedule: Schedule | None = None
    list_name: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A club as it is: its list, what is left to read in order, and what it had, last first."""

    club: Club
    on: ReadingList | None
    left: Sequence[Record]
    had: Sequence[Meeting]


class Clubs:
    """What people can do with journal clubs. Methods raise UsageError and StoreError."""

    def __init__(
        self,
        store: StateStore,
        library: Library,
        policy: Policy,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._library, self._policy, self._now = store, library, policy, now

    # -- what people do --------------------------------------------------------------------

    def here(self, person: Person) -> Sequence[Club]:
        """The clubs of the channel; elsewhere the person's own; an operator sees all."""
        if person.operator:
            return self._store.clubs.everything()
        if person.channel.startswith(("C", "G")):
            return self._store.clubs.of(person.workspace, person.channel)
        return self._store.clubs.of_person(person.workspace, person.user)

    def named(self, name: str, person: Person) -> Club | None:
        """The club of this name, of those that are here."""
        key = fold(name)
        return next((each for each in self.here(person) if fold(each.name) == key), None)

    def set_up(self, name: str, wish: Wish, usual: Schedule, person: Person) -> tuple[Club, bool]:
        """Begin a club in the channel, or change the one of that name; and whether it is new."""
        club = self.named(name, person)
        if club is not None:
            return self._edit(club, wish, person), False
        if not person.channel.startswith(("C", "G")):
            raise UsageError("A journal club is a channel's.", "Type it in the channel.")
        schedule = wish.schedule or usual
        new = Club(
            id="", workspace=person.workspace, channel=person.channel, name=name,
            list_id=self._list(wish.list_name or name, person, person.channel).id,
            presenters=(wish.presenters or ())[:MOST_PRESENTERS], turn=0, schedule=schedule,
            state="active", due=schedule.after(self._now()), version=1, created_by=person.user,
            created_at=self._now(),
        )  # fmt: skip
        return self._store.clubs.add(new, person.user, self._now()), True

    def skip(self, club: Club, person: Person) -> Club:
        """Leave out its next day; the paper and who presents it wait for the one after."""
        due = club.schedule.after(max(club.due, self._now()))
        return self._changed(replace(club, due=due), "a day skipped", person)

    def swap(self, club: Club, person: Person, pair: Sequence[str] = ()) -> Club:
        """Exchange two presenters: those named, or the next two."""
        if len(club.presenters) < 2:
            raise UsageError(
                "There are no two presenters to swap.", f"`club {club.name} with @A @B` names them."
            )
        chosen = tuple(pair[:2]) or (club.presenter(), club.presenter(1))
        if len(chosen) < 2 or not set(chosen) <= set(club.presenters):
            raise UsageError("Name two of its presenters.", f"`club {club.name} swap @A @B`.")
        first, second = chosen
        exchanged = {first: second, second: first}
        order = tuple(str(exchanged.get(each, each)) for each in club.presenters)
        return self._changed(replace(club, presenters=order), "presenters swapped", person)

    def pause(self, club: Club, person: Person) -> Club:
        """Post nothing until it is resumed."""
        return self._changed(replace(club, state="paused"), "paused", person)

    def resume(self, club: Club, person: Person) -> Club:
        """Go on with its next day from now; a day that was skipped stays so."""
        now = self._now()
        due = club.due if club.due > now else club.schedule.after(now)
        return self._changed(replace(club, state="active", due=due), "resumed", person)

    def stop(self, club: Club, person: Person) -> Club:
        """End it for good; what was read and noted stays."""
        return self._changed(replace(club, state="stopped"), "stopped", person)

    def standing(self, club: Club) -> Standing:
        """How a club stands."""
        on = self._store.lists.get(club.workspace, club.list_id)
        return Standing(club, on, self._left(club), self._store.clubs.meetings(club.id))

    def note(self, delivery_id: str, words: str, person: Person) -> tuple[Club, Record]:
        """Add a note to the paper under discussion, on the club's list. UsageError: none is."""
        found = self._store.clubs.meeting(delivery_id)
        record = self._store.get(found[1].record_id) if found else None
        if found is None or record is None or found[0].workspace != person.workspace:
            raise UsageError("No journal club's paper is discussed here.", "Note it in its thread.")
        club, on = found[0], self._store.lists.get(found[0].workspace, found[0].list_id)
        scope = Scope(club.workspace, person.user, club.channel)
        if on is None or on.owner not in scope.owners:
            raise UsageError("The club's list is there no more.", "`lists` shows those there are.")
        (item,) = self._library.save(scope, [record], on).items
        note = f"{item.note} · {words}" if item.note else words
        if len(note) > _MOST_NOTE:
            raise UsageError("The notes on that paper are full.", "Shorten them on the list first.")
        self._library.note(scope, item.id, note)
        return club, record

    def vote(self, delivery: Delivery, user: str, reaction: str, *, is_taken_back: bool) -> None:
        """Count a reaction under a club's post."""
        name = reaction.split("::", maxsplit=1)[0]
        if name in REACTIONS and self._store.clubs.meeting(delivery.id) is not None:
            value = 0 if is_taken_back else REACTIONS[name]
            self._store.clubs.vote(delivery.id, user, name, value)

    def _edit(self, club: Club, wish: Wish, person: Person) -> Club:
        wanted = club
        if wish.presenters is not None:
            wanted = replace(wanted, presenters=wish.presenters[:MOST_PRESENTERS], turn=0)
        if wish.schedule is not None:
            due = wish.schedule.after(self._now())
            wanted = replace(wanted, schedule=wish.schedule, due=due)
        if wish.list_name is not None:
            wanted = replace(wanted, list_id=self._list(wish.list_name, person, club.channel).id)
        return club if wanted == club else self._changed(wanted, "changed", person)

    def _changed(self, wanted: Club, what: str, person: Person) -> Club:
        self._policy.check(wanted, person)
        changed = self._store.clubs.change(wanted, what, person.user)
        if changed is None:
            raise UsageError("It changed just now.", "Look again, and then change it.")
        return changed

    def _list(self, name: str, person: Person, channel: str) -> ReadingList:
        """The channel's list of this name, made where it is new: what a club reads all can see."""
        scope = Scope(person.workspace, person.user, channel)
        known = self._library.named(scope, name, ours=True)
        return known or self._library.make(scope, name, ours=True)

    # -- what is posted --------------------------------------------------------------------

    def step(self) -> bool:
        """Decide what is due now; whether there was anything. Raises StoreError.

        Where the app is not installed now a paper waits until it is installed again.
        """
        now = self._now()
        found = self._store.clubs.due(now, AT_A_TIME)
        due = [club for club in found if self._policy.can_post(club.workspace)]
        decided = [self._store.clubs.decide(self._turn(club, now), now) for club in due]
        return any(decided)

    def on_refused(self, delivery: Delivery, reason: str) -> float | None:
        """Pause the club whose post Slack refused, tell who made it, and keep the paper for later.

        One that an earlier attempt may still post is not read again.
        """
        club = self._store.clubs.get(str(delivery.details.get("club")))
        if club is None or reason not in CLOSED or "trouble" in delivery.details:
            return None
        self._store.clubs.change(replace(club, state="paused"), f"paused: {reason}", BOT)
        if not delivery.uncertain:
            self._store.clubs.unmeet(delivery.id)
        now = self._now()
        notice = NewDelivery(
            key=f"{delivery.key}:closed", workspace=club.workspace, kind="notice",
            channel=club.created_by, due=now, details={"club": club.id, "trouble": reason},
        )  # fmt: skip
        if club.created_by.startswith(("U", "W")):
            self._store.deliveries.add(notice, now)
        return None

    def _turn(self, club: Club, now: datetime) -> Turn:
        """What its day brings: after downtime the last day that was missed stands for all."""
        left = self._left(club)
        day = max(club.due, club.schedule.last(now))
        record = left[0] if left else None
        keys = work_keys(record) if record else ()
        return Turn(club, day, club.schedule.after(now), record.id if record else None, keys)

    def _left(self, club: Club) -> Sequence[Record]:
        """What is still to be read, the first saved first."""
        on = self._store.lists.get(club.workspace, club.list_id)
        if on is None:
            return ()
        had = {each.record_id for each in self._store.clubs.meetings(club.id)}
        entries = reversed(self._library.entries(on))
        return [e.record for e in entries if not {e.record.id, e.item.record_id} & had]
