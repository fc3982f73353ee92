"""Lists of results, and the answer when there are none."""

import json
from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Option, PlainTextObject, SectionBlock

from bot.records.answers import Answer, Correction, Hit, Narrowing
from handlers.views import buttons, describing, results, share
from handlers.views.message import Audience, Message, written
from tests.block_check import check_message
from tests.handlers.views.samples import (
    HOSTILE_TITLE,
    HOSTILE_UNDERSTOOD,
    RECORDS,
    SEED,
    UNDERSTOOD,
    answer,
    hit,
    hostile_hit,
)


def buttons_of(message: Message) -> dict[str, dict[str, Any]]:
    """The values of the buttons outside cards, by label, after the check."""
    payload = message.payload()
    check_message(payload)
    rows = [b for b in payload["blocks"] if b["type"] == "actions"]
    outside = [row["elements"] for row in rows if not row["block_id"].startswith("card")]
    return {e["text"]["text"]: json.loads(e["value"]) for row in outside for e in row}


def head(message: Message) -> str:
    first: str = message.payload()["blocks"][0]["text"]["text"]
    return first


def test_the_header_says_what_was_understood() -> None:
    """Readings, corrections, filters and order, and how many there are."""
    given = answer(SEED, query="CAF aquired resistance", understood=UNDERSTOOD, total=14, ranked=14)
    message = results.results(given, Audience.PUBLIC)
    assert head(message).splitlines() == [
        "“CAF aquired resistance”: *14 records*",
        (
            "CAF → cancer-associated fibroblasts (not caffeine) · “aquired” read as *acquired* · "
            "of type review · since 2020 · until 2024 · open access only · newest first"
        ),
    ]
    assert buttons_of(message) == {
        "I meant caffeine": {"q": "caffeine aquired resistance"},
        "Exactly “aquired” instead": {"q": 'CAF "aquired" resistance'},
        "Next": {"q": "CAF aquired resistance", "o": 1},
    }
    assert message.text.splitlines()[0] == "“CAF aquired resistance”: 14 records"
    assert 'Exactly “aquired” instead: CAF "aquired" resistance' in message.text


@pytest.mark.parametrize(
    ("offset", "wanted"),
    [(0, {"Next"}), (5, {"Previous", "Next"}), (10, {"Previous"})],
)
def test_paging_is_offered_only_where_there_is_more(offset: int, wanted: set[str]) -> None:
    """Twelve records are three pages."""
    hits = tuple(hit(SEED) for _ in range(min(5, 12 - offset)))
    given = Answer(query="x", total=12, ranked=12, offset=offset, hits=hits)
    message = results.results(given, Audience.PUBLIC)
    assert set(buttons_of(message)) == wanted
    last = offset + len(hits)
    assert message.text.splitlines()[-1] == f"{offset + 1}–{last} of 12"
    assert f"{offset + 1}. Reprogramming" in message.text


def test_only_a_private_answer_can_be_shared() -> None:
    """[Share to channel] carries the query and the page that is seen."""
    given = answer(SEED, offset=5, ranked=6)
    for audience in Audience:
        offered = buttons_of(results.results(given, audience))
        shared = offered.get("Share to channel")
        assert shared == ({"q": "vasculature", "o": 5} if audience is Audience.PRIVATE else None)


def test_partial_matches_are_set_apart() -> None:
    """The first record that matches only partly has a rule and words before it."""
    hits = (hit(SEED), hit(SEED, strict=False), hit(SEED, strict=False))
    given = Answer(query="x", total=1, ranked=3, hits=hits)
    message = results.results(given, Audience.PUBLIC)
    kinds = [block["type"] for block in message.payload()["blocks"]]
    assert kinds.count("divider") == 1
    assert kinds.index("divider") == 4
    assert "*1 record matches; more that match partly follow*" in head(message)
    assert message.text.index("1. Repro") < message.text.index("These match partly\n")
    assert message.text.index("These match partly\n") < message.text.index("2. Repro")


def test_no_strict_match_is_said() -> None:
    """A list of partial matches does not look like an answer to everything asked."""
    given = Answer(query="x", total=0, ranked=1, hits=(hit(SEED, strict=False),))
    assert "No record matches everything; the nearest follow" in head(
        results.results(given, Audience.PUBLIC)
    )


