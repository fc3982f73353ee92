"""What a command is, and what it gets: a file in `handlers/commands` each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.curation.preferences import Preferences, american
from bot.records.models import unique
from bot.rights import Deed
from bot.search.query import Query
from bot.search.query.forms import Form, typed_form
from bot.store import Conversation
from handlers.services import Services
from handlers.views.message import Audience

if TYPE_CHECKING:
    from handlers.router import Reply, Request, Router


@dataclass(frozen=True, slots=True)
class Context:
    """A request as a command gets it: understood, with the list last shown where it was asked."""

    request: Request
    query: Query
    shown: Conversation | None
    router: Router

    @property
    def services(self) -> Services:
        """Everything a command may use."""
        return self.router.services

    @property
    def audience(self) -> Audience:
        """Who will see the answer."""
        return self.request.audience

    @property
    def labels(self) -> dict[str, str]:
        """The label of every concept, by its id, as who asks spells them."""
        labels = self.router.labels
        if self.preferences.labels != "us":
            return labels
        return {name: american(label) for name, label in labels.items()}

    @property
    def preferences(self) -> Preferences:
        """What who asks has set."""
        return self.services.preferences.of(*self.request.names)

    @property
    def command(self) -> Command:
        """The command that is wanted."""
        return self.router.command(self.query.action)

    def searched(self) -> Context:
        """The same words as a search."""
        return replace(self, query=self.services.search.interpret(self.request.text))

    def must(self, deed: Deed) -> None:
        """Raise NotAllowed unless who asks may do this."""
        self.services.gate.check(deed)

    def about(self, subject: str) -> Context:
        """The same command about other words; `text` stays what was typed."""
        return replace(self, query=self.router.reader.about(self.query, subject))

    def listed(self) -> Query | None:
        """The search whose list a thread shows, or None: "the evidence" is about that."""
        if self.shown is None or not self.request.in_thread:
            return None
        return self.router.listed_for(self.request, self.shown)


def always(_context: Context) -> bool:
    """What needs nothing to resolve."""
    return True


def silent(_query: Query) -> str | None:
    """Where nothing is said of what does not resolve."""
    return None


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the bot can be asked to do: a file in `handlers/commands`, a line in `COMMANDS`.

    Everything about it stands here; the reader of questions, help, the README's table and the
    manifest's hint follow.

    `words` is how it is typed, its name first and then what it wants in capitals; `aliases` are
    other names, `patterns` turns of everyday speech (see `Form`), `also` forms of further actions
    (which need nothing),
    and `outcomes` actions that nobody asks for but an answer can be. `takes_subject` says that what
    follows the name is read as a search is, `needs` whether what is asked can be done: where it
    cannot, the words are searched, `offer` may say how to ask for it all the same, and `remark`
    what to tell above what they find. One that
    `takes_text` is given what is pasted as it is, however long. `action` is
    what it is understood as: its name, unless it has one of its own. A command without `words` is
    reached in other ways and is not listed in the help.

    An answer of it `opens_record` (one, of a list that stays what it was), `uses_records` (the
    reader is about to rely on them) or `lists_records` (which can be exported). One that
    `is_of_the_desk` changes what the Home tab shows: its answer is above that.
    """

    run: Callable[[Context], Reply]
    words: str = ""
    summary: str = ""
    example: str = ""
    action: str = ""
    aliases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    also: tuple[Form, ...] = ()
    outcomes: tuple[str, ...] = ()
    takes_subject: bool = False
    needs: Callable[[Context], bool] = always
    offer: Callable[[Query], tuple[str, str] | None] | None = None
    remark: Callable[[Query], str | None] = silent
    takes_text: Callable[[str], bool] | None = None
    opens_record: bool = False
    uses_records: bool = False
    lists_records: bool = False
    is_of_the_desk: bool = False

    @property
    def name(self) -> str:
        """The word it is typed by; "" where it has none of its own."""
        first = self.words.split(" ")[0].strip(",")
        return first if first.islower() else ""

    @property
    def action_name(self) -> str:
        """The action that stands for it in answers."""
        return self.action or self.name

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action whose answers are its."""
        return (self.action_name, *unique(form.action for form in self.also), *self.outcomes)

    @property
    def forms(self) -> tuple[Form, ...]:
        """Every way in which it is wanted."""
        action, names = self.action_name, tuple(filter(None, (self.name, *self.aliases)))
        typed = (typed_form(action, names, takes_subject=self.takes_subject),) if names else ()
        turns = (Form(action, pattern, self.takes_subject) for pattern in self.patterns)
        return (*typed, *turns, *self.also)
