"""`/tme links off`: no cards for pasted links in this channel; `links on` brings them back.

`links` alone says how it stands.
"""

from bot.records.answers import Answer
from bot.rights import Deed
from bot.search.describing import describe_query
from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import errors, unfurl


def run(context: Context) -> Reply:
    """End cards in the channel, begin them again, or say which it is."""
    from handlers.listeners.links import switch  # noqa: PLC0415 - it brings Bolt, which no terminal needs

    wanted, origin = context.query.subject.lower(), context.request.origin
    if wanted:
        context.must(Deed.SUBSCRIBE)
    if origin is None:
        note = "Cards for pasted links are a channel's: type it there."
        understood = describe_query(context.query, "links", (note,))
        nothing = Answer(query=context.query.text, understood=understood)
        return Reply(nothing, errors.hint(nothing, context.audience))
    if wanted:
        quiet = wanted == "off"
        switch(context.services, origin.workspace, origin.channel, origin.user, quiet=quiet)
    else:
        quiet = context.services.store.shares.is_quiet(origin.workspace, origin.channel)
    answer = Answer(query=context.query.text, understood=describe_query(context.query, "links"))
    return Reply(answer, unfurl.switched(quiet=quiet, is_new=bool(wanted)))


def _is_switch(context: Context) -> bool:
    """Other words are searched: "links between CAFs and T cells"."""
    return context.query.subject.lower() in ("", "on", "off")


COMMAND = Command(
    run=run,
    words="links off",
    summary="No cards for pasted links in this channel; `links on` brings them back",
    example="links off",
    takes_subject=True,
    needs=_is_switch,
)
