# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""The direction of an effect as a sentence states it: improved, no difference, worse or unclear.

A rule over the sentence's own words, meant for the patient: longer survival and slower growth
improve, more toxicity is worse. A clause is read as a chain: words of change, then what changes,
whose signs multiply ("reduced the risk of death", "enhanced inhibition of growth"). Hedges (may,
a trend) and plans are unclear; where every p value of a clause is over .05, or every interval of a
ratio has 1 in it, there is no difference.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod

from bot.records.models import Direction, Figure
from bot.records.negative import failure
from bot.search.figures import figures
from bot.text.sentences import level


def _stems(*stems: str) -> str:
    """A pattern of verbs, by their stems, in the forms that state something."""
    return rf"(?:{'|'.join(' '.join(stems).split())})(?:e[sdn]?|ing|s|ed|ation|ions?|es)?"


# What is good for a patient when there is more of it, and what is bad.
_IMMUNE = r"(?:T|NK|NKT|B|CTLs?|CD[348]\S*|CAR\S*|immune|dendritic|effector|lymph\w+|splen\w+)"
_CELLS_LIVE = rf"(?:clonogenic|cell|tumou?r|colony) survival|survival of (?!(?:\S+ )?{_IMMUNE}\b)(?:[\w/+-]+ ){{0,2}}cells"
_OF_IMMUNE = rf"(?= (?:\S+ ){{0,4}}of (?:\S+ ){{0,3}}{_IMMUNE}(?: cells?)?\b)"
_GOOD = (
    rf"{_IMMUNE}(?:[ -]cells?)? (?:proliferation|expansion|priming)|(?:proliferation|viability){_OF_IMMUNE}|"
    r"(?:(?:overall|median|(?:progression|relapse|disease|recurrence|event|metastasis|failure)[- ]free|(?:cancer|disease)[- ]specific)(?:,? (?:and|or)|,)? ){0,3}survival|(?:m|rw)?(?:OS|PFS)|[DERC]FS|[CD]SS|ORRs?|DCR|pCR|MPR|CRR?|RFI|respon(?:se|ses|ders?|sive|siveness)|remissions?"
    r"|efficacy|effectiveness|effective|(?:therapeutic|treatment|beneficial|cytotoxic|anti-?cancer) effects?|control|prognos[ie]s|outcomes?|(?:chemo|radio)?sensitivity|susceptibility|(?:(?:radio|chemo|immuno)-?)?sensiti[sz]ation|safety"
    r"|immunity|immunogenicity|anti-?tumou?r(?:al)?|cytotoxicity|killing|(?<!granulocyte )(?<!macrophage )(?<!neutrophil )(?<!MDSC )(?<!Treg )(?:infiltration|activation|recruitment)(?! of (?:\S+ ){0,3}(?:TAM|MDSC|Treg|macrophage|neutrophil|regulatory|suppress|fibroblast|stellate))|priming|(?<!inhibitory )(?<!suppressive )functions?|(?:QoL|quality of life)"
    r"|apoptosis|cell death|ferroptosis|pyroptosis|tolerability|recovery|regressions?|shrinkage|durability|persistence|tolerance"
)
_BAD = (
    rf"{_CELLS_LIVE}|mortality|deaths?|progression|recurrences?|relapses?|metasta(?:sis|ses|tic (?:spread|potential|burden|capacity))|invasion|invasiveness|migration|(?:proliferation|viability)(?!{_OF_IMMUNE[3:]}|(?:re)?growth"
    r"|tumou?rigenesis|tumou?rigenicity|tumou?r (?:burden|volume|size|weight|mass|load|number|development)|(?:volumes?|sizes?|numbers?|weights?) of (?:\S+ ){0,3}tumou?rs?|(?:tumou?r|cancer) cells?(?: numbers?)?(?! (?:death|killing|lysis|apoptosis))|(?:cancer|tumou?r) incidence|incidence of (?:\w+ )?(?:cancers?|tumou?rs?|metasta\w+)|carcinogenesis|oncogenesis|stemness|EMT|angiogenesis|malignan(?:cy|t \w+)|aggressiveness"
    r"|toxic(?:it(?:y|ies))?|adverse (?:[\w-]+ )?events?|cytokine release syndrome|CRS|neurotoxic\w*|irAEs?|TRAEs?|TEAEs?|AEs|side effects|complications?|pneumonitis|colitis|myocarditis|fibrosis|inflammation|infections?|dropout|discontinuations?"
    r"|resistance|immuno-?suppress(?:ion|ive \w+|ive)|immune (?:evasion|escape|suppression)|exhaustion|dysfunction|hazards?|risks?|hypoxia|aging|failure|escape|evasion|deterioration|colony formation"
)
_UP = _stems(
    "increas enhanc prolong extend promot boost elevat augment potentiat restor amplif(?:y|i) strengthen accelerat driv facilitat",
    "induc stimulat rais favou?r foster confer(?:r)? contribut(?:e[sd]?|ing)\\sto support aggravat exacerbat heighten trigger (?:re)?invigorat rescu rejuvenat caus",
) + r"|higher|highest|high(?= rates?)|longer|longest|greater|greatest|more(?! than \d| (?:likely|frequent|common))|stronger|excess|more (?:frequent|common)(?:ly)?|more likely to (?:develop|have|experience|suffer)|(?:very|highly|particularly)(?= (?:responsive|effective|sensitive))|high(?= (?:\w+ )?(?:efficacy|mortality|toxicity|recurrence|relapse))|positively (?:correlat\w+|associated) with"  # fmt: skip
_DOWN = _stems(
    "reduc(?:t)? decreas lower suppress inhibit(?:or(?=y))? attenuat impair diminish(?:e)? shorten limit abrogat abolish(?:e)? block slow(?:er)? prevent mitigat alleviat",
    "overcom overcame revers declin weaken hamper compromis curtail dampen blunt eradicat eliminat counteract halt arrest retard kill",
) + r"|less (?:frequent|common)(?:ly)?|less likely to (?:develop|have|experience|suffer)|delay(?:s|ed|ing)?(?! (?:\w+ )?(?:toxicit|adverse|effects?|onset))|lowest|low(?= (?:\w+ )?(?:efficacy|mortality|toxicity|recurrence|relapse|response|survival))|minimal|shorter|shortest|fewer|less(?! than \d| (?:likely|frequent|common))|smaller|reversal|loss of|lack of|(?:inversely|negatively) (?:correlat\w+|associated) with"  # fmt: skip
# A link states something only of what is bad: "associated with recurrence".
_LINK = (
    r"(?:associated|correlat(?:ed|es|ion)|linked|related) (?:with|to)(?! (?:the )?(?:risks?|hazard|hypoxia|inflammation)\b)"
    r"|(?:independent(?:ly)?|strong|significant)(?: \w+)? predict(?:s|ed|ive of|ors? (?:of|for))|predict(?:s|ed)(?= (?:death|mortality|recurrence|relapse|progression)\b)"
)
_BETTER = (
    r"(?:ameliorat|improv)(?:e[sd]?|ing|ements?|ion)|benefit(?:s|ed|ted|ting)?|beneficial|superior(?:ity)?|better|best|outperform\w*|favou?rabl[ey]|protective|(?:positive|favou?rable) (?:independent )?prognos\w+ (?:factor|marker|predictor|indicator)s?|(?<!growth )(?<!proliferative )advantages?"
    r"|synergi[sz]e[sd]|synergy|synergism|(?:(?:radio|chemo|immuno)-?)?sensiti[sz](?:e[sd]?|ing)|synergistic(?:ally)?|efficacious|well[- ]tolerated|(?:potent|remarkable|durable|significant|strong|substantial|excellent|promising) (?:anti-?tumou?r )?(?:efficacy|activity|responses?|remissions?|regressions?|immunity|control)|demonstrat(?:e[sd]?|ing) efficacy"
    r"|(?:suppress|inhibit|eradicat|eliminat|shr[aiu]nk)(?:e[sd]?|s|ed|ing)?(?: (?!(?:of|in|by|and)\b)\S+){0,4}? (?:tumou?rs?|carcinomas?|melanomas?|lymphomas?|gliomas?|leuk\w+mias?)(?= (?:in|by|through|via|and|both)\b|[.,;]|$)"
)
_WORSE = (
    r"(?<!or )wors(?:e|en|ens|ened|ening|t)|poor(?:er|est|ly)?|inferior(?:ity)?|detrimental|unfavou?rabl[ey]|adverse(?:ly)?(?= (?:prognos|outcome|surviv|affect|impact|associated))|harmful|deleterious|dismal|(?:negative|adverse|unfavou?rable|poor) (?:independent )?(?:prognos|predict)\w+ (?:factor|marker|predictor|indicator)s?"
    r"|adverse predictors?|risk factors?(?= (?:for|of))|negatively (?:affect|impact)\w*"
)
# No judgement of an effect: "poorly understood", "better predictive performance", "poor responders".
_NOT_OF_EFFECT = r"(?!-respon|[ -](?:responders?|response (?:group|arm|cohort)s?)|[ -](?:understood|defined|characteri|known|studied|perform|metaboli|quality|prognostic|predictive|diagnostic|accuracy|discriminat|knowledge|understand|candidates?|mediastin|vena|mesenteric|lobe))"
_FREE = r"(?![\w]|[ -]free|[ -]?suppressor|[ -]inhibit(?:or|ing)|[ -]scores?|[ -]factors?|[ -]groups?|[ -]strat|[ -]predict|[ -]signature|[ -]models?|[ -]associated|-induced)"
_WORD = re.compile(
    rf"\b(?:(?P<better>{_BETTER}){_NOT_OF_EFFECT}|(?P<worse>{_WORSE}){_NOT_OF_EFFECT}|(?P<link>{_LINK})"
    rf"|(?:(?P<bad>{_BAD})|(?P<good>{_GOOD})){_FREE}|(?<!-)(?:(?P<down>{_DOWN})|(?P<up>{_UP})))(?!\w)",
    re.IGNORECASE,
)
_SIGN = {"better": 1, "worse": -1, "up": 1, "down": -1, "good": 1, "bad": -1, "link": 1}
_CHANGES, _THINGS, _ABSOLUTE = ("up", "down", "link"), ("good", "bad"), ("better", "worse")
# Between a change and what it changes: a few words, and none that begins something else.
_TO_OBJECT = re.compile(
    r"(?:[\s,(]{1,3}(?!(?:and|but|or|by|via|through|with|that|which|while|to|than|versus|vs|in|is|are|was|were|had|affect\w*|influenc\w*|exhibit\w*|show\w*)\b)[\w'⁺+/-]{1,40}){0,4}?[\s,/-]{1,3}(?:the |of |rates? of |levels? of )?"
)
# "Survival (of some) was also significantly longer", "OS reduced with": what changes comes first.
_TO_CHANGE = re.compile(
    r"(?:\s(?:rates?|times?|durations?|length|levels?|probability|incidence|burden|abilit(?:y|ies)|potential|benefits?))?(?:\s{1,3}(?:of|for|in|with|among|to|from)\s(?:(?!(?:is|are|was|were|had|by|that|which)\b)[\w+/-]{1,40}\s?){1,6}?)?"
    r"\s{0,3}(?:(?:was|were|is|are|being|be|can|could|ha[sd] been|have been|appeared|became|remained|also|all|significantly|markedly|substantially|strongly|notably|considerably|statistically|more|much|both)\s{1,3}){0,4}",
    re.IGNORECASE,
)
_RESPONDERS = re.compile(r"\b(?P<non>non-?)?responders?\b", re.IGNORECASE)
_NOMINAL = re.compile(
    r"(?:ion|arrest|delay|increase|decrease|decline|loss of|lack of|reversal)$", re.IGNORECASE
)
_VERBAL = re.compile(r"(?:ed|er|est|less|frequent(?:ly)?|common)$", re.IGNORECASE)
_CLINICAL = re.compile(
    r"surviv|\bm?(?:OS|PFS|[DERC]FS|[CD]SS)\b|\bm?ORR|respon|remission|\bpCR|\bMPR|\bDCR|mortality|death|recurren|relapse|prognos|outcome|efficac|benefit|toxic|adverse|\bAEs|quality of life",
    re.IGNORECASE,
)
_ADVERSE = re.compile(
    r"toxicit|toxic\b|adverse (?!prognos|outcome|surviv)|irAE|TRAE|\bAEs\b|side effect|complication|pneumonitis|colitis|myocarditis|safety|tolera|infections?\b",
    re.IGNORECASE,
)
# The rest of what one statement says, up to the next.
_NEXT = re.compile(r"(?:(?! and )[^,;])*")
_NONE = re.compile(
    r"\bno(?: (?:statistically|clinically|significant|meaningful|clear|overall|apparent|additional|obvious|notable|major|consistent|detectable|sex-based|such|other|measurable|survival|bidirectional|further|increased|significantly)\b,?){0,4} "
    r"(?:differen\w+|associations?|correlations?|effects?|impact|benefits?|changes?|improvements?|relationships?|influence|increase|reduction|interactions?|advantage|prolongation|prognostic \w+|evidence of)\b"
    r"|\b(?:did|does|do|was|were|is|are|had|has|have|could|be|been|but|although)(?:n't| not)(?! only| just| yet| been reached| reached| include| assessed| evaluated| performed| available| reported| known| fully| clear)(?:[\s-]\w{1,40}(?:-\w{1,40})?){0,4}?"
    r" (?:associated|correlat\w+|relat\w+|differ\w*|affect\w*|influenc\w*|alter\w*|chang\w+|predict\w*|significan\w+|reach\w*(?= (?:statistical )?significance)|prognostic|impact\w*|independent(?:ly)?|improv\w*|increas\w+|decreas\w+|reduc\w+|prolong\w*|enhanc\w*|benefit\w*|superior|better|worse|inferior|higher|lower|longer|shorter|favou?r\w*|contribut\w*|respond\w*|prevent\w*|inhibit\w*|induc\w*|worsen\w*)\b"
    r"|\bfew,? if any\b|\bunrelated to\b|\bnon-?significan\w+|\binsignifican\w+|\bnot (?:statistically )?significant(?:ly)?\b|\bunchanged\b|\bunaffected\b|\bnon-?inferior\w*|\bnot inferior\b|\bfail(?:ed|s|ing)? to\b"
    r"|\b(?:limited|little|minimal|negligible) (?:clinical |survival |overall |added |additional |anti-?tumou?r )?(?:benefits?|effects?|efficacy|activity|responses?|impact|improvement)\b"
    rf"|\bnot (?:in |for )?(?:the )?(?:median )?(?:{_GOOD})\b|\bindistinguishable\b|\bno longer\b(?! than)",
    re.IGNORECASE,
)
# Said of an outcome, these are no difference; of an age they are nothing.
_ALIKE = re.compile(
    r"\b(?:comparable|similar|equivalent|equal|identical|(?<!not )as effective as)\b(?! (?:trend|results|findings|patterns?)\b| to (?:th(?:at|ose|e)|previous)| (?:\w+ )?(?:age|sex|baseline))",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:(?<!with or )without|not|no|nor|neither|never|rather than|absence of)\s(?:[\w-]{1,40}\s){0,2}$",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:may|might|could(?! be \w+ed\b)|would|will|should|potential(?:ly)?(?: to)?|possibl[ey]|perhaps|presumably|likely|appear(?:s|ed)? to|seem(?:s|ed)? to|trend(?:s|ed|ing)?|tend(?:s|ed|ency)?|numerical(?:ly)?|hypothesi[sz]\w+|expected to|borderline)\b(?:[^.;]{0,90})$",
    re.IGNORECASE,
)
_MAY = re.compile(r"\b(?:may|might|could)\b")
_PLANNED = re.compile(
    r"\b(?:aim(?:s|ed)? (?:to|at|of)|(?:determin|investigat|assess|test|evaluat|examin|explor|unclear|unknown|ask|know)\w* whether|(?:sought|designed|intended|attempt\w*|needed) to|objective (?:was|is|of)|purpose|(?:to|we) (?:evaluat|assess|investigat|determin|explor|examin|compar|test|identif|elucidat|clarif)\w+|hypothesi[sz]\w+"
    r"|remain(?:s|ed)? (?:\w+ )?(?:unclear|unknown|elusive|controversial|to be|undefined|uncertain|poorly|limited)|(?:is|are) (?:\w+ )?(?:needed|warranted|required|unclear|unknown)|strateg(?:y|ies) (?:to|for)|rationale)\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r";\s|,?\s(?:but|whereas|while|whilst|although|though|however|yet|albeit)\s|(?<!\bvs)\.\s|,\s(?:with|and)\s(?=no\b)|:\s",
    re.IGNORECASE,
)
_AND_DID = re.compile(
    r",?\sand\s(?=(?:\w+ly )?(?:improv|prolong|increas|reduc|enhanc|decreas|delay|inhibit|suppress)\w*ed\b)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"^\W*(?:although|though|despite|while|whilst|whereas|even though)\b", re.IGNORECASE
)
_DECIMAL = re.compile(r"\d*\.?\d+")
# No two words of one statement are farther apart, in characters.
_FARTHEST = 160
# What has neither a p value nor an interval need not be read for figures.
_TESTED = re.compile(r"\bp\b|p[ -]?value|\bC\.?I\b|CrI|interval", re.IGNORECASE)
_RATIOS = ("HR", "OR", "RR")
# What is said in brackets, and what is always so.
_MASKED = re.compile(
    r"\([^()]{0,400}\)|\[[^\[\]]{0,400}\]"
    r"|,? which (?:is|are|has been) (?:generally|usually|often|typically|commonly|known)\b[^,;]{0,200},"
)
# What a question may be about; the first that fits is what is looked for.
_OUTCOMES = {
    r"\boverall survival\b|\bOS\b": r"\boverall survival\b|\bm?OS\b|\bmortality\b|\bdeaths?\b",
    r"progression-free|\bPFS\b|time to (?:\w+ )?progression": r"progression-free|\bm?PFS\b|time to (?:\w+ )?progression|\bTTP\b",
    r"(?:disease|event|recurrence|relapse)-free|\b[DER]FS\b": r"(?:disease|event|recurrence|relapse)-free|\bm?[DER]FS\b",
    r"surviv|\blive longer|mortality|\bdeaths?\b|\bdie\b|prognos": r"surviv|prognos|\bm?(?:OS|PFS|DFS|EFS|RFS|CSS|DSS)\b|mortality|\bdeaths?\b",
    r"toxic|adverse|\bsafe|\birAE|side effect|tolerab|complication": r"toxic|adverse|safe|irAE|TRAE|\bAEs\b|tolera|complication|side effect",
    r"respon[sd]|\bORR\b|remission|\bpCR\b": r"respon[sd]|\bc?ORR\b|remission|\bp?CR\b|\bMPR\b|\bDCR\b",
}
_OUTCOME_PATTERNS = [
    (re.compile(question, re.IGNORECASE), re.compile(reported, re.IGNORECASE))
    for question, reported in _OUTCOMES.items()
]


