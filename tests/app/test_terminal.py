"""The same views in a terminal, with nothing that a terminal would obey."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from slack_sdk.models.blocks import HeaderBlock, ImageBlock, SectionBlock

from bot.app.cli import terminal
from bot.records.answers import Answer
from handlers.views import abstract, help, records, results  # noqa: A004
from handlers.views.message import Audience, Message
from handlers.views.parts import divider, section
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

# What rich itself writes: styles and hyperlinks.
_OWN_CODES = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\")


def drawn(message: Message, *, tty: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=100, force_terminal=tty, color_system="truecolor" if tty else None
    )
    console.print(terminal.render(message))
    return out.getvalue()


def of(mrkdwn: str) -> Message:
    return Message((section(mrkdwn),))


def test_a_list_reads_like_its_card() -> None:
    """Title, facts, trust, quote and why, without markup; what to type instead of buttons."""
    given_answer = answer(SEED, query="CAF aquired", understood=UNDERSTOOD)
    lines = [
        line.strip()
        for line in drawn(results.results(given_answer, Audience.TERMINAL)).splitlines()
    ]
    assert "“CAF aquired”: 1 record" in lines
    journal = "Clinical and Translational Discovery 5(6), e70098"
    assert f"{journal} · 9 Nov 2025 · Review · peer reviewed" in lines
    assert "Matches: vascular normalisation (abstract) · review (type)" in lines
    assert 'Exactly “aquired” instead: CAF "aquired"' in lines
    assert not any("*" in line or "<" in line for line in lines)


def test_links_are_hyperlinks_and_bold_is_bold() -> None:
    """A terminal that can gets the address of the title."""
    out = drawn(results.results(answer(SEED), Audience.TERMINAL), tty=True)
    assert "https://doi.org/10.1002/ctd2.70098\x1b\\" in out
    assert "\x1b[1mtumour vasculature\x1b[0m" in out


@pytest.mark.parametrize(
    ("mrkdwn", "wanted"),
    [
        ("*a*b* c", "a*b c"),
        ("*HLA-A*02:01* x", "HLA-A*02:01 x"),
        ("2*3*4", "2*3*4"),
        ("* a *", "* a *"),
        ("a &lt;b&gt; &amp;lt;", "a <b> &lt;"),
        ("<https://a.b/?x=1&amp;y=2|l> <https://c.d>", "l https://c.d"),
        ("*<https://a.b|l *x>*", "*l *x*"),
        ("<@U01> asked", "@U01 asked"),
        ("`c*d*` ```\nx\ny\n```", "c*d* x\ny"),
        ("[bold]x[/bold] [link=https://a.b]y[/link]", "[bold]x[/bold] [link=https://a.b]y[/link]"),
        (":smile:", ":smile:"),
    ],
)
def test_mrkdwn_is_read_as_slack_reads_it(mrkdwn: str, wanted: str) -> None:
    """And rich's own markup is text."""
    assert drawn(of(mrkdwn)).replace(" \n", "\n").strip() == wanted


@given(st.text(max_size=200))
def test_no_text_reaches_the_terminal_as_code(text: str) -> None:
    """Whatever a block holds, only rich's own codes are written."""
    block = SectionBlock.parse({"type": "section", "text": {"type": "mrkdwn", "text": f"x{text}"}})
    assert block is not None
    left = _OWN_CODES.sub("", drawn(Message((block,)), tty=True))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u200b]", left)


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_can_be_drawn(name: str) -> None:
    """Full card, list and abstract, hostile or not."""
    record = RECORDS[name]
    full = Answer(query="x", hits=(hostile_hit(record),), understood=HOSTILE_UNDERSTOOD)
    shown = [
        records.full(full, Audience.TERMINAL),
        results.results(full, Audience.TERMINAL),
        abstract.message(record, Audience.TERMINAL),
        records.full(Answer(query="x", hits=(hit(record),)), Audience.PUBLIC),
    ]
    for message in shown:
        left = _OWN_CODES.sub("", drawn(message, tty=True))
        assert "\x1b" not in left
        assert "\u202e" not in left


def test_every_kind_of_block_is_drawn() -> None:
    """Headers, rules, pictures by their words, fields, small print and hints."""
    image = ImageBlock(alt_text="A chart of counts", image_url="https://a.b/c.png")
    fields = SectionBlock(fields=["*one*", "two"])
    entry = help.HelpEntry("find", "Search", HOSTILE_TITLE)
    out = drawn(
        Message(
            (HeaderBlock(text="Head"), divider(), fields, image,
             *help.one_command(entry, Audience.PUBLIC).blocks),
        )
    )  # fmt: skip
    for wanted in ("Head", "───", "one", "two", "A chart of counts", "find — Search", "Try: "):
        assert wanted in out