def test_five_cards_and_no_more() -> None:
    """Slack gets five; a terminal gets what it asked for."""
    given = answer(*[SEED] * 20)
    assert results.results(given, Audience.PUBLIC).text.count("Matches:") == 5
    assert results.results(given, Audience.TERMINAL).text.count("Matches:") == 20


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.TERMINAL])
@pytest.mark.parametrize("name", RECORDS)
def test_any_records_and_questions_can_be_shown(name: str, audience: Audience) -> None:
    """The worst of everything at once stays within every limit and pings nobody."""
    record = RECORDS[name]
    for found in (hit(record), hostile_hit(record), Hit(record=record, score=0, strict=False)):
        for query in ("x", HOSTILE_TITLE * 9, "&" * 1200, '"' * 1200, " "):
            given = Answer(
                query=query,
                understood=HOSTILE_UNDERSTOOD,
                total=3,
                ranked=10**6,
                offset=10**5,
                hits=(found,) * 5,
                suggestions=(HOSTILE_TITLE, query, "&" * 1200) * 3,
            )
            message = results.results(given, audience)
            buttons_of(message)
            assert "<!" not in message.text
            check_message(share.shared(message, "U01", query).payload(), allowed=("<@U01>",))


def test_no_results_is_not_a_dead_end() -> None:
    """What was understood, the nearest spellings, which filter to drop."""
    given = Answer(
        query="CAF aquired resistence",
        understood=UNDERSTOOD,
        suggestions=("CAF acquired resistance",),
    )
    message = results.no_results(given, Audience.PRIVATE)
    assert head(message).splitlines() == [
        "No record matches “CAF aquired resistence”.",
        "Looked for: cancer associated fibroblasts",
        (
            "CAF → cancer-associated fibroblasts (not caffeine) · “aquired” read as *acquired* · "
            "of type review · since 2020 · until 2024 · open access only · newest first"
        ),
        (
            "Drop one of these filters for more: of type review; since 2020; until 2024; "
            "open access only."
        ),
    ]
    assert list(buttons_of(message)) == [
        "I meant caffeine",
        "Exactly “aquired” instead",
        "CAF acquired resistance",
    ]
    assert "Try: CAF acquired resistance" in message.text


def test_no_results_for_anything_can_be_shown() -> None:
    """Hostile questions are quoted, not obeyed; one filter or none is said in other words."""
    given = Answer(
        query="&" * 1200, understood=HOSTILE_UNDERSTOOD, suggestions=(HOSTILE_TITLE,) * 9
    )
    buttons_of(results.no_results(given, Audience.PUBLIC))
    plain = results.no_results(Answer(query="x"), Audience.PUBLIC).text
    assert plain == "No record matches “x”.\nFewer or more general words find more."
    one = Answer.model_validate({"query": "x", "understood": {"filters": {"author": "müller"}}})
    assert "Without the filter “by müller”" in results.no_results(one, Audience.PUBLIC).text


@pytest.mark.parametrize(
    ("query", "typed", "wanted"),
    [
        ("CAF aquired", "aquired", 'CAF "aquired"'),
        ("Aquired x", "aquired", '"Aquired" x'),
        ('"aquired x" aquired', "aquired", '"aquired x" "aquired"'),
        ('"aquired x"', "aquired", None),
        ("reaquired", "aquired", None),
        ("", "", None),
        ("a+b", "a+b", '"a+b"'),
    ],
)
def test_a_word_can_be_asked_for_exactly(query: str, typed: str, wanted: str | None) -> None:
    """The typed word is put in quotes where it stands; where it does not, nothing is offered."""
    assert describing.exactly(query, typed) == wanted


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"open_access": True, "peer_reviewed": True}, ["open access only", "peer reviewed only"]),
        ({"retracted": False}, ["not retracted"]),
        ({"has": ("abstract",)}, ["with an abstract"]),
        ({"author": ("müller", "chen")}, ["by müller, chen"]),
        ({"journal": "cancer cell"}, ["in cancer cell"]),
        ({"new_thing": 3}, ["new thing: 3"]),
    ],
)
def test_filters_are_named_in_words(filters: dict[str, Any], wanted: list[str]) -> None:
    """Also those that this view has not heard of."""
    given = Answer.model_validate({"query": "x", "understood": {"filters": filters}})
    assert describing.filters(given.understood) == wanted


def test_sharing_names_the_asker_and_drops_the_button() -> None:
    """Everyone sees who asked what; nobody can share it again."""
    private = results.results(answer(SEED, ranked=9), Audience.PRIVATE)
    shared = share.shared(private, "U01ALICE", "vasculature <!channel>")
    payload = shared.payload()
    check_message(payload, allowed=("<@U01ALICE>",))
    first = payload["blocks"][0]["elements"][0]["text"]
    assert first == "<@U01ALICE> asked: vasculature &lt;!channel&gt;"
    assert payload["text"].startswith("<@U01ALICE> asked: vasculature &lt; !channel&gt;")
    assert "share" not in json.dumps(payload["blocks"])
    assert '"next"' in json.dumps(payload["blocks"])


