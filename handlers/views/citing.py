"""Who cites a work and what it cites, with whose lists that is by; and what many cite."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement

from bot.records.models import Answer, Identifier, Record, Scheme
from bot.search.citing import Cited
from bot.text.markup import plain
from handlers.views import buttons, details, records, results
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import fit, literal
from handlers.views.parts import context, lines, section
from handlers.views.wording import count

_SHOWN = 10
_NOT_ALL = "By the reference lists that sources sent, of {}; others may cite it all the same."
_NONE = "No source has sent a reference list of it; that does not mean that it cites nothing."


def citing(answer: Answer, name: str, listed: int, audience: Audience) -> Message:
    """The records that cite a work."""
    head = f"{count(answer.total, 'stored record')} cite{'s' if answer.total == 1 else ''}"
    top = section(literal(f"{head} “{fit(plain(name), 200)}”."))
    return Message((top, *_list(answer, audience), context(literal(_lists(listed)))))


def cited(answer: Answer, record: Record, found: Cited, audience: Audience) -> Message:
    """What a record cites: how many, the stored ones, and the way to the others."""
    title = records.title_line(record)
    if not (found.stored or found.others):
        return Message((section(lines((title, literal(_NONE)))),))
    works = count(len(found.stored) + len(found.others), "work")
    line = f"It cites {works} by an identifier; {len(found.stored):,} of them are stored."
    day = f", {found.at:%d %b %Y}" if found.at else ""
    by = f"As listed by {', '.join(found.sources) or 'its source'}{day}."
    blocks: list[Block] = [section(lines((title, literal(line)))), *_list(answer, audience)]
    known = [each for each in found.others if each.scheme in (Scheme.DOI, Scheme.PMID)]
    if known:
        named = ", ".join(details.identifier(each) for each in known[:_SHOWN])
        blocks.append(section(f"Not stored: {named}{' …' if len(known) > _SHOWN else ''}"))
        blocks += buttons.actions("add", [_add(known[:_SHOWN])])
    return Message((*blocks, context(literal(by))))


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
