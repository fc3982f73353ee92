"""Names of journals, full and abbreviated."""

import pytest

from bot.merging.journals import same_journal


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
