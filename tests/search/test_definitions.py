"""Definitions: all of the vocabulary's facts, each with whether anybody has checked it."""

import re
from pathlib import Path

import pytest

from bot.search.definitions import MESH, Definitions, Fact
from bot.text.folding import fold
from bot.vocabulary import Source, Vocabulary
from bot.vocabulary.sources import named
from handlers.router import Request, Router, Surface
from tests.block_check import check_message


@pytest.fixture(scope="module")
def vocabulary(seeds: Path) -> Vocabulary:
    return Vocabulary.load(seeds / "taxonomy.yaml")


@pytest.fixture(scope="module")
def definitions(vocabulary: Vocabulary) -> Definitions:
    return Definitions(vocabulary)


def test_a_concept_is_defined_with_all_that_is_known(definitions: Definitions) -> None:
    term = definitions.concept("tumour-associated-macrophages")
    assert term.kind == "TME component"
    assert term.facts("US spelling") == (Fact("tumor-associated macrophages"),)
    assert term.facts("Abbreviations") == (Fact("TAM / TAMs"),)
    assert Fact("immunosuppressive macrophages") in term.facts("Also called")
    assert Fact("intratumoural macrophages / intratumoral macrophages", unverified=True) in (
        term.facts("Also called")
    )
    heading = term.facts("MeSH")[0]
    assert heading == Fact("Tumor-Associated Macrophages D000084582", url=f"{MESH}D000084582")
    assert [f.text for f in term.facts("Part of")] == ["immune cells", "tumour microenvironment"]
    assert Fact("CSF1R") in term.facts("Targets")
    assert Fact("CSF1", unverified=True) in term.facts("Targets")
    assert Fact("axatilimab (Niktimvo)") in term.facts("Drugs")
    assert Fact("tamoxifen (TAM)") in term.facts("Not to be confused with")
    assert all(fact.unverified for fact in term.facts("Note"))
    assert "MeSH" in [source.name for source in term.sources]


def test_a_concept_is_not_one_of_the_things_it_is_confused_with(
    definitions: Definitions, vocabulary: Vocabulary
) -> None:
    for concept in vocabulary.concepts.values():
        others = definitions.concept(concept.id).facts("Not to be confused with")
        assert not any(fact.text.startswith(f"{concept.label} (") for fact in others)


def test_an_unverified_definition_says_so(definitions: Definitions, vocabulary: Vocabulary) -> None:
    for concept in vocabulary.concepts.values():
        meaning = definitions.concept(concept.id).meaning
        assert meaning is not None
        assert meaning.unverified is concept.definition.unverified


def test_every_name_of_the_vocabulary_is_listed_or_a_pattern(
    definitions: Definitions, vocabulary: Vocabulary
) -> None:
    """Nothing is lost by showing the spellings of one name together."""
    for concept in vocabulary.concepts.values():
        term = definitions.concept(concept.id)
        facts = (*term.facts("Abbreviations"), *term.facts("Also called"))
        shown = {name.casefold() for fact in facts for name in fact.text.split(" / ")}
        for name in (*concept.abbreviations, *concept.synonyms):
            is_label = fold(name.text).rstrip("s") == fold(concept.label).rstrip("s")
            parts = {part.casefold() for part in name.text.split(" / ")}
            assert parts <= shown or "<" in name.text or is_label, name.text


@pytest.mark.parametrize("words", ["Keytruda", "MK-3475", "pembrolizumab"])
def test_a_drug_is_defined_by_any_of_its_names(router: Router, words: str) -> None:
    text = router.answer(Request(f"define {words}", Surface.SLASH)).message.text
    assert "pembrolizumab (drug)\nanti-PD-1 antibody\nBrands: Keytruda" in text
    assert "Targets: PDCD1 (PD-1)" in text
    assert f"{MESH}C582435" in text


def test_what_is_doubted_of_a_drug_is_marked(definitions: Definitions) -> None:
    assert definitions.drug("nivolumab").facts("Targets") == (Fact("PDCD1 (PD-1)", True),)
    assert definitions.drug("pembrolizumab").facts("Targets") == (Fact("PDCD1 (PD-1)"),)


def test_a_gene_is_defined_by_a_protein_name(router: Router) -> None:
    text = router.answer(Request("define CD115", Surface.SLASH)).message.text
    assert "CSF1R (gene)\ncolony stimulating factor 1 receptor" in text
    assert "HGNC:2433" in text
    assert "pexidartinib (Turalio) †" in text


def test_an_abbreviation_that_nothing_decides_lists_its_senses(router: Router) -> None:
    text = router.answer(Request("define PD", Surface.SLASH)).message.text
    assert "PD alone can mean several things" in text
    assert "Parkinson disease" in text


def test_two_terms_stand_side_by_side(router: Router) -> None:
    reply = router.answer(Request("difference between MDSC and Treg", Surface.SLASH))
    rows = [b["fields"] for b in reply.message.payload()["blocks"] if "fields" in b]
    assert len(rows) >= 4
    assert all(len(row) == 2 for row in rows)
    assert rows[0][0]["text"].startswith("*myeloid-derived suppressor cells")
    assert rows[0][1]["text"].startswith("*regulatory T cells")
    check_message(reply.message.payload())


