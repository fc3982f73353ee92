"""The walk's first steps: words in, one command's answer out, whatever surface they came from.

Slash commands, mentions, direct messages, buttons, the playground and the terminal all enter
here. This is the one place where an error becomes a view and a log line.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.errors import QueryTooLong, StoreError, TmeError, frames
from bot.formats.export import Export
from bot.records.answers import Answer, Understood
from bot.search.query import LONGEST, Query
from bot.search.query.forms import Forms
from bot.search.query.reader import Reader
from bot.search.query.refining import Refiner
from bot.store import Conversation
from bot.store.audit import acting, acting_now
from bot.store.deliveries import Posted
from bot.store.uses import Use
from handlers.command import Command, Context
from handlers.posted import list_of_post
from handlers.services import Services
from handlers.trouble import trouble
from handlers.views import errors as error_views
from handlers.views import feedback, tables
from handlers.views.charts import Picture
from handlers.views.message import Audience, Message

log = logging.getLogger(__name__)

# So many questions of a thread can be gone back to.
_KEPT = 5


class Surface(StrEnum):
    """Where a question was asked."""

    SLASH = "slash"
    MENTION = "mention"
    THREAD = "thread"
    DIRECT = "direct"
    TERMINAL = "terminal"


_AUDIENCES = {
    Surface.SLASH: Audience.PRIVATE,
    Surface.MENTION: Audience.PUBLIC,
    Surface.THREAD: Audience.PUBLIC,
    Surface.DIRECT: Audience.DIRECT,
    Surface.TERMINAL: Audience.TERMINAL,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question comes from: workspace, channel, thread (its first post's ts) and person."""

    workspace: str
    channel: str
    thread: str
    user: str

    @property
    def key(self) -> str:
        """What a thread's list is remembered by; outside threads each person has their own."""
        return self.thread or f"@{self.user}"


