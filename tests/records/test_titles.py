"""Titles compared as the titles of works: what may differ between sources, and what may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.models import RelationKind
from bot.records.titles import Likeness, compare, read_title


def likeness(one: str, other: str) -> Likeness:
    forth = compare(read_title(one), read_title(other))
    assert forth is compare(read_title(other), read_title(one))
    return forth


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tumour‐associated macrophages: a review", "Tumor-associated macrophages. A Review."),
        ("RETRACTED: Macrophages in glioma and more", "Macrophages in glioma and more"),
        ("Macrophages in glioma and more [Retracted]", "Macrophages in glioma and more"),
        ("CXCL16<sup>+</sup> macrophages promote it", "CXCL16+ macrophages promote it"),
        ("Phase I/II trial of it", "Phase 1/2 trial of it"),
        ("Non-small cell lung cancer", "Nonsmall cell lung cancer"),
        ("[Translated title of a paper]", "Translated title of a paper"),
    ],
)
def test_spelling_markup_and_marks_do_not_count(one: str, other: str) -> None:
    assert likeness(one, other) is Likeness.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TGF-β blockade in mice with tumours", "TGF-b blockade in mice with tumours"),
        ("TGF-β blockade in mice with tumours", "TGF- blockade in mice with tumours"),
        ("Effects of hypoxia on macrophages", "The effects of hypoxia on macrophage"),
        ("Reprogramming macrophages in glioma", "Reprograming macrophages in glioma"),
    ],
)
def test_slips_light_words_and_lost_greek_letters_are_near(one: str, other: str) -> None:
    assert likeness(one, other) is Likeness.CLOSE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Macrophages in glioma I", "Macrophages in glioma II"),
        ("Macrophages in glioma. Part 1", "Macrophages in glioma. Part 2"),
        ("Outcomes in men with prostate cancer", "Outcomes in women with prostate cancer"),
        ("IL-10 in macrophages of the tumour", "IL-12 in macrophages of the tumour"),
        ("Effects of hypoxia on macrophages", "Effects of hyperoxia on macrophages"),
        ("Intratumoral heterogeneity of gliomas", "Intertumoral heterogeneity of gliomas"),
        ("Cancer statistics, 2020", "Cancer statistics, 2021"),
        ("Hypoxia in cancer: a review", "Hypoxia in cancer: a meta-analysis"),
        ("Hypoxia", "Hypoxia and more"),
        ("…", "—"),
    ],
)
def test_a_figure_or_an_opposite_makes_another_work(one: str, other: str) -> None:
    assert likeness(one, other) is Likeness.DIFFERENT


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("kras", "krass", True),  # four letters forgive one slip
        ("ras", "rass", False),  # three forgive none
        ("mice", "mouse", False),
        ("hypoxias", "hipoxyas", False),  # eight letters forgive one slip, not two
        ("hypoxiant", "hipoxyant", True),  # nine forgive two
        ("hypoxiants", "hipoxyontz", False),  # and never three
        ("cd8", "cd4", False),  # a figure is never a slip
        ("lymphocyte5", "lymphocyte4", False),
    ],
)
def test_how_many_slips_a_word_forgives_goes_by_its_length(
    one: str, other: str, same: bool
) -> None:
    expected = Likeness.CLOSE if same else Likeness.DIFFERENT
    assert (
        likeness(f"Effects of {one} in the liver", f"Effects of {other} in the liver") is expected
    )


def test_three_words_may_be_mistyped_and_four_may_not() -> None:
    words = ["effects", "hypoxia", "macrophage", "glioma", "tumour", "liver"]
    slips = [word + "s" for word in words]
    for wrong, expected in ((3, Likeness.CLOSE), (4, Likeness.DIFFERENT)):
        assert likeness(" ".join(words), " ".join([*slips[:wrong], *words[wrong:]])) is expected


def test_a_word_more_is_no_slip() -> None:
    assert likeness("Hypoxia and macrophages", "Hypoxia and glioma macrophages") is (
        Likeness.DIFFERENT
    )


@pytest.mark.parametrize(
    ("short", "more", "expected"),
    [
        ("Hypoxia in liver tumours", "a review of it", Likeness.PART),  # four words are enough
        ("Hypoxia in tumours", "a review of it", Likeness.DIFFERENT),  # three are not
        ("Hypoxia in liver tumours", "part 2", Likeness.DIFFERENT),
        ("Hypoxia in liver tumours", "2", Likeness.DIFFERENT),
        # Two words with a number name a part; three are a subtitle.
        ("Hypoxia in liver tumours", "a phase 2 trial", Likeness.PART),
        ("Hypoxia in liver tumours", "in 2 cohorts", Likeness.PART),
        ("Hypoxia in liver tumours", "a review", Likeness.PART),
    ],
)
def test_a_beginning_of_four_words_is_known_by_it(
    short: str, more: str, expected: Likeness
) -> None:
    assert likeness(short, f"{short}: {more}") is expected


def test_a_lost_subtitle_is_a_part() -> None:
    whole = "Hypoxia in the tumour microenvironment: a systematic review"
    assert likeness(whole, "Hypoxia in the tumour microenvironment") is Likeness.PART


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("Retraction note to: Effects of it", RelationKind.RETRACTION_OF),
        ("Retraction: Effects of it", RelationKind.RETRACTION_OF),
        ("Retraction notice to “Effects of it”", RelationKind.RETRACTION_OF),
        ("Withdrawal notice to: Effects of it", RelationKind.WITHDRAWAL_OF),
        ("Author Correction: Effects of it", RelationKind.CORRECTION_OF),
        ("Corrigendum to 'Effects of it'", RelationKind.CORRECTION_OF),
        ("<i>Correction to:</i> Effects of it", RelationKind.CORRECTION_OF),
        ("Erratum", RelationKind.CORRECTION_OF),
        ("Expression of Concern: Effects of it", RelationKind.CONCERN_OF),
        ("Reply to Smith et al.", RelationKind.REPLY_TO),
        ("Authors’ reply", RelationKind.REPLY_TO),
        ("Re: Effects of it", RelationKind.COMMENT_ON),
        ("Comment on “Effects of it”", RelationKind.COMMENT_ON),
        ("Retraction of the tongue in sleep", None),
        ("Correction of hyponatremia", None),
        ("Withdrawal of opioids in mice", None),
        ("Response to immunotherapy in melanoma", None),
        ("Retracted science and how it spreads", None),
    ],
)
def test_a_notice_or_reply_says_so_in_its_first_words(
    title: str, about: RelationKind | None
) -> None:
    assert read_title(title).about is about


def test_marked_is_not_a_notice() -> None:
    """Publishers put "RETRACTED:" before the title of the article itself."""
    title = read_title("RETRACTED: Effects of it on macrophages")
    assert (title.marked, title.about) == (True, None)


@pytest.mark.parametrize("title", ["Preface", "Editorial: on macrophages", "Reply", "In memoriam"])
def test_some_titles_name_nothing(title: str) -> None:
    assert read_title(title).names_nothing


def test_three_words_name_nothing_and_four_do() -> None:
    assert read_title("Hypoxia in glioma").names_nothing
    assert not read_title("Hypoxia in liver glioma").names_nothing


@pytest.mark.parametrize("word", ["alpha", "beta", "gamma", "kappa"])
def test_a_greek_letter_may_be_lost_from_one_title_only(word: str) -> None:
    title = "Blockade of the {} factor in mice"
    assert likeness(title.format(f"x-{word}"), title.format("x-")) is Likeness.CLOSE
    assert likeness(title.format(f"x-{word}"), title.format(f"x-{word[0]}")) is Likeness.CLOSE
    assert likeness(title.format("x-alpha"), title.format("x-beta")) is Likeness.DIFFERENT


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_compared_alike_from_both_sides(one: str, other: str) -> None:
    assert isinstance(likeness(one, other), Likeness)
