"""What `add` found: previews with a button each, what is here already, and what nobody knows."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, ButtonElement

from bot.harvest.adding import Outcome, Sought
from bot.records.answers import Hit
from bot.search.query import LONGEST
from handlers.views import buttons, details, origins, records
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, literal, prose
from handlers.views.parts import context, lines, section

_SAID = {
    Outcome.STORED: "already here",
    Outcome.FOUND: "found",
    Outcome.ADDED: "added",
    Outcome.UNKNOWN: "unknown",
    Outcome.FAILED: "could not be looked up",
}
# In this order in the first line: what was asked for before what went wrong.
_ORDER = (Outcome.ADDED, Outcome.FOUND, Outcome.STORED, Outcome.UNKNOWN, Outcome.FAILED)
_MOST_WORDS = 5
_LONGEST_REASON = 300


def added(
    sought: Sequence[tuple[Sought, Hit | None]],
    others: Sequence[str],
    notes: Sequence[str],
    audience: Audience,
) -> Message:
    """The outcome for each identifier, with the card of its record where there is one.

    `others` are words that are no identifier, `notes` lines to say first.
    """
    outcomes = [each.outcome for each, _ in sought]
    counts = [f"{outcomes.count(o)} {_SAID[o]}" for o in _ORDER if o in outcomes]
    head, remarks = " · ".join(counts), [prose(fit(note, 200)) for note in notes]
    blocks: list[Block] = [section(lines((bold(literal(head)), *remarks)))]
    for number, (each, hit) in enumerate(sought, start=1):
        blocks += _blocks(each, hit, number, audience)
    found = [each for each, _ in sought if each.outcome is Outcome.FOUND]
    if len(found) > 1 and audience is not Audience.TERMINAL:
        blocks += buttons.actions("add:all", [_button(found, f"Add all {len(found)}", len(sought))])
    if found and audience is Audience.TERMINAL:
        typed = f"To add: add now {' '.join(each.identifier.value for each in found)}"
        blocks.append(section(literal(typed)))
    if others:
        left = f"Not read as a DOI, PMID, NCT number or the like: {_quoted(others)}"
        blocks.append(context(literal(left)))
    return Message(tuple(blocks))


def _quoted(words: Sequence[str]) -> str:
    shown = ", ".join(f"“{fit(word, 40)}”" for word in words[:_MOST_WORDS])
    more = len(words) - _MOST_WORDS
    return f"{shown} and {more} more" if more > 0 else shown


def _blocks(each: Sought, hit: Hit | None, number: int, audience: Audience) -> list[Block]:
    if hit is None:
        return [section(_missing(each))]
    # A record that is not in the store has nothing that its buttons could ask for.
    is_stored = each.outcome is not Outcome.FOUND
    controls = records.controls(hit.record, audience) if is_stored else buttons.NO_CONTROLS
    blocks = records.brief_card(hit, number, controls, below=_origin(each, hit))
    if not is_stored and audience is not Audience.TERMINAL:
        blocks += buttons.actions(f"add:{number}", [_button([each], "Add", number)])
    return blocks


def _origin(each: Sought, hit: Hit) -> str:
    """Where it is, and which sources say so, as mrkdwn."""
    standing = {
        Outcome.STORED: "Already in this store",
        Outcome.FOUND: "Not in this store yet",
        Outcome.ADDED: "Added to this store",
    }[each.outcome]
    sources = origins.sources(hit.record.provenance, 2)
    return " · ".join((standing, *sources))


def _missing(each: Sought) -> str:
    """A line of mrkdwn on an identifier without a record, its own link first."""
    name = details.identifier(each.identifier)
    if each.outcome is Outcome.FAILED:
        return f"{name} could not be looked up. {prose(fit(each.reason, _LONGEST_REASON))}"
    names = [origins.source_name(source) for source in each.sources]
    if not names:
        return f"{name}: no source here can be asked for it. The link goes to its own page."
    unknown = f"{name} is not known to {prose(_either(names))}."
    return f"{unknown} It may exist: the link goes to its own page."


def _either(names: Sequence[str]) -> str:
    """Names as people list them: "PubMed, Crossref or DataCite"."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _button(found: Sequence[Sought], label: str, number: int) -> ButtonElement | None:
    """Adds these: it asks `add now` for them, so it works after a restart and from any process."""
    query = f"add now {' '.join(_spoken(each) for each in found)}"
    # What is longer than a question may be would be refused.
    if len(query) > LONGEST:
        return None
    return buttons.button(label, f"{buttons.ASK}:{number}", q=query)


def _spoken(each: Sought) -> str:
    """An identifier as `add` reads it: with its kind, where the value alone does not show it."""
    identifier = each.identifier
    return f"{identifier.scheme.value}:{identifier.value}"
