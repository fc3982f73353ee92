# ruff: noqa: E501 - one question after another
"""One file and one line: a command brings everything about itself, and everything follows."""

import pytest

from bot.app.cli.readme import commands_table
from bot.records.answers import Answer
from bot.search.describing import describe_query
from bot.search.query.forms import Form
from handlers.command import Command, Context
from handlers.commands import COMMANDS
from handlers.router import Reply, Request, Router, Surface
from handlers.views.message import Message
from handlers.views.parts import section


def ran(context: Context) -> Reply:
    """Repeat what it was about."""
    answer = Answer(
        query=context.query.text, understood=describe_query(context.query, context.query.action)
    )
    return Reply(answer, Message((section(f"toy about {context.query.subject}"),)))


TOY = Command(
    run=ran,
    words="shelve TERM",
    summary="Put a term on the shelf",
    example="shelve MDSC",
    aliases=("put away",),
    patterns=(r"where do (?:we|i) put (?P<subject>.{1,80})\?",),
    also=(Form("shelves", r"(?:show )?(?:the )?shelves"),),
    takes_subject=True,
    needs=lambda context: any(part.recognised for part in context.query.parts),
)


@pytest.fixture
def toy(router: Router) -> Router:
    return Router(router.services, (*COMMANDS, TOY))


@pytest.mark.parametrize(
    ("text", "action", "subject"),
    [
        ("shelve MDSC", "shelve", "MDSC"),
        ("please shelve MDSC, thanks", "shelve", "MDSC"),
        ("Put away regulatory T cells", "shelve", "regulatory T cells"),
        ("where do we put macrophages?", "shelve", "macrophages"),
        ("show the shelves", "shelves", ""),
    ],
)
def test_a_new_command_is_read_in_all_its_forms(
    toy: Router, text: str, action: str, subject: str
) -> None:
    reply = toy.answer(Request(text, Surface.DIRECT))
    assert reply.answer.understood.action == action
    assert reply.message.text == f"toy about {subject}"


@pytest.mark.parametrize("text", ["shelve xyzzy", "shelve-life of vectors", "shelves of bone"])
def test_where_its_object_does_not_resolve_the_words_are_searched(toy: Router, text: str) -> None:
    assert toy.read(Request(text, Surface.DIRECT), None).query.action == "search"


def test_its_subject_is_read_as_a_search(toy: Router) -> None:
    query = toy.read(Request("shelve MDSC", Surface.DIRECT), None).query
    assert [p.recognised.concepts for p in query.parts if p.recognised] == [
        ("myeloid-derived-suppressor-cells",)
    ]


def test_a_slip_in_its_name_is_searched_and_it_is_named(toy: Router) -> None:
    query = toy.read(Request("shelwe MDSC", Surface.DIRECT), None).query
    assert query.action == "search"
    assert query.notes == ("For the command, type: shelve MDSC",)


def test_help_and_the_readme_list_it(toy: Router) -> None:
    assert (
        "shelve TERM — Put a term on the shelf"
        in toy.answer(Request("help commands", Surface.DIRECT)).message.text
    )
    assert (
        "Put a term on the shelf" in toy.answer(Request("help shelve", Surface.DIRECT)).message.text
    )
    assert "| `/tme shelve MDSC` | Put a term on the shelf |" in commands_table((*COMMANDS, TOY))


@pytest.mark.parametrize(
    ("toy", "kept"),
    [
        (Command(run=ran, words="toy", opens_record=True), True),
        (Command(run=ran, words="toy"), True),
        (Command(run=ran, words="toy", lists_records=True), False),
    ],
)
def test_only_a_list_takes_the_place_of_a_list(router: Router, toy: Command, kept: bool) -> None:
    """ "Cite the third one" follows "cite the second one"; after a list of one, it is a new list."""
    listing = router.answer(Request("macrophages", Surface.DIRECT)).answer
    shown = router.conversation(listing, None)
    assert shown is not None
    one = listing.model_copy(
        update={
            "hits": listing.hits[1:2],
            "understood": listing.understood.model_copy(update={"action": "toy"}),
        }
    )
    after = Router(router.services, (*COMMANDS, toy)).conversation(one, shown) or shown
    assert (after.record_ids == shown.record_ids) is kept
    assert after.opened == (one.hits[0].record.id if toy.opens_record else "")
