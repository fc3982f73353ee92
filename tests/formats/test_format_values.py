"""What formats share: sections of abstracts, names, dates, languages, encodings, and the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnreadableFile
from bot.formats import FORMATS, by_name, detect
from bot.formats.decoding import decode
from bot.records.models import Contribution
from bot.records.names import contributor, language_code, partial_date, people
from bot.records.sections import split_sections


@pytest.mark.parametrize(
    ("abstract", "sections"),
    [
        ("", []),
        ("No headings here.", [(None, "No headings here.")]),
        ("Background: One. Main body: Two. Conclusion: Three.",
         [("Background", "One."), ("Main body", "Two."), ("Conclusion", "Three.")]),
        ("BACKGROUND: One.METHODS: Two?\nRESULTS: Three",
         [("Background", "One."), ("Methods", "Two?"), ("Results", "Three")]),
        ("\n\nBackground: One. Results: Two.", [("Background", "One."), ("Results", "Two.")]),
        ("A word before. Results: Then.", [(None, "A word before."), ("Results", "Then.")]),
        ("Materials and Methods: One.", [("Materials and Methods", "One.")]),
        ("They saw (twice.) Findings: Two.", [(None, "They saw (twice.)"), ("Findings", "Two.")]),
        ("We compare the results: they differ.", [(None, "We compare the results: they differ.")]),
        ("One of the Methods: a survey.", [(None, "One of the Methods: a survey.")]),
        ("Results show this. Overall: good.", [(None, "Results show this. Overall: good.")]),
        ("Methods:", [("Methods", "")]),
    ],
)  # fmt: skip
def test_an_abstract_is_cut_at_headings_at_its_start_or_after_a_full_stop(
    abstract: str, sections: list[tuple[str | None, str]]
) -> None:
    assert [(section.label, section.text) for section in split_sections(abstract)] == sections


PIECES = st.sampled_from(
    ["Background: ", "Results:", "text ", ". ", "CONCLUSION: ", "\n", ": ", "."]
)


@given(st.lists(PIECES).map("".join))
def test_no_letter_of_an_abstract_is_lost(abstract: str) -> None:
    kept = "".join(f"{s.label or ''}{s.text}" for s in split_sections(abstract))
    assert sorted(filter(str.isalpha, kept.lower())) == sorted(
        filter(str.isalpha, abstract.lower())
    )


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Mäenpää J", Contribution(family="Mäenpää", given="J")),
        ("Dos Santos JM", Contribution(family="Dos Santos", given="JM")),
        ("Grönberg-Vähä-Koskela S", Contribution(family="Grönberg-Vähä-Koskela", given="S")),
        ("Dupont J-P", Contribution(family="Dupont", given="J-P")),
        ("Anderson LD Jr", Contribution(family="Anderson", given="LD Jr")),
        ("Block, Matthew S", Contribution(family="Block", given="Matthew S")),
        ("ENGOT-en9/LEAP-001 Investigators", Contribution(name="ENGOT-en9/LEAP-001 Investigators")),
        ("WHO", Contribution(name="WHO")),
        ("John Smith", Contribution(name="John Smith")),
        ("John Smith Jr", Contribution(name="John Smith Jr")),
        (" ,", Contribution()),
    ],
)
def test_a_name_is_split_only_where_it_shows_where(text: str, person: Contribution) -> None:
    assert contributor(text) == person


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025-11-09", "2025-11-09"),
        ("2025-11", "2025-11"),
        ("2025", "2025"),
        ("2019 Sep 9", "2019-09-09"),
        ("2020 Oct", "2020-10"),
        ("2020 Jul-Aug", "2020"),
        ("2019 Spring", "2019"),
    ],
)
def test_dates_are_read_as_precisely_as_they_are_given(text: str, date: str) -> None:
    assert str(partial_date(text)) == date


@pytest.mark.parametrize("text", ["", "soon", "2019 Feb 30", "20190909", "09/11/2025", "2025-13"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        partial_date(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("English", "en"),
        ("eng", "en"),
        ("EN", "en"),
        ("Welsh", "cy"),
        ("hun", "hu"),
        ("deu", "de"),
        ("en-GB", "en"),
        ("pt_BR", "pt"),
        ("Dutch; Flemish", "nl"),
        ("Kannada", None),  # no language by its first two letters
        ("?", None),
        ("", None),
    ],
)
def test_languages_are_known_by_name_and_code(text: str, code: str | None) -> None:
    assert language_code(text) == code


def test_wrong_bytes_are_named_by_their_place() -> None:
    with pytest.raises(UnreadableFile, match="byte 3 is wrong"):
        decode(b"caf\xe9!")


def test_formats_are_found_by_name_and_their_names_are_distinct() -> None:
    names = [known.name for known in FORMATS]
    assert len(set(names)) == len(names)
    assert [by_name(name.upper()) for name in names] == list(FORMATS)
    assert all(known.summary and known.suffixes for known in FORMATS)


def test_an_unknown_format_or_file_is_refused_naming_those_there_are() -> None:
    with pytest.raises(UnreadableFile, match="no format marc") as by_that_name:
        by_name("marc")
    assert "nbib, ris, bibtex, csl, json, csv" in by_that_name.value.hint
    with pytest.raises(UnreadableFile, match=r"notes\.txt is in none of the") as by_content:
        detect(b"Dear all,", "notes.txt")
    assert "nbib (" in by_content.value.hint
    with pytest.raises(UnreadableFile, match="is empty"):
        detect(b" \n", "x")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Li B, Müller AB; A Group", ("Li B", "Müller AB", "A Group")),
        ("Müller, Anna", ("Müller, Anna",)),
        ("Müller, Anna; Li, Bo", ("Müller, Anna", "Li, Bo")),
        ("Harrison-Dening K, Anderson LD Jr", ("Harrison-Dening K", "Anderson LD Jr")),
        ("", ()),
    ],
)
def test_a_text_of_several_names_is_cut_between_people(text: str, names: tuple[str, ...]) -> None:
    assert people(text) == names
