"""The plain text of an answer is read off its blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import HeaderBlock, ImageBlock, SectionBlock

from handlers.views import buttons
from handlers.views.message import Message
from handlers.views.mrkdwn import literal
from handlers.views.parts import code_block, context, divider, section
from handlers.views.plaintext import plain_text

DOI = "https://doi.org/10.1/x"


def of(mrkdwn: str) -> str:
    return Message((section(mrkdwn),)).text


@pytest.mark.parametrize(
    ("mrkdwn", "wanted"),
    [
        (f"*<{DOI}|A title>*", f"A title\n{DOI}"),
        (f"12. *<{DOI}|A title>*\nfacts", f"12. A title\n{DOI}\nfacts"),
        (f"Chen R · <{DOI}|free at PMC>", f"Chen R · free at PMC ({DOI})"),
        (f"DOI <{DOI}|10.1/x> is not stored", f"DOI {DOI} is not stored"),
        (f"<{DOI}|one> · <https://a.b/c/|c>", f"one ({DOI}) · https://a.b/c/"),
        ("type `next`, *then* wait", "type `next`, then wait"),
        ("by <@U01ALICE> in <#C01LAB>", "by @U01ALICE in #C01LAB"),
        ("p &lt; 0.05 &amp; HLA-A*02:01", "p < 0.05 & HLA-A*02:01"),
        ("&lt;!channel&gt;", "< !channel>"),
    ],
)
def test_mrkdwn_is_read_as_it_is_shown(mrkdwn: str, wanted: str) -> None:
    """The address of a link is never lost; of a title it has a line of its own."""
    assert of(mrkdwn) == wanted


def test_blocks_follow_each_other_as_they_are_seen() -> None:
    """Small print, code and buttons belong to what is above them; the rest begins anew."""
    message = Message(
        (
            HeaderBlock(text="Head"),
            section("one"),
            context("small"),
            divider(),
            SectionBlock(fields=["*two*", "three"]),
            code_block("`a` *b* <c>\n  d"),
            ImageBlock(alt_text="A chart", image_url="https://a.b/c.png"),
        )
    )
    text = "Head\n\none\nsmall\n\ntwo\nthree\n`a` *b* <c>\n  d\n\nA chart"
    assert message.text == text


def test_what_can_be_asked_next_is_said_and_other_buttons_are_not() -> None:
    """A question can be typed instead of pressed, also one of a menu or beside a section."""
    ask = buttons.ask_buttons([("PD-1", "PD-1"), ("I meant caffeine", "caffeine")])
    save = buttons.button("Save", buttons.SAVE, id="w1")
    menu = buttons.ask_menu("Narrow to…", [("review (3)", "CAF type:review")])
    every = buttons.button("All 12", f"{buttons.ASK}:9", q="trials")
    blocks = (
        section("Trials", accessory=every),
        *buttons.actions("a", [*ask, save]),
        *buttons.actions("b", [menu]),
    )
    assert Message(blocks).text.splitlines() == [
        "Trials",
        "All 12: trials",
        "Try: PD-1",
        "I meant caffeine: caffeine",
        "review (3): CAF type:review",
    ]


def test_the_text_for_slack_mentions_whom_the_blocks_mention_and_nobody_else() -> None:
    """What a record or a person wrote stays text."""
    message = Message((context(f"<@U01ALICE> asked: {literal('<@U02BOB> & <!here>')}"),))
    assert message.payload()["text"] == "<@U01ALICE> asked: &lt; @U02BOB&gt; &amp; &lt; !here&gt;"


@given(st.text(max_size=300))
def test_no_text_of_a_record_pings_or_is_lost(text: str) -> None:
    """Whatever it is, it is said on one line, and never as a mention."""
    shown = literal(text)
    if not shown:
        return
    message = Message((section(shown),))
    assert "<@" not in message.text
    assert "<!" not in message.payload()["text"]
    assert len(message.text.splitlines() or [""]) <= max(len(shown.splitlines()), 1)


def test_nothing_is_said_of_nothing() -> None:
    assert plain_text([]) == ""
