# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""The direction of an effect as a sentence states it: improved, no difference, worse or unclear.

A rule over the sentence's own words, meant for the patient: longer survival and slower growth
improve, more toxicity is worse. Nothing is inferred from figures but that a comparison of which
every p value is over .05 shows no difference. Hedges (may, could, a trend) and plans are unclear.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.records.models import Direction
from bot.records.negative import failure
from bot.text.sentences import level

# Good for a patient when there is more of it, and bad.
_GOOD = (
    r"survival|OS|PFS|DFS|EFS|RFS|CSS|DSS|mOS|mPFS|ORRs?|DCR|pCR|MPR|CRR?|RFI|respon(?:se|ses|ders?|siveness)|remissions?"
    r"|efficacy|effectiveness|(?:therapeutic|treatment|beneficial|cytotoxic|anti-?cancer) effects?|benefits?|control|prognos[ie]s|outcomes?|sensitivity|susceptibility|(?:radio|chemo|immuno)?-?sensiti[sz]ation"
    r"|immunity|immunogenicity|anti-?tumou?r(?:al)?|cytotoxicity|killing|(?<!granulocyte )(?<!macrophage )(?<!neutrophil )(?<!MDSC )(?<!Treg )infiltration|activation|recruitment|priming|(?<!inhibitory )(?<!suppressive )functions?|(?:QoL|quality of life)(?! deterioration)"
    r"|apoptosis|cell death|ferroptosis|pyroptosis|tolerability|recovery|regressions?|shrinkage|durability|persistence|tolerance"
)
_BAD = (
    r"mortality|deaths?|progression|recurrences?|relapses?|metasta(?:sis|ses|tic (?:spread|potential|burden|capacity))|invasion|invasiveness|migration|proliferation|viability|growth"
    r"|tumou?rigenesis|tumou?rigenicity|tumou?r (?:burden|volume|size|weight|load|development)|carcinogenesis|oncogenesis|stemness|EMT|angiogenesis|malignan(?:cy|t \w+)|aggressiveness"
    r"|toxicit(?:y|ies)|adverse events?|irAEs?|TRAEs?|AEs|side effects|complications?|pneumonitis|colitis|myocarditis|inflammation|infections?"
    r"|resistance|immuno-?suppress(?:ion|ive \w+|ive)|immune (?:evasion|escape|suppression)|exhaustion|dysfunction|hazards?|risks?|hypoxia|aging|failure|escape|evasion|(?:QoL )?deterioration|colony formation|dropout"
)
_UP = (
    r"improv(?:e[sd]?|ing|ements?)|increas(?:e[sd]?|ing)|enhanc(?:e[sd]?|ing|ements?)|prolong(?:s|ed|ing|ation)?|extend(?:s|ed|ing)?|promot(?:e[sd]?|ing)|boost(?:s|ed|ing)?"
    r"|higher|highest|longer|longest|greater|greatest|elevat(?:e[sd]?|ing)|augment(?:s|ed|ing)?|potentiat(?:e[sd]?|ing)|restor(?:e[sd]?|ing)|amplif(?:y|ies|ied|ying)"
    r"|strengthen(?:s|ed|ing)?|accelerat(?:e[sd]?|ing)|driv(?:e[sn]?|ing)|facilitat(?:e[sd]?|ing)|induc(?:e[sd]?|ing)|stimulat(?:e[sd]?|ing)|rais(?:e[sd]?|ing)|more|favou?r(?:s|ed|ing)|foster(?:s|ed|ing)?|confer(?:s|red|ring)?|contribut(?:e[sd]?|ing) to|support(?:s|ed|ing)?|aggravat\w+|exacerbat\w+|heighten\w*|trigger(?:s|ed|ing)?|(?:re)?invigorat\w+|stronger|rescu(?:e[sd]?|ing)|rejuvenat\w+"
)
_DOWN = (
    r"reduc(?:e[sd]?|ing|tions?)|decreas(?:e[sd]?|ing)|lower(?:s|ed|ing)?|lowest|suppress(?:es|ed|ing)?|inhibit(?:s|ed|ing)?|attenuat(?:e[sd]?|ing)|impair(?:s|ed|ing)?|diminish(?:es|ed|ing)?"
    r"|shorten(?:s|ed|ing)?|shorter|shortest|fewer|less|limit(?:s|ed|ing)?|abrogat(?:e[sd]?|ing)|abolish(?:es|ed|ing)?|block(?:s|ed|ing)?|delay(?:s|ed|ing)?|slow(?:s|ed|ing|er)?|prevent(?:s|ed|ing)?"
    r"|mitigat(?:e[sd]?|ing)|alleviat(?:e[sd]?|ing)|overcom(?:e|es|ing)|overcame|revers(?:e[sd]?|ing|al)|declin(?:e[sd]?|ing)|weaken(?:s|ed|ing)?|hamper(?:s|ed|ing)?|compromis(?:e[sd]?|ing)|curtail\w*|ameliorat(?:e[sd]?|ing)|smaller|dampen(?:s|ed|ing)?|blunt(?:s|ed|ing)?|loss of|lack of|eradicat(?:e[sd]?|ing)|eliminat(?:e[sd]?|ing)|counteract\w*"
)

