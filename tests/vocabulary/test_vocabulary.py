"""The vocabulary: reading its files, recognising its terms in questions, resolving filters."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnreadableFile
from bot.text.folding import clean, tokenise
from bot.vocabulary import Recognised, Vocabulary

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@cache
def shipped() -> Vocabulary:
    """Read when the first test needs it: every process of a run collects this file."""
    return Vocabulary.load(SEEDS / "taxonomy.yaml")


SMALL = """\
version: 1
title: t
spelling: s
provenance: {}
tagging_policy: []
facets:
- {id: component, label: Component, purpose: p}
concepts:
- id: wide
  facet: component
  label: wide things
  label_us: wide things
  definition: {text: d, verify: true}
- id: close
  facet: component
  label: close things
  label_us: close things
  broader: wide
  definition: {text: d, source: 'read:https://example.org/a'}
drugs:
- generic: drugimab
  class: antibody
  target: [ABC1]
ambiguous_abbreviations: []
"""


def read(question: str) -> list[Recognised]:
    text = clean(question)
    return shipped().recognise(tokenise(text), text)


def named(question: str) -> tuple[set[str], set[str], set[str]]:
    """The concepts, drugs and genes of a question."""
    found = read(question)
    return (
        {id_ for one in found for id_ in one.concepts},
        {name for one in found for name in one.drugs},
        {symbol for one in found for symbol in one.genes},
    )


def small(folder: Path, text: str) -> Path:
    path = folder / "taxonomy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


class TestReading:
    def test_every_part_of_a_concept_is_typed_and_at_hand(self) -> None:
        concept = shipped().concepts["tumour-associated-macrophages"]
        assert concept.facet == "component"
        assert concept.label_us == "tumor-associated macrophages"
        assert concept.definition.url == (
            "https://encyclopedia.pub/entry/history/compare_revision/89388"
        )
        assert not concept.unverified
        assert concept.broader == ("immune-cells",)
        assert (concept.mesh[0].name, concept.mesh[0].ui) == (
            "Tumor-Associated Macrophages",
            "D000084582",
        )
        assert any(s.text == "intratumoural macrophages" and s.unverified for s in concept.synonyms)
        assert "pexidartinib" in concept.drugs
        assert "CSF1R" in {target.symbol for target in concept.targets}
        assert concept.notes[0].startswith("TAM = tamoxifen")
        assert "do not tag" in concept.tagging_notes[0]

    def test_a_concept_knows_everything_below_and_above_it(self) -> None:
        assert shipped().narrower("myeloid-derived-suppressor-cells") == {
            "myeloid-derived-suppressor-cells",
            "pmn-mdsc",
            "m-mdsc",
            "e-mdsc",
        }
        assert shipped().broader("pmn-mdsc") == (
            "myeloid-derived-suppressor-cells",
            "immune-cells",
            "tumour-microenvironment",
        )
        assert shipped().narrower("no-such-concept") == {"no-such-concept"}

    def test_a_concept_may_have_several_parents(self) -> None:
        oral = "oral-squamous-cell-carcinoma"
        assert shipped().concepts[oral].broader == (
            "head-and-neck-squamous-cell-carcinoma",
            "oral-cancer",
        )
        # Nearest first, each once though two ways lead to it.
        assert shipped().broader(oral) == (
            "head-and-neck-squamous-cell-carcinoma",
            "oral-cancer",
            "head-and-neck-cancer",
            "solid-tumours",
        )
        for above in shipped().broader(oral):
            assert oral in shipped().narrower(above)

    def test_narrower_follows_from_broader(self) -> None:
        for concept in shipped().concepts.values():
            for id_ in concept.narrower:
                assert concept.id in shipped().concepts[id_].broader
            for id_ in concept.broader:
                assert concept.id in shipped().concepts[id_].narrower

    def test_opposites_are_each_others_and_never_above_one_another(self) -> None:
        opposites = [c for c in shipped().concepts.values() if c.opposite]
        assert {"m1-macrophages", "cold-tumours", "mss-colorectal-cancer"} <= {
            c.id for c in opposites
        }
        for concept in opposites:
            for id_ in concept.opposite:
                assert concept.id in shipped().concepts[id_].opposite
                assert id_ not in shipped().broader(concept.id)
                assert id_ not in shipped().narrower(concept.id)

    def test_no_drug_and_no_gene_implies_a_tumour_type(self) -> None:
        for concept in shipped().concepts.values():
            if concept.facet == "cancer":
                assert (concept.drugs, concept.targets) == ((), ()), concept.id

    def test_genes_are_the_targets_with_their_aliases(self) -> None:
        assert {"PD-1", "PD1", "CD279"} <= set(shipped().genes["PDCD1"].aliases)
        assert shipped().genes["CSF1R"].name == "colony stimulating factor 1 receptor"

    def test_a_small_sound_file_is_read_without_the_files_of_words(self, tmp_path: Path) -> None:
        vocabulary = Vocabulary.load(small(tmp_path, SMALL))
        assert set(vocabulary.concepts) == {"wide", "close"}
        assert vocabulary.narrower("wide") == {"wide", "close"}

    @pytest.mark.parametrize(
        ("old", "new", "line", "reason"),
        [
            ("broader: wide", "broader: missing", 18, "unknown broader 'missing'"),
            ("id: close", "id: wide", 14, "used twice"),
            ("facet: component\n  label: close", "facet: shape\n  label: close", 15, "facet"),
            ("label: close things", "label: [close]", 16, "string"),
            ("label_us: close things", "label_uk: close things", 14, "label_us"),
            ("generic: drugimab", "generic: drugimab\n  colour: red", 22, "colour"),
            ("version: 1", "version: one", 1, "version"),
            ("title: t", "title: [t", 3, "not YAML"),
            ("provenance: {}", "provenance: &a {}\nextra: *a", 5, "aliases"),
            ("tagging_policy: []", "tagging_policy: " + "[" * 30 + "]" * 30, 5, "nested"),
            (
                "label: wide things",
                "label: wide things\n  broader: close",
                12,
                "broader than itself",
            ),
            ("definition: {text: d, verify: true}", "definition: 2020-01-01", 13, "definition"),
        ],
    )
    def test_a_bad_file_is_refused_with_line_and_reason(
        self, tmp_path: Path, old: str, new: str, line: int, reason: str
    ) -> None:
        assert old in SMALL
        with pytest.raises(UnreadableFile) as refused:
            Vocabulary.load(small(tmp_path, SMALL.replace(old, new, 1)))
        assert f"line {line}:" in refused.value.message
        assert reason in refused.value.message

    def test_a_deeply_nested_file_is_refused_and_does_not_end_the_process(
        self, tmp_path: Path
    ) -> None:
        with pytest.raises(UnreadableFile, match="nested too deeply"):
            Vocabulary.load(small(tmp_path, "[" * 200_000))

    def test_what_is_no_file_no_text_or_empty_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "taxonomy.yaml"
        with pytest.raises(UnreadableFile, match="No such file"):
            Vocabulary.load(path)
        path.write_bytes(b"title: x\nspelling: \xff\xfe")
        with pytest.raises(UnreadableFile, match="line 2: not UTF-8"):
            Vocabulary.load(path)
        path.write_bytes(b"")
        with pytest.raises(UnreadableFile, match="line 1"):
            Vocabulary.load(path)

    def test_words_for_the_tagger_that_lead_nowhere_are_refused(self, tmp_path: Path) -> None:
        path = small(tmp_path, SMALL)
        tagging = tmp_path / "tagging_words.yaml"
        tagging.write_text("version: 1\nby_target: [narrow]\n")
        with pytest.raises(UnreadableFile, match=r"tagging_words.yaml, line 2: unknown concept"):
            Vocabulary.load(path)
        path = small(tmp_path, SMALL.replace("broader: wide", "broader: wide\n  needs: nothing"))
        tagging.write_text("version: 1\ncues:\n  tumour: [cancer]\n")
        with pytest.raises(UnreadableFile, match=r"line 3: 'close' needs the cue 'nothing'"):
            Vocabulary.load(path)

    def test_a_part_is_read_and_a_mistake_in_it_is_named(self, tmp_path: Path) -> None:
        path = small(tmp_path, SMALL + "parts: [more.yaml]\n")
        more = tmp_path / "more.yaml"
        more.write_text("version: 1\ngenes: {ABC1: [abc one]}\ndrug_names: {dru: [drugimab]}\n")
        vocabulary = Vocabulary.load(path)
        assert vocabulary.genes["ABC1"].aliases == ("abc one",)
        assert "dru" in vocabulary.drugs["drugimab"].names
        more.write_text("version: 1\ndrug_names:\n  dru: [nothing]\n")
        with pytest.raises(UnreadableFile, match=r"more.yaml, line 3: unknown drug 'nothing'"):
            Vocabulary.load(path)

    def test_what_a_concept_needs_is_inherited_and_can_be_ended(self, tmp_path: Path) -> None:
        text = SMALL.replace(
            "  definition: {text: d, verify: true}",
            "  needs: tumour\n  unless: [eye]\n  definition: {text: d, verify: true}",
        )
        vocabulary = Vocabulary.load(small(tmp_path, text))
        assert (vocabulary.needs("close"), vocabulary.unless("close")) == ("tumour", ("eye",))
        text = text.replace("broader: wide", "broader: wide\n  needs: none\n  unless: [skin]")
        vocabulary = Vocabulary.load(small(tmp_path, text))
        assert (vocabulary.needs("close"), vocabulary.needs("wide")) == (None, "tumour")
        assert vocabulary.unless("close") == ("skin", "eye")


class TestRecognition:
    def test_every_concept_is_recognised_by_its_labels(self) -> None:
        missed = {
            name
            for concept in shipped().concepts.values()
            for name in (concept.label, concept.label_us, concept.label.upper())
            if concept.id not in named(name)[0]
        }
        assert missed == set()

    def test_every_drug_is_recognised_by_generic_and_brand(self) -> None:
        missed = {
            name
            for drug in shipped().drugs.values()
            for name in (drug.generic, *(brand.text for brand in drug.brands))
            if drug.generic not in named(name)[1]
        }
        assert missed == set()

    @pytest.mark.parametrize("typed", ["car t", "car-t", "cart", "CAR-T", "carT", "CAR T cells"])
    def test_hyphen_space_or_nothing_between_the_parts(self, typed: str) -> None:
        assert named(typed)[0] == {"car-t"}

    @pytest.mark.parametrize("typed", ["pd1", "PD-1", "pd 1", "CD279", "PDCD1", "PD‑1"])
    def test_names_of_a_gene_are_one_gene(self, typed: str) -> None:
        assert named(typed)[2] == {"PDCD1"}

    @pytest.mark.parametrize(
        "typed",
        ["tumour-associated macrophage", "tumor associated macrophages", "Tumorassociated TAMs"],
    )
    def test_spelling_and_number_do_not_matter(self, typed: str) -> None:
        assert named(typed)[0] == {"tumour-associated-macrophages"}

    @pytest.mark.parametrize(
        ("question", "concepts", "drugs", "genes"),
        [
            ("T-VEC", {"oncolytic-virotherapy"}, {"talimogene laherparepvec"}, set()),
            ("VEGF", {"vegf"}, set(), {"VEGFA"}),
            ("atra mdsc", {"myeloid-derived-suppressor-cells"}, {"tretinoin"}, set()),
            ("TIL", {"tumour-infiltrating-lymphocytes", "til-therapy"}, set(), set()),
            ("opdualag", set(), {"relatlimab", "nivolumab"}, set()),
            ("MK-3475 or keytruda", set(), {"pembrolizumab"}, set()),
        ],
    )
    def test_one_span_can_name_several_things(
        self, question: str, concepts: set[str], drugs: set[str], genes: set[str]
    ) -> None:
        assert named(question) == (concepts, drugs, genes)

    def test_the_longest_name_wins_and_spans_do_not_overlap(self) -> None:
        found = read("treg depletion with anti-PD-1 therapy")
        assert [one.concepts for one in found] == [("treg-depletion",), ("pd-1-pd-l1-blockade",)]
        assert found[0].end <= found[1].start

    def test_a_strategy_inside_a_resistance_counts_too(self) -> None:
        assert named("checkpoint resistance")[0] == {
            "immunotherapy-resistance",
            "checkpoint-inhibition",
        }

    def test_an_ambiguous_abbreviation_shows_its_senses(self) -> None:
        (tam,) = read("TAM")
        assert tam.concepts == ("tumour-associated-macrophages",)
        assert tam.is_open
        assert tam.abbreviation is not None
        assert "tamoxifen" in [sense.label for sense in tam.abbreviation.senses]

    @pytest.mark.parametrize(
        ("question", "senses"),
        [
            # Nothing decides: every sense in the field, never the first one alone.
            ("CC", {"cervical-cancer", "cholangiocarcinoma", "colon-cancer"}),
            ("OV", {"oncolytic-virotherapy", "ovarian-cancer"}),
            # A cancer is no cue for an abbreviation that is none of its own.
            ("TAM breast cancer", {"tumour-associated-macrophages"}),
            ("CSCC", {"cutaneous-squamous-cell-carcinoma", "cervical-cancer"}),
        ],
    )
    def test_without_a_cue_no_sense_is_taken(self, question: str, senses: set[str]) -> None:
        one = read(question)[0]
        assert one.is_open
        assert {*one.concepts} == senses

    @pytest.mark.parametrize(
        ("question", "sense"),
        [
            ("CC HPV", "cervical-cancer"),  # a cue in words
            ("NETs and neutrophils", "neutrophil-extracellular-traps"),  # what belongs to it
            ("CAF acquired resistance", "cancer-associated-fibroblasts"),  # another of the field
            ("TMB", "tumour-mutational-burden"),  # the file does not say to ask
            ("cSCC", "cutaneous-squamous-cell-carcinoma"),  # its case decides
        ],
    )
    def test_another_term_decides_the_sense(self, question: str, sense: str) -> None:
        one = read(question)[0]
        assert not one.is_open
        assert one.concepts == (sense,)

    @pytest.mark.parametrize(
        ("question", "concepts"),
        [
            ("CAFs", ["cancer-associated-fibroblasts"]),
            ("which tams present antigen", ["tumour-associated-macrophages"]),
            ("TAMs and tamoxifen", ["tumour-associated-macrophages"]),  # one drug is not several
            ("ILCs in breast tissue", ["breast-cancer"]),  # a cue for what can be several, too
            ("TLS", None),  # its s is no plural
            ("GCTs", None),  # tumours are many, each in a sense of its own
        ],
    )
    def test_a_plural_means_cells_not_a_drug(
        self, question: str, concepts: list[str] | None
    ) -> None:
        one = next(each for each in read(question) if each.abbreviation)
        assert one.is_open is (concepts is None)
        assert concepts is None or list(one.concepts) == concepts

    @pytest.mark.parametrize(
        ("question", "label"),
        [
            ("oestrogen TAM", "tamoxifen"),
            ("TAM kinase family AXL", "TAM receptor kinases TYRO3/AXL/MERTK"),
            ("TLS rasburicase", "tumour lysis syndrome"),
            ("TME after mesorectal excision", "total mesorectal excision"),
        ],
    )
    def test_a_cue_elsewhere_in_the_question_flips_the_sense(
        self, question: str, label: str
    ) -> None:
        one = next(one for one in read(question) if one.abbreviation)
        assert one.concepts == ()
        assert one.label == label
        assert one.sense is not None
        assert not one.sense.concepts

    def test_pd_is_never_expanded(self) -> None:
        (found,) = read("PD")
        assert (found.concepts, found.genes, found.sense) == ((), (), None)
        assert found.abbreviation is not None
        assert found.abbreviation.abbr == "PD"

    @pytest.mark.parametrize(
        "question",
        ["time to progression", "what can I do", "an act of parliament", "car park", "marco polo"],
    )
    def test_ordinary_words_are_not_abbreviations(self, question: str) -> None:
        assert named(question) == (set(), set(), set())

    def test_an_ordinary_word_counts_as_written_or_beside_a_cue(self) -> None:
        assert named("TIME in patients")[0] == {"tumour-microenvironment"}
        assert "engineered-cell-therapy" in named("act adoptive")[0]

    def test_without_the_text_the_case_is_unknown(self) -> None:
        assert shipped().recognise(tokenise("TIME")) == []

    @given(st.text(max_size=200))
    def test_any_text_is_read_and_spans_are_in_bounds(self, question: str) -> None:
        tokens = tokenise(clean(question))
        end = 0
        for one in shipped().recognise(tokens, clean(question)):
            assert end <= one.start < one.end <= len(tokens)
            end = one.end

    def test_single_words_of_names_are_known_to_spelling(self) -> None:
        words = shipped().vocabulary_words()
        assert {"pembrolizumab", "macrophages", "oncolytic", "fibroblast"} <= set(words)
        assert all(count > 0 for count in words.values())


class TestResolution:
    @pytest.mark.parametrize(
        ("facet", "value", "id_"),
        [
            ("strategy", "epigenetic", "epigenetic-reprogramming"),
            ("strategy", "epigentic", "epigenetic-reprogramming"),
            ("strategy", "metabolism", "modulating-tumour-metabolism"),
            ("strategy", "checkpont", "checkpoint-inhibition"),
            ("strategy", "macrophage", "macrophage-targeting"),
            ("component", "macrophages", "tumour-associated-macrophages"),
            ("component", "CAF", "cancer-associated-fibroblasts"),
            ("resistance", "aquired", "acquired-resistance"),
            ("biomarker", "TMB", "tumour-mutational-burden"),
            ("type", "review", "review"),
            ("type", "reveiw", "review"),
            ("type", "trial", "clinical-trial"),
            ("type", "RCT", "clinical-trial"),
            ("evidence", "meta-analysis", "systematic-review"),
            ("type", "preprint", "preprint"),
            (None, "tumor hypoxia", "tumour-hypoxia"),
        ],
    )
    def test_a_value_is_read_as_the_concept_it_means(
        self, facet: str | None, value: str, id_: str
    ) -> None:
        resolution = shipped().resolve(facet, value)
        assert resolution.id == id_
        assert resolution.nearest[0] == id_

    def test_an_unknown_value_lists_every_id_of_the_facet(self) -> None:
        resolution = shipped().resolve("strategy", "magic")
        assert resolution.id is None
        strategies = {id_ for id_, c in shipped().concepts.items() if c.facet == "strategy"}
        assert set(resolution.nearest) == strategies

    def test_a_beginning_shared_by_several_ids_is_not_decided(self) -> None:
        resolution = shipped().resolve("component", "tumour")
        assert resolution.id is None
        assert all(id_.startswith("tumour-") for id_ in resolution.nearest[:3])

    def test_a_misspelling_is_said_to_be_one(self) -> None:
        assert shipped().resolve("type", "prepint").corrected
        assert not shipped().resolve("type", "preprint").corrected

    def test_an_unknown_facet_resolves_nothing(self) -> None:
        assert shipped().resolve("colour", "red").nearest == ()

    @given(st.sampled_from(["strategy", "type", None]), st.text(max_size=40))
    def test_any_value_is_answered(self, facet: str | None, value: str) -> None:
        resolution = shipped().resolve(facet, value)
        assert resolution.id is None or resolution.id in shipped().concepts
