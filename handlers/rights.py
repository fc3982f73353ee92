"""The gate: who may do what, and how often in a day. Everything a person does passes it.

Who acts is known from Slack's payload alone: ids that a button or a window carries name things,
never persons, and what they name is looked up. Where Slack does not say what somebody is, because
the workspace refused the scope, everybody of the workspace counts as a member.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.digests.people import NotAllowed, Person
from bot.rights import Deed, Kind
from bot.store.deeds import DeedStore
from handlers.payload import part_of, text_of, workspace_of
from handlers.people import SlackPeople, SlackSilent
from handlers.views.mrkdwn import moment

if TYPE_CHECKING:
    from slack_sdk import WebClient

DAY = timedelta(days=1)
# What each deed is called where it is refused.
_WORDS = {
    Deed.READ: "ask me here",
    Deed.SAVE: "change reading lists and digests",
    Deed.REPORT: "report errors",
    Deed.CORRECT: "correct tags",
    Deed.SUBSCRIBE: "set up or change digests",
    Deed.ADD: "add works",
    Deed.IMPORT: "import files",
}
_WHO = {
    Kind.EXTERNAL: "People from other organisations",
    Kind.GUEST: "Guests",
    Kind.MEMBER: "Members",
}


class QuotaUsed(NotAllowed):
    """A person has done that as often as is allowed in a day."""

    code = "quota_used"


@dataclass(frozen=True)
class Visitor:
    """Who acts, and where, as Slack's payload says it; `channel` is "" on the Home tab.

    `is_elsewhere`: the payload says that their home is another workspace. `bot` is our own user.
    """

    people: SlackPeople
    client: "WebClient"
    workspace: str
    user: str
    channel: str
    is_elsewhere: bool = False
    bot: str = ""

    @property
    def kind(self) -> Kind:
        """What they are to the workspace. Raises SlackSilent."""
        known = self.people.known(self.client, self.workspace, self.user)
        if known.kind is not None:
            return known.kind
        if not known.is_lasting:
            raise SlackSilent(f"I cannot tell whether you may do that: {known.trouble}.")
        return Kind.EXTERNAL if self.is_elsewhere else Kind.MEMBER

    def is_in(self, channel: str) -> bool | None:
        """Whether they are in a channel; None: not known."""
        return self.people.is_in(self.client, self.workspace, channel, self.user)

    def has_bot(self, channel: str) -> bool | None:
        """Whether we are in a channel; None: not known."""
        if not self.bot or not channel.startswith(("C", "G")):
            return None
        return self.people.is_in(self.client, self.workspace, channel, self.bot)

    @property
    def zone(self) -> str | None:
        """Their time zone, where Slack says it."""
        return self.people.known(self.client, self.workspace, self.user).zone

    @property
    def is_admin(self) -> bool:
        """Whether Slack knows them as an admin. Raises AdminsUnknown."""
        return self.people.is_admin(self.client, self.workspace, self.user)


# Who acts on this thread; None: the operator's terminal, which may do all.
_ACTING: ContextVar[Visitor | None] = ContextVar("acting", default=None)


class Gate:
    """Lets a deed pass, or says in a line why not. Methods raise NotAllowed and SlackSilent."""

    def __init__(
        self,
        least: Mapping[Deed, Kind],
        daily: Mapping[Deed, int],
        admins: frozenset[str],
        deeds: DeedStore,
        now: Callable[[], datetime],
    ) -> None:
        self._least, self._daily, self._admins = least, daily, admins
        self._deeds, self._now = deeds, now

    def check(self, deed: Deed) -> None:
        """Raise NotAllowed unless who acts may do this, where they act."""
        visitor = acting()
        if visitor is None or visitor.user in self._admins:
            return
        least = self._least[deed]
        is_shared = visitor.channel.startswith(("C", "G"))
        if deed is Deed.READ and least is Kind.EXTERNAL:
            if visitor.is_elsewhere and not is_shared and visitor.kind is Kind.EXTERNAL:
                raise NotAllowed(
                    "People from other organisations can ask me in channels that we share.",
                    "Mention me there.",
                )
            return
        if visitor.kind < least:
            raise _refusal(visitor.kind, least, deed)
        if deed is not Deed.READ and is_shared and visitor.is_in(visitor.channel) is False:
            raise NotAllowed(f"Only people in this channel can {_WORDS[deed]} in it.", "Join it.")

    @contextmanager
    def counted(self, deed: Deed) -> Iterator[Callable[[], None]]:
        """Do something that a day allows so often; counted unless it fails, or is given back.

        Raises QuotaUsed where who acts has done it as often as that.
        """
        visitor, most = acting(), self._daily.get(deed)
        if visitor is None or most is None or visitor.user in self._admins:
            yield lambda: None
            return
        now, row = self._now(), (visitor.workspace, visitor.user, deed)
        if not self._deeds.take(*row, now, now - DAY, most):
            # The oldest that still counts is the one that makes room.
            done = self._deeds.since(*row, now - DAY)
            again = done[len(done) - most] + DAY if most and len(done) >= most else None
            when = f"Again from {moment(again)}." if again else ""
            raise QuotaUsed(
                f"That is more than the {most} times a day that one person may {_WORDS[deed]}.",
                when or "Ask an admin.",
            )
        try:
            yield lambda: self._deeds.give_back(*row, now)
        except Exception:
            self._deeds.give_back(*row, now)
            raise


@contextmanager
def acting_as(visitor: Visitor) -> Iterator[None]:
    """Who acts, for as long as the block lasts, in this thread."""
    token = _ACTING.set(visitor)
    try:
        yield
    finally:
        _ACTING.reset(token)


def acting() -> Visitor | None:
    """Who acts on this thread; None is the operator's terminal."""
    return _ACTING.get()


