"""The bot for other programs: an MCP server over the same router, which only reads.

Answers come as text, read off the same blocks that Slack shows, and as structured content, the
JSON of `tme ask --json`. Only commands that change nothing are there at all.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

import bot
from bot.app.cli import json_lines as interface
from bot.app.mcp_callers import Caller
from bot.curation.lists import Scope
from bot.errors import TmeError, UnknownRecord
from bot.harvest.integrity import Checked
from bot.records.models import Record
from bot.search.query import Query
from bot.search.verbatim import SHORTEST, verbatim
from handlers.commands import COMMANDS
from handlers.router import Place, Reply, Request, Router, Surface
from handlers.services import Services
from handlers.views import reading, standing
from handlers.views import verbatim as quoted
from handlers.views.message import Audience, Message

# The commands that write nothing and ask no other service.
READING = frozenset((
    "search", "refuse", "references", "abstract", "lookup", "cite", "define", "ask", "evidence",
    "combine", "compare", "similar", "cites", "cited", "new", "status",
))  # fmt: skip
_ABOUT = (
    "Papers on reprogramming the tumour microenvironment and resistance to immunotherapy, from the"
    " store of one team. `search` finds records, `evidence` answers a question with a verbatim"
    " sentence of each record, its direction and figures; cite what it returns by DOI. Quotes are"
    " verbatim; check others with `quote_check`. What is not stored is said to be not stored."
)
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_LONGEST = 1_000
Words = Annotated[str, Field(min_length=1, max_length=_LONGEST)]
Named = Annotated[str, Field(min_length=1, max_length=300, description="A DOI, PMID, PMCID or id")]
Many = Annotated[int, Field(ge=1, le=20)]


class Tools:
    """What can be asked, each tool as a method; `caller` tells from a request who asks."""

    def __init__(self, services: Services, caller: Callable[[Context[Any]], Caller]) -> None:
        reading = [command for command in COMMANDS if command.action_name in READING]
        self._services = services
        self._router = Router(services, reading)
        self._caller = caller

    def search(self, query: Words, ctx: Context[Any], limit: Many = 5) -> CallToolResult:
        """Find stored records by words, filters (author: year: type: is:open …) or a question."""
        return self._answer(f"find {query}", ctx, limit)

    def open(self, record: Named, ctx: Context[Any]) -> CallToolResult:
        """Open one record: abstract by section, authors, access, retractions, where it is from."""
        found = self._record(record)
        reply = self._reply(f"show {found.id}", ctx)
        return _result(reply.message, {"record": interface.record(found)})

    def evidence(self, question: Words, ctx: Context[Any], limit: Many = 5) -> CallToolResult:
        """What stored records report on a question: a quote each, its direction and figures.

        Negative and null results lead among equals; the first line counts.
        """
        return self._answer(f"ask {question}", ctx, limit)

    def check(self, record: Named, ctx: Context[Any]) -> CallToolResult:
        """Retractions, corrections and concerns that are stored of a record, and when last checked.

        No source is asked anew.
        """
        del ctx  # read by `guarded`, as for every tool
        found = self._record(record)
        checked = Checked(found, stored=True, integrity=found.integrity, unasked=_NOT_ASKED)
        message = standing.message([checked], Audience.TERMINAL)
        integrity = [notice.model_dump(mode="json") for notice in found.integrity]
        at = found.checked.isoformat() if found.checked else None
        return _result(message, {"id": found.id, "integrity": integrity, "checked": at})

    def cite(self, record: Named, ctx: Context[Any], style: Words = "vancouver") -> CallToolResult:
        """A citation of a record: vancouver, apa, nature, chicago …, bibtex or ris."""
        found = self._record(record)
        # Behind a public identifier nothing but a style can follow: one that nobody knows is named.
        named = found.doi or (f"PMID {found.pmid}" if found.pmid else found.id)
        return self._answer(f"cite {named} in {style}", ctx)

    def quote_check(self, record: Named, sentence: Words, ctx: Context[Any]) -> CallToolResult:
        """Whether a sentence stands in a record word for word; else the sentence nearest to it."""
        del ctx
        if len(sentence.strip()) < SHORTEST:
            return _failed(f"Give at least {SHORTEST} letters of the sentence.")
        found = verbatim(self._record(record), sentence)
        quote = found.quote.text if found.quote else None
        place = {"place": found.place, "sentences": found.sentences, "likeness": found.likeness}
        section = found.quote.section if found.quote else None
        data = {"found": found.found, "nearest": quote, "section": section, **place}
        return _result(quoted.message(found), data)

    def new(self, ctx: Context[Any], topic: str = "", limit: Many = 5) -> CallToolResult:
        """What came into the store last, of a topic where one is given."""
        return self._answer(f"new {topic[:_LONGEST]}".strip(), ctx, limit)

    def lists(self, ctx: Context[Any], name: str = "") -> CallToolResult:
        """The reading lists in reach of whoever asks, or the records on the one that is named."""
        caller, library = self._caller(ctx), self._services.library
        scope = Scope(caller.workspace, caller.user)
        if not name:
            counted = library.counted(scope)
            lists = [{"name": on.name, "records": on.items} for on, _ in counted]
            return _result(reading.overview(counted, Audience.TERMINAL), {"lists": lists})
        on = library.named(scope, name)
        if on is None:
            return _failed("There is no reading list of that name in your reach.")
        entries = library.entries(on)
        records = [entry.record for entry in entries]
        answer = self._services.lookup.answer(Query(reading.query_of(on)), records)
        unread = sum(scope.user not in entry.item.read_by for entry in entries)
        message = reading.one(on, answer, entries, scope.user, Audience.TERMINAL, unread=unread)
        data = {"name": on.name, "records": list(map(interface.record, records))}
        return _result(message, data)

    def guarded(self, tool: Callable[..., CallToolResult]) -> Callable[..., CallToolResult]:
        """The tool over what the workspace of whoever asks may see; an error is a line."""

        @wraps(tool)
        def run(*args: Any, ctx: Context[Any], **kwargs: Any) -> CallToolResult:
            try:
                with self._services.corrections.seen_by(self._caller(ctx).workspace):
                    return tool(*args, ctx=ctx, **kwargs)
            except TmeError as error:
                return _failed(error.as_line)

        return run

    def _record(self, named: str) -> Record:
        """The record of an identifier. Raises UnknownRecord."""
        found = self._services.lookup.one(named)
        if found is None:
            raise UnknownRecord("No stored record has that identifier.")
        return found

    def _answer(self, text: str, ctx: Context[Any], limit: int = 5) -> CallToolResult:
        reply = self._reply(text, ctx, limit)
        data = interface.answer(reply.answer, reply.message.text, reply.error)
        return _result(reply.message, data, failed=reply.error is not None)

    def _reply(self, text: str, ctx: Context[Any], limit: int = 5) -> Reply:
        caller = self._caller(ctx)
        asker = Place(caller.workspace, "", "", caller.user) if caller.workspace else None
        return self._router.answer(Request(text, Surface.TERMINAL, limit=limit, asker=asker))


_NOT_ASKED = "this program reads what is stored"


def build(services: Services, caller: Callable[[Context[Any]], Caller]) -> MCPServer[Any]:
    """The server with every tool."""
    server: MCPServer[Any] = MCPServer(
        "tme", title="TME bot", instructions=_ABOUT, version=bot.__version__
    )
    tools = Tools(services, caller)
    for tool in (
        tools.search, tools.open, tools.evidence, tools.check, tools.cite, tools.quote_check,
        tools.new, tools.lists,
    ):  # fmt: skip
        server.add_tool(tools.guarded(tool), annotations=_READS)
    return server


def _result(message: Message, data: Mapping[str, Any], *, failed: bool = False) -> CallToolResult:
    """An answer as text, as data, and as blocks, which Slackbot shows where it asks."""
    return CallToolResult(
        content=[TextContent(type="text", text=message.text)],
        structured_content=dict(data),
        is_error=failed,
        _meta={"slack": {"blocks": message.payload()["blocks"]}},
    )


def _failed(text: str) -> CallToolResult:
    content = [TextContent(type="text", text=text)]
    return CallToolResult(content=content, structured_content={"error": text}, is_error=True)
