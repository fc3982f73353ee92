"""The direction is the sentence's own; hedges and plans are unclear."""

import pytest

from bot.search.direction import is_known, outcome_of, stated
from tests.growth import assert_in_proportion

IMPROVED = (
    "The combination significantly improved overall survival.",
    "Patients lived longer: median survival was significantly longer with nivolumab.",
    "Depletion of macrophages reduced tumour growth.",
    "The risk of death in the treated group was significantly lower.",
    "High TIL density was associated with better prognosis.",
    "Blocking TGF-β overcame resistance to anti-PD-1.",
    "The vaccine enhanced antitumor immunity.",
    "Early treatment was an independent protective factor for OS.",
    "The drug was superior to placebo.",
    "Although toxicity increased, the combination prolonged survival.",
    "It improved survival but increased grade 3 toxicity.",
    "PFS was longer with the combination (P = .04).",
    "Stopping early delayed QoL deterioration.",
    "The antibody enhanced inhibition of tumour growth.",
    "Growth inhibition was potentiated, and it led to a significant reduction in toxicity.",
    "Median OS increased with treatment (12 vs. 9 months, p = 0.01).",
    "Tumour cell killing increased.",
    "The gene was inversely correlated with mortality.",
    "Invasion and migration abilities of the cells could be reduced.",
    "The density was significantly higher in responders than in non-responders.",
    "The drug induced tumor cell death in vitro.",
    "The gene was downregulated, and the agent killed ovarian cancer cells.",
    "The drug increased the proliferation of CD8+ T cells.",
    "Inhibition prolongs survival.",
    "Deletion of the kinase sensitized tumours to radiation.",
    "It was an effect on relapse free and overall survival (HR 0.61, 95% CI 0.42-0.88).",
    "This cancer, which is generally associated with a poor prognosis, had improved survival.",
    "Patients were less likely to develop infections.",
    "The peptide suppresses pharyngeal squamous cell carcinoma in mice.",
    "Severe events were inversely related with mortality.",
    "The cells retained sensitivity to the drug and responded to it at low doses.",
    "The engineered cytokine promoted stemness and enhanced tumor control without toxicity.",
    "The regimen was superior, with a comparable safety profile.",
    "Silencing had little effect on basal growth but enhanced apoptosis.",
    "The virus demonstrated significant anti-tumor effects.",
    "The inhibitor restrains tumor growth.",
    "Expression correlated with response to the antibody.",
    "It decreases lung and colon tumor growth in mice.",
    "The combination resulted in durable tumor regressions.",
    "It led to a reduction in the development of tumors.",
    "The factor enhanced the inhibitory effects of doxorubicin on tumor growth.",
    "The drug suppressed proliferation of carcinoma cells and induced apoptosis of leukemia cells.",
    "Edited cells had increased resistance to exhaustion.",
    "A higher proliferation index was associated with better survival.",
    "The antibody blocked growth induced by the ligand.",
    "It reduced tumor volume and exhibited no nephrotoxic effects.",
    "Knockdown inhibits progression, and overexpression of the gene promotes metastasis.",
    "Cell growth, however, is inhibited without an increase in cell death.",
    "The growth-inhibiting effect of tamoxifen was enhanced by the extract.",
    "Inhibition enhances T cell migration.",
    "The inhibitor restored the anti-proliferative effects of tamoxifen.",
    "The drug induces apoptosis in pheochromocytoma tumor cells by modulation of BAD.",
    "The injection resulted in significant tumor growth delays.",
    "Whereas the antibody alone had no effect, the combination enhanced antitumor effects.",
    "The level was significantly higher in survivors than in non-survivors.",
    "The diuretic decreased chloride levels and cell growth.",
    "The vector increased histone acetylation, antigen scores, and T cell infiltration.",
    "Survival of patients with high levels in their primary tumors was significantly longer.",
    "The inhibitor reduced regulatory T cells in the tumour.",
    "Blocking the ligand decreased IL-6 induced proliferation.",
    "The antibody neutralized immunosuppressive macrophages.",
    "Knockdown inhibited their ability to invade the brain.",
    "Inhibition of the kinase re-sensitizes resistant cells.",
    "The gene acts as a tumour suppressor.",
    "The drug delayed the time to emergence of resistance.",
    "It protects mice from colitis.",
    "Treated cells are susceptible to the inhibitor.",
    "The regimen reduced the risk of all cause mortality.",
    "The combination showed efficacy in mice, thereby providing a strategy to overcome resistance.",
    "More patients in the treated arm had a response.",
    "To prove it we examined treated cells, showing a significant reduction in proliferation.",
    "The extract protects against chemically induced skin cancer.",
    "The drug caused apoptotic and necrotic death.",
    "The mutant cells failed to form any tumours.",
    "Is it safe? The drug prolonged survival.",
    "The compound had strong cytotoxicity.",
    "The marker was correlated inversely with metastasis.",
    "The antibody suppressed angiogenesis, despite an increase in tumour volume.",
    "Diet reduced fatigue in patients.",
    "Seeds gave more effective inhibition of growth than high dose rates.",
    "The statin enhanced immune checkpoint blockade in lung cancer.",
    "It had a positive impact on PFS.",
    "Reduction of tumour growth was greater with doses greater than or equal to 10 Gy.",
    "The cytokine decreased tumour nodules.",
)
NO_DIFFERENCE = (
    "The combination did not improve overall survival.",
    "The trial failed to meet its primary endpoint.",
    "Expression was not associated with survival.",
    "There was no significant difference in PFS.",
    "Efficacy was comparable between regimens.",
    "Nivolumab was not inferior to chemotherapy.",
    "OS did not differ significantly between the arms.",
    "Survival was longer with the combination (P = .051).",
    "ORR was higher, but the difference was not statistically significant.",
    "The antibody does not induce tumor regression.",
    "The drug did not induce adverse immune-related events.",
    "Few, if any, studies showed reduced efficacy.",
    "It had limited antitumor activity in children.",
    "Statin use was not associated with improved survival.",
    "Median OS was 9.5 months vs. 6.9 months in the control arm (p = 0.46).",
    "The hazard ratio for OS was 1.05 (95% CI, 0.44 to 2.36).",
    "The weights of tumours were not found to be statistically different.",
    "Outcome was unrelated to the treatment arm.",
    "ORR was similar in both arms.",
    "It had no detrimental effect on survival.",
    "We find no evidence that the drug changes selection.",
    "Expression does not modify the effect on OS.",
    "Time to progression was short and not statistically different.",
    "No radiographic responses were observed.",
    "The marker had no predictive value.",
    "The two genes do not appear to interact in toxicity.",
    "Deficient cells did not show hypersensitivity to stress.",
    "Neither of the two drugs affected survival.",
    "No type of conditioning, donor or graft was identified as a risk factor.",
    "There were no new safety signals.",
    "Our results do not support a role of the receptor in tumour growth.",
    "No severe adverse events occurred.",
    "The data confirm an absence of an effect on survival.",
    "The score had no additional value for survival.",
    "Function remained undisturbed.",
    "Adverse events were mild, and their incidence was similar across the arms.",
    "The two drugs had similar effects on survival.",
)
WORSE = (
    "Expression enhanced tumour growth in vitro and increased metastases in vivo.",
    "Suppressor cells inhibited the proliferation of T cells.",
    "The kinase had a role in enhancing the survival of HCC827/GR cells.",
    "Expression was prognostic of OS (HR = 2.61, P = 0.003).",
    "A low ratio was an independent unfavorable predictive factor for OS.",
    "The marker was an independent predictor of mortality.",
    "Adverse events were more frequent with the combination.",
    "High expression was associated with poor prognosis.",
    "Antibiotic use was associated with shorter overall survival.",
    "Obesity increased the risk of death.",
    "Macrophages promoted tumour progression.",
    "PFS was inferior in the treated arm.",
    "Loss of the gene impaired the response to PD-1 blockade.",
    "High counts correlated with lymph node metastasis.",
    "The infiltrate reduced the efficacy of checkpoint blockade.",
    "Higher infiltration of macrophages was a factor of poorer survival.",
    "The score was inversely correlated with pCR.",
    "Exposure was negatively associated with OS.",
    "The mutant increased clonogenic survival of the cells.",
    "It caused a marked decrease in survival.",
    "Nonresponders had higher levels of the marker than responders.",
    "One was inversely correlated with pCR, whilst the other was associated with pCR.",
    "Fibrosis enhances the protumorigenic impact of nerves and triggers activation of AP-1.",
    "The kinase acted as a promoter of tumour progression.",
    "Grade ≥ 3 adverse events (TRAEs) were more frequent (35 % vs 20 %, p = 0.024).",
    "The toxin increased leukocyte apoptosis.",
    "Six months of suppression provides inferior survival as compared with three years.",
    "Neutrophils increase the survival time of tumor cells.",
    "Treatment is associated with increases in overall risk of cancer.",
    "Elevated levels predicted short survival.",
    "Deficient cells showed enhanced metastatic dissemination.",
    "Reduced expression reduced both antigen surface expression and CD8+ T cell cytotoxicity.",
    "It enhanced regulatory T cell function.",
    "These tumors had fewer infiltrating CD8+ T cells.",
    "It was linked with increased proliferation and provides a scientific rationale for trials.",
    "Deficiency reduced effector CD8+ T-cells, accelerating the initiation of cancers.",
    "These fibroblasts promoted tumor growth without any comparable increases in vessels.",
    "Smoking was associated with mortality and is a biomarker for poor prognosis.",
    "Treatment increased recruitment of regulatory T cells.",
    "The receptor promotes survival of myeloid-derived suppressor cells.",
    "The enzyme plays an important role in drug resistance.",
    "The protein was critical for filopodia formation and invasion.",
    "Low levels were associated with primary and acquired resistance.",
    "Hypoxia adapts cancer cells, leading to enhanced survival.",
    "The clones were more resistant to killing by NK cells.",
    "The cells were hyperinvasive.",
    "We determined that the factor drives tumour growth.",
    "The decoy protects tumour cells from apoptosis.",
    "Mutant cells proliferate faster than controls.",
    "Loss of the channel reduced CD8+ T cells.",
    "Resection leads to a pro-angiogenic status.",
    "Survival favoured placebo over the drug (P = 0.03).",
    "The close correlation with poor survival suggests that the protein may be a useful marker.",
    "A greater proportion of treated patients reported adverse events.",
    "Serum of patients reduced NK cell activity.",
    "A pronounced increase of the anti-apoptotic activity was seen.",
    "The kinase prevented apoptosis by inhibiting the death receptor pathway.",
    "A negative impact of opioids on patients treated with inhibitors.",
    "Loss of PTEN impairs PD-1 blockade.",
    "Exposure was negatively associated with rwOS and rwPFS.",
    "It is a predictor of suboptimal pathologic response, although DFS was the same.",
    "The cells became resistant to apoptosis.",
)
UNCLEAR = (
    "The combination may improve survival.",
    "This could prolong survival in selected patients.",
    "There was a trend toward improved survival.",
    "We aimed to improve survival.",
    "It remains unclear whether macrophages reduce survival.",
    "To investigate whether the drug prolongs survival, mice were treated.",
    "Nivolumab was given every two weeks.",
    "The signature predicted response.",
    "The combination appears to prolong PFS.",
    "Expression was associated with survival.",
    "Patients likely to benefit were selected.",
    "Mediators of response are poorly understood.",
    "The model had superior prognostic accuracy.",
    "A better understanding of the niche is given.",
    "Patients with poor performance status were treated.",
    "Similarly, mice received the antibody.",
    "Responders trended towards better survival.",
    "Adverse events of grade 3 or worse occurred in 18% of patients.",
    "The groups had a similar median age, and the tumours were mostly oral.",
    "Follow-up was less than 6 months.",
    "The density was higher in responders.",
    "Nodes in the superior mediastinum were treated.",
    "PFS was numerically longer.",
    "The work can be leveraged to improve prognosis.",
    "Durable benefit is achieved in only a minority of cases.",
    "This review discusses therapies that overcome resistance.",
    "It generalized well, improving clustering performance.",
    "Activity increases in response to the drug.",
    "They show a similar relationship between dose and response.",
    "Women at lower risk were screened less, as intervals increased.",
    "Efficacy may be impaired by the cytokine.",
    "Increased immunogenicity of DNA may be another mechanism.",
    "Understanding the niche that drives progression provides a foundation for trials.",
    "These findings are critical to improving disease control.",
    "The level of the ligase is decreased in invasive tumours.",
    "Migration of Langerhans cells was impeded.",
    "Macrophages had higher miRNA levels than T cells.",
    "Whether the immune system promotes progression is not known.",
    "The score reached a sensitivity of 62% and was associated with a sensitivity of 62%.",
    "Risk factors for pneumonitis after checkpoint inhibitors",
    "With the drug, 21% had adverse events leading to treatment discontinuation.",
    "",
    "Progression through the cell cycle triggered repair.",
    "These results have implications for how the factor contributes to metastasis.",
    "The kinase may have a part in the onset of the disease by promotion of metastasis.",
    "Does the drug improve survival?",
    "Radiotherapy in thymoma: is survival longer?",
    "It was given as enhanced or reduced responsiveness was seen.",
    "A similar effect was found for progression-free survival.",
    "The efficacy of the vaccine may be impaired by the cytokine.",
    "Clinical factors improve risk prediction.",
    "The cohort had carcinomas characterized by poor prognosis.",
)


