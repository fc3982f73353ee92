# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""Which cells are good for a patient, and so what more of them, their growth and their death are."""

import re

# Cells that hold back an immune response or feed a tumour, and those that attack it.
_SUPPRESSORS = (
    r"T-?regs?|(?:regulatory|suppressor) (?:T|B|myeloid)(?:[ -]cells?| lymphocytes)?|(?:CD4\S*)?(?:CD25|Foxp3)\S*(?: T)?(?: cells?)?|(?:\w+-)?MDSCs?|(?:myeloid-derived )?suppressor cells?|TAMs?|TANs?|M2(?:-like)?(?: \S+)? macrophages?|M2-TAMs?"
    r"|(?:tumou?r|cancer)-associated (?:macrophages?|neutrophils?|fibroblasts?)|(?:immuno)?suppressive (?:\S+ )?(?:cells?|macrophages?|neutrophils?)|(?:my|i)?CAFs?|exhausted (?:\S+ )?T[ -]cells?|(?:pancreatic )?stellate cells?|[PH]SCs"
)
_ATTACKERS = (
    r"(?:T|NKT?|B|immune|CAR[ -]T|CAR[ -]NK|dendritic|effector|natural killer|T helper|Th1|plasma|killer)[ -](?:cells?|lymphocytes?)|CD[348](?!\d)\S*(?: T)?(?: cells?| lymphocytes?)?|CTLs?|TILs?|(?:c|p|mo)?DCs?\b|BMDCs?|M1(?:-like)?(?: \S+)? macrophages?|lymphocytes?|splenocytes?|thymocytes?|CARs?"
    r"|(?:immune|lymphocytic|lymphocyte|leukocyte|lymphoid|T|NK|dendritic|CD8\S*|effector)"
)
# Healthy cells, whose death harms; what else is a cell may be of any kind.
_HEALTHY = r"leu[ck]ocytes?|neutrophils?|(?:cardio)?myocytes?|hepatocytes?|neuron\w*|neural cells?|(?:normal|healthy|host|β|beta)[ -](?:\w+ )?cells?|keratinocytes?|oligodendrocytes?|podocytes?|bystander cells?"
_OTHERS = r"macrophages?|monocytes?|mast cells?|Langerhans cells?|LCs|MSCs|(?:mesenchymal )?(?:stem|stromal) cells?|platelets?|osteo(?:clast|blast)s?|erythro\w+"
# Of a cell that is not named further, a tumour's is meant.
_MALIGNANT = r"(?:tumou?r|cancer|leuk\w+mi(?:a|c)|stem-like|CSC|GSC|malignant|carcinoma|\w{3,}oma|initiating)[ -](?:stem )?(?:cells?|lines?)|CSCs?|GSCs?|LSCs?|clonogenic|colony|tumou?r|cells?|lines?"
_NAMES = rf"(?P<suppressor>{_SUPPRESSORS})|(?P<healthy>{_HEALTHY})|(?P<other>{_OTHERS})|(?P<attacker>{_ATTACKERS})|(?P<malignant>{_MALIGNANT})"
# The cell of a process stands right before it, or behind "of": "T cell priming", "death of neurons".
_BEFORE = re.compile(rf"(?<![\w-])(?:{_NAMES})[ -]+(?:(?!and\b|or\b)[\w-]+ )?$", re.IGNORECASE)
_BEHIND = re.compile(
    rf"(?: \w+)? (?:of|in|among|by|from) (?:(?!(?:and|with|in|by|to|patients?|mice|rats?|animals?|women|men|children|individuals|bearing)\b)[^\s,;]{{1,30}} ){{0,4}}?(?:{_NAMES})(?![\w-]| (?:factor|receptor|gene|line)s?\b)",
    re.IGNORECASE,
)
# A cell by itself is what changes where no other noun follows: not "T cell receptors".
ALONE = r"(?=\s*(?:$|[.,;:)]|(?:in|and|or|within|into|than|compared|by|through|via|at|after|with|as|was|were|is|are|while|whereas|infiltrat(?:ing|ed?)|numbers?|densit\w+|frequenc\w+|levels?|counts?|abundance|proportions|percentages?)\b))"
SUPPRESSORS = rf"(?:{_SUPPRESSORS}){ALONE}"
ATTACKERS = rf"(?:(?:activated|infiltrating|effector|cytotoxic|memory|CD8\S*) (?:\S+ ){{0,2}}?)?(?:(?:T|NKT?)(?:[ -]cells?| lymphocytes)|CD8\S*(?:[ -]cells?| T)?|CTLs?|TILs)(?! receptor){ALONE}"
# What cells do, and how they die, besides what is good or bad whoever does it.
LIVE = r"proliferation|motility|viability|survival|migration|infiltration|expansion|priming|activation|activit(?:y|ies)|recruitment|trafficking|homing|accumulation|infiltrates?|persistence|maturation|functions?"
DIE = r"senescence|necrosis|cytolysis|DNA[ -]fragmentation|apoptosis|death|killing|lysis|ferroptosis|pyroptosis|necroptosis|anoikis"
# What a tumour does, where no other cell is named; all else is good or bad by the cell.
_TUMOURS_DO = re.compile(r"prolif|viab|migrat|motil", re.IGNORECASE)
# Survival is of cells where those of a tumour are spoken of, and nobody who has it.
_OF_TUMOUR_CELLS = re.compile(
    r"\b(?:tumou?r|cancer|malignant|leuk\w+|\w{3,}oma) cells?\b", re.IGNORECASE
)
_OF_CELLS = re.compile(r"\b(?:cell|cellular|apoptotic|necrotic|programmed) $", re.IGNORECASE)
_OF_PATIENTS = re.compile(
    r"\b(?:patients?|mice|mouse|rats?|animals?|hosts?|clinical|median|months|years?|women|men|cohorts?)\b",
    re.IGNORECASE,
)


def lives_well(process: str, clause: str, start: int, end: int) -> bool | None:
    """Whether more of what cells do is good for a patient; None where it may be either."""
    cell = _cell_of(clause, start, end)
    if cell is None and process.lower() == "survival":
        is_patients = _OF_PATIENTS.search(clause) or not _OF_TUMOUR_CELLS.search(clause, 0, start)
        return bool(is_patients) and not _OF_CELLS.search(clause, 0, start)
    if cell in ("suppressor", "attacker"):
        return cell == "attacker"
    of_tumour = process.lower() == "survival" or _TUMOURS_DO.match(process)
    return False if of_tumour and cell in (None, "malignant") else None


def dies_well(process: str, clause: str, start: int, end: int) -> bool | None:
    """Whether more of a way to die is good for a patient: it is, of a tumour's cells."""
    cell = _cell_of(clause, start, end)
    if cell is None:
        return process.lower() != "death" or bool(_OF_CELLS.search(clause, 0, start))
    return cell in ("malignant", "suppressor") if cell != "other" else None


def _cell_of(clause: str, start: int, end: int) -> str | None:
    """The kind of the cells that a process is of, by what stands around it."""
    found = _BEFORE.search(clause, max(0, start - 45), start) or _BEHIND.match(
        clause, end, end + 90
    )
    return found.lastgroup if found else None
