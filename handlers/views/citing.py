"""Who cites a work and what it cites, by which lists; what many cite; who cites whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, ButtonElement

from bot.records.answers import Answer
from bot.records.models import Identifier, Record, Scheme, unique
from bot.search.citing import CitationGraph, Cited
from bot.store.references import CitationCount
from bot.text.markup import plain
from handlers.views import buttons, data, details, landscape, records, results
from handlers.views.charts import graph_title
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import fit, literal
from handlers.views.origins import origin_name, source_name
from handlers.views.parts import context, lines, section
from handlers.views.wording import count

_SHOWN, _MOST_OPENED = 10, 4
_NOT_ALL = "By the reference lists that sources sent, of {}; others may cite it all the same."
_NONE = "No source has sent a reference list of it; that does not mean that it cites nothing."


@dataclass(frozen=True, slots=True)
class Counted:
    """What services count of who cites a work, what went wrong, how to ask.

    `others` are not stored: of those that cite it, or the work itself.
    """

    counts: Sequence[CitationCount] = ()
    others: Sequence[Identifier] = ()
    wrong: Sequence[str] = ()
    ask: str = ""


def citing(
    answer: Answer, name: str, listed: int, audience: Audience, known: Counted = Counted()
) -> Message:
    """The records that cite a work, and what services count beyond them."""
    head = f"{count(answer.total, 'stored record')} cite{'s' if answer.total == 1 else ''}"
    counted = " · ".join(
        f"{source_name(each.source)}: {count(each.works, 'work cites', 'works cite')} it"
        f" ({each.at:%-d %b %Y})"
        for each in known.counts
    )
    wrong = " ".join(known.wrong)
    top = [f"{head} “{fit(plain(name), 200)}”.", counted, fit(wrong, 300)]
    blocks: list[Block] = [section(lines(literal(each) if each else None for each in top))]
    blocks += _list(answer, audience)
    blocks += _not_stored(known.others)
    ask = [("Look up who cites it", known.ask)] if known.ask else []
    blocks += buttons.actions("look", buttons.ask_buttons(ask))
    return Message((*blocks, context(literal(_lists(listed)))))


def cited(answer: Answer, record: Record, found: Cited, audience: Audience) -> Message:
    """What a record cites: how many, the stored ones, and the way to the others."""
    title = records.title_line(record)
    if not (found.stored or found.others):
        return Message((section(lines((title, literal(_NONE)))),))
    works = count(len(found.stored) + len(found.others), "work")
    line = f"It cites {works} by an identifier; {len(found.stored):,} of them are stored."
    at = max((each.at for each in found.listing if each.at), default=None)
    origins = ", ".join(unique(map(origin_name, found.listing))) or "its source"
    by = f"As listed by {origins}{f', {at:%-d %b %Y}' if at else ''}."
    blocks: list[Block] = [section(lines((title, literal(line)))), *_list(answer, audience)]
    return Message((*blocks, *_not_stored(found.others), context(literal(by))))


def _not_stored(others: Sequence[Identifier]) -> list[Block]:
    """Works that are not stored, by what they can be added by."""
    known = [each for each in others if each.scheme in (Scheme.DOI, Scheme.PMID)]
    if not known:
        return []
    named = ", ".join(details.identifier(each) for each in known[:_SHOWN])
    more = f" and {len(known) - _SHOWN:,} more" if len(known) > _SHOWN else ""
    return [
        section(f"Not stored: {named}{more}"), *buttons.actions("add", [_add(known[:_SHOWN])])
    ]  # fmt: skip


def graph(found: CitationGraph, audience: Audience) -> Message:
    """The works of a graph with how often they cite and are cited among themselves."""
    rows: list[list[str | int]] = [
        [
            record.title,
            str(record.published.year) if record.published else "",
            found.cited(at),
            sum(citing == at for citing, _ in found.edges),
        ]
        for at, record in enumerate(found.records)
    ]
    title = graph_title(found)
    left = f" {found.left_out:,} more are tied to these." if found.left_out else ""
    most = sorted(range(len(rows)), key=lambda at: -found.cited(at))[:_MOST_OPENED]
    shown = landscape.Shown(
        head=f"{title}: {count(len(rows), 'work')}, {count(len(found.edges), 'citation')}",
        drawn=data.table(title, ["Work", "Year", "Cited by", "Cites"], rows),
        remark=f"Of the {found.read:,} best records, {found.listed:,} have a reference list.{left}",
        top=[(fit(plain(record.title), 60), f"show {record.identifiers[0].value}")
             for at in most if (record := found.records[at]).identifiers],
    )  # fmt: skip
    return landscape.counted(found.answer, shown, audience)


def often_cited(found: Sequence[tuple[Identifier, int]], listed: int) -> Message:
    """Works that several stored records cite and that are not stored, each with [Add]."""
    small = context(literal(_lists(listed)))
    if not found:
        nothing = "Nothing that is not stored is cited by five records or more."
        return Message((section(nothing), small))
    blocks: list[Block] = [section("Cited by several of your records, and not stored:")]
    for each, number in found:
        line = f"{details.identifier(each)}: {count(number, 'record cites', 'records cite')} it"
        blocks.append(section(line, accessory=_add([each])))
    return Message((*blocks, small))


def _list(answer: Answer, audience: Audience) -> Sequence[Block]:
    return results.results(answer, audience, others=1).blocks if answer.hits else ()


def _lists(listed: int) -> str:
    return _NOT_ALL.format(count(listed, "record"))


def _add(found: Sequence[Identifier]) -> ButtonElement | None:
    typed = (f"PMID {e.value}" if e.scheme is Scheme.PMID else e.value for e in found)
    label = "Add" if len(found) == 1 else f"Add {len(found)}"
    return buttons.button(label, f"{buttons.ASK}:add", q=f"add {' '.join(typed)}")