@pytest.mark.parametrize("sentence", IMPROVED)
def test_improved(sentence: str) -> None:
    assert stated(sentence).direction == "improved"


@pytest.mark.parametrize("sentence", NO_DIFFERENCE)
def test_no_difference(sentence: str) -> None:
    assert stated(sentence).direction == "no difference"


@pytest.mark.parametrize("sentence", WORSE)
def test_worse(sentence: str) -> None:
    assert stated(sentence).direction == "worse"


@pytest.mark.parametrize("sentence", UNCLEAR)
def test_unclear(sentence: str) -> None:
    assert stated(sentence).direction == "unclear"


@pytest.mark.parametrize(
    ("p", "direction"), [("= .05", "no difference"), ("< .05", "improved"), ("= .049", "improved"),
                         ("> 0.05", "no difference"), ("= 0.051", "no difference")],
)  # fmt: skip
def test_what_is_not_significant_shows_no_difference(p: str, direction: str) -> None:
    assert stated(f"Survival was longer with the combination (P {p}).").direction == direction


@pytest.mark.parametrize(
    ("question", "direction"),
    [
        ("Does it improve PFS?", "improved"),
        ("Does it improve overall survival?", "no difference"),
        ("Does it help?", "improved"),
    ],
)
def test_the_clause_on_the_outcome_asked_for_decides(question: str, direction: str) -> None:
    sentence = "Lenvatinib significantly improved PFS, but not OS, compared with placebo."
    assert stated(sentence, outcome_of(question)).direction == direction


