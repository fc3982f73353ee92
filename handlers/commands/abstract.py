# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""`/tme abstract …`: the abstract by section, as it stands."""

from dataclasses import replace

from handlers.command import Command, Context
from handlers.commands.about import about_one, which
from handlers.commands.resolving import is_of_thread, names_a_record
from handlers.router import Reply
from handlers.views import abstract


def run(context: Context) -> Reply:
    """Show the abstract of the record that is meant."""
    if not context.query.subject and context.shown is not None:
        it = replace(context.query, subject="it", points_at_shown=True)
        context = replace(context, query=it)
    return about_one(context, lambda record: abstract.message(record, context.audience))


COMMAND = Command(
    run=run,
    words="abstract DOI or title",
    summary="Read an abstract by section, without leaving Slack",
    example="abstract 10.1002/ctd2.70098",
    aliases=(
        "abstract of",
        "summary",
        "summary of",
        "summarise",
        "summarize",
        "tldr",
        "tl;dr",
        "sum up",
    ),
    patterns=(
        r"(?:show|read|open|give)(?: me)? (?:the |its )?(?:abstract|summary)(?: of| for)?(?P<subject>.{0,400})",
        r"(?:the|its) (?:abstract|summary)",
        r"what (?:does|do|did) (?P<subject>.{1,200}?) (?:say|find|conclude|report)(?: (?:about|on) .{2,100})?\??",
    ),
    takes_subject=True,
    remark=which,
    needs=lambda context: names_a_record(context) or is_of_thread(context),
    opens_record=True,
)
