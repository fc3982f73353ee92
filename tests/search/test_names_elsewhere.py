"""Names in other languages are found where they are."""

import pytest

from bot.search.query.elsewhere import Elsewhere


def _is_used(word: str) -> bool:
    return word in {"melanoma", "pd-1"}


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("le traitement du cancer du poumon", "treatment lung cancer"),
        ("le traitement du cancer", "treatment cancer"),
        ("黑色素瘤的免疫治疗", "melanoma immunotherapy"),
    ],
)
def test_the_longest_name_at_a_place_is_read(text: str, english: str) -> None:
    names = Elsewhere(
        [
            "cancer|cancer",
            "lung cancer|cancer du poumon",
            "treatment|traitement",
            "melanoma|黑色素瘤",
            "immunotherapy|免疫治疗",
        ]
    )
    assert names.in_english(text, _is_used)[0] == english


def test_a_latin_name_inside_a_word_is_none() -> None:
    names = Elsewhere(["mouse|raton", "spleen|rate"])
    assert "spleen" not in names.in_english("la narration et les ratons", _is_used)[0]
