"""Posting what the store says is to be posted, once.

Slack's `chat.postMessage` has no key that makes a second call harmless, so the outbox keeps the
promise itself: a delivery is claimed with a lease, written down as under way, sent without any
repeat, and confirmed with its `ts`. A delivery that may have been posted without our knowing is
*uncertain*, and looked for in the channel's history before it is sent again. What this promises:

- a delivery is never lost silently: it is posted, or shown in `tme status`;
- it is posted twice only if a process is frozen between its last look at the lease and the send,
  for longer than the lease lasts; or if Slack's history does not show in time what was posted.
  The store knows where that can have happened, and `bot.digests.second_posts` takes the second
  post back.
"""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from bot.store.deliveries import Claim, Delivery, Pace, Posted
from bot.store.outbox import DeliveryStore

log = logging.getLogger(__name__)

# The event type that marks a delivery in Slack's metadata, with its key in the payload.
EVENT_TYPE = "tme_digest"


class PostTrouble(Exception):
    """A post did not go as it should; `reason` is Slack's word for it, or ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(PostTrouble):
    """Slack said no: it was certainly not posted, and will not be by asking again."""


class PutOff(PostTrouble):
    """It was certainly not posted, and may be after `seconds`: mostly, Slack asks to wait."""

    def __init__(self, seconds: float, reason: str = "ratelimited") -> None:
        super().__init__(reason)
        self.seconds = seconds


class Uncertain(PostTrouble):
    """It may have been posted, or not: the reply was lost, late, or an error of Slack's own."""


class CannotLook(PostTrouble):
    """The history cannot be read now; asking again later may help."""


class MayNotLook(PostTrouble):
    """The bot has no right to read that history: a person has to look."""


