"""The inbox: what Slack hears acknowledged is answered, also by another process than the first.

A request is written down before it is acknowledged (`bot.store.inbox`), leased to this process,
and deleted once it is answered. What Slack puts off, what it may not have got, and what a killed
process left is taken up again by `Inbox.step`: a call that was drawn is sent again, else the
listener runs once more. What this promises:

- a request that was acknowledged is answered, or counted as given up after a day;
- no answer is shown twice, unless a process is frozen for longer than its lease between its last
  look and the send, or a picture or file is in doubt. Where a call is in doubt (a reply of Slack's
  was lost, or a process was killed or frozen between sending and hearing) it is looked for; where
  it cannot be, one line says that it may be there and offers it, also where Slack puts that line
  off. That line is counted, and may itself come twice.
"""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from bot.digests.outbox import PutOff, Uncertain, new_owner
from bot.errors import StoreAway, StoreBusy, StoreError
from bot.store.inbox import InboxStore, Taken
from handlers.payload import part_of, text_of, workspace_of

log = logging.getLogger(__name__)

# Under this name a request's context has its own entry in the inbox.
ENTRY = "tme_entry"
# How long a request belongs to a process that does not make its lease new, in seconds.
LEASE = 20.0
# At most so many requests are answered again at a time: the others' turn comes too.
_MOST_TAKEN_UP = 10
# After a lost reply a message may still appear: so long until it is looked for, in seconds.
_SETTLE = 3.0
# Answers wait while requests are being received, and for as long as more arrive at no more than
# this distance, in seconds: whoever presses a button sees first that it was heard. But not longer
# than the second of these.
_STREAM, _LONGEST_STREAM = 0.02, 2.0
# The longest wait between two tries, in seconds; the first are as short as Slack allows.
_LONGEST_PAUSE = 300.0


class Seen(Exception):
    """This very request arrived before: it is answered, or being answered."""


class Lost(Exception):
    """Another process has taken the request over, and answers it."""


class Entry:
    """A request under way, and what was sent of its answer. Used by one thread at a time."""

    def __init__(self, inbox: "Inbox", taken: Taken) -> None:
        self.taken = taken
        self.is_closed = False
        self.is_begun = False
        self._inbox = inbox
        self._sent = list(taken.sent)
        self._position = 0
        # Whether an earlier call is unaccounted for, also while another is sent in its place.
        self.is_in_doubt = taken.uncertain

    @property
    def answer(self) -> Mapping[str, Any] | None:
        """The call that is all that is left to do, where an earlier try has drawn it."""
        return self.taken.answer

    @property
    def was_tried(self) -> bool:
        """Whether another try came before this one."""
        return self.taken.attempt > 1

    @property
    def key(self) -> str:
        """What marks the next call among the bot's messages."""
        return f"{self.taken.workspace}:{self.taken.key}:{self._position}"

    def send(
        self,
        call: Mapping[str, Any] | None,
        perform: Callable[[], str],
        look: Callable[[], str | None],
        offer: Callable[[], str] | None = None,
    ) -> str:
        """Send the next call, unless an earlier try has; what it brought.

        `call` is what is written down as all that is left to do; None where more is. `look` finds
        what a call in doubt brought: "" where it may be sent again, None where that cannot be seen.
        Then `offer` is sent in its place, which asks whether the answer is there. Raises Lost,
        PutOff, Uncertain, and what is raised where Slack refused.
        """
        if self._position < len(self._sent):
            self._position += 1
            return self._sent[self._position - 1]
        if self.is_in_doubt:
            found = look()
            if found:
                return self._accounted(found, is_last=call is not None)
            if found is not None:
                self.is_in_doubt = False
                self._inbox.accounted(self.taken, self._sent)
            elif offer is not None and call is not None:
                # The doubt stays until Slack has taken the offer: one that is put off does not make
                # the answer unsent. What is offered is the answer, whatever was to be said now.
                perform, call = offer, self.answer or call
        if not self.is_closed and not self._inbox.sending(self.taken, call):
            raise Lost
        try:
            brought = perform()
        except (PutOff, Uncertain):
            raise
        except Exception:
            # Slack refused it: the line that says so is nothing that is sent a second time.
            if not (self.is_in_doubt or self.is_closed):
                self._inbox.accounted(self.taken, self._sent)
            raise
        return self._accounted(brought, is_last=call is not None)

    def let_arrive(self) -> None:
        """Wait for a moment where others arrive right after it: they are acknowledged first."""
        self._inbox.let_arrive(self)

    def close(self) -> None:
        """It is answered: nothing of it is kept."""
        if not self.is_closed:
            self.is_closed = True
            self._inbox.close(self)

    def put_off(self, trouble: PutOff | Uncertain) -> None:
        """Take it up again later: Slack did not take an answer, or may not have got it."""
        self._inbox.put_off(self, trouble)

    def _accounted(self, brought: str, *, is_last: bool) -> str:
        self.is_in_doubt = False
        self._position += 1
        self._sent.append(brought)
        if is_last:
            self.close()
        elif not self.is_closed:
            self._inbox.accounted(self.taken, self._sent)
        return brought


