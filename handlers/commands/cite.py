"""`/tme cite …`: formatted citations in any style, and entries to copy."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.errors import UsageError
from bot.formats.export import foreign_format, not_written, split_format
from bot.formats.styles import USUAL, is_usual, near, style_of
from bot.records.identifiers import find
from bot.records.models import Record
from bot.search.describing import describe_query
from bot.search.query.pointing import points_at_several
from handlers.command import Command, Context
from handlers.commands.about import not_clear, which
from handlers.commands.resolving import names_a_record
from handlers.router import Reply
from handlers.views import citation

if TYPE_CHECKING:
    from bot.formats.citations import Citation

_MOST = 20
# Of a text with single blanks, as all that is asked for is: a run of them would take a power of it.
_IN_STYLE = re.compile(
    r"^(?P<rest>.*?)(?:^| )(?:in|as|using) (?:the )?(?:style of (?:the )?)?"
    r"(?P<style>[^,:;?]{2,80}?)(?: style| format)? ?$",
    re.IGNORECASE,
)
# A bare name behind what is meant: "cite the second one apa".
_BARE = re.compile(
    r"^(?P<rest>.+?) (?P<style>vancouver|apa|ama|mla|chicago|harvard|ieee) ?$", re.IGNORECASE
)
_BIBTEX = re.compile(r"bibtex\b", re.IGNORECASE)
# A style in front of what is meant: "cite in chicago 10.1016/…", "cite as ris these".
_POINTING = re.compile(r"\b(?:it|this|that|these|those|them|(?:the )?\w+ one)\s*$", re.IGNORECASE)
_AHEAD = re.compile(
    r"^(?P<how>in|as|using)?\s*(?P<style>.*?)(?:\s+(?:of|for))?[\s:,]*$", re.IGNORECASE | re.DOTALL
)
_Cite = Callable[[Sequence[Record]], "Citation"]


def run(context: Context) -> Reply:
    """Cite what is meant: in the usual styles, or as it was wanted."""
    context, cite = _read(context)
    query = context.query
    resolved = context.services.lookup.resolve(query, context.shown)
    if not resolved:
        return not_clear(context)
    several = len(query.identifiers) > 1 or len(query.ordinals) > 1
    several |= query.points_at_shown and points_at_several(query.subject)
    chosen = resolved[:_MOST] if several else resolved[:1]
    answer = context.services.lookup.answer(query, chosen)
    notes = context.services.lookup.missing(query)
    answer = answer.model_copy(update={"understood": describe_query(query, "cite", notes)})
    cited = cite(chosen)
    left_out = len(resolved) - len(chosen) if len(chosen) > 1 else 0
    return Reply(answer, citation.message(chosen, cited, context.audience, left_out, notes))


def _read(context: Context) -> tuple[Context, _Cite]:
    """What is meant without the style or format it is wanted in, and how it is to be cited.

    Raises UsageError for a style that nobody knows.
    """
    citations = context.services.citations
    subject = _style_last(" ".join(context.query.subject.split()))
    rest, named = split_format(subject)
    if named is None and _BIBTEX.match(context.query.text):
        named = "bibtex"
    match = _IN_STYLE.match(subject) or _BARE.match(subject)
    if (named is None and match is None) or _is_title(context):
        return context, lambda records: _usual(context, records)
    if named is not None:
        return _about(context, rest), lambda records: citations.as_entry(records, named)
    if match is not None:
        words, about = match["style"].strip(), _about(context, match["rest"])
        style, name = style_of(words), _called(words)
        certain = _is_certain(about)
        if style is not None and (certain or is_usual(words)):
            return about, lambda records: citations.in_style(records, name, style)
        if style is None and certain:
            if foreign := foreign_format(subject):
                raise UsageError(*not_written(foreign))
            raise UsageError(f"I know no citation style called “{words[:60]}”.", _hint(words))
    return context, lambda records: _usual(context, records)


def _style_last(subject: str) -> str:
    """What is to be cited and behind it the style, whichever of the two came first."""
    named = next(iter(find(subject)), None)
    pointing = _POINTING.search(subject)
    start = named.start if named else pointing.start() if pointing else 0
    ahead = _AHEAD.match(subject[:start]) if start else None
    if ahead is None or not (ahead["how"] or is_usual(ahead["style"])):
        return subject
    return f"{subject[start:].strip()} in {ahead['style']}"


def _usual(context: Context, records: Sequence[Record]) -> "Citation":
    """One record as who asks has set, or in the usual styles; several as a numbered list."""
    citations, own = context.services.citations, context.preferences.style
    if len(records) == 1:
        return citations.cite(records[0], own)
    name = own or next(iter(USUAL))
    return citations.in_style(records, _called(name), style_of(name) or USUAL["Vancouver"])


def _called(words: str) -> str:
    """The style as it is usually written: "apa" is APA."""
    return next((name for name in USUAL if name.lower() == words.lower()), words)


def _about(context: Context, rest: str) -> Context:
    return context.about(rest)


def _names_records(context: Context) -> bool:
    """A record is named, with or without the style behind it."""
    if names_a_record(context):
        return True
    try:
        return names_a_record(_read(context)[0])
    except UsageError:  # a style was asked for that nobody knows, of a record that is certain
        return True


def _is_title(context: Context) -> bool:
    return context.services.lookup.by_title(context.query) is not None


def _is_certain(context: Context) -> bool:
    """Whether the words before it name a record, so that what follows can only be a style."""
    query = context.query
    pointed = query.ordinal is not None or query.points_at_shown
    return bool(query.identifiers) or pointed or _is_title(context)


def _hint(words: str) -> str:
    found = near(words)
    if found:
        return f"Nearest: {', '.join(f'`in {name}`' for name in found)}."
    return (
        "Styles go by their names in the CSL repository: `in cell`, `in chicago author date`;"
        " entries to copy are `as bibtex`, `as ris`, `as csl`, `as nbib` or `as csv`."
    )


COMMAND = Command(
    run=run,
    words="cite DOI or title [in STYLE]",
    summary="Citations in Vancouver, APA, Nature and BibTeX, or as asked: `in chicago`, `in cell`,"
    " `as ris`; in a thread, `cite the second one`, `cite these`",
    example="cite 10.1016/j.cell.2017.01.017 in chicago",
    aliases=(
        "citation",
        "citation for",
        "citation of",
        "bibtex",
        "bibtex for",
        "bibtex of",
        "reference for",
    ),
    patterns=(r"how (?:do|should|can) (?:i|we) cite\b(?P<subject>.{0,400})",),
    takes_subject=True,
    remark=which,
    needs=_names_records,
    opens_record=True,
    uses_records=True,
)
