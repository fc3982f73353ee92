"""Sixty records that never were and forty-six questions about them, with what answers each.

Everything here is made up for the tests, studies and findings included: no title is a paper's,
and every DOI begins with 10.5555, the prefix that names nothing.
"""

from bot.records.models import Identifier, Provenance, Record, Scheme
from bot.records.sections import split_sections

# Each line is a key, and title, kind, year and abstract with bars between them.
_RECORDS = """
csf1r-glioma: CSF1R blockade turns macrophages against glioma in mice | Journal article | 2019 | Background: Macrophages feed glioma. Results: An inhibitor of CSF1R reprogrammed tumour-associated macrophages, and half of the mice were cured. Conclusion: Macrophages can be re-educated.
csf1r-trial: A phase II trial of a CSF1R antibody in recurrent glioblastoma | Clinical trial | 2021 | Background: Mice were cured before. Methods: Thirty-seven patients received the antibody. Results: The treatment did not improve progression-free survival. Conclusion: Single blockade of CSF1R is not enough.
tam-review: Tumour-associated macrophages as targets: a review | Review | 2022 | Macrophages of the tumour can be depleted, kept from coming by CCR2 inhibitors, or reprogrammed by CD40 agonists and CSF1R inhibitors. We discuss which way suits which tumour.
cd40-pancreas: CD40 agonists wake macrophages in pancreatic cancer | Journal article | 2018 | An agonist of CD40 made macrophages eat the stroma of pancreatic tumours in mice and let T cells in.
ccr2-pancreas: Keeping monocytes out of pancreatic tumours with a CCR2 inhibitor | Clinical trial | 2017 | In this phase Ib trial a CCR2 inhibitor with chemotherapy shrank the tumours of sixteen patients of thirty-three.
cd47-lymphoma: CD47 antibodies and phagocytosis in lymphoma | Journal article | 2018 | Blocking the don't-eat-me signal CD47 made macrophages engulf lymphoma cells when given with rituximab.
tam-melanoma: Macrophages predict resistance to PD-1 blockade in melanoma | Journal article | 2020 | In biopsies of 112 patients with melanoma, many CD163 macrophages before treatment went with primary resistance to nivolumab.
treg-ccr8: Depleting regulatory T cells of the tumour through CCR8 | Journal article | 2021 | An antibody against CCR8 removed regulatory T cells from colorectal tumours in mice but not from blood, and checkpoint blockade worked again.
treg-review: Regulatory T cells in cancer: a review of ways to target them | Review | 2020 | Tregs suppress effector cells by IL-10, TGF-beta and CTLA-4. We review CCR4, CCR8, CD25 and low-dose cyclophosphamide.
treg-ccr4: Mogamulizumab before surgery lowers effector Tregs | Clinical trial | 2019 | The CCR4 antibody mogamulizumab was safe in sixteen patients with solid tumours, and effector Tregs fell in blood.
caf-fap: Killing fibroblasts that express FAP with CAR-T cells | Journal article | 2014 | CAR-T cells against fibroblast activation protein reduced the stroma of mesothelioma and slowed its growth in mice without bone loss.
caf-tgfb: Cancer-associated fibroblasts exclude T cells through TGF-beta | Journal article | 2018 | In urothelial carcinoma a signature of TGF-beta in fibroblasts went with T cells kept outside and with no response to atezolizumab. Blocking both let T cells in.
caf-review: Cancer-associated fibroblasts: subsets and therapies, a review | Review | 2021 | Myofibroblastic, inflammatory and antigen-presenting fibroblasts differ. We review what may normalise them: vitamin D, losartan, hedgehog inhibitors.
caf-vitamin-d: Vitamin D calms fibroblasts of pancreatic cancer | Journal article | 2016 | A ligand of the vitamin D receptor returned pancreatic stellate cells to rest and raised the gemcitabine within tumours.
hedgehog-negative: A hedgehog inhibitor with gemcitabine in pancreatic cancer: a randomised trial | Clinical trial | 2015 | Background: Hedgehog signals keep the stroma alive. Results: Adding the inhibitor did not improve overall survival. Conclusion: Depleting the stroma alone does not help.
losartan-pancreas: Losartan before surgery of locally advanced pancreatic cancer | Clinical trial | 2019 | In this single-arm phase II trial losartan with chemotherapy let thirty-four of forty-nine patients have their tumour removed.
mdsc-pde5: Tadalafil lowers myeloid-derived suppressor cells in head and neck cancer | Clinical trial | 2015 | The PDE5 inhibitor tadalafil reduced MDSCs and raised T cells in tumours of patients with head and neck squamous cell carcinoma.
mdsc-review: Myeloid-derived suppressor cells: origin and ways to be rid of them | Review | 2020 | MDSCs suppress by arginase, nitric oxide and ROS. Retinoic acid ripens them, CXCR2 inhibitors keep them out, gemcitabine kills them.
mdsc-cxcr2: CXCR2 inhibition keeps neutrophils and MDSCs out of prostate tumours | Journal article | 2021 | Blocking CXCR2 kept myeloid-derived suppressor cells out of prostate cancer in mice and made PD-1 antibodies work.
mdsc-atra: All-trans retinoic acid with ipilimumab in melanoma | Clinical trial | 2018 | Adding retinoic acid lowered circulating MDSCs in patients with advanced melanoma treated with ipilimumab.
neutrophil-nets: Neutrophil extracellular traps shield tumours from T cells | Journal article | 2020 | NETs wrapped tumour cells and kept cytotoxic lymphocytes away; a PAD4 inhibitor removed them in mice.
car-t-glioma: CAR-T cells against IL13RA2 in glioblastoma: antigen loss at relapse | Journal article | 2019 | Two of three patients with glioblastoma had tumours without the antigen after CAR-T cells: acquired resistance by antigen loss.
car-t-solid: Engineered T cells in solid tumours: what stands in the way, a review | Review | 2022 | The microenvironment starves and suppresses CAR-T cells. We review armoured cells that make IL-12 or IL-18, and switch receptors for TGF-beta and PD-1.
car-t-il18: Armoured CAR-T cells that make IL-18 resist exhaustion | Journal article | 2021 | IL-18 kept CAR-T cells alive in pancreatic and lung tumours of mice and called in macrophages.
car-nk: CAR-NK cells from cord blood in lymphoma | Clinical trial | 2020 | Of eleven patients with CD19 lymphoma or leukaemia, eight responded to natural killer cells with a CAR, without cytokine release.
tcr-ny-eso: T cells with a receptor for NY-ESO-1 in synovial sarcoma | Clinical trial | 2018 | Six of twelve patients responded; lymphodepletion with fludarabine mattered.
til-melanoma: Tumour-infiltrating lymphocytes against ipilimumab in melanoma: a phase III trial | Clinical trial | 2022 | Infusing TILs doubled progression-free survival against ipilimumab in patients whose melanoma resisted PD-1 antibodies.
ov-tvec: Talimogene laherparepvec with pembrolizumab in melanoma: a phase III trial | Clinical trial | 2022 | Background: Oncolytic viruses may heat cold tumours. Results: There was no significant difference in progression-free survival with the virus. Conclusion: The combination was not superior.
ov-glioma: An oncolytic herpes virus in children with high-grade glioma | Clinical trial | 2021 | Virus was given into the tumours of twelve children; lymphocytes came into tumours that had been cold.
ov-review: Oncolytic viruses and the tumour microenvironment: a review | Review | 2020 | Viruses kill tumour cells, and call T cells. Vaccinia, adenovirus, reovirus and herpes simplex are compared, with genes for GM-CSF, IL-12 and a PD-1 blocker.
ov-vaccinia-il12: A vaccinia virus that carries IL-12 clears peritoneal colorectal tumours | Journal article | 2022 | In mice an oncolytic vaccinia virus armed with IL-12 turned suppressive myeloid cells and cleared colorectal metastases.
epi-entinostat: Entinostat with pembrolizumab in melanoma that resists PD-1 blockade | Clinical trial | 2021 | The HDAC inhibitor entinostat brought responses in nineteen per cent of patients with acquired or primary resistance.
epi-aza-lung: Azacitidine and nivolumab in lung cancer | Clinical trial | 2020 | Adding the DNA methyltransferase inhibitor azacitidine to nivolumab did not show benefit in non-small cell lung cancer.
epi-ezh2: EZH2 inhibition makes tumours show their antigens again | Journal article | 2019 | Inhibiting EZH2 restored MHC class I in head and neck and lung tumours, and PD-1 blockade worked in mice.
epi-review: Epigenetic reprogramming of the tumour microenvironment: a review | Review | 2023 | Inhibitors of HDAC, DNMT, EZH2 and BET change macrophages, fibroblasts and T cells as well as tumour cells.
epi-exhaustion: DNA methylation fixes the exhaustion of T cells | Journal article | 2017 | De novo methylation by DNMT3A keeps exhausted T cells exhausted after PD-1 blockade; decitabine before it lets them come back.
ido-negative: Epacadostat with pembrolizumab in melanoma: a phase III trial | Clinical trial | 2019 | Background: IDO1 starves T cells of tryptophan. Results: Adding epacadostat failed to improve progression-free survival. Conclusion: IDO inhibition did not help.
adenosine-a2a: An A2A receptor antagonist in renal cancer | Clinical trial | 2020 | Ciforadenant alone and with atezolizumab brought responses in renal cell carcinoma that resisted PD-1 antibodies; a signature of adenosine predicted them.
adenosine-cd73: CD73 makes adenosine and dulls T cells in breast cancer | Journal article | 2018 | Blocking CD73 lowered adenosine in triple-negative breast tumours of mice and let anthracyclines rouse immunity.
lactate-ldha: Lactate from LDHA blunts natural killer and T cells in melanoma | Journal article | 2016 | Melanomas without LDHA made less lactic acid, grew slowly, and held more cytotoxic cells.
metabolism-review: Metabolic competition in the tumour: a review | Review | 2021 | Glucose, glutamine, arginine and tryptophan are scarce in tumours. We review inhibitors of glutaminase, arginase and IDO.
glutamine-dON: A glutamine antagonist that starves tumours and feeds T cells | Journal article | 2019 | The prodrug of DON shut the metabolism of tumours while T cells became long-lived.
arginase: Arginase inhibition restores T cells beside suppressive myeloid cells | Journal article | 2017 | The arginase inhibitor raised arginine and let T cells grow in lung and colon tumours of mice.
hypoxia-evofosfamide: Hypoxia and its relief by evofosfamide before ipilimumab | Clinical trial | 2021 | Killing hypoxic zones of prostate and pancreatic tumours with evofosfamide let ipilimumab act in three of eighteen patients.
hypoxia-hif: HIF-1 alpha drives PD-L1 in hypoxic tumours | Journal article | 2014 | Under hypoxia HIF-1 alpha bound the promoter of PD-L1 in myeloid cells, and suppression followed.
vegf-hcc: Atezolizumab with bevacizumab in hepatocellular carcinoma: a phase III trial | Clinical trial | 2020 | Overall survival was longer with the combination than with sorafenib in unresectable liver cancer.
vegf-normal: Normalising tumour vessels lets T cells in | Journal article | 2017 | Low doses of an antibody against VEGFR2 normalised vessels of breast tumours in mice; high doses pruned them and raised hypoxia.
vegf-review: Vascular normalisation and immunotherapy: a review | Review | 2018 | Judicious doses of anti-angiogenic drugs repair leaky vessels. We review angiopoietin-2 and VEGF blockade with checkpoint inhibitors.
ang2: Blocking angiopoietin-2 and VEGF together reprograms macrophages in glioma | Journal article | 2016 | A bispecific antibody against angiopoietin-2 and VEGF prolonged survival of mice with glioma and turned macrophages.
jak-loss: Loss of JAK1 and JAK2 in melanomas that relapsed on PD-1 antibodies | Journal article | 2016 | Two of four relapsed melanomas had lost JAK function, and with it the answer to interferon: acquired resistance.
b2m-loss: Lost beta-2 microglobulin and acquired resistance in lung cancer | Journal article | 2017 | A patient's lung tumour lost B2M and HLA class I after response to checkpoint inhibitors.
wnt-exclusion: Beta-catenin keeps dendritic cells out of melanoma: primary resistance | Journal article | 2015 | Active WNT and beta-catenin in melanoma cells stopped CCL4 and kept dendritic cells and T cells out.
pten-loss: Loss of PTEN and primary resistance to PD-1 blockade | Journal article | 2016 | Melanomas without PTEN had fewer T cells, and patients responded less; a PI3K beta inhibitor helped in mice.
adaptive-pdl1: Adaptive resistance: interferon raises PD-L1 where T cells attack | Journal article | 2014 | PD-L1 stood next to T cells in responding tumours. Interferon gamma from T cells raises it.
lag3-trial: Relatlimab and nivolumab in untreated melanoma: a phase III trial | Clinical trial | 2022 | Adding the LAG-3 antibody relatlimab to nivolumab lengthened progression-free survival.
tigit-trial: A TIGIT antibody with atezolizumab in lung cancer: a phase III trial | Clinical trial | 2023 | Background: TIGIT marks exhausted T cells. Results: The primary endpoint was not met. Conclusion: TIGIT blockade did not add benefit in small cell lung cancer.
tmb-biomarker: Tumour mutational burden and response to nivolumab with ipilimumab in lung cancer | Journal article | 2018 | Patients with ten mutations a megabase or more had longer progression-free survival whatever PD-L1 said.
tls-biomarker: Tertiary lymphoid structures predict response in sarcoma | Journal article | 2020 | Sarcomas rich in B cells and tertiary lymphoid structures responded to pembrolizumab.
microbiome: Faecal transplants overcome resistance to PD-1 antibodies in melanoma | Clinical trial | 2021 | Stool of responders let six of fifteen patients whose melanoma resisted PD-1 antibodies respond; myeloid cells fell.
single-cell-atlas: A single-cell atlas of the microenvironment of colorectal cancer | Journal article | 2020 | Half a million cells of sixty-two patients show hubs where fibroblasts, myeloid cells and T cells meet.
"""  # noqa: E501

