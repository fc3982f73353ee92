"""Follow-ups: what became known of works, posted where people saw, followed or saved them.

Each is posted in the thread of the post that brought the work, in a channel that follows the very
record, and in a direct message to who saved it or, where it was retracted, a work that cites it;
once to each channel and each person, in the first of these ways, under however many ids the work
was stored before it became one record.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.records.models import Record
from bot.store import StateStore
from bot.store.deliveries import NewDelivery
from bot.store.standing import Happening, HappeningKind, told_as
from bot.store.subscriptions import Subscription, work_keys

# How many happenings are worked through at a time.
AT_A_TIME = 200
# In which states a digest is in its channel, or will be.
_SEEN = frozenset(("posted", "pending"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a follow-up is posted; `name` is unique among the places of its workspace.

    `reader` is the channel that reads it there, or the person in a direct message.
    """

    workspace: str
    channel: str
    name: str
    reader: str
    answers: str | None = None
    subscription: str | None = None


class FollowUps:
    """Turns happenings into deliveries. Safe from any thread and any process."""

    def __init__(self, store: StateStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    def step(self) -> bool:
        """Work through the next happenings; whether there were any. Raises StoreError."""
        since = self._store.deliveries.followed()
        happenings = self._store.standing.changes_of_standing(since, AT_A_TIME)
        if not happenings:
            return False
        follow_ups = [new for happening in happenings for new in self._follow_ups(happening)]
        self._store.deliveries.follow_up(follow_ups, happenings[-1].sequence, self._now())
        return True

    def _follow_ups(self, happening: Happening) -> Iterator[NewDelivery]:
        """Every place where a happening is to be posted, each once."""
        record = self._store.get(happening.record_id)
        if record is None:
            return
        yield from self._in_threads(happening, record)
        yield from self._to_followers(happening)
        yield from self._to_savers(happening)

    def _in_threads(self, happening: Happening, record: Record) -> Iterator[NewDelivery]:
        keys = {*work_keys(record), *(f"id:{name}" for name in happening.known_as)}
        posts = {post.id: post for post, _ in self._store.deliveries.posts_of(sorted(keys))}
        # What is posted is certain to have a thread; of those, the post that brought it first.
        for post in sorted(posts.values(), key=lambda each: each.state != "posted"):
            # A digest that was decided later shows it already.
            later = happening.sequence > int(post.details.get("happened", 0))
            if post.state in _SEEN and later:
                subscription = self._store.subscriptions.get(post.subscription or "")
                reader = _reader(subscription) if subscription else post.channel
                yield _follow_up(
                    happening,
                    _Place(
                        post.workspace, post.channel, post.id, reader, post.id, post.subscription
                    ),
                )

    def _to_followers(self, happening: Happening) -> Iterator[NewDelivery]:
        following = self._store.subscriptions.of_records(happening.known_as)
        # A paused subscription delays its follow-up: one that is not paused comes first.
        for subscription in sorted(following, key=lambda each: each.state == "paused"):
            if subscription.seen < happening.sequence:
                place = _Place(
                    subscription.workspace,
                    subscription.channel,
                    subscription.id,
                    _reader(subscription),
                    subscription=subscription.id,
                )
                yield _follow_up(happening, place)

    def _to_savers(self, happening: Happening) -> Iterator[NewDelivery]:
        saved = {place for place, _ in self._savers(happening.known_as)}
        for workspace, person in sorted(saved):
            yield _follow_up(happening, _Place(workspace, person, person, person))
        if happening.kind is not HappeningKind.RETRACTED:
            return
        record = self._store.get(happening.record_id)
        citing = self._store.references.citing(record.identifiers) if record else []
        concerned: dict[tuple[str, str], list[str]] = {}
        for place, name in self._savers(citing):
            if place not in saved:
                concerned.setdefault(place, []).append(name)
        for (workspace, person), names in sorted(concerned.items()):
            yield _cites_it(happening, _Place(workspace, person, person, person), names)

    def _savers(self, names: Sequence[str]) -> Iterator[tuple[tuple[str, str], str]]:
        """The people (by workspace) who saved any of these records, each with what they saved."""
        for workspace in sorted({each.workspace for each in self._store.lists.lists(None, None)}):
            for name in names:
                for _, item in self._store.lists.holding(workspace, name):
                    person = item.added_by
                    if person[:1] in ("U", "W") and person.isalnum():
                        yield (workspace, person), name


def _reader(subscription: Subscription) -> str:
    """Who reads what a subscription brings: its channel, or who made it in a direct message."""
    return subscription.created_by if subscription.channel.startswith("D") else subscription.channel


def _follow_up(happening: Happening, place: _Place) -> NewDelivery:
    """The follow-up in one place: its key is the happening and the place."""
    return NewDelivery(
        key=f"happened:{happening.sequence}:{place.workspace}:{place.name}",
        workspace=place.workspace,
        kind="follow-up",
        channel=place.channel,
        due=happening.at,
        subscription=place.subscription,
        answers=place.answers,
        records=(happening.record_id,),
        hearer=place.reader,
        told=tuple(told_as(name, happening.kind, happening.notice) for name in happening.known_as),
        details={
            "happening": happening.kind.value,
            "at": happening.at.isoformat(),
            "notice": happening.notice,
            "source": happening.source,
            "answers": place.answers,
        },
    )


def _cites_it(happening: Happening, place: _Place, names: Sequence[str]) -> NewDelivery:
    """A retraction, to somebody who saved works that cite what was retracted."""
    follow_up = _follow_up(happening, place)
    citing = tuple(dict.fromkeys(names))
    return replace(
        follow_up,
        key=f"{follow_up.key}:cites",
        told=tuple(f"cites:{name}" for name in happening.known_as),
        details={**follow_up.details, "cited_by": citing},
    )