_ADVERSE = re.compile(
    r"toxicit|adverse|irAE|TRAE|\bAEs\b|side effect|complication|pneumonitis|colitis|myocarditis|safety|tolera|infections?\b",
    re.IGNORECASE,
)
# The rest of what one statement says, up to the next.
_NEXT = re.compile(r"(?:(?! and )[^,;])*")
_FEW = r"(?:[\s,(]{1,3}(?!(?:and|but|or|by|via|through|with|that|which|while|to|than|versus|vs|in)\b)[\w'⁺+/-]{1,40}){0,4}?[\s,/-]{1,3}(?:the |of |rates? of |levels? of )?"
_FREE = r"(?![\w]|[ -]free|[ -]?suppressor|[ -]inhibit|[ -]scores?|[ -]factors?|[ -]groups?|[ -]strat|[ -]predict|[ -]signature|[ -]models?)"
_UP_OR_DOWN = re.compile(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b", re.IGNORECASE)
_OBJECT = re.compile(rf"{_FEW}(?:(?P<good>{_GOOD})|(?P<bad>{_BAD})){_FREE}", re.IGNORECASE)
_THING = re.compile(rf"\b(?:(?P<good>{_GOOD})|(?P<bad>{_BAD})){_FREE}", re.IGNORECASE)
# "Survival was significantly longer": what it is stated of comes first.
_PREDICATE = re.compile(
    r"(?:\s(?:rates?|times?|levels?|probability|incidence|burden))?\s{1,3}(?:(?:of|for|in|with|among|to|from)\s(?:[\w+/-]{1,40}\s){0,6}?)?\s{0,3}(?:was|were|is|are|being|appeared|became|remained)\s"
    rf"(?:(?:also|all|significantly|markedly|substantially|strongly|notably|considerably|statistically|more|both)\s){{0,2}}(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b",
    re.IGNORECASE,
)
_ALWAYS_GOOD = re.compile(r"improv|ameliorat", re.IGNORECASE)
_ABSOLUTE = re.compile(
    r"\b(?:(?P<good>improv(?:e[sd]?|ing|ements?)|benefit(?:s|ed|ted|ting)?|beneficial|(?:superior(?:ity)?|better|best|outperform\w*)(?! (?:prognostic|predictive|diagnostic|performance|accuracy|discriminat|knowledge|understand))|favou?rabl[ey]|protective(?: factor)?|(?:positive|favou?rable) (?:independent )?prognos\w+ (?:factor|marker|predictor|indicator)s?|advantages?|synergi[sz]e[sd]|synergistic(?:ally)?|efficacious|well[- ]tolerated"
    r"|effectively (?:suppress|inhibit|reduc|control)\w*|ameliorat\w+|(?:potent|remarkable|durable|significant|strong|substantial) (?:anti-?tumou?r )?(?:efficacy|activity|responses?|regressions?|immunity))"
    r"|(?P<bad>wors(?:e|en|ens|ened|ening|t)|poor(?:er|est|ly)?(?! (?:understood|defined|characteri|known|studied|performance|metaboli|quality))|inferior(?:ity)?|detrimental|unfavou?rabl[ey]|adverse(?:ly)? (?=prognos|outcome|surviv|affect|impact)|harmful|deleterious|dismal|(?:negative|adverse) (?:independent )?prognos\w+ (?:factor|marker|predictor|indicator)s?|adverse predictors?|risk factors?(?= for)|negatively (?:affect|impact|associat|correlat)\w*(?: with)?(?= (?:[\w-]+ ){0,3}?(?:survival|(?:rw)?(?:OS|PFS)|outcome|prognos|respon))))\b(?! respon)",
    re.IGNORECASE,
)
_LINKED = re.compile(
    rf"\b(?:associated|correlat(?:ed|es)|linked|related)\s(?:significantly |strongly |positively |independently )?(?:with|to)(?P<of>{_FEW})(?!risks?\b|hazard|hypoxia|inflammation)(?:{_BAD}){_FREE}",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\bno(?: (?:statistically|clinically|significant|meaningful|clear|overall|apparent|additional|obvious|notable|major|consistent|detectable|sex-based|such|other|measurable|survival|bidirectional|further|increased|significantly)\b,?){0,4} "
    r"(?:differen\w+|associations?|correlations?|effects?|impact|benefits?|changes?|improvements?|relationships?|influence|increase|reduction|interactions?|advantage|prolongation|prognostic \w+|evidence of)\b"
    r"|\b(?:did|does|do|was|were|is|are|had|has|have|could|be|been|but|although)(?:n't| not)(?! only| just| yet| been reached| reached| include| assessed| evaluated| performed| available| reported| known| fully| clear)(?:[\s-]\w{1,40}(?:-\w{1,40})?){0,3}?"
    r" (?:associated|correlat\w+|relat\w+|differ\w*|affect\w*|influenc\w*|alter\w*|chang\w+|predict\w*|significan\w+|reach\w*(?= (?:statistical )?significance)|prognostic|impact\w*|independent(?:ly)?|improv\w*|increas\w+|decreas\w+|reduc\w+|prolong\w*|enhanc\w*|benefit\w*|superior|better|worse|inferior|higher|lower|longer|shorter|favou?r\w*|contribut\w*|respond\w*)\b"
    r"|\bnon-?significan\w+|\binsignifican\w+|\bnot (?:statistically )?significant(?:ly)?\b|\bcomparable\b|\bsimilar(?:ly)?\b(?!,| to (?:th(?:at|ose|e)|previous))|\bequivalent\b|\bunchanged\b|\bunaffected\b"
    r"|\bnon-?inferior\w*|\bnot inferior\b|\bfail(?:ed|s|ing)? to\b|\b(?:limited|little|minimal|negligible) (?:clinical |survival |overall |added |additional |anti-?tumou?r )?(?:benefits?|effects?|efficacy|activity|responses?|impact|improvement)\b"
    rf"|\bnot (?:in |for )?(?:the )?(?:median )?(?:{_GOOD})\b|\bindistinguishable\b|\bno longer\b(?! than)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:(?<!with or )without|not|no|nor|neither|never|rather than)\s(?:[\w-]{1,40}\s){0,2}$",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:may|might|could|would|will|should|potential(?:ly)?(?: to)?|possibl[ey]|perhaps|presumably|likely|appear(?:s|ed)? to|seem(?:s|ed)? to|trend(?:s|ed|ing)?|tend(?:s|ed|ency)?|numerical(?:ly)?|hypothesi[sz]\w+|expected to|borderline)\b(?:[^.;]{0,90})$",
    re.IGNORECASE,
)
_MAY = re.compile(r"\b(?:may|might|could)\b")
_PLANNED = re.compile(
    r"\b(?:aim(?:s|ed)? (?:to|at|of)|(?:determin|investigat|assess|test|evaluat|examin|explor|unclear|unknown|ask|know)\w* whether|(?:sought|designed|intended|attempt\w*|needed) to|objective (?:was|is|of)|purpose|(?:to|we) (?:evaluat|assess|investigat|determin|explor|examin|compar|test|identif|elucidat|clarif)\w+|hypothesi[sz]\w+"
    r"|remain(?:s|ed)? (?:\w+ )?(?:unclear|unknown|elusive|controversial|to be|undefined|uncertain|poorly|limited)|(?:is|are) (?:\w+ )?(?:needed|warranted|required|unclear|unknown)|strateg(?:y|ies) (?:to|for)|rationale)\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r";\s|,?\s(?:but|whereas|while|although|though|however|yet|albeit)\s|\.\s|,\s(?:with|and)\s(?=no\b)|:\s",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"^\W*(?:although|though|despite|while|whereas|even though)\b", re.IGNORECASE)
_P = re.compile(
    r"(?<![\w-])[Pp](?:[ -]?values?)?(?:[ -]?(?:for )?(?:trend|interaction))?\s{0,2}([=<>≤≥])\s{0,2}((?:0?[.·]\d+)|1(?:\.0+)?)"
)
_MASKED = re.compile(r"\([^()]{0,400}\)|\[[^\[\]]{0,400}\]")
# What a question may be about; the first that fits is what is looked for.
_OUTCOMES = {
    r"\boverall survival\b|\bOS\b": r"\boverall survival\b|\bm?OS\b|\bmortality\b|\bdeaths?\b",
    r"progression-free|\bPFS\b": r"progression-free|\bm?PFS\b",
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

    A main clause goes before one that begins with although or while, benefit before harm (unless
    that is the question). Improved and worse in one clause are unclear.
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
    aside = 1 if _ASIDE.match(clause) else 0
    if plan := _PLANNED.search(clause):
        yield _Effect("unclear", start + plan.start(), start + plan.end(), span, rank=_PLAN)
        return
    if none := failure(clause) or _NONE.search(clause):
        near = clause[max(0, none.start() - 60) : none.end() + 60]
        direction: Direction = (
            "unclear" if _MAY.search(clause, 0, none.start()) else "no difference"
        )
        recalls = "significan" in none.group().lower() and not _THING.search(clause)
        yield _Effect(
            direction,
            start + none.start(),
            start + none.end(),
            span,
            bool(_ADVERSE.search(near)),
            aside,
            recalls,
        )
        return
    ps = [_is_over(*each) for each in _P.findall(read[start:end])]
    no_effect = bool(ps) and all(ps)
    for sign, a, b in _signs(clause):
        harm = bool(_ADVERSE.search(clause, a, _rest(clause, b)))
        place = (start + a, start + b, span, harm)
        if no_effect or _DENIED.search(clause, max(0, a - 90), a):
            yield _Effect("no difference", *place, aside if no_effect else aside + 1)
        elif _HEDGED.search(clause, max(0, a - 110), a):
            yield _Effect("unclear", *place, aside + 2)
        else:
            yield _Effect("improved" if sign > 0 else "worse", *place, aside)


def _rest(clause: str, at: int) -> int:
    """Where what a statement says ends, at most so many characters on."""
    rest = _NEXT.match(clause, at, at + 60)
    return rest.end() if rest else at


def _is_over(sign: str, value: str) -> bool:
    """Whether a p value is over .05, or reported to be at least that."""
    number = float(value.replace("·", "."))
    return number > 0.05 or (number == 0.05 and sign not in "<≤")


def _signs(clause: str) -> list[tuple[int, int, int]]:
    """(1 or -1, start, end) of what is good or bad, in order, none within another."""
    found = [(1 if word["good"] else -1, *word.span()) for word in _ABSOLUTE.finditer(clause)]
    for verb in _UP_OR_DOWN.finditer(clause):
        if thing := _OBJECT.match(clause, verb.end()):
            always = _ALWAYS_GOOD.match(verb.group())
            found.append((1 if always else _sign(verb, thing), verb.start(), thing.end()))
    found += [
        (_sign(predicate, thing), thing.start(), predicate.end())
        for thing in _THING.finditer(clause)
        if (predicate := _PREDICATE.match(clause, thing.end()))
    ]
    found += [
        (-1, *link.span())
        for link in _LINKED.finditer(clause)
        if not (_UP_OR_DOWN.search(link["of"]) or _ABSOLUTE.search(link["of"]))
    ]
    kept: list[tuple[int, int, int]] = []
    for each in sorted(found, key=lambda each: (each[1], -each[2])):
        if not kept or each[1] >= kept[-1][2]:
            kept.append(each)
    return kept


def _sign(verb: re.Match[str], thing: re.Match[str]) -> int:
    return 1 if bool(verb["up"]) is bool(thing["good"]) else -1
