"""Quoting: sentences as they stand, with their section and what matched marked."""

import pytest

from bot.index import Words
from bot.index.analysis import stem
from bot.records.answers import Quote
from bot.records.models import Record
from bot.records.sections import split_sections
from bot.search.quotes import IN_FULL, LONGEST, passages, quotes
from bot.text.sentences import sentences

ABSTRACT = (
    "Background: Macrophages matter (e.g. in glioma; see Fig. 2). They resist, as Li et al. showed."
    " Nothing else is known. Results: CSF1R blockade vs. placebo turned macrophages (P < 0.05)."
    " Tumours shrank. Conclusion: Vessels can be normalised. Macrophages follow. A trial is due."
    " It has begun."
)
RECORD = Record(title="A", abstract=ABSTRACT, sections=split_sections(ABSTRACT))
LONG = "Cells " + "and cells " * 60 + "are macrophages."


def ask(*words: str) -> list[list[Words]]:
    return [[Words((word,))] for word in words]


def texts(found: tuple[Quote, ...]) -> list[tuple[str | None, str]]:
    return [(quote.section, quote.text) for quote in found]


@pytest.mark.parametrize(
    "text",
    ["Cells, e.g. macrophages, resist vs. others in Fig. 2.", "As Li et al. showed, it works.",
     "Doses of 0.5 mg/kg (i.v.) were given, i.e. half of them.", "See Figs. 2 and 3 of ref. 4."],
)  # fmt: skip
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert sentences(text) == (text,)


def test_the_sentences_nearest_the_question_are_quoted_in_their_order() -> None:
    """Two of them for a list, the one that adds what the other lacks."""
    assert texts(quotes(passages(RECORD), ask("vessel", "csf1r"), stem)) == [
        ("Results", "CSF1R blockade vs. placebo turned macrophages (P < 0.05)."),
        ("Conclusion", "Vessels can be normalised."),
    ]


def test_sentences_that_follow_each_other_are_one_quote() -> None:
    found = quotes(passages(RECORD), ask("glioma", "resist"), stem)
    assert texts(found) == [
        ("Background",
         "Macrophages matter (e.g. in glioma; see Fig. 2). They resist, as Li et al. showed."),
    ]  # fmt: skip
    assert [found[0].text[a:b] for a, b in found[0].marks] == ["glioma", "resist"]


def test_a_full_card_has_three() -> None:
    found = quotes(passages(RECORD), ask("macrophage"), stem, IN_FULL)
    assert len(found) == 3
    assert all(quote.marks for quote in found)


def test_where_nothing_matches_the_conclusion_is_quoted() -> None:
    assert texts(quotes(passages(RECORD), ask("neutrophil"), stem)) == [
        ("Conclusion", "Vessels can be normalised. Macrophages follow.")
    ]
    assert texts(quotes(passages(RECORD), (), stem, IN_FULL)) == [
        ("Conclusion", "Vessels can be normalised. Macrophages follow. A trial is due.")
    ]


def test_without_sections_the_end_is_the_conclusion() -> None:
    plain = Record(title="A", abstract="One is first. Two is next. Three is last.")
    assert texts(quotes(passages(plain), (), stem)) == [(None, "Two is next. Three is last.")]


def test_the_later_of_two_concluding_sections_is_taken() -> None:
    abstract = "Findings: Half responded. Interpretation: It may work."
    record = Record(title="A", abstract=abstract, sections=split_sections(abstract))
    assert texts(quotes(passages(record), (), stem)) == [("Interpretation", "It may work.")]


def test_all_that_is_quoted_stands_in_the_abstract() -> None:
    for words in ("macrophage", "csf1r", "trial", "none"):
        for most in (1, 2, 3):
            for quote in quotes(passages(RECORD), ask(words), stem, most):
                assert quote.text in ABSTRACT


def test_a_list_quotes_no_more_than_fits() -> None:
    """A long sentence is cut; a second one comes only where there is room."""
    record = Record(title="A", abstract=f"{LONG} They are macrophages too. {LONG}")
    found = quotes(passages(record), ask("macrophage"), stem)
    assert sum(len(quote.text) for quote in found) <= LONGEST + 2
    short = "Macrophages resist. " * 2
    both = Record(title="A", abstract=f"{short}{LONG}")
    assert texts(quotes(passages(both), ask("macrophage"), stem)) == [
        (None, "Macrophages resist. Macrophages resist.")
    ]