def outcome_of(question: str) -> re.Pattern[str] | None:
    """What a sentence about the outcome of a question has in it; None where it names none."""
    read = level(question)
    return next((pattern for names, pattern in _OUTCOME_PATTERNS if names.search(read)), None)


@dataclass(frozen=True, slots=True)
class Statement:
    """A direction, and where its words stand in the sentence (from 0 to 0 where none do).

    One that `plans` says what is to be found out.
    """

    direction: Direction
    start: int = 0
    end: int = 0
    plans: bool = False


# The rank of a clause that only says what is to be found out.
_PLAN = 9


@dataclass(frozen=True, slots=True)
class _Effect:
    """One statement of a sentence: its clause, whether it is of harm, and its rank (0 decides)."""

    direction: Direction
    start: int
    end: int
    clause: tuple[int, int]
    harm: bool = False
    rank: int = 0
    recalls: bool = False


def stated(sentence: str, outcome: re.Pattern[str] | None = None) -> Statement:
    """The direction that a sentence states, of the outcome in question where it speaks of that.

    A main clause goes before one that begins with although or while, what patients have before what
    cells do, benefit before harm (unless that is the question). Improved and worse in one clause
    are unclear.
    """
    read = level(sentence)
    masked = _MASKED.sub(lambda found: " " * len(found.group()), read)
    clauses = list(_clauses(masked))
    found = _recalled(each for span in clauses for each in _in_clause(read, masked, span))
    if outcome is not None:
        on_it = {span for span in clauses if outcome.search(masked, *span)}
        found = [each for each in found if each.clause in on_it] or found
    about_harm = outcome is not None and bool(outcome.search("adverse"))
    found = [each for each in found if each.harm is about_harm] or found
    if not found:
        return Statement("unclear")
    first = min(found, key=lambda each: each.rank)
    directions = {
        each.direction for each in found if each.clause == first.clause and each.rank == first.rank
    }
    direction: Direction = "unclear" if {"improved", "worse"} <= directions else first.direction
    return Statement(direction, first.start, first.end, first.rank == _PLAN)


