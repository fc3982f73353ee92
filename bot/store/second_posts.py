"""The store's part in taking back second posts: what is looked at again, and what was found.

A delivery is put down to be *looked at again* when it is sent although an earlier attempt is
unaccounted for (`DeliveryStore.start`), and when a process finds that it posted what another had
posted before (`DeliveryStore.confirm`). A *second post* is written down before it is taken back.
A look is claimed with a lease, like a delivery, and only once its delivery is posted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.store.deliveries import Delivery, Posted

# The longest time between two looks. A moment further ahead dates from before the machine was
# started anew, and its steady clock with it.
LONGEST_UNTIL_LOOK = 86_400.0


@dataclass(frozen=True, slots=True)
class Look:
    """A posted delivery that one owner may look at until `until` on the steady clock.

    `attempt` counts the claims. `seen` is how many looks were done before this one, `tries` how
    often this one failed. `others` are the posts to be taken back, as far as they are known.
    """

    delivery: Delivery
    owner: str
    until: float
    attempt: int
    seen: int
    tries: int
    others: tuple[Posted, ...]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What may stand twice and needs a person; `reason` is Slack's word.

    `second` is the post that Slack does not let the bot take back, or None: the channel's history
    could not be read.
    """

    delivery: str
    channel: str
    second: Posted | None
    reason: str


class SecondPostStore(Protocol):
    """Looks and second posts, safe from any thread and any process; a write is one transaction.

    Methods raise the `StoreError` that says what is wrong; nothing is changed then. Those that
    take a Look do nothing where the claim is lost.
    """

    def claim(self, owner: str, steady: float, lease: float, pace: float) -> Look | None:
        """Take the look that waits longest and may be done now; None: there is none.

        Two looks in one workspace are `pace` seconds apart.
        """

    def remember(
        self, look: Look, others: Sequence[Posted], steady: float, lease: float, now: datetime
    ) -> Look | None:
        """Write down second posts before they are taken back, with the lease made new.

        Returns the look with all that are to be taken back now; None: the claim is lost. The post
        that the store holds as the delivery is never one of them.
        """

    def keep(self, look: Look, posted: Posted) -> None:
        """Hold this post as the delivery from now on: the one that was held is gone."""

    def taken_back(self, second: Posted, refused: str | None = None) -> None:
        """Write down that a second post is gone, or with `refused` that Slack keeps it for good."""

    def put_off(self, look: Look, steady: float, wait: float, reason: str) -> None:
        """Try this look again after `wait` seconds."""

    def done(self, look: Look, steady: float, wait: float | None, unseen: str | None) -> None:
        """This look is done: the next is in `wait` seconds, or None: it was the last.

        `unseen` says why the last look could not be done; a person is to look then.
        """

    def hold_back(self, workspace: str, steady: float, wait: float) -> None:
        """Let no look be claimed in a workspace for `wait` seconds: Slack asked for it."""

    def looks_left(self) -> int:
        """How many posted deliveries are still to be looked at."""

    def unsettled(self, workspace: str | None = None) -> Sequence[Unsettled]:
        """What needs a person, of one workspace or of all."""

    def settle(self, delivery_id: str) -> bool:
        """A person's word that a delivery stands once; False: nothing needed it."""

    def look_again(self, delivery_id: str) -> bool:
        """A person's wish that the bot looks, and takes back, once more; False: nothing needed it.

        The looks begin anew, at once.
        """
