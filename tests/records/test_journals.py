"""Names of journals, full and abbreviated."""

from pathlib import Path

import pytest

from bot.records.journals import JournalNames, journal_key, read_names, same_journal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("J Clin Oncol", "Journal of Clinical Oncology"),
        ("Proc Natl Acad Sci U S A",
         "Proceedings of the National Academy of Sciences of the United States of America"),
        ("PNAS", "Proceedings National Academy Sciences"),
        ("Cancers", "Cancers (Basel)"),
        ("J Thorac Oncol", "Journal of thoracic oncology : official publication of the IASLC"),
        ("Langenbecks Arch Surg", "Langenbeck's archives of surgery"),
        ("Lancet Oncol", "The Lancet. Oncology"),
        ("Onkologie", "ONKOLOGIE"),
    ],
)  # fmt: skip
def test_one_journal_by_two_names(one: str, other: str) -> None:
    assert same_journal(one, other)
    assert same_journal(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lancet", "The Lancet. Oncology"),
        ("Nature reviews. Cancer", "Nature reviews. Immunology"),
        ("Cell", "Cell Reports"),
        ("Cell", "Cells"),
        ("Cancer", "Cancers (Basel)"),
        ("Cancer Res", "Cancer Research Communications"),
        ("Section: A", "Section: B"),
        ("J Immunol", "Journal of Clinical Immunology"),
        ("", "Cell"),
        ("The", "Of"),
    ],
)
def test_two_journals(one: str, other: str) -> None:
    assert not same_journal(one, other)
    assert not same_journal(other, one)


_STORED = (
    "J Immunother Cancer", "Journal for ImmunoTherapy of Cancer", "J Clin Oncol", "Nat Cancer",
    "Cell", "Cells", "Cancers (Basel)", "Proc Natl Acad Sci U S A", "Front Immunol",
    "Frontiers in immunology", "Nature Medicine",
)  # fmt: skip
_KNOWN = read_names(Path(__file__).parents[2] / "seeds" / "journals.txt")


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("JITC", {"J Immunother Cancer", "Journal for ImmunoTherapy of Cancer"}),
        ("JCO", {"J Clin Oncol"}),
        ("pnas", {"Proc Natl Acad Sci U S A"}),
        ("Nature Cancer", {"Nat Cancer"}),
        ("Nat Med", {"Nature Medicine"}),
        ("Frontiers in Immunology", {"Front Immunol", "Frontiers in immunology"}),
        ("the journal Cancers", {"Cancers (Basel)"}),
        ("Cancers journal", {"Cancers (Basel)"}),
        ("Cell", {"Cell"}),
        ("Nature", set()),
        ("Immunology", set()),
        ("", set()),
    ],
)
def test_a_name_stands_for_the_stored_titles_of_its_journal(name: str, titles: set[str]) -> None:
    names = JournalNames(map(journal_key, _STORED), _KNOWN)
    assert set(names.named(name)) == set(map(journal_key, titles))


def test_a_journal_is_known_before_anything_from_it_is_stored() -> None:
    names = JournalNames((), _KNOWN)
    assert names.is_well_known("Nature")
    assert names.is_well_known("NEJM")
    assert not names.is_well_known("macrophages")


def test_every_line_of_the_list_is_a_journal_of_its_own() -> None:
    full = [line.split("|")[0].strip() for line in _KNOWN]
    names = JournalNames(map(journal_key, full), _KNOWN)
    mixed = [each for each in full if not {journal_key(each)}.issuperset(names.named(each))]
    assert mixed == []


def test_without_the_list_the_rules_alone_tell(tmp_path: Path) -> None:
    names = JournalNames(map(journal_key, _STORED), read_names(tmp_path / "none.txt"))
    assert names.named("PNAS") == ()
    assert names.named("JCO") == ("j clin oncol",)