class Publisher(Protocol):
    """The way to Slack, implemented in `handlers`."""

    def ready(self, delivery: Delivery) -> Callable[[], Posted]:
        """Draw the message; what is returned sends it, in one request and nothing else.

        That raises Refused, PutOff or Uncertain.
        """

    def standing(self, delivery: Delivery) -> Sequence[Posted]:
        """Where a delivery is in the channel's history, oldest first.

        These are messages of this bot's own with exactly the delivery's key, and the one that is
        stored as the delivery. Raises PutOff, CannotLook or MayNotLook.
        """

    def amend(self, delivery: Delivery) -> None:
        """Redraw a delivery where it was posted. Raises PostTrouble."""

    def retract(self, delivery: Delivery, posted: Posted) -> None:
        """Take back a post of a delivery; one that is there no more is no trouble.

        Raises Refused (for good), PutOff, or Uncertain.
        """


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things may take, in seconds.

    `lease` is how long a claim lasts; `request` how long one request to Slack may take, and is
    less; `settle` how long after a lost reply a message may still appear; `retry` how long to wait
    after a refusal to look.

    `looks`, at least one, are the waits after which a delivery that may stand twice is looked at,
    each after the one before. `again` is the first wait after a look that failed, and doubles.
    `look_pace` lies between two looks in a workspace: most of what Slack allows is for others.

    `pace` is Slack's: about one message a second in a channel
    (https://docs.slack.dev/apis/web-api/rate-limits), and several hundred a minute in a workspace.
    `steady` is the clock on which leases are measured: all processes of the machine share it.
    """

    lease: float = 60.0
    request: float = 10.0
    settle: float = 30.0
    retry: float = 60.0
    looks: tuple[float, ...] = (60.0, 900.0, 14_400.0)
    again: float = 5.0
    look_pace: float = 3.0
    pace: Pace = field(default=Pace(channel=1.0, workspace=0.25))
    steady: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Hooks:
    """What to call when Slack refused a delivery, or one made an older post outdated.

    `refused` says after how many seconds to try again what Slack would not take, or None: never.
    Of a delivery that is `uncertain`, an earlier attempt may be posted late.
    `outdated` names the earlier post that a posted delivery makes out of date, if there is one.
    """

    refused: Callable[[Delivery, str], float | None] = lambda _delivery, _reason: None
    outdated: Callable[[Delivery], Delivery | None] = lambda _delivery: None


class Outbox:
    """Takes deliveries from the store to Slack, one at a time.

    Any number may run, in any number of processes.
    """

    def __init__(
        self,
        deliveries: DeliveryStore,
        publisher: Publisher,
        now: Callable[[], datetime],
        timing: Timing | None = None,
        hooks: Hooks | None = None,
    ) -> None:
        self._deliveries = deliveries
        self._publisher = publisher
        self._now = now
        self._timing = timing or Timing()
        hooks = hooks or Hooks()
        self._refused, self._outdated = hooks.refused, hooks.outdated
        self._steady = self._timing.steady
        self._owner = new_owner()

    def step(self) -> bool:
        """Do what can be done for one delivery; False when there is none to do.

        Raises StoreError: what was under way is then found again in the store.
        """
        timing = self._timing
        claim = self._deliveries.claim(self._owner, self._steady(), timing.lease, timing.pace)
        if claim is None:
            return False
        if claim.delivery.uncertain and not self._is_absent(claim):
            return True
        self._send(claim)
        return True

    def _is_absent(self, claim: Claim) -> bool:
        """Whether a delivery that may have been posted is nowhere to be found."""
        delivery = claim.delivery
        try:
            standing = self._publisher.standing(delivery)
        except MayNotLook as error:
            log.warning("Delivery %s needs a person's word: %s", delivery.id, error.reason)
            self._deliveries.close(claim, "doubtful", error.reason)
            return False
        except PutOff as error:
            self._wait(claim, error.seconds, error.reason, uncertain=True)
            return False
        except CannotLook as error:
            self._refused(delivery, error.reason)
            self._wait(claim, self._timing.retry, error.reason, uncertain=True)
            return False
        if not standing:
            return True
        log.info("Delivery %s had been posted; its reply was lost.", delivery.id)
        self._deliveries.confirm(claim, standing[0], self._now())
        return False

    def _send(self, claim: Claim) -> None:
        timing = self._timing
        try:
            send = self._publisher.ready(claim.delivery)
        except Exception:
            uncertain = claim.delivery.uncertain
            self._wait(claim, timing.retry, "it cannot be drawn", uncertain=uncertain)
            raise
        started = self._deliveries.start(
            claim, self._steady(), timing.lease, self._now(), timing.looks[0]
        )
        if started is None:
            log.warning("Delivery %s was taken over before it was sent.", claim.delivery.id)
            return
        # The disk may have been slow; the request must end before the lease does.
        if self._steady() + timing.request >= started.until:
            self._wait(started, 0.0, "the store was slow", uncertain=claim.delivery.uncertain)
            return
        try:
            posted = send()
        except PutOff as error:
            self._put_off(started, error)
        except Uncertain as error:
            log.warning("Delivery %s is uncertain: %s", claim.delivery.id, error.reason)
            self._wait(started, timing.settle, error.reason, uncertain=True)
        except Refused as error:
            self._refuse(started, error.reason, in_doubt=claim.delivery.uncertain)
        else:
            self._confirm(started, posted)

    def _confirm(self, claim: Claim, posted: Posted) -> None:
        confirmed = self._deliveries.confirm(claim, posted, self._now())
        if confirmed.ts == posted.ts:
            self._amend(claim.delivery)
            return
        # This process was frozen, another took over and posted: ours is the second, and the store
        # has it down to be taken back.
        log.error("Delivery %s was posted twice; the second is taken back.", claim.delivery.id)

    def _amend(self, delivery: Delivery) -> None:
        """Redraw the post that this delivery makes out of date; a nicety, tried once."""
        outdated = self._outdated(delivery)
        if outdated is None or outdated.posted is None:
            return
        try:
            self._publisher.amend(outdated)
        except PostTrouble as error:
            log.info("Delivery %s was not redrawn: %s", outdated.id, error.reason)

    def _put_off(self, claim: Claim, error: PutOff) -> None:
        """What Slack put off was not taken, and the history shows the rest was not either."""
        self._deliveries.hold_back(claim.delivery.workspace, self._steady(), error.seconds)
        self._wait(claim, error.seconds, error.reason, uncertain=False)

    def _refuse(self, claim: Claim, reason: str, *, in_doubt: bool) -> None:
        """What was refused was not posted; an earlier attempt that is `in_doubt` may yet be."""
        log.warning("Slack refused delivery %s: %s", claim.delivery.id, reason)
        wait = self._refused(replace(claim.delivery, uncertain=in_doubt), reason)
        if wait is None:
            self._deliveries.close(claim, "refused", reason)
        else:
            self._wait(claim, wait, reason, uncertain=in_doubt)

    def _wait(self, claim: Claim, seconds: float, reason: str, *, uncertain: bool) -> None:
        self._deliveries.release(claim, self._steady(), seconds, reason, uncertain=uncertain)


def new_owner() -> str:
    """Who claims: unlike every other, also in the same process."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
