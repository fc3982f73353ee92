"""The card of a record: compact in lists, full for a lookup."""

from collections.abc import Mapping

from slack_sdk.models.blocks import Block, ButtonElement

from bot.markup import plain
from bot.models import Answer, Hit, Record
from bot.views import buttons, details, wording
from bot.views.message import Audience, Message
from bot.views.mrkdwn import bold, fit, link, literal, marked, prose
from bot.views.parts import context, lines, section, sections

# A quote of two or three sentences; longer ones are cut.
LONGEST_QUOTE = 420
_MOST_AUTHORS = 10
_NO_ABSTRACT = "No abstract held"


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
        blocks += buttons.actions(f"card:{number}", _card_buttons(record))
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
                    _quote(hit)[1],
                )
            )
        ),
        *sections(line.mrkdwn for line in known),
        context(lines(literal(line) for line in origin)),
    ]
    if why := wording.why(hit):
        blocks.insert(1, context(literal(why)))
    if audience is not Audience.TERMINAL:
        blocks += buttons.actions("card", [*_card_buttons(record), *_more_buttons(record)])
    return Message(_full_text(answer, [line.text for line in known], origin), tuple(blocks))


def not_found(answer: Answer, audience: Audience) -> Message:
    """A well-formed identifier that is not held: said, with its own address and what to try."""
    asked = [i for i in answer.understood.identifiers if i.valid] or []
    named = [details.identifier(i) for i in asked[:5]] or [literal(fit(answer.query, 120))]
    plain_names = [details.identifier_text(i) for i in asked[:5]] or [fit(answer.query, 120)]
    notes = [fit(note, 200) for note in answer.understood.notes[:5]]
    said = "is not in this store" if len(named) == 1 else "are not in this store"
    end = "It may exist: the link goes to its own page." if asked else ""
    blocks: list[Block] = [
        section(lines((f"{', '.join(named)} {said}. {end}".strip(), *(prose(n) for n in notes))))
    ]
    blocks += buttons.actions(
        "suggestions", buttons.ask_buttons([(s, s) for s in answer.suggestions])
    )
    tries = [f"Try: {s}" for s in answer.suggestions[: buttons.MOST_ASKS]]
    del audience  # the same for all: nothing here is private
    return Message(lines((f"{', '.join(plain_names)} {said}.", *notes, *tries)), tuple(blocks))


def _title(record: Record) -> str:
    return bold(link(wording.home(record), wording.title(record)))


def _banner(record: Record) -> str | None:
    said = wording.banner(record)
    return bold(literal(said)) if said else None


def _notice_links(record: Record) -> str | None:
    linked = [link(url, label) for label, url in wording.notice_links(record)[:3]]
    return " · ".join(linked) or None


def _quote(hit: Hit) -> tuple[str, str]:
    """The quoted sentences as (plain text, mrkdwn), or that no abstract is held."""
    if not _has_abstract(hit.record):
        return _NO_ABSTRACT, _NO_ABSTRACT
    if hit.quote is None:
        return "", ""
    said, written = marked(hit.quote.text, hit.quote.marks, LONGEST_QUOTE)
    if not said:
        return "", ""
    where = wording.quoted_from(hit)
    return f"{said} {where}", f"{written} {literal(where)}"


def _has_abstract(record: Record) -> bool:
    return bool(record.abstract or record.sections)


def _card_buttons(record: Record) -> list[ButtonElement | None]:
    read = buttons.button("Abstract", buttons.ABSTRACT, id=record.id)
    cite = buttons.button("Cite", buttons.CITE, id=record.id)
    return [read if _has_abstract(record) else None, cite]


def _more_buttons(record: Record) -> list[ButtonElement | None]:
    journal = plain(record.journal.title or "") if record.journal else ""
    return [
        _more_by_author(record),
        buttons.button("More from this journal", buttons.MORE_JOURNAL, q=_field("journal", journal))
        if journal
        else None,
        buttons.link_button("Publisher copy", wording.doi_address(record)),
        buttons.link_button("Access document", record.access.url, f"{buttons.LINK}:1"),
    ]


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
            _quote(hit)[0],
            wording.why(hit),
        )
    )
    return lines((head, *known, *origin))
