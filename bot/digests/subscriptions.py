"""Service: making, changing, pausing and stopping subscriptions, and who may.

Everything a person can do to a subscription goes through here, from Slack and from the terminal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from bot.digests.digest import Digests, Due
from bot.digests.people import NotAllowed, Person, Policy
from bot.digests.watches import Preview, Watches
from bot.errors import TmeError, UsageError
from bot.lazy import lazy
from bot.schedule import Schedule
from bot.store import StateStore
from bot.store.deliveries import NewDelivery
from bot.store.subscriptions import Form, NewSubscription, Subscription, Watch, WhenEmpty

if TYPE_CHECKING:
    from bot.digests import subscribing
else:
    subscribing = lazy("bot.digests.subscribing")  # its forms take long to compile

# What became of asking for one: made, there as it is, or there and now with another schedule.
Outcome: TypeAlias = Literal["new", "same", "changed"]


class NotInstalled(TmeError):
    """No token stands for the workspace: nothing could be posted there."""

    code = "not_installed"
    hint = "Ask an admin of the workspace to install me, then try again."


@dataclass(frozen=True, slots=True)
class Draft:
    """A subscription that could be made: where, what it would watch, and when it would post.

    `says_when` tells whether somebody named a schedule, or it is only the usual one.
    """

    channel: str
    watch: Watch
    schedule: Schedule
    form: Form = "message"
    when_empty: WhenEmpty = "quiet"
    says_when: bool = True


class Subscriptions:
    """What people can do with subscriptions. Methods raise UsageError and StoreError."""

    def __init__(
        self,
        store: StateStore,
        watches: Watches,
        digests: Digests,
        policy: Policy,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._watches, self._digests = store, watches, digests
        self._policy, self._now = policy, now

    def draft(self, words: str, person: Person, usual: Schedule) -> Draft:
        """What these words would make; nothing is written.

        What they do not say of the schedule is as `usual`, in the person's zone, or where that is
        not known in the one last used in the channel.
        """
        wish = subscribing.read(words, self.usual(person, usual))
        if wish.problems:
            raise UsageError(wish.problems[0], "Then subscribe again.")
        watch, _ = self._watches.understand(wish.query)
        channel = wish.channel or person.channel
        return Draft(channel, watch, wish.schedule, says_when=wish.says_when)

    def understand(self, words: str) -> Watch:
        """What these words (without a schedule) watch."""
        return self._watches.understand(words)[0]

    def preview(self, watch: Watch) -> Preview:
        """What it would have brought in the last 30 days."""
        return self._watches.preview(watch)

    def make(
        self, draft: Draft, person: Person, *, is_seen: bool = False
    ) -> tuple[Subscription, Outcome]:
        """Begin to watch; where the channel has it already, only a schedule that was named changes.

        The channel is notified, by whom it was set up and how to stop it, unless the answer
        `is_seen` there. Raises NotAllowed where the person may not change it, or may not have
        digests posted there, and NotInstalled where the bot could not post.
        """
        self._check_token(person.workspace)
        if subscription := self.like(draft, person):
            if not draft.says_when or draft.schedule == subscription.schedule:
                return subscription, "same"
            as_it_is = replace(
                draft,
                watch=subscription.watch,
                form=subscription.form,
                when_empty=subscription.when_empty,
            )
            return self.edit(subscription.id, as_it_is, person), "changed"
        self._check_target(draft.channel, person)
        new = self._new(draft, person)
        stored = self._store.subscriptions.add(new, person.user, self._now())
        if not is_seen:
            self._notify(stored, person.user)
        return stored, "new"

    def like(self, draft: Draft, person: Person) -> Subscription | None:
        """The subscription of the channel that watches the same, in these or other words."""
        known = self._store.subscriptions.of(person.workspace, draft.channel, person.user)
        here = (each for each in known if each.channel == draft.channel)
        return next((s for s in here if self._watches.are_same(s.watch, draft.watch)), None)

    def listed(self, person: Person) -> Sequence[Subscription]:
        """Those of the channel, and those that the person made elsewhere."""
        if person.operator:
            return self._store.subscriptions.everything()
        return self._store.subscriptions.of(person.workspace, person.channel, person.user)

    def seen(self, subscription_id: str, person: Person) -> Subscription:
        """A subscription that this person can see, and that is not stopped.

        Who made it sees it, who gets its digests, and the people of its channel.
        """
        subscription = self._store.subscriptions.get(subscription_id)
        if subscription is None and person.operator:
            raise UsageError(
                f"There is no subscription “{subscription_id[:40]}”.",
                "`tme subscriptions` lists what is.",
            )
        # The same words for one of another workspace: that it exists is not revealed.
        if (
            subscription is None
            or subscription.state == "stopped"
            or not (person.operator or self._is_theirs(subscription, person))
        ):
            raise UsageError(
                "That subscription is not there any more.", "`subscriptions` lists what is."
            )
        return subscription

    def _is_theirs(self, subscription: Subscription, person: Person) -> bool:
        """Whether a person made it, gets it, or is in its channel."""
        if subscription.workspace != person.workspace:
            return False
        return (
            subscription.created_by == person.user
            or subscription.channel == person.channel
            or person.user in self._policy.admins
            or person.receives(subscription)
            or person.is_in(subscription.channel) is True
        )

    def _check_target(self, channel: str, person: Person) -> None:
        """Raise NotAllowed unless this person may have digests posted there.

        Nobody else is made a recipient, and a channel is its members'. Whether a channel exists is
        not revealed to others.
        """
        if person.operator or channel in (person.channel, person.user):
            return
        if not channel.startswith(("C", "G")):
            if person.is_in(channel) is True:
                return
            raise NotAllowed(
                "Digests go to a channel or to yourself; nobody else can be made to get them.",
                "They can type `subscribe` themselves.",
            )
        is_in = person.is_in(channel)
        if is_in is None:
            raise NotAllowed(
                "I cannot tell whether you are in that channel.",
                "Type the command in the channel itself.",
            )
        if not is_in:
            raise NotAllowed(
                "You can have digests posted only in channels that you are in.",
                "Join it first, or ask somebody who is in it.",
            )

    def _check_token(self, workspace: str) -> None:
        """Raise NotInstalled where nothing could be posted."""
        if not self._policy.can_post(workspace):
            raise NotInstalled("I am not installed in this workspace: I could post nothing.")

    def _notify(self, subscription: Subscription, who: str) -> None:
        """Let a channel know what was set up for it and by whom, once."""
        if not subscription.channel.startswith(("C", "G")):
            return
        now = self._now()
        notice = NewDelivery(
            key=f"{subscription.id}:set up:{subscription.channel}",
            workspace=subscription.workspace,
            kind="notice",
            channel=subscription.channel,
            due=now,
            subscription=subscription.id,
            details={"set_up_by": who},
        )
        self._store.deliveries.add(notice, now)

    def changeable(self, subscription_id: str, person: Person) -> Subscription:
        """A subscription that this person may change. Raises NotAllowed, which says who may."""
        subscription = self.seen(subscription_id, person)
        self._policy.check(subscription, person)
        return subscription

    def stoppable(self, subscription_id: str, person: Person) -> Subscription:
        """A subscription that this person may stop or pause: to them, or theirs to change."""
        subscription = self.seen(subscription_id, person)
        if person.receives(subscription):
            return subscription
        return self.changeable(subscription_id, person)

    def edit(self, subscription_id: str, draft: Draft, person: Person) -> Subscription:
        """Change what it watches, where, when and how."""
        subscription = self.changeable(subscription_id, person)
        if draft.channel != subscription.channel:
            self._check_target(draft.channel, person)
        new = replace(self._new(draft, person), workspace=subscription.workspace)
        changed = self._store.subscriptions.change(subscription, new, person.user, self._now())
        if changed is None:
            raise UsageError(
                "Another person changed it just now.", "Look again, and then change it."
            )
        if changed.channel != subscription.channel:
            self._notify(changed, person.user)
        return changed

    def pause(
        self, subscription_id: str, person: Person, until: datetime | None = None
    ) -> Subscription:
        """Post nothing until then, or until it is resumed; nothing is missed."""
        subscription = self.stoppable(subscription_id, person)
        now = self._now()
        if until is not None and until <= now:
            raise UsageError("That day has passed.", "Choose a later one.")
        return (
            self._store.subscriptions.pause(subscription.id, person.user, now, until=until)
            or subscription
        )

    def resume(self, subscription_id: str, person: Person) -> Subscription:
        """Go on, and tell what came meanwhile in one digest when it is next due."""
        subscription = self.changeable(subscription_id, person)
        self._check_token(subscription.workspace)
        if subscription.trouble is not None:
            self._digests.try_again(subscription)
        return (
            self._store.subscriptions.resume(subscription.id, person.user, self._now())
            or subscription
        )

    def stop(self, subscription_id: str, person: Person) -> Subscription:
        """End it for good, with what has not been posted yet. Who gets it always may."""
        subscription = self.stoppable(subscription_id, person)
        self._store.subscriptions.stop(subscription.id, person.user, self._now())
        for delivery in self._store.deliveries.of_subscription(subscription.id, limit=20):
            if delivery.state == "pending":
                self._store.subscriptions.withdraw(delivery.id)
        return subscription

    def reset(self, subscription_id: str, person: Person) -> int:
        """Forget what was saved and not relevant; how many opinions went."""
        subscription = self.changeable(subscription_id, person)
        return self._store.subscriptions.forget_opinions(subscription.id, person.user, self._now())

    def coming(self, subscription: Subscription) -> Due:
        """What its next digest would bring if it were posted now; nothing is written."""
        (due,) = self._digests.found([subscription], self._now())
        return due

    def usual(self, person: Person, usual: Schedule) -> Schedule:
        """When it posts for a person who does not say when."""
        own = self._store.preferences.of(person.workspace, person.user).get("zone")
        if zone := own or person.slack_zone():
            return replace(usual, zone=zone)
        all_here = self._store.subscriptions.of(person.workspace, person.channel, person.user)
        here = [each for each in all_here if each.channel == person.channel]
        return replace(usual, zone=here[-1].schedule.zone) if here else usual

    def _new(self, draft: Draft, person: Person) -> NewSubscription:
        return NewSubscription(
            workspace=person.workspace,
            channel=draft.channel,
            watch=draft.watch,
            schedule=draft.schedule,
            form=draft.form,
            when_empty=draft.when_empty,
        )
