"""Tagging: the policy of `taxonomy.yaml` rule by rule, then the gold cases."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.models import ConceptTag, IntegrityKind, IntegrityNotice, Record, Section
from bot.vocabulary import Vocabulary
from bot.vocabulary.tagging import Tagger
from bot.vocabulary.tagging.tagger import tagger_of
from tests.vocabulary.titles import CASES

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@cache
def tagger() -> Tagger:
    """Made when the first test needs it: every process of a run collects this file."""
    return tagger_of(Vocabulary.load(SEEDS / "taxonomy.yaml"))


def tags(
    title: str, abstract: str | None = None, kind: str | None = None, subtype: str | None = None
) -> dict[str, ConceptTag]:
    record = Record(title=title or "-", abstract=abstract, type=kind, subtype=subtype)
    return {tag.concept: tag for tag in tagger().tag(record)}


@pytest.mark.parametrize(
    ("title", "gold", "optional", "must_not"), CASES, ids=lambda v: str(v)[:40]
)
def test_a_title_has_its_tags_and_no_others(
    title: str, gold: str, optional: str, must_not: str
) -> None:
    found = set(tags(title))
    assert found >= set(gold.split())
    assert found <= set(gold.split()) | set(optional.split())
    assert not found & set(must_not.split())


class TestPolicy:
    def test_only_the_most_specific_is_listed(self) -> None:
        found = tags("PMN-MDSCs and other myeloid-derived suppressor cells in tumours")
        assert set(found) == {"pmn-mdsc"}

    def test_a_broader_concept_listed_beside_its_siblings_is_kept(self) -> None:
        found = tags(
            "Inside tumours",
            "Tumours hold cancer cells, immune cells, stromal cells and extracellular matrix. "
            "Tumour-associated macrophages dominate.",
        )
        assert {"immune-cells", "tumour-associated-macrophages", "cancer-cells"} <= set(found)
        assert "tumour-microenvironment" not in found

    def test_bare_mention_of_tumour_cells_is_no_tag(self) -> None:
        assert "cancer-cells" not in tags("Nivolumab kills tumour cells")

    def test_a_denied_mention_does_not_undo_an_asserted_one(self) -> None:
        found = tags(
            "Regulatory T cells in melanoma", "In mice without regulatory T cells, tumours shrank."
        )
        assert found["regulatory-t-cells"].field == "title"

    @pytest.mark.parametrize(
        "text",
        [
            "Without CAR-T cells, oncolytic viruses or regulatory T cells, the tumour grew",
            "CAR-T cells and oncolytic viruses were excluded from this tumour study",
            "No CAR-T cells or oncolytic viruses in this cancer trial were used",
        ],
    )
    def test_a_denial_governs_a_whole_list(self, text: str) -> None:
        assert not {"car-t", "oncolytic-virotherapy"} & set(tags(text))

    def test_abbreviations_match_in_their_exact_case_only(self) -> None:
        assert "tumour-infiltrating-lymphocytes" in tags("TIL counts in breast cancer")
        assert "tumour-infiltrating-lymphocytes" not in tags("Fra kreft til helse: cancer")

    def test_a_definition_in_the_record_binds_its_abbreviation(self) -> None:
        assert "cancer-associated-fibroblasts" not in tags(
            "Cyclophosphamide, doxorubicin and fluorouracil in breast cancer",
            "Cyclophosphamide adriamycin fluorouracil (CAF) was given. CAF and stroma improved.",
        )
        assert "tertiary-lymphoid-structures" in tags(
            "B cells in melanoma", "Tertiary lymphoid structures (TLS) form. TLS and lysis differ."
        )

    def test_coordinated_names_are_expanded(self) -> None:
        found = tags("Primary, adaptive, and acquired resistance to cancer immunotherapy")
        assert {"primary-resistance", "adaptive-resistance", "acquired-resistance"} <= set(found)
        both = {"pd-1-pd-l1-blockade", "ctla-4-blockade"}
        assert both <= set(tags("PD-1 and CTLA-4 blockade in melanoma"))
        assert both <= set(tags("Anti-PD-1/CTLA-4 antibodies in melanoma"))

    def test_a_longer_match_blocks_what_it_says_it_blocks(self) -> None:
        found = tags("Tumour-infiltrating lymphocyte therapy for melanoma")
        assert set(found) == {"til-therapy", "melanoma"}

    def test_nesting_across_facets_is_additive(self) -> None:
        found = tags("Resistance to checkpoint inhibitors in melanoma")
        assert set(found) == {"immunotherapy-resistance", "checkpoint-inhibition", "melanoma"}

    @pytest.mark.parametrize(
        "text",
        [
            "Tumor-associated macrophages",
            "tumour associated macrophage",
            "TUMOUR‑ASSOCIATED MACROPHAGES",
            "tumor\u00adassociated macrophages",
            "tumor-\nassociated macrophages",
            "ＴＵＭＯＲ-associated macrophages",
        ],
    )
    def test_spelling_hyphens_and_letters_are_normalised(self, text: str) -> None:
        assert set(tags(text)) == {"tumour-associated-macrophages"}

    def test_greek_letters_and_their_names_are_the_same(self) -> None:
        for name in ("TGF-β", "TGFβ", "TGF-beta", "TGF beta"):
            assert "tgf-beta-blockade" in tags(f"{name} blockade in pancreatic cancer")

    def test_a_trial_that_failed_keeps_its_strategy(self) -> None:
        assert "tgf-beta-blockade" in tags("Bintrafusp alfa did not improve survival in cancer")


class TestEvidence:
    def test_the_type_comes_first_and_is_named_as_the_field(self) -> None:
        found = tags("Macrophages in glioma", "A phase 2 trial is named.", subtype="Review")
        assert found["review"].field == "subtype"
        assert found["review"].words == "Review"
        assert "clinical-trial" not in found

    def test_a_record_with_nothing_but_its_type_is_tagged_by_it(self) -> None:
        assert set(tags("-", kind="Journal article", subtype="Review")) == {"review"}

    @pytest.mark.parametrize(
        ("kind", "concept"),
        [
            ("review-article", "review"),
            ("Systematic Review", "systematic-review"),
            ("Journal Article; Randomized Controlled Trial", "clinical-trial"),
            ("posted-content", "preprint"),
            ("Practice Guideline", "consensus-guideline"),
            ("Retracted Publication", "retraction-notice"),
        ],
    )
    def test_types_of_other_sources_are_understood(self, kind: str, concept: str) -> None:
        assert concept in tags("A title", kind=kind)

    def test_a_review_by_type_can_be_systematic_by_its_title(self) -> None:
        assert set(tags("Cancer: a systematic review", kind="review-article")) == {
            "systematic-review"
        }

    def test_editorials_and_errata_are_no_reviews(self) -> None:
        assert "review" not in tags("Editorial: review of the tumour microenvironment")
        assert "review" not in tags("A review of melanoma", subtype="Editorial")
        assert "systematic-review" not in tags("Correction to: a systematic review of melanoma")

    def test_a_retracted_record_is_tagged_from_its_notices(self) -> None:
        checked = datetime(2026, 1, 15, tzinfo=UTC)
        notice = IntegrityNotice(kind=IntegrityKind.RETRACTION, checked=checked)
        found = tagger().tag(Record(title="A title", integrity=(notice,)))
        assert [(tag.concept, tag.field) for tag in found] == [("retraction-notice", "integrity")]

    def test_a_synthesis_of_trials_is_no_trial(self) -> None:
        found = tags("Meta-analysis of cancer drugs", "We pooled randomised phase 3 trials.")
        assert set(found) == {"systematic-review"}


class TestTags:
    def test_a_tag_shows_the_records_own_words_and_field(self) -> None:
        found = tags("A melanoma study", "We saw CAFs, i.e. Carcinoma\u2010Associated Fibroblasts.")
        tag = found["cancer-associated-fibroblasts"]
        assert (tag.field, tag.words) == ("abstract", "CAFs")

    def test_sections_and_keywords_are_read_where_there_is_no_abstract(self) -> None:
        record = Record(
            title="A study of melanoma",
            sections=(Section(label="Methods", text="We depleted regulatory T cells."),),
            keywords=("oncolytic virus",),
        )
        found = {tag.concept: tag.field for tag in tagger().tag(record)}
        assert found["treg-depletion"] == "abstract"
        assert found["oncolytic-virotherapy"] == "keywords"

    def test_tags_come_in_the_vocabularys_order_each_once(self) -> None:
        found = [
            t.concept for t in tagger().tag(Record(title="Nivolumab, Tregs and CAFs in cancer"))
        ]
        order = list(tagger()._vocabulary.concepts)
        assert found == sorted(set(found), key=order.index)

    @given(st.text(min_size=1, max_size=300), st.text(max_size=300))
    def test_any_text_is_tagged_with_known_concepts(self, title: str, abstract: str) -> None:
        for tag in tagger().tag(Record(title=title, abstract=abstract)):
            assert tag.concept in tagger()._vocabulary.concepts

    @given(
        st.lists(
            st.sampled_from(
                ["TAM", "without", "İ", "resistance to", "PD-1", "and", "CTLA-4 blockade", "(", ")",
                 "CAF", "ß", "\u00ad", ",", ".", "tumour", "depletion of", "Tregs", "β"]
            ),
            max_size=30,
        )
    )  # fmt: skip
    def test_words_of_a_tag_stand_in_the_record(self, parts: list[str]) -> None:
        text = " ".join(parts) or "-"
        record = Record(title=text)
        shown = " ".join(text.replace("\u00ad", "").split())
        for tag in tagger().tag(record):
            assert tag.words in shown


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file", "precision", "recall"),
    [
        ("tagging_cases.dev.reissued.jsonl", 0.98, 0.98),
        ("tagging_ext.dev.jsonl", 0.98, 0.97),
    ],
)
def test_the_gold_cases_hold(shared: Path, file: str, precision: float, recall: float) -> None:
    """No `must_not` is violated; precision and recall stay near what they were measured at."""
    right = wrong = missed = 0
    broken = []
    for line in (shared / "taxonomy" / file).read_text().splitlines():
        case = json.loads(line)
        kind = case.get("record") or {}
        found = set(tags(case["title"], case["abstract"], kind.get("type"), kind.get("subtype")))
        gold, optional = set(case["gold"]), set(case["optional"])
        right += len(found & gold)
        wrong += len(found - gold - optional)
        missed += len(gold - found)
        broken += [(case["id"], id_) for id_ in {*case["must_not"], *case["negated"]} & found]
    assert broken == []
    assert right / (right + wrong) >= precision
    assert right / (right + missed) >= recall


class TestTrialsOfOthers:
    """An abstract that speaks of trials does not report one: evidence would be overstated."""

    @pytest.mark.parametrize(
        "abstract",
        [
            "These mice may be attractive candidates for future clinical trials in ovarian cancer.",
            "Prospective randomized trials are warranted to validate this strategy.",
            "Several inhibitors are being evaluated in phase 2 and early phase 3 clinical trials.",
            "Our results support clinical trial evaluation of the inhibitor in glioblastoma.",
            "Confirmation of these findings in a prospective clinical trial is recommended.",
            "Clinical trial number: Not applicable.",
            "We extracted the risks from randomised controlled trials and cohorts.",
        ],
    )
    def test_trials_of_others_make_no_trial(self, abstract: str) -> None:
        assert "clinical-trial" not in tags("Viral defence genes in ovarian cancer", abstract)

    @pytest.mark.parametrize(
        "abstract",
        [
            "Patients on our clinical trial with melanoma showing high PD-L1 did not respond.",
            "We designed a clinical trial to determine whether diuresis helps.",
            "Patients were treated on a clinical trial (NCT05887492).",
            "Clinical trial registration: NCT02362776.",
            "In this randomised, double-blind trial, 120 patients received pembrolizumab.",
            "We randomized patients to either arm. Larger trials should follow.",
        ],
    )
    def test_a_trial_of_its_own_does(self, abstract: str) -> None:
        assert "clinical-trial" in tags("Diuresis in melanoma", abstract)

    @pytest.mark.parametrize(
        "title",
        [
            "A review of clinical trials of pembrolizumab",
            "Pembrolizumab in melanoma: a review of phase I/II trials",
            "Clinical trials of pembrolizumab: a review",
            "Review of the KEYNOTE-006 phase III trial",
        ],
    )
    def test_a_review_of_trials_is_no_trial(self, title: str) -> None:
        assert {"review", "clinical-trial"} & set(tags(title)) == {"review"}

    def test_a_trial_with_a_review_beside_it_is_one(self) -> None:
        found = set(tags("A phase II trial of pembrolizumab and review of the literature"))
        assert "clinical-trial" in found

    def test_a_title_that_names_trials_is_about_them(self) -> None:
        assert "clinical-trial" in tags("Pooled results of two clinical trials of pembrolizumab")


@pytest.mark.parametrize(
    ("sentence", "concepts"),
    [
        ("Tumours were depleted of CXCL13+CD8+ T cells.", "cd8-t-cells"),
        (
            "IMC mapped CAF–macrophage niches.",
            "imaging-mass-cytometry tumour-associated-macrophages",
        ),
        ("Axitinib/pembrolizumab was given.", "pd-1-pd-l1-blockade combination-therapy"),
        ("Sacituzumab govitecan and enfortumab vedotin are ADCs.", "antibody-drug-conjugates"),
        ("Treg depletion with the anti-CCR8 antibody S-531011.", "ccr8-tregs"),
        ("Tregs were depleted.", "treg-depletion regulatory-t-cells"),
        ("Avelumab-induced myocarditis.", "pd-1-pd-l1-blockade immune-related-adverse-events"),
        ("Avelumab-induced regression.", "pd-1-pd-l1-blockade"),
        ("NK and CD8 T cells expanded.", "natural-killer-cells cd8-t-cells"),
        ("Rectal tumours shrank.", "rectal-cancer"),
        ("Urothelial neoplasms recurred.", "urothelial-carcinoma"),
        ("Renal cancers recurred.", "kidney-cancer"),
        ("Renal tumours recurred.", "kidney-cancer"),
    ],
)
def test_sentences_of_abstracts(sentence: str, concepts: str) -> None:
    """A list of marks, a dash, a slash, what is said of two drugs, and the harm of one."""
    found = set(tags("Immunity in cancer", sentence))
    wanted = set(concepts.split())
    assert wanted <= found
    assert found - wanted <= {"anti-vegf", "regulatory-t-cells"}


class TestTreatmentsAndCodes:
    """A word of treatments is none where nothing is given, and a code names no tumour."""

    @pytest.mark.parametrize(
        "sentence",
        [
            "A nomogram combining age with stage predicted survival.",
            "Cells acquire identity by combinations of transcription factors.",
            "Immunohistochemistry was combined with flow cytometry.",
        ],
    )
    def test_what_is_combined_must_be_treatments(self, sentence: str) -> None:
        assert "combination-therapy" not in tags("Genes in cancer", sentence)

    @pytest.mark.parametrize(
        "sentence",
        [
            "We combined immunity with combinations of cisplatin and gemcitabine.",
            "Cisplatin was combined with hyperthermia.",
            "Combining radiation with surgery prolonged survival.",
        ],
    )
    def test_treatments_that_are_combined_are_a_combination(self, sentence: str) -> None:
        assert "combination-therapy" in tags("Genes in cancer", sentence)

    def test_immunotherapy_is_no_partner_of_what_it_holds(self) -> None:
        sentence = "Such cells are a source for cancer vaccines and immunotherapy."
        found = tags("Dendritic cells in cancer", sentence)
        assert "cancer-vaccines" in found
        assert "combination-therapy" not in found

    @pytest.mark.parametrize(
        "sentence",
        [
            "IL-2 production by T cells was reduced.",
            "Serum levels of interferon and IL-12 rose.",
            "Cells were cultured in the presence of interleukin-15.",
            "The interleukin-7 receptor was found.",
        ],
    )
    def test_a_cytokine_that_is_measured_is_no_therapy(self, sentence: str) -> None:
        found = set(tags("T cells of patients with cancer", sentence))
        assert not {id_ for id_ in found if id_.startswith("il-") and id_.endswith("-therapy")}

    @pytest.mark.parametrize(
        ("sentence", "concept"),
        [
            ("Patients received high doses of IL-2.", "il-2-therapy"),
            ("The virus was armed with IL-12.", "il-12-therapy"),
            ("Recombinant interleukin-15 was injected.", "il-15-therapy"),
        ],
    )
    def test_a_cytokine_that_is_given_is_one(self, sentence: str, concept: str) -> None:
        assert concept in tags("T cells of patients with cancer", sentence)

    @pytest.mark.parametrize(
        ("sentence", "concept"),
        [
            ("HL-60 cells grew.", "hodgkin-lymphoma"),
            ("HBL-100 cells grew.", "hepatoblastoma"),
            ("TCGA-LUAD was used.", "lung-adenocarcinoma"),
        ],
    )
    def test_a_code_of_cells_or_a_cohort_names_no_tumour(self, sentence: str, concept: str) -> None:
        assert concept not in tags("Resistance of tumour cells to drugs", sentence)


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Breast adenocarcinomas grew.", "breast-cancer"),
        ("Bladder adenocarcinoma recurred.", "bladder-cancer"),
        ("We retrospectively analyzed 99 patients.", "real-world-study"),
        ("Records were retrospectively reviewed.", "real-world-study"),
        ("A 52-year-old female was diagnosed with pneumonitis.", "case-report"),
        ("Tumour growth was slower in vivo.", "preclinical-study"),
        ("A prognostic score was derived.", "biomarker-study"),
        ("CAR T cells with increased resistance to exhaustion.", "t-cell-exhaustion"),
        ("TGF-β2 was upregulated.", "tgf-beta"),
        ("TCR-based cancer immunotherapy advances.", "tcr-t"),
        ("NSCLC with EGFR exon 20 insertions responded.", "egfr-mutant-nsclc"),
        ("Dermatofibrosarcoma protuberans recurred.", "sarcoma"),
        ("Vincristine-resistant cells survived.", "chemotherapy-resistance"),
        ("Antigen heterogeneity limits them.", "tme-heterogeneity"),
    ],
)
def test_words_of_abstracts(sentence: str, concept: str) -> None:
    """Ways of abstracts to put what a concept's names put otherwise."""
    assert concept in tags("Immunity in cancer", sentence)


@pytest.mark.parametrize(
    ("sentence", "concept"),
    [
        ("Data of TCGA were used.", "pan-cancer-analysis"),
        ("Bone cancers destroy bone.", "osteosarcoma"),
        ("PTEN was mutated in immune cells.", "pten-pi3k-resistance"),
        ("OX40 is of the TNF receptor superfamily.", "tnf"),
        ("Phase II metabolizing enzymes rose.", "clinical-trial"),
        ("© Springer Science+Business Media, LLC.", "syngeneic-models"),
        ("NK cell exhaustion was seen.", "t-cell-exhaustion"),
    ],
)
def test_words_that_say_something_else(sentence: str, concept: str) -> None:
    assert concept not in tags("Immunity in cancer", sentence)
