"""Text from records and people is shown as it is, and does nothing."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from slack_sdk.models.blocks import MarkdownTextObject, SectionBlock

from bot.text.markup import plain, visible
from handlers.views import mrkdwn
from handlers.views.message import Message
from handlers.views.mrkdwn import moment, prose
from handlers.views.parts import section
from tests.block_check import check_message

NASTY = st.text(
    alphabet=st.sampled_from(list("aZ0 *_~`<>&|@#!:/.\n\t-'\"()[]é中\u202e\u200b\ud800+1"))
)
TEXTS = st.one_of(NASTY, st.text(max_size=300))
FORMATTED = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])|`")


def shown(written: str) -> str:
    """What Slack would show of mrkdwn that has no markup."""
    return written.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def check(written: str) -> None:
    block = SectionBlock(text=MarkdownTextObject(text=f"x {written}"[:3000], verbatim=True))
    check_message({"text": "x", "blocks": [block]})


@given(TEXTS)
@example("<!channel>")
@example("*a* _b_ ~c~ `d` :100:")
def test_text_cannot_ping_link_or_format(text: str) -> None:
    """Whatever is written, only text is left, on one line."""
    written = mrkdwn.literal(text)
    check(written)
    assert "<" not in written
    assert "\n" not in written
    assert not FORMATTED.search(shown(written))
    assert ":100:" not in written


@given(st.text(alphabet=st.characters(categories=["L", "N"]), max_size=50))
def test_words_are_shown_unchanged(text: str) -> None:
    """Letters and digits of any script are copied as they are."""
    assert shown(mrkdwn.literal(text)) == visible(text)


def test_characters_inside_a_word_are_kept() -> None:
    """What cannot format stays as written, so that alleles can be copied."""
    assert (
        mrkdwn.literal("HLA-A*02:01 and PD_L1 at 12:30:45") == "HLA-A*02:01 and PD_L1 at 12:30:45"
    )


def test_only_three_characters_are_escaped() -> None:
    """`escape` is Slack's own rule and no more."""
    assert mrkdwn.escape("a & b < c > d *e*") == "a &amp; b &lt; c &gt; d *e*"


@given(TEXTS, TEXTS)
@example("https://a.b/c|d>e<f g", "l|a>b\n*e*")
@example("javascript:alert(1)", "x")
@example("https://[", "x")
def test_a_link_cannot_be_broken_out_of(path: str, label: str) -> None:
    """Address and label stay in their places for any address and any label."""
    for url in (path, f"https://example.org/{path}"):
        check(mrkdwn.link(url, label))


def test_a_link_keeps_its_address_and_label() -> None:
    """A DOI with brackets and an ampersand is linked to itself."""
    written = mrkdwn.link("https://doi.org/10.1002/(SICI)1<1::AID>3.0&x", "A & B")
    assert written == "<https://doi.org/10.1002/(SICI)1%3C1::AID%3E3.0&amp;x|A &amp; B>"


@pytest.mark.parametrize(
    "url", ["ftp://a.b", "//a.b", "https://", "x", "", "https://a.b/" + "x" * 500]
)
def test_no_link_is_made_of_what_is_no_usable_address(url: str) -> None:
    """The label alone is shown."""
    assert mrkdwn.link(url, "label") == "label"


@given(TEXTS, st.integers(2, 400))
def test_a_shortened_text_is_within_its_limit(text: str, limit: int) -> None:
    """Both ways of counting hold, and a text that fits is untouched."""
    assert len(mrkdwn.shorten(text, limit)) <= max(limit, 1)
    assert len(mrkdwn.escape(mrkdwn.fit(text, limit))) <= max(limit, 1)
    assert mrkdwn.shorten(text, len(text)) == text


def test_a_text_is_cut_at_a_word() -> None:
    """No half words, no comma before the ellipsis."""
    assert mrkdwn.shorten("one two, three", 10) == "one two…"
    assert mrkdwn.shorten("abcdefghijkl", 5) == "abcd…"


@given(TEXTS, st.lists(st.tuples(st.integers(-5, 400), st.integers(-5, 400)), max_size=6))
@example("*CAF*", [(1, 4)])
@example("a :a: b", [(3, 4)])
def test_a_quote_with_any_marks_is_safe(text: str, marks: list[tuple[int, int]]) -> None:
    """Marks may overlap, be reversed or lie outside the text."""
    written = mrkdwn.marked(text, marks, 200)
    check(written)
    assert len(written) <= 200 + 2 * len(marks)


def test_matched_words_are_bold_as_whole_words() -> None:
    """A mark inside a compound covers it, and markup around it is dropped."""
    text = "Of tumour-associated <i>macrophages</i>, p < 0.05."
    start = text.index("associated")
    written = mrkdwn.marked(text, [(start, start + 3), (27, 30)], 200)
    assert written == "Of *tumour-associated* *macrophages*, p &lt; 0.05."


@given(st.lists(NASTY, max_size=8), st.integers(60, 300))
def test_joined_pieces_stay_within_their_limit(pieces: list[str], limit: int) -> None:
    """What does not fit is counted."""
    joined = mrkdwn.join_within(pieces, limit)
    assert len(joined) <= limit
    whole = " · ".join(pieces)
    assert joined == whole or joined.endswith(" more")


@given(TEXTS, st.integers(10, 100))
def test_chunks_hold_all_words_within_the_limit(text: str, limit: int) -> None:
    """Splitting an abstract loses nothing but spaces."""
    pieces = list(mrkdwn.chunks(text, limit))
    assert all(len(mrkdwn.escape(piece)) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_chunks_end_at_sentences() -> None:
    """A sentence that fits is not broken."""
    assert list(mrkdwn.chunks("One is here. Two is there. Three.", 28)) == [
        "One is here. Two is there.",
        "Three.",
    ]


@given(TEXTS)
def test_code_cannot_be_left(text: str) -> None:
    """Backticks, brackets and ampersands stay inside the code."""
    check(mrkdwn.code(text))
    assert mrkdwn.code(text).count("`") in (0, 2)


def test_the_bots_own_words_keep_their_code() -> None:
    """A hint names what to type."""
    assert mrkdwn.prose("Run `tme doctor` *now*.") == "Run `tme doctor` \u2217now\u2217."


@given(TEXTS)
def test_prose_is_safe_too(text: str) -> None:
    """An error message may quote what a person typed."""
    check(mrkdwn.prose(text))


def test_plain_is_one_line_without_markup() -> None:
    """The same function serves views and citations."""
    assert plain("<b>A</b>\n&amp; B") == "A & B"


def test_a_moment_is_the_readers_own() -> None:
    """Slack gets its date with a fallback, a terminal the time of its machine."""
    at = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
    written = moment(at)
    assert written == "<!date^1768478400^{date_short_pretty}, {time}|15 Jan 2026 12:00 UTC>"
    here = at.astimezone()
    assert Message((section(f"Next on {written}."),)).text == (
        f"Next on {here:%-d %b %Y %H:%M} {here:%Z}."
    )
    assert written in Message((section(written),)).payload()["text"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<!date^1^{date}|x>",
        "<!date^1^{date_short_pretty}, {time}^https://evil.example|x>",
        "<!channel>",
        "<!date^1^{date_short_pretty}, {time}|*x*>",
    ],
)
def test_what_is_no_moment_of_ours_is_text(hostile: str) -> None:
    assert "<" not in prose(f"Since {hostile}")
    assert prose(f"Since {moment(datetime(2026, 1, 15, tzinfo=UTC))}").startswith("Since <!date^")
