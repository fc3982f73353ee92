"""The outbox's part of the store: what has to be posted, who is posting it, and what became of it.

A delivery is written in the transaction that decides it, and is never deleted. It is *claimed*
before it is sent: an owner, a lease and an attempt's number are written down first. A lease is
measured on the machine's steady clock (`time.monotonic`, which all its processes share), so that
a wall clock that jumps neither frees nor holds anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

# A digest of a subscription, a word in the thread of an earlier post, a word to one person.
DeliveryKind: TypeAlias = Literal["digest", "follow-up", "notice"]
# `pending` waits to be sent, or to be looked for where an attempt may have been posted;
# `quiet` had nothing to say; `doubtful` may have been posted and waits for a person's word;
# `refused` was not taken by Slack and will not be; `withdrawn` was never posted and was taken
# back, with its records.
DeliveryState: TypeAlias = Literal["pending", "posted", "quiet", "doubtful", "refused", "withdrawn"]

# A wait or a lease longer than this cannot have been meant: the machine was started anew, and its
# steady clock with it.
LONGEST_WAIT = 3_600.0


@dataclass(frozen=True, slots=True)
class Posted:
    """Where Slack keeps a message: the id of its channel, and its `ts` there."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """Something to post. `key` is unique for ever: what has the same key is the same delivery.

    `channel` is where to post (a channel's id, or a person's for a direct message). `answers` is
    the id of the delivery in whose thread it belongs: it waits until that one is posted.
    `details` is plain JSON for whoever draws the message. `told` names what it tells a `hearer`, a
    channel or a person: see `DeliveryStore.follow_up`.
    """

    key: str
    workspace: str
    kind: DeliveryKind
    channel: str
    due: datetime
    subscription: str | None = None
    answers: str | None = None
    records: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    hearer: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as the store holds it.

    `attempt` counts the claims. `uncertain` says that an attempt may have been posted, so that
    the channel's history is read before it is sent again. `first_sent` is when that was first
    possible. `thread` is the `ts` of the post that it answers. `reason` is Slack's word, or ours,
    for why it is not posted yet. `posted` is where it is, `created` when it was decided.
    """

    id: str
    key: str
    workspace: str
    kind: DeliveryKind
    subscription: str | None
    channel: str
    thread: str | None
    due: datetime
    records: tuple[str, ...]
    details: Mapping[str, Any]
    state: DeliveryState
    attempt: int
    uncertain: bool
    first_sent: datetime | None
    reason: str | None
    posted: Posted | None
    created: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """The least time between two posts, in seconds: in one channel, and in one workspace."""

    channel: float
    workspace: float


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that one owner may send until `until` on the steady clock."""

    delivery: Delivery
    owner: str
    until: float


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What is not posted yet: how many, since when the oldest is due, and how many need a person.

    `refused` counts what Slack did not take and will not be tried again. `second_posts` counts
    those that are known and to be taken back, `twice` the deliveries that may stand twice and need
    a person.
    """

    pending: int
    doubtful: int
    refused: int
    oldest: datetime | None
    second_posts: int = 0
    twice: int = 0


class DeliveryStore(Protocol):
    """Deliveries, safe from any thread and any process; every write is one transaction.

    Moments named `steady` are seconds of the machine's steady clock. Methods raise the
    `StoreError` that says what is wrong; nothing is changed then.
    """

    def add(self, new: NewDelivery, now: datetime) -> bool:
        """Write a delivery; False when one of its key is held already, which stays as it is."""

    def claim(self, owner: str, steady: float, lease: float, pace: Pace) -> Claim | None:
        """Take the delivery that is due longest and free, for `lease` seconds; None: there is none.

        Free is what nobody holds a lease on and what need not wait, in a channel and a workspace
        whose pace allows a post now. What is told of a followed record waits while that is paused.
        """

    def start(
        self, claim: Claim, steady: float, lease: float, now: datetime, look_after: float = 0.0
    ) -> Claim | None:
        """Write down that it is about to be sent, with the lease made new; None: it is lost.

        From here on the delivery is uncertain until something else is known. Where it was already,
        an earlier attempt is unaccounted for and may yet be posted: once this one is, the delivery
        is looked at again (`SecondPostStore`), not before `look_after` seconds from now.
        """

    def confirm(self, claim: Claim, posted: Posted, now: datetime) -> Posted:
        """Write down where it was posted; returns where the store has it.

        That is another place when another owner confirmed the delivery first. What was posted is
        then the second post, and is written down, in the same transaction, to be taken back.
        """

    def release(
        self, claim: Claim, steady: float, wait: float, reason: str, *, uncertain: bool
    ) -> None:
        """Give it back: it is free again after `wait` seconds. Nothing where the claim is lost."""

    def hold_back(self, workspace: str, steady: float, wait: float) -> None:
        """Let nothing be claimed in a workspace for `wait` seconds: Slack asked for it."""

    def close(self, claim: Claim, state: DeliveryState, reason: str) -> bool:
        """End it as `doubtful` or `refused`; False where the claim is lost."""

    def settle(self, delivery_id: str, *, was_posted: bool, now: datetime) -> bool:
        """A person's word on a doubtful delivery: posted, or to be sent; False: it is none.

        The attempt that was in doubt is accounted for by it.
        """

    def get(self, delivery_id: str) -> Delivery | None:
        """The delivery of this id, or None."""

    def of_subscription(self, subscription: str, limit: int) -> Sequence[Delivery]:
        """The last deliveries of a subscription, newest first."""

    def in_state(self, state: DeliveryState, limit: int) -> Sequence[Delivery]:
        """The deliveries in this state, due longest first."""

    def posts_of(self, keys: Sequence[str]) -> Sequence[tuple[Delivery, str]]:
        """The digests that brought any of these works, each with the record it brought.

        `keys` are those of `bot.store.subscriptions.work_keys`. Withdrawn digests are left out.
        """

    def by_key(self, key: str) -> Delivery | None:
        """The delivery of this key, or None."""

    def followed(self) -> int:
        """The last happening (`bot.store.standing`) that was worked through; 0 before it."""

    def follow_up(self, told: Sequence[NewDelivery], up_to: int, now: datetime) -> None:
        """Write what is told of happenings up to a place in their sequence, in one transaction.

        A delivery whose key is held already is left alone, so a second telling tells nothing; so is
        one whose hearer was told before what it tells, by any of its names.
        """

    def outstanding(self, workspace: str | None = None) -> Outstanding:
        """What is not posted yet, of one workspace or of all; what a pause holds is left out."""
