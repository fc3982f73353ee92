"""Taking back second posts, so that every delivery appears once.

A process that is frozen between its last look at the lease and the send posts late, after
another has posted the same meanwhile. It may be killed before it can know or write that. So the
store notes every delivery that is sent although an earlier attempt is unaccounted for. A minute, a
quarter of an hour and four hours after it was posted the channel's history is read for its key, and
every post of it but one is taken back. A look is one reading of the history, tried a few times
where that fails, and has a pace of its own: it delays no delivery. What this promises:

- a second post is written down before it is taken back, and taking it back is tried, with growing
  waits, until it is done or Slack refuses; a refusal is shown in `tme status` for a person;
- only messages of this bot's own, with exactly that delivery's key, are taken back;
- the post that is stored as the delivery, in whose thread follow-ups are, is kept. Where
  Slack does not show it, nothing is taken back until the last look; then the oldest one there
  is kept, and stored as the delivery from then on.

What stays open is a process that is frozen for longer than all the looks take, posts, and is killed
in the moment before it writes that down.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.digests.outbox import (
    CannotLook,
    MayNotLook,
    PostTrouble,
    Publisher,
    PutOff,
    Refused,
    Timing,
    new_owner,
)
from bot.store.deliveries import Posted
from bot.store.second_posts import Look, SecondPostStore

log = logging.getLogger(__name__)

# How often the history is read for one look before that is given up: five minutes in all.
MOST_TRIES = 6
# No wait doubles more often than this; the store cuts it to an hour.
_MOST_DOUBLINGS = 16


class SecondPosts:
    """Looks at deliveries that may stand twice, one at a time.

    Any number may run, in any number of processes.
    """

    def __init__(
        self,
        store: SecondPostStore,
        publisher: Publisher,
        now: Callable[[], datetime],
        timing: Timing | None = None,
    ) -> None:
        self._store = store
        self._publisher = publisher
        self._now = now
        self._timing = timing or Timing()
        self._steady = self._timing.steady
        self._owner = new_owner()

    def step(self) -> bool:
        """Do one look and what follows from it; False when there is none to do.

        Raises StoreError: what was under way is then found again in the store.
        """
        timing = self._timing
        look = self._store.claim(self._owner, self._steady(), timing.lease, timing.look_pace)
        if look is None:
            return False
        try:
            present = self._publisher.standing(look.delivery)
        except MayNotLook as error:
            self._go_on_unseen(look, error.reason)
        except PutOff as error:
            self._hold_back(look, error)
            self._try_again(look, error)
        except CannotLook as error:
            self._try_again(look, error)
        else:
            self._judge(look, present)
        return True

    def _judge(self, look: Look, present: Sequence[Posted]) -> None:
        """Decide which post is kept, and take the others back."""
        kept = look.delivery.posted
        if kept not in present and kept is not None and not self._is_last(look):
            # Slack may not show it yet, or a person deleted it: nothing is certain enough.
            self._finish(look, None)
            return
        if present and kept not in present:
            log.warning("Delivery %s is kept where it is now.", look.delivery.id)
            kept = present[0]
            self._store.keep(look, kept)
        others = [posted for posted in present if posted != kept]
        if others:
            log.error("Delivery %s was posted twice; the second is taken back.", look.delivery.id)
        self._take_back(look, others, None)

    def _take_back(self, look: Look, others: Sequence[Posted], unseen: str | None) -> None:
        """Take back these posts and what is known from before, each written down first."""
        timing = self._timing
        claimed = self._store.remember(look, others, self._steady(), timing.lease, self._now())
        if claimed is None:
            log.warning("Delivery %s is looked at by another.", look.delivery.id)
            return
        for second in claimed.others:
            # Another may look at it once the lease is over, and come to another view of it.
            if self._steady() + timing.request >= claimed.until:
                self._store.put_off(claimed, self._steady(), 0.0, "it took too long")
                return
            try:
                self._publisher.retract(claimed.delivery, second)
            except Refused as error:
                log.warning("Slack does not take back a second post: %s", error.reason)
                self._store.taken_back(second, refused=error.reason)
            except PostTrouble as error:
                self._hold_back(claimed, error)
                self._put_off(claimed, error)
                return
            else:
                self._store.taken_back(second)
        self._finish(claimed, unseen)

    def _try_again(self, look: Look, error: PostTrouble) -> None:
        """The history could not be read: again a little later, but not for ever."""
        if look.tries + 1 < MOST_TRIES:
            self._put_off(look, error)
        else:
            self._go_on_unseen(look, error.reason)

    def _go_on_unseen(self, look: Look, reason: str) -> None:
        """Without history: what is known to be second is taken back on the store's word."""
        log.warning("Delivery %s could not be looked for: %s", look.delivery.id, reason)
        self._take_back(look, (), reason)

    def _finish(self, look: Look, unseen: str | None) -> None:
        waits = self._timing.looks[look.seen + 1 :]
        self._store.done(look, self._steady(), waits[0] if waits else None, unseen)

    def _is_last(self, look: Look) -> bool:
        return look.seen + 1 >= len(self._timing.looks)

    def _put_off(self, look: Look, error: PostTrouble) -> None:
        wait = self._timing.again * 2 ** min(look.tries, _MOST_DOUBLINGS)
        if isinstance(error, PutOff):
            wait = max(wait, error.seconds)
        self._store.put_off(look, self._steady(), wait, error.reason)

    def _hold_back(self, look: Look, error: PostTrouble) -> None:
        if isinstance(error, PutOff):
            self._store.hold_back(look.delivery.workspace, self._steady(), error.seconds)
