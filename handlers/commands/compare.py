"""`A vs B`, `compare A and B`: what is stored of each, and the best of both in turn."""

import re

from handlers.command import Command, Context
from handlers.router import Reply
from handlers.views import results
from handlers.views.wording import count

# A longer sentence with "compared to" in it compares what papers do, not two subjects.
_LONGEST = 12
_WITH = re.compile(
    r"compare(?: (?:it|this|that|them|these|those))? (?:with|to|against) (.{2,100})", re.IGNORECASE
)


# "Compare the two": what was asked last and what was asked before it.
_BOTH = re.compile(r"compare (?:them|both|the two(?: of them)?|these two|those two)", re.IGNORECASE)


def run(context: Context) -> Reply:
    """List the records on both things, then those on each in turn, with how many there are."""
    request = context.request
    found = context.services.comparing.compare(
        _subject(context), context.query, request.limit, request.offset
    )
    if found is None:  # the reader has looked: only a button of an older version can bring this
        return context.router.dispatch(context.searched())
    first, second = found.sides
    note = (
        f"{first.said}: {count(first.total, 'record')}. {second.said}:"
        f" {count(second.total, 'record')}. Both: {count(found.both, 'record')}."
    )
    understood = found.answer.understood.model_copy(update={"notes": (note,)})
    answer = found.answer.model_copy(update={"understood": understood})
    return Reply(answer, results.results(answer, context.audience))


def _subject(context: Context) -> str:
    """What is compared; "compare it with TIL" sets what was searched here against that."""
    text = context.query.text.strip(" .?!")
    if context.shown is not None and _BOTH.fullmatch(text):
        return _last_two(context)
    with_what = _WITH.fullmatch(text)
    if with_what is None or context.shown is None:
        return context.query.subject
    listed = context.router.listed_for(context.request, context.shown)
    return f"{context.router.refiner.text(listed)} vs {with_what[1]}" if listed else ""


def _last_two(context: Context) -> str:
    """The question listed last against the one before it; "" where either is not one thing."""
    shown = context.shown
    listed = context.router.listed_for(context.request, shown) if shown else None
    if shown is None or listed is None or not shown.before:
        return ""
    before = context.services.search.interpret(shown.before[-1])
    both = (before, listed)
    if any(len(each.parts) != 1 or each.parts[0].recognised is None for each in both):
        return ""
    first, second = (context.router.refiner.text(each) for each in both)
    return f"{first} vs {second}" if first != second else ""


def _has_sides(context: Context) -> bool:
    """Two things, each a term of the field or words that some record has."""
    if context.query.identifiers or context.query.filters.authors or '"' in context.query.text:
        return False  # a citation may have "versus" in its title
    if "compared" in context.query.text.lower() and len(context.query.text.split()) > _LONGEST:
        return False
    return context.services.comparing.sides(_subject(context)) is not None


COMMAND = Command(
    run=run,
    words="compare A and B",
    summary="The records on both, then those on each in turn, with how many there are of each;"
    " `A vs B` does the same",
    example="compare NK cells and T cells",
    patterns=(
        r"(?P<subject>.{2,150}? (?:vs\.?|versus|compared (?:to|with|against)) .{2,150})",
        r"(?:(?:what(?:'s| is)|whats) )?(?:the )?differences? between (?P<subject>.{3,200})",
        r"(?P<subject>[^?,]{2,60} or [^?,]{2,60}? (?:for|in|as) [^?]{2,60})\?",
        (
            r"(?P<subject>[^?,]{2,60} or [^?,]{2,60}?)\s*[-–—,:;]\s*(?:which|what)(?: one)?"
            r" (?:works?|is|are|does|has|would)\b[^?]{0,40}\??"
        ),
        r"(?:which|what) is (?:better|best|safer|stronger)[,:]? (?P<subject>.{2,60} or .{2,60})",
    ),
    takes_subject=True,
    needs=_has_sides,
    lists_records=True,
)
THE_TWO = Command(
    run=run,
    action="compare_two",
    patterns=(_BOTH.pattern,),
    needs=lambda context: bool(_last_two(context)),
    lists_records=True,
)
