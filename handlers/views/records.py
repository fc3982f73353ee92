"""The card of a record in lists, and the record opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.models.blocks import Block, ButtonElement

from bot.records import identifiers
from bot.records.answers import Answer, Hit, Quote
from bot.records.models import Identifier, Record, Scheme, unique
from bot.sources import fetchable
from bot.store.uses import Use
from bot.text.markup import plain
from handlers.views import buttons, details, integrity, matches, wording
from handlers.views.buttons import NO_CONTROLS, Controls
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import ELLIPSIS, bold, fit, link, literal, marked, prose
from handlers.views.parts import context, lines, section, sections

# How many characters of an abstract are quoted on a card, a brief one, and an opened record.
LONGEST_QUOTE = 420
_LONGEST_BRIEF = 220
# Of what a team has noted on a record.
_MOST_NOTES, _LONGEST_NOTE = 3, 500
_LONGEST_OPENED = 1_050
# Less room than this is not worth beginning another quote for.
_SHORTEST_QUOTE = 40
_NEGATIVE = "✗ A negative result, in its own words:"
_MOST_NAMED = 5
# Identifiers that say by themselves what they are.
_TELLING = frozenset((Scheme.DOI, Scheme.PMCID, Scheme.NCT))
_BY_TITLE = "Its DOI or title may be in the store: paste that."
# What helps where the records of a person or a journal do not name its identifier.
_OTHER_WAYS = {
    Scheme.ORCID: "Many records name people without their ORCID iD: `author:sharma` finds a name.",
    Scheme.ISSN: 'Many records name a journal without its ISSN: `journal:"cancer cell"` finds it.',
}


def card(hit: Hit, number: int, controls: Controls = NO_CONTROLS) -> list[Block]:
    """One card of a list: at most three blocks and about 1,700 characters."""
    why = matches.reasons(hit)
    head = section(_head(hit, number, _quote(hit)), accessory=controls.beside)
    small = [context(literal(why))] if why else []
    return named(f"card:{number}:", [head, *small, *controls.below("row")])


def brief_card(
    hit: Hit,
    number: int,
    controls: Controls = NO_CONTROLS,
    *,
    failure: Quote | None = None,
    below: str = "",
) -> list[Block]:
    """A shorter card, for lists of ten: at most three blocks and about 900 characters.

    `failure` is the sentence in which a study reports a negative result, shown as the quote;
    `below` is small print under the card, as mrkdwn.
    """
    quote = _negative(failure) if failure else _quote(hit, _LONGEST_BRIEF)
    head = section(_head(hit, number, quote), accessory=controls.beside)
    small = [context(below)] if below else []
    return named(f"card:{number}:", [head, *small, *controls.below("row")])


@dataclass(frozen=True, slots=True)
class Kept:
    """What a workspace has done with a record: how often it used it before, and in what way.

    `notes` are those of lists that the reader can see, each with the list's name.
    """

    uses: Mapping[Use, int] = field(default_factory=dict)
    notes: tuple[tuple[str, str], ...] = ()


def full(
    answer: Answer,
    audience: Audience,
    labels: Mapping[str, str] | None = None,
    kept: Kept | None = None,
) -> Message:
    """The first record of an answer to a lookup, with everything that is known of it.

    `labels` maps the ids of concepts to their labels. Raises ValueError without a record.
    """
    if not answer.hits:
        raise ValueError("to open a record, an answer needs one")
    hit = answer.hits[0]
    record = hit.record
    why = None if _is_named(hit) else matches.reasons(hit)
    notes = [prose(fit(note, 200)) for note in answer.understood.notes[:3]]
    quote = _quote(hit, _LONGEST_OPENED) or (None if has_abstract(record) else "No abstract.")
    known: list[Block] = [
        section(lines((*notes, _banner(record), _notice_links(record), *_main(record, quote)))),
        *([context(literal(why))] if why else []),
        *sections(details.details(record, labels)),
        section(literal(details.open_questions(record)), accessory=_check(record)),
        context(lines((*details.origin(record), *_done_with_it(kept or Kept())))),
    ]
    if audience is not Audience.TERMINAL:
        known += _all_controls(record).below("row")
    label = details.copy_label(record)
    copy = buttons.link_button(label, record.access.url, f"{buttons.LINK}:1")
    known += buttons.actions("more", [copy])
    return Message(tuple(named("card:all-", known)))


def _done_with_it(kept: Kept) -> list[str]:
    """How often it was shown, opened, saved and exported in the workspace, and what was noted."""
    times = (f"{use} {wording.count(kept.uses[use], 'time')}" for use in Use if use in kept.uses)
    done = ", ".join(times)
    return ([f"Here: {done}"] if done else []) + [
        literal(f"Note on “{fit(name, 80)}”: {fit(plain(note), _LONGEST_NOTE)}")
        for name, note in kept.notes[:_MOST_NOTES]
    ]


def not_found(answer: Answer, audience: Audience) -> Message:
    """A well-formed identifier that is not stored: its own address, and what to try."""
    missing = [i for i in answer.understood.identifiers if i.valid][:_MOST_NAMED]
    named = [details.identifier(i) for i in missing] or [literal(fit(answer.query, 120))]
    notes = [fit(note, 200) for note in answer.understood.notes[:5]]
    notes += unique(
        _OTHER_WAYS.get(i.scheme, _BY_TITLE) for i in missing if i.scheme not in fetchable()
    )
    verb = "is not in this store" if len(named) == 1 else "are not in this store"
    is_linked = any(identifiers.url(i) for i in missing)
    end = "It may exist: the link goes to its own page." if is_linked else ""
    tries = [*answer.suggestions, *_ways_in(missing)][: buttons.MOST_ASKS]
    blocks: list[Block] = [
        section(lines((f"{', '.join(named)} {verb}. {end}".strip(), *(prose(n) for n in notes))))
    ]
    blocks += buttons.actions("suggestions", buttons.ask_buttons([(s, s) for s in tries]))
    del audience  # the same for all: nothing here is private
    return Message(tuple(blocks))


def has_abstract(record: Record) -> bool:
    """Whether there is an abstract to read."""
    return bool(record.abstract or record.sections)


def controls(
    record: Record, audience: Audience, *, in_row: bool = False, subscription: str = ""
) -> Controls:
    """What can be done with a record of a list; in a terminal, nothing is pressed.

    Under a digest, [Save] and [Not relevant] teach its `subscription`.
    """
    if audience is Audience.TERMINAL:
        return NO_CONTROLS
    if subscription:
        teaching = {"id": record.id, "s": subscription}
        save = buttons.button("Save", buttons.SAVE, **teaching)
        wrong = buttons.button("Not relevant", buttons.NOT_RELEVANT, **teaching)
        return Controls([*_reading(record), save, wrong, _similar(record)], in_row)
    show = buttons.button("Open record", buttons.OPEN, q=f"show {record.id}")
    rest = [_save(record), _similar(record), show, *_corrections(record)]
    return Controls([*_reading(record), *rest], in_row)


def title_line(record: Record) -> str:
    """The title as a link in bold, as mrkdwn."""
    return bold(link(wording.home(record), wording.title(record)))


def _is_named(hit: Hit) -> bool:
    """Whether a record was found by an identifier: to repeat that gives no reason."""
    schemes = {scheme.value for scheme in Scheme}
    return all(reason.field in schemes for reason in hit.why)


def named(prefix: str, blocks: Sequence[Block]) -> list[Block]:
    """The blocks of one card, named as such."""
    for at, block in enumerate(blocks):
        block.block_id = f"{prefix}{at}"
    return list(blocks)


def _head(hit: Hit, number: int, quote: str | None) -> str:
    title, *rest = _main(hit.record, quote)
    return lines((_banner(hit.record), f"{number}. {title}", *rest))


def _main(record: Record, quote: str | None) -> list[str | None]:
    """What every card says, a line each: title, facts, quote."""
    return [title_line(record), facts(record), quote]


def facts(record: Record) -> str:
    """What is known, on one line of mrkdwn: the free copy is linked."""
    known = [literal(fact) for fact in wording.facts(record)]
    if access := wording.access(record):
        known.append(link(wording.free_copy(record), access))
    return " · ".join(known)


def _banner(record: Record) -> str | None:
    banner = integrity.banner(record)
    return bold(literal(banner)) if banner else None


def _notice_links(record: Record) -> str | None:
    linked = [link(url, label) for label, url in integrity.notice_links(record)[:3]]
    return " · ".join(linked) or None


def _negative(failure: Quote) -> str:
    quoted = marked(failure.text, failure.marks, _LONGEST_BRIEF)
    where = "(title)" if failure.section == "title" else wording.quoted_from(failure)
    return f"{_NEGATIVE} {quoted} {literal(where)}"


def _quote(hit: Hit, limit: int = LONGEST_QUOTE) -> str | None:
    """The quoted sentences of an abstract with the matched words in bold, as mrkdwn."""
    written = ""
    for at, quote in enumerate(hit.quotes if has_abstract(hit.record) else ()):
        if written and limit < _SHORTEST_QUOTE:
            break
        # What is left out between two quotes is marked; a section is named at its last one.
        quoted = marked(quote.text, quote.marks, limit)
        is_last = at + 1 == len(hit.quotes) or hit.quotes[at + 1].section != quote.section
        written = f"{written} {ELLIPSIS} {quoted}" if written else quoted
        if quoted and is_last:
            written = f"{written} {literal(wording.quoted_from(quote))}"
        limit -= len(quoted)
    return written or None


def _all_controls(record: Record) -> Controls:
    """What can be done with an opened record."""
    journal = plain(record.journal.title or "") if record.journal else ""
    query = _field("journal", journal)
    from_journal = buttons.button("More from this journal", buttons.MORE_JOURNAL, q=query)
    more = [_similar(record), _more_by_author(record), from_journal if journal else None]
    choices = [*_reading(record), _save(record), *more, *_corrections(record)]
    return Controls(choices, in_row=True)


def _reading(record: Record) -> list[ButtonElement | None]:
    read = buttons.button("Abstract", buttons.ABSTRACT, id=record.id)
    cite = buttons.button("Cite", buttons.CITE, id=record.id)
    return [read, cite] if has_abstract(record) else [cite]


def _save(record: Record) -> ButtonElement | None:
    return buttons.button("Save", buttons.SAVE, id=record.id)


def _similar(record: Record) -> ButtonElement | None:
    return buttons.button("More like this", buttons.SIMILAR, q=f"similar {record.id}")


def _corrections(record: Record) -> list[ButtonElement | None]:
    return [
        buttons.button("Wrong tag", buttons.WRONG_TAG, id=record.id),
        buttons.button("Report an error", buttons.REPORT, id=record.id),
    ]


def _check(record: Record) -> ButtonElement | None:
    """Looks for retractions and corrections; without a DOI or PMID that cannot be done."""
    named = record.doi or (f"PMID {record.pmid}" if record.pmid else None)
    return buttons.button("Check", f"{buttons.ASK}:1", q=f"check {named}") if named else None


def _more_by_author(record: Record) -> ButtonElement | None:
    """The first author who can be told from others, by ORCID or else by name."""
    for person in record.contributors:
        name = plain(person.display_name or "")
        label = f"More by {name}" if name else "More by this author"
        if person.orcid or name:
            query = person.orcid or _field("author", name)
            return buttons.button(label, buttons.MORE_AUTHOR, q=query)
    return None


def _field(name: str, value: str) -> str:
    """A filter of the query language, its value in quotes."""
    return f'{name}:"{fit(value.replace(chr(34), ""), 80)}"'


def _ways_in(missing: Sequence[Identifier]) -> list[str]:
    """What fetches the works that are not stored; journals and people cannot be fetched."""
    works = [_typed(each) for each in missing if each.scheme in fetchable()]
    return [f"add {' '.join(works)}"] if works else []


def _typed(identifier: Identifier) -> str:
    """An identifier as it is typed so that it can only be that."""
    if identifier.scheme is Scheme.ORA:
        return f"uuid:{identifier.value}"
    if identifier.scheme in _TELLING:
        return identifier.value
    return f"{wording.scheme(identifier)} {fit(identifier.value, 120)}"