# question: what answers it, and how well (2: what was meant, 1: of use).
_QUESTIONS = """
csf1r macrophages glioma: csf1r-glioma 2, csf1r-trial 2, ang2 1, tam-review 1
macrophage targeting review: tam-review 2
macrophages in pancreatic cancer: cd40-pancreas 2, ccr2-pancreas 1
why do melanomas become resistant to PD-1 after a response: jak-loss 2, epi-entinostat 1, tam-melanoma 1
primary resistance melanoma: wnt-exclusion 2, pten-loss 2, tam-melanoma 2, epi-entinostat 1
acquired resistance antigen loss: car-t-glioma 2, b2m-loss 1, jak-loss 1
adaptive resistance PD-L1 interferon: adaptive-pdl1 2
regulatory T cells depletion CCR8: treg-ccr8 2, treg-review 1
Tregs CCR4: treg-ccr4 2, treg-review 1
cancer-associated fibroblasts T cell exclusion: caf-tgfb 2
CAF review: caf-review 2
FAP CAR-T: caf-fap 2
vitamin D stroma pancreatic cancer: caf-vitamin-d 2, caf-review 1
hedgehog inhibitor pancreatic trial: hedgehog-negative 2
MDSC melanoma: mdsc-atra 2
ways to get rid of myeloid-derived suppressor cells: mdsc-review 2, mdsc-pde5 1, mdsc-cxcr2 1, mdsc-atra 1
CXCR2 prostate cancer: mdsc-cxcr2 2
CAR T cells solid tumors: car-t-solid 2, car-t-il18 1, caf-fap 1
natural killer cells with a CAR lymphoma: car-nk 2
oncolytic virus glioma: ov-glioma 2
oncolytic viruses IL-12: ov-vaccinia-il12 2, ov-review 1
HDAC inhibitor PD-1 melanoma: epi-entinostat 2
T cell exhaustion DNA methylation: epi-exhaustion 2
IDO inhibitor trial melanoma: ido-negative 2
adenosine blockade: adenosine-a2a 2, adenosine-cd73 2
lactic acid: lactate-ldha 2
vascular normalization review: vegf-review 2
bevacizumab atezolizumab liver cancer: vegf-hcc 2
TIGIT: tigit-trial 2
relatlimab: lag3-trial 2
hypoxia: hypoxia-evofosfamide 2, hypoxia-hif 2, vegf-normal 1
biomarkers of response in lung cancer: tmb-biomarker 2
tertiary lymphoid structures: tls-biomarker 2
microbiome faecal transplant: microbiome 2
can anyone point me to how fibroblasts keep T cells out?: caf-tgfb 2
who doesn't respond to PD-1 antibodies in melanoma?: tam-melanoma 2, pten-loss 2, jak-loss 2, epi-entinostat 2, microbiome 2, til-melanoma 1, wnt-exclusion 1
why do lung tumours stop responding to checkpoint inhibitors?: b2m-loss 2
do stool transplants help when PD-1 fails?: microbiome 2
failed trials in pancreatic cancer: hedgehog-negative 2
is losartan given before surgery?: losartan-pancreas 2
oncolytic virus for kids with brain tumours: ov-glioma 2
whats the role of lactate in NK cells?: lactate-ldha 2
Makrophagen beim Gliom: csf1r-glioma 2, ang2 2, csf1r-trial 2
does CSF1R blockade work in glioblastoma patients?: csf1r-trial 2, csf1r-glioma 1
PD-1 antibodies combined with epigenetic drugs: epi-entinostat 2, epi-aza-lung 2, epi-ezh2 1, epi-exhaustion 1, epi-review 1
which drugs calm the stroma of pancreatic tumours?: caf-vitamin-d 2, caf-review 1, losartan-pancreas 1
"""  # noqa: E501


def _record(line: str) -> tuple[str, Record]:
    key, _, rest = line.partition(": ")
    *title, kind, year, abstract = rest.split(" | ")
    return key, Record(
        title=" | ".join(title),
        type=kind,
        published=year,
        abstract=abstract,
        sections=split_sections(abstract),
        identifiers=(Identifier(scheme=Scheme.DOI, value=f"10.5555/{key}".lower()),),
        provenance=(Provenance(source="made up"),),
    )


RECORDS = dict(_record(line) for line in _RECORDS.strip().splitlines())


def _judged(line: str) -> tuple[str, dict[str, int]]:
    question, _, answers = line.rpartition(": ")
    graded = (answer.split() for answer in answers.split(", "))
    return question, {RECORDS[key].doi or "": int(grade) for key, grade in graded}


QUESTIONS = dict(_judged(line) for line in _QUESTIONS.strip().splitlines())
