"""Who may change a subscription or a club, and what is known of who acts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from bot.errors import TmeError, UsageError
from bot.store.clubs import Club
from bot.store.subscriptions import Subscription

Changers: TypeAlias = Literal["channel", "creator", "admins"]


class NotAllowed(UsageError):
    """Only other people may change this subscription; the message names them."""

    code = "not_allowed"


class AdminsUnknown(TmeError):
    """Slack does not say who administers the workspace; the message is why, as part of a line."""

    code = "admins_unknown"


@dataclass(frozen=True, slots=True)
class Person:
    """A person and the channel they act in, as Slack's ids; `operator` may do all.

    `is_admin` asks Slack whether this is an admin of the workspace, and raises AdminsUnknown;
    `is_in` whether they are in a channel (of a direct message: whether it is theirs), None where
    that is not known; `slack_zone` what their time zone is there.
    """

    workspace: str
    channel: str
    user: str
    operator: bool = False
    is_admin: Callable[[], bool] = field(default=lambda: False, compare=False, repr=False)
    is_in: Callable[[str], bool | None] = field(
        default=lambda _channel: None, compare=False, repr=False
    )
    slack_zone: Callable[[], str | None] = field(default=lambda: None, compare=False, repr=False)

    def receives(self, subscription: Subscription) -> bool:
        """Whether its digests go to this person alone."""
        channel = subscription.channel
        own = channel == self.user or (channel.startswith("D") and channel == self.channel)
        return own or (channel.startswith("D") and self.is_in(channel) is True)


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may change a subscription or a club: anyone in its channel, who made it, or only admins.

    `admins` always may; with `changers` "admins" so may those whom Slack knows as admins or owners
    of the workspace. Who made it may unless only admins do. `can_post` says whether a token stands
    for a workspace.
    """

    changers: Changers = "channel"
    admins: frozenset[str] = frozenset()
    can_post: Callable[[str], bool] = lambda _workspace: True

    def check(self, thing: Subscription | Club, person: Person) -> None:
        """Raise NotAllowed, which says who may, unless this person may change it."""
        if person.operator or person.user in self.admins:
            return
        if self.changers != "admins" and person.user == thing.created_by:
            return
        here = person.channel == thing.channel
        if self.changers == "channel" and (here or person.is_in(thing.channel) is True):
            return
        if self.changers == "admins":
            self._check_admin(person)
            return
        reasons = {
            "channel": "Only people in its channel, and who made it, can change it.",
            "creator": f"Only who made it ({thing.created_by}) or an admin can change it.",
        }[self.changers]
        names = f" Admins: {', '.join(sorted(self.admins))}." if self.admins else ""
        raise NotAllowed(reasons + names, "Ask one of them.")

    def _check_admin(self, person: Person) -> None:
        named = ", ".join(sorted(self.admins))
        try:
            if person.is_admin():
                return
        except AdminsUnknown as error:
            raise NotAllowed(
                "Only admins of the workspace can change it, and I cannot tell who they are:"
                f" {error.message}. Until then only those whom my operator named can"
                f" ({named or 'nobody'}).",
                "Ask my operator.",
            ) from None
        also = f", and {named}" if named else ""
        raise NotAllowed(
            f"Only admins and owners of the workspace{also} can change it.", "Ask one of them."
        )