def visitor_of(
    people: SlackPeople, client: "WebClient", body: Mapping[str, Any], bot: str = ""
) -> Visitor:
    """Who sent a request, and where, in Slack's words; `bot` is our own user's id."""
    event, user = part_of(body, "event"), part_of(body, "user")
    workspace = workspace_of(body)
    home = text_of(event, "user_team") or text_of(event, "source_team") or text_of(user, "team_id")
    channel = (
        text_of(event, "channel")
        or text_of(body, "channel_id")
        or text_of(part_of(body, "channel"), "id")
        or text_of(part_of(body, "container"), "channel_id")
    )
    return Visitor(
        people=people,
        client=client,
        workspace=workspace,
        user=text_of(event, "user") or text_of(user, "id") or text_of(body, "user_id"),
        channel=channel,
        is_elsewhere=bool(home) and home not in workspace.split("/"),
        bot=bot,
    )


def person(workspace: str, channel: str, user: str) -> Person:
    """A person as services know them, with what Slack says of who acts."""
    visitor = acting()
    if visitor is None:
        return Person(workspace, channel, user)
    return Person(
        workspace, channel, user, is_admin=lambda: visitor.is_admin, is_in=visitor.is_in,
        slack_zone=lambda: visitor.zone,
    )  # fmt: skip


def own_place(channel: str) -> str:
    """A channel that a window carries, if who acts may act there. Raises NotAllowed."""
    visitor = acting()
    if visitor is not None and channel and visitor.is_in(channel) is False:
        raise NotAllowed("Only people in that channel can do that.", "Open it there again.")
    return channel


def _refusal(kind: Kind, least: Kind, deed: Deed) -> NotAllowed:
    if least is Kind.ADMIN:
        return NotAllowed(f"Only admins of the workspace can {_WORDS[deed]}.", "Ask one of them.")
    return NotAllowed(
        f"{_WHO[kind]} can read answers, but not {_WORDS[deed]}.", "Ask a member of the workspace."
    )
