"""Known-item queries: made with a seed, and only where one citation alone can be meant."""

from known_citations import Citations
from known_queries import queries

RECORDS = [
    (
        "1",
        "Macrophage repolarisation after checkpoint blockade in melanoma",
        "Müller A, Li B",
        "Gut",
    ),
    ("2", "Macrophage depletion before checkpoint blockade in glioma", "Muller C", "Brain"),
    ("3", "Melanoma antigens", "Gut D", "Cell"),
    ("4", "Blockade of glioma", "Díaz-Gómez E", "Gut"),
]


def citations() -> Citations:
    records = (
        {"pmid": pmid, "title": title, "authors": authors.split(", "), "journal": journal,
         "date": "2021 May 3"}
        for pmid, title, authors, journal in RECORDS
    )  # fmt: skip
    return Citations(records, commonest=0)


def test_words_that_two_titles_hold_are_no_query():
    stored = citations()
    first = stored.all[0]
    assert stored.is_alone(first, "repolarization macrophages")
    assert not stored.is_alone(first, "macrophage checkpoint blockade")
    assert not stored.is_alone(stored.all[1], "macrophage melanoma")


def test_a_surname_counts_by_its_words_without_diacritics_wherever_it_stands():
    stored = citations()
    assert not stored.is_alone(stored.all[0], "macrophage", name="Müller")
    assert stored.is_alone(stored.all[0], "melanoma", name="Müller")
    assert stored.is_alone(stored.all[3], "glioma", name="Gómez")
    assert not stored.is_alone(stored.all[3], "glioma", name="Gómez", year="1999")


def test_a_journal_counts_by_its_words():
    stored = citations()
    assert stored.is_alone(stored.all[0], "melanoma", journal="Gut")
    assert not stored.is_alone(stored.all[0], "blockade", journal="Gut")


def test_the_same_seed_makes_the_same_queries():
    made = queries(citations(), 5, seed=3)
    assert made == queries(citations(), 5, seed=3)
    assert {known.pmid for known in made["title words"]} <= {"1", "2"}
    assert len(made["title words"]) == len(made["title words, all misspelt"])


def test_diacritics_are_left_out_or_added_in_surnames_alone():
    made = queries(citations(), 5, seed=3)
    asked = {kind: sorted(known.text.split()[0] for known in of) for kind, of in made.items()}
    assert asked["surname with diacritics, topic"] == ["Díaz-Gómez", "Müller"]
    assert asked["the same, diacritics left out"] == ["Diaz-Gomez", "Muller"]
    assert asked["surname, diacritics added, topic"] == ["Müller"]


def test_the_commonest_words_name_no_topic():
    records = [{"pmid": "1", "title": "Systematic systematic review of pain", "authors": [],
                "journal": None, "date": None}]  # fmt: skip
    assert Citations(records, commonest=0).topics(Citations(records).all[0])
    assert not Citations(records).topics(Citations(records).all[0])