def _recalled(found: Iterable[_Effect]) -> list[_Effect]:
    """What was stated, without the effects that a later clause calls not significant."""
    kept: list[_Effect] = []
    since = 0
    for each in found:
        if each.recalls:
            kept[since:] = [replace(one, direction="no difference") for one in kept[since:]]
            since = len(kept)
        kept.append(each)
    return kept


def _clauses(masked: str) -> Iterator[tuple[int, int]]:
    """The clauses of a sentence; what follows a denial by "and improved" is one of its own."""
    for start, end in _cut(masked):
        none = _NONE.search(masked, start, end)
        more = _AND_DID.search(masked, none.end(), end) if none else None
        yield start, more.start() if more else end
        if more:
            yield more.end(), end


def _cut(masked: str) -> Iterator[tuple[int, int]]:
    at = 0
    for cut in _CUT.finditer(masked):
        yield at, cut.start()
        # A conjunction belongs to what follows.
        at = cut.start() + 1 if cut.group().strip(" ,;.:") else cut.end()
    yield at, len(masked)


def _in_clause(read: str, masked: str, span: tuple[int, int]) -> Iterator[_Effect]:
    """What one clause states: a plan, that there is no effect, or the way of each effect."""
    start, end = span
    clause = masked[start:end]
    aside = 2 if _ASIDE.match(clause) else 0
    if plan := _PLANNED.search(clause):
        yield _Effect("unclear", start + plan.start(), start + plan.end(), span, rank=_PLAN)
        return
    words = list(_WORD.finditer(clause))
    if none := _none(clause, words):
        near = clause[max(0, none.start() - 60) : none.end() + 60]
        direction: Direction = (
            "unclear" if _MAY.search(clause, 0, none.start()) else "no difference"
        )
        recalls = "significan" in none.group().lower() and not any(
            word.lastgroup in _THINGS for word in words
        )
        harm = bool(_ADVERSE.search(near))
        place = (start + none.start(), start + none.end(), span)
        yield _Effect(direction, *place, harm, aside, recalls)
        return
    effects = list(_signs(clause, words)) or list(_in_responders(clause, words))
    no_effect = _shows_none(read[start:end]) if effects or _CLINICAL.search(clause) else None
    if no_effect and not effects:
        at = start + read[start:end].find(no_effect)
        yield _Effect("no difference", at, at + len(no_effect), span, rank=aside)
    if not effects and not no_effect:
        yield from _by_ratio(read[start:end], words, span)
    for sign, a, b in effects:
        rest = _rest(clause, b)
        harm = bool(_ADVERSE.search(clause, a, rest))
        rank = aside + (not _CLINICAL.search(clause, a, rest))
        place = (start + a, start + b, span)
        if no_effect or _DENIED.search(clause, max(0, a - 90), a):
            yield _Effect("no difference", *place, harm, rank if no_effect else rank + 2)
        elif (hedge := _HEDGED.search(clause, max(0, a - 110), a)) and not _was_able(hedge, rank):
            yield _Effect("unclear", *place, harm, rank + 4)
        else:
            yield _Effect("improved" if sign > 0 else "worse", *place, harm, rank)