@pytest.mark.parametrize(
    ("sentence", "direction"),
    [
        ("The combination improved PFS.", "unclear"),
        ("It showed encouraging efficacy.", "unclear"),
        ("Outcomes were better with the combination.", "improved"),
        ("Median survival was longer with it.", "improved"),
    ],
)
def test_another_end_point_is_no_answer_on_the_one_asked_for(sentence: str, direction: str) -> None:
    asked = outcome_of("Does it prolong overall survival in recurrent disease?")
    assert stated(sentence, asked).direction == direction


def test_what_is_named_behind_but_not_has_no_effect() -> None:
    sentence = "Mutation was associated with better survival in women, but not with stage."
    stage = [(sentence.index("stage"), len(sentence) - 1)]
    amid = "Inner, but not outer, infiltration correlated with prolonged survival."
    assert stated(amid, about=[[(amid.index("outer"), 20)]]).direction == "improved"
    hypoxia = "The acid increased proliferation, but not in hypoxia."
    where = [(hypoxia.index("hypoxia"), len(hypoxia) - 1)]
    assert stated(hypoxia, about=[where]).direction == "worse"
    assert stated(sentence).direction == "improved"
    assert stated(sentence, about=[stage]).direction == "no difference"
    assert stated(sentence, about=[[(0, 8)], [(0, 8), stage[0]]]).direction == "improved"


