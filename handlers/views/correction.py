"""Correcting the tags of a record: the window, what it leads to, and the list of corrections."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    OptionGroup,
    PlainTextInputElement,
    StaticMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.curation.corrections import LONGEST_COMMENT, Corrected
from bot.records.models import Record
from bot.store.corrections import TagCorrection
from bot.store.overlay import BY_HAND
from bot.text.markup import plain
from bot.vocabulary import Vocabulary
from handlers.views import buttons, wording
from handlers.views.message import Audience, Message
from handlers.views.mrkdwn import bold, fit, link, literal, person
from handlers.views.parts import context, lines, section

TITLE = "Wrong tag"
CALLBACK = "wrong_tag"
WRONG, MISSING, COMMENT = "wrong", "missing", "comment"
# Slack's limits: boxes in a group, options in a menu.
_MOST_BOXES, _MOST_OPTIONS = 10, 100
MOST_LISTED = 10
REACH = (
    "This changes what your workspace sees, at once: cards, filters, counts, evidence, the map."
    " The shared record stays as it is, and words in its text are still found as words."
)
_NONE_YET = "Your workspace has corrected no tag. ⋯ → Wrong tag on a card does."
_NONE_YET_TYPED = "No tag was corrected. `tme corrections add --help` says how it is done."
_UNDO_TYPED = "`tme corrections undo NUMBER` undoes one."


def modal(record: Record, vocabulary: Vocabulary, earlier: Sequence[TagCorrection]) -> View:
    """The window that asks which tag is wrong, or which concept is missing."""
    labels = {concept.id: concept.label for concept in vocabulary.concepts.values()}
    blocks: list[Block] = [section(bold(link(wording.home(record), wording.title(record))))]
    if record.concepts:
        blocks.append(_input(WRONG, "Which tags are wrong?", _tags(record, labels)))
    else:
        blocks.append(section("This record has no tags yet."))
    blocks.append(_input(MISSING, "Which concepts are missing?", _others(record, vocabulary)))
    comment = PlainTextInputElement(action_id=COMMENT, multiline=True, max_length=LONGEST_COMMENT)
    blocks.append(_input(COMMENT, "Comment", comment))
    before = [_made(each, labels, Audience.PRIVATE) for each in earlier[:MOST_LISTED]]
    blocks.append(context(lines((*(f"Before: {each}" for each in before), REACH))))
    return View(
        type="modal",
        callback_id=CALLBACK,
        title=TITLE,
        submit="Correct",
        close="Cancel",
        private_metadata=buttons.pack(id=record.id),
        blocks=blocks,
    )


def done(record: Record, corrections: Sequence[TagCorrection], labels: Mapping[str, str]) -> View:
    """What the window becomes once the correction is kept."""
    changed = [f"• {_change(each, labels)}" for each in corrections]
    undo = buttons.button("Undo", buttons.UNDO_CORRECTION, n=[each.id for each in corrections])
    blocks: list[Block] = [
        section(lines((f"Corrected {bold(literal(wording.title(record)))}:", *changed))),
        *buttons.actions("undo", [undo]),
        context(f"{REACH} `/tme corrections` lists them."),
    ]
    return View(type="modal", title=TITLE, close="Close", blocks=blocks)


def undone() -> View:
    """What the window becomes once the correction is undone."""
    blocks = [section("Undone: the record has the tags that the bot gave it.")]
    return View(type="modal", title=TITLE, close="Close", blocks=blocks)


def listed(
    corrections: Sequence[Corrected],
    labels: Mapping[str, str],
    audience: Audience,
) -> Message:
    """The newest corrections of a workspace, each with a button that undoes it."""
    shown = corrections[:MOST_LISTED]
    head = f"{wording.count(len(corrections), 'correction')} of tags, for your workspace alone"
    in_terminal = audience is Audience.TERMINAL
    none_yet = _NONE_YET_TYPED if in_terminal else _NONE_YET
    blocks: list[Block] = [section(bold(head) if shown else none_yet)]
    for each in shown:
        undo = buttons.button("Undo", buttons.UNDO_CORRECTION, n=[each.correction.id], list=True)
        quiet = audience in (Audience.TERMINAL, Audience.PUBLIC)
        blocks.append(section(_of(each, labels, audience), accessory=None if quiet else undo))
    more = len(corrections) - len(shown)
    rest = [f"+{more} earlier: `tme corrections` in a terminal lists all."] if more > 0 else []
    rest += [_UNDO_TYPED] if shown and in_terminal else []
    return Message((*blocks, *map(context, rest)))


def _of(each: Corrected, labels: Mapping[str, str], audience: Audience) -> str:
    """A correction with its record."""
    record = each.record
    title = fit(wording.title(record), 120) if record else "deleted record"
    linked = link(wording.home(record), title) if record else title
    number = f"{each.correction.id}. " if audience is Audience.TERMINAL else ""
    return f"{number}{_made(each.correction, labels, audience)}\n{linked}"


def _made(each: TagCorrection, labels: Mapping[str, str], audience: Audience) -> str:
    """What was corrected, by whom and when.

    Where many read, nobody is mentioned: a mention would call them.
    """
    comment = fit(plain(each.comment), 200)
    quoted = literal(f"“{comment}”") if comment else ""
    who = "" if audience is Audience.PUBLIC else f"by {person(each.user)}"
    parts = (_change(each, labels), who, f"on {wording.day(each.at)}", quoted)
    return " ".join(part for part in parts if part)


def _change(each: TagCorrection, labels: Mapping[str, str]) -> str:
    label = bold(literal(wording.spoken(each.concept, labels)))
    return f"{label} {'removed' if each.wrong else 'added'}"


def _input(block_id: str, label: str, element: InputInteractiveElement) -> InputBlock:
    return InputBlock(
        block_id=block_id, label=buttons.label_text(label), element=element, optional=True
    )


def _tags(record: Record, labels: Mapping[str, str]) -> InputInteractiveElement:
    """The tags of a record, each with the words that earned it."""
    options = [
        Option(
            value=tag.concept,
            text=buttons.label_text(wording.spoken(tag.concept, labels)),
            description=buttons.label_text(_earned(tag.field, plain(tag.words))),
        )
        for tag in record.concepts[:_MOST_OPTIONS]
    ]
    if len(options) <= _MOST_BOXES:
        return CheckboxesElement(action_id=WRONG, options=options)
    placeholder = buttons.label_text("Choose tags")
    return StaticMultiSelectElement(action_id=WRONG, placeholder=placeholder, options=options)


def _earned(field: str, words: str) -> str:
    return "added by your team" if field == BY_HAND else f"“{fit(words, 45)}” ({field})"


def _others(record: Record, vocabulary: Vocabulary) -> StaticMultiSelectElement:
    """The concepts that a record is not tagged with, facet by facet, all of each."""
    tagged = {tag.concept for tag in record.concepts}
    groups = []
    for facet in vocabulary.facets:
        concepts = sorted(
            (c for c in vocabulary.concepts.values() if c.facet == facet.id and c.id not in tagged),
            key=lambda c: c.label.casefold(),
        )
        for start in range(0, len(concepts), _MOST_OPTIONS):
            some = concepts[start : start + _MOST_OPTIONS]
            # A large facet is several groups: "Cancer, A to M", "Cancer, M to W".
            letters = f", {some[0].label[0].upper()} to {some[-1].label[0].upper()}"
            label = facet.label + (letters if len(concepts) > _MOST_OPTIONS else "")
            options = [Option(value=c.id, text=buttons.label_text(c.label)) for c in some]
            groups.append(OptionGroup(label=buttons.label_text(label), options=options))
    return StaticMultiSelectElement(
        action_id=MISSING, placeholder=buttons.label_text("Choose concepts"), option_groups=groups
    )