def _none(clause: str, words: Sequence[re.Match[str]]) -> re.Match[str] | None:
    """The words of a clause that deny an effect; likeness counts only of an outcome."""
    of_outcome = any(word.lastgroup in _THINGS for word in words)
    return failure(clause) or _NONE.search(clause) or (of_outcome and _ALIKE.search(clause)) or None


def _shows_none(text: str) -> str | None:
    """The last figure of a clause where none of its figures shows an effect, else None.

    P values decide, where there are any; else the intervals of ratios.
    """
    given = figures(text) if _TESTED.search(text) else ()
    ps = [each for each in given if each.measure == "p"]
    ratios = [each for each in given if each.measure in _RATIOS and each.interval]
    is_none = [_is_over(each.value) for each in ps] or [_has_one(each) for each in ratios]
    return (ps or ratios)[-1].words if is_none and all(is_none) else None


def _by_ratio(
    text: str, words: Sequence[re.Match[str]], span: tuple[int, int]
) -> Iterator[_Effect]:
    """What the ratios of a clause without words of change show: a hazard is of something bad."""
    given = figures(text) if _TESTED.search(text) else ()
    is_shown = any(each.measure == "p" and not _is_over(each.value) for each in given)
    of_good = {word.lastgroup for word in words} & {"good", "bad"} == {"good"}
    for each in given:
        if each.measure in _RATIOS and (is_shown if each.interval is None else not _has_one(each)):
            is_more = float(_DECIMAL.findall(each.value.replace("·", "."))[0]) > 1
            is_worse = is_more is not (of_good and each.measure != "HR")
            at = span[0] + text.find(each.words)
            place = (at, at + len(each.words), span)
            yield _Effect("worse" if is_worse else "improved", *place)