def sentence(length: int, word: str = "Macrophages") -> str:
    """A sentence of so many characters that begins with this word."""
    return f"{word} {'and ' * (length // 8)}".ljust(length - 1, "x") + "."


def test_a_sentence_of_four_hundred_characters_is_quoted_whole_and_a_longer_one_is_cut() -> None:
    for length, whole in ((LONGEST, True), (LONGEST + 1, False)):
        text = sentence(length)
        (quote,) = quotes(passages(Record(title="A", abstract=text)), ask("macrophage"), stem)
        assert (quote.text == text) is whole
        assert quote.text.endswith("…") is not whole
    assert LONGEST == 400


@pytest.mark.parametrize(("second", "fits"), [(199, True), (200, False)])
@pytest.mark.parametrize("asked", ["macrophage", "neutrophil"])
def test_two_sentences_fill_a_card_of_a_list(second: int, fits: bool, asked: str) -> None:
    """400 characters with the space between them: whether they are the nearest or conclude."""
    text = f"{sentence(200)} {sentence(second)}"
    record = Record(
        title="A", abstract=f"Conclusion: {text}", sections=split_sections(f"Conclusion: {text}")
    )
    found = quotes(passages(record), ask(asked), stem)
    assert [quote.text for quote in found] == [text if fits else sentence(200)]


@pytest.mark.parametrize(("third", "fits"), [(298, True), (299, False)])
def test_three_sentences_of_a_full_card_have_a_thousand_characters(third: int, fits: bool) -> None:
    text = f"{sentence(400)} {sentence(300)} {sentence(third)}"
    (quote,) = quotes(passages(Record(title="A", abstract=text)), ask("macrophage"), stem, IN_FULL)
    assert (quote.text == text) is fits
    assert quote.text.startswith(f"{sentence(400)} {sentence(300)}")


def test_the_sentence_that_holds_more_of_what_was_asked_goes_before_one_that_comes_first() -> None:
    abstract = "Macrophages resist. Cells grow. CSF1R feeds macrophages of glioma."
    found = quotes(
        passages(Record(title="A", abstract=abstract)),
        ask("macrophage", "csf1r", "glioma"),
        stem,
        1,
    )
    assert [quote.text for quote in found] == ["CSF1R feeds macrophages of glioma."]


def test_headings_in_line_in_jats_and_from_pubmed_are_the_same() -> None:
    """One abstract as three sources hand it on."""
    jats = (
        "<jats:title>Abstract</jats:title><jats:sec><jats:title>Background</jats:title>"
        "<jats:p>CD8<jats:sup>+</jats:sup> T cells matter.</jats:p></jats:sec>"
        "<jats:sec><jats:title>Conclusion:</jats:title><jats:p>They resist.</jats:p></jats:sec>"
    )
    pubmed = (
        '<AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">CD8<sup>+</sup> T cells matter.'
        '</AbstractText><AbstractText Label="CONCLUSION">They resist.</AbstractText>'
    )
    inline = "BACKGROUND: CD8<sup>+</sup> T cells matter. CONCLUSION: They resist."
    for abstract in (jats, pubmed, inline):
        record = Record(title="A", abstract=abstract)
        assert texts(quotes(passages(record), ask("cells"), stem)) == [
            ("Background", "CD8⁺ T cells matter.")
        ]
        assert texts(quotes(passages(record), (), stem)) == [("Conclusion", "They resist.")]


def test_without_an_abstract_nothing_is_quoted() -> None:
    assert quotes(passages(Record(title="A")), ask("a"), stem) == ()
    assert texts(quotes(passages(Record(title="A", abstract="…")), ask("a"), stem)) == [(None, "…")]


def test_a_sentence_is_quoted_as_it_stands() -> None:
    """Hyphens and raised signs of every kind are looked through, not rewritten."""
    abstract = "T‑cell counts of 10⁻⁵ fell in “cold” tumours…"
    (quote,) = quotes(
        passages(Record(title="A", abstract=abstract)), [[Words(("t", "cell"))]], stem
    )
    assert quote.text == abstract
    assert [quote.text[a:b] for a, b in quote.marks] == ["T‑cell"]