def test_harm_decides_where_harm_is_asked_about() -> None:
    sentence = "It improved survival and increased grade 3 adverse events."
    assert stated(sentence).direction == "improved"
    assert stated(sentence, outcome_of("Is it toxic?")).direction == "worse"
    effective = "It showed promising antitumor activity and improved survival."
    assert stated(effective, outcome_of("Is it toxic?")).direction == "unclear"
    assert stated("It was well tolerated.", outcome_of("Is it toxic?")).direction == "improved"
    alike = "Most patients had adverse events, with no significant difference between the groups."
    assert stated(alike, outcome_of("Is it toxic?")).direction == "no difference"


@pytest.mark.parametrize(
    ("interval", "direction"),
    [("0.80 to 0.99", "improved"), ("0.80 to 1.00", "no difference"),
     ("1.00 to 1.20", "no difference"), ("0.80 to 1.01", "no difference")],
)  # fmt: skip
def test_an_interval_with_one_in_it_shows_no_difference(interval: str, direction: str) -> None:
    sentence = f"Survival was longer with the combination (HR, 0.90; 95% CI, {interval})."
    assert stated(sentence).direction == direction


def test_the_words_that_say_so_are_marked() -> None:
    sentence = "The combination did not improve survival."
    found = stated(sentence)
    assert sentence[found.start : found.end] == "did not improve"
    assert stated("Nothing is said.").end == 0