def test_terms_that_are_not_shown_are_named(router: Router) -> None:
    reply = router.answer(Request("define CAF TAM MDSC Treg hypoxia CAR-T", Surface.SLASH))
    assert "+2 more: `define tumour hypoxia`" in reply.message.text
    check_message(reply.message.payload())
    assert " more: `define" not in router.answer(Request("define CAF", Surface.SLASH)).message.text


def test_the_records_of_a_term_are_one_press_away(router: Router) -> None:
    """The button says how many there are, and the list it opens has as many."""
    reply = router.answer(Request("define CAF", Surface.DIRECT))
    row = next(b for b in reply.message.payload()["blocks"] if b["type"] == "actions")
    assert row["elements"][0]["text"]["text"].startswith("See records (")
    answer = router.answer(
        Request("component:cancer-associated-fibroblasts", Surface.DIRECT)
    ).answer
    assert row["elements"][0]["text"]["text"] == f"See records ({answer.total})"


def test_no_button_leads_to_an_empty_list(router: Router) -> None:
    reply = router.answer(Request("define CSF1R", Surface.DIRECT))
    assert "No record of CSF1R" in reply.message.text
    assert "See records" not in str(reply.message.payload()["blocks"])


def test_every_neighbour_can_be_defined(
    router: Router, definitions: Definitions, vocabulary: Vocabulary
) -> None:
    neighbours = {
        question
        for concept in vocabulary.concepts
        for _, question in definitions.concept(concept).neighbours
    }
    for question in neighbours:
        query = router.read(Request(question, Surface.SLASH), None).query
        assert query.action == "define", question
        assert definitions.of(query), question


def test_every_drug_and_gene_can_be_shown(router: Router, vocabulary: Vocabulary) -> None:
    for name in (*list(vocabulary.drugs)[::6], *list(vocabulary.genes)[::12]):
        reply = router.answer(Request(f"define {name}", Surface.SLASH))
        assert reply.error is None
        check_message(reply.message.payload())


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("mesh:D016246 (UK spelling of)", Source("MeSH", "https://meshb.nlm.nih.gov/")),
        ("read:https://pmc.ncbi.nlm.nih.gov/articles/PMC11027803 (name only)",
         Source("PMC11027803", "https://pmc.ncbi.nlm.nih.gov/articles/PMC11027803")),
        ("https://en.wikipedia.org/wiki/TREM2_(gene) (expressed on macrophages)",
         Source("en.wikipedia.org", "https://en.wikipedia.org/wiki/TREM2_(gene)")),
        ("read:doi 10.1016/S1470-2045(19)30274-8 (number variant)",
         Source("doi 10.1016/S1470-2045(19)30274-8",
                "https://doi.org/10.1016/S1470-2045(19)30274-8")),
        ("read:https://acir.org/...entryId=19526", Source("acir.org")),
        ("read:pubmed 38571605",
         Source("PubMed 38571605", "https://pubmed.ncbi.nlm.nih.gov/38571605/")),
        ("read:J Clin Med (ISSN 2077-0383) 11(18) 5326, seen on a mirror site",
         Source("J Clin Med (ISSN 2077-0383) 11(18) 5326")),
        ("", None),
    ],
)  # fmt: skip
def test_sources_are_named_as_a_reader_knows_them(code: str, source: Source | None) -> None:
    assert named(code) == source


def test_notes_speak_to_readers_and_not_to_taggers(definitions: Definitions) -> None:
    """The vocabulary's notes tell taggers what to do; a reader sees what not to confuse."""
    notes = {}
    for id_ in definitions._vocabulary.concepts:
        for note in definitions.concept(id_).facts("Note"):
            notes[id_] = note.text
            assert not re.search(
                r"\btag(?:s|ged|ging)?\b|hard negative|\bcues?\b|\brequire", note.text
            )
            assert note.text.endswith(".")
    assert len(notes) > 40
    assert notes["adaptive-resistance"] == (
        'A mechanism, not a time course. Not meant here: "Adaptive immunity",'
        ' "adaptive trial design" and "adaptive radiotherapy".'
    )
    assert notes["myeloid-derived-suppressor-cells"].endswith("transplantation and tuberculosis.")


def test_no_note_for_a_reader_tells_what_to_tag(vocabulary: Vocabulary) -> None:
    for concept in vocabulary.concepts.values():
        for note in concept.notes:
            assert not re.search(r"\b(?:do not tag|must not be tagged|never tag)\b", note), (
                concept.id
            )
            assert note[-1] in ".?!", concept.id


def test_the_first_two_notes_are_shown(definitions: Definitions, vocabulary: Vocabulary) -> None:
    longest = max(vocabulary.concepts.values(), key=lambda c: len(c.notes))
    (note,) = definitions.concept(longest.id).facts("Note")
    assert note.text == " ".join(longest.notes[:2])
    assert len(longest.notes) > 2


def test_two_that_share_their_last_word_are_put_side_by_side(router: Router) -> None:
    text = router.answer(
        Request("difference between primary and acquired resistance", Surface.DIRECT)
    ).message.text
    assert "primary resistance" in text
    assert "acquired resistance" in text