def _was_able(hedge: re.Match[str], rank: int) -> bool:
    """Whether "could" is said of what was seen in a laboratory: it inhibited growth there."""
    return hedge.group().lower().startswith("could ") and rank % 2 == 1


def _is_over(value: str) -> bool:
    """Whether a p value is over .05, or reported to be at least that."""
    number = float("0" + (found := _DECIMAL.findall(value.replace("·", ".")))[0].lstrip("0"))
    return len(found) == 1 and (number > 0.05 or (number == 0.05 and value[0] not in "<≤"))


def _has_one(ratio: Figure) -> bool:
    """Whether the interval of a ratio has 1 in it."""
    bounds = [float(each) for each in _DECIMAL.findall((ratio.interval or "").replace("·", "."))]
    return len(bounds) == 3 and bounds[1] <= 1 <= bounds[2]


def _rest(clause: str, at: int) -> int:
    """Where what a statement says ends, at most so many characters on."""
    rest = _NEXT.match(clause, at, at + 60)
    return rest.end() if rest else at


def _signs(clause: str, words: Sequence[re.Match[str]]) -> Iterator[tuple[int, int, int]]:
    """(1 or -1, start, end) of what is good or bad, in order, none within another."""
    at = 0
    while at < len(words):
        chain = [words[at]]
        at += 1
        while at < len(words) and _goes_on(clause, chain[-1], words[at]):
            # Of two nouns side by side the second is what is spoken of: "tumour cell killing".
            if chain[-1].lastgroup in _THINGS and words[at].lastgroup in _THINGS:
                chain.pop()
            chain.append(words[at])
            at += 1
        if _states(chain):
            yield _product(chain), chain[0].start(), chain[-1].end()


