"""Symbols with a Greek letter: every spelling of one has the same forms."""

import pytest

from bot.text.folding import words
from bot.text.greek import greek_forms


@pytest.mark.parametrize(
    "spellings",
    [
        ("TGF-β", "TGFβ", "TGF-beta", "TGF beta", "TGFb"),
        ("TNF-α", "TNF alpha", "TNFa", "tnf-alpha"),
        ("IFN-γ", "IFNG", "IFN gamma", "ifng"),
        ("NF-κB", "NFκB", "NF-kB", "NFkB", "NF kappa B", "NF-kappa B"),
        ("IL-1β", "IL1B", "IL-1 beta"),
        ("HIF-1α", "HIF1A", "HIF-1 alpha"),
        ("TGFβRII", "TGFbRII", "TGF-βRII", "TGF-beta RII"),
        ("β-catenin", "beta-catenin", "βcatenin"),
        ("γδ", "gamma delta", "gamma-delta"),
    ],
)
def test_each_spelling_has_the_forms_of_the_others(spellings: tuple[str, ...]) -> None:
    cut = [tuple(words(each)) for each in spellings]
    for one in cut:
        assert set(cut) <= {one, *greek_forms(one)}


def test_a_receptor_has_its_number_in_both_ways() -> None:
    assert ("tgfbr2",) in greek_forms(("tgfbetarii",))


def test_an_alpha_before_a_target_is_an_antibody() -> None:
    assert ("anti", "pd1") in greek_forms(("alpha", "pd1"))
    assert ("anti", "smooth") not in greek_forms(("alpha", "smooth"))


@pytest.mark.parametrize("text", ["alpha", "CD3d", "macrophages", "IL-1Ra", "beta phase trials"])
def test_other_words_have_none(text: str) -> None:
    assert greek_forms(words(text)) == ()