HOSTILE = (
    "improved OS ",
    "not significant; ",
    "was not-",
    "-",
    "(",
    "may ",
    "improved-",
    "no ",
    "OS was ",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_long_text_takes_time_in_proportion(text: str) -> None:
    assert_in_proportion(stated, lambda size: text * size, 300)


def test_what_follows_a_denial_is_a_statement_of_its_own() -> None:
    sentence = "The drug did not reduce toxicity and improved survival."
    assert stated(sentence, outcome_of("does it prolong survival?")).direction == "improved"
    assert stated(sentence, outcome_of("is it less toxic?")).direction == "no difference"


def test_of_clauses_set_against_each_other_the_one_on_the_question_decides() -> None:
    sentence = (
        "EP300 mutations went with longer PFS, whereas KEAP1 mutations went with shorter PFS."
    )
    spans = {
        name: [(sentence.index(name), sentence.index(name) + 5)] for name in ("EP300", "KEAP1")
    }
    assert stated(sentence, None, [spans["EP300"]]).direction == "improved"
    assert stated(sentence, None, [spans["KEAP1"]]).direction == "worse"


@pytest.mark.parametrize(
    ("sentence", "known"),
    [
        ("Checkpoint inhibitors have revolutionized treatment.", True),
        ("Resistance remains a challenge.", True),
        ("Previous studies found that it improved survival.", True),
        ("In line with previous studies, we found longer survival.", False),
        ("Smith et al. found longer survival with the combination.", True),
        ("Survival was longer with the combination in a trial [12, 14-16].", True),
        ("Survival was longer with the combination.", False),
    ],
)
def test_what_was_known_before_is_told_from_what_was_found(sentence: str, known: bool) -> None:
    assert is_known(sentence) is known


def test_a_missed_end_point_is_of_any_outcome() -> None:
    outcome = outcome_of("Does it prolong PFS?")
    assert outcome is not None
    assert outcome.search("The study did not meet its primary endpoint.")
