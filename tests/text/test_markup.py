"""Markup in titles and abstracts becomes plain text, and text stays text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.markup import plain, visible


@pytest.mark.parametrize(
    ("given_text", "wanted"),
    [
        ("Using A<sub>2A</sub> Receptors", "Using A2A Receptors"),
        ("CD8<sup>+</sup> T cells, 10<sup>6</sup>, mm<sup>2</sup>", "CD8⁺ T cells, 10⁶, mm²"),
        ("10<sup>x</sup> and V<sup>600E</sup>", "10^x and V600E"),
        ("H<sub>2</sub>O <i>in vivo</i> <b>b</b>", "H₂O in vivo b"),
        ("p < 0.05 and x > 3", "p < 0.05 and x > 3"),
        ("p <0.05 and x> 3", "p <0.05 and x> 3"),
        ("a<b and c>d", "a<b and c>d"),
        ("p &lt; 0.05 &amp; q", "p < 0.05 & q"),
        ("Cell &amp;amp; Bioscience", "Cell & Bioscience"),
        ("&lt;i&gt;escaped&lt;/i&gt;", "escaped"),
        ("Wnt&notch R&D AT&T; &bogus;", "Wnt&notch R&D AT&T; &bogus;"),
        ("&#945;-SMA &#x3b2;", "α-SMA β"),
        ('<unknown a="1>0">x</unknown><empty/>', "x"),
        ("<jats:title>Background</jats:title><jats:p>The</jats:p>", "Background The"),
        ("a<br/>b<br>c", "a b c"),
        ("</i>x<i>", "x"),
        ("<!-- no --><![CDATA[x]]>", "x"),
        ("<!channel> <@U01> <https://a.b|c>", "<!channel> <@U01> <https://a.b|c>"),
        ("<script>alert(1)</script>x", "x"),
        ("a\u202eb\u200bc\u00add\x1b[31m\ufeff", "abcd [31m"),
        ("  a\n\tb\u00a0c ", "a b c"),
        ("e\u0301", "é"),
        (
            "<mml:math><mml:msup>\n<mml:mi>x</mml:mi>\n<mml:mn>2</mml:mn></mml:msup></mml:math>",
            "x²",
        ),
        (
            "<math><mfrac><mi>a</mi><mi>b</mi></mfrac><annotation>\\frac</annotation></math>",
            "a/b",
        ),
        (
            "<math><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup><msub><mi>y</mi><mi>i</mi></msub></math>",
            "x₁²yi",
        ),
    ],
)
def test_markup_becomes_text(given_text: str, wanted: str) -> None:
    """Each kind of markup that sources send, and text that only looks like it."""
    assert plain(given_text) == wanted


@given(st.text())
def test_any_text_becomes_one_visible_line(text: str) -> None:
    """No invisible or control character is left, and nothing raises."""
    line = plain(text)
    assert "\n" not in line
    assert line == visible(line).strip()


@given(st.text(alphabet=st.characters(categories=["L"]), max_size=80))
def test_words_survive(text: str) -> None:
    """Letters are never lost."""
    assert "".join(plain(f"<i>{text}</i>").split()) == "".join(plain(text).split())


@given(st.lists(st.sampled_from(["<i>", "</i>", "<sup>", "</sup>", "<p>", "</b>", "1", "x", " "])))
def test_unbalanced_tags_lose_no_text(pieces: list[str]) -> None:
    """Tags that do not match up are dropped, their text is not."""
    text = plain("".join(pieces))
    wanted = sum(piece in ("1", "x") for piece in pieces)
    assert sum(c in "1¹x" for c in text) == wanted


def test_deep_nesting_is_read_in_bounded_time() -> None:
    """Tens of thousands of tags neither recurse nor take quadratic time."""
    assert plain("<i>" * 30_000 + "x" + "</b>" * 30_000) == "x"
    assert plain("<sup>" * 20_000 + "1") == "¹"
