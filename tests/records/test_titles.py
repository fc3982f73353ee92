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


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_compared_alike_from_both_sides(one: str, other: str) -> None:
    assert isinstance(likeness(one, other), Likeness)