def _in_responders(clause: str, words: Sequence[re.Match[str]]) -> Iterator[tuple[int, int, int]]:
    """What responders have more of is good, where they are compared with the others."""
    groups = list(_RESPONDERS.finditer(clause))
    changes = [word for word in words if word.lastgroup in ("up", "down")]
    if len({group["non"] is None for group in groups}) > 1 and changes:
        change = changes[0]
        yield (
            _SIGN[str(change.lastgroup)] * (-1 if groups[0]["non"] else 1),
            min(change.start(), groups[0].start()),
            max(change.end(), groups[0].end()),
        )


def _goes_on(clause: str, word: re.Match[str], following: re.Match[str]) -> bool:
    """Whether two words of a clause belong to one statement."""
    between, kind = clause[word.end() : following.start()], following.lastgroup
    if len(between) > _FARTHEST:
        return False
    if word.lastgroup in _THINGS:
        return between == " " if kind in _THINGS else _is_changed(between, following)
    # A noun of change takes "in": "a decrease in survival".
    is_noun = bool(_NOMINAL.search(word.group()))
    near = bool(_TO_OBJECT.fullmatch(between.removeprefix(" in") if is_noun else between))
    if word.lastgroup in _CHANGES and word.lastgroup != "link" and kind in _CHANGES:
        is_noun_of = bool(_NOMINAL.search(following.group()))
        return near and (is_noun_of or (between == " " and not _NOMINAL.search(word.group())))
    return near and (word.lastgroup in _CHANGES or kind in _THINGS)


