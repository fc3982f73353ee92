"""The card of a record: compact in lists, full for a lookup."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block, ButtonElement, InteractiveElement

from bot.records import identifiers
from bot.records.models import Answer, Hit, Identifier, Quote, Record, Scheme, unique
from bot.sources import fetchable
from bot.text.markup import plain
from handlers.views import buttons, details, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import ELLIPSIS, bold, fit, link, literal, marked, prose
from handlers.views.parts import context, lines, section, sections

# How many characters of an abstract are quoted on a card of a list, a brief one, and a full one.
LONGEST_QUOTE = 420
_LONGEST_BRIEF = 220
_LONGEST_FULL = 1_050
# Less room than this is not worth beginning another quote for.
_SHORTEST_QUOTE = 40
_MOST_AUTHORS = 10
_NEGATIVE = "✗ A negative result, in its own words:"
_NO_ABSTRACT = "No abstract held"
_MOST_NAMED = 5
# Identifiers that say by themselves what they are.
_TELLING = frozenset((Scheme.DOI, Scheme.PMCID, Scheme.NCT))
_BY_TITLE = "Its DOI or title may be held: paste that."
# What helps where the records of a person or a journal do not name its identifier.
_OTHER_WAYS = {
    Scheme.ORCID: "Many records name people without their ORCID iD: `author:sharma` finds a name.",
    Scheme.ISSN: 'Many records name a journal without its ISSN: `journal:"cancer cell"` finds it.',
}


def compact_blocks(hit: Hit, number: int, audience: Audience) -> list[Block]:
    """One card of a list: at most three blocks and about 1,600 characters."""
    record = hit.record
    _, quote = _quote(hit)
    why = wording.why(hit)
    body = lines(
        (
            _banner(record),
            f"{number}. {_title(record)}",
            literal(wording.facts(record)),
            literal(wording.trust(record)),
            quote,
        )
    )
    blocks: list[Block] = [section(body)]
    if why:
        blocks.append(context(literal(why)))
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions(f"card:{number}", [*_card_buttons(record), menu(record)])
    return blocks


def compact_text(hit: Hit, number: int) -> str:
    """The same card as plain text, the address of the record on a line of its own."""
    record = hit.record
    quote, _ = _quote(hit)
    return lines(
        (
            wording.banner(record),
            f"{number}. {wording.title(record)}",
            wording.home(record),
            wording.facts(record),
            wording.trust(record),
            quote,
            wording.why(hit),
        )
    )


def brief_blocks(
    hit: Hit,
    number: int,
    audience: Audience,
    *,
    failure: Quote | None = None,
    row: Sequence[InteractiveElement | None] | None = None,
) -> list[Block]:
    """A shorter card, for lists of ten: at most two blocks and about 800 characters.

    `failure` is the sentence in which a study reports a negative result, shown as the quote; `row`
    are the buttons, where they are others than a card's.
    """
    record = hit.record
    _, quote = _brief_quote(hit, failure)
    body = lines(
        (
            _banner(record),
            f"{number}. {_title(record)}",
            literal(wording.facts(record)),
            literal(wording.trust(record)),
            quote,
        )
    )
    blocks: list[Block] = [section(body)]
    if audience is not Audience.TERMINAL:
        shown = [*_card_buttons(record), menu(record)] if row is None else row
        blocks += buttons.actions(f"card:{number}", shown)
    return blocks


def brief_text(hit: Hit, number: int, *, failure: Quote | None = None) -> str:
    """The shorter card as plain text."""
    record = hit.record
    quote, _ = _brief_quote(hit, failure)
    return lines(
        (
            wording.banner(record),
            f"{number}. {wording.title(record)}",
            wording.home(record),
            wording.facts(record),
            wording.trust(record),
            quote,
        )
    )


def _brief_quote(hit: Hit, failure: Quote | None) -> tuple[str, str]:
    if failure is None:
        return _quote(hit, _LONGEST_BRIEF)
    said, written = marked(failure.text, failure.marks, _LONGEST_BRIEF)
    where = "(title)" if failure.section == "title" else wording.quoted_from(failure)
    return f"{_NEGATIVE} {said} {where}", f"{_NEGATIVE} {written} {literal(where)}"


def full(answer: Answer, audience: Audience, labels: Mapping[str, str] | None = None) -> Message:
    """The full card of the first record of an answer to a lookup.

    `labels` maps the ids of concepts to their labels. Raises ValueError without a record.
    """
    if not answer.hits:
        raise ValueError("a full card needs a record")
    hit = answer.hits[0]
    record = hit.record
    known = details.details(record, labels)
    origin = details.origin(record)
    blocks: list[Block] = [
        section(
            lines(
                (
                    *(prose(fit(note, 200)) for note in answer.understood.notes[:3]),
                    _banner(record),
                    _notice_links(record),
                    _title(record),
                    literal(wording.facts(record, full=True)),
                    literal(wording.trust(record)),
                    _quote(hit, _LONGEST_FULL)[1],
                )
            )
        ),
        *sections(line.mrkdwn for line in known),
        context(lines(literal(line) for line in origin)),
    ]
    if why := wording.why(hit):
        blocks.insert(1, context(literal(why)))
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions(
            "card", [*_card_buttons(record), *_more_buttons(record), menu(record)]
        )
    return Message(_full_text(answer, [line.text for line in known], origin), tuple(blocks))


def not_found(answer: Answer, audience: Audience) -> Message:
    """A well-formed identifier that is not held: said, with its own address and what to try."""
    asked = [i for i in answer.understood.identifiers if i.valid][:_MOST_NAMED]
    named = [details.identifier(i) for i in asked] or [literal(fit(answer.query, 120))]
    plain_names = [details.identifier_text(i) for i in asked] or [fit(answer.query, 120)]
    notes = [fit(note, 200) for note in answer.understood.notes[:5]]
    notes += unique(
        _OTHER_WAYS.get(i.scheme, _BY_TITLE) for i in asked if i.scheme not in fetchable()
    )
    said = "is not in this store" if len(named) == 1 else "are not in this store"
    addresses = [address for i in asked if (address := identifiers.url(i))]
    end = "It may exist: the link goes to its own page." if addresses else ""
    tries = [*answer.suggestions, *_ways_in(asked)][: buttons.MOST_ASKS]
    blocks: list[Block] = [
        section(lines((f"{', '.join(named)} {said}. {end}".strip(), *(prose(n) for n in notes))))
    ]
    blocks += buttons.actions("suggestions", buttons.ask_buttons([(s, s) for s in tries]))
    del audience  # the same for all: nothing here is private
    text = (
        f"{', '.join(plain_names)} {said}.",
        f"It may exist: {' '.join(addresses)}" if addresses else None,
        *notes,
        *(f"Try: {each}" for each in tries),
    )
    return Message(lines(text), tuple(blocks))


def _ways_in(missing: Sequence[Identifier]) -> list[str]:
    """What fetches the works that are not held; journals and people cannot be fetched."""
    works = [_typed(each) for each in missing if each.scheme in fetchable()]
    return [f"add {' '.join(works)}"] if works else []


def _typed(identifier: Identifier) -> str:
    """An identifier as it is typed so that it can only be that."""
    if identifier.scheme is Scheme.ORA:
        return f"uuid:{identifier.value}"
    return (
        identifier.value if identifier.scheme in _TELLING else details.identifier_text(identifier)
    )


def _title(record: Record) -> str:
    return bold(link(wording.home(record), wording.title(record)))


def _banner(record: Record) -> str | None:
    said = wording.banner(record)
    return bold(literal(said)) if said else None


def _notice_links(record: Record) -> str | None:
    linked = [link(url, label) for label, url in wording.notice_links(record)[:3]]
    return " · ".join(linked) or None


def _quote(hit: Hit, limit: int = LONGEST_QUOTE) -> tuple[str, str]:
    """The quoted sentences as (plain text, mrkdwn), or that no abstract is held."""
    if not has_abstract(hit.record):
        return _NO_ABSTRACT, _NO_ABSTRACT
    said, written = "", ""
    for at, quote in enumerate(hit.quotes):
        if said and limit < _SHORTEST_QUOTE:
            break
        # What is left out between two quotes is marked; a section is named at its last one.
        text, marked_text = marked(quote.text, quote.marks, limit)
        last = at + 1 == len(hit.quotes) or hit.quotes[at + 1].section != quote.section
        where = wording.quoted_from(quote) if last else ""
        said = f"{said} {ELLIPSIS} {text}" if said else text
        written = f"{written} {ELLIPSIS} {marked_text}" if written else marked_text
        if text and where:
            said, written = f"{said} {where}", f"{written} {literal(where)}"
        limit -= len(text)
    return said, written


def has_abstract(record: Record) -> bool:
    """Whether there is an abstract to read."""
    return bool(record.abstract or record.sections)


def _card_buttons(record: Record) -> list[ButtonElement | None]:
    read = buttons.button("Abstract", buttons.ABSTRACT, id=record.id)
    cite = buttons.button("Cite", buttons.CITE, id=record.id)
    alike = buttons.button("More like this", buttons.ASK, q=f"similar {record.id}")
    save = buttons.button("Save", buttons.SAVE, id=record.id)
    return [read if has_abstract(record) else None, cite, save, alike]


def menu(record: Record) -> InteractiveElement:
    """The ⋯ of a card."""
    return buttons.menu(
        [("Wrong tag", buttons.WRONG_TAG), ("Report an error", buttons.REPORT)], record.id
    )


def _more_buttons(record: Record) -> list[ButtonElement | None]:
    journal = plain(record.journal.title or "") if record.journal else ""
    return [
        _check(record),
        _more_by_author(record),
        buttons.button("More from this journal", buttons.MORE_JOURNAL, q=_field("journal", journal))
        if journal
        else None,
        buttons.link_button("Publisher copy", wording.doi_address(record)),
        buttons.link_button("Access document", record.access.url, f"{buttons.LINK}:1"),
    ]


def _check(record: Record) -> ButtonElement | None:
    """Asks who knows of retractions and corrections; without a DOI or PMID nobody can be asked."""
    named = record.doi or (f"PMID {record.pmid}" if record.pmid else None)
    return buttons.button("Check", f"{buttons.ASK}:1", q=f"check {named}") if named else None


def _more_by_author(record: Record) -> ButtonElement | None:
    """The first author who can be told from others, by ORCID or else by name."""
    for person in record.contributors:
        if person.orcid:
            return buttons.button("More by this author", buttons.MORE_AUTHOR, q=person.orcid)
        if name := plain(person.display_name or ""):
            query = _field("author", name)
            return buttons.button(f"More by {name}", buttons.MORE_AUTHOR, q=query)
    return None


def _field(name: str, value: str) -> str:
    """A filter of the query language, its value in quotes."""
    return f'{name}:"{fit(value.replace(chr(34), ""), 200)}"'


def _full_text(answer: Answer, known: list[str], origin: list[str]) -> str:
    hit = answer.hits[0]
    record = hit.record
    head = lines(
        (
            *(fit(note, 200) for note in answer.understood.notes[:3]),
            wording.banner(record),
            *(f"{label}: {url}" for label, url in wording.notice_links(record)[:3]),
            wording.title(record),
            wording.home(record),
            wording.facts(record, full=True),
            wording.trust(record),
            _quote(hit, _LONGEST_FULL)[0],
            wording.why(hit),
        )
    )
    return lines((head, *known, *origin))
