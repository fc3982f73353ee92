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
        ("TGFβRII", "TGFbRII", "TGF-βRII", "TGF-beta RII", "TGFBR2", "TGF-beta receptor 2"),
        ("TGFβR", "TGF-β receptor", "TGFBR"),
        ("TNFR2", "TNFRII", "TNF-R2", "TNF receptor 2", "TNF receptor II", "TNFR-II"),
        ("FcγRIIB", "Fc gamma receptor IIB", "FCGR2B", "Fcγ receptor 2B"),
        ("IFNγR1", "IFN-γ receptor I", "IFNGR1", "IFN-gamma R1"),
        ("IL-2Rβ", "IL2RB", "IL-2 receptor β", "IL-2R beta", "IL-2Rb"),
        ("IL-12Rβ", "IL-12 receptor beta", "IL12RB"),
        ("β-catenin", "beta-catenin", "βcatenin"),
        ("γδ", "gamma delta", "gamma-delta"),
    ],
)
def test_each_spelling_has_the_forms_of_the_others(spellings: tuple[str, ...]) -> None:
    cut = [tuple(words(each)) for each in spellings]
    for one in cut:
        assert set(cut) <= {one, *greek_forms(one)}


@pytest.mark.parametrize(
    ("symbol", "long"),
    [
        ("TGFβRII", "transforming growth factor-β receptor 2"),
        ("IFNGR1", "interferon gamma receptor 1"),
        ("VEGFR2", "vascular endothelial growth factor receptor II"),
        ("IL-7Rα", "interleukin-7 receptor alpha"),
    ],
)
def test_a_symbol_has_its_long_name(symbol: str, long: str) -> None:
    assert tuple(words(long)) in greek_forms(words(symbol))


def test_an_alpha_before_a_target_is_an_antibody() -> None:
    assert ("anti", "pd1") in greek_forms(("alpha", "pd1"))
    assert ("anti", "smooth") not in greek_forms(("alpha", "smooth"))


@pytest.mark.parametrize(
    "text",
    [
        "alpha", "CD3d", "macrophages", "IL-1Ra", "IL-17RA", "beta phase trials", "after 2",
        "tumour 3", "receptor 2", "the receptor", "Henri",
    ],
)  # fmt: skip
def test_other_words_have_none(text: str) -> None:
    assert greek_forms(words(text)) == ()