def _is_changed(between: str, change: re.Match[str]) -> bool:
    """Whether what follows a thing says that it changed: "growth inhibition", "OS was longer"."""
    if change.lastgroup not in ("up", "down"):
        return False
    is_verb = bool(_VERBAL.search(change.group()))
    if between in (" ", "-"):
        return is_verb or bool(_NOMINAL.search(change.group()))
    return is_verb and bool(_TO_CHANGE.fullmatch(between)) and not between.endswith(" and ")


def _states(chain: Sequence[re.Match[str]]) -> bool:
    """Whether a chain has a change and a thing, or is good or bad by itself."""
    kinds = [word.lastgroup for word in chain]
    if any(kind in _ABSOLUTE for kind in kinds):
        return True
    changed = any(kind in ("up", "down") for kind in kinds)
    return any(kind in _THINGS for kind in kinds) and (changed or kinds == ["link", "bad"])


def _product(chain: Sequence[re.Match[str]]) -> int:
    """The sign of a chain; what is better or worse by itself is so whatever it is said of."""
    kinds = [str(word.lastgroup) for word in chain]
    if any(kind in _ABSOLUTE for kind in kinds):
        kinds = [kind for kind in kinds if kind not in _THINGS]
    return prod(_SIGN[kind] for kind in kinds)