class Inbox:
    """The requests of this process, and those that others left. Safe from any thread."""

    def __init__(
        self,
        store: InboxStore,
        now: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
        lease: float = LEASE,
    ) -> None:
        self._store, self._now, self._steady = store, now, steady
        self._lease = lease
        self._owner = new_owner()
        self._lock = threading.Lock()
        self._under_way: dict[int, Entry] = {}
        self._kept_at = steady()
        # Nothing of others is taken up right after the database was away: they may have answered
        # it meanwhile, and write that down first.
        self._from = 0.0
        # The request that arrived last, when by the machine's clock, and what is being received.
        self._last, self._last_at = 0, 0.0
        self._receiving: set[int] = set()
        self._received = threading.Condition(self._lock)
        # What could not be written down, and is tried again.
        self._unwritten: list[Callable[[], None]] = []

    @contextmanager
    def receiving(self) -> Iterator[None]:
        """While the block lasts a request is being received on this thread: no answer begins."""
        own = threading.get_ident()
        with self._lock:
            self._receiving.add(own)
        try:
            yield
        finally:
            with self._lock:
                self._receiving.discard(own)
                self._last_at = time.monotonic()
                if not self._receiving:
                    self._received.notify_all()

    def take(self, body: Mapping[str, Any]) -> Entry | None:
        """Write down a request; None where that cannot be done: it is answered from memory alone.

        Raises Seen, and StoreBusy where it may be written in a moment.
        """
        until = self._steady() + self._lease
        # What Slack proved itself with once, and nothing needs.
        kept = {name: value for name, value in body.items() if name != "token"}
        try:
            taken = self._store.take(
                workspace_of(body), key_of(body), kept, self._owner, until, self._now()
            )
        except StoreBusy:
            # Not acknowledged then: Slack sends it again, or says that it was not heard.
            raise
        except StoreError as error:
            log.warning("A request is answered without being written down: %s", error.code)
            return None
        if taken is None:
            raise Seen
        self._last = taken.number
        return self._begin(taken)

    def let_arrive(self, entry: Entry) -> None:
        """Wait while others arrive beside a request or right after it: they are heard first."""
        until, own = time.monotonic() + _LONGEST_STREAM, threading.get_ident()
        with self._lock:
            # One that is answered where it is received waits for none.
            while own not in self._receiving and (now := time.monotonic()) < until:
                more = self._last_at + _STREAM if self._last > entry.taken.number else now
                if not self._receiving and more <= now:
                    return
                self._received.wait((until if self._receiving else min(more, until)) - now)

    def step(self, answer: Callable[[Entry], object]) -> bool:
        """Keep what is under way, and take up one request that waits; False: there is none.

        `answer` starts answering it. Raises StoreError.
        """
        self._keep()
        with self._lock:
            if len(self._under_way) >= _MOST_TAKEN_UP:
                return False
        now = self._steady()
        try:
            taken = self._store.claim(self._owner, now, self._lease) if now >= self._from else None
        except StoreAway:
            self._from = now + _SETTLE
            raise
        if taken is None:
            return False
        log.info("Answering a request again, attempt %d.", taken.attempt)
        entry = self._begin(taken)
        answer(entry)
        if not (entry.is_begun or entry.is_closed):
            entry.put_off(PutOff(self._lease / 4, "not begun"))
        return True

    def sending(self, taken: Taken, call: Mapping[str, Any] | None) -> bool:
        """Write down that a call is about to be sent; False where the request is another's.

        A file that cannot be written lets it be sent all the same. A database that is held or away
        does not: another server may have the request by the time it is back. Raises PutOff then.
        """
        try:
            return self._store.sending(taken, call)
        except StoreBusy as error:
            raise PutOff(1.0, f"the database is not to be had: {error.code}") from None
        except StoreError as error:
            log.warning("A call is sent without being written down: %s", error.code)
            return True

    def accounted(self, taken: Taken, sent: list[str]) -> None:
        """Write down what calls brought."""
        done = tuple(sent)
        self._written(lambda: self._store.accounted(taken, done))

    def close(self, entry: Entry) -> None:
        """Forget a request that is answered."""
        with self._lock:
            self._under_way.pop(entry.taken.number, None)
        self._written(lambda: self._store.answered(entry.taken))

    def put_off(self, entry: Entry, trouble: PutOff | Uncertain) -> None:
        """Free a request for a later try, by this process or another."""
        taken = entry.taken
        is_uncertain = entry.is_in_doubt or isinstance(trouble, Uncertain)
        wait = trouble.seconds if isinstance(trouble, PutOff) else _SETTLE
        wait = max(wait, min(2.0 ** (taken.attempt - 1), _LONGEST_PAUSE))
        log.warning("An answer waits for %.0f s: %s", wait, trouble.reason)
        with self._lock:
            self._under_way.pop(taken.number, None)
        now = self._steady()
        self._written(
            lambda: self._store.put_off(taken, now, wait, trouble.reason, uncertain=is_uncertain)
        )

    def _begin(self, taken: Taken) -> Entry:
        entry = Entry(self, taken)
        with self._lock:
            self._under_way[taken.number] = entry
        return entry

    def _keep(self) -> None:
        """Write what could not be written before, and make the leases new now and then."""
        with self._lock:
            unwritten, self._unwritten = self._unwritten, []
            numbers = list(self._under_way)
        for write in unwritten:
            self._written(write)
        now = self._steady()
        if now - self._kept_at >= self._lease / 4:
            self._kept_at = now
            if numbers:
                self._store.keep(self._owner, numbers, now + self._lease)

    def _written(self, write: Callable[[], None]) -> None:
        try:
            write()
        except StoreError as error:
            log.warning("What became of a request is written down later: %s", error.code)
            with self._lock:
                self._unwritten.append(write)


def key_of(body: Mapping[str, Any]) -> str:
    """What makes a request the same request: its event's id, else all that it says.

    Slack's own values in it (`trigger_id`, `response_url`, `action_ts`) are unlike each time.
    """
    event_id = text_of(body, "event_id")
    if event_id and part_of(body, "event"):
        return event_id
    canonical = json.dumps(body, sort_keys=True).encode()
    return hashlib.sha256(canonical).hexdigest()[:32]
