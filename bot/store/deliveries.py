"""The outbox's part of the store: what has to be posted, who is posting it, and what became of it.

A delivery is written in the transaction that decides it, and is never deleted. It is *claimed*
before it is sent: an owner, a lease and an attempt's number are written down first. A lease is
measured on the machine's steady clock (`time.monotonic`, which all its processes share), so that
a wall clock that jumps neither frees nor holds anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

# A digest of a subscription, a word in the thread of an earlier post, a word to one person.
DeliveryKind: TypeAlias = Literal["digest", "follow-up", "notice"]
# `pending` waits to be sent, or to be looked for where an attempt may have been posted;
# `quiet` had nothing to say; `doubtful` may have been posted and waits for a person's word;
# `refused` was not taken by Slack and will not be; `withdrawn` was never posted and was taken
# back, with its records.
DeliveryState: TypeAlias = Literal["pending", "posted", "quiet", "doubtful", "refused", "withdrawn"]

# A wait or a lease longer than this cannot be intended: the machine was restarted, and its
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
    `details` is plain JSON for the view that draws the message. `told` names what it tells a
    `hearer`, a channel or a person: see `DeliveryStore.follow_up`.
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
