"""Figures are found as written, each with its words, and left out rather than guessed."""

import pytest

from bot.search.figures import figures, sample
from tests.growth import assert_in_proportion

FOUND = {
    "The hazard ratio was 0.54 (95% CI, 0.30-0.98; P = .04).": (
        "HR 0.54 [95% CI, 0.30-0.98]", "p .04",
    ),
    "Risk fell (HR 0.7; 95% confidence interval [CI] 0.5 to 0.9).": (
        "HR 0.7 [95% confidence interval [CI] 0.5 to 0.9]",
    ),
    "Adjusted odds ratio = 2.1 (90% CI 1.1–4.0).": ("OR 2.1 [90% CI 1.1–4.0]",),
    "The risk ratio for death was 1.08.": ("RR 1.08",),
    "aHR 0·61 (95% CrI 0·4-0·9)": ("HR 0·61 [95% CrI 0·4-0·9]",),
    "The difference was clear (log-rank p<0.0001).": ("p <0.0001",),
    "P values of <.001 were seen.": ("p <.001",),
    "p = 3e-5 and P = 1.2": (),
    "Median OS was 12.5 months (95% CI, 10-NR).": ("median OS 12.5 months [95% CI, 10-NR]",),
    "DFS was shorter (44.4 months vs. not reached).": ("DFS 44.4 months vs. not reached",),
    "mPFS 4.6 vs 8.2 months": ("median PFS 4.6 vs 8.2 months",),
    "The median overall survival was not reached.": ("median OS not reached",),
    "Median PFS was 6.8 months in the combination arm and 3.1 months with placebo.": (
        "median PFS 6.8 months", "median PFS 3.1 months",
    ),
    "Median PFS and OS were 6.8 months and 12.5 months, respectively.": (
        "median PFS 6.8 months", "median OS 12.5 months",
    ),
    "The objective response rate (ORR) was 40% (95% CI 21-61).": ("ORR 40% [95% CI 21-61]",),
    "pCR was reached in 37.9% vs 14.9%.": ("pCR 37.9% vs 14.9%",),
    "The 3-year OS was 75.9% and the 24-month PFS 40%.": ("3-year OS 75.9%", "24-month PFS 40%"),
    "With a median follow-up of 31 months, the ORR was 66.6%.": ("ORR 66.6%",),
    "The 1-, 3- and 5-year OS rates were 88%, 61% and 43%.": (
        "1-, 3- and 5-year OS 88%, 61% and 43%",
    ),
    "ORR with anti-PD-1 was 17%.": ("ORR 17%",),
}  # fmt: skip
NOTHING = (
    "The hazard ratio (HR) for PFS with 95% confidence interval (CI) was computed.",
    "Patients received 4 mg/kg or 8 mg/kg, or 3 doses.",
    "ORR increased by 10%.",
    "The target ORR was at least 50%.",
    "Response rates approached 50%.",
    "OS and PFS were 12 and 5 and 4 months in three arms.",
    "Survival was longer (p53 status, n = 4).",
    "CR or 8 mg was given; OS at 12 months was planned.",
    "Median follow-up was 12 months.",
    "Median progression-free and overall survival were 6.9 months and 18.2 months.",
    "Most had a pathological complete response, and the two-year survival rate was 88.3%.",
    "Median follow-up at final analysis (August 11, 2023) for OS was 36.8 months.",
    "HR status was known in 40 patients.",
)


def read(sentence: str) -> tuple[str, ...]:
    return tuple(
        f"{f.measure} {f.value}{f' [{f.interval}]' if f.interval else ''}"
        for f in figures(sentence)
    )


@pytest.mark.parametrize(("sentence", "expected"), FOUND.items())
def test_a_figure_is_found_as_written(sentence: str, expected: tuple[str, ...]) -> None:
    assert read(sentence) == expected


@pytest.mark.parametrize("sentence", NOTHING)
def test_what_is_no_figure_of_an_effect_is_left_out(sentence: str) -> None:
    assert [f for f in figures(sentence) if f.measure != "p"] == []


@pytest.mark.parametrize("sentence", [*FOUND, *NOTHING])
def test_words_and_values_stand_in_the_sentence(sentence: str) -> None:
    for figure in figures(sentence):
        assert figure.words in sentence
        assert figure.value in figure.words
        assert (figure.interval or "") in figure.words


def test_an_abbreviation_in_lower_case_is_a_word() -> None:
    assert read("We gave 4 or 8 doses, or 0.5 of them.") == ()


SAMPLES = {
    ("A total of 451 patients were included.",): "451",
    ("Eight patients responded.", "We enrolled 61 women with ovarian cancer."): "61",
    ("One hundred seventy-six women were randomly assigned to epirubicin.",): "176",
    ("Fifty-three patients were included (66% male).",): "53",
    ("In total, 5,237 patients were analysed.",): "5,237",
    ("Cancer kills an estimated 500,000 patients annually.",): None,
    ("Twelve months later nothing had changed.",): None,
    ("Mice were treated twice.",): None,
    ("We analysed 47 365 patients.",): "47,365",
    ("A cut of 135 cells was used to stratify patients.",): None,
    ("Survival was measured in 262 patients.",): "262",
    ("PD-L1 was below 1% in 22 cases and high in 11 cases.",): None,
    ("Mice got stool from two patients.",): None,
    ("A total of 244 BRAF-mutated pts were enrolled.",): "244",
    ("We made eight patient models.",): None,
}


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [("CD8 density (n = 47) went with survival.", "47"), ("Rash was seen (each n = 2).", "155"),
     ("Arms of n = 33 and n = 32 were alike.", "155"), ("Rash was seen (n = 2; 10.5%).", "155")],
)  # fmt: skip
def test_the_quoted_sentence_says_of_how_many_it_is_where_it_does(
    quoted: str, expected: str
) -> None:
    found = sample(quoted, (quoted, "We enrolled 155 patients."))
    assert found is not None
    assert found.value == expected


@pytest.mark.parametrize(("sentences", "expected"), SAMPLES.items())
def test_how_many_took_part(sentences: tuple[str, ...], expected: str | None) -> None:
    found = sample("", sentences)
    assert (found.value if found else None) == expected
    assert found is None or any(found.words in sentence for sentence in sentences)


HOSTILE = (
    "HR 0.5 ",
    "((((((",
    "OS and PFS ",
    "1,111",
    "median ",
    "0.5 vs. ",
    "95% CI ",
    "p = ",
    "-",
)


def test_a_limit_is_no_number_of_people() -> None:
    assert sample("", ["For CPS ≥ 20 patients, efficacy was included."]) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_a_long_text_takes_time_in_proportion(text: str) -> None:
    assert_in_proportion(figures, lambda size: text * size, 300)
    assert_in_proportion(lambda given: sample("", [given]), lambda size: text * size, 300)