def test_a_name_that_is_no_id_is_text() -> None:
    """Only a user id becomes a mention."""
    message = share.shared(results.results(answer(SEED), Audience.PRIVATE), "<!here>", "x")
    check_message(message.payload())


def test_a_correction_without_its_word_has_no_button() -> None:
    """Where the typed word cannot be found, nothing is offered that would not work."""
    given = answer(SEED, understood={"corrected": (Correction(typed="zzz", used="y"),)})
    assert buttons_of(results.results(given, Audience.PUBLIC)) == {}


@pytest.mark.parametrize(
    ("total", "ranked", "wanted"),
    [
        (1, 1, "1 of 1"),
        (18, 28, "1 of 18; then 10 that match partly"),
        (1_948, 100, "1 of the first 100"),
        (100, 100, "1 of 100"),
    ],
)
def test_what_is_counted_at_the_end_agrees_with_the_head(
    total: int, ranked: int, wanted: str
) -> None:
    """Partial matches and what cannot be paged to are no part of "18 records"."""
    message = results.results(answer(SEED, total=total, ranked=ranked), Audience.PUBLIC)
    assert wanted in message.text.splitlines()


def controls_of(message: Message) -> int:
    return sum(map(buttons.how_many, message.blocks))


@pytest.mark.parametrize("cards", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.TERMINAL])
def test_an_answer_has_a_dozen_controls_and_every_card_has_some(
    cards: int, audience: Audience
) -> None:
    """With pages on both sides, other senses, narrower lists and sharing."""
    narrower = tuple(Narrowing(label=f"n{n}", query=f"q{n}", count=n) for n in range(6))
    for records in ((SEED,) * cards, (RECORDS["with only a title"],) * cards):
        given = answer(
            *records,
            query="CAF aquired",
            understood=UNDERSTOOD,
            offset=5,
            ranked=30,
            narrower=narrower,
            suggestions=("a", "b", "c", "d"),
        )
        message = results.results(given, audience)
        blocks = message.payload()["blocks"]
        assert cards <= controls_of(message) <= buttons.MOST_CONTROLS
        heads = [b for b in blocks if str(b.get("block_id")).startswith("card:")]
        rows = [b for b in heads if b["type"] == "actions"]
        assert len(rows) + sum("accessory" in b for b in heads) == cards
        assert all(len(row["elements"]) <= 4 for row in rows)


def test_as_many_cards_have_their_buttons_in_a_row_as_a_dozen_allows() -> None:
    """The first ones; the others keep theirs in the ⋯."""
    for cards, audience, wanted in (
        (1, Audience.PRIVATE, 1),
        (2, Audience.PRIVATE, 2),
        (3, Audience.PUBLIC, 2),
        (5, Audience.PUBLIC, 2),
        (5, Audience.PRIVATE, 1),
    ):
        given = answer(*[SEED] * cards, ranked=30)
        blocks = results.results(given, audience).payload()["blocks"]
        rows = [b for b in blocks if b["type"] == "actions" and b["block_id"] != "paging"]
        assert len(rows) == wanted, (cards, audience)


def test_blocks_are_written_as_the_library_writes_them() -> None:
    """Only quicker: the same keys and values, and the library's own checks."""
    message = results.results(answer(*RECORDS.values(), total=14), Audience.PUBLIC)
    assert message.payload()["blocks"] == [block.to_dict() for block in message.blocks]
    with pytest.raises(SlackObjectFormationError):
        written(SectionBlock())


@pytest.mark.parametrize(
    "option",
    [
        Option(text=PlainTextObject(text="Abstract", emoji=False), value="a"),
        Option(text="Abstract", value="a", description="What it says"),
        Option(text="Abstract", value="a", url="https://example.org"),
        Option(label="Abstract", value="a"),
    ],
)
def test_lines_of_menus_are_written_as_the_library_writes_them(option: Option) -> None:
    """Words and a value without a look through all that it has; everything else as it does."""
    assert written(option) == option.to_dict()


def test_a_line_of_a_menu_is_checked() -> None:
    with pytest.raises(SlackObjectFormationError):
        written(Option(text="Abstract", value="a" * 151))