@dataclass(frozen=True, slots=True)
class Request:
    """One question. `place` is None where nothing can be remembered (the terminal).

    `shown` gives the list last shown, where the caller knows it better than the store. `asker`
    says who asks where the place is not to remember it: whose corrections and lists apply.
    One that does not `follow` stands for itself: that of a button, of another page.
    """

    text: str
    surface: Surface
    place: Place | None = None
    offset: int = 0
    limit: int = 5
    explain: bool = False
    shown: Conversation | None = None
    asker: Place | None = None
    follows: bool = True

    @property
    def in_thread(self) -> bool:
        """Whether it is asked under an answer, where only what follows from it is expected."""
        alone = self.surface in (Surface.DIRECT, Surface.TERMINAL)
        return self.surface is Surface.THREAD or bool(alone and self.place and self.place.thread)

    @property
    def audience(self) -> Audience:
        """Who will see the answer."""
        return _AUDIENCES[self.surface]

    @property
    def origin(self) -> Place | None:
        """Who asks, and where; None in a terminal."""
        return self.place or self.asker

    @property
    def workspace(self) -> str:
        """The workspace in whose name it is asked; "" is none."""
        return self.origin.workspace if self.origin else ""

    @property
    def names(self) -> tuple[str, str]:
        """The workspace and the person whose settings apply; a terminal has some of its own."""
        who = self.origin
        return (who.workspace, who.user) if who else (Surface.TERMINAL, Surface.TERMINAL)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer as data and as what a person sees; `error` where it could not be given.

    `picture` draws the picture that belongs to it, when there is one and somebody will see it;
    `file` is the file that does.
    """

    answer: Answer
    message: Message
    error: TmeError | None = None
    picture: Callable[[], Picture] | None = None
    file: Callable[[], Export] | None = None

    @property
    def attachment(self) -> Callable[[], Picture | Export] | None:
        """What is uploaded after the message, if anything."""
        return self.picture or self.file


class Router:
    """Takes a request to the one command that answers it. Never raises."""

    def __init__(self, services: Services, commands: Sequence[Command]) -> None:
        self.services = services
        self.commands = tuple(commands)
        self.reader = Reader(
            services.search.interpret,
            lambda word: services.search.known_words().uses(word),
            Forms(form for command in commands for form in command.forms),
            [command.name for command in commands if command.takes_subject],
        )
        self.refiner = Refiner(
            services.search.interpret,
            services.vocabulary,
            lambda query: services.index.count(services.search.plan(query)) > 0,
        )
        self._by_action = {action: command for command in commands for action in command.actions}

    @property
    def labels(self) -> dict[str, str]:
        """The label of every concept, by its id."""
        return {c.id: c.label for c in self.services.vocabulary.concepts.values()}

    def answer(self, request: Request) -> Reply:
        """Answer a request; whatever goes wrong becomes one helpful line and a log entry."""
        try:
            who = request.origin.user if request.origin else acting_now()
            with acting(who), self.services.corrections.seen_by(request.workspace):
                return self._answer(request)
        except TmeError as error:
            log.warning("a question was refused: %s", error.code)
            return self._failed(request, error)
        except Exception as error:
            log.error("a question could not be answered: %s", trouble(error))  # noqa: TRY400
            log.debug("The whole of it: %s", frames(error))
            return self._failed(request, TmeError("Something went wrong here, and was logged."))

    def _answer(self, request: Request) -> Reply:
        if len(request.text) > LONGEST and self._taker(request.text) is None:
            raise QueryTooLong(
                f"That is {len(request.text):,} characters; a question holds {LONGEST:,}.",
                "Paste the DOI or the title, or ask in fewer words.",
            )
        shown = request.shown or self._recall(request.place)
        reply = self._replied(request, shown)
        self._remember(request.place, self.conversation(reply.answer, shown))
        command = self.command(reply.answer.understood.action)
        if command.uses_records:
            self.note_used(hit.record.id for hit in reply.answer.hits)
        return self._counted(request, command, reply)

    def _replied(self, request: Request, shown: Conversation | None) -> Reply:
        """What a command answers, its list as a table where that is wanted."""
        question = tables.plain_question(request.text)
        if question == "":
            listed = self.listed_for(request, shown) if shown and request.follows else None
            question = self.refiner.text(listed) if listed else None
        if question is None:
            return self.dispatch(self.read(request, shown))
        longer = replace(request, text=question, limit=max(request.limit, tables.MOST))
        reply = self.dispatch(self.read(longer, shown))
        if not (
            len(reply.answer.hits) > 1
            and self.command(reply.answer.understood.action).lists_records
        ):
            return reply
        return replace(reply, message=tables.listed(reply.answer, request.audience))

    def _counted(self, request: Request, command: "Command", reply: Reply) -> Reply:
        """Count what a workspace is shown, and let people say whether it was of use."""
        ids = [hit.record.id for hit in reply.answer.hits]
        if not request.workspace or not ids or not (command.lists_records or command.opens_record):
            return reply
        is_opened = command.opens_record and len(ids) == 1
        self.note_use(request.workspace, Use.OPENED if is_opened else Use.VIEWED, ids)
        if request.surface is Surface.TERMINAL:
            return reply
        message = Message((*reply.message.blocks, feedback.buttons()))
        return replace(reply, message=message)

    def read(self, request: Request, shown: Conversation | None) -> Context:
        """What a request asks: the first command it fits whose object resolves, else a search."""

        def context(query: Query) -> Context:
            return Context(request, query, shown, self)

        if taker := self._taker(request.text):
            return context(Query(" ".join(request.text[:LONGEST].split()), taker.action_name))

        def offered(query: Query) -> tuple[str, str] | None:
            offer = self.command(query.action).offer
            return offer(query) if offer else None

        def resolves(query: Query) -> bool:
            command = self.command(query.action)
            return query.action != command.action_name or command.needs(context(query))

        def remarked(query: Query) -> str | None:
            return self.command(query.action).remark(query)

        def followed(text: str) -> Query | None:
            before = self.listed_for(request, shown) if shown and request.follows else None
            if before is None:
                return None
            return self.refiner.refined(text, before, in_thread=request.in_thread)

        return context(self.reader.read(request.text, resolves, offered, remarked, followed))

    def listed_for(self, request: Request, shown: Conversation) -> Query | None:
        """The search that found the list last shown, or None where it was none."""
        listed = self.read(replace(request, text=shown.query, follows=False), None).query
        query = self.services.search.interpret(listed.subject or listed.text)
        if query.action == "author_lookup" and query.identifiers:
            people = (f"author:{mention.identifier.value}" for mention in query.identifiers)
            query = self.services.search.interpret(" ".join(people))
        return None if query.is_empty or query.identifiers else query

    def command(self, action: str) -> Command:
        """The command whose action this is. Raises KeyError where there is none."""
        return self._by_action[action]

    def _taker(self, text: str) -> Command | None:
        """The command that takes a pasted text whatever its length, if any does."""
        takers = (c for c in self.commands if c.takes_text is not None and c.takes_text(text))
        return next(takers, None)

    def note_used(self, record_ids: Iterable[str]) -> None:
        """Note that somebody relies on these records: their standing is asked for more often."""
        try:
            self.services.store.standing.mark_used(record_ids, self.services.now())
        except StoreError as error:
            log.warning("it was not noted which records are in use: %s", error.code)

    def note_use(self, workspace: str, use: Use, record_ids: Iterable[str] = ()) -> None:
        """Count a use of records in a workspace; where that cannot be, nobody has to know."""
        try:
            self.services.store.uses.count(workspace, use, record_ids)
        except StoreError as error:
            log.warning("a use was not counted: %s", error.code)

    def dispatch(self, context: Context) -> Reply:
        """Run the one command for what is asked. Raises TmeError."""
        return self.command(context.query.action).run(context)

    def conversation(self, answer: Answer, shown: Conversation | None) -> Conversation | None:
        """What a thread is about after an answer; None where that does not change.

        Only a list takes the place of a list: after "cite the second one" or a definition follows
        "cite the third one". The one record that was looked at since is "it".
        """
        ids = tuple(hit.record.id for hit in answer.hits)
        action = answer.understood.action
        command = self.command(action)
        if not ids:
            # What found nothing is gone back from as well: to the list that is still shown.
            if shown is None or not command.lists_records or action == "count":
                return None
            return replace(shown, before=(*shown.before, shown.query)[-_KEPT:])
        listing = command.lists_records and not (command.opens_record and action == "lookup")
        if shown is not None and command.opens_record and not listing and len(ids) == 1:
            return replace(shown, opened=ids[0])
        if shown is not None and not listing and action not in ("page", "back"):
            return None
        before = shown.before if shown else ()
        if action == "back":
            before = before if shown and shown.opened else before[:-1]
        elif shown is not None and action != "page" and shown.query != answer.query:
            before = (*before, shown.query)[-_KEPT:]
        return Conversation(answer.query, answer.offset, ids, answer.ranked, before=before)

    def _failed(self, request: Request, error: TmeError) -> Reply:
        notes = (error.message, error.hint)
        understood = Understood(action="error_hint", notes=notes)
        answer = Answer(query=request.text[:LONGEST], understood=understood)
        return Reply(answer, error_views.error(error, request.audience), error)

    def _recall(self, place: Place | None) -> Conversation | None:
        if place is None:
            return None
        store = self.services.store
        stored = store.conversations.recall(
            place.workspace, place.channel, place.key, self.services.now()
        )
        if stored is not None or not place.thread:
            return stored
        post = Posted(place.channel, place.thread)
        return list_of_post(self.services, place.workspace, post)

    def remember(self, place: Place, answer: Answer) -> None:
        """Keep the list of an answer that was posted where nobody had asked, to be followed up."""
        self._remember(place, self.conversation(answer, None))

    def _remember(self, place: Place | None, conversation: Conversation | None) -> None:
        """Keep what was listed, for "next" and "the second one"; without it nothing else fails."""
        if place is None or conversation is None:
            return
        try:
            self.services.store.conversations.remember(
                place.workspace, place.channel, place.key, conversation, self.services.now()
            )
        except StoreError as error:
            log.warning("the thread's list was not remembered: %s", error.code)
